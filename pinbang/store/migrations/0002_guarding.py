from tortoise import migrations
from tortoise.migrations import operations as ops
from json import dumps, loads
from pinbang.store.fields import SealedTextField
from pinbang.store.models import CaseStatus
from pinbang.store.operations import DescribeField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('pinbang', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='KeptMessage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group_id', fields.BigIntField()),
                ('message_id', fields.BigIntField()),
                ('user_id', fields.BigIntField()),
                ('account_id', fields.BigIntField()),
                ('role', fields.CharField(null=True, max_length=8)),
                ('sent_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('body', SealedTextField(place='pinbang_kept_message.body')),
            ],
            options={'table': 'pinbang_kept_message', 'app': 'pinbang', 'unique_together': (('group_id', 'message_id'),), 'indexes': [Index(fields=['group_id', 'user_id', 'sent_at']), Index(fields=['group_id', 'sent_at'])], 'pk_attr': 'id', 'table_description': 'A message kept for some days.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Newcomer',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group_id', fields.BigIntField()),
                ('user_id', fields.BigIntField()),
                ('joined_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('messages', fields.IntField(default=0)),
            ],
            options={'table': 'pinbang_newcomer', 'app': 'pinbang', 'unique_together': (('group_id', 'user_id'),), 'pk_attr': 'id', 'table_description': 'Somebody who joined a group lately.'},
            bases=['Model'],
        ),
        DescribeField(
            model_name='Case',
            name='status',
            field=fields.CharEnumField(default=CaseStatus.OPEN, description='OPEN: open\nENFORCED: enforced\nPOWERLESS: powerless\nUNDONE: undone\nREHEARSED: rehearsed', enum_type=CaseStatus, max_length=16),
        ),
        ops.AddField(
            model_name='Case',
            name='actor_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Case',
            name='also',
            field=fields.JSONField(default=list, db_default='[]', encoder=dumps, decoder=loads),
        ),
    ]
