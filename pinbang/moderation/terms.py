"""A group's own words: which of them are in a message, and what that adds to the judges' findings.

All words of a group are looked for at once by an Aho-Corasick automaton, so that a message costs
the same with a thousand words and with sixty thousand.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ahocorasick_rs import AhoCorasick

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.reading import MessageView
from pinbang.moderation.weighing import points_of, squash
from pinbang.text.links import find_links
from pinbang.text.normalise import fold, normalise

ALLOWED = "放行"
"""The category of words and hosts that take points off; those of the others add points."""
JUDGES = {"广告": "ad", "辱骂": "civility", "诈骗": "scam"}
"""The judge that each of the other categories speaks to."""
CATEGORIES = (*JUDGES, ALLOWED)

FIRST_HIT, NEXT_HIT, MOST_NEXT = 1.4, 0.4, 2
"""Points for the first word of a judge found in a message, for each further one, and how many."""
RELIEF, MOST_RELIEVING = 1.5, 2
"""Points that an allowed word takes off, and how many of them count: more would hide any ad."""
LEAST_SCORE = 0.2
"""Below this there is nothing worth telling the guard."""
MOST_EVIDENCE = 3

MAX_TERM = 60
MIN_CHARACTERS = 2
MAX_WILDCARDS = 5
LONGEST_GAP = 8
"""Characters that a `*` may stand for; a `?` stands for exactly one."""
MAX_PATTERNS = 1000
"""Patterns of one group; a plain word costs nothing, a pattern does where its pieces occur."""
MAX_PLACES = 50
"""Places of one piece of a pattern in a message that are looked at."""

_WILDCARDS = re.compile(r"[*?＊？]+")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Term:
    """A word of a group; with `is_pattern`, `*` and `?` in it are wildcards.

    `number` is what people call it by; `category` one of CATEGORIES; `text` is as it was written;
    it holds for messages sent before `until`, seconds since 1970, or for ever.
    """

    number: int
    category: str
    text: str
    is_pattern: bool
    until: int | None = None


def is_pattern(text: str) -> bool:
    """Tell whether a text has wildcards in it."""
    return _WILDCARDS.search(text) is not None


def tidied(text: str) -> str:
    """Return a term as it is stored: no blanks around it, single ones inside, no idle wildcards."""
    return _BLANKS.sub(" ", text).strip().strip("*＊").strip()


def comparable(text: str) -> str:
    """Return what is equal for terms that find the same, whatever their width and disguise."""
    if not is_pattern(text):
        return normalise(text).text.strip()
    signs = (fold(match.group()).text for match in _WILDCARDS.finditer(text))
    pieces = [normalise(piece).text for piece in _WILDCARDS.split(text)]
    return "".join(piece + sign for piece, sign in zip(pieces, [*signs, ""], strict=True))


def problem_with(text: str) -> str | None:
    """Say in Chinese why a tidied text cannot be a term, or None when it can."""
    if len(text) > MAX_TERM:
        return f"太长（最多 {MAX_TERM} 个字）"
    wildcards = "".join(_WILDCARDS.findall(text))
    if len(wildcards) > MAX_WILDCARDS:
        return f"* 和 ? 太多（最多 {MAX_WILDCARDS} 个）"
    letters = sum(character.isalnum() for character in fold(text).text)
    if letters < MIN_CHARACTERS:
        return f"太短（至少 {MIN_CHARACTERS} 个字）"
    return None


def host_in(text: str) -> str | None:
    """Return the host of a text that is nothing but an address, None for any other."""
    if "." not in text and "。" not in text:
        return None
    for link in find_links(text):
        return link.host if link.end - link.start == len(text) else None
    return None


_Place = tuple[int, int]
_Gap = tuple[int, int]


@dataclass(frozen=True)
class _Pattern:
    """A term with wildcards: pieces in order, each in one or two spellings, and what is between.

    `gaps` holds the fewest and the most characters before the first piece, between neighbours and
    after the last one.
    """

    term: int
    pieces: tuple[tuple[int, ...], ...]
    gaps: tuple[_Gap, ...]

    def fits(self, text: str, places: dict[int, list[_Place]]) -> bool:
        """Tell whether the pieces stand in order with the right gaps; linear in their places."""
        if not all(any(one in places for one in spellings) for spellings in self.pieces):
            return False
        ends: list[int] = []
        for index, spellings in enumerate(self.pieces):
            fewest, most = self.gaps[index]
            reached: set[int] = set()
            for start, end in (place for one in spellings for place in places.get(one, ())):
                if index == 0:
                    fits = start >= fewest and (fewest > 0 or _begins(text, start))
                else:
                    nearest = bisect_left(ends, start - most)
                    fits = nearest < len(ends) and ends[nearest] <= start - fewest
                if fits:
                    reached.add(end)
            ends = sorted(reached)
        after, _ = self.gaps[-1]
        return any(end + after <= len(text) and (after or _ends(text, end)) for end in ends)


def _alphanumeric(text: str, index: int) -> bool:
    character = text[index]
    return character.isascii() and character.isalnum()


def _begins(text: str, start: int) -> bool:
    """Tell whether an ASCII word may start here: abc is no part of xabc, 微信 is one of 加微信."""
    return start == 0 or not (_alphanumeric(text, start - 1) and _alphanumeric(text, start))


def _ends(text: str, end: int) -> bool:
    return end == len(text) or not (_alphanumeric(text, end) and _alphanumeric(text, end - 1))


def _spellings(text: str) -> tuple[str, ...]:
    """Return a text as it may stand in a message: disguises undone, or only folded.

    What surrounds a word in a message can have it read otherwise, so both are looked for.
    """
    plain = normalise(text).text
    forms = (plain,) if plain == text else (plain.strip(), fold(text).text.strip())
    return tuple(dict.fromkeys(form for form in forms if form))


@dataclass
class _Index:
    """The automaton, and which terms each of its strings stands for."""

    strings: dict[str, int] = field(default_factory=dict)
    exact: dict[int, list[int]] = field(default_factory=dict)
    pieces: set[int] = field(default_factory=set)
    patterns: dict[int, list[_Pattern]] = field(default_factory=dict)
    """Patterns by the longest of their pieces: only when it is there they are looked at."""
    hosts: dict[str, list[int]] = field(default_factory=dict)
    automaton: AhoCorasick | None = None

    def string(self, text: str) -> int:
        return self.strings.setdefault(text, len(self.strings))

    def add(self, index: int, term: Term) -> None:
        if term.is_pattern:
            self._add_pattern(index, term.text)
            return
        if (host := host_in(term.text)) is not None:
            self.hosts.setdefault(host, []).append(index)
            return
        for form in _spellings(term.text):
            if len(form) >= MIN_CHARACTERS:
                self.exact.setdefault(self.string(form), []).append(index)

    def _add_pattern(self, index: int, text: str) -> None:
        signs = [_gap(match.group()) for match in _WILDCARDS.finditer(text)]
        pieces = _WILDCARDS.split(text)
        nothing = (0, 0)
        gaps = [signs.pop(0) if not pieces[0].strip() and signs else nothing]
        trailing = signs.pop() if not pieces[-1].strip() and signs else nothing
        gaps += [*signs, trailing]
        written = [_spellings(piece) for piece in pieces if piece.strip()]
        if not written or not all(written):
            return
        numbers = tuple(tuple(map(self.string, spellings)) for spellings in written)
        pattern = _Pattern(index, numbers, tuple(gaps))
        self.pieces.update(number for spellings in numbers for number in spellings)
        longest = max(range(len(written)), key=lambda place: len(written[place][0]))
        for number in numbers[longest]:
            self.patterns.setdefault(number, []).append(pattern)

    def build(self) -> None:
        if self.strings:
            self.automaton = AhoCorasick(list(self.strings), store_patterns=False)

    def find(self, text: str) -> set[int]:
        """Return the indices of the terms in a text."""
        found: set[int] = set()
        if self.automaton is None:
            return found
        places: dict[int, list[_Place]] = {}
        for string, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True):
            if (terms := self.exact.get(string)) is not None and (
                _begins(text, start) and _ends(text, end)
            ):
                found.update(terms)
            if string in self.pieces:
                kept = places.setdefault(string, [])
                if len(kept) < MAX_PLACES:
                    kept.append((start, end))
        for string in places:
            for pattern in self.patterns.get(string, ()):
                if pattern.term not in found and pattern.fits(text, places):
                    found.add(pattern.term)
        return found

    def of_host(self, host: str) -> Iterable[int]:
        """Return the indices of the terms that are this host or one it lies under."""
        while host:
            yield from self.hosts.get(host, ())
            host = host.partition(".")[2]


def _gap(signs: str) -> _Gap:
    single = sum(sign in "?？" for sign in signs)
    return single, single + LONGEST_GAP * (len(signs) - single)


class Terms:
    """All words of one group; looked for and weighed without a clock and without I/O."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self._terms = tuple(terms)

    def __len__(self) -> int:
        return len(self._terms)

    def with_term(self, term: Term) -> "Terms":
        """Return these words and one more."""
        return Terms((*self._terms, term))

    @cached_property
    def _index(self) -> _Index:
        index = _Index()
        for number, term in enumerate(self._terms):
            index.add(number, term)
        index.build()
        return index

    def prepare(self) -> None:
        """Build now what the first message would have to wait for; half a second for 60,000."""
        _ = self._index

    def matches(self, view: MessageView) -> tuple[Term, ...]:
        """Return the words that are in a message, in the order of their numbers.

        A word of letters or digits counts only where it stands by itself, a host where a link or
        card leads to it or to a host under it.
        """
        if not self._terms:
            return ()
        index = self._index
        text = view.normalised.text
        found = index.find(text)
        folded = fold(view.readable).text
        if folded != text:
            found |= index.find(folded)
        if index.hosts:
            found.update(term for link in view.links for term in index.of_host(link.host))
        terms = (self._terms[number] for number in found)
        valid = (term for term in terms if term.until is None or view.time < term.until)
        return tuple(sorted(valid, key=lambda term: term.number))

    def adjust(self, view: MessageView, found: Sequence[Finding]) -> Sequence[Finding]:
        """Add what words of the group say to the findings; the same ones when there are none.

        A word is no evidence independent of what a judge saw, so it makes nothing severe.
        """
        hits = self.matches(view)
        if not hits:
            return found
        allowed = sum(term.category == ALLOWED for term in hits)
        relief = RELIEF * min(allowed, MOST_RELIEVING)
        against: dict[str, list[Term]] = {}
        for term in hits:
            if (judge := JUDGES.get(term.category)) is not None:
                against.setdefault(judge, []).append(term)
        weighed = [_weighed(one, against.pop(one.judge, []), relief) for one in found]
        weighed += [_by_words(judge, terms, relief) for judge, terms in against.items()]
        return [one for one in weighed if one is not None]


def _points(terms: Sequence[Term]) -> float:
    return FIRST_HIT + NEXT_HIT * min(len(terms) - 1, MOST_NEXT) if terms else 0.0


def _evidence(terms: Sequence[Term]) -> tuple[str, ...]:
    shown = terms[:MOST_EVIDENCE]
    return tuple(f"命中本群词库（{term.number} 号：{term.category}）" for term in shown)


def _weighed(finding: Finding, terms: Sequence[Term], relief: float) -> Finding | None:
    if finding.judge not in JUDGES.values() or not (terms or relief):
        return finding
    points = points_of(finding.score) + _points(terms) - relief
    score = round(squash(points), 3)
    if score < LEAST_SCORE:
        return None
    return replace(
        finding,
        score=score,
        evidence=(*finding.evidence, *_evidence(terms)),
        grounds=finding.independent,
        mild=finding.mild and not terms,
    )


def _by_words(judge: str, terms: Sequence[Term], relief: float) -> Finding | None:
    score = round(squash(_points(terms) - relief), 3)
    if score < LEAST_SCORE:
        return None
    severity = Severity.MEDIUM if len(terms) > 1 else Severity.LIGHT
    return Finding(judge, terms[0].category, severity, score, _evidence(terms))
