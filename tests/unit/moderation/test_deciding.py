"""Deciding about a message."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.moderation import judging
from pinbang.moderation.judging import Finding, Severity, decide, findings, judge
from pinbang.moderation.reading import MessageView, read_message

LIGHT, MEDIUM, SEVERE = Severity.LIGHT, Severity.MEDIUM, Severity.SEVERE


def finding(
    severity: Severity = MEDIUM, score: float = 0.9, *evidence: str, name: str = "ad"
) -> Finding:
    return Finding(name, "广告", severity, score, evidence or ("甲", "乙"))


def test_nothing_found_is_nothing_decided() -> None:
    assert decide([], threshold=0.6) is None


def test_what_stays_below_the_threshold_is_left_alone() -> None:
    assert decide([finding(SEVERE, 0.59)], threshold=0.6) is None
    assert decide([finding(LIGHT, 0.6)], threshold=0.6) is not None


def test_the_worst_finding_leads_and_the_others_support_it() -> None:
    worst, strong, weak = finding(SEVERE, 0.7), finding(MEDIUM, 0.99), finding(SEVERE, 0.3)
    decision = decide([weak, strong, worst], threshold=0.6)
    assert decision is not None
    assert decision.finding == worst
    assert decision.supporting == (strong,)


def test_of_two_equally_severe_the_surer_one_leads() -> None:
    sure, less = finding(MEDIUM, 0.95), finding(MEDIUM, 0.7)
    decision = decide([less, sure], threshold=0.6)
    assert decision is not None
    assert decision.finding == sure


def test_one_clue_is_not_enough_for_the_severest_measure() -> None:
    decision = decide([finding(SEVERE, 1.0, "只有这个")], threshold=0.6)
    assert decision is not None
    assert decision.finding.severity is MEDIUM
    assert decision.evidence == ("只有这个",)


def test_pieces_that_repeat_each_other_are_one_ground() -> None:
    twice = replace(finding(SEVERE, 1.0, "甲", "换个说法的甲"), grounds=1)
    decision = decide([twice], threshold=0.6)
    assert decision is not None
    assert decision.finding.severity is MEDIUM


def test_what_only_sounds_wrong_comes_last() -> None:
    tone = replace(finding(SEVERE, 1.0), mild=True)
    decision = decide([tone, finding(LIGHT, 0.6)], threshold=0.6)
    assert decision is not None
    assert not decision.finding.mild


def test_evidence_is_listed_once_the_worst_findings_first() -> None:
    decision = decide(
        [finding(LIGHT, 0.8, "丙", "甲"), finding(MEDIUM, 0.8, "甲", "乙")], threshold=0.6
    )
    assert decision is not None
    assert decision.evidence == ("甲", "乙", "丙")


FINDINGS = st.builds(
    finding, st.sampled_from(Severity), st.floats(0, 1), st.text(max_size=3), st.text(max_size=3)
)


@given(st.lists(FINDINGS, max_size=6), st.floats(0.3, 1))
def test_a_decision_rests_on_what_reached_the_threshold(
    found: list[Finding], threshold: float
) -> None:
    decision = decide(found, threshold=threshold)
    reached = [one for one in found if one.score >= threshold]
    assert (decision is None) == (not reached)
    if decision is not None:
        assert decision.evidence
        assert len(decision.supporting) == len(reached) - 1
        assert all(decision.finding.severity >= other.severity for other in decision.supporting)


@pytest.fixture
def judges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_judges", {})

    @judge("ad", title="广告", rule="不发广告")
    def _ad(message: MessageView) -> Finding | None:
        return finding(name="ad") if "广告" in message.text else None

    @judge("broken", title="坏的", rule="没有")
    def _broken(message: MessageView) -> Finding | None:
        raise ZeroDivisionError

    @judge("insult", title="文明", rule="不骂人")
    def _insult(message: MessageView) -> Finding | None:
        return finding(name="insult")


def view(text: str) -> MessageView:
    return read_message(text, message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member")


def test_every_judge_is_asked_and_a_broken_one_silences_nobody(judges: None) -> None:
    failures: list[str] = []
    found = findings(view("广告"), on_failure=lambda name, error: failures.append(name))
    assert [one.judge for one in found] == ["ad", "insult"]
    assert failures == ["broken"]


def test_a_judge_can_be_left_out(judges: None) -> None:
    failures: list[str] = []
    found = findings(
        view("广告"),
        disabled=["insult", "broken"],
        on_failure=lambda name, error: failures.append(name),
    )
    assert [one.judge for one in found] == ["ad"]
    assert failures == []
