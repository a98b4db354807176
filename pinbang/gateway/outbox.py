"""One outgoing queue per account: moderation before replies before announcements, paced."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum

from pinbang.gateway.outcomes import Outcome, Reason, Status, failed, unconfirmed
from pinbang.gateway.pacing import Pace, TokenBucket

MAX_WAITING = 500
"""Messages that may wait; past that announcements and replies are refused rather than late."""
MAX_CONVERSATIONS = 1000
"""Conversations whose pace is remembered; past that those that have rested are forgotten."""
BREAKER_FAILURES = 3
BREAKER_SECONDS = 60.0
BREAKER_LIMIT = 900.0


class Urgency(IntEnum):
    """Which message goes first."""

    MODERATION = 0
    REPLY = 1
    ANNOUNCEMENT = 2


Conversation = tuple[str, int]
"""("group" or "private", number)."""

Send = Callable[[], Awaitable[Outcome]]

Wait = Callable[[asyncio.Event, float], Awaitable[None]]
"""Returns once the event is set or that many seconds are over."""


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


@dataclass
class _Letter:
    urgency: Urgency
    number: int
    conversation: Conversation
    send: Send
    done: "asyncio.Future[Outcome]" = field(repr=False)


class Outbox:
    """Sends one account's messages, one at a time, no faster than its pace.

    A letter whose conversation must still wait lets the next ready one pass. After three
    failures in a row the account is left in peace for a while, moderation excepted: going on
    sending is what turns a warning of QQ's risk control into a ban.
    """

    def __init__(
        self,
        pace: Pace | None,
        *,
        monotonic: Callable[[], float],
        chance: random.Random,
        wait: Wait = _wait,
    ) -> None:
        self._pace = pace
        self._wait = wait
        self._monotonic = monotonic
        self._chance = chance
        self._letters: list[_Letter] = []
        self._number = 0
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._account = TokenBucket(pace.account_burst, pace.account_seconds) if pace else None
        self._conversations: dict[Conversation, TokenBucket] = {}
        self._failures = 0
        self._silent_until = 0.0

    async def post(self, conversation: Conversation, urgency: Urgency, send: Send) -> Outcome:
        """Queue a message and return what became of it once it was sent."""
        if self._pace is None:
            return await send()
        if len(self._letters) >= MAX_WAITING and urgency is not Urgency.MODERATION:
            return failed(Reason.RISK_CONTROL)
        self._number += 1
        letter = _Letter(
            urgency, self._number, conversation, send, asyncio.get_running_loop().create_future()
        )
        self._letters.append(letter)
        self._letters.sort(key=lambda waiting: (waiting.urgency, waiting.number))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(self._pace))
        self._wake.set()
        return await asyncio.shield(letter.done)

    async def close(self) -> None:
        """Stop sending; what still waits is answered as not sent."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        for letter in self._letters:
            if not letter.done.done():
                letter.done.set_result(failed(Reason.OFFLINE))
        self._letters.clear()

    async def _work(self, pace: Pace) -> None:
        while self._letters:
            now = self._monotonic()
            letter, delay = self._next(now, pace)
            if letter is None:
                self._wake.clear()
                with_jitter = delay * (1 + self._chance.random() * pace.jitter)
                await self._wait(self._wake, with_jitter)
                continue
            self._letters.remove(letter)
            self._take(letter, now, pace)
            outcome = unconfirmed(Reason.OFFLINE)  # what a cancelled send is answered with
            try:
                outcome = await letter.send()
            finally:
                if not letter.done.done():
                    letter.done.set_result(outcome)
            self._note(outcome)

    def _next(self, now: float, pace: Pace) -> tuple[_Letter | None, float]:
        """Return the first letter that may go now, else how long until one may."""
        assert self._account is not None  # noqa: S101 -- set together with the pace
        shared = self._account.wait(now)
        soonest = 3600.0
        for letter in self._letters:
            if letter.urgency is Urgency.MODERATION:
                delay = shared  # it explains a recall that has just happened: do not hold it back
            else:
                waiting = self._bucket(letter.conversation, pace).wait(now)
                delay = max(shared, waiting, self._silent_until - now)
            if delay <= 0:
                return letter, 0.0
            soonest = min(soonest, delay)
        return None, soonest

    def _bucket(self, conversation: Conversation, pace: Pace) -> TokenBucket:
        if conversation not in self._conversations:
            if len(self._conversations) >= MAX_CONVERSATIONS:
                now = self._monotonic()
                self._conversations = {
                    key: bucket
                    for key, bucket in self._conversations.items()
                    if not bucket.full(now)
                }
            self._conversations[conversation] = TokenBucket(pace.group_burst, pace.group_seconds)
        return self._conversations[conversation]

    def _take(self, letter: _Letter, now: float, pace: Pace) -> None:
        assert self._account is not None  # noqa: S101 -- set together with the pace
        self._account.take(now)
        self._bucket(letter.conversation, pace).take(now)

    def _note(self, outcome: Outcome) -> None:
        if outcome.status is Status.DONE:
            self._failures = 0
            return
        self._failures += 1
        if self._failures >= BREAKER_FAILURES:
            doubling = 2 ** min(self._failures - BREAKER_FAILURES, 10)
            pause = min(BREAKER_LIMIT, BREAKER_SECONDS * doubling)
            self._silent_until = self._monotonic() + pause
