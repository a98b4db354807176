"""Shell: newcomers are noted, messages taken back are forgotten, old ones are deleted."""

from datetime import datetime, timedelta, timezone

from nonebot import on_notice
from nonebot.adapters.onebot.v11 import GroupIncreaseNoticeEvent, GroupRecallNoticeEvent
from nonebot.log import logger

from pinbang import clock
from pinbang.gateway import Account
from pinbang.gateway.adapter import on_gateway_ready
from pinbang.groups import GroupRecord, on_settings_saved
from pinbang.guarding.newcomers import forget_old_newcomers, welcome
from pinbang.guarding.policy import GuardPolicy
from pinbang.kept_messages import drop_message, drop_older
from pinbang.schedule import due_work, schedule
from pinbang.store import StoreUnavailableError
from pinbang.store.models import Group
from pinbang.store.transactions import transactional

RETENTION = "guard.retention"
RETENTION_PAUSE = timedelta(hours=1)

arrivals = on_notice(block=False)


@arrivals.handle()
async def _(event: GroupIncreaseNoticeEvent) -> None:
    if event.user_id != event.self_id:
        joined_at = datetime.fromtimestamp(event.time, timezone.utc)
        await welcome(event.group_id, event.user_id, joined_at)


recalls = on_notice(block=False)


@recalls.handle()
async def _(event: GroupRecallNoticeEvent) -> None:
    if event.operator_id != event.user_id:
        return  # an admin's recall or our own: kept, so that it can be looked into
    try:
        await drop_message(event.group_id, event.message_id)
    except StoreUnavailableError:
        logger.warning("Database away: a message taken back is kept until its time is over")


@on_gateway_ready
async def _start_retention(account: Account) -> None:
    del account
    await _next_retention(clock.now())


@on_settings_saved(GuardPolicy)
async def _delete_at_once(group_id: int) -> None:
    """A group that keeps messages for a shorter time need not wait for the next round."""
    del group_id
    await schedule(RETENTION, "all", clock.now())


@transactional
async def _next_retention(due_at: datetime) -> None:
    await schedule(RETENTION, "all", due_at)


@due_work(RETENTION)
async def _delete_old_messages(key: str, now: datetime) -> None:
    del key
    for group in await Group.all():
        # As it is stored now: a cache may not have seen the change yet that this is about.
        record = GroupRecord(group.id, group.account_id, settings=group.settings)
        await drop_older(group.id, record.policy(GuardPolicy).keep_days)
    await forget_old_newcomers(now)
    await _next_retention(now + RETENTION_PAUSE)
