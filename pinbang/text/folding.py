"""Fold single characters, keeping for each where it came from.

Compatibility forms, invisible marks, case, Traditional and variant characters, look-alike letters,
digits in circles: whatever can be said of a character without looking at its neighbours.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from opencc import OpenCC


class Normalised(NamedTuple):
    """Folded text and, for each of its characters, the index it came from in the original.

    `offsets` never decreases and has one entry per character; `length` is the original's length.
    """

    text: str
    offsets: tuple[int, ...]
    length: int

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the original that `text[start:end]` stands for.

        Characters dropped inside or right after the part belong to it. Indices out of range are
        clamped; an empty part gives an empty span.
        """
        size = len(self.text)
        start = min(max(start, 0), size)
        end = min(max(end, start), size)
        first = self.offsets[start] if start < size else self.length
        if start == end:
            return first, first
        last = self.offsets[end] if end < size else self.length
        return first, max(last, self.offsets[end - 1] + 1)


def _simplified() -> dict[str, str]:
    """Take OpenCC's character table, so that one character always stays one character."""
    source = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    converter = cast(Any, OpenCC("t2s"))
    target = str(converter.convert("\n".join(source))).split("\n")
    table = {a: b for a, b in zip(source, target, strict=True) if a != b and len(b) == 1}
    table.update(妳="你", 儍="傻")
    return table


_SIMPLIFIED = _simplified()

# Look-alikes that no Unicode compatibility form covers.
_LOOK_ALIKE_PAIRS = (
    ("аеёікмнорстухѕјѵԛԝһӏ", "aeeikmhopctyxsjvqwhl"),
    ("αβγεζηικνορτυχω", "abyeznikvoptuxw"),
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıɡ", "abcdefghijklmnoprstuvwyzig"),
    ("⺅⺡⺘⺖⻌⻍⻎⺾⺿⻀⺨⺭⻂⻈⻐⺰⻠⻏⻖⺉", "亻氵扌忄辶辶辶艹艹艹犭礻衤讠钅纟饣阝阝刂"),
    ("♥♡💓💔💕💖💗💘💙💚💛💜💝💞💟🖤🤍🤎🧡🩷🩵🩶", "❤" * 22),
    ("➕✚✛✜", "++++"),
    ("➖➗∶꞉ː", "-/:::"),
    ("峮宭", "群群"),
    # Variants that current writing does not use, and shapes of the Martian script.
    (
        "迗伩缐恵寳宻愽氺氷訫亇丄丅罓囙叧俬沵伱鉨莪哋卟媞湜岼汏恠欵菿",
        "送信线惠宝密博水冰心个上下网因另私你你你我地不是是平大怪款到",
    ),
    (
        "価売広応沢図団気対経単検権帰円囲楽駅験実乗続総営発様変",
        "价卖广应泽图团气对经单检权归元围乐驿验实乘续总营发样变",
    ),
)
_LOOK_ALIKE = {
    a: b for alike, plain in _LOOK_ALIKE_PAIRS for a, b in zip(alike, plain, strict=True)
}
_BLANK = frozenset("\t\v\f\u2800")
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
_DROPPED = frozenset({"Cf", "Cc", "Cs", "Mn", "Me"})
# First code points of A–Z in alphabets of framed letters, and of 1–10 in framed digits.
_FRAMED_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)
# ⑴, ⒈ and ⒜: what is framed counts, not the frame.
_PARENTHESISED: tuple[tuple[int, int, Callable[[int], str]], ...] = (
    (0x2474, 20, lambda index: str(index + 1)),
    (0x2488, 20, lambda index: str(index + 1)),
    (0x249C, 26, lambda index: chr(ord("a") + index)),
)


def _compatible(character: str) -> str:
    """Fold width, style, case and invisible marks of one character, not its shape."""
    code = ord(character)
    for first in _FRAMED_ALPHABETS:
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    if character == "🔟":
        return "10"
    for first, count, plain in _PARENTHESISED:
        if first <= code < first + count:
            return plain(code - first)
    if character == "\n" or character in "\u2028\u2029\x85":
        return "\n"
    if character in _BLANK:
        return " "
    if character in _INVISIBLE:
        return ""
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    if category == "Zs":
        return " "
    for form in (unicodedata.normalize("NFKC", character), character):
        folded = form.lower()
        if folded != character:
            return "".join(map(_compatible, folded))
    if category in {"Nd", "No"} and not character.isascii():
        number = unicodedata.numeric(character)
        if number.is_integer() and 0 <= number <= 20:
            return str(int(number))
    return character


def _shape(character: str) -> str:
    """Fold one character completely."""
    folded: list[str] = []
    for part in _compatible(character):
        plain = _SIMPLIFIED.get(part) or _LOOK_ALIKE.get(part)
        if plain is None and "\xc0" <= part < "\u1f00":
            base = unicodedata.normalize("NFD", part)[0]
            plain = base if base.isascii() else _LOOK_ALIKE.get(base)
        folded.append(part if plain is None else _shape(plain))
    return "".join(folded)


class _Table(dict[str, str]):
    """Answers for characters, worked out when first met."""

    _CAPACITY = 30_000  # a flood of rare characters must not fill the memory

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, character: str) -> str:
        folded = self._function(character)
        if len(self) < self._CAPACITY:
            self[character] = folded
        return folded


_COMPATIBLE = _Table(_compatible)
_SHAPE = _Table(_shape)


def _by_character(text: str, table: _Table) -> Normalised:
    plain = text
    if _UNUSUAL.search(text) is not None:
        for wide, narrow in _WIDE_SIGNS:
            text = text.replace(wide, narrow)
        plain = text.lower()
    if len(plain) == len(text) and _UNUSUAL.search(plain) is None:
        return Normalised(plain, tuple(range(len(plain))), len(plain))
    parts = [table[character] for character in text]
    folded = "".join(parts)
    if len(folded) == len(text) and "" not in parts:
        return Normalised(folded, tuple(range(len(text))), len(text))
    offsets = [index for index, part in enumerate(parts) for _ in part]
    return Normalised(folded, tuple(offsets), len(text))


def fold_width(text: str) -> Normalised:
    """Fold width, style, case and invisible marks only: what a browser also does to a host."""
    return _by_character(text, _COMPATIBLE)


def fold(text: str) -> Normalised:
    """Fold each character by itself, look-alike letters and Traditional characters included."""
    return _by_character(text, _SHAPE)


# Full-width punctuation is in every other message, and straightened faster all at once.
_WIDE_SIGNS = tuple((wide, _COMPATIBLE[wide]) for wide in "，！？：；（）～")

# Most messages hold nothing else: seen at once, without asking the tables for each character.
_STAYING = (
    "\n" + "".join(map(chr, (*range(0x20, 0x41), *range(0x5B, 0x7F)))) + "、。“”‘’—《》【】「」😂😭"
)
_USUAL = ({*_STAYING} | {chr(code) for code in range(0x4E00, 0xA000)}) - {
    *_SIMPLIFIED,
    *_LOOK_ALIKE,
}
_UNUSUAL = re.compile(f"[^{re.escape(''.join(sorted(_USUAL)))}]")
