"""Shell: look at every group message, hand the objectionable ones to enforcement."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import GroupMessageEvent
from nonebot.log import logger
from nonebot.matcher import Matcher
from nonebot.typing import T_DependencyCache, T_State
from typing_extensions import override

from pinbang import clock
from pinbang.gateway import Account, account_of
from pinbang.gateway.adapter import on_gateway_ready
from pinbang.gateway.events import view_of
from pinbang.groups import GroupRecord, load_group
from pinbang.members import role_of
from pinbang.moderation.inquiring import inquire, registered_inquiries
from pinbang.moderation.judging import Decision, decide, findings, registered_judges
from pinbang.moderation.lately import latest, spread_text
from pinbang.moderation.reading import MessageView
from pinbang.pictures.media import Pictures, media_of
from pinbang.priorities import GUARD
from pinbang.roles import EXEMPT_FROM
from pinbang.store import StoreUnavailableError

from . import service
from .config import GuardPolicy

DECISION_KEY = "guard_decision"

SPREAD = "分成几条消息发出"

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
        # Nothing is awaited in between: messages that arrive together see each other.
        view = latest.with_history(view)
        decision = judge(view, record)
        latest.remember(view)
        if decision is not None:
            latest.close_text(view)
        if decision is None:
            _look_closer(view, record)
            return False
        if await _is_exempt(view, record):
            return False
        state[DECISION_KEY] = decision
        return True


def judge(view: MessageView, record: GroupRecord) -> Decision | None:
    """Decide about a message; None for a clean one and for people who are not judged.

    A short message that is clean by itself is judged once more together with the short ones its
    sender wrote seconds before.
    """
    policy = record.policy(GuardPolicy)
    if not policy.enabled or role_of(record, view.user_id, view.role) >= EXEMPT_FROM:
        return None
    off = [one.name for one in registered_judges().values() if one.title in policy.disabled_judges]
    found = findings(view, disabled=off, on_failure=_report)
    decision = decide(found, threshold=policy.threshold) if found else None
    if decision is None and view.lately:
        joined, pieces = spread_text(view)
        if joined:
            whole = replace(view, text=joined, lately=())
            found = findings(whole, disabled=off, on_failure=_report)
            decision = decide(found, threshold=policy.threshold)
            if decision is not None:
                evidence = (*decision.finding.evidence, SPREAD)
                finding = replace(decision.finding, evidence=evidence)
                decision = replace(decision, finding=finding, also=pieces)
    return decision


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
async def _(event: GroupMessageEvent, state: T_State) -> None:
    view = view_of(event)
    decision: Decision = state[DECISION_KEY]
    account = account_of(view.self_id)
    record = await _record(view)
    policy = record.policy(GuardPolicy)
    window = timedelta(days=policy.window_days)

    case_id = await service.open_case(view, decision, now=clock.now(), window=window)
    if case_id is not None:
        await service.enforce(case_id, account, also=decision.also)


def _look_closer(view: MessageView, record: GroupRecord) -> None:
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
    task = asyncio.create_task(_inquire(view, media, record, policy))
    _looking.add(task)
    task.add_done_callback(_looking.discard)


async def _inquire(
    view: MessageView, media: Pictures, record: GroupRecord, policy: GuardPolicy
) -> None:
    off = [
        name for name, one in registered_inquiries().items() if one.title in policy.disabled_judges
    ]
    try:
        found = await inquire(view, media, disabled=off, on_failure=_report_inquiry)
        decision = decide(found, threshold=policy.threshold)
        if decision is None or await _is_exempt(view, record):
            return
        window = timedelta(days=policy.window_days)
        case_id = await service.open_case(view, decision, now=clock.now(), window=window)
        if case_id is not None:
            await service.enforce(case_id, account_of(view.self_id))
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
    for case_id in await service.unfinished_cases(account.self_id):
        await service.enforce(case_id, account, resumed=True)
