"""Work that falls due: kept in the database, done once, whichever process gets to it first."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from nonebot.log import logger
from tortoise.connection import get_connection
from tortoise.expressions import F

from pinbang import clock
from pinbang.store.config import CONNECTION
from pinbang.store.models import DueWork
from pinbang.store.transactions import patiently

POLL_SECONDS = 5.0
"""How soon work that another process scheduled is noticed."""
CLAIM_SECONDS = 120.0
"""How long a claim holds; work whose process died is taken over after that."""
RETRY_SECONDS = (5, 30, 120, 600, 3600)
"""Pauses after failures; past the last one the work is given up and reported."""

Handler = Callable[[str, datetime], Awaitable[None]]

_handlers: dict[str, Handler] = {}
_wake: asyncio.Event | None = None


class NotNowError(Exception):
    """Raised by a handler that cannot work yet, e.g. while no gateway is connected."""


def due_work(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of work, called with the key and the present moment.

    It may be called again after a crash, so it must look at the state of things first.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


async def schedule(kind: str, key: str, due_at: datetime, *, account_id: int | None = None) -> None:
    """Let `kind` fall due at `due_at`, in the caller's transaction; moves an earlier date.

    Work with an `account_id` is only done by the process where that account is connected.
    """
    await DueWork.update_or_create(
        defaults={"due_at": due_at, "account_id": account_id, "attempts": 0, "claimed_until": None},
        kind=kind,
        key=key,
    )
    if _wake is not None:
        _wake.set()


async def cancel(kind: str, key: str) -> None:
    """Call off what was scheduled; nothing happens when it was not."""
    await DueWork.filter(kind=kind, key=key).delete()


async def run_schedule(connected: Callable[[], Iterable[int]]) -> None:
    """Do what falls due, for ever; `connected` tells which accounts are connected here."""
    global _wake  # noqa: PLW0603 -- one schedule a process
    _wake = asyncio.Event()
    while True:
        try:
            delay = await do_next(connected())
        except Exception as error:  # noqa: BLE001 -- a database away now is back on a later round
            logger.warning(f"Due work could not be looked up: {type(error).__name__}")
            delay = POLL_SECONDS
        if delay <= 0:
            continue
        try:
            await asyncio.wait_for(_wake.wait(), delay)
        except asyncio.TimeoutError:
            continue
        _wake.clear()


async def do_next(connected: Iterable[int]) -> float:
    """Claim and do one piece of due work; return for how many seconds there is nothing to do.

    0 means that something was done and more may be due; `connected` are the accounts at hand.
    """
    now = clock.now()
    at_hand = list(connected)
    claimed = await patiently(lambda: claim(now, at_hand))
    if claimed is None:
        following = await DueWork.filter(due_at__gt=now).order_by("due_at").first()
        if following is None:
            return POLL_SECONDS
        return max(0.01, min(POLL_SECONDS, (following.due_at - now).total_seconds()))
    await _do(claimed, now)
    return 0.0


async def claim(now: datetime, connected: Iterable[int]) -> DueWork | None:
    """Take one due piece of work for this process, or None.

    One UPDATE … RETURNING statement is exactly once on PostgreSQL and SQLite alike, where
    `select_for_update` is ignored.
    """
    connection = get_connection(CONNECTION)
    postgres = connection.capabilities.dialect == "postgres"
    lock = " FOR UPDATE SKIP LOCKED" if postgres else ""
    numbers = ", ".join(str(int(number)) for number in connected) or "0"
    marks = ("$1", "$2", "$3") if postgres else ("?", "?", "?")
    query = (
        f'UPDATE "pinbang_due_work" SET "claimed_until" = {marks[0]}, "attempts" = "attempts" + 1'  # noqa: S608 -- numbers only
        f' WHERE "id" = (SELECT "id" FROM "pinbang_due_work" WHERE "due_at" <= {marks[1]}'
        f' AND ("claimed_until" IS NULL OR "claimed_until" < {marks[2]})'
        f' AND ("account_id" IS NULL OR "account_id" IN ({numbers}))'
        f' ORDER BY "due_at" LIMIT 1{lock}) RETURNING "id"'
    )
    until = now + timedelta(seconds=CLAIM_SECONDS)
    values = [until, now, now] if postgres else [str(moment) for moment in (until, now, now)]
    rows = await connection.execute_query_dict(query, values)
    return await DueWork.get_or_none(id=rows[0]["id"]) if rows else None


async def _do(work: DueWork, now: datetime) -> None:
    handler = _handlers.get(work.kind)
    if handler is None:
        logger.warning(f"Due work {work.kind} has no handler; it waits")
        await _postpone(work, timedelta(seconds=RETRY_SECONDS[-1]))
        return
    try:
        await handler(work.key, now)
    except NotNowError:
        await DueWork.filter(id=work.id).update(attempts=F("attempts") - 1)
        await _postpone(work, timedelta(seconds=POLL_SECONDS))
    except Exception as error:  # noqa: BLE001 -- any failure is retried, then reported
        tries = work.attempts - 1
        if tries < len(RETRY_SECONDS):
            logger.warning(f"Due work {work.kind} failed, will be retried: {type(error).__name__}")
            await _postpone(work, timedelta(seconds=RETRY_SECONDS[tries]))
        else:
            logger.opt(exception=error).error(f"Due work {work.kind} {work.key} given up")
            await DueWork.filter(id=work.id).delete()
    else:
        # A handler that scheduled itself anew moved the date and dropped the claim.
        await DueWork.filter(id=work.id, claimed_until__isnull=False).delete()


async def _postpone(work: DueWork, pause: timedelta) -> None:
    due = clock.now() + pause
    await DueWork.filter(id=work.id).update(due_at=due, claimed_until=None)
