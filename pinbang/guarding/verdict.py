"""Judge a message by a group's rules: its settings, its words, what it taught, who is speaking.

Pure given the group's record: the guard, `/试判` and `/回测` get the same answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from pinbang.groups import GroupRecord
from pinbang.guarding.familiarity import Familiarity, tempered, threshold_for
from pinbang.guarding.policy import GuardPolicy, judges_titled
from pinbang.moderation.judging import (
    Decision,
    Finding,
    JudgeFailure,
    decide,
    findings,
)
from pinbang.moderation.lately import spread_text
from pinbang.moderation.reading import MessageView

SPREAD = "分成几条消息发出"


class Adjuster(Protocol):
    """What a group adds to the judges: its own words, what its admins taught."""

    def adjust(self, view: MessageView, found: Sequence[Finding]) -> Sequence[Finding]:
        """Return the findings with scores and evidence changed, some added or left out; pure."""
        ...


A = TypeVar("A", bound=Callable[[GroupRecord], Adjuster])

_adjusters: list[Callable[[GroupRecord], Adjuster]] = []


def adjusts_findings(source: A, *, first: bool = False) -> A:
    """Register where to get an adjuster from a group's record, usually `record.part(…)`.

    Plugins load in no certain order: with `first` it goes before those that have the last word.
    """
    _adjusters.insert(0 if first else len(_adjusters), source)
    return source


@dataclass(frozen=True)
class Examined:
    """What was found in a message and what follows.

    `found` holds all findings, whatever their score, after the group's adjustments; `threshold` is
    the score that counts for this member. With `rehearsed` the decision is only to be noted.
    """

    found: tuple[Finding, ...]
    threshold: float
    decision: Decision | None = None
    rehearsed: bool = False

    def told(self, how: str) -> "Examined":
        """Add to the evidence how it came to light, which is no ground of its own."""
        if self.decision is None:
            return self
        finding = self.decision.finding
        finding = replace(finding, evidence=(*finding.evidence, how), grounds=finding.independent)
        return replace(self, decision=replace(self.decision, finding=finding))


def examine(
    view: MessageView,
    record: GroupRecord,
    familiarity: Familiarity = Familiarity.MEMBER,
    *,
    policy: GuardPolicy | None = None,
    on_failure: JudgeFailure,
) -> Examined:
    """Judge a message by a group's rules; `policy` replaces the group's own settings.

    A short message that is clean by itself is judged once more together with the short ones its
    sender wrote seconds before (`view.lately`).
    """
    rules = policy or record.policy(GuardPolicy)
    examined = _examine(view, record, familiarity, rules, on_failure)
    if examined.decision is not None or not view.lately:
        return examined
    joined, pieces = spread_text(view)
    if not joined:
        return examined
    whole = replace(view, text=joined, lately=())
    together = _examine(whole, record, familiarity, rules, on_failure).told(SPREAD)
    if together.decision is None:
        return examined
    return replace(together, decision=replace(together.decision, also=pieces))


def _examine(
    view: MessageView,
    record: GroupRecord,
    familiarity: Familiarity,
    policy: GuardPolicy,
    on_failure: JudgeFailure,
) -> Examined:
    off = judges_titled(policy.disabled_judges) if policy.disabled_judges else ()
    found = findings(view, disabled=off, on_failure=on_failure)
    for source in _adjusters:
        found = source(record).adjust(view, found)
    if off:
        found = [one for one in found if one.judge not in off]
    return conclude(found, familiarity, policy)


def conclude(found: Sequence[Finding], familiarity: Familiarity, policy: GuardPolicy) -> Examined:
    """Decide by what was found; what only rehearsing judges object to is rehearsed."""
    if not policy.newcomer_strictness and familiarity is Familiarity.NEWCOMER:
        familiarity = Familiarity.MEMBER
    threshold = threshold_for(policy.threshold, familiarity)
    rehearsing = judges_titled(policy.rehearsing) if policy.rehearsing else frozenset[str]()
    for rehearsed in (False, True):
        chosen = [one for one in found if (one.judge in rehearsing) is rehearsed]
        decision = decide(chosen, threshold=threshold)
        decision = tempered(decision, familiarity) if decision else None
        if decision is not None:
            return Examined(tuple(found), threshold, decision, rehearsed)
    return Examined(tuple(found), threshold)
