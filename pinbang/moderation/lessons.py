"""What a group's admins taught: texts that were judged wrongly, and how they count from then on.

A lesson is about one text and one judge of one group. A message that says the same is judged as
the lesson says; one that is only alike has its points moved a little; any other is left alone.
Texts are compared by the pairs of neighbouring characters they consist of.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.reading import MessageView
from pinbang.moderation.weighing import DEFAULT_THRESHOLD, points_of, squash
from pinbang.text.normalise import normalise

SAME = 0.8
"""From this similarity on a message says what the lesson's text says."""
NEAR = 0.5
"""Below this similarity a lesson has no effect."""
MOST_POINTS = 0.4
"""By how many points of evidence (see `squash`) texts that are only alike move a score at most."""
SHORTEST = 4
"""Texts of fewer characters count by equality only."""
LONGEST = 500
"""Longer texts are no lessons: too much else could be hidden in what is nearly the same."""
MOST_ADDED = 6
"""Pairs of characters a message may add to a harmless text; a contact has more of them."""
LEARNT_SCORE = round(squash(points_of(DEFAULT_THRESHOLD) + 0.1), 3)
"""What a message is given that says the same as a harmful one: just enough to be acted on."""

_EQUAL_ONLY = frozenset({"privacy"})
"""What tells two messages with personal data apart are the data."""
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Gist:
    """A text without its signs and spaces, and the pairs of neighbouring characters in it."""

    text: str
    pairs: frozenset[str] = field(repr=False)


def gist_of(normalised: str) -> Gist:
    """Reduce a normalised text to what it is compared by."""
    return _gist(_SIGNS.sub("", normalised))


def _gist(text: str) -> Gist:
    return Gist(text, frozenset(map(str.__add__, text, text[1:])))


def similarity(one: Gist, other: Gist) -> float:
    """Tell how alike two texts are, from 0 to 1 for equal ones.

    The share of common pairs in all pairs (Jaccard), at most the ratio of the lengths, so that
    repeating a text does not stay the same text.
    """
    if one.text == other.text:
        return 1.0
    shorter, longer = sorted((len(one.text), len(other.text)))
    if shorter < SHORTEST or shorter < NEAR * longer:
        return 0.0
    common = len(one.pairs & other.pairs)
    jaccard = common / (len(one.pairs) + len(other.pairs) - common)
    return min(jaccard, shorter / longer)


def can_be_learnt(text: str) -> bool:
    """Tell whether a text, as it was written, has words to go by and is not too long."""
    return 0 < len(gist_of(normalise(text).text).text) <= LONGEST


@dataclass(frozen=True)
class Lesson:
    """One text as it was written, and that `judge` was wrong about it.

    A `harmful` one was let pass, the others were objected to. `number` is the group's own, later
    ones are higher. `label` names the offence of a harmful one in Chinese.
    """

    number: int
    harmful: bool
    judge: str
    label: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Match:
    """A lesson that is like a message, and how much."""

    lesson: Lesson
    similarity: float
    same: bool


class Lessons:
    """The lessons of one group, ready to be compared with every message."""

    def __init__(self, lessons: Iterable[Lesson] = ()) -> None:
        self._known = [
            (lesson, gist)
            for lesson in lessons
            if 0 < len((gist := gist_of(normalise(lesson.text).text)).text) <= LONGEST
        ]
        self._longest = max((len(gist.text) for _, gist in self._known), default=0)
        self._equal: dict[str, list[int]] = {}
        self._by_pair: dict[str, list[int]] = {}
        how_many = Counter(pair for _, gist in self._known for pair in gist.pairs)
        for place, (_, gist) in enumerate(self._known):
            self._equal.setdefault(gist.text, []).append(place)
            if len(gist.text) < SHORTEST:
                continue
            # A text that is near shares at least half of the pairs, so one of these is among them.
            rarest = sorted(gist.pairs, key=lambda pair: (how_many[pair], pair))
            for pair in rarest[: len(rarest) // 2 + 1]:
                self._by_pair.setdefault(pair, []).append(place)

    def __len__(self) -> int:
        return len(self._known)

    def like(self, normalised: str) -> list[Match]:
        """Return the lessons that are near a normalised text, the likest and latest first."""
        if not self._known:
            return []
        text = _SIGNS.sub("", normalised)
        if not text or len(text) * NEAR > self._longest:
            return []
        gist = _gist(text)
        places = set(self._equal.get(text, ()))
        for pair in gist.pairs:
            if (holding := self._by_pair.get(pair)) is not None:
                places.update(holding)
        matches: list[Match] = []
        for place in places:
            lesson, known = self._known[place]
            alike = similarity(gist, known)
            if alike < NEAR or (lesson.judge in _EQUAL_ONLY and known.text != text):
                continue
            added = 0 if lesson.harmful else len(gist.pairs - known.pairs)
            matches.append(Match(lesson, alike, alike >= SAME and added <= MOST_ADDED))
        matches.sort(key=lambda match: (-match.similarity, -match.lesson.number))
        return matches

    def adjust(self, view: MessageView, found: Sequence[Finding]) -> Sequence[Finding]:
        """Return the findings as the lessons have them; those of other judges stay as they are."""
        if not self._known:
            return found
        matches = self.like(view.normalised.text)
        if not matches:
            return found
        adjusted = list(found)
        for judge in dict.fromkeys(match.lesson.judge for match in matches):
            own = [match for match in matches if match.lesson.judge == judge]
            decisive = next((match.lesson for match in own if match.same), None)
            if decisive is None:
                adjusted = [_moved(one, own) if one.judge == judge else one for one in adjusted]
            elif not decisive.harmful:
                adjusted = [one for one in adjusted if one.judge != judge]
            elif any(one.judge == judge for one in adjusted):
                adjusted = [
                    _raised(one, decisive) if one.judge == judge else one for one in adjusted
                ]
            else:
                adjusted.append(_finding(decisive))
        return adjusted


def _finding(lesson: Lesson) -> Finding:
    kept_back = lesson.judge in _EQUAL_ONLY
    return Finding(
        lesson.judge,
        lesson.label,
        Severity.MEDIUM,
        LEARNT_SCORE,
        (_same_as(lesson) + ("的个人信息" if kept_back else ""),),
        strike=not kept_back,
    )


def _raised(finding: Finding, lesson: Lesson) -> Finding:
    return replace(
        finding,
        score=max(finding.score, LEARNT_SCORE),
        evidence=(*finding.evidence, _same_as(lesson)),
        grounds=finding.independent,
        mild=False,
    )


def _moved(finding: Finding, matches: Sequence[Match]) -> Finding:
    against = next((match for match in matches if match.lesson.harmful), None)
    relieving = next((match for match in matches if not match.lesson.harmful), None)
    points = _points(against) - _points(relieving)
    if not points:
        return finding
    evidence = list(finding.evidence)
    if against is not None:
        evidence.append(f"与本群 {against.lesson.number} 号学习记录相近")
    if relieving is not None:
        evidence.append(f"与本群 {relieving.lesson.number} 号学习记录（误判）相近，从宽")
    return replace(
        finding,
        score=squash(points_of(finding.score) + points),
        evidence=tuple(evidence),
        grounds=finding.independent,
    )


def _points(match: Match | None) -> float:
    if match is None:
        return 0.0
    return MOST_POINTS * (min(match.similarity, SAME) - NEAR) / (SAME - NEAR)


def _same_as(lesson: Lesson) -> str:
    return f"与本群 {lesson.number} 号学习记录相同"
