"""What can happen in the world, as frozen facts handed to its subscribers."""

from dataclasses import dataclass
from typing import Literal

from .records import FriendRequest, JoinRequest, StoredMessage


@dataclass(frozen=True)
class GroupMessageSent:
    """Somebody said something in a group."""

    message: StoredMessage


@dataclass(frozen=True)
class PrivateMessageSent:
    """Somebody wrote to one person; `friends` is False for strangers who share a group."""

    message: StoredMessage
    friends: bool


@dataclass(frozen=True)
class MessageRecalled:
    """A group or private message was taken back."""

    message: StoredMessage
    operator_id: int


@dataclass(frozen=True)
class JoinRequested:
    """Somebody asked to join, or was asked to."""

    request: JoinRequest


@dataclass(frozen=True)
class RequestHandled:
    """A join request was approved or rejected; QQ tells bots nothing about it by itself."""

    request: JoinRequest


@dataclass(frozen=True)
class FriendRequested:
    """Somebody asked to become friends."""

    request: FriendRequest


@dataclass(frozen=True)
class FriendAdded:
    """Two people became friends."""

    user_id: int
    friend_id: int


@dataclass(frozen=True)
class MemberJoined:
    """Somebody became a member; `operator_id` let them in or invited them, 0 if nobody did."""

    group_id: int
    user_id: int
    operator_id: int
    how: Literal["approve", "invite"]


@dataclass(frozen=True)
class MemberLeft:
    """Somebody left by themselves."""

    group_id: int
    user_id: int


@dataclass(frozen=True)
class MemberKicked:
    """Somebody was removed."""

    group_id: int
    user_id: int
    operator_id: int


@dataclass(frozen=True)
class GroupDisbanded:
    """The owner dissolved a group; `member_ids` are those who lost it."""

    group_id: int
    operator_id: int
    member_ids: frozenset[int]


@dataclass(frozen=True)
class MemberMuted:
    """Somebody was muted for `duration` seconds; 0 lifts a mute."""

    group_id: int
    user_id: int
    operator_id: int
    duration: int


@dataclass(frozen=True)
class WholeBanChanged:
    """A mute of everybody was put on or lifted."""

    group_id: int
    operator_id: int
    on: bool


@dataclass(frozen=True)
class AdminChanged:
    """Somebody became an admin or stopped being one."""

    group_id: int
    user_id: int
    on: bool


@dataclass(frozen=True)
class CardChanged:
    """Somebody's name in the group changed."""

    group_id: int
    user_id: int
    old: str
    new: str


@dataclass(frozen=True)
class TitleChanged:
    """The owner gave somebody a special title."""

    group_id: int
    user_id: int
    title: str


@dataclass(frozen=True)
class Poked:
    """Somebody nudged somebody, in a group or (`group_id` None) in private."""

    group_id: int | None
    user_id: int
    target_id: int


@dataclass(frozen=True)
class EssenceChanged:
    """A message was put on or taken from the group's list of essential messages."""

    message: StoredMessage
    operator_id: int
    on: bool


@dataclass(frozen=True)
class EmojiLiked:
    """An emoji was put under a message or removed; `count` is how many remain."""

    message: StoredMessage
    user_id: int
    emoji_id: str
    count: int
    on: bool


@dataclass(frozen=True)
class FileUploaded:
    """A file came into the group; `size` in bytes."""

    group_id: int
    user_id: int
    file_id: str
    name: str
    size: int


Happening = (
    GroupMessageSent
    | PrivateMessageSent
    | MessageRecalled
    | JoinRequested
    | RequestHandled
    | FriendRequested
    | FriendAdded
    | MemberJoined
    | MemberLeft
    | MemberKicked
    | GroupDisbanded
    | MemberMuted
    | WholeBanChanged
    | AdminChanged
    | CardChanged
    | TitleChanged
    | Poked
    | EssenceChanged
    | EmojiLiked
    | FileUploaded
)
