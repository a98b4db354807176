"""The one place that knows what time it is: UTC in the database, local time for people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timezone
from typing import Annotated
from zoneinfo import ZoneInfo

from nonebot.params import Depends

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

_source: Callable[[], datetime] = lambda: datetime.now(timezone.utc)  # noqa: E731
_zone = DEFAULT_ZONE


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _source()


def zone() -> ZoneInfo:
    """Return the time zone that people read."""
    return _zone


def use_zone(name: str) -> None:
    """Let people read times in the IANA zone `name`; raise ZoneInfoNotFoundError for no such."""
    global _zone  # noqa: PLW0603 -- set once at start
    _zone = ZoneInfo(name)


def local(moment: datetime) -> datetime:
    """Return an aware `moment` in the time zone that people read."""
    return moment.astimezone(_zone)


def today() -> date:
    """Return today's date where the people are."""
    return local(now()).date()


def show(moment: datetime) -> str:
    """Write a moment for people, e.g. `11-25 18:30`, with the year when it is not this one."""
    there, here = local(moment), local(now())
    return there.strftime("%m-%d %H:%M" if there.year == here.year else "%Y-%m-%d %H:%M")


@contextmanager
def frozen(source: Callable[[], datetime]) -> Iterator[None]:
    """Take the time from `source` inside the block; for tests and simulations."""
    global _source  # noqa: PLW0603 -- the one injection point of time
    previous, _source = _source, source
    try:
        yield
    finally:
        _source = previous


def _now() -> datetime:
    return now()


def _today() -> date:
    return today()


Now = Annotated[datetime, Depends(_now, use_cache=False)]
"""Handler parameter: the present moment, aware, in UTC."""

Today = Annotated[date, Depends(_today, use_cache=False)]
"""Handler parameter: today's date where the people are."""
