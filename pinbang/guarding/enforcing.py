"""Open a case, enforce it step by step, explain it, undo it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from pinbang import audit, clock, schedule
from pinbang.gateway import Account, Outcome, Reason, account_of
from pinbang.gateway.outbox import Urgency
from pinbang.gateway.outcomes import DONE
from pinbang.groups import GroupRecord, load_group
from pinbang.guarding import wording
from pinbang.guarding.cases import case_in_group, undo_case, write_case
from pinbang.guarding.ladder import Measure
from pinbang.guarding.policy import LadderPolicy
from pinbang.kept_messages import latest_of
from pinbang.logs import logger
from pinbang.moderation.judging import Decision
from pinbang.moderation.reading import MessageView
from pinbang.refusal import Refusal
from pinbang.schedule import NotNowError, due_work
from pinbang.store import StoreUnavailableError
from pinbang.store.models import Case, CaseStatus
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
    ladder = (await _record(view)).policy(LadderPolicy)
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


async def _record(view: MessageView) -> GroupRecord:
    """Return the group; its defaults while the database is away, so that guarding goes on."""
    try:
        return await load_group(view.group_id, view.self_id)
    except StoreUnavailableError:
        return GroupRecord(view.group_id, view.self_id)


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
            recall = await account.recall(case.group_id, case.message_id)
            if recall.reason is Reason.OFFLINE:
                return  # the case stays open and is taken up once a gateway is back
            gone = resumed and recall.reason is Reason.UNKNOWN_MESSAGE
            case.recall_outcome = DONE.code if gone else recall.code
            await _save(case)
            for message_id in case.also:
                await account.recall(case.group_id, message_id)
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
            return await account.kick(case.group_id, case.user_id)
        case Measure.WARN | Measure.REMIND | Measure.NUDGE:
            return None


async def _recall_latest(case: Case, account: Account) -> None:
    """Take back what somebody wrote shortly before he is removed, as far as the gateway lets."""
    record = await load_group(case.group_id, account.self_id)
    count = record.policy(LadderPolicy).recalled_on_removal
    if not count:
        return
    done = {case.message_id, *case.also}
    for view in await latest_of(case.group_id, case.user_id, count + len(done)):
        recent = case.created_at.timestamp() - view.time < RECALLABLE.total_seconds()
        if recent and view.message_id not in done:
            await account.recall(case.group_id, view.message_id)


async def _announce(case: Case, account: Account) -> None:
    powerless = _is_powerless(case)
    if powerless and not _may_complain(case.group_id):
        return
    if case.measure == Measure.NUDGE.value and not await _may_nudge(case):
        return
    case.announced_at = clock.now()
    await _save(case)
    ladder = (await load_group(case.group_id, account.self_id)).policy(LadderPolicy)
    gone = case.measure == Measure.KICK.value and case.measure_outcome == "done"
    outcome = await account.say(
        case.group_id,
        wording.announcement(case, ladder, powerless=powerless),
        urgency=Urgency.MODERATION,
        mention=None if gone else case.user_id,
    )
    if not outcome.done:
        logger.warning(f"Case {case.id} was not announced: {outcome.code}")


async def _may_nudge(case: Case) -> bool:
    """Tell whether neither the group nor this member was asked to mind the tone just now."""
    nudges = Case.filter(group_id=case.group_id, measure=Measure.NUDGE.value).exclude(id=case.id)
    if await nudges.filter(announced_at__gt=case.created_at - NUDGE_PAUSE).exists():
        return False
    return not await nudges.filter(
        user_id=case.user_id, announced_at__gt=case.created_at - MEMBER_NUDGE_PAUSE
    ).exists()


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


async def explain(number: int, group_id: int | None, asker_id: int, *, in_charge: bool) -> str:
    """Say why a case was opened, to the person concerned and to those in charge of the group."""
    if group_id is None:
        case = await Case.get_or_none(id=number)
        if case is None or case.user_id != asker_id:
            raise Refusal(f"没有关于你的 {number} 号处理记录。")
    else:
        case = await case_in_group(number, group_id)
        if case.user_id != asker_id and not in_charge:
            raise Refusal("只有当事人和管理员能看这条处理记录的理由。")
    return wording.explanation(case)


@dataclass(frozen=True)
class Undone:
    """A case taken back: whom it concerned, and what the group is told."""

    user_id: int
    words: str


async def undo(
    number: int, group_id: int, admin_id: int, reason: str, account: Account, now: datetime
) -> Undone:
    """Take a case back: it no longer counts, a mute is lifted; say what could be put right."""
    case = await case_in_group(number, group_id)
    if not await undo_case(number, admin_id, reason, now):
        raise Refusal(f"{number} 号处理已经撤销过了。")
    lifted: Outcome | None = None
    muted_until = case.created_at + timedelta(seconds=case.mute_seconds)
    if case.measure == Measure.MUTE.value and muted_until > now:
        lifted = await account.unmute(group_id, case.user_id)
    await schedule.cancel(ENFORCE, str(number))
    await audit.record(
        "guard.undo",
        actor_id=admin_id,
        group_id=group_id,
        target_id=case.user_id,
        reference=f"case:{number}",
        outcome=lifted.code if lifted else "done",
        note=reason,
    )
    return Undone(case.user_id, wording.undone(case, lifted))
