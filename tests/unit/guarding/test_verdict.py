"""A message judged by a group's rules: its settings, its adjusters, who speaks, what rehearses."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from pinbang.groups import GroupRecord
from pinbang.guarding import verdict
from pinbang.guarding.familiarity import Familiarity
from pinbang.guarding.policy import EVERYTHING, GuardPolicy, judge_titles, judges_titled
from pinbang.guarding.verdict import SPREAD, adjusts_findings, conclude, examine
from pinbang.moderation import judging
from pinbang.moderation.judging import Finding, Judge, Severity
from pinbang.moderation.reading import EarlierMessage, MessageView, read_message

NEWCOMER, MEMBER, TRUSTED = Familiarity.NEWCOMER, Familiarity.MEMBER, Familiarity.TRUSTED
RECORD = GroupRecord(700, 10001)


def finding(judge: str = "loud", score: float = 0.7, **more: Any) -> Finding:
    facts: dict[str, Any] = {"severity": Severity.MEDIUM, "evidence": ("嗓门大", "一直喊"), **more}
    return Finding(judge, "大声", score=score, **facts)


def view(text: str, *lately: EarlierMessage) -> MessageView:
    read = read_message(
        text, message_id=9, group_id=700, user_id=11, self_id=10001, time=100, role="member"
    )
    return replace(read, lately=lately)


def fail(name: str, error: Exception) -> None:
    raise AssertionError(name) from error


Judges = Callable[[str, str, Callable[[MessageView], Finding | None]], None]


@pytest.fixture
def judges(monkeypatch: pytest.MonkeyPatch) -> Judges:
    """Only the judges that a test registers."""
    registered: dict[str, Judge] = {}
    monkeypatch.setattr(judging, "_judges", registered)

    def register(name: str, title: str, function: Callable[[MessageView], Finding | None]) -> None:
        registered[name] = Judge(name, title, "小声点", function)

    return register


@pytest.fixture(autouse=True)
def _no_adjusters() -> Iterator[None]:
    present = list(verdict._adjusters)
    verdict._adjusters.clear()
    yield
    verdict._adjusters[:] = present


def test_the_threshold_depends_on_who_speaks() -> None:
    policy = GuardPolicy()
    for score, accused in [(0.5, set()), (0.56, {NEWCOMER}), (0.65, {NEWCOMER, MEMBER})]:
        found = [finding(score=score)]
        by = {who for who in Familiarity if conclude(found, who, policy).decision}
        assert by == accused
    assert conclude([finding(score=0.8)], TRUSTED, policy).decision


def test_a_group_may_judge_newcomers_like_everybody() -> None:
    policy = GuardPolicy(newcomer_strictness=False)
    examined = conclude([finding(score=0.56)], NEWCOMER, policy)
    assert examined.decision is None
    assert examined.threshold == policy.threshold


def test_what_was_found_is_told_even_when_nothing_follows() -> None:
    examined = conclude([finding(score=0.1)], MEMBER, GuardPolicy())
    assert examined.found == (finding(score=0.1),)
    assert examined.decision is None


def test_the_severe_needs_two_grounds() -> None:
    policy = GuardPolicy()
    for grounds, severity in [(None, Severity.SEVERE), (1, Severity.MEDIUM)]:
        severe = finding(severity=Severity.SEVERE, grounds=grounds)
        decision = conclude([severe], MEMBER, policy).decision
        assert decision is not None
        assert decision.finding.severity is severity


def test_what_counts_goes_before_what_only_sounds_wrong() -> None:
    found = [finding("tone", 0.99, mild=True), finding("own", 0.9, strike=False), finding()]
    decision = conclude(found, MEMBER, GuardPolicy()).decision
    assert decision is not None
    assert decision.finding.judge == "loud"
    assert {one.judge for one in decision.supporting} == {"tone", "own"}
    only_tone = conclude(found[:1], MEMBER, GuardPolicy()).decision
    assert only_tone is not None
    assert only_tone.finding.mild


def test_a_rehearsing_judge_only_notes(judges: Judges) -> None:
    judges("loud", "大声", lambda _: finding())
    judges("rude", "粗鲁", lambda view: finding("rude") if "呸" in view.text else None)
    policy = GuardPolicy(rehearsing=["大声"])
    noted = examine(view("啊"), RECORD, policy=policy, on_failure=fail)
    assert noted.rehearsed
    assert noted.decision is not None
    # Another judge's objection is acted on, with its own evidence only.
    acted = examine(view("呸"), RECORD, policy=policy, on_failure=fail)
    assert not acted.rehearsed
    assert acted.decision is not None
    assert acted.decision.finding.judge == "rude"
    assert acted.decision.supporting == ()
    everything = GuardPolicy(rehearsing=[EVERYTHING])
    assert examine(view("呸"), RECORD, policy=everything, on_failure=fail).rehearsed


def test_a_judge_switched_off_is_not_asked(judges: Judges) -> None:
    judges("loud", "大声", lambda _: finding())
    off = GuardPolicy(disabled_judges=["大声"])
    assert examine(view("啊"), RECORD, policy=off, on_failure=fail).found == ()


def test_a_judge_that_fails_is_reported_and_the_others_go_on(judges: Judges) -> None:
    def broken(_: MessageView) -> Finding | None:
        raise ValueError

    failed: list[str] = []
    judges("broken", "坏了", broken)
    judges("loud", "大声", lambda _: finding())
    examined = examine(view("啊"), RECORD, on_failure=lambda name, _: failed.append(name))
    assert failed == ["broken"]
    assert examined.decision is not None


@dataclass(frozen=True)
class Quieter:
    """An adjuster that halves every score."""

    def adjust(self, view: MessageView, found: Sequence[Finding]) -> Sequence[Finding]:
        return [replace(one, score=one.score / 2) for one in found]


@dataclass(frozen=True)
class Stricter:
    """An adjuster that adds an objection of its own."""

    def adjust(self, view: MessageView, found: Sequence[Finding]) -> Sequence[Finding]:
        return [*found, finding("words", 0.9)]


def test_a_group_adjusts_what_the_judges_found(judges: Judges) -> None:
    judges("loud", "大声", lambda _: finding())
    adjusts_findings(lambda _: Quieter())
    examined = examine(view("啊"), RECORD, on_failure=fail)
    assert examined.decision is None
    assert [one.score for one in examined.found] == [0.35]
    adjusts_findings(lambda _: Stricter())
    decision = examine(view("啊"), RECORD, on_failure=fail).decision
    assert decision is not None
    assert decision.finding.judge == "words"


def test_a_text_sent_piece_by_piece_is_judged_as_a_whole(judges: Judges) -> None:
    judges("loud", "大声", lambda view: finding() if "大声喊" in view.text else None)
    earlier = [
        EarlierMessage(number, 98, number, text, 1) for number, text in ((1, "大"), (2, "声"))
    ]
    examined = examine(view("喊", *earlier), RECORD, on_failure=fail)
    assert examined.decision is not None
    assert examined.decision.also == (1, 2)
    assert SPREAD in examined.decision.evidence
    # How it was sent is no ground of its own.
    assert examined.decision.finding.independent == 2
    assert examine(view("喊"), RECORD, on_failure=fail).decision is None


def test_judges_are_named_as_people_know_them() -> None:
    assert {"广告", "文明", "诈骗", "隐私", "强迫", "刷屏"} <= set(judge_titles())
    assert judges_titled(["文明"]) == {"civility"}
    assert judges_titled([EVERYTHING]) >= {"ad", "civility", "scam", "privacy", "coercion", "flood"}
    with pytest.raises(ValueError, match="没有“骂人”这个判定"):
        GuardPolicy(disabled_judges=["骂人"])
