"""The outgoing queue, on a clock of its own."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.gateway.outbox import (
    BREAKER_FAILURES,
    BREAKER_SECONDS,
    MAX_WAITING,
    Conversation,
    Outbox,
    Urgency,
)
from pinbang.gateway.outcomes import DONE, Outcome, Reason, Status, failed, unconfirmed
from pinbang.gateway.pacing import NORMAL_PACE, Pace, TokenBucket

ROOM: Conversation = ("group", 1)
OTHER: Conversation = ("group", 2)
PACE = Pace(account_burst=100, account_seconds=0.001, group_burst=2, group_seconds=3, jitter=0)


class Post:
    """An outbox, its clock, and what it has sent when."""

    def __init__(self, pace: Pace | None = PACE, seed: int = 1) -> None:
        self.now = 1000.0
        self.sent: list[tuple[str, float]] = []
        self.outcomes: list[Outcome] = []
        self.outbox = Outbox(
            pace, monotonic=lambda: self.now, chance=random.Random(seed), wait=self._wait
        )

    async def _wait(self, event: asyncio.Event, seconds: float) -> None:
        # Give whoever is about to post the chance to, then let the time pass.
        for _ in range(3):
            await asyncio.sleep(0)
        if not event.is_set():
            self.now += seconds

    async def post(
        self, name: str, room: Conversation = ROOM, urgency: Urgency = Urgency.REPLY
    ) -> Outcome:
        async def send() -> Outcome:
            self.sent.append((name, self.now - 1000))
            return self.outcomes.pop(0) if self.outcomes else DONE

        return await self.outbox.post(room, urgency, send)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.sent]


@pytest.fixture
async def mail() -> AsyncIterator[Post]:
    post = Post()
    yield post
    await post.outbox.close()


async def test_the_caller_learns_what_became_of_it(mail: Post) -> None:
    mail.outcomes = [DONE.with_data({"message_id": 7}), failed(Reason.BOT_MUTED)]
    assert (await mail.post("a")).data == {"message_id": 7}
    assert await mail.post("b") == failed(Reason.BOT_MUTED)


async def test_a_burst_goes_at_once_then_one_every_few_seconds(mail: Post) -> None:
    await asyncio.gather(*(mail.post(str(number)) for number in range(5)))
    assert mail.names == ["0", "1", "2", "3", "4"]
    assert [at for _, at in mail.sent] == pytest.approx([0, 0, 3, 6, 9], abs=0.1)


async def test_after_a_rest_a_burst_is_possible_again(mail: Post) -> None:
    await asyncio.gather(*(mail.post(str(number)) for number in range(3)))
    mail.now += 60
    start = mail.now
    await asyncio.gather(mail.post("x"), mail.post("y"))
    assert mail.now == start


async def test_moderation_before_replies_before_announcements(mail: Post) -> None:
    await asyncio.gather(mail.post("1"), mail.post("2"))  # the burst is used up
    await asyncio.gather(
        mail.post("announcement", urgency=Urgency.ANNOUNCEMENT),
        mail.post("reply"),
        mail.post("moderation", urgency=Urgency.MODERATION),
        mail.post("second reply"),
    )
    assert mail.names[2:] == ["moderation", "reply", "second reply", "announcement"]


async def test_moderation_does_not_wait_for_the_groups_turn(mail: Post) -> None:
    await asyncio.gather(*(mail.post(str(number)) for number in range(2)))
    await asyncio.gather(mail.post("late"), mail.post("now", urgency=Urgency.MODERATION))
    times = dict(mail.sent)
    assert times["now"] == 0
    assert times["late"] >= 3


async def test_one_groups_wait_does_not_hold_another(mail: Post) -> None:
    await asyncio.gather(
        *(mail.post(f"busy {number}") for number in range(4)), mail.post("quiet", OTHER)
    )
    times = dict(mail.sent)
    assert times["quiet"] == pytest.approx(0, abs=0.1)
    assert times["busy 3"] == pytest.approx(6, abs=0.1)


async def test_the_account_has_a_pace_over_all_groups() -> None:
    mail = Post(Pace(account_burst=3, account_seconds=1, group_burst=8, group_seconds=3, jitter=0))
    await asyncio.gather(*(mail.post(str(n), ("group", n)) for n in range(6)))
    assert [at for _, at in mail.sent] == pytest.approx([0, 0, 0, 1, 2, 3])
    await mail.outbox.close()


async def test_the_rhythm_is_stretched_by_chance_never_shortened() -> None:
    gaps: set[float] = set()
    for seed in range(5):
        mail = Post(Pace(100, 0.001, 1, 3, jitter=0.3), seed)
        await asyncio.gather(mail.post("a"), mail.post("b"))
        gaps.add(round(mail.sent[1][1], 6))
        await mail.outbox.close()
    assert len(gaps) == 5
    assert all(3 <= gap <= 3 * 1.3 + 1e-6 for gap in gaps)


async def test_a_message_is_never_sent_twice(mail: Post) -> None:
    mail.outcomes = [unconfirmed(Reason.TIMEOUT)]
    assert (await mail.post("a")).status is Status.UNCONFIRMED
    await mail.post("b")
    assert mail.names == ["a", "b"]


async def test_after_failures_in_a_row_the_account_is_left_in_peace(mail: Post) -> None:
    mail.outcomes = [failed(Reason.RISK_CONTROL)] * BREAKER_FAILURES
    for number in range(BREAKER_FAILURES):
        await mail.post(str(number), ("group", number))
    start = mail.now
    await asyncio.gather(
        mail.post("reply", ("group", 50)),
        mail.post("moderation", ("group", 50), Urgency.MODERATION),
    )
    times = dict(mail.sent)
    assert times["moderation"] == pytest.approx(start - 1000, abs=0.1)
    assert times["reply"] - (start - 1000) == pytest.approx(BREAKER_SECONDS, abs=0.1)


async def test_the_pause_grows_while_it_goes_on_failing_and_ends_with_a_success(
    mail: Post,
) -> None:
    mail.outcomes = [failed(Reason.RISK_CONTROL)] * (BREAKER_FAILURES + 2)
    for number in range(BREAKER_FAILURES + 4):
        await mail.post(str(number), ("group", number))
    times = [at for _, at in mail.sent]
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    assert gaps[:2] == pytest.approx([0, 0], abs=0.1)
    assert gaps[2:5] == pytest.approx([60, 120, 240], abs=0.1)
    assert gaps[5:] == pytest.approx([0] * len(gaps[5:]), abs=0.1)


async def test_single_failures_do_not_add_up(mail: Post) -> None:
    mail.outcomes = [failed(Reason.UNKNOWN), failed(Reason.UNKNOWN), DONE] * 3
    for number in range(9):
        await mail.post(str(number), ("group", number))
    assert mail.now == pytest.approx(1000, abs=0.5)


async def test_closing_answers_what_waits_and_what_is_under_way() -> None:
    mail = Post()
    mail.outbox = Outbox(PACE, monotonic=lambda: mail.now, chance=random.Random(1), wait=_forever)
    started, never = asyncio.Event(), asyncio.Event()

    async def hang() -> Outcome:
        started.set()
        await never.wait()
        return DONE

    under_way = asyncio.create_task(mail.outbox.post(ROOM, Urgency.REPLY, hang))
    await started.wait()
    waiting = asyncio.create_task(mail.post("late"))
    await asyncio.sleep(0)
    await mail.outbox.close()
    assert await asyncio.wait_for(waiting, 5) == failed(Reason.OFFLINE)
    assert (await asyncio.wait_for(under_way, 5)).status is Status.UNCONFIRMED
    assert mail.names == []


async def _forever(event: asyncio.Event, seconds: float) -> None:
    await event.wait()


async def test_too_many_waiting_messages_are_refused_moderation_excepted() -> None:
    mail = Post()
    mail.outbox = Outbox(PACE, monotonic=lambda: mail.now, chance=random.Random(1), wait=_forever)
    await asyncio.gather(mail.post("1"), mail.post("2"))
    waiting = [asyncio.create_task(mail.post(str(number))) for number in range(MAX_WAITING)]
    await asyncio.sleep(0)
    refused = await asyncio.wait_for(mail.post("one too many"), 5)
    assert refused.failed
    moderation = mail.post("moderation", OTHER, Urgency.MODERATION)
    assert not (await asyncio.wait_for(moderation, 5)).failed
    await mail.outbox.close()
    assert all(outcome == failed(Reason.OFFLINE) for outcome in await asyncio.gather(*waiting))


async def test_without_a_pace_everything_goes_at_once() -> None:
    mail = Post(None)
    await asyncio.gather(*(mail.post(str(number)) for number in range(50)))
    assert len(mail.sent) == 50
    assert mail.now == 1000


async def test_a_caller_who_gives_up_does_not_take_the_message_back(mail: Post) -> None:
    await asyncio.gather(mail.post("1"), mail.post("2"))
    caller = asyncio.create_task(mail.post("3"))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await mail.post("4")
    assert mail.names == ["1", "2", "3", "4"]


@given(
    burst=st.integers(1, 20),
    seconds=st.floats(0.1, 10),
    steps=st.lists(st.floats(0, 30), max_size=60),
)
def test_a_bucket_never_lets_more_through_than_burst_and_rate(
    burst: int, seconds: float, steps: list[float]
) -> None:
    bucket, now, taken = TokenBucket(burst, seconds), 0.0, list[float]()
    for step in steps:
        now += step
        while bucket.wait(now) == 0:
            bucket.take(now)
            taken.append(now)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            allowed = burst + (taken[last] - taken[first]) / seconds
            assert last - first + 1 <= allowed + 1e-6


@given(burst=st.integers(1, 20), seconds=st.floats(0.1, 10), used=st.integers(0, 40))
def test_a_bucket_says_how_long_to_wait(burst: int, seconds: float, used: int) -> None:
    bucket, now = TokenBucket(burst, seconds), 50.0
    for _ in range(used):
        now += bucket.wait(now)
        assert bucket.wait(now) == pytest.approx(0, abs=1e-6)
        bucket.take(now)
    assert now - 50 == pytest.approx(max(0, used - burst) * seconds)
    assert 0 <= bucket.wait(now) <= seconds + 1e-6


def test_a_clock_that_steps_back_gives_no_tokens_away() -> None:
    bucket = TokenBucket(1, 3)
    bucket.take(100)
    assert bucket.wait(50) == pytest.approx(3)
    assert bucket.wait(103) == 0


def test_the_normal_pace_is_the_honest_default() -> None:
    # ../shared/gateway/README.md, 3: at most one message in 3 s a group.
    assert NORMAL_PACE.group_seconds >= 3
    assert NORMAL_PACE.jitter > 0
