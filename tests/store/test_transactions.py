"""Transactions: whole or not at all, patient with a busy database, deaf to cancellation."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from pinbang.store import StoreUnavailableError, transactional
from pinbang.store.config import CONNECTION
from pinbang.store.models import Group
from pinbang.store.transactions import is_transient, patiently, transactional_within
from tests.conftest import ON_POSTGRES


class _Mistake(Exception):
    pass


@pytest.fixture
def intruder(sqlite_file: Path) -> Iterator[sqlite3.Connection]:
    """Another connection to the file, as a backup tool's."""
    connection = sqlite3.connect(sqlite_file, isolation_level=None, timeout=0)
    yield connection
    connection.close()


@transactional
async def add(number: int) -> int:
    await Group.create(id=number, account_id=1)
    return number


async def test_what_is_done_is_kept(store: TortoiseContext) -> None:
    assert await add(1) == 1
    assert await Group.all().count() == 1


async def test_a_failure_undoes_everything(store: TortoiseContext) -> None:
    @transactional
    async def fail() -> None:
        await Group.create(id=1, account_id=1)
        await Group.create(id=2, account_id=1)
        raise _Mistake

    with pytest.raises(_Mistake):
        await fail()
    assert await Group.all().count() == 0
    assert await add(3) == 3  # and the connection works on


async def test_a_mistake_of_ours_is_not_repeated(store: TortoiseContext) -> None:
    calls = 0

    @transactional
    async def collide() -> None:
        nonlocal calls
        calls += 1
        await Group.create(id=1, account_id=1)
        await Group.create(id=1, account_id=1)

    with pytest.raises(IntegrityError):
        await collide()
    assert calls == 1
    assert await Group.all().count() == 0


async def test_a_locked_file_is_waited_for(intruder: sqlite3.Connection) -> None:
    tries = 0
    intruder.execute("BEGIN IMMEDIATE")

    @transactional_within(30)
    async def persist() -> None:
        nonlocal tries
        tries += 1
        if tries == 3:
            intruder.execute("COMMIT")
        await Group.create(id=1, account_id=1)

    await persist()
    assert tries == 3
    assert await Group.all().count() == 1


async def test_work_done_before_the_lock_was_met_is_not_done_twice(
    intruder: sqlite3.Connection,
) -> None:
    tries = 0

    @transactional_within(30)
    async def persist() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            # Reads first, so that the write finds the file changed under its snapshot.
            assert await Group.all().count() == 0
            intruder.execute("INSERT INTO pinbang_group VALUES (9, 1, '{}', '2026', '2026')")
        await Group.create(id=1, account_id=1)

    await persist()
    assert tries == 2
    assert sorted(await Group.all().values_list("id", flat=True)) == [1, 9]


async def test_patience_ends(intruder: sqlite3.Connection) -> None:
    intruder.execute("BEGIN IMMEDIATE")
    tries = 0

    @transactional_within(0.05)
    async def hopeless() -> None:
        nonlocal tries
        tries += 1
        await Group.create(id=1, account_id=1)

    with pytest.raises(StoreUnavailableError):
        await hopeless()
    assert tries >= 1
    intruder.execute("ROLLBACK")
    assert await add(2) == 2  # nothing was left behind
    assert await Group.all().values_list("id", flat=True) == [2]


async def test_a_cancelled_caller_leaves_a_whole_transaction(store: TortoiseContext) -> None:
    inside, go_on, over = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @transactional
    async def slow() -> None:
        await Group.create(id=1, account_id=1)
        inside.set()
        await go_on.wait()
        await Group.create(id=2, account_id=1)
        over.set()

    caller = asyncio.ensure_future(slow())
    await inside.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    await over.wait()
    assert await add(3) == 3  # waits for its turn: the connection is free
    assert sorted(await Group.all().values_list("id", flat=True)) == [1, 2, 3]


async def test_a_caller_cancelled_in_the_queue_leaves_the_connection_free(
    store: TortoiseContext,
) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    @transactional
    async def slow() -> None:
        inside.set()
        await go_on.wait()

    first = asyncio.ensure_future(slow())
    await inside.wait()
    queued = [asyncio.ensure_future(add(number)) for number in range(1, 20)]
    await asyncio.sleep(0)
    for task in queued:
        task.cancel()
    await asyncio.gather(*queued, return_exceptions=True)
    go_on.set()
    await first
    assert await asyncio.wait_for(add(50), 20) == 50


async def test_concurrent_transactions_do_not_mix(store: TortoiseContext) -> None:
    @transactional
    async def either(number: int) -> None:
        await Group.create(id=number, account_id=1)
        await asyncio.sleep(0)
        if number % 2:
            raise _Mistake

    await asyncio.gather(*(either(number) for number in range(20)), return_exceptions=True)
    assert sorted(await Group.all().values_list("id", flat=True)) == list(range(0, 20, 2))


async def test_patiently_repeats_reads(store: TortoiseContext) -> None:
    tries = 0

    async def read() -> int:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise DBConnectionError("away")
        return await Group.all().count()

    assert await patiently(read) == 0
    assert tries == 3


class InterfaceError(Exception):
    """Named and placed as asyncpg's."""


InterfaceError.__module__ = "asyncpg.exceptions._base"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("database is locked"), True),
        (OperationalError("database table is locked"), True),
        (OperationalError("the database system is starting up"), True),
        (OperationalError("terminating connection due to administrator command"), True),
        (OperationalError("deadlock detected"), True),
        (OperationalError("could not serialize access due to concurrent update"), True),
        (OperationalError("no such table: pinbang_group"), False),
        (OperationalError('syntax error at or near "SELEC"'), False),
        (OperationalError("database or disk is full"), False),
        (DBConnectionError("Can't establish connection"), True),
        (ConnectionResetError(), True),
        (asyncio.TimeoutError(), True),
        (InterfaceError("connection is closed"), True),
        (InterfaceError("invalid input for query argument"), False),
        (IntegrityError("UNIQUE constraint failed: locked"), False),
        (ValueError("locked"), False),
        (_Mistake(), False),
    ],
)
def test_what_is_worth_another_try(error: Exception, expected: bool) -> None:
    assert is_transient(error) is expected


@pytest.mark.parametrize("database_kind", [ON_POSTGRES])
async def test_a_closed_server_connection_is_replaced(store: TortoiseContext) -> None:
    @transactional
    async def kill_then_write() -> None:
        nonlocal killed
        if not killed:
            killed = True
            await get_connection(CONNECTION).execute_query_dict(
                "SELECT pg_terminate_backend(pg_backend_pid())"
            )
        await Group.create(id=1, account_id=1)

    killed = False
    await kill_then_write()
    assert await Group.all().values_list("id", flat=True) == [1]
