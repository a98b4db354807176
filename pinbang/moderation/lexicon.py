"""Load the expressions a judge looks for from a text file that can be edited line by line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import add
from pathlib import Path

from ahocorasick_rs import AhoCorasick

KEY_LENGTH = 2
_DIGIT = re.compile("[1-9]")
_DIGITS = str.maketrans("123456789", "0" * 9)


def load_lines(path: Path) -> list[str]:
    """Return the lines of a UTF-8 file without blank ones and comments, which start with #."""
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def load_expressions(path: Path, names: Mapping[str, str] | None = None) -> re.Pattern[str]:
    """Compile a file of regular expressions, one a line, into one that finds any of them.

    `names` maps words in capitals, as they stand in the file, to the expressions they stand for.

    Raises:
        ValueError: a line is no regular expression or matches nothing at all, so everything.
    """
    parts: list[str] = []
    for line in load_lines(path):
        expression = line
        for name, meaning in (names or {}).items():
            expression = expression.replace(name, f"(?:{meaning})")
        try:
            matches_nothing = re.compile(expression).match("") is not None
        except re.error as error:
            raise ValueError(f"{path.name}: {line}: {error}") from error
        if matches_nothing:
            raise ValueError(f"{path.name}: {line}: matches the empty text")
        parts.append(f"(?:{expression})")
    return re.compile("|".join(parts))


def load_keys(path: Path) -> frozenset[str]:
    """Return the pairs of characters written by `scripts/make_lexicon_keys.py`."""
    lines = path.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if len(line) == KEY_LENGTH)


class Screen:
    """Tells in one pass which of several lexicons a text may match, by their keys.

    Costs the same however many lexicons and keys there are. A lexicon without keys is always
    reported.
    """

    def __init__(self, keys: Iterable[frozenset[str]]) -> None:
        owners: dict[str, list[int]] = {}
        always: list[int] = []
        for number, own in enumerate(keys):
            if not own:
                always.append(number)
            for key in own:
                owners.setdefault(key, []).append(number)
        self._owners = tuple(owners.values())
        self._always = tuple(always)
        self._find = AhoCorasick(list(owners), store_patterns=False).find_matches_as_indexes

    def likely(self, text: str) -> Sequence[int]:
        """Return the places, in ascending order, of the lexicons that `text` may match."""
        if _DIGIT.search(text) is not None:
            text = text.translate(_DIGITS)
        found = self._find(text, overlapping=True)
        if not found:
            return self._always
        numbers = set(self._always)
        for key, _, _ in found:
            numbers.update(self._owners[key])
        return sorted(numbers)


@lru_cache(maxsize=64)
def pairs_in(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters in `text`, digits as 0: what keys are for.

    Remembered, because several judges ask in turn.
    """
    if _DIGIT.search(text) is not None:
        text = text.translate(_DIGITS)
    return frozenset(map(add, text, text[1:]))
