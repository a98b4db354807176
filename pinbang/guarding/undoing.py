"""Take a case back: it no longer counts, its mute is lifted, and what follows from that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pinbang import audit, schedule
from pinbang.gateway import Account, Outcome, Reason, account_of, account_serving
from pinbang.gateway.outcomes import DONE
from pinbang.guarding import wording
from pinbang.guarding.cases import COUNTING, case_in_group, is_gone, undo_case
from pinbang.guarding.enforcing import ENFORCE, MUTE_BEFORE_REMOVAL_SECONDS, RESUME_AFTER
from pinbang.guarding.ladder import LONGEST_MUTE, Measure
from pinbang.logs import logger
from pinbang.refusal import Refusal
from pinbang.schedule import NotNowError, due_work
from pinbang.store.models import Case, CaseStatus
from pinbang.store.transactions import transactional

LIFT = "guard.lift"

UndoneHook = Callable[[Case, int, datetime], Awaitable[str]]

_undone_hooks: list[UndoneHook] = []


@dataclass(frozen=True)
class Undone:
    """A case taken back: whom it concerned, and what the group is told.

    Somebody who was removed is not `present` and cannot be addressed.
    """

    user_id: int
    words: str
    present: bool = True


def on_undone(hook: UndoneHook) -> UndoneHook:
    """Run `hook` after a case was taken back, with the case, by whom, and when.

    What it returns is said to the group as well, unless it is empty.
    """
    _undone_hooks.append(hook)
    return hook


async def undo(
    number: int, group_id: int, admin_id: int, reason: str, account: Account, now: datetime
) -> Undone:
    """Take a case back: it no longer counts, a mute is lifted; say what could be put right.

    Raises Refusal when there is no such case in the group or it was taken back before. A mute that
    cannot be lifted now, because no gateway is connected, is lifted later.
    """
    was = await _take_back(number, group_id, admin_id, reason, account.self_id, now)
    lifted: Outcome | None = None
    until: datetime | None = None
    if (_muted_until(was) or now) > now:
        until = await _muted_otherwise_until(was, now)
        lifted = await _lift(was, until, account, now)
        if lifted.reason is not Reason.OFFLINE:
            await schedule.cancel(LIFT, str(number))
    words = [wording.undone(was, lifted, until)]
    for hook in _undone_hooks:
        try:
            words.append(await hook(was, admin_id, now))
        except Exception as error:  # noqa: BLE001 -- the case is taken back whatever follows fails
            logger.opt(exception=error).error("What follows from an undone case failed")
    return Undone(was.user_id, "\n".join(filter(None, words)), present=not is_gone(was))


@transactional
async def _take_back(  # noqa: PLR0913, PLR0917 -- one argument per fact of it
    number: int, group_id: int, admin_id: int, reason: str, account_id: int, now: datetime
) -> Case:
    """Mark a case as undone, with the promise to lift its mute; return it as it was before."""
    was = await case_in_group(number, group_id)
    if not await undo_case(number, admin_id, reason, now):
        raise Refusal(f"{number} 号处理已经撤销过了。")
    await schedule.cancel(ENFORCE, str(number))
    if (_muted_until(was) or now) > now:
        await schedule.schedule(LIFT, str(number), now + RESUME_AFTER, account_id=account_id)
    await audit.record(
        "guard.undo",
        actor_id=admin_id,
        group_id=group_id,
        target_id=was.user_id,
        reference=f"case:{number}",
        outcome=f"was {was.status.value}",
        note=reason,
    )
    return was


@due_work(LIFT)
async def _lift_later(key: str, now: datetime) -> None:
    case = await Case.get_or_none(id=int(key))
    if case is None or (_muted_until(case) or now) <= now:
        return
    account = account_serving(case.group_id) or account_of(case.account_id)
    lifted = await _lift(case, await _muted_otherwise_until(case, now), account, now)
    if lifted.reason is Reason.OFFLINE:
        raise NotNowError


def _muted_until(case: Case) -> datetime | None:
    """Return until when a case has its member muted; None when it certainly does not."""
    if case.status in {CaseStatus.REHEARSED, CaseStatus.POWERLESS}:
        return None
    since = case.announced_at or case.created_at
    match Measure(case.measure):
        case Measure.MUTE if not case.measure_outcome.startswith("failed"):
            return since + timedelta(seconds=case.mute_seconds)
        case Measure.KICK if case.measure_outcome != DONE.code:
            return since + timedelta(seconds=MUTE_BEFORE_REMOVAL_SECONDS)
        case _:
            return None


async def _muted_otherwise_until(undone: Case, now: datetime) -> datetime | None:
    """Return until when the member stays muted because of other cases; None when he does not."""
    others = await Case.filter(
        group_id=undone.group_id,
        user_id=undone.user_id,
        status__in=COUNTING,
        created_at__gt=now - 2 * LONGEST_MUTE,
    ).exclude(id=undone.id)
    ends = [end for end in map(_muted_until, others) if end is not None and end > now]
    return max(ends, default=None)


async def _lift(case: Case, until: datetime | None, account: Account, now: datetime) -> Outcome:
    """Lift the mute of a case, or set it to what other cases leave of it."""
    if until is None:
        outcome = await account.unmute(case.group_id, case.user_id)
    else:
        left = int((until - now).total_seconds())
        outcome = await account.mute(case.group_id, case.user_id, max(1, left))
    await audit.record(
        "guard.lift",
        actor_id=account.self_id,
        group_id=case.group_id,
        target_id=case.user_id,
        reference=f"case:{case.id}",
        outcome=outcome.code,
    )
    return outcome
