from tortoise import migrations
from tortoise.migrations import operations as ops
from pinbang.store.fields import SealedTextField
from plugins.join_vetting.models import JoinStatus
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='JoinRequest',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group_id', fields.BigIntField()),
                ('user_id', fields.BigIntField()),
                ('account_id', fields.BigIntField()),
                ('inviter_id', fields.BigIntField(null=True)),
                ('key', fields.CharField(max_length=128)),
                ('flag', fields.CharField(null=True, max_length=128)),
                ('comment', SealedTextField(place='join_request.comment')),
                ('verdict', fields.CharField(max_length=16)),
                ('status', fields.CharEnumField(description='WAITING: waiting\nAPPROVED: approved\nREJECTED: rejected\nELSEWHERE: elsewhere\nEXPIRED: expired', enum_type=JoinStatus, max_length=16)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by', fields.BigIntField(null=True)),
                ('reason', SealedTextField(default='', place='join_request.reason')),
                ('outcome', fields.CharField(default='', max_length=48)),
                ('notice_id', fields.BigIntField(null=True)),
            ],
            options={'table': 'join_vetting_request', 'app': 'join_vetting', 'unique_together': (('group_id', 'key'),), 'indexes': [Index(fields=['group_id', 'status'])], 'pk_attr': 'id', 'table_description': "Somebody's wish to join a group."},
            bases=['Model'],
        ),
    ]
