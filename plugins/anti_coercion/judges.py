"""Judge whether a message forces others to help.

Asking, asking again, offering to help back and reminding in a friendly way are what the group is
for; ordering, threatening and abusing those who do not help are not. The score is the sum of the
clues, squashed (`pinbang.moderation.weighing`): 0.6, the guard's threshold, is reached at 1.33.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pinbang.moderation.judging import Finding, Severity, judge
from pinbang.moderation.lexicon import Screen, load_expressions, load_keys
from pinbang.moderation.reading import MessageView
from pinbang.moderation.weighing import Clue, weigh

_MIN_SCORE = 0.2
"""Below this there is nothing worth telling the guard."""
MAX_READ = 1000
"""Characters that are read; force is short."""

_LEXICON = Path(__file__).parent / "lexicon"


@dataclass(frozen=True)
class _Force:
    """One file of expressions: what it weighs, how bad it is, and how to say so."""

    weight: float
    severity: Severity
    label: str
    reason: str
    pattern: re.Pattern[str]
    keys: frozenset[str]


def _force(name: str, weight: float, severity: Severity, label: str, reason: str) -> _Force:
    pattern = load_expressions(_LEXICON / f"{name}.txt")
    keys = load_keys(_LEXICON / "keys" / f"{name}.txt")
    return _Force(weight, severity, label, reason, pattern, keys)


_FORCES = (
    _force("threats", 1.6, Severity.MEDIUM, "威胁", "用踢人、拉黑、曝光等威胁不帮忙的人"),
    _force("orders", 1.4, Severity.LIGHT, "强迫助力", "命令别人助力"),
    _force("demands", 1.4, Severity.LIGHT, "逼人回助", "咄咄逼人地要别人回助"),
    _force("pressure", 1.4, Severity.LIGHT, "强迫助力", "辱骂或指责不帮忙的人"),
)
_SCREEN = Screen(force.keys for force in _FORCES)
_ABOUT = load_expressions(_LEXICON / "about.txt")
_ABOUT_RELIEF = 1.0


@judge("coercion", title="强迫", rule="互助自愿，不强迫、不买卖")
def forces(message: MessageView) -> Finding | None:
    """Object to orders, threats and abuse that are to make others help.

    Requests, offers to help back and friendly reminders pass. Scores of 0.6 and more (the guard's
    default threshold) are meant to be acted on.
    """
    text = message.normalised.text[:MAX_READ]
    likely = map(_FORCES.__getitem__, _SCREEN.likely(text))
    found = [force for force in likely if force.pattern.search(text) is not None]
    if not found:
        return None
    relief = _ABOUT_RELIEF if _ABOUT.search(text) is not None else 0.0
    score = weigh((Clue(force.weight, force.reason) for force in found), relief=relief)
    if score < _MIN_SCORE:
        return None
    worst = max(found, key=lambda force: force.severity)
    evidence = tuple(dict.fromkeys(force.reason for force in found))
    return Finding("coercion", worst.label, worst.severity, round(score, 3), evidence)
