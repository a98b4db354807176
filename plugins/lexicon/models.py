"""A group's own words."""

from tortoise import fields
from tortoise.models import Model

from pinbang.store.fields import SealedTextField


class StoredTerm(Model):
    """A word that admins of a group added."""

    id = fields.BigIntField(primary_key=True)
    group_id = fields.BigIntField()
    category = fields.CharField(max_length=8)
    word = SealedTextField("lexicon_term.word")
    digest = fields.CharField(max_length=64)
    is_pattern = fields.BooleanField()
    expires_at = fields.DatetimeField(null=True, db_index=True)
    added_by = fields.BigIntField()
    added_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "lexicon_term"
        unique_together = (("group_id", "digest", "category"),)
        indexes = (("group_id", "category", "id"),)
