"""Shell: look at every group message, hand the objectionable ones to enforcement."""

import asyncio
from typing import Any

from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import GroupMessageEvent
from nonebot.log import logger
from nonebot.matcher import Matcher
from nonebot.typing import T_DependencyCache, T_State
from typing_extensions import override

from pinbang.gateway import Account, account_of
from pinbang.gateway.adapter import on_gateway_ready
from pinbang.gateway.events import view_of
from pinbang.groups import GroupRecord, load_group
from pinbang.guarding import enforcing
from pinbang.guarding.familiarity import Familiarity
from pinbang.guarding.newcomers import get_to_know
from pinbang.guarding.policy import GuardPolicy, judges_titled
from pinbang.guarding.verdict import Examined, conclude, examine
from pinbang.kept_messages import keep
from pinbang.members import role_of
from pinbang.moderation.inquiring import inquire
from pinbang.moderation.lately import latest
from pinbang.moderation.reading import MessageView
from pinbang.pictures.media import Pictures, media_of
from pinbang.priorities import GUARD
from pinbang.roles import EXEMPT_FROM
from pinbang.store import StoreUnavailableError

EXAMINED_KEY = "guard_examined"

MAX_LOOKING = 200
"""Messages whose pictures are looked at or wait for it; more than that pass unseen."""

_looking: set[asyncio.Task[None]] = set()


class _Guard(Matcher):
    """Runs only for messages that a judge objects to; a clean one costs reading and judging."""

    @classmethod
    @override
    async def check_rule(
        cls,
        bot: Bot,
        event: Event,
        state: T_State,
        stack: Any = None,
        dependency_cache: T_DependencyCache | None = None,
    ) -> bool:
        if not isinstance(event, GroupMessageEvent):
            return False
        view = view_of(event)
        record = await _record(view)
        policy = record.policy(GuardPolicy)
        if policy.keep_days:
            keep(view)
        familiarity = await get_to_know(view, record)
        if not policy.enabled or role_of(record, view.user_id, view.role) >= EXEMPT_FROM:
            latest.remember(view)
            return False
        # Nothing is awaited in between: messages that arrive together see each other.
        view = latest.with_history(view)
        examined = examine(view, record, familiarity, on_failure=_report)
        latest.remember(view)
        if examined.decision is None:
            _look_closer(view, record, familiarity)
            return False
        latest.close_text(view)
        if await _is_exempt(view, record):
            return False
        state[EXAMINED_KEY] = examined
        return True


async def _is_exempt(view: MessageView, record: GroupRecord) -> bool:
    """Ask the gateway for the sender's role: what a message says of it may be stale or missing."""
    member = await account_of(view.self_id).member(view.group_id, view.user_id, fresh=True)
    role = role_of(record, view.user_id, member.role if member else view.role)
    return role >= EXEMPT_FROM


def _report(name: str, error: Exception) -> None:
    logger.opt(exception=error).error(f"Judge {name} failed")


async def _record(view: MessageView) -> GroupRecord:
    """Return the group; its defaults while the database is away, so that guarding goes on."""
    try:
        return await load_group(view.group_id, view.self_id)
    except StoreUnavailableError:
        logger.warning("Database away: guarding with default settings")
        return GroupRecord(view.group_id, view.self_id)


guard = _Guard.new("message", priority=GUARD, block=True)


@guard.handle()
async def _(event: GroupMessageEvent, state: T_State, matcher: Matcher) -> None:
    view = view_of(event)
    examined: Examined = state[EXAMINED_KEY]
    assert examined.decision is not None  # noqa: S101 -- the rule has seen to it
    stays = examined.rehearsed or examined.decision.finding.mild
    if stays:
        matcher.block = False
    account = account_of(view.self_id)
    await enforcing.act_on(view, examined.decision, account, rehearsed=examined.rehearsed)


def _look_closer(view: MessageView, record: GroupRecord, familiarity: Familiarity) -> None:
    """Have the pictures of a message looked at; the message, being clean so far, goes on."""
    policy = record.policy(GuardPolicy)
    if not (policy.enabled and policy.read_pictures):
        return
    media = media_of(view)
    if media is None or role_of(record, view.user_id, view.role) >= EXEMPT_FROM:
        return
    if len(_looking) >= MAX_LOOKING:
        logger.warning("Too many pictures at once: one message was not looked at")
        return
    task = asyncio.create_task(_inquire(view, media, record, familiarity))
    _looking.add(task)
    task.add_done_callback(_looking.discard)


async def _inquire(
    view: MessageView, media: Pictures, record: GroupRecord, familiarity: Familiarity
) -> None:
    policy = record.policy(GuardPolicy)
    off = judges_titled(policy.disabled_judges)
    try:
        found = await inquire(view, media, disabled=off, on_failure=_report_inquiry)
        examined = conclude(found, familiarity, policy)
        if examined.decision is None or await _is_exempt(view, record):
            return
        account = account_of(view.self_id)
        await enforcing.act_on(view, examined.decision, account, rehearsed=examined.rehearsed)
    except Exception as error:  # noqa: BLE001 -- nobody waits for this task
        logger.opt(exception=error).error("A message with pictures could not be dealt with")


def _report_inquiry(name: str, error: Exception) -> None:
    if isinstance(error, asyncio.TimeoutError):
        logger.warning(f"Inquiry {name} took too long")
    else:
        logger.opt(exception=error).error(f"Inquiry {name} failed")


@on_gateway_ready
async def _resume(account: Account) -> None:
    """Finish what a crash or a lost connection interrupted."""
    for case_id in await enforcing.unfinished_cases(account.self_id):
        await enforcing.enforce(case_id, account, resumed=True)
