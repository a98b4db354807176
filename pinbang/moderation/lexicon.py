"""Load the expressions a judge looks for from a text file that can be edited line by line."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

KEY_LENGTH = 2
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


@lru_cache(maxsize=64)
def pairs_in(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters in `text`, digits as 0: what keys are for.

    Remembered, because several judges ask in turn.
    """
    plain = text.translate(_DIGITS)
    return frozenset(map(str.__add__, plain, plain[1:]))
