from tortoise import migrations
from tortoise.migrations import operations as ops
from pinbang.store.fields import SealedTextField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='TaughtLesson',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group_id', fields.BigIntField()),
                ('number', fields.IntField()),
                ('harmful', fields.BooleanField()),
                ('judge', fields.CharField(max_length=32)),
                ('label', fields.CharField(max_length=32)),
                ('text', SealedTextField(place='learning_lesson.text')),
                ('case_id', fields.BigIntField(null=True, db_index=True)),
                ('given_by', fields.BigIntField()),
                ('given_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_by', fields.BigIntField(null=True)),
            ],
            options={'table': 'learning_lesson', 'app': 'learning', 'unique_together': (('group_id', 'number'),), 'indexes': [Index(fields=['group_id', 'revoked_at', 'number'])], 'pk_attr': 'id', 'table_description': 'A text that a judge was wrong about, as an admin said.'},
            bases=['Model'],
        ),
    ]
