"""Show a text without what identifies people: numbers, names of accounts, addresses, codes."""

import re
from collections.abc import Iterator

from pinbang.text.normalise import normalise
from pinbang.text.numbers import find_contacts
from pinbang.text.personal_data import find_personal_data

MASK = "***"

# Account names no cue stands before: a word of six with a digit in it, five digits.
_LIKE_A_NAME = re.compile(
    r"(?<![a-z0-9])(?=[a-z_\-]{0,30}\d)[a-z0-9_\-]{6,64}|\d(?:[ \-]?\d){4,30}"
)


def masked(text: str) -> str:
    """Return `text` as it was written, with `***` for personal data, contacts and long numbers."""
    normalised = normalise(text)
    spans = [normalised.original_span(*span) for span in _identifying(normalised.text)]
    parts: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if end <= done:
            continue
        if start >= done:
            parts += (text[done:start], MASK)
        done = end
    parts.append(text[done:])
    return "".join(parts)


def _identifying(text: str) -> Iterator[tuple[int, int]]:
    for piece in find_personal_data(text):
        yield piece.start, piece.end
    for contact in find_contacts(text):
        yield contact.start, contact.end
    for match in _LIKE_A_NAME.finditer(text):
        yield match.span()
