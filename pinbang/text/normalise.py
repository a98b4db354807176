"""Undo the disguises people type, keeping for each character where it came from.

`fold` (pinbang.text.folding) treats every character by itself. `normalise` then looks at the
neighbourhood: characters taken apart, words written by look-alikes or by sound, homophones of 微信
and 群, pinyin, digits spelt in Chinese, letters spread out with separators. A harmless text comes
out as the first step left it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pinbang.text.disguises import Edit, find_disguised, find_divided, find_spaced_pinyin
from pinbang.text.folding import Normalised, fold

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_MAX_PASSES = 8
"""One rewriting may enable another; no message found so far needs more than three passes."""


def _rewrite(current: Normalised, edits: Iterable[Edit]) -> Normalised:
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
    """Replace group `x` of each match by `plain`; every match contains one of `needs`."""

    needs: frozenset[str]
    pattern: re.Pattern[str]
    plain: str

    def edits(self, text: str) -> list[Edit]:
        return [(*match.span("x"), self.plain) for match in self.pattern.finditer(text)]


def _rule(needs: str, pattern: str, plain: str) -> _Rule:
    gap = r"[ ._\-*~|^·•、,/]"
    return _Rule(frozenset(needs), re.compile(pattern.replace("GAP", gap)), plain)


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
    _rule("y亓", r"(?<=\d)(?P<x>亓|yuan(?![a-z]))", "元"),
    _rule("w", r"(?<=\d)(?P<x>wan)(?![a-z])", "万"),
    _rule("q", r"(?<=[进加入来建拉])(?P<x>qun)(?![a-z])", "群"),
    _rule("裙", r"(?<=[进加入来建拉q个])(?P<x>裙)(?![子装摆带衣边裤撑])", "群"),
    _rule("裙", r"(?:福利|优惠|羊毛|线报|内部|兼职|扣扣|红包|返利)(?P<x>裙)(?![子装摆])", "群"),
    _rule("裙", r"(?P<x>裙)(?=[号主聊]|[: ]{0,3}\d(?:[ \-]?\d){5})", "群"),
)
_CONTACT_HINT = re.compile(
    f"[{''.join(frozenset[str]().union(*(r.needs for r in _CONTACT_RULES)))}]"
)

# What stands for a digit: Chinese, formal and spoken numerals, and letters of that shape.
_SIMPLE, _FORMAL, _SPOKEN, _LETTER_DIGITS = (
    "〇零一二三四五六七八九",
    "壹贰叁肆伍陆柒捌玖",
    "幺洞拐勾",
    "oil",
)
_ANY_DIGIT = f"0-9{_SIMPLE}{_FORMAL}{_SPOKEN}"
_DIGITS = str.maketrans(
    _SIMPLE + _FORMAL + _SPOKEN + _LETTER_DIGITS, "00123456789" + "123456789" + "1079" + "011"
)
_DIGIT_RUN = re.compile(
    rf"(?<![拾佰仟十百千])(?P<run>(?:[{_ANY_DIGIT}]|(?<![a-z])[{_LETTER_DIGITS}])"
    rf"[{_ANY_DIGIT}{_LETTER_DIGITS}]+)(?P<unit>[wk](?![a-z])|[a-z拾佰仟十百千年月续])?"
)
# In names and addresses: q三dfw, qq二0836.
_BETWEEN_LETTERS = re.compile(
    rf"(?<=[a-z./])[{_SIMPLE}{_FORMAL}]{{1,4}}(?=[a-z]|\d[a-z0-9])|(?<=\d)[{_SIMPLE}{_FORMAL}](?=[a-z]{{2}})"
)
_FORMAL_ALONE = re.compile(
    r"(?<=\d[.:\-])[壹贰叁肆伍陆柒捌玖零]|[壹贰叁肆伍陆柒捌玖零](?=[.:\-]\d)|[壹贰叁肆柒捌玖](?=[折元块张件%万])"
)
_NUMERAL = re.compile(f"[{_SIMPLE}{_FORMAL}幺]")
_DIGIT_HINT = re.compile(f"[{_FORMAL}幺]|[{_SIMPLE}][{_SIMPLE}0-9a-z]|[0-9a-z./][{_SIMPLE}]|[0-9]o")
_SOUNDS = (
    "零灵凌铃〇", "一依衣伊壹幺", "二尔贰两耳", "三叁散伞", "四肆斯似", "五伍舞吴", "六陆溜流留",
    "七柒期妻", "八捌吧巴", "九玖久酒",
)  # fmt: skip
_SOUND_DIGITS = str.maketrans(
    "".join(_SOUNDS), "".join(str(digit) * len(sounds) for digit, sounds in enumerate(_SOUNDS))
)
_SOUND_RUN = re.compile(f"[0-9{''.join(_SOUNDS)}]{{8,}}")
_LONGEST_NUMBER = 12

_DIGIT_KIND = {
    character: kind
    for kind, characters in (
        ("digit", "0123456789"), ("simple", _SIMPLE), ("formal", _FORMAL), ("spoken", _SPOKEN),
        ("letter", _LETTER_DIGITS),
    )
    for character in characters
}  # fmt: skip
_MIN_RUN, _MIN_CHINESE_DIGITS, _MIN_SPOKEN, _MIN_SOUNDS = 5, 3, 7, 6

_SPREAD = re.compile(
    rf"(?<![a-z0-9{_HAN}])[a-z0-9{_HAN}]"
    rf"(?:[ ._\-*~|^·•、,/。'][a-z0-9{_HAN}]){{2,}}(?![a-z0-9{_HAN}])"
)
_ONE_BETWEEN = re.compile(rf"[ ._\-*~|^·•、,/。'][a-z0-9{_HAN}][ ._\-*~|^·•、,/。']")
_MIN_SPREAD_DIGITS = 5
_DECIMAL = re.compile(r"\d[.\-/]\d")  # 3.5 元 2 件 is a price, not letters set apart

# Signs that nobody writes inside words, pictures counting as one sign, and those that separate.
_ODD = r"\^*|_`丨•"
_PICTURES = (
    "\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff"
)
_SEPARATORS = r" .\-·、,/。+~"
_PICTURE = re.compile(f"[{_PICTURES}]")
_SIGN = re.compile(f"[{_ODD}{_PICTURES}{_SEPARATORS}]")
_STRANGE_SIGN = re.compile(f"[{_ODD}{_PICTURES}]")
_TIGHT = re.compile(f"[{_SEPARATORS}][^{_SEPARATORS}]{{1,2}}[{_SEPARATORS}]")
_INSIDE = re.compile(
    rf"(?<=[a-z0-9{_HAN}])(?P<sign>[{_ODD}{_PICTURES}])[{_ODD}{_PICTURES}]{{0,2}}(?=[a-z0-9{_HAN}])"
)
_FEWEST_SIGNS = 2
_STREWN_PICTURES, _STREWN_SIGNS, _STREWN_SEPARATORS = 3, 2, 4
_MOST_KINDS = 6
_SHORT_PIECE, _SHORT_SHARE, _SINGLES = 2, 0.6, 3
_ANY_PICTURE = "✨"
_MASK = "**"
_BEFORE_HEART = frozenset("v微薇威徽葳崴维")
_PICTURE_WORDS = frozenset("🐴🐎🐔🐶🐕🐷🐖🐢")
"""Pictures that stand for a word, mostly a rude one: 你🐴."""
_TWO_LETTERS = re.compile(r"[a-z][ .\-_'*·/|^~]{1,2}[a-z]")
_SEPARATOR = re.compile(f"[{_SEPARATORS}]")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")


def _spelt_digits(text: str) -> list[Edit]:
    """Turn numbers written without digits into digits; 三人, 一刀, 十一 and 二零二四年 stay."""
    edits: list[Edit] = []
    if ("o" in text or _NUMERAL.search(text)) and _DIGIT_HINT.search(text) is not None:
        for match in _DIGIT_RUN.finditer(text):
            run = match["run"]
            if run.isdecimal() or (match["unit"] and not _ends_number(run, match["unit"])):
                continue
            if _is_number(run):
                edits.append((*match.span("run"), run.translate(_DIGITS)))
        if not edits:
            for pattern in (_FORMAL_ALONE, _BETWEEN_LETTERS):
                edits += ((*m.span(), m.group().translate(_DIGITS)) for m in pattern.finditer(text))
                if edits:
                    break
    if not edits:
        for match in _SOUND_RUN.finditer(text):
            run = match.group()
            spelt = sum(not "0" <= character <= "9" for character in run)
            if len(run) <= _LONGEST_NUMBER and spelt >= _MIN_SOUNDS:
                edits.append((*match.span(), run.translate(_SOUND_DIGITS)))
    return edits


def _ends_number(run: str, following: str) -> bool:
    """Tell whether what follows leaves the run a number of its own; years are written so anyway."""
    return following in "wk" or (following in "年月" and not set(run) <= set(_SIMPLE))


def _is_number(run: str) -> bool:
    """Tell whether a run of what may be digits is meant as a number rather than as words."""
    count = Counter(map(_DIGIT_KIND.__getitem__, run))
    chinese = count["simple"] + count["formal"]
    if count["spoken"] > run.count("幺"):
        return len(run) >= _MIN_SPOKEN
    if not chinese and not count["spoken"]:
        # 1oo is a hundred; 10l are ten litres.
        return len(run) >= 3 and run[0] in "123456789" and set(run) <= set("0123456789o")
    if len(run) >= _MIN_RUN:
        return chinese + count["spoken"] >= _MIN_CHINESE_DIGITS
    nought = "〇" in run or count["letter"] > 0
    if count["digit"]:
        return nought or count["formal"] > 0
    if len(run) == 2:
        return nought or count["formal"] == 2
    return nought or "零" in run or count["formal"] >= 2 or (len(run) == 4 and len(set(run)) > 2)


def _closed_up(text: str) -> list[Edit]:
    """Join three or more single characters that stand apart; short lists of numbers stay."""
    edits: list[Edit] = []
    if _ONE_BETWEEN.search(text) is None:
        return edits
    for match in _SPREAD.finditer(text):
        plain = match.group()[::2]
        number = plain.isdecimal()
        if len(plain) >= _MIN_SPREAD_DIGITS if number else not _DECIMAL.search(match.group()):
            edits.append((*match.span(), plain))
    return edits


def _closed_pinyin(text: str) -> list[Edit]:
    return find_spaced_pinyin(text) if _TWO_LETTERS.search(text) is not None else []


def _without_strewn(text: str) -> list[Edit]:
    """Drop signs strewn between characters; lists, prices and a few emojis keep theirs."""
    if _STRANGE_SIGN.search(text) is None and _TIGHT.search(text) is None:
        return []
    signs = _SIGN.findall(text)
    if len(signs) < _FEWEST_SIGNS:
        return []
    gone = "".join(_strewn(text, Counter(signs)))
    if not gone:
        return []
    kinds = re.escape(gone).replace(_ANY_PICTURE, _PICTURES)
    return [
        (*match.span(), "")
        for match in re.finditer(f"[{kinds}]+", text)
        if not _belongs(text, *match.span())
    ]


def _strewn(text: str, counts: Counter[str]) -> Iterator[str]:
    inside: Counter[str] = Counter()
    for match in _INSIDE.finditer(text):
        if match.group().startswith(_MASK):
            continue
        if _HAN_CHARACTER.match(text, match.start() - 1) or _HAN_CHARACTER.match(text, match.end()):
            inside[_ANY_PICTURE if _PICTURE.match(match["sign"]) else match["sign"]] += 1
    for sign, count in inside.items():
        if sign == _ANY_PICTURE:
            if count >= _STREWN_PICTURES:
                yield sign
        elif count >= _STREWN_SIGNS:
            # Signs also divide the lines of a share text, mask numbers and draw tables.
            pieces = [piece for piece in text.split(sign) if piece]
            if sum(len(piece) <= _SHORT_PIECE for piece in pieces) * 2 >= len(pieces):
                yield sign
    for sign, count in counts.most_common(_MOST_KINDS):
        if count < _STREWN_SEPARATORS or _SEPARATOR.match(sign) is None:
            continue
        pieces = [piece for piece in (_SIGN.sub("", piece) for piece in text.split(sign)) if piece]
        short = sum(len(piece) <= _SHORT_PIECE for piece in pieces)
        single = sum(len(piece) == 1 and "\u3400" <= piece <= "\u9fff" for piece in pieces)
        if single >= _SINGLES and short >= _SHORT_SHARE * len(pieces):
            yield sign


def _belongs(text: str, start: int, end: int) -> bool:
    """Tell a heart that means 信, a picture for a word, a price's point from what is strewn."""
    if not _PICTURE_WORDS.isdisjoint(text[start:end]):
        return True
    if text[start] == "❤" and text[start - 1 : start] in _BEFORE_HEART:
        return True
    around = text[start - 1 : start] + text[end : end + 1]
    return text[start:end] == "." and len(around) == 2 and around.isdecimal()


def _one_pass(current: Normalised) -> Normalised:
    for find in (_without_strewn, _closed_up, find_divided, _closed_pinyin, find_disguised):
        if edits := find(current.text):
            current = _rewrite(current, edits)
    if _CONTACT_HINT.search(current.text) is not None:
        characters = set(current.text)
        for rule in _CONTACT_RULES:
            if not rule.needs.isdisjoint(characters) and (edits := rule.edits(current.text)):
                current = _rewrite(current, edits)
                characters.update(rule.plain)
    if edits := _spelt_digits(current.text):
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
