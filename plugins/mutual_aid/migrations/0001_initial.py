from tortoise import migrations
from tortoise.migrations import operations as ops
from pinbang.store.fields import SealedTextField
from plugins.mutual_aid.models import PledgeStatus, RequestStatus
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AidRequest',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group_id', fields.BigIntField()),
                ('requester_id', fields.BigIntField()),
                ('account_id', fields.BigIntField()),
                ('source_id', fields.BigIntField()),
                ('answer_id', fields.BigIntField(null=True)),
                ('what', SealedTextField(place='aid_request.what')),
                ('link', SealedTextField(default='', place='aid_request.link')),
                ('thanks', SealedTextField(default='', place='aid_request.thanks')),
                ('note', SealedTextField(default='', place='aid_request.note')),
                ('wanted', fields.IntField()),
                ('taken', fields.IntField(default=0)),
                ('confirmed', fields.IntField(default=0)),
                ('deadline', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('status', fields.CharEnumField(default=RequestStatus.OPEN, description='OPEN: open\nFILLED: filled\nEXPIRED: expired\nCANCELLED: cancelled', enum_type=RequestStatus, max_length=16)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'mutual_aid_request', 'app': 'mutual_aid', 'unique_together': (('group_id', 'source_id', 'requester_id', 'created_at'),), 'indexes': [Index(fields=['group_id', 'status', 'deadline'])], 'pk_attr': 'id', 'table_description': 'Somebody asks for help.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Pledge',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('request', fields.ForeignKeyField('mutual_aid.AidRequest', source_field='request_id', db_constraint=True, to_field='id', related_name='pledges', on_delete=OnDelete.CASCADE)),
                ('helper_id', fields.BigIntField()),
                ('status', fields.CharEnumField(default=PledgeStatus.PLEDGED, description='PLEDGED: pledged\nDONE: done\nCONFIRMED: confirmed\nWITHDRAWN: withdrawn\nLAPSED: lapsed', enum_type=PledgeStatus, max_length=16)),
                ('pledged_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'mutual_aid_pledge', 'app': 'mutual_aid', 'unique_together': (('request', 'helper_id'),), 'indexes': [Index(fields=['helper_id', 'status'])], 'pk_attr': 'id', 'table_description': 'Somebody promises to help.'},
            bases=['Model'],
        ),
    ]
