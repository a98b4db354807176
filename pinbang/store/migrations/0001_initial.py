from tortoise import migrations
from tortoise.migrations import operations as ops
from json import dumps, loads
from pinbang.store.fields import GivenKeyField, SealedTextField
from pinbang.store.models import CaseStatus
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('group_id', fields.BigIntField(null=True)),
                ('actor_id', fields.BigIntField()),
                ('action', fields.CharField(max_length=48)),
                ('target_id', fields.BigIntField(null=True)),
                ('reference', fields.CharField(default='', max_length=64)),
                ('outcome', fields.CharField(default='', max_length=48)),
                ('note', SealedTextField(default='', place='pinbang_audit.note')),
            ],
            options={'table': 'pinbang_audit', 'app': 'pinbang', 'indexes': [Index(fields=['group_id', 'at'])], 'pk_attr': 'id', 'table_description': 'One consequential act.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Case',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group_id', fields.BigIntField()),
                ('user_id', fields.BigIntField()),
                ('message_id', fields.BigIntField()),
                ('account_id', fields.BigIntField()),
                ('judge', fields.CharField(max_length=32)),
                ('label', fields.CharField(max_length=32)),
                ('severity', fields.SmallIntField()),
                ('step', fields.SmallIntField()),
                ('measure', fields.CharField(max_length=16)),
                ('mute_seconds', fields.IntField(default=0)),
                ('evidence', SealedTextField(place='pinbang_case.evidence')),
                ('text', SealedTextField(place='pinbang_case.text')),
                ('status', fields.CharEnumField(default=CaseStatus.OPEN, description='OPEN: open\nENFORCED: enforced\nPOWERLESS: powerless\nUNDONE: undone', enum_type=CaseStatus, max_length=16)),
                ('recall_outcome', fields.CharField(default='', max_length=48)),
                ('measure_outcome', fields.CharField(default='', max_length=48)),
                ('announced_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('undone_by', fields.BigIntField(null=True)),
                ('undone_reason', SealedTextField(default='', place='pinbang_case.undone_reason')),
            ],
            options={'table': 'pinbang_case', 'app': 'pinbang', 'unique_together': (('group_id', 'message_id'),), 'indexes': [Index(fields=['group_id', 'user_id', 'created_at'])], 'pk_attr': 'id', 'table_description': 'One sanctioned message.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DueWork',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=64)),
                ('key', fields.CharField(max_length=96)),
                ('due_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('account_id', fields.BigIntField(null=True)),
                ('attempts', fields.IntField(default=0)),
                ('claimed_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'pinbang_due_work', 'app': 'pinbang', 'unique_together': (('kind', 'key'),), 'pk_attr': 'id', 'table_description': 'Work that falls due at a moment.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Group',
            fields=[
                ('id', GivenKeyField(primary_key=True, unique=True, db_index=True)),
                ('account_id', fields.BigIntField()),
                ('settings', fields.JSONField(default=dict, encoder=dumps, decoder=loads)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('updated_at', fields.DatetimeField(db_index=True, auto_now=True, auto_now_add=False)),
            ],
            options={'table': 'pinbang_group', 'app': 'pinbang', 'pk_attr': 'id', 'table_description': 'A QQ group the bot serves.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Standing',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group_id', fields.BigIntField()),
                ('user_id', fields.BigIntField()),
                ('role', fields.CharField(max_length=16)),
                ('given_by', fields.BigIntField()),
                ('given_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'pinbang_standing', 'app': 'pinbang', 'unique_together': (('group_id', 'user_id'),), 'pk_attr': 'id', 'table_description': 'A standing that admins gave a member.'},
            bases=['Model'],
        ),
    ]
