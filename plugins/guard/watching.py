"""Shell: look at every group message, hand the objectionable ones to enforcement."""

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
from pinbang.moderation.judging import Decision, decide, findings, registered_judges
from pinbang.moderation.reading import MessageView
from pinbang.priorities import GUARD
from pinbang.roles import EXEMPT_FROM
from pinbang.store import StoreUnavailableError

from . import service
from .config import GuardPolicy

DECISION_KEY = "guard_decision"


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
        decision = judge(view, record)
        if decision is None or await _is_exempt(view, record):
            return False
        state[DECISION_KEY] = decision
        return True


def judge(view: MessageView, record: GroupRecord) -> Decision | None:
    """Decide about a message; None for a clean one and for people who are not judged."""
    policy = record.policy(GuardPolicy)
    if not policy.enabled or role_of(record, view.user_id, view.role) >= EXEMPT_FROM:
        return None
    off = [one.name for one in registered_judges().values() if one.title in policy.disabled_judges]
    found = findings(view, disabled=off, on_failure=_report)
    return decide(found, threshold=policy.threshold) if found else None


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
        await service.enforce(case_id, account)


@on_gateway_ready
async def _resume(account: Account) -> None:
    """Finish what a crash or a lost connection interrupted."""
    for case_id in await service.unfinished_cases(account.self_id):
        await service.enforce(case_id, account, resumed=True)
