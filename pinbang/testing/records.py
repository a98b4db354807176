"""The people, groups, messages and requests that make up a simulated QQ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Segment = dict[str, Any]
"""One OneBot message segment: ``{"type": str, "data": dict}``."""

Content = str | Segment | Sequence[Segment]
"""What a person may say: plain text, one segment, or a list of segments."""

Role = Literal["owner", "admin", "member"]


@dataclass
class Person:
    """A QQ account, whether or not it is in a group.

    Attributes:
        reg_time: When the account was registered, in Unix seconds.
        qq_level: The account's QQ level (not the level inside a group).
    """

    user_id: int
    nickname: str
    qq_level: int = 16
    reg_time: int = 1_300_000_000
    age: int = 0
    sex: Literal["male", "female", "unknown"] = "unknown"


@dataclass
class Member:
    """A person in one group.

    Attributes:
        join_time: Unix seconds.
        last_sent_time: Unix seconds; 0 for somebody who never spoke.
        muted_until: Unix seconds; a time in the past means "not muted".
    """

    person: Person
    role: Role = "member"
    card: str = ""
    level: int = 1
    title: str = ""
    join_time: int = 0
    last_sent_time: int = 0
    muted_until: float = 0.0

    @property
    def user_id(self) -> int:
        """The account's QQ number."""
        return self.person.user_id

    @property
    def nickname(self) -> str:
        """The account's nickname, the same in every group."""
        return self.person.nickname

    @property
    def manages(self) -> bool:
        """Whether this member is the owner or an admin."""
        return self.role != "member"


@dataclass
class StoredMessage:
    """A message as QQ keeps it.

    Attributes:
        message_id: A positive number of the world; every gateway shows it in its own shape.
        seq: The running number inside the conversation.
        group_id: The group, or for a private message the group that two strangers share.
        to_id: The receiver of a private message; None in a group.
        time: Unix seconds.
        likes: Emoji id -> who put it under the message.
    """

    message_id: int
    seq: int
    group_id: int | None
    user_id: int
    time: int
    segments: list[Segment]
    to_id: int | None = None
    recalled: bool = False
    essence: bool = False
    likes: dict[str, set[int]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The message as a reader sees it: see `readable`."""
        return readable(self.segments)


@dataclass
class JoinRequest:
    """Somebody asks to join (``add``), or a member asks somebody to come (``invite``).

    Attributes:
        flag: The digits QQ numbers the request with; gateways dress it up.
        user_id: Who would become a member.
        invitor_id: The member who brought the person, or 0.
        filtered: QQ put the request on the list of doubtful ones.
        handled_by: The admin who decided, or 0.
    """

    flag: str
    kind: Literal["add", "invite"]
    group_id: int
    user_id: int
    nickname: str
    comment: str
    time: int
    invitor_id: int = 0
    filtered: bool = False
    state: Literal["pending", "approved", "rejected"] = "pending"
    handled_by: int = 0
    reason: str = ""


@dataclass
class FriendRequest:
    """Somebody asks an account to become friends."""

    flag: str
    user_id: int
    to_id: int
    comment: str
    time: int
    state: Literal["pending", "approved", "rejected"] = "pending"


@dataclass
class Group:
    """A QQ group.

    Attributes:
        messages: Newest last, keyed by the world's message id.
        former: Those who left, as they were on leaving.
        blocked: Those kicked with "never let in again".
    """

    group_id: int
    name: str
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    requests: dict[str, JoinRequest] = field(default_factory=dict)
    whole_ban: bool = False
    former: dict[int, Member] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    last_seq: int = 100

    @property
    def owner_id(self) -> int:
        """The owner's QQ number."""
        return next(m.user_id for m in self.members.values() if m.role == "owner")


def readable(segments: Sequence[Mapping[str, Any]]) -> str:
    """Render segments as one line for people: text as is, ``@10001``, ``[image]``."""
    parts = []
    for segment in segments:
        kind, data = segment["type"], segment["data"]
        if kind == "text":
            parts.append(str(data.get("text", "")))
        elif kind == "at":
            parts.append(f"@{data.get('qq', '')}")
        else:
            parts.append(f"[{kind}]")
    return "".join(parts)
