"""Fold the disguises people type, keeping for each character where it came from.

Two steps. `fold` treats every character by itself: compatibility forms, invisible marks, case,
Traditional characters, look-alike letters, digits in circles. `normalise` then looks at the
neighbourhood: split characters, homophones of 微信 and 群, digits spelt in Chinese, letters
spread out with separators. A harmless text comes out as the first step left it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from opencc import OpenCC

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_MAX_PASSES = 5
"""One rewriting may enable another; no message found so far needs more than three passes."""


@dataclass(frozen=True)
class Normalised:
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


# --- step 1: one character at a time ---------------------------------------------------------


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
)
_LOOK_ALIKE = {
    a: b for alike, plain in _LOOK_ALIKE_PAIRS for a, b in zip(alike, plain, strict=True)
}
_BLANK = frozenset("\t\v\f\u2800")
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
_DROPPED = frozenset({"Cf", "Cc", "Cs", "Mn", "Me"})
# First code points of A–Z in alphabets of framed letters, and of 1–10 in framed digits.
_FRAMED_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)


def _compatible(character: str) -> str:
    """Fold width, style, case and invisible marks of one character, not its shape."""
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
    code = ord(character)
    for first in _FRAMED_ALPHABETS:
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    if character == "🔟":
        return "10"
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
    parts = [table[character] for character in text]
    folded = "".join(parts)
    if len(folded) == len(text) and max(map(len, parts), default=1) == 1:
        return Normalised(folded, tuple(range(len(text))), len(text))
    offsets = [index for index, part in enumerate(parts) for _ in part]
    return Normalised(folded, tuple(offsets), len(text))


def fold_width(text: str) -> Normalised:
    """Fold width, style, case and invisible marks only: what a browser also does to a host."""
    return _by_character(text, _COMPATIBLE)


def fold(text: str) -> Normalised:
    """Fold each character by itself, look-alike letters and Traditional characters included."""
    return _by_character(text, _SHAPE)


# --- step 2: characters in their neighbourhood -----------------------------------------------

_Edit = tuple[int, int, str]


def _rewrite(current: Normalised, edits: Iterable[_Edit]) -> Normalised:
    """Apply edits that are sorted and do not overlap."""
    text: list[str] = []
    offsets: list[int] = []
    done = 0
    for start, end, plain in edits:
        text += (current.text[done:start], plain)
        offsets += current.offsets[done:start]
        offsets += (current.offsets[min(start + i, end - 1)] for i in range(len(plain)))
        done = end
    text.append(current.text[done:])
    offsets += current.offsets[done:]
    return Normalised("".join(text), tuple(offsets), current.length)


@dataclass(frozen=True)
class _Rule:
    """Replace group `x` of each match by `plain`; skipped when none of `needs` is in the text."""

    needs: frozenset[str]
    pattern: re.Pattern[str]
    plain: str

    def edits(self, text: str) -> list[_Edit]:
        if self.needs.isdisjoint(text):
            return []
        return [(*match.span("x"), self.plain) for match in self.pattern.finditer(text)]


def _rule(needs: str, pattern: str, plain: str) -> _Rule:
    gap = r"[ ._\-*~|^·•、,/]"
    return _Rule(frozenset(needs), re.compile(pattern.replace("GAP", gap)), plain)


def _load_split_characters() -> dict[str, str]:
    lines = Path(__file__).with_name("split_characters.txt").read_text("utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))
    return dict(pairs)


_SPLIT = _load_split_characters()
_SPLIT_NEEDS = frozenset("".join(_SPLIT)) & frozenset("亻彳扌氵忄讠钅纟饣犭礻衤辶阝刂艹")
_SPLIT_PATTERN = re.compile("|".join(sorted(map(re.escape, _SPLIT), key=len, reverse=True)))

_ID_AHEAD = r"(?=号?[: ]{0,3}[a-z0-9_]{5})"
_CONTACT_RULES: Sequence[_Rule] = (
    _rule("口", r"(?P<x>力口)(?=GAP?(?:[vwq我微薇威徽葳崴卫企扣群裙君彳🐧🛰]|\d{5}))", "加"),
    _rule("羊", r"(?P<x>君羊)(?![肉毛奶汤])", "群"),
    _rule("+", r"(?P<x>\+)(?=GAP?(?:[微薇葳崴威徽扣群裙我🐧🛰]|企鹅|v(?![a-z])|vx|wx|qq?\d))", "加"),
    _rule(
        "佳嘉珈伽迦茄",
        r"(?P<x>[佳嘉珈伽迦茄])(?=微信|[vw]x|v信|薇|v❤|微(?![\u4e00-\u9fff]))",
        "加",
    ),
    _rule("珈伽", r"(?P<x>[珈伽])(?=[群裙我徽威微])", "加"),
    _rule("❤", r"(?P<x>[薇威葳徽崴维微]GAP{0,2}❤GAP{0,2}[信芯]?)", "微信"),
    _rule("v", r"(?<![a-z0-9])(?P<x>vGAP{0,2}(?:❤GAP{0,2}[信芯x]?|[芯信]|心(?![理情里])))", "vx"),
    _rule("vw", r"(?<![a-z0-9])(?P<x>[vw]GAP{1,3}x)(?![a-z])", "vx"),
    _rule("w", r"(?<![a-z])(?P<x>wei ?xin|wechat)(?![a-z])", "微信"),
    _rule("薇葳徽崴", r"(?P<x>[薇葳徽崴]GAP{0,2}(?:[信芯]|x(?:in)?(?![a-z])))", "微信"),
    _rule("薇葳徽崴威", r"(?P<x>[薇葳徽崴威][心星鑫])" + _ID_AHEAD, "微信"),
    _rule("威维", r"(?P<x>[威维]GAP{0,2}(?:芯|x(?:in)?(?![a-z])))", "微信"),
    _rule("微", r"(?P<x>微(?:GAP{1,3}[信芯]|芯|GAP?x(?:in)?(?![a-z])))", "微信"),
    _rule("微", r"(?P<x>微[心星])" + _ID_AHEAD, "微信"),
    _rule("威", r"(?P<x>威信)" + _ID_AHEAD, "微信"),
    _rule("威", r"(?<=[加扫])(?P<x>威信)(?![\u4e00-\u9fff])", "微信"),
    _rule("卫🛰绿", r"(?<=[加v])(?P<x>卫星|🛰|绿泡泡|绿色软件)", "微信"),
    _rule("卫🛰", r"(?P<x>卫星|🛰)" + _ID_AHEAD, "微信"),
    _rule(
        "薇葳威徽崴",
        r"(?:加|私|滴滴|联系)[我个]?GAP{0,2}(?P<x>[薇葳威徽崴])(?=号|[^\u4e00-\u9fff]|$)",
        "微",
    ),
    _rule("薇葳威徽崴", r"(?<![\u4e00-\u9fff])(?P<x>[薇葳威徽崴]) ?(?=: ?[a-z0-9_]{5})", "微"),
    _rule("🐧", r"(?<=[加+])(?P<x>🐧)", "qq"),
    _rule("🐧", r"(?P<x>🐧)(?=[号群裙:]| ?\d{5})", "qq"),
    _rule("q", r"(?<![a-z])(?P<x>qGAP{1,2}q)(?![a-z])", "qq"),
    _rule(
        "企扣抠蔻叩秋球",
        r"(?P<x>企鹅|扣扣|抠抠|蔻蔻|叩叩|秋秋|球球)(?=[群裙号]|[: ]{0,2}\d{5})",
        "qq",
    ),
    _rule("裙", r"(?<=[进加入来建拉q个])(?P<x>裙)(?![子装摆带衣边裤撑])", "群"),
    _rule("裙", r"(?:福利|优惠|羊毛|线报|内部|兼职|扣扣|红包|返利)(?P<x>裙)(?![子装摆])", "群"),
    _rule("裙", r"(?P<x>裙)(?=[号主聊]|[: ]{0,3}\d(?:[ \-]?\d){5})", "群"),
)
_CONTACT_NEEDS = frozenset[str]().union(*(rule.needs for rule in _CONTACT_RULES))

_CHINESE_DIGITS = str.maketrans(
    "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "001234567891234567891"
)
_CHINESE_DIGIT_SET = frozenset(map(chr, _CHINESE_DIGITS))
_DIGIT_RUN = re.compile("[0-9零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]{5,}")
_MIN_CHINESE_DIGITS = 3

_SPREAD = re.compile(
    rf"(?<![a-z0-9{_HAN}])[a-z0-9{_HAN}]"
    rf"(?:[ ._\-*~|^·•、,/。'][a-z0-9{_HAN}]){{2,}}(?![a-z0-9{_HAN}])"
)
_MIN_SPREAD_DIGITS = 5
_DECIMAL = re.compile(r"\d[.\-/]\d")  # 3.5 元 2 件 is a price, not letters set apart

_NOISE_SIGN = r"[\^*~|_`\u2600-\u27bf\U0001f300-\U0001f5ff\U0001f680-\U0001f6ff]"
_NOISE_NEEDS = re.compile(_NOISE_SIGN)
_NOISE = re.compile(rf"(?<=[a-z0-9{_HAN}])(?P<x>{_NOISE_SIGN}{{1,3}})(?=[a-z0-9{_HAN}])")
_MIN_NOISE = 3
_HAN_CHARACTER = re.compile(f"[{_HAN}]")


def _joined_halves(text: str) -> list[_Edit]:
    if _SPLIT_NEEDS.isdisjoint(text):
        return []
    return [(*match.span(), _SPLIT[match.group()]) for match in _SPLIT_PATTERN.finditer(text)]


def _chinese_digits(text: str) -> list[_Edit]:
    """Turn runs of digits spelt in Chinese into digits; 三人, 一刀 and 十一 are no runs."""
    if _CHINESE_DIGIT_SET.isdisjoint(text):
        return []
    edits: list[_Edit] = []
    for match in _DIGIT_RUN.finditer(text):
        run = match.group()
        if sum(character in _CHINESE_DIGIT_SET for character in run) >= _MIN_CHINESE_DIGITS:
            edits.append((*match.span(), run.translate(_CHINESE_DIGITS)))
    return edits


def _closed_up(text: str) -> list[_Edit]:
    """Join three or more single characters that stand apart; short lists of numbers stay."""
    edits: list[_Edit] = []
    for match in _SPREAD.finditer(text):
        plain = match.group()[::2]
        number = plain.isdecimal()
        if len(plain) >= _MIN_SPREAD_DIGITS if number else not _DECIMAL.search(match.group()):
            edits.append((*match.span(), plain))
    return edits


def _without_noise(text: str) -> list[_Edit]:
    """Drop symbols strewn between Chinese characters, when they are strewn."""
    if _NOISE_NEEDS.search(text) is None:
        return []
    edits = [
        (*match.span("x"), "")
        for match in _NOISE.finditer(text)
        if _HAN_CHARACTER.match(text[match.start() - 1]) or _HAN_CHARACTER.match(text[match.end()])
    ]
    return edits if len(edits) >= _MIN_NOISE else []


def _one_pass(current: Normalised) -> Normalised:
    for find in (_without_noise, _closed_up, _joined_halves):
        if edits := find(current.text):
            current = _rewrite(current, edits)
    if not _CONTACT_NEEDS.isdisjoint(current.text):
        for rule in _CONTACT_RULES:
            if edits := rule.edits(current.text):
                current = _rewrite(current, edits)
    if edits := _chinese_digits(current.text):
        current = _rewrite(current, edits)
    return current


def normalise(text: str) -> Normalised:
    """Fold `text` and undo disguises; normalising the result again changes nothing.

    Letter case, width, script (Traditional), invisible marks and look-alike letters are folded
    everywhere; 薇, 裙, 🐧 and the like only where they stand for 微信, 群 and QQ. Never raises.
    """
    folded = current = fold(text)
    for _ in range(_MAX_PASSES):
        before = current.text
        current = _one_pass(current)
        if current.text == before:
            return current
    # Still changing: something built to keep us busy. The first step alone is stable.
    return folded
