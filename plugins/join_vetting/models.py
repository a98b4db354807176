"""Join requests."""

from enum import Enum

from tortoise import fields
from tortoise.models import Model

from pinbang.store.fields import SealedTextField


class JoinStatus(str, Enum):
    """Where a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    ELSEWHERE = "elsewhere"
    EXPIRED = "expired"


class JoinRequest(Model):
    """Somebody's wish to join a group."""

    id = fields.BigIntField(primary_key=True)
    group_id = fields.BigIntField()
    user_id = fields.BigIntField()
    account_id = fields.BigIntField()
    inviter_id = fields.BigIntField(null=True)
    key = fields.CharField(max_length=128)
    flag = fields.CharField(max_length=128, null=True)
    comment = SealedTextField("join_request.comment")
    verdict = fields.CharField(max_length=16)
    status = fields.CharEnumField(JoinStatus, max_length=16)
    asked_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.BigIntField(null=True)
    reason = SealedTextField("join_request.reason", default="")
    outcome = fields.CharField(max_length=48, default="")
    notice_id = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "join_vetting_request"
        unique_together = (("group_id", "key"),)
        indexes = (("group_id", "status"),)
