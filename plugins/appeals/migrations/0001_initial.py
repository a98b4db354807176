from tortoise import migrations
from tortoise.migrations import operations as ops
from pinbang.store.fields import SealedTextField
from plugins.appeals.models import AppealStatus
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Appeal',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case_id', fields.BigIntField(unique=True)),
                ('group_id', fields.BigIntField()),
                ('user_id', fields.BigIntField()),
                ('account_id', fields.BigIntField()),
                ('reason', SealedTextField(place='appeals_appeal.reason')),
                ('status', fields.CharEnumField(default=AppealStatus.OPEN, description='OPEN: open\nUPHELD: upheld\nOVERTURNED: overturned\nCLOSED: closed', enum_type=AppealStatus, max_length=16)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('told_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reminded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ruled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ruled_by', fields.BigIntField(null=True)),
                ('ruling_reason', SealedTextField(default='', place='appeals_appeal.ruling_reason')),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'appeals_appeal', 'app': 'appeals', 'indexes': [Index(fields=['group_id', 'status', 'id']), Index(fields=['user_id', 'status'])], 'pk_attr': 'id', 'table_description': "A member's objection to the case about him."},
            bases=['Model'],
        ),
    ]
