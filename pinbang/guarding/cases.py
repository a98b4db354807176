"""Cases: one numbered record of each sanction, written before anything is done."""

import json
from datetime import datetime, timedelta

from pinbang.guarding.ladder import A_NUDGE, HALF_LIFE, REMINDER, Measure, decayed, next_step
from pinbang.guarding.policy import LadderPolicy
from pinbang.moderation.judging import Decision
from pinbang.moderation.reading import MessageView
from pinbang.refusal import Refusal
from pinbang.store.models import Case, CaseStatus
from pinbang.store.transactions import transactional

MAX_STORED_TEXT = 2000


async def write_case(  # noqa: PLR0913 -- one argument per fact of the case
    view: MessageView,
    decision: Decision,
    *,
    now: datetime,
    ladder: LadderPolicy,
    actor_id: int | None = None,
    rehearsed: bool = False,
) -> Case:
    """Write the case of a message with the sanction due, in the caller's transaction.

    `actor_id` is the admin on whose word it is opened, None for the bot's own. A rehearsed case is
    only a note of what would have been done.

    Raises IntegrityError when the message has a case already: a second delivery.
    """
    finding = decision.finding
    number, step = 0, A_NUDGE if finding.mild else REMINDER
    if finding.strike and not finding.mild:
        strikes = await strikes_of(view.group_id, view.user_id, now, ladder.half_life)
        number, step = next_step(
            strikes, finding.severity, ladder.steps, severe_at_once=ladder.severe_at_once
        )
    return await Case.create(
        group_id=view.group_id,
        user_id=view.user_id,
        message_id=view.message_id,
        account_id=view.self_id,
        judge=finding.judge,
        label=finding.label,
        severity=int(finding.severity),
        step=number,
        measure=step.measure.value,
        mute_seconds=int(step.mute.total_seconds()),
        evidence=json.dumps(decision.evidence, ensure_ascii=False),
        text=view.readable[:MAX_STORED_TEXT],
        also=list(decision.also),
        actor_id=actor_id,
        status=CaseStatus.REHEARSED if rehearsed else CaseStatus.OPEN,
        created_at=now,
    )


NO_SANCTIONS = tuple(measure.value for measure in Measure if not measure.is_sanction)
FORGOTTEN_AFTER = 6
"""Half-lives after which an offence weighs so little that it is not looked up."""


async def counted_cases(
    group_id: int, user_id: int, now: datetime, half_life: timedelta
) -> list[Case]:
    """Return a member's cases that still count, newest first: with consequences, not undone."""
    return (
        await Case.filter(
            group_id=group_id,
            user_id=user_id,
            created_at__gt=now - FORGOTTEN_AFTER * half_life,
            status__in=(CaseStatus.OPEN, CaseStatus.ENFORCED),
        )
        .exclude(measure__in=NO_SANCTIONS)
        .order_by("-id")
    )


async def strikes_of(
    group_id: int, user_id: int, now: datetime, half_life: timedelta = HALF_LIFE
) -> float:
    """Add up a member's offences that still count, older ones with less weight."""
    cases = await counted_cases(group_id, user_id, now, half_life)
    return decayed((now - case.created_at for case in cases), half_life)


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
