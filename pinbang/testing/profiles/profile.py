"""What makes one gateway differ from another, as facts and small functions."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pinbang.testing.happenings import Happening
from pinbang.testing.records import Group, JoinRequest, Member, Person, Role, Segment, StoredMessage
from pinbang.testing.refusals import Reason

Payload = dict[str, Any]

ABSENT: Any = object()
"""A result for which NapCat leaves the ``data`` key out; the others answer null."""


@dataclass(frozen=True)
class Failure:
    """How a gateway words one refusal.

    Attributes:
        text: May contain ``{action}``, ``{message_id}`` and ``{param}``.
        retcode: The answer's retcode; None for the gateway's usual one.
        code: The short code go-cqhttp puts into ``msg``.
    """

    text: str
    retcode: int | None = None
    code: str = ""


@dataclass(frozen=True)
class CqStyle:
    """How a gateway writes messages as CQ strings.

    Attributes:
        comma_in_text: Escape commas in plain text too.
        strip: Trim the whole string.
        drop_empty: Leave out parameters whose value is ``""``.
        only: Segment type -> the parameters that survive (all, where not listed).
    """

    comma_in_text: bool = False
    strip: bool = False
    drop_empty: bool = False
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """One gateway's habits.

    Attributes:
        bare_auth: Send an ``Authorization`` header even without a token.
        reconnect_interval: Seconds between attempts to connect.
        handshake_timeout: Seconds the gateway grants the bot to accept the connection.
        heartbeat: Seconds between heartbeats.
        default_format: How ``message`` is sent unless the operator switches it.
        id_sign: Sign of message ids: always positive, always negative, or either.
        remembered_ids: How many message ids the gateway knows, in memory only; None: all, for good.
        caches_members: Roles come from a cache: stale after promotions, empty for newcomers.
        card_notice: When a changed card is reported.
        whole_ban_duration: The ``duration`` of a mute of everybody.
        forward_content: Key of a forwarded message's content in ``get_forward_msg``.
        sends_message_format: Message events carry ``message_format``.
        at_has_name: Mentions carry the nickname.
        history_by: What ``message_seq`` of ``get_group_msg_history`` counts.
        reports_offline: A notice says that QQ has dropped the account.
        remembers_former: ``get_group_member_info`` still answers for people who left.
        usual_retcode: The retcode of a failure without one of its own.
        missing: Actions the gateway does not know.
        unchecked: Actions that answer ok although QQ refused.
        failures: Wording of refusals, by ``(action, reason)`` or by reason.
        segment: A segment of the world in this gateway's shape; None drops it.
        sender: The ``sender`` of a group message; `role` None when the gateway does not know.
        private_sender: The ``sender`` of a private message.
        message_extras: Further keys of a message event or of ``get_msg``.
        stored: A message's body as ``get_msg`` and the history give it.
        get_msg_extras: Further keys of ``get_msg``.
        adjust_notice: Brings a notice of the standard into this gateway's shape; None drops it.
        flag: A join request's flag.
        request_extras: Further keys of a join request's event.
        find_request: The request a flag leads to; None: nothing, yet the answer is ok.
        status: ``status`` of heartbeats and ``get_status``.
        ok: The body of a successful answer.
        failed: The body of a failed answer, from retcode, text and code.
        system_messages: ``get_group_system_msg``, from the pending requests and a naming function.
        ignored_requests: ``get_group_ignore_add_request``, from the filtered requests.
        shut_list: ``get_group_shut_list``, from the muted members.
    """

    name: str
    app_name: str
    app_version: str
    user_agent: str
    reconnect_interval: float
    heartbeat: float
    id_sign: Literal["positive", "negative", "either"]
    usual_retcode: int
    whole_ban_duration: int
    history_by: Literal["message_id", "seq"]
    failures: Mapping[Reason | tuple[str, Reason], Failure]
    segment: Callable[[Segment, StoredMessage], Segment | None]
    sender: Callable[[Member, Role | None], Payload]
    private_sender: Callable[[Person], Payload]
    message_extras: Callable[[StoredMessage, int, Group | None], Payload]
    adjust_notice: Callable[[Payload, Happening], Payload | None]
    flag: Callable[[JoinRequest], str]
    find_request: Callable[[str, list[JoinRequest]], JoinRequest | None]
    member_info: Callable[[Member, Group], Payload]
    group_info: Callable[[Group, Member | None], Payload]
    stranger_info: Callable[[Person], Payload]
    system_messages: Callable[[list[JoinRequest], Callable[[int], str]], Any]
    ok: Callable[[Any], Payload]
    failed: Callable[[int, str, str], Payload]
    ignored_requests: Callable[[list[JoinRequest], Callable[[int], str]], Any] = lambda _r, _n: []
    shut_list: Callable[[list[Member]], Any] = lambda _members: []
    status: Callable[[bool], Payload] = lambda online: {"online": online, "good": online}
    request_extras: Callable[[JoinRequest], Payload] = lambda _request: {}
    stored: Callable[[Payload], Payload] = lambda body: {**body, "post_type": "message"}
    get_msg_extras: Callable[[StoredMessage], Payload] = lambda message: {"real_id": message.seq}
    cq: CqStyle = field(default_factory=CqStyle)
    auth_scheme: str = "Bearer"
    bare_auth: bool = False
    handshake_timeout: float = 10.0
    default_format: Literal["array", "string"] = "array"
    remembered_ids: int | None = None
    caches_members: bool = False
    card_notice: Literal["at once", "when speaking", "never"] = "at once"
    lifecycle: tuple[str, ...] = ("connect",)
    lifecycle_has_status: bool = False
    forward_content: Literal["message", "content"] = "message"
    sends_message_format: bool = False
    at_has_name: bool = False
    reports_offline: bool = False
    remembers_former: bool = False
    missing: frozenset[str] = frozenset()
    unchecked: frozenset[str] = frozenset()

    def failure(self, action: str, reason: Reason, **facts: object) -> Payload:
        """Word a refusal of `action`; `facts` fill the placeholders of the gateway's text."""
        known = self.failures.get((action, reason)) or self.failures.get(reason)
        wording = known or Failure(reason.value, code="FAILED")
        blanks = {"message_id": "", "param": "", **facts, "action": action}
        retcode = self.usual_retcode if wording.retcode is None else wording.retcode
        return self.failed(retcode, wording.text.format(**blanks), wording.code)

    def wire_id(self, message_id: int) -> int:
        """Show a message id of the world in this gateway's shape."""
        if self.id_sign == "positive" or (self.id_sign == "either" and message_id % 2 == 0):
            return message_id
        return -message_id


def role_name(role: Role | None) -> Payload:
    """The ``role`` key of a sender, left out when the role is not known."""
    return {} if role is None else {"role": role}


def uid_of(user_id: int) -> str:
    """Make up the opaque uid that QQ NT has for an account."""
    return "u_" + hashlib.sha256(str(user_id).encode()).hexdigest()[:22]


def picture_name(file: str) -> str:
    """Name a picture as QQ does: by a hash, when it was sent as data instead of a name."""
    if "://" not in file:
        return file
    return hashlib.sha256(file.encode()).hexdigest()[:32].upper() + ".jpg"
