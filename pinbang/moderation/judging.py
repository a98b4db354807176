"""Judges look at one message and say what is wrong with it; `decide` weighs what they said."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from pinbang.moderation.reading import MessageView


class Severity(IntEnum):
    """How much harm a message does."""

    LIGHT = 1
    MEDIUM = 2
    SEVERE = 3


@dataclass(frozen=True)
class Finding:
    """One judge's objection.

    `judge` is ad, civility, …; `label` the kind of offence in Chinese as shown to people;
    `score` lies in 0..1; `evidence` says in Chinese what was seen, each item on its own ground,
    never quoting personal data. `grounds` counts the pieces that stand by themselves, where some of
    them only repeat each other; None means all do. A finding without `strike` has the message
    recalled with a friendly word and is not counted against the sender. A `mild` one rests on tone
    alone: the message stays, the sender is asked once in a while to mind it.
    """

    judge: str
    label: str
    severity: Severity
    score: float
    evidence: tuple[str, ...]
    strike: bool = True
    mild: bool = False
    grounds: int | None = None

    @property
    def independent(self) -> int:
        """How many pieces of evidence stand by themselves."""
        return len(self.evidence) if self.grounds is None else self.grounds


JudgeFunction = Callable[[MessageView], Finding | None]
JudgeFailure = Callable[[str, Exception], None]


@dataclass(frozen=True)
class Judge:
    """A registered judge; `title` is its Chinese name, `rule` the group rule it enforces."""

    name: str
    title: str
    rule: str
    function: JudgeFunction


_judges: dict[str, Judge] = {}


def judge(name: str, *, title: str, rule: str) -> Callable[[JudgeFunction], JudgeFunction]:
    """Register a pure judge under `name`; a second registration under the name replaces it."""

    def register(function: JudgeFunction) -> JudgeFunction:
        _judges[name] = Judge(name, title, rule, function)
        return function

    return register


def registered_judges() -> Mapping[str, Judge]:
    """Return the judges by name, in order of registration."""
    return _judges


def findings(
    message: MessageView,
    *,
    disabled: Iterable[str] = (),
    on_failure: JudgeFailure,
) -> list[Finding]:
    """Ask every judge that is not disabled; a judge that raises is reported and skipped."""
    off = frozenset(disabled)
    found: list[Finding] = []
    for name, entry in _judges.items():
        if name in off:
            continue
        try:
            finding = entry.function(message)
        except Exception as error:  # noqa: BLE001 -- one judge's bug must not silence the others
            on_failure(name, error)
            continue
        if finding is not None:
            found.append(finding)
    return found


@dataclass(frozen=True)
class Decision:
    """What is held against a message: its worst finding and all that supports it.

    `also` lists earlier messages of the sender that belong to the offence and go with it.
    """

    finding: Finding
    supporting: tuple[Finding, ...]
    also: tuple[int, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """Every piece of evidence, the worst finding's first, without repetition."""
        pieces = [*self.finding.evidence]
        for other in self.supporting:
            pieces.extend(other.evidence)
        return tuple(dict.fromkeys(pieces))


def decide(found: Iterable[Finding], *, threshold: float) -> Decision | None:
    """Pick the worst finding whose score reaches `threshold`, or None to leave the message alone.

    What counts against the sender goes before what does not, and what only sounds wrong comes last.
    A severe finding that rests on fewer than two independent pieces of evidence counts as medium:
    removing a member on one clue costs more than a missed ad.
    """
    strong = sorted(
        (_tempered(finding) for finding in found if finding.score >= threshold),
        key=lambda finding: (not finding.mild, finding.strike, finding.severity, finding.score),
        reverse=True,
    )
    if not strong:
        return None
    return Decision(strong[0], tuple(strong[1:]))


def _tempered(finding: Finding) -> Finding:
    if finding.severity is Severity.SEVERE and finding.independent < 2:
        return replace(finding, severity=Severity.MEDIUM)
    return finding
