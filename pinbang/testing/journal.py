"""What a gateway has seen so far, and waiting for what is still to come."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NewType, TypeVar

from . import happenings as h
from .faults import fits
from .records import StoredMessage

Mark = NewType("Mark", int)
"""A point in a journal; what came before it is not matched."""

T = TypeVar("T")

_SHOWN = 12


@dataclass(eq=False)
class Call:
    """One API call of the bot.

    Attributes:
        time: When it came in, in Unix seconds of the world.
        answer: The body of the answer; None while there is none.
    """

    action: str
    params: dict[str, Any]
    time: float
    answer: dict[str, Any] | None = None


@dataclass(eq=False)
class Journal:
    """Everything one bot account lived through, in order, and helpers that wait for more.

    A failed wait raises AssertionError with the last messages and calls. `after` takes a `Mark`;
    without one the whole journal is searched.

    Attributes:
        self_id: The bot's account.
        wire_id: Shows a message id of the world as the gateway does.
        entries: Happenings and calls, oldest first.
    """

    self_id: int
    wire_id: Callable[[int], int]
    entries: list[h.Happening | Call] = field(default_factory=list)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def calls(self) -> list[Call]:
        """Every API call, oldest first."""
        return [entry for entry in self.entries if isinstance(entry, Call)]

    def mark(self) -> Mark:
        """Return the present point in time."""
        return Mark(len(self.entries))

    def add(self, entry: h.Happening | Call) -> None:
        """Write an entry down and let everybody who waits look again."""
        self.entries.append(entry)
        self.stir()

    def stir(self) -> None:
        """Let everybody who waits look again."""
        self._stirred.set()

    async def until(
        self, predicate: Callable[[], T | None], timeout: float = 10.0, what: str = ""
    ) -> T:
        """Wait until `predicate` returns something true, and return that.

        It is asked again on every happening, call, answer and change of the connection. `timeout`
        is in seconds; `what` names the expectation in the failure.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout
        while not (found := predicate()):
            self._stirred.clear()
            try:
                await asyncio.wait_for(self._stirred.wait(), max(0.0, deadline - clock()))
            except asyncio.TimeoutError:
                raise AssertionError(self._complaint(what, timeout)) from None
        return found

    async def said(
        self, group_id: int, *containing: str, timeout: float = 10.0, after: Mark | None = None
    ) -> StoredMessage:
        """Wait for the bot to say something in a group that contains all of `containing`."""

        def find() -> StoredMessage | None:
            for entry in self.entries[after or 0 :]:
                if isinstance(entry, h.GroupMessageSent) and entry.message.group_id == group_id:
                    found = self._mine(entry.message, containing)
                    if found:
                        return found
            return None

        return await self.until(find, timeout, f"bot says {containing} in group {group_id}")

    async def whispered(
        self, user_id: int, *containing: str, timeout: float = 10.0, after: Mark | None = None
    ) -> StoredMessage:
        """Wait for the bot to write to `user_id` in private."""

        def find() -> StoredMessage | None:
            for entry in self.entries[after or 0 :]:
                if isinstance(entry, h.PrivateMessageSent) and entry.message.to_id == user_id:
                    found = self._mine(entry.message, containing)
                    if found:
                        return found
            return None

        return await self.until(find, timeout, f"bot writes {containing} to {user_id}")

    async def called(
        self, action: str, timeout: float = 10.0, after: Mark | None = None, **params: Any
    ) -> Call:
        """Wait for an API call, answered or not, whose parameters contain `params`.

        Ids compare equal as numbers and strings; a `StoredMessage` stands for its id as this
        gateway shows it.
        """
        expected = {
            name: self.wire_id(value.message_id) if isinstance(value, StoredMessage) else value
            for name, value in params.items()
        }

        def find() -> Call | None:
            for entry in self.entries[after or 0 :]:
                if (
                    isinstance(entry, Call)
                    and entry.action == action
                    and fits(entry.params, expected)
                ):
                    return entry
            return None

        return await self.until(find, timeout, f"bot calls {action} with {expected}")

    def recount(self) -> str:
        """Tell the last messages and calls, one per line."""
        lines = [line for entry in self.entries if (line := self._line(entry))]
        return "\n".join(lines[-_SHOWN:]) or "(nothing has happened)"

    def _mine(self, message: StoredMessage, containing: tuple[str, ...]) -> StoredMessage | None:
        mine = message.user_id == self.self_id
        return message if mine and all(part in message.text for part in containing) else None

    def _complaint(self, what: str, timeout: float) -> str:
        return (
            f"after {timeout:g} s still waiting until {what or 'the condition holds'}; last:\n"
            + (self.recount())
        )

    def _line(self, entry: h.Happening | Call) -> str:
        match entry:
            case Call():
                answer = entry.answer
                if answer is None:
                    outcome = "no answer"
                elif answer["status"] == "ok":
                    outcome = "ok"
                else:
                    outcome = f"{answer['retcode']} {answer.get('wording', '')}"
                return f"  call    {entry.action} {_short(entry.params)} -> {outcome}"
            case h.GroupMessageSent(message=m):
                return f"  message [{m.group_id}] {self._who(m.user_id)}: {_short(m.text)}"
            case h.PrivateMessageSent(message=m):
                who = f"{self._who(m.user_id)} to {self._who(m.to_id)}"
                return f"  message [private] {who}: {_short(m.text)}"
            case _:
                return f"  event   {_short(entry)}"

    def _who(self, user_id: int | None) -> str:
        return "bot" if user_id == self.self_id else str(user_id)


def _short(value: object, limit: int = 160) -> str:
    shown = str(value).replace("\n", "\\n")
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
