"""Newcomers are judged more strictly, trusted members more mildly: one place says how."""

from datetime import datetime, timedelta, timezone

import pytest

from pinbang.guarding.familiarity import (
    FORGOTTEN_AFTER,
    NEWCOMER_FOR,
    NEWCOMER_MESSAGES,
    Familiarity,
    familiarity_of,
    tempered,
    threshold_for,
)
from pinbang.moderation.judging import Decision, Finding, Severity
from pinbang.roles import Role

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=timezone.utc)
NEWCOMER, MEMBER, TRUSTED = Familiarity.NEWCOMER, Familiarity.MEMBER, Familiarity.TRUSTED
SECOND = timedelta(seconds=1)


def decision(severity: Severity = Severity.MEDIUM, *, mild: bool = False) -> Decision:
    return Decision(Finding("ad", "广告", severity, 0.9, ("甲", "乙"), mild=mild), ())


@pytest.mark.parametrize(
    ("joined", "messages", "familiarity"),
    [
        (None, 0, MEMBER),
        (timedelta(), 0, NEWCOMER),
        (-timedelta(minutes=5), 0, NEWCOMER),  # the gateway's clock is ahead
        (NEWCOMER_FOR - SECOND, 500, NEWCOMER),
        (NEWCOMER_FOR, NEWCOMER_MESSAGES - 1, NEWCOMER),
        (NEWCOMER_FOR, NEWCOMER_MESSAGES, MEMBER),
        (FORGOTTEN_AFTER - SECOND, 0, NEWCOMER),
        (FORGOTTEN_AFTER, 0, MEMBER),
    ],
)
def test_the_first_day_and_the_first_messages(
    joined: timedelta | None, messages: int, familiarity: Familiarity
) -> None:
    joined_at = None if joined is None else NOW - joined
    assert familiarity_of(Role.MEMBER, joined_at, messages, NOW) is familiarity


def test_who_is_trusted_is_no_newcomer() -> None:
    assert familiarity_of(Role.TRUSTED, NOW, 0, NOW) is TRUSTED


@pytest.mark.parametrize("threshold", [0.3, 0.6, 0.75, 0.95])
def test_newcomers_need_less_evidence_and_trusted_members_more(threshold: float) -> None:
    assert threshold_for(threshold, MEMBER) == threshold
    assert 0 < threshold_for(threshold, NEWCOMER) < threshold
    assert threshold < threshold_for(threshold, TRUSTED) < 1


def test_at_the_highest_threshold_nothing_is_held_against_anybody_by_chance() -> None:
    assert threshold_for(1.0, NEWCOMER) > 0.99
    assert threshold_for(1.0, TRUSTED) > 0.99


def test_trusted_members_are_never_removed_at_once_nor_asked_to_mind_their_tone() -> None:
    milder = tempered(decision(Severity.SEVERE), TRUSTED)
    assert milder is not None
    assert milder.finding.severity is Severity.MEDIUM
    assert tempered(decision(mild=True), TRUSTED) is None
    assert tempered(decision(), TRUSTED) == decision()


@pytest.mark.parametrize("familiarity", [NEWCOMER, MEMBER])
@pytest.mark.parametrize("severity", list(Severity))
def test_everybody_else_is_judged_as_found(familiarity: Familiarity, severity: Severity) -> None:
    assert tempered(decision(severity), familiarity) == decision(severity)
