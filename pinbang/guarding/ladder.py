"""The ladder of sanctions: milder first, harsher for who does it again, never by chance."""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from pinbang.moderation.judging import Severity
from pinbang.text.durations import format_duration, parse_duration


class Measure(str, Enum):
    """What is done to the sender, besides recalling the message.

    NUDGE and REMIND are no sanctions: a nudge leaves the message where it is, a reminder follows
    the recall of what was taken back for the sender's own sake.
    """

    NUDGE = "nudge"
    REMIND = "remind"
    WARN = "warn"
    MUTE = "mute"
    KICK = "kick"

    @property
    def words(self) -> str:
        """The measure as people call it."""
        return _WORDS[self]

    @property
    def is_sanction(self) -> bool:
        """Whether it counts against the member."""
        return self not in {Measure.NUDGE, Measure.REMIND}


_WORDS = {
    Measure.NUDGE: "口头提醒",
    Measure.REMIND: "提醒",
    Measure.WARN: "警告",
    Measure.MUTE: "禁言",
    Measure.KICK: "移出群",
}


@dataclass(frozen=True)
class Step:
    """One rung: the measure, and for a mute how long."""

    measure: Measure
    mute: timedelta = timedelta()

    @property
    def words(self) -> str:
        """The rung as people write it: 警告, 禁言 10 分钟, 移出群."""
        if self.measure is Measure.MUTE:
            return f"禁言 {format_duration(self.mute)}"
        return self.measure.words


DEFAULT_STEPS: tuple[Step, ...] = (
    Step(Measure.WARN),
    Step(Measure.MUTE, timedelta(minutes=10)),
    Step(Measure.MUTE, timedelta(days=1)),
    Step(Measure.KICK),
)
REMINDER = Step(Measure.REMIND)
"""Off the ladder: for what is taken back for the sender's own sake."""
A_NUDGE = Step(Measure.NUDGE)
"""Off the ladder: for what only sounds wrong."""
HALF_LIFE = timedelta(days=30)
LONGEST_MUTE = timedelta(days=30)
"""QQ mutes nobody for longer."""
MOST_STEPS = 10


def decayed(ages: Iterable[timedelta], half_life: timedelta = HALF_LIFE) -> float:
    """Add up earlier offences, each counting half as much after every `half_life`."""
    return math.fsum(0.5 ** (max(age, timedelta()) / half_life) for age in ages)


def next_step(
    strikes: float,
    severity: Severity,
    steps: tuple[Step, ...] = DEFAULT_STEPS,
    *,
    severe_at_once: bool = True,
) -> tuple[int, Step]:
    """Pick the rung for somebody whose earlier offences add up to `strikes`.

    Returns the rung's number from 1 and the rung. Half an offence still counts as one, so an
    offence of up to one half-life ago takes the next to the rung above. What is severe goes to
    the last rung at once, or with `severe_at_once` off one rung higher than its turn, yet then
    not to the last at the first offence.
    """
    last = len(steps) - 1
    index = min(math.floor(strikes + 0.5), last)
    if severity is Severity.SEVERE:
        highest = last if severe_at_once or index else max(0, last - 1)
        index = highest if severe_at_once else min(index + 1, highest)
    return index + 1, steps[index]


_MUTE = re.compile(r"禁言?(?P<length>.*)")
_PLAIN = {
    "警告": Measure.WARN,
    "提示": Measure.WARN,
    "移出": Measure.KICK,
    "移出群": Measure.KICK,
    "踢": Measure.KICK,
    "踢人": Measure.KICK,
    "踢出": Measure.KICK,
    "踢出群": Measure.KICK,
    "移除": Measure.KICK,
}
_BETWEEN = re.compile(r"[\s,，、;；→➜>＞|]+")
_GOES_ON = re.compile(r"[\d零一二两三四五六七八九十百半个分小刻天日周星]")


def read_steps(words: Sequence[str]) -> tuple[Step, ...]:
    """Read a ladder as admins write it: 警告, 禁言10分钟, 禁言1天, 移出.

    A rung may come in pieces, as 禁言, 10, 分钟.

    Raises:
        ValueError: with a Chinese text that says what is wrong: an unknown rung, a mute that is
            no length of time or too long, a rung after removal, a milder one after a harsher one.
    """
    rungs = _rungs(words)
    if not 1 <= len(rungs) <= MOST_STEPS:
        raise ValueError(f"阶梯要有 1 到 {MOST_STEPS} 级，例如 警告，禁言10分钟，移出")
    steps: list[Step] = []
    for word in rungs:
        step = _read_step(word)
        if steps and _weight(step) < _weight(steps[-1]):
            raise ValueError(f"“{step.words}”比前一级“{steps[-1].words}”还轻，请从轻到重写")
        if steps and steps[-1].measure is Measure.KICK:
            raise ValueError("“移出”之后不能再有下一级")
        steps.append(step)
    return tuple(steps)


def _rungs(words: Sequence[str]) -> list[str]:
    """Put together what stands between two rungs: people write 禁言 1 天, too."""
    rungs: list[str] = []
    for piece in _BETWEEN.split(unicodedata.normalize("NFKC", " ".join(words))):
        if rungs and piece and rungs[-1].startswith("禁") and _GOES_ON.match(piece):
            rungs[-1] += piece
        elif piece:
            rungs.append(piece)
    return rungs


def _read_step(word: str) -> Step:
    if (measure := _PLAIN.get(word)) is not None:
        return Step(measure)
    match = _MUTE.fullmatch(word)
    if match is None:
        raise ValueError(f"看不懂“{word[:12]}”，每级写 警告、禁言10分钟 或 移出")
    length = parse_duration(match["length"])
    if length is None:
        raise ValueError(f"看不懂“{word[:12]}”要禁言多久，写成 禁言10分钟、禁言1天 这样")
    if length > LONGEST_MUTE:
        raise ValueError("禁言最长 30 天")
    return Step(Measure.MUTE, max(length, timedelta(minutes=1)))


def _weight(step: Step) -> tuple[int, timedelta]:
    return [Measure.WARN, Measure.MUTE, Measure.KICK].index(step.measure), step.mute
