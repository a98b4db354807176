"""Use cases: switch observe mode, report on it, judge kept messages again."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from pydantic import ValidationError

from pinbang.groups import GroupRecord, forget_group, save_settings
from pinbang.guarding.cases import FORGOTTEN_AFTER, evidence_of
from pinbang.guarding.familiarity import NEWCOMER_MESSAGES, familiarity_of
from pinbang.guarding.ladder import Measure, Step, decayed, next_step
from pinbang.guarding.newcomers import Newcomers
from pinbang.guarding.policy import (
    EVERYTHING,
    SEVERE_CLASS,
    GuardPolicy,
    LadderPolicy,
    judge_titles,
)
from pinbang.guarding.verdict import Examined, examine
from pinbang.kept_messages import flush, kept_since
from pinbang.logs import logger
from pinbang.members import role_of
from pinbang.moderation.inquiring import registered_inquiries
from pinbang.moderation.judging import Severity, registered_judges
from pinbang.moderation.lately import Lately
from pinbang.moderation.reading import MessageView
from pinbang.moderation.terms import Term, Terms, is_pattern
from pinbang.refusal import Refusal
from pinbang.roles import EXEMPT_FROM
from pinbang.store.models import AuditEntry, Case, CaseStatus
from pinbang.text.masking import masked
from pinbang.text.setting_values import Unreadable, read_value

from .rules import Comparison, Example, Proposal, Then, switched

AT_ONCE = 500
"""Kept messages that are read at a time."""
PROGRESS_SECONDS = 10.0
"""How long a back-test runs before it says that it does."""
EXCERPT = 60
CLOCK_SKEW = timedelta(hours=1)
IN_PICTURE = "图片里"
"""How evidence begins that was seen in a picture; pictures are not kept."""
TRIABLE = ("threshold", "disabled_judges", "newcomer_strictness")
"""Settings of the guard that a back-test can try: those that change what is found in a text."""


# -- observe mode -------------------------------------------------------------------------------


def titles_rehearsing(policy: GuardPolicy) -> list[str]:
    """Return the judges that only rehearse, by their Chinese names."""
    return judge_titles() if EVERYTHING in policy.rehearsing else list(policy.rehearsing)


@dataclass(frozen=True)
class Switched:
    """The judges that only rehearse from now on, those that began to act, whether that is new."""

    rehearsing: tuple[str, ...]
    enforced: tuple[str, ...]
    changed: bool


async def switch(
    record: GroupRecord, named: tuple[str, ...], admin_id: int, *, on: bool
) -> Switched:
    """Let judges rehearse or act; none named means all of them."""
    policy = record.policy(GuardPolicy)
    after = switched(policy.rehearsing, judge_titles(), on=on, named=named)
    changed = policy.model_copy(update={"rehearsing": after})
    before = titles_rehearsing(policy)
    remaining = titles_rehearsing(changed)
    if set(before) == set(remaining):
        return Switched(tuple(remaining), (), changed=False)
    note = f"rehearsing: {'、'.join(policy.rehearsing) or '无'} → {'、'.join(after) or '无'}"
    await save_settings(record.id, changed, admin_id, note)
    forget_group(record.id)
    enforced = tuple(name for name in before if name not in remaining)
    return Switched(tuple(remaining), enforced, changed=True)


# -- the report ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What would have happened: cases by judge and label, measures, people, newest numbers.

    `mistaken` are those an admin has called a mistake; they are among the others.
    """

    total: int
    members: int
    mistaken: int
    labels: dict[str, Counter[str]]
    measures: Counter[str]
    newest: tuple[int, ...]


NEWEST = 8


async def report(group_id: int, since: datetime, ladder: LadderPolicy) -> Report:
    """Sum up the rehearsed cases of a group since a moment."""
    rows = await Case.filter(
        group_id=group_id,
        created_at__gte=since,
        status__in=(CaseStatus.REHEARSED, CaseStatus.UNDONE),
    ).order_by("id")
    cases = [case for case in rows if _was_rehearsed(case)]
    mistaken = await _mistaken(group_id, cases)
    labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        labels[title_of(case.judge)][case.label] += 1
    return Report(
        total=len(cases),
        members=len({case.user_id for case in cases}),
        mistaken=len(mistaken),
        labels=dict(labels),
        measures=_measures(cases, ladder, mistaken),
        newest=tuple(case.id for case in reversed(cases[-NEWEST:])),
    )


def _was_rehearsed(case: Case) -> bool:
    """Tell a rehearsed case that was called a mistake from one that was enforced and undone."""
    return case.status is CaseStatus.REHEARSED or not (
        case.recall_outcome or case.measure_outcome or case.announced_at
    )


async def _mistaken(group_id: int, cases: list[Case]) -> set[int]:
    """Return the numbers of the cases that an admin took back or taught to be harmless."""
    taught = await AuditEntry.filter(
        group_id=group_id,
        action="learning.teach",
        outcome="harmless",
        reference__in=[f"case:{case.id}" for case in cases],
    ).values_list("reference", flat=True)
    undone = {case.id for case in cases if case.status is CaseStatus.UNDONE}
    return undone | {int(str(one).removeprefix("case:")) for one in taught}


def _measures(cases: list[Case], ladder: LadderPolicy, mistaken: set[int]) -> Counter[str]:
    """Count what would have been done, had each case counted against its member's next ones."""
    earlier: defaultdict[int, list[datetime]] = defaultdict(list)
    measures: Counter[str] = Counter()
    for case in cases:
        measure = Measure(case.measure)
        if not measure.is_sanction:
            measures[measure.words] += 1
            continue
        ages = [case.created_at - moment for moment in earlier[case.user_id]]
        recent = [age for age in ages if age < FORGOTTEN_AFTER * ladder.half_life]
        _, step = next_step(
            decayed(recent, ladder.half_life),
            Severity(case.severity),
            ladder.steps,
            severe_at_once=ladder.severe_at_once and case.judge in SEVERE_CLASS,
        )
        # What was done to him before the rehearsal began is in the case's own step.
        own = Step(measure, timedelta(seconds=case.mute_seconds))
        measures[(own if case.step > _rung(step, ladder) else step).words] += 1
        if case.id not in mistaken:
            earlier[case.user_id].append(case.created_at)
    return measures


def _rung(step: Step, ladder: LadderPolicy) -> int:
    return ladder.steps.index(step) + 1


def title_of(judge: str) -> str:
    """Return the Chinese name of a judge or inquiry."""
    entry = registered_judges().get(judge) or registered_inquiries().get(judge)
    return entry.title if entry else judge


# -- back-tests ---------------------------------------------------------------------------------


def triable_titles() -> list[str]:
    """Return the titles of the settings that a back-test can try."""
    return [str(GuardPolicy.model_fields[key].title) for key in TRIABLE]


def policy_with(record: GroupRecord, proposal: Proposal) -> GuardPolicy:
    """Return the group's settings with the proposed one; raise Refusal for a value that is none."""
    policy = record.policy(GuardPolicy)
    for key in TRIABLE:
        info = GuardPolicy.model_fields[key]
        if info.title != proposal.setting:
            continue
        try:
            value = read_value(proposal.value, getattr(policy, key))
            return GuardPolicy.model_validate({**policy.model_dump(), key: value})
        except Unreadable as error:
            raise Refusal(f"{info.title}：{error}。") from error
        except ValidationError as error:
            first = error.errors()[0]
            reason = first["msg"].removeprefix("Value error, ")
            limits = "要在 0.3 到 1 之间" if first["type"] != "value_error" else reason
            raise Refusal(f"{info.title}：{limits}。") from error
    return policy


async def _record_with(record: GroupRecord, proposal: Proposal) -> GroupRecord:
    if not proposal.word:
        return record
    term = Term(0, proposal.category, proposal.word, is_pattern(proposal.word))
    terms = record.part(Terms).with_term(term)
    await asyncio.to_thread(terms.prepare)
    return replace(record, parts={**record.parts, Terms: terms})


_running: set[int] = set()


async def back_test(
    record: GroupRecord,
    days: int,
    proposal: Proposal,
    now: datetime,
    on_progress: Callable[[int], Awaitable[None]],
) -> Comparison:
    """Judge a group's kept messages of the last days again; nothing is done to anybody.

    Messages are judged one by one and everything else goes on in between. `on_progress` is called
    once, with the number judged so far, if it takes long. Raises Refusal when nothing is kept, not
    for so long, or when one is running in the group.
    """
    kept = record.policy(GuardPolicy).keep_days
    if not kept:
        raise Refusal(
            "本群不保存消息，没有可以回测的。\n先发 /设置 守护 消息保留天数 7，过几天再来。"
        )
    if days > kept:
        raise Refusal(f"消息只保留 {kept} 天，最多回测 {kept} 天：/回测 {kept}")
    policy = policy_with(record, proposal)
    if record.id in _running:
        raise Refusal("本群正在回测，等结果出来再发。")
    _running.add(record.id)
    try:
        rules = await _record_with(record, proposal)
        return await _compare(rules, policy, now - timedelta(days=days), on_progress)
    finally:
        _running.discard(record.id)


async def _compare(
    record: GroupRecord,
    policy: GuardPolicy,
    since: datetime,
    on_progress: Callable[[int], Awaitable[None]],
) -> Comparison:
    await flush()
    cases, swept = await _cases(record.id, since)
    comparison = Comparison()
    lately = Lately()
    loop = asyncio.get_running_loop()
    report_at: float | None = loop.time() + PROGRESS_SECONDS
    after_id = 0
    while True:
        views, after_id = await kept_since(record.id, since, after_id=after_id, limit=AT_ONCE)
        for view in views:
            role = role_of(record, view.user_id, view.role)
            if role >= EXEMPT_FROM:
                lately.remember(view)
                comparison.exempt += 1
                continue
            examined = _judge_again(view, record, policy, lately)
            example = _example(view, examined)
            comparison.add(cases.get(view.message_id), example, swept=view.message_id in swept)
            # Everybody else's turn: a message costs a fraction of a millisecond.
            await asyncio.sleep(0)
            if report_at is not None and loop.time() >= report_at:
                report_at = None
                await on_progress(comparison.judged)
        if not after_id:
            return comparison


async def _cases(group_id: int, since: datetime) -> tuple[dict[int, Then], set[int]]:
    """Return the cases by the message they are about, and the messages that went with others."""
    rows = await Case.filter(group_id=group_id, created_at__gte=since - CLOCK_SKEW)
    swept = {message_id for case in rows for message_id in case.also}
    cases = {
        case.message_id: Then(
            case.id,
            rehearsed=case.status is CaseStatus.REHEARSED,
            undone=case.status is CaseStatus.UNDONE,
            by_admin=case.actor_id is not None,
            by_picture=any(piece.startswith(IN_PICTURE) for piece in evidence_of(case)),
        )
        for case in rows
    }
    return cases, swept


def _judge_again(
    view: MessageView, record: GroupRecord, policy: GuardPolicy, lately: Lately
) -> Examined:
    joined_at, _ = record.part(Newcomers).get(view.user_id, (None, 0))
    role = role_of(record, view.user_id, view.role)
    sent_at = datetime.fromtimestamp(view.time, timezone.utc)
    familiarity = familiarity_of(role, joined_at, NEWCOMER_MESSAGES, sent_at)
    view = lately.with_history(view)
    examined = examine(view, record, familiarity, policy=policy, on_failure=_report)
    lately.remember(view)
    if examined.decision is not None:
        lately.close_text(view)
    return examined


def _report(name: str, error: Exception) -> None:
    logger.opt(exception=error).error(f"Judge {name} failed")


def _example(view: MessageView, examined: Examined) -> Example | None:
    if examined.decision is None:
        return None
    finding = examined.decision.finding
    text = masked(view.readable[: 4 * EXCERPT])
    return Example(title_of(finding.judge), finding.score, text)
