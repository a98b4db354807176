"""What exists in the simulated QQ: setting it up, looking it up, keeping it."""

import time
from collections.abc import Callable
from random import Random
from typing import Any

from . import happenings as h
from .records import (
    Content,
    FriendRequest,
    Group,
    JoinRequest,
    Member,
    Person,
    Role,
    StoredMessage,
)
from .refusals import Reason, Refused
from .segments import as_segments

Subscriber = Callable[[h.Happening], None]


class State:
    """People, groups, messages and requests; see `World` for what people do with them.

    Args:
        now: The current time in Unix seconds.
        random: Source of ids; a fixed seed by default.
        messages_kept: How many messages of a conversation stay; older ones are forgotten.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        random: Random | None = None,
        messages_kept: int = 10_000,
    ) -> None:
        """Start with nobody and no group."""
        self.now = now
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.private_messages: dict[int, StoredMessage] = {}
        self.friends: set[frozenset[int]] = set()
        self.friend_requests: dict[str, FriendRequest] = {}
        self.forwards: dict[str, list[dict[str, Any]]] = {}
        self._random = random or Random(0)  # noqa: S311 - ids of a simulation
        self._messages_kept = messages_kept
        self._private_seq = 30
        self._last_flag = 1_700_000_000_000_000
        self._used_ids: set[int] = set()
        self._subscribers: list[Subscriber] = []

    # ---- setting the scene: nothing "happens" ----

    def add_person(self, user_id: int, nickname: str = "", **facts: Any) -> Person:
        """Register an account, or bring its nickname and facts (see `Person`) up to date."""
        person = self.people.setdefault(user_id, Person(user_id, nickname or f"用户{user_id}"))
        if nickname:
            person.nickname = nickname
        for name, value in facts.items():
            if not hasattr(person, name):
                raise TypeError(f"a person has no {name!r}")
            setattr(person, name, value)
        return person

    def add_group(
        self, group_id: int, name: str, *, owner_id: int, owner_nickname: str = ""
    ) -> Group:
        """Found a group with its owner in it."""
        group = self.groups[group_id] = Group(group_id, name)
        self.add_member(group_id, owner_id, owner_nickname, role="owner")
        return group

    def add_member(
        self,
        group_id: int,
        user_id: int,
        nickname: str = "",
        *,
        role: Role = "member",
        **facts: Any,
    ) -> Member:
        """Put somebody into a group as if they had always been there.

        Further keyword arguments are facts of the member (card, level, title, join_time...) or of
        the person (qq_level, reg_time, age, sex).
        """
        about_person = {
            k: facts.pop(k) for k in ("qq_level", "reg_time", "age", "sex") if k in facts
        }
        person = self.add_person(user_id, nickname, **about_person)
        facts.setdefault("join_time", int(self.now()) - 86_400)
        member = Member(person, role, **facts)
        self.group(group_id).members[user_id] = member
        return member

    def befriend(self, user_id: int, friend_id: int) -> None:
        """Make two accounts friends; each gateway of theirs is told."""
        self.friends.add(frozenset((user_id, friend_id)))
        self._tell(h.FriendAdded(user_id, friend_id))

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with everything that happens; the result ends that."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    # ---- looking things up ----

    def group(self, group_id: int) -> Group:
        """Return a group."""
        if group_id not in self.groups:
            raise Refused(Reason.NO_SUCH_GROUP)
        return self.groups[group_id]

    def member(self, group_id: int, user_id: int) -> Member:
        """Return a member, here the one that something is done to."""
        member = self.group(group_id).members.get(user_id)
        if member is None:
            raise Refused(Reason.NOT_A_MEMBER)
        return member

    def actor(self, group_id: int, user_id: int) -> Member:
        """Return a member, here the one who does something."""
        member = self.group(group_id).members.get(user_id)
        if member is None:
            raise Refused(Reason.NOT_IN_GROUP)
        return member

    def message(self, message_id: int) -> StoredMessage:
        """Return a group or private message by the world's id."""
        for group in self.groups.values():
            if message_id in group.messages:
                return group.messages[message_id]
        if message_id in self.private_messages:
            return self.private_messages[message_id]
        raise Refused(Reason.UNKNOWN_MESSAGE)

    def are_friends(self, user_id: int, other_id: int) -> bool:
        """Tell whether two accounts are friends."""
        return frozenset((user_id, other_id)) in self.friends

    def join_request(self, flag: str) -> JoinRequest:
        """Return a join request by the digits of its flag."""
        for group in self.groups.values():
            if flag in group.requests:
                return group.requests[flag]
        raise Refused(Reason.NO_SUCH_REQUEST)

    # ---- the machinery ----

    def new_id(self) -> int:
        """Draw a message id nobody has used."""
        while (drawn := self._random.randrange(1, 2**31 - 1)) in self._used_ids:
            pass
        self._used_ids.add(drawn)
        return drawn

    def _tell(self, happening: h.Happening) -> None:
        for subscriber in list(self._subscribers):
            subscriber(happening)

    def _flag(self) -> str:
        self._last_flag += self._random.randrange(1, 1_000_000)
        return str(self._last_flag)

    def _message(
        self, seq: int, group_id: int | None, user_id: int, to_id: int | None, content: Content
    ) -> StoredMessage:
        segments = as_segments(content)
        if not segments:
            raise Refused(Reason.EMPTY_MESSAGE)
        for segment in segments:
            if segment["type"] == "forward" and "nodes" in segment["data"]:
                res_id = segment["data"].setdefault("id", f"R{self._random.getrandbits(64):016x}")
                self.forwards[res_id] = segment["data"]["nodes"]
        return StoredMessage(
            self.new_id(), seq, group_id, user_id, int(self.now()), segments, to_id
        )

    def _keep(self, kept: dict[int, StoredMessage], message: StoredMessage) -> None:
        kept[message.message_id] = message
        while len(kept) > self._messages_kept:
            del kept[next(iter(kept))]
