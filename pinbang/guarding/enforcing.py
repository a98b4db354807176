"""Open a case and enforce it step by step."""

import asyncio
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from pinbang import audit, clock, schedule
from pinbang.gateway import Account, Outcome, Reason, account_of
from pinbang.gateway.outbox import Urgency
from pinbang.gateway.outcomes import DONE
from pinbang.groups import GroupRecord, load_group
from pinbang.guarding import wording
from pinbang.guarding.cases import (
    is_gone,
    recalled_messages,
    strikes_of,
    write_case,
)
from pinbang.guarding.ladder import Measure, Step, next_step
from pinbang.guarding.policy import LadderPolicy
from pinbang.kept_messages import latest_of
from pinbang.logs import logger
from pinbang.moderation.judging import Decision, Severity
from pinbang.moderation.reading import MessageView
from pinbang.schedule import NotNowError, due_work
from pinbang.store import StoreUnavailableError
from pinbang.store.models import Case, CaseStatus, Group
from pinbang.store.transactions import patiently, transactional_within

ENFORCE = "guard.enforce"
RESUME_AFTER = timedelta(seconds=60)
"""When a case that is still open is taken up again; enforcing takes a few seconds."""
LONG_PATIENCE_SECONDS = 300.0
"""How long a verdict waits for a database that is away: a recall is still possible by then."""
POWERLESS_PAUSE = timedelta(hours=1)
"""How often the group is told that the bot lacks the admin role."""

MUTE_BEFORE_REMOVAL_SECONDS = 3600
RECALLABLE = timedelta(hours=24)
"""Older messages of somebody who is removed stay."""
RECALLED_AT_ONCE = 5
RECALLING_SECONDS = 20.0
"""For the earlier messages of somebody who is removed: he is muted, but the group waits."""
NUDGE_PAUSE = timedelta(minutes=10)
"""How often a group is asked to mind its tone."""
MEMBER_NUDGE_PAUSE = timedelta(days=1)
"""How often one member is."""

_in_progress: set[int] = set()
_told_powerless: dict[int, datetime] = {}


async def act_on(
    view: MessageView,
    decision: Decision,
    account: Account,
    *,
    rehearsed: bool = False,
    actor_id: int | None = None,
) -> int | None:
    """Open a case about a message and enforce it; return its number.

    `actor_id` is the admin on whose word it is done, None for the bot's own judgement. A rehearsed
    one is only written down. None when the message has a case already.
    """
    ladder = await _ladder(view.group_id, view.self_id)
    case_id = await open_case(
        view, decision, now=clock.now(), ladder=ladder, actor_id=actor_id, rehearsed=rehearsed
    )
    if case_id is not None and not rehearsed:
        await enforce(case_id, account)
    return case_id


async def open_case(  # noqa: PLR0913 -- one argument per fact of the case
    view: MessageView,
    decision: Decision,
    *,
    now: datetime,
    ladder: LadderPolicy,
    actor_id: int | None = None,
    rehearsed: bool = False,
) -> int | None:
    """Write a case and the promise to enforce it; None when the message has one already."""
    try:
        return await _open(view, decision, now, ladder, actor_id, rehearsed)
    except IntegrityError:
        return None


async def _ladder(group_id: int, account_id: int) -> LadderPolicy:
    """Return the group's ladder; the default while the database is away, so that acting goes on."""
    try:
        return (await load_group(group_id, account_id)).policy(LadderPolicy)
    except StoreUnavailableError:
        return GroupRecord(group_id, account_id).policy(LadderPolicy)


@transactional_within(LONG_PATIENCE_SECONDS)
async def _open(  # noqa: PLR0913 -- one argument per fact of the case
    view: MessageView,
    decision: Decision,
    now: datetime,
    ladder: LadderPolicy,
    actor_id: int | None,
    rehearsed: bool,
) -> int:
    case = await write_case(
        view, decision, now=now, ladder=ladder, actor_id=actor_id, rehearsed=rehearsed
    )
    if not rehearsed:
        await schedule.schedule(ENFORCE, str(case.id), now + RESUME_AFTER, account_id=view.self_id)
    return case.id


async def unfinished_cases(account_id: int) -> list[int]:
    """List this account's cases that were opened and never finished, oldest first."""
    rows = await Case.filter(account_id=account_id, status=CaseStatus.OPEN).order_by("id")
    return [case.id for case in rows]


@due_work(ENFORCE)
async def _take_up(key: str, now: datetime) -> None:
    del now
    case = await Case.get_or_none(id=int(key))
    if case is None or case.status is not CaseStatus.OPEN:
        return
    account = account_of(case.account_id)
    if account.bot is None:
        raise NotNowError
    await enforce(case.id, account, resumed=True)
    await case.refresh_from_db(fields=["status"])
    if case.status is CaseStatus.OPEN:
        raise NotNowError


async def enforce(case_id: int, account: Account, *, resumed: bool = False) -> None:
    """Recall, then mute or remove, then say so; each step is recorded and not done twice.

    The announcement is recorded before it is sent: a crash in between loses it rather than
    repeats it. Recall, mute and removal are harmless to repeat: when `resumed` after a crash, a
    message or member that is gone counts as dealt with. A nudge recalls nothing.
    """
    if case_id in _in_progress:
        return
    _in_progress.add(case_id)
    try:
        case = await patiently(lambda: Case.get(id=case_id), LONG_PATIENCE_SECONDS)
        if case.status is not CaseStatus.OPEN:
            return
        if not case.recall_outcome and case.measure == Measure.NUDGE.value:
            case.recall_outcome = "none"
        if not case.recall_outcome:
            recall = await _recall(case, account)
            if recall.reason is Reason.OFFLINE:
                return  # the case stays open and is taken up once a gateway is back
            gone = resumed and recall.reason is Reason.UNKNOWN_MESSAGE
            case.recall_outcome = DONE.code if gone else recall.code
            await _save(case)
        if await _was_undone(case):
            return
        if not case.measure_outcome:
            measure = await _carry_out(case, account)
            if measure is not None and measure.reason is Reason.OFFLINE:
                return
            case.measure_outcome = measure.code if measure else "none"
            await _save(case)
        if await _was_undone(case):
            if case.measure == Measure.MUTE.value:
                await account.unmute(case.group_id, case.user_id)
            return
        if case.announced_at is None:
            await _announce(case, account)
        await _finish(case)
    finally:
        _in_progress.discard(case_id)


async def _save(case: Case) -> None:
    """Record how far enforcing has come, however long the database is away."""
    fields = ["recall_outcome", "measure_outcome", "announced_at"]
    await patiently(lambda: case.save(update_fields=fields), LONG_PATIENCE_SECONDS)


async def _was_undone(case: Case) -> bool:
    """Tell whether an admin took the case back while it was being enforced."""
    await patiently(lambda: case.refresh_from_db(fields=["status"]), LONG_PATIENCE_SECONDS)
    return case.status is CaseStatus.UNDONE


async def _recall(case: Case, account: Account) -> Outcome:
    """Recall the message and what belongs to it; the outcome is the message's own.

    Recorded only when all are through: after a crash they are recalled again, which is harmless.
    """
    recall = await account.recall(case.group_id, case.message_id)
    for message_id in case.also:
        if recall.reason is Reason.OFFLINE:
            return recall
        also = await account.recall(case.group_id, message_id)
        if also.reason is Reason.OFFLINE:
            return also
    return recall


async def _carry_out(case: Case, account: Account) -> Outcome | None:
    match Measure(case.measure):
        case Measure.MUTE:
            return await account.mute(case.group_id, case.user_id, case.mute_seconds)
        case Measure.KICK:
            # Muted first: he can post nothing more while the rest is done.
            muted = await account.mute(case.group_id, case.user_id, MUTE_BEFORE_REMOVAL_SECONDS)
            if muted.reason is Reason.OFFLINE:
                return muted
            await _recall_latest(case, account)
            if await _was_undone(case):
                await account.unmute(case.group_id, case.user_id)
                return None
            return await account.kick(case.group_id, case.user_id)
        case Measure.WARN | Measure.REMIND | Measure.NUDGE:
            return None


async def _recall_latest(case: Case, account: Account) -> None:
    """Take back what somebody wrote shortly before he is removed, as far as the gateway lets."""
    count = (await _ladder(case.group_id, account.self_id)).recalled_on_removal
    if not count:
        return
    latest = await _latest_messages(case, account, count)

    async def recall() -> None:
        for start in range(0, len(latest), RECALLED_AT_ONCE):
            several = latest[start : start + RECALLED_AT_ONCE]
            await asyncio.gather(*(account.recall(case.group_id, one) for one in several))

    try:
        await asyncio.wait_for(recall(), RECALLING_SECONDS)
    except asyncio.TimeoutError:
        logger.warning(f"Case {case.id}: not all earlier messages were recalled in time")


async def _latest_messages(case: Case, account: Account, count: int) -> list[int]:
    """List up to `count` recent messages of the sender besides those of the case, newest first.

    From what is kept and, where nothing is, from what the account remembers since it started.
    """
    times: dict[int, int] = {}
    for message_id in account.recent.by(case.group_id, case.user_id):
        known = account.recent.get(message_id) or {}
        times[message_id] = int(known.get("time") or 0)
    try:
        dealt_with = await recalled_messages(case.group_id, case.user_id)
        kept = await latest_of(case.group_id, case.user_id, count + len(dealt_with) + 1)
    except StoreUnavailableError:
        dealt_with, kept = set[int](), []
    times |= {view.message_id: view.time for view in kept}
    others = dealt_with | {case.message_id, *case.also}
    since = case.created_at.timestamp() - RECALLABLE.total_seconds()
    recent = [one for one, time in times.items() if one not in others and time > since]
    return sorted(recent, key=times.__getitem__, reverse=True)[:count]


async def _announce(case: Case, account: Account) -> None:
    powerless = _is_powerless(case)
    ladder = await _ladder(case.group_id, account.self_id)
    if case.measure == Measure.NUDGE.value:
        if not await _claim_nudge(case):
            return
    elif powerless and not _may_complain(case.group_id):
        return
    following = await _following(case, ladder)
    case.announced_at = clock.now()
    await _save(case)
    outcome = await account.say(
        case.group_id,
        wording.announcement(case, ladder, following, powerless=powerless),
        urgency=Urgency.MODERATION,
        mention=None if is_gone(case) else case.user_id,
    )
    if not outcome.done:
        logger.warning(f"Case {case.id} was not announced: {outcome.code}")


async def _following(case: Case, ladder: LadderPolicy) -> Step:
    """Tell what the member's next offence would bring."""
    strikes = await patiently(
        lambda: strikes_of(case.group_id, case.user_id, clock.now(), ladder.half_life),
        LONG_PATIENCE_SECONDS,
    )
    return next_step(strikes, Severity.MEDIUM, ladder.steps)[1]


@transactional_within(LONG_PATIENCE_SECONDS)
async def _claim_nudge(case: Case) -> bool:
    """Take the group's turn to be asked to mind its tone; False when it was asked just now.

    The group's row is locked: of two nudges at the same time one is spoken.
    """
    now = clock.now()
    await Group.select_for_update().get_or_none(id=case.group_id)
    if now - case.created_at > NUDGE_PAUSE:
        return False  # taken up long after: nobody remembers what was said
    nudges = Case.filter(group_id=case.group_id, measure=Measure.NUDGE.value).exclude(id=case.id)
    if await nudges.filter(announced_at__gt=now - NUDGE_PAUSE).exists():
        return False
    if await nudges.filter(
        user_id=case.user_id, announced_at__gt=now - MEMBER_NUDGE_PAUSE
    ).exists():
        return False
    await Case.filter(id=case.id).update(announced_at=now)
    return True


def _is_powerless(case: Case) -> bool:
    return f":{Reason.NOT_ADMIN.name}" in case.recall_outcome + case.measure_outcome


def _may_complain(group_id: int) -> bool:
    now = clock.now()
    last = _told_powerless.get(group_id)
    if last is not None and now - last < POWERLESS_PAUSE:
        return False
    _told_powerless[group_id] = now
    return True


@transactional_within(LONG_PATIENCE_SECONDS)
async def _finish(case: Case) -> None:
    # What could not be enforced at all is no strike against anybody.
    status = CaseStatus.POWERLESS if _is_powerless(case) else CaseStatus.ENFORCED
    changed = await Case.filter(id=case.id, status=CaseStatus.OPEN).update(status=status)
    if changed:
        await audit.record(
            f"guard.{case.measure}",
            actor_id=case.account_id,
            group_id=case.group_id,
            target_id=case.user_id,
            reference=f"case:{case.id}",
            outcome=f"{case.recall_outcome}/{case.measure_outcome}"[:48],
        )
    await schedule.cancel(ENFORCE, str(case.id))
