"""How well a member is known, and how much more strictly or mildly that has him judged.

The one place where newcomers and trusted members are told apart.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from pinbang.moderation.judging import Decision, Severity
from pinbang.moderation.weighing import points_of, squash
from pinbang.roles import Role

NEWCOMER_FOR = timedelta(days=1)
NEWCOMER_MESSAGES = 3
"""The first day and the first messages of a newcomer are judged more strictly."""
FORGOTTEN_AFTER = timedelta(days=14)
"""Somebody who has hardly written for so long since joining is no newcomer any more."""


class Familiarity(Enum):
    """How well a member is known."""

    NEWCOMER = "newcomer"
    MEMBER = "member"
    TRUSTED = "trusted"


_EXTRA_POINTS = {
    Familiarity.NEWCOMER: -0.2,
    Familiarity.MEMBER: 0.0,
    Familiarity.TRUSTED: 0.67,
}
"""Points of evidence (see `pinbang.moderation.weighing`) that a message needs more than others."""


def familiarity_of(
    role: Role, joined_at: datetime | None, messages: int, now: datetime
) -> Familiarity:
    """Tell how well a member is known when he writes.

    `joined_at` is None for who was there before the bot, `messages` is how many he has written
    since he joined, this one left out.
    """
    if role >= Role.TRUSTED:
        return Familiarity.TRUSTED
    if joined_at is not None and is_new(joined_at, messages, now):
        return Familiarity.NEWCOMER
    return Familiarity.MEMBER


def is_new(joined_at: datetime, messages: int, now: datetime) -> bool:
    """Tell whether somebody who joined then and wrote so much since is a newcomer still."""
    here_for = now - joined_at
    if here_for >= FORGOTTEN_AFTER:
        return False
    return here_for < NEWCOMER_FOR or messages < NEWCOMER_MESSAGES


def threshold_for(threshold: float, familiarity: Familiarity) -> float:
    """Return the score from which a message of this member is acted on."""
    extra = _EXTRA_POINTS[familiarity]
    return threshold if not extra else squash(points_of(threshold) + extra)


def tempered(decision: Decision, familiarity: Familiarity) -> Decision | None:
    """Judge a trusted member's message mildly: no removal at once, no word about tone."""
    if familiarity is not Familiarity.TRUSTED:
        return decision
    if decision.finding.mild:
        return None
    if decision.finding.severity is Severity.SEVERE:
        return replace(decision, finding=replace(decision.finding, severity=Severity.MEDIUM))
    return decision
