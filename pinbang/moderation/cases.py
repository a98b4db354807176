"""Cases: one numbered record of each sanction, written before anything is done."""

import json
from datetime import datetime, timedelta

from pinbang.moderation.judging import Decision
from pinbang.moderation.ladder import (
    DEFAULT_STEPS,
    DEFAULT_WINDOW,
    REMINDER,
    Measure,
    Step,
    next_step,
)
from pinbang.moderation.reading import MessageView
from pinbang.refusal import Refusal
from pinbang.store.models import Case, CaseStatus
from pinbang.store.transactions import transactional

MAX_STORED_TEXT = 2000


async def write_case(
    view: MessageView,
    decision: Decision,
    *,
    now: datetime,
    steps: tuple[Step, ...] = DEFAULT_STEPS,
    window: timedelta = DEFAULT_WINDOW,
) -> Case:
    """Write the case of a message with the sanction due, in the caller's transaction.

    Raises IntegrityError when the message has a case already: a second delivery.
    """
    number, step = 0, REMINDER
    if decision.finding.strike:
        strikes = await strikes_of(view.group_id, view.user_id, now, window)
        number, step = next_step(strikes, decision.finding.severity, steps)
    return await Case.create(
        group_id=view.group_id,
        user_id=view.user_id,
        message_id=view.message_id,
        account_id=view.self_id,
        judge=decision.finding.judge,
        label=decision.finding.label,
        severity=int(decision.finding.severity),
        step=number,
        measure=step.measure.value,
        mute_seconds=int(step.mute.total_seconds()),
        evidence=json.dumps(decision.evidence, ensure_ascii=False),
        text=view.readable[:MAX_STORED_TEXT],
        created_at=now,
    )


async def strikes_of(
    group_id: int, user_id: int, now: datetime, window: timedelta = DEFAULT_WINDOW
) -> int:
    """Count a member's cases in the window that had consequences and were not undone."""
    return (
        await Case.filter(
            group_id=group_id,
            user_id=user_id,
            created_at__gt=now - window,
            status__in=(CaseStatus.OPEN, CaseStatus.ENFORCED),
        )
        .exclude(measure=Measure.REMIND.value)
        .count()
    )


def evidence_of(case: Case) -> list[str]:
    """Return the case's evidence, each piece a Chinese phrase."""
    try:
        pieces = json.loads(case.evidence)
    except ValueError:
        return [case.evidence]
    return [str(piece) for piece in pieces]


async def case_in_group(number: int, group_id: int) -> Case:
    """Return a case of this group; raise Refusal when there is none or it is another group's."""
    case = await Case.get_or_none(id=number)
    if case is None:
        raise Refusal(f"没有 {number} 号处理记录。")
    if case.group_id != group_id:
        raise Refusal(f"{number} 号处理记录不是本群的。")
    return case


@transactional
async def undo_case(number: int, by: int, reason: str, now: datetime) -> bool:
    """Mark a case as undone, so that it no longer counts; False when it was undone before."""
    return bool(
        await Case.filter(id=number)
        .exclude(status=CaseStatus.UNDONE)
        .update(status=CaseStatus.UNDONE, undone_at=now, undone_by=by, undone_reason=reason)
    )
