"""How Chinese text sounds: characters and pinyin reduced to syllables without their tones.

A syllable is one character of Unicode's private use area, so that a text stays a plain string that
can be cut and compared. 政府, 证副 and `zheng fu` sound the same. Characters outside the table and
Latin letters that spell no pinyin stay as they are.
"""

import re
from functools import lru_cache
from pathlib import Path

_FIRST = 0xE000
_LONGEST_SYLLABLE = 6
_LONGEST_RUN = 40
"""Letters without a blank that may still be pinyin; a word of our own is never that long."""
_LATIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_APART = re.compile(r"(?<![a-z0-9.\-/@_])[a-z]+(?: [a-z]+)*(?![a-z0-9\-/@_])")


def _load() -> tuple[dict[str, str], dict[str, str]]:
    """Return syllable → sign and character → sign from the file, see scripts/make_syllables.py."""
    signs: dict[str, str] = {}
    characters: dict[str, str] = {}
    path = Path(__file__).with_name("syllables.txt")
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        syllable, _, read_so = line.partition(" ")
        if not syllable.isalpha():
            continue
        sign = signs[syllable] = chr(_FIRST + len(signs))
        for character in read_so.replace("|", ""):
            characters[character] = sign
    return signs, characters


_SIGNS, _CHARACTERS = _load()
SOUNDS = frozenset(_SIGNS.values())
"""The characters that stand for syllables."""


@lru_cache(maxsize=4096)
def syllables(run: str) -> tuple[str, ...]:
    """Cut lower-case letters into pinyin syllables, as few as will do; () if that cannot be."""
    size = len(run)
    if size > _LONGEST_RUN:
        return ()
    best: list[tuple[str, ...] | None] = [(), *[None] * size]
    for start in range(size):
        before = best[start]
        if before is None:
            continue
        for end in range(start + 1, min(size, start + _LONGEST_SYLLABLE) + 1):
            shorter = best[end] is None or len(best[end] or ()) > len(before) + 1
            if shorter and run[start:end] in _SIGNS:
                best[end] = (*before, run[start:end])
    return best[size] or ()


def phrase_syllables(phrase: str) -> tuple[str, ...]:
    """Cut words of letters between single blanks into syllables; () unless every word is pinyin.

    A single letter is no pinyin here: 维生素 a, e 盘.
    """
    found: list[str] = []
    for run in phrase.split(" "):
        cut = syllables(run) if len(run) > 1 else ()
        if not cut:
            return ()
        found += cut
    return tuple(found)


def latin_phrases(text: str) -> list[str]:
    """Return the runs of lower-case letters in `text`, words with single blanks between as one.

    Parts of names, addresses and models (note11, usb-c, t.me) are left out.
    """
    return _APART.findall(text)


def sounding(text: str) -> str:
    """Replace, in normalised text, what is read as Chinese by the signs of its syllables."""
    if _LATIN.search(text) is not None:
        text = _LATIN.sub(_sounded, text)
    return "".join(map(_CHARACTERS.get, text, text))


def _sounded(match: re.Match[str]) -> str:
    phrase = match.group()
    return "".join(map(_SIGNS.__getitem__, phrase_syllables(phrase))) or phrase
