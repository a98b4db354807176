"""Cases: one numbered record of each sanction, written before anything is done."""

import json
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from pinbang.gateway.outcomes import DONE, Reason
from pinbang.guarding.ladder import A_NUDGE, HALF_LIFE, REMINDER, Measure, decayed, next_step
from pinbang.guarding.policy import SEVERE_CLASS, LadderPolicy
from pinbang.moderation.judging import Decision
from pinbang.moderation.reading import MessageView
from pinbang.refusal import Refusal
from pinbang.store.models import Case, CaseStatus

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
    only a note of what would have been done. One with consequences takes the place and number of a
    rehearsed case or a nudge about the same message; on an admin's word also of one that the bot
    was powerless in.

    Raises IntegrityError when the message has a case otherwise: a second delivery.
    """
    finding = decision.finding
    number, step = 0, A_NUDGE if finding.mild else REMINDER
    if finding.strike and not finding.mild:
        strikes = await strikes_of(view.group_id, view.user_id, now, ladder.half_life)
        at_once = ladder.severe_at_once and finding.judge in SEVERE_CLASS
        number, step = next_step(strikes, finding.severity, ladder.steps, severe_at_once=at_once)
    facts: dict[str, Any] = {
        "group_id": view.group_id,
        "user_id": view.user_id,
        "message_id": view.message_id,
        "account_id": view.self_id,
        "judge": finding.judge,
        "label": finding.label,
        "severity": int(finding.severity),
        "step": number,
        "measure": step.measure.value,
        "mute_seconds": int(step.mute.total_seconds()),
        "evidence": json.dumps(decision.evidence, ensure_ascii=False),
        "text": view.readable[:MAX_STORED_TEXT],
        "also": list(decision.also),
        "actor_id": actor_id,
        "status": CaseStatus.REHEARSED if rehearsed else CaseStatus.OPEN,
        "recall_outcome": "",
        "measure_outcome": "",
        "announced_at": None,
        "created_at": now,
    }
    present = None
    if not (rehearsed or finding.mild):
        present = await _without_consequences(view, powerless=actor_id is not None)
    if present is None:
        return await Case.create(**facts)
    await present.update_from_dict(facts).save()
    return present


async def _without_consequences(view: MessageView, *, powerless: bool) -> Case | None:
    statuses = [CaseStatus.REHEARSED, *([CaseStatus.POWERLESS] if powerless else [])]
    return await Case.filter(
        Q(status__in=statuses) | Q(status=CaseStatus.ENFORCED, measure=Measure.NUDGE.value),
        group_id=view.group_id,
        message_id=view.message_id,
    ).first()


NO_SANCTIONS = tuple(measure.value for measure in Measure if not measure.is_sanction)
FORGOTTEN_AFTER = 6
"""Half-lives after which an offence weighs so little that it is not looked up."""
COUNTING = (CaseStatus.OPEN, CaseStatus.ENFORCED)


async def counted_cases(
    group_id: int, user_id: int, now: datetime, half_life: timedelta
) -> list[Case]:
    """Return a member's cases that still count, newest first: with consequences, not undone."""
    return (
        await Case.filter(
            group_id=group_id,
            user_id=user_id,
            created_at__gt=now - FORGOTTEN_AFTER * half_life,
            status__in=COUNTING,
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


def weight_of(case: Case, now: datetime, half_life: timedelta = HALF_LIFE) -> float:
    """Return how much a case still counts: 1 at first, half after each half-life, 0 never did."""
    age = now - case.created_at
    if case.status not in COUNTING or case.measure in NO_SANCTIONS:
        return 0.0
    return decayed((age,), half_life) if age < FORGOTTEN_AFTER * half_life else 0.0


async def cases_about(
    user_id: int, group_id: int | None, *, offset: int, limit: int
) -> tuple[list[Case], int]:
    """Return a page of the cases about somebody, newest first, and how many there are in all.

    `group_id` None takes those of all groups together.
    """
    about = Case.filter(user_id=user_id)
    if group_id is not None:
        about = about.filter(group_id=group_id)
    return await about.order_by("-id").offset(offset).limit(limit), await about.count()


async def groups_with_cases_about(user_id: int) -> dict[int, int]:
    """Return the groups with cases about somebody, that of the newest first, and our account."""
    rows = Case.filter(user_id=user_id).order_by("-id").values_list("group_id", "account_id")
    groups: dict[int, int] = {}
    for group_id, account_id in await rows:
        groups.setdefault(group_id, account_id)
    return groups


async def recalled_messages(group_id: int, user_id: int) -> set[int]:
    """Return a member's messages that cases had recalled, the newest hundred cases long."""
    cases = Case.filter(group_id=group_id, user_id=user_id, recall_outcome="done")
    newest = await cases.order_by("-id").limit(100)
    return {message_id for case in newest for message_id in (case.message_id, *case.also)}


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


async def undo_case(number: int, by: int, reason: str, now: datetime) -> bool:
    """Mark a case as undone in the caller's transaction, so that it no longer counts.

    False when it was undone before.
    """
    return bool(
        await Case.filter(id=number)
        .exclude(status=CaseStatus.UNDONE)
        .update(status=CaseStatus.UNDONE, undone_at=now, undone_by=by, undone_reason=reason)
    )


def is_gone(case: Case) -> bool:
    """Tell whether the member is no longer in the group, so that nobody can be addressed."""
    removed = case.measure == Measure.KICK.value and case.measure_outcome == DONE.code
    return removed or case.measure_outcome.endswith(f":{Reason.NOT_A_MEMBER.name}")
