"""What was taught in each group."""

from tortoise import fields
from tortoise.models import Model

from pinbang.store.fields import SealedTextField


class TaughtLesson(Model):
    """A text that a judge was wrong about, as an admin said."""

    id = fields.BigIntField(primary_key=True)
    group_id = fields.BigIntField()
    number = fields.IntField()
    harmful = fields.BooleanField()
    judge = fields.CharField(max_length=32)
    label = fields.CharField(max_length=32)
    text = SealedTextField("learning_lesson.text")
    case_id = fields.BigIntField(null=True, db_index=True)
    given_by = fields.BigIntField()
    given_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    revoked_by = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "learning_lesson"
        unique_together = (("group_id", "number"),)
        indexes = (("group_id", "revoked_at", "number"),)
