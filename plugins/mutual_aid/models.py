"""Aid requests and pledges."""

from enum import Enum

from tortoise import fields
from tortoise.models import Model

from pinbang.store.fields import SealedTextField


class RequestStatus(str, Enum):
    """Where a request stands."""

    OPEN = "open"
    FILLED = "filled"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class PledgeStatus(str, Enum):
    """Where a pledge stands."""

    PLEDGED = "pledged"
    DONE = "done"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class AidRequest(Model):
    """Somebody asks for help."""

    id = fields.BigIntField(primary_key=True)
    group_id = fields.BigIntField()
    requester_id = fields.BigIntField()
    account_id = fields.BigIntField()
    source_id = fields.BigIntField()
    answer_id = fields.BigIntField(null=True)
    what = SealedTextField("aid_request.what")
    link = SealedTextField("aid_request.link", default="")
    thanks = SealedTextField("aid_request.thanks", default="")
    note = SealedTextField("aid_request.note", default="")
    wanted = fields.IntField()
    taken = fields.IntField(default=0)
    confirmed = fields.IntField(default=0)
    deadline = fields.DatetimeField()
    status = fields.CharEnumField(RequestStatus, max_length=16, default=RequestStatus.OPEN)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    pledges: fields.ReverseRelation["Pledge"]

    class Meta(Model.Meta):
        table = "mutual_aid_request"
        unique_together = (("group_id", "source_id", "requester_id", "created_at"),)
        indexes = (("group_id", "status", "deadline"),)


class Pledge(Model):
    """Somebody promises to help."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyRelation[AidRequest] = fields.ForeignKeyField(
        "mutual_aid.AidRequest", related_name="pledges", on_delete=fields.OnDelete.CASCADE
    )
    helper_id = fields.BigIntField()
    status = fields.CharEnumField(PledgeStatus, max_length=16, default=PledgeStatus.PLEDGED)
    pledged_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    confirmed_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "mutual_aid_pledge"
        unique_together = (("request", "helper_id"),)
        indexes = (("helper_id", "status"),)
