"""What one running gateway knows: ids it has seen, members it has cached."""

from typing import Any, Literal

from .profiles.profile import Profile
from .records import Group, Member, Role, Segment, StoredMessage
from .refusals import Reason, Refused
from .world import World

MessageFormat = Literal["array", "string"]


class Session:
    """The memory of one gateway process and its view of the world.

    A restart of the gateway is a new session.
    """

    def __init__(
        self, world: World, profile: Profile, self_id: int, message_format: MessageFormat | None
    ) -> None:
        """Log `self_id` in: its members are cached; ids are known if the gateway keeps them."""
        self.world = world
        self.profile = profile
        self.self_id = self_id
        self.message_format: MessageFormat = message_format or profile.default_format
        self.online = True
        self._ids: dict[int, int] = {}
        self._stale_roles: dict[tuple[int, int], Role | None] = {}
        self._former_cards: dict[tuple[int, int], str] = {}
        if profile.remembered_ids is None:
            for group in world.groups.values():
                for message in group.messages.values():
                    self.remember(message)
            for message in world.private_messages.values():
                self.remember(message)

    @property
    def my_groups(self) -> list[Group]:
        """The groups the account is in."""
        return [g for g in self.world.groups.values() if self.self_id in g.members]

    # ---- members ----

    def learn(self, group_id: int, user_id: int) -> None:
        """Bring what is cached about a member up to date."""
        self._stale_roles.pop((group_id, user_id), None)

    def miss(self, group_id: int, user_id: int, role: Role | None = None) -> None:
        """Fall behind: a newcomer is not in the cache, a changed role is still the former one."""
        if self.profile.caches_members:
            self._stale_roles.setdefault((group_id, user_id), role)

    def knows_member(self, group_id: int, user_id: int) -> bool:
        """Tell whether a member is in the cache; notices about others do not get through."""
        return self._stale_roles.get((group_id, user_id), "member") is not None

    def role_of(self, group_id: int, member: Member) -> Role | None:
        """The role a message event would show: perhaps stale, None when not known."""
        return self._stale_roles.get((group_id, member.user_id), member.role)

    def note_card(self, group_id: int, user_id: int, former: str) -> None:
        """Note that a card has changed, to report it when the member speaks."""
        self._former_cards.setdefault((group_id, user_id), former)

    def take_former_card(self, group_id: int, user_id: int) -> str | None:
        """Return the card to report as the former one, once."""
        return self._former_cards.pop((group_id, user_id), None)

    # ---- messages ----

    def remember(self, message: StoredMessage) -> int:
        """Note a message and return the id this gateway shows it under."""
        wire_id = self.profile.wire_id(message.message_id)
        self._ids.pop(wire_id, None)
        self._ids[wire_id] = message.message_id
        limit = self.profile.remembered_ids
        if limit is not None and len(self._ids) > limit:
            del self._ids[next(iter(self._ids))]
        return wire_id

    def message(self, wire_id: int) -> StoredMessage:
        """Find a message by the id this gateway shows; refused when it is not known (any more)."""
        if wire_id not in self._ids:
            raise Refused(Reason.UNKNOWN_MESSAGE)
        return self.world.message(self._ids[wire_id])

    def shape(self, message: StoredMessage) -> list[Segment]:
        """Give a message's segments in this gateway's shape."""
        shaped = (self._shape_one(segment, message) for segment in message.segments)
        return [segment for segment in shaped if segment is not None]

    def _shape_one(self, segment: Segment, message: StoredMessage) -> Segment | None:
        kind, data = segment["type"], dict(segment["data"])
        if kind == "reply":
            data["id"] = self._quoted(int(data["id"]))
        elif kind == "at":
            data = {"qq": str(data["qq"]), **self._name_of(str(data["qq"]))}
        return self.profile.segment({"type": kind, "data": data}, message)

    def _quoted(self, message_id: int) -> str:
        wire_id = self.profile.wire_id(message_id)
        if wire_id in self._ids or self.profile.remembered_ids is None:
            return str(wire_id)
        return ""

    def _name_of(self, qq: str) -> dict[str, Any]:
        if not self.profile.at_has_name or not qq.isdigit() or int(qq) not in self.world.people:
            return {}
        return {"name": self.world.people[int(qq)].nickname}
