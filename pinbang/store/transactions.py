"""Transactions that survive cancellation and a database that is busy or away for a moment."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from nonebot.log import logger
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    RetryError,
    retry_if_exception,
    stop_after_delay,
    wait_random_exponential,
)
from tortoise.backends.base.client import TransactionContextPooled
from tortoise.backends.sqlite.client import SqliteTransactionContext
from tortoise.exceptions import (
    DBConnectionError,
    IntegrityError,
    OperationalError,
    TransactionManagementError,
)
from tortoise.transactions import in_transaction

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_SECONDS = 10.0
"""How long a use case waits for a database that is locked or gone before it is refused."""

_TRANSIENT = (
    "locked",
    "busy",
    "connection",
    "deadlock",
    "serialize",
    "terminating",
    "shutting down",
    "starting up",
    "recovery mode",
    "closed",
    "timeout",
)


class StoreUnavailableError(Exception):
    """The database could not be reached for a while; nothing was changed."""


def is_transient(error: BaseException) -> bool:
    """Tell whether `error` says the database is busy or away rather than that we are wrong."""
    if isinstance(error, IntegrityError):
        return False
    if isinstance(
        error, StoreUnavailableError | DBConnectionError | ConnectionError | asyncio.TimeoutError
    ):
        return True
    if isinstance(error, OperationalError | TransactionManagementError):
        return any(word in str(error).lower() for word in _TRANSIENT)
    # asyncpg raises its own classes when a connection breaks outside a query.
    module = type(error).__module__
    return module.startswith("asyncpg") and any(word in str(error).lower() for word in _TRANSIENT)


def _report(state: RetryCallState) -> None:
    if state.attempt_number == 2:
        logger.warning("Database busy or away; retrying")


async def patiently(action: Callable[[], Awaitable[T]], patience: float = PATIENCE_SECONDS) -> T:
    """Run `action`, again while the database is busy or away, for `patience` seconds.

    `action` must be a whole transaction or a read, so that a repetition changes nothing twice.
    Raises StoreUnavailableError when patience runs out.
    """
    try:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(is_transient),
            stop=stop_after_delay(patience),
            wait=wait_random_exponential(multiplier=0.05, max=1.0),
            before=_report,
        ):
            with attempt:
                return await action()
    except RetryError as error:
        raise StoreUnavailableError from error
    raise AssertionError("unreachable: tenacity returns or raises")


@asynccontextmanager
async def _transaction() -> AsyncIterator[None]:
    """Open a transaction; give back what it took when it cannot begin, which Tortoise does not.

    Without that a connection that broke stays out of the pool, and on SQLite the lock stays held.
    """
    context = in_transaction()
    try:
        await context.__aenter__()
    except Exception:
        if isinstance(context, SqliteTransactionContext):
            context._trxlock.release()
        elif isinstance(context, TransactionContextPooled):
            pool, connection = context.client._parent._pool, context.client._connection
            if pool is not None and connection is not None:
                await pool.release(connection)
        raise
    try:
        yield
    except BaseException as error:
        await context.__aexit__(type(error), error, error.__traceback__)
        raise
    else:
        await context.__aexit__(None, None, None)


def transactional(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Run a use case in one transaction: whole or not at all, retried while the database is busy.

    The transaction runs in a task of its own that a cancelled caller does not cancel: a task
    cancelled while it waits for BEGIN on SQLite leaves the connection locked for ever.
    """
    return transactional_within(PATIENCE_SECONDS)(function)


def transactional_within(
    patience: float,
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """Like `transactional`, waiting `patience` seconds for the database."""

    def decorate(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @functools.wraps(function)
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            async def once() -> T:
                async with _transaction():
                    return await function(*args, **kwargs)

            def attempt() -> Awaitable[T]:
                # A task of its own: Tortoise leaves a transaction that could not begin in the
                # task's context, where every later one would join it.
                return asyncio.ensure_future(once())

            return await asyncio.shield(asyncio.ensure_future(patiently(attempt, patience)))

        return wrapper

    return decorate
