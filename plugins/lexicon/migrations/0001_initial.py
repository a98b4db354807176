from tortoise import migrations
from tortoise.migrations import operations as ops
from pinbang.store.fields import SealedTextField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='StoredTerm',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('group_id', fields.BigIntField()),
                ('category', fields.CharField(max_length=8)),
                ('word', SealedTextField(place='lexicon_term.word')),
                ('digest', fields.CharField(max_length=64)),
                ('is_pattern', fields.BooleanField()),
                ('expires_at', fields.DatetimeField(null=True, db_index=True, auto_now=False, auto_now_add=False)),
                ('added_by', fields.BigIntField()),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'lexicon_term', 'app': 'lexicon', 'unique_together': (('group_id', 'digest', 'category'),), 'indexes': [Index(fields=['group_id', 'category', 'id'])], 'pk_attr': 'id', 'table_description': 'A word that admins of a group added.'},
            bases=['Model'],
        ),
    ]
