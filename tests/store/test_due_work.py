"""Work that falls due: done once, whoever comes first, and not lost when something fails."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from pinbang import schedule
from pinbang.schedule import CLAIM_SECONDS, RETRY_SECONDS, NotNowError, claim, do_next
from pinbang.store.models import DueWork
from tests.conftest import Clock

KIND = "test.work"


class Worker:
    """A handler that notes what it is asked to do and fails as it is told."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failures: list[Exception] = []

    async def __call__(self, key: str, now: datetime) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(key)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    monkeypatch.setattr(schedule, "_handlers", {})
    worker = Worker()
    schedule.due_work(KIND)(worker)
    return worker


async def work_off(*connected: int) -> float:
    """Do everything that is due now; return when there is more."""
    while not (pause := await do_next(connected)):
        pass
    return pause


async def test_work_is_done_when_it_falls_due_and_not_before(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    await schedule.schedule(KIND, "1", frozen.now + timedelta(seconds=3))
    assert await work_off() == pytest.approx(3)
    assert worker.done == []
    frozen.advance(seconds=3)
    await work_off()
    assert worker.done == ["1"]
    frozen.advance(days=1)
    await work_off()
    assert worker.done == ["1"]
    assert await DueWork.all().count() == 0


async def test_a_moment_in_another_zone_is_the_same_moment(
    store: TortoiseContext, frozen: Clock
) -> None:
    due = frozen.now.astimezone(ZoneInfo("Asia/Shanghai"))
    await schedule.schedule(KIND, "1", due)
    await schedule.schedule(KIND, "2", due.replace(microsecond=1))
    assert await claim(frozen.now - timedelta(microseconds=1), []) is None
    first = await claim(frozen.now, [])
    assert first is not None
    assert first.key == "1"
    assert await claim(frozen.now, []) is None
    assert await claim(frozen.now + timedelta(microseconds=1), []) is not None


async def test_the_earliest_is_done_first(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    for key, minutes in (("b", 2), ("c", 3), ("a", 1)):
        await schedule.schedule(KIND, key, frozen.now + timedelta(minutes=minutes))
    frozen.advance(hours=1)
    await work_off()
    assert worker.done == ["a", "b", "c"]


async def test_scheduling_again_moves_the_date(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    await schedule.schedule(KIND, "1", frozen.now)
    await schedule.schedule(KIND, "1", frozen.now + timedelta(hours=1))
    await work_off()
    assert worker.done == []
    frozen.advance(hours=1)
    await work_off()
    assert worker.done == ["1"]


async def test_cancelling_is_harmless_and_final(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    await schedule.cancel(KIND, "1")
    await schedule.schedule(KIND, "1", frozen.now)
    await schedule.schedule(KIND, "2", frozen.now)
    await schedule.cancel(KIND, "1")
    await schedule.cancel(KIND, "1")
    await work_off()
    assert worker.done == ["2"]


async def test_work_scheduled_in_a_transaction_that_fails_is_not_there(
    store: TortoiseContext, frozen: Clock
) -> None:
    async def both() -> None:
        async with in_transaction():
            await schedule.schedule(KIND, "1", frozen.now)
            raise LookupError

    with pytest.raises(LookupError):
        await both()
    assert await DueWork.all().count() == 0


async def test_work_of_an_account_waits_for_its_gateway(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    await schedule.schedule(KIND, "1", frozen.now, account_id=10001)
    await work_off()
    await work_off(10002)
    assert worker.done == []
    await work_off(10002, 10001)
    assert worker.done == ["1"]


async def test_many_claimers_get_each_piece_once(store: TortoiseContext, frozen: Clock) -> None:
    for number in range(20):
        await schedule.schedule(KIND, str(number), frozen.now)
    claimed = await asyncio.gather(*(claim(frozen.now, []) for _ in range(50)))
    keys = [work.key for work in claimed if work is not None]
    assert sorted(keys, key=int) == [str(number) for number in range(20)]


async def test_a_claim_ends_when_its_process_died(store: TortoiseContext, frozen: Clock) -> None:
    await schedule.schedule(KIND, "1", frozen.now)
    assert await claim(frozen.now, []) is not None
    frozen.advance(seconds=CLAIM_SECONDS)
    assert await claim(frozen.now, []) is None
    frozen.advance(seconds=1)
    again = await claim(frozen.now, [])
    assert again is not None
    assert again.attempts == 2


async def test_failed_work_is_tried_again_ever_later_and_given_up_in_the_end(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    worker.failures = [RuntimeError() for _ in RETRY_SECONDS]
    await schedule.schedule(KIND, "1", frozen.now)
    for pause in RETRY_SECONDS:
        await work_off()
        frozen.advance(seconds=pause - 1)
        await work_off()  # not yet
        frozen.advance(seconds=1)
    assert worker.done == []
    assert worker.failures == []
    await work_off()
    assert worker.done == ["1"]

    worker.failures = [RuntimeError() for _ in range(50)]
    await schedule.schedule(KIND, "2", frozen.now)
    for pause in (*RETRY_SECONDS, 10**6):
        await work_off()
        frozen.advance(seconds=pause)
    assert 50 - len(worker.failures) == len(RETRY_SECONDS) + 1
    assert await DueWork.all().count() == 0


async def test_work_that_cannot_be_done_yet_is_no_failure(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    worker.failures = [NotNowError() for _ in range(30)]
    await schedule.schedule(KIND, "1", frozen.now)
    for _ in range(30):
        await work_off()
        frozen.advance(seconds=schedule.POLL_SECONDS)
    await work_off()
    assert worker.done == ["1"]


async def test_a_failing_piece_does_not_hold_up_the_others(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    worker.failures = [RuntimeError()]
    await schedule.schedule(KIND, "1", frozen.now - timedelta(seconds=1))
    await schedule.schedule(KIND, "2", frozen.now)
    await work_off()
    assert worker.done == ["2"]


async def test_work_may_schedule_itself_anew(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    done: list[datetime] = []

    @schedule.due_work("test.daily")
    async def _daily(key: str, now: datetime) -> None:
        done.append(now)
        await schedule.schedule("test.daily", key, now + timedelta(days=1))

    await schedule.schedule("test.daily", "1", frozen.now)
    for _ in range(3):
        await work_off()
        frozen.advance(days=1)
    assert len(done) == 3
    assert await DueWork.all().count() == 1


async def test_work_of_an_unknown_kind_is_kept(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    # A plugin that is out for a while: what it promised waits for it.
    await schedule.schedule("gone.plugin", "1", frozen.now)
    await work_off()
    assert await DueWork.filter(kind="gone.plugin").count() == 1


async def test_the_running_schedule_notices_new_work_at_once(
    store: TortoiseContext, frozen: Clock, worker: Worker
) -> None:
    finished = asyncio.Event()

    @schedule.due_work("test.quick")
    async def _quick(key: str, now: datetime) -> None:
        finished.set()

    running = asyncio.create_task(schedule.run_schedule(lambda: [1]))
    try:
        await asyncio.sleep(0)
        await schedule.schedule("test.quick", "1", frozen.now, account_id=1)
        await asyncio.wait_for(finished.wait(), schedule.POLL_SECONDS - 1)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
