"""The simulated group and the people in it."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from pinbang.refusal import Refusal
from pinbang.testing import Reason, Refused, World, segments
from pinbang.testing.records import Group, Segment

GROUP_NAME = "拼单互助群（模拟）"
QUESTION = "是否愿意遵守群规、自愿互助？"
BOT_ID = 9_900_000_001
"""QQ numbers end at 4,294,967,295, so none of those used here can be anybody's."""

MAX_NEWCOMERS = 40
MAX_REQUESTS = 200
MESSAGES_KEPT = 1_000

_FIRST_BASE = 9_900_000_000
_LATER_BASES = (9_920_000_000, 9_999_000_000)
_NEWCOMERS = (9_901_000_000, 9_919_000_000)
_MEMBERS = ("小王", "小李", "小张", "小刘", "小美")
_SURNAMES = "赵钱孙吴郑冯陈褚卫蒋沈韩杨朱秦许何吕施孔"

Standing = Literal["owner", "admin", "member", "outside"]


@dataclass(frozen=True)
class Who:
    """A person as the page shows them."""

    user_id: int
    name: str
    role: Standing
    is_bot: bool = False

    @property
    def initial(self) -> str:
        """One character for the avatar: the bot's first, of a name like 小王 the last one."""
        letters = self.name.rstrip("0123456789") or self.name
        return letters[0] if self.is_bot else letters[-1]


class Scene:
    """One group, the bot in it, and everybody the visitor may act as.

    Args:
        now: The current time in Unix seconds.
        random: Source of ids. They must not repeat after a restart, because the bot remembers
            message ids and join requests it has dealt with.
    """

    def __init__(self, *, now: Callable[[], float] = time.time, random: Random) -> None:
        self.world = World(now=now, random=random, messages_kept=MESSAGES_KEPT)
        self.group_id = 0
        self._random = random
        self._cast: list[int] = []
        self._newcomers = 0
        self._found(_FIRST_BASE)

    @property
    def group(self) -> Group:
        """The group."""
        return self.world.group(self.group_id)

    def start_over(self) -> None:
        """Dissolve the group and found a new one, whose people the bot knows nothing about."""
        self.world.disband(self.group_id, self.group.owner_id)
        self._found(self._random.randrange(*_LATER_BASES, 100))

    def newcomer(self) -> int:
        """Create an account outside the group and return its number."""
        if self._newcomers >= MAX_NEWCOMERS:
            raise Refusal("新人已经够多了，可以点“换一个新群”")
        while (user_id := self._random.randrange(*_NEWCOMERS)) in self.world.people:
            pass
        number = self._newcomers // len(_SURNAMES)
        name = f"小{_SURNAMES[self._newcomers % len(_SURNAMES)]}{number + 1 if number else ''}"
        self.world.add_person(user_id, name)
        self._cast.append(user_id)
        self._newcomers += 1
        return user_id

    def insist_playable(self, user_id: int) -> None:
        """Refuse anybody but the people of this scene; the bot acts for itself."""
        if user_id not in self._cast:
            raise Refused(Reason.NO_SUCH_PERSON)

    def ask_to_join(self, user_id: int, answer: str) -> None:
        """Ask to join with an answer to the group's entry question, once at a time."""
        if self._waits(user_id):
            raise Refusal("已经申请过了，等机器人或管理员处理")
        requests = self.group.requests
        while len(requests) >= MAX_REQUESTS:
            del requests[next(iter(requests))]
        self.world.ask_to_join(self.group_id, user_id, question=QUESTION, answer=answer)

    def spoken(self, words: str) -> list[Segment]:
        """Give typed words as segments; ``@小王`` becomes a mention where somebody is called so."""
        if not words.strip():
            raise Refused(Reason.EMPTY_MESSAGE)
        by_name = {self.who(user_id).name: user_id for user_id in self.group.members}
        longest_first = sorted(by_name, key=len, reverse=True)
        pattern = f"@({'|'.join(map(re.escape, longest_first))})"
        parts = re.split(pattern, words)
        spoken: list[Segment] = []
        for index, part in enumerate(parts):
            if index % 2:
                spoken.append(segments.at(by_name[part]))
            elif part:
                spoken.append(segments.text(part))
        return spoken

    def who(self, user_id: int) -> Who:
        """Describe anybody, also those who have left."""
        group = self.world.groups.get(self.group_id)
        member = group.members.get(user_id) if group is not None else None
        person = self.world.people.get(user_id)
        name = (member.card if member else "") or (person.nickname if person else str(user_id))
        return Who(user_id, name, member.role if member else "outside", user_id == BOT_ID)

    def snapshot(self) -> dict[str, Any]:
        """Show the group and its people as they are now; `muted` is in seconds from now."""
        group = self.group
        now = self.world.now()
        people: list[dict[str, Any]] = []
        for user_id in (*self._cast, BOT_ID):
            who, member = self.who(user_id), group.members.get(user_id)
            people.append({
                "id": user_id,
                "name": who.name,
                "role": who.role,
                "initial": who.initial,
                "bot": who.is_bot,
                "muted": max(0, round(member.muted_until - now)) if member else 0,
                "waiting": self._waits(user_id),
                "blocked": user_id in group.blocked,
            })  # fmt: skip
        return {
            "name": group.name,
            "count": len(group.members),
            "question": QUESTION,
            "whole_ban": group.whole_ban,
            "people": people,
        }

    def _waits(self, user_id: int) -> bool:
        requests = self.group.requests.values()
        return any(one.user_id == user_id and one.state == "pending" for one in requests)

    def _found(self, base: int) -> None:
        world, self.group_id = self.world, base + 10
        owner, admin = base + 11, base + 12
        world.add_group(self.group_id, GROUP_NAME, owner_id=owner, owner_nickname="老周")
        world.add_member(self.group_id, admin, "小陈", role="admin")
        world.add_member(self.group_id, BOT_ID, "拼帮", role="admin")
        members = [base + 21 + index for index in range(len(_MEMBERS))]
        for user_id, name in zip(members, _MEMBERS, strict=True):
            world.add_member(self.group_id, user_id, name)
        self._cast = [owner, admin, *members]
        self._newcomers = 0
