"""Appeals against sanctions."""

from enum import Enum

from tortoise import fields
from tortoise.models import Model

from pinbang.store.fields import SealedTextField


class AppealStatus(str, Enum):
    """Where an appeal stands; CLOSED is one whose case was taken back without a ruling."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    CLOSED = "closed"


class Appeal(Model):
    """A member's objection to the case about him."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.BigIntField(unique=True)
    group_id = fields.BigIntField()
    user_id = fields.BigIntField()
    account_id = fields.BigIntField()
    reason = SealedTextField("appeals_appeal.reason")
    status = fields.CharEnumField(AppealStatus, max_length=16, default=AppealStatus.OPEN)
    made_at = fields.DatetimeField()
    told_at = fields.DatetimeField(null=True)
    reminded_at = fields.DatetimeField(null=True)
    ruled_at = fields.DatetimeField(null=True)
    ruled_by = fields.BigIntField(null=True)
    ruling_reason = SealedTextField("appeals_appeal.ruling_reason", default="")
    answered_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "appeals_appeal"
        indexes = (("group_id", "status", "id"), ("user_id", "status"))
