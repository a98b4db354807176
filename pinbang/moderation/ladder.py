"""The ladder of sanctions: milder first, harsher for who does it again, never by chance."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from pinbang.moderation.judging import Severity


class Measure(str, Enum):
    """What is done to the sender, besides recalling the message; REMIND is no sanction."""

    REMIND = "remind"
    WARN = "warn"
    MUTE = "mute"
    KICK = "kick"

    @property
    def words(self) -> str:
        """The measure as people call it."""
        return {"remind": "提醒", "warn": "警告", "mute": "禁言", "kick": "移出群"}[self.value]


@dataclass(frozen=True)
class Step:
    """One rung: the measure, and for a mute how long."""

    measure: Measure
    mute: timedelta = timedelta()


DEFAULT_STEPS: tuple[Step, ...] = (
    Step(Measure.WARN),
    Step(Measure.MUTE, timedelta(minutes=10)),
    Step(Measure.MUTE, timedelta(days=1)),
    Step(Measure.KICK),
)
REMINDER = Step(Measure.REMIND)
"""Off the ladder: for what is taken back for the sender's own sake."""
DEFAULT_WINDOW = timedelta(days=30)


def next_step(
    strikes: int, severity: Severity, steps: tuple[Step, ...] = DEFAULT_STEPS
) -> tuple[int, Step]:
    """Pick the rung for somebody with `strikes` earlier offences in the window.

    Returns the rung's number from 1 and the rung. A severe offence starts one rung higher but
    never reaches the last rung, removal, at the first offence.
    """
    index = min(strikes, len(steps) - 1)
    if severity is Severity.SEVERE:
        highest = len(steps) - 1 if strikes else max(0, len(steps) - 2)
        index = min(index + 1, highest)
    return index + 1, steps[index]
