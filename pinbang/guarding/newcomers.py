"""Who joined a group lately and how much he has written since; kept with the group.

Memory is what counts; the database is written beside everything else, so that no message waits for
it. What a crash or a database that is away loses makes somebody a newcomer for a message more.
"""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta

from nonebot.log import logger

from pinbang import clock
from pinbang.groups import GroupRecord, known_group, part_of_group
from pinbang.guarding.familiarity import (
    FORGOTTEN_AFTER,
    NEWCOMER_MESSAGES,
    Familiarity,
    familiarity_of,
    is_new,
)
from pinbang.members import role_of
from pinbang.moderation.reading import MessageView
from pinbang.store.models import Newcomer
from pinbang.store.transactions import is_transient, transactional

SAME_ARRIVAL = timedelta(minutes=1)
"""One arrival may be reported twice, as approved and as invited, some seconds apart."""

_writing: set[asyncio.Task[None]] = set()


class Newcomers(dict[int, tuple[datetime, int]]):
    """When each newcomer of a group joined, and how many messages he has written since."""


@part_of_group(Newcomers)
async def _load(group_id: int) -> Newcomers:
    since = clock.now() - FORGOTTEN_AFTER
    rows = await Newcomer.filter(group_id=group_id, joined_at__gt=since)
    return Newcomers({row.user_id: (row.joined_at, row.messages) for row in rows})


def get_to_know(view: MessageView, record: GroupRecord) -> Familiarity:
    """Tell how well the sender is known, and count the message of a newcomer."""
    role = role_of(record, view.user_id, view.role)
    newcomers = record.part(Newcomers)
    joined_at, messages = newcomers.get(view.user_id, (None, 0))
    now = clock.now()
    familiarity = familiarity_of(role, joined_at, messages, now)
    if joined_at is None:
        return familiarity
    if not is_new(joined_at, messages + 1, now):
        del newcomers[view.user_id]
        _beside(_drop(view.group_id, view.user_id))
    elif messages < NEWCOMER_MESSAGES:
        newcomers[view.user_id] = joined_at, messages + 1
        _beside(_count(view.group_id, view.user_id, joined_at, messages + 1))
    return familiarity


async def welcome(group_id: int, user_id: int, joined_at: datetime) -> None:
    """Note that somebody has joined; who comes back starts as a newcomer again."""
    joined_at = min(joined_at, clock.now())
    record = known_group(group_id)
    if record is not None:
        newcomers = record.part(Newcomers)
        known_since, _ = newcomers.get(user_id, (None, 0))
        if known_since is not None and abs(joined_at - known_since) < SAME_ARRIVAL:
            return
        newcomers[user_id] = joined_at, 0
    await _quietly(_note(group_id, user_id, joined_at))


async def forget_old_newcomers(now: datetime) -> None:
    """Delete what was noted about people who are newcomers no more."""
    await Newcomer.filter(joined_at__lte=now - FORGOTTEN_AFTER).delete()


async def written() -> None:
    """Wait until everything noted so far is in the database."""
    while _writing:
        await asyncio.gather(*_writing)


def _beside(writing: Awaitable[None]) -> None:
    task = asyncio.create_task(_quietly(writing))
    _writing.add(task)
    task.add_done_callback(_writing.discard)


async def _quietly(writing: Awaitable[None]) -> None:
    try:
        await writing
    except Exception as error:
        if not is_transient(error):
            raise
        logger.warning("Database away: a newcomer was not noted")


@transactional
async def _drop(group_id: int, user_id: int) -> None:
    await Newcomer.filter(group_id=group_id, user_id=user_id).delete()


@transactional
async def _count(group_id: int, user_id: int, joined_at: datetime, messages: int) -> None:
    # Tasks may overtake each other, and he may have left and come back meanwhile.
    await Newcomer.filter(
        group_id=group_id, user_id=user_id, joined_at=joined_at, messages__lt=messages
    ).update(messages=messages)


@transactional
async def _note(group_id: int, user_id: int, joined_at: datetime) -> None:
    present = await Newcomer.get_or_none(group_id=group_id, user_id=user_id)
    if present is None:
        await Newcomer.create(group_id=group_id, user_id=user_id, joined_at=joined_at)
    elif abs(joined_at - present.joined_at) >= SAME_ARRIVAL:
        present.joined_at, present.messages = joined_at, 0
        await present.save()
