"""Add up clues, each with its weight and its reason, into a score between 0 and 1."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

DEFAULT_THRESHOLD = 0.6
"""From this score on the guard acts, unless a group sets another; judges are weighted for it."""


@dataclass(frozen=True)
class Clue:
    """Something seen in a message.

    `weight` is in points, see `squash`; `reason` says in Chinese what was seen, without quoting.
    A `firm` clue stands whatever else is in the message; the others give way to signs of a
    harmless purpose.
    """

    weight: float
    reason: str
    firm: bool = False


def squash(points: float) -> float:
    """Turn points into a score: every point halves the remaining doubt.

    1 point is 0.5, 1.33 points reach DEFAULT_THRESHOLD, 2 points are 0.75; none is 0.
    """
    return 1 - 0.5 ** max(0.0, points)


def points_of(score: float) -> float:
    """Turn a score back into points; the inverse of `squash`, for scores below 1."""
    return -math.log2(max(1e-9, 1.0 - score))


def weigh(clues: Iterable[Clue], *, relief: float = 0.0) -> float:
    """Score clues after taking `relief` points off those that are not firm."""
    firm = soft = 0.0
    for clue in clues:
        if clue.firm:
            firm += clue.weight
        else:
            soft += clue.weight
    return squash(firm + max(0.0, soft - relief))
