"""Who joined a group lately and how much he has written since; kept with the group."""

from datetime import datetime, timedelta

from nonebot.log import logger

from pinbang import clock
from pinbang.groups import GroupRecord, known_group, part_of_group
from pinbang.guarding.familiarity import (
    NEWCOMER_FOR,
    NEWCOMER_MESSAGES,
    Familiarity,
    familiarity_of,
)
from pinbang.members import role_of
from pinbang.moderation.reading import MessageView
from pinbang.store import StoreUnavailableError
from pinbang.store.models import Newcomer
from pinbang.store.transactions import transactional

FORGET_AFTER = timedelta(days=14)
"""Somebody who wrote nothing for so long since joining is no newcomer any more."""


class Newcomers(dict[int, tuple[datetime, int]]):
    """When each newcomer of a group joined, and how many messages he has written since."""


@part_of_group(Newcomers)
async def _load(group_id: int) -> Newcomers:
    since = clock.now() - FORGET_AFTER
    rows = await Newcomer.filter(group_id=group_id, joined_at__gt=since)
    return Newcomers({row.user_id: (row.joined_at, row.messages) for row in rows})


async def get_to_know(view: MessageView, record: GroupRecord) -> Familiarity:
    """Tell how well the sender is known, and count the message of a newcomer."""
    role = role_of(record, view.user_id, view.role)
    newcomers = record.part(Newcomers)
    joined_at, messages = newcomers.get(view.user_id, (None, 0))
    now = clock.now()
    familiarity = familiarity_of(role, joined_at, messages, now)
    if joined_at is None:
        return familiarity
    try:
        if now - joined_at >= NEWCOMER_FOR and messages + 1 >= NEWCOMER_MESSAGES:
            newcomers.pop(view.user_id)
            await _drop(view.group_id, view.user_id)
        elif messages < NEWCOMER_MESSAGES:
            newcomers[view.user_id] = joined_at, messages + 1
            await _count(view.group_id, view.user_id, messages + 1)
    except StoreUnavailableError:
        logger.warning("Database away: a newcomer's message was not counted")
    return familiarity


@transactional
async def _drop(group_id: int, user_id: int) -> None:
    await Newcomer.filter(group_id=group_id, user_id=user_id).delete()


@transactional
async def _count(group_id: int, user_id: int, messages: int) -> None:
    await Newcomer.filter(group_id=group_id, user_id=user_id).update(messages=messages)


async def welcome(group_id: int, user_id: int, joined_at: datetime) -> None:
    """Note that somebody has joined; who comes back starts as a newcomer again."""
    await _note(group_id, user_id, joined_at)
    record = known_group(group_id)
    if record is not None:
        record.part(Newcomers)[user_id] = joined_at, 0


@transactional
async def _note(group_id: int, user_id: int, joined_at: datetime) -> None:
    await Newcomer.update_or_create(
        defaults={"joined_at": joined_at, "messages": 0}, group_id=group_id, user_id=user_id
    )
    await Newcomer.filter(group_id=group_id, joined_at__lte=joined_at - FORGET_AFTER).delete()
