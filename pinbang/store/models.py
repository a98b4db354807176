"""Tables that several plugins share; a plugin's own tables live in the plugin."""

import json
from enum import Enum

from tortoise import fields
from tortoise.models import Model

from pinbang.store.fields import GivenKeyField, SealedTextField


class Group(Model):
    """A QQ group the bot serves."""

    id = GivenKeyField()
    account_id = fields.BigIntField()
    settings: dict[str, dict[str, object]] = fields.JSONField(
        default=dict, encoder=json.dumps, decoder=json.loads
    )
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True, db_index=True)

    class Meta(Model.Meta):
        table = "pinbang_group"


class Standing(Model):
    """A standing that admins gave a member."""

    id = fields.BigIntField(primary_key=True)
    group_id = fields.BigIntField()
    user_id = fields.BigIntField()
    role = fields.CharField(max_length=16)
    given_by = fields.BigIntField()
    given_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "pinbang_standing"
        unique_together = (("group_id", "user_id"),)


class CaseStatus(str, Enum):
    """Where a case stands."""

    OPEN = "open"
    ENFORCED = "enforced"
    POWERLESS = "powerless"
    UNDONE = "undone"
    REHEARSED = "rehearsed"


class Case(Model):
    """One sanctioned message."""

    id = fields.BigIntField(primary_key=True)
    group_id = fields.BigIntField()
    user_id = fields.BigIntField()
    message_id = fields.BigIntField()
    account_id = fields.BigIntField()
    judge = fields.CharField(max_length=32)
    label = fields.CharField(max_length=32)
    severity = fields.SmallIntField()
    step = fields.SmallIntField()
    measure = fields.CharField(max_length=16)
    mute_seconds = fields.IntField(default=0)
    evidence = SealedTextField("pinbang_case.evidence")
    text = SealedTextField("pinbang_case.text")
    status = fields.CharEnumField(CaseStatus, max_length=16, default=CaseStatus.OPEN)
    recall_outcome = fields.CharField(max_length=48, default="")
    measure_outcome = fields.CharField(max_length=48, default="")
    announced_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    undone_at = fields.DatetimeField(null=True)
    undone_by = fields.BigIntField(null=True)
    undone_reason = SealedTextField("pinbang_case.undone_reason", default="")
    actor_id = fields.BigIntField(null=True)
    also: list[int] = fields.JSONField(
        default=list, db_default="[]", encoder=json.dumps, decoder=json.loads
    )

    class Meta(Model.Meta):
        table = "pinbang_case"
        unique_together = (("group_id", "message_id"),)
        indexes = (("group_id", "user_id", "created_at"),)


class KeptMessage(Model):
    """A message kept for some days."""

    id = fields.BigIntField(primary_key=True)
    group_id = fields.BigIntField()
    message_id = fields.BigIntField()
    user_id = fields.BigIntField()
    account_id = fields.BigIntField()
    role = fields.CharField(max_length=8, null=True)
    sent_at = fields.DatetimeField(db_index=True)
    body = SealedTextField("pinbang_kept_message.body")

    class Meta(Model.Meta):
        table = "pinbang_kept_message"
        unique_together = (("group_id", "message_id"),)
        indexes = (("group_id", "user_id", "sent_at"), ("group_id", "sent_at"))


class Newcomer(Model):
    """Somebody who joined a group lately."""

    id = fields.BigIntField(primary_key=True)
    group_id = fields.BigIntField()
    user_id = fields.BigIntField()
    joined_at = fields.DatetimeField(db_index=True)
    messages = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "pinbang_newcomer"
        unique_together = (("group_id", "user_id"),)


class AuditEntry(Model):
    """One consequential act."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    group_id = fields.BigIntField(null=True)
    actor_id = fields.BigIntField()
    action = fields.CharField(max_length=48)
    target_id = fields.BigIntField(null=True)
    reference = fields.CharField(max_length=64, default="")
    outcome = fields.CharField(max_length=48, default="")
    note = SealedTextField("pinbang_audit.note", default="")

    class Meta(Model.Meta):
        table = "pinbang_audit"
        indexes = (("group_id", "at"),)


class DueWork(Model):
    """Work that falls due at a moment."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=64)
    key = fields.CharField(max_length=96)
    due_at = fields.DatetimeField(db_index=True)
    account_id = fields.BigIntField(null=True)
    attempts = fields.IntField(default=0)
    claimed_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "pinbang_due_work"
        unique_together = (("kind", "key"),)
