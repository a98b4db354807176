"""Shell: look at every group message, hand the objectionable ones to enforcement."""

import asyncio
import re
from dataclasses import replace
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
from pinbang.moderation.reading import MAX_TEXT, MessageView
from pinbang.pictures.media import Pictures, media_of
from pinbang.priorities import GUARD
from pinbang.roles import EXEMPT_FROM
from pinbang.store import StoreUnavailableError

EXAMINED_KEY = "guard_examined"
FAMILIARITY_KEY = "guard_familiarity"

MAX_LOOKING = 200
"""Messages whose pictures are looked at or wait for it; more than that pass unseen."""

MAX_FORWARDS = 3
"""Forwards of one message that the gateway is asked for."""
FORWARD_SECONDS = 6.0
IN_FORWARD = "在合并转发的内容里"
_FORWARD_APP = "com.tencent.multimsg"
_RESOURCE = re.compile(r'"resid"\s{0,4}:\s{0,4}"(?P<id>[^"\\]{4,200})"')

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
        familiarity = get_to_know(view, record)
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
        state[FAMILIARITY_KEY] = familiarity
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
    account = account_of(view.self_id)
    await enforcing.act_on(view, examined.decision, account, rehearsed=examined.rehearsed)
    if examined.rehearsed or examined.decision.finding.mild:
        matcher.block = False  # the message stays: commands and observers see it
        _look_closer(view, await _record(view), state[FAMILIARITY_KEY])


def _look_closer(view: MessageView, record: GroupRecord, familiarity: Familiarity) -> None:
    """Have the pictures and forwards of a message looked at; the message goes on meanwhile."""
    policy = record.policy(GuardPolicy)
    media = media_of(view) if policy.read_pictures else None
    forwards = _unread_forwards(view) if view.forwards or view.cards else ()
    if not policy.enabled or (media is None and not forwards):
        return
    if role_of(record, view.user_id, view.role) >= EXEMPT_FROM:
        return
    if len(_looking) >= MAX_LOOKING:
        logger.warning("Too many pictures and forwards at once: one message was not looked at")
        return
    task = asyncio.create_task(_inquire(view, media, forwards, record, familiarity))
    _looking.add(task)
    task.add_done_callback(_looking.discard)


def _unread_forwards(view: MessageView) -> tuple[str, ...]:
    """Return the ids of forwards that the gateway only named; the desktop sends them as cards."""
    if view.forwarded:
        return ()
    ids = [one for one in view.forwards if one]
    for segment in view.segments:
        data = str(segment.data.get("data") or "") if segment.type == "json" else ""
        if _FORWARD_APP in data and (match := _RESOURCE.search(data)):
            ids.append(match["id"])
    return tuple(dict.fromkeys(ids))[:MAX_FORWARDS]


async def _inquire(
    view: MessageView,
    media: Pictures | None,
    forwards: tuple[str, ...],
    record: GroupRecord,
    familiarity: Familiarity,
) -> None:
    try:
        whole, examined = view, await _by_pictures(view, media, record, familiarity)
        if forwards and (examined is None or examined.decision is None):
            whole, examined = await _by_forwards(view, forwards, record, familiarity)
        if examined is None or examined.decision is None or await _is_exempt(view, record):
            logger.debug("A message that was looked at closely stays")
            return
        account = account_of(view.self_id)
        await enforcing.act_on(whole, examined.decision, account, rehearsed=examined.rehearsed)
    except Exception as error:  # noqa: BLE001 -- nobody waits for this task
        logger.opt(exception=error).error("A message could not be looked at closely")


async def _by_pictures(
    view: MessageView, media: Pictures | None, record: GroupRecord, familiarity: Familiarity
) -> Examined | None:
    if media is None:
        return None
    policy = record.policy(GuardPolicy)
    off = judges_titled(policy.disabled_judges)
    found = await inquire(view, media, disabled=off, on_failure=_report_inquiry)
    return conclude(found, familiarity, policy)


async def _by_forwards(
    view: MessageView, forwards: tuple[str, ...], record: GroupRecord, familiarity: Familiarity
) -> tuple[MessageView, Examined]:
    """Judge a message together with what its forwards say, as the gateway tells it."""
    account = account_of(view.self_id)
    asked = [asyncio.wait_for(account.forward(one), FORWARD_SECONDS) for one in forwards]
    texts = await asyncio.gather(*asked, return_exceptions=True)
    inside = "\n".join(text for text in texts if isinstance(text, str) and text)[:MAX_TEXT]
    whole = replace(view, forwarded=inside, lately=())
    return whole, examine(whole, record, familiarity, on_failure=_report).told(IN_FORWARD)


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
