"""Find words of offers and contacts behind look-alikes, parts, sound-alikes and pinyin.

Only the words in lures.txt are looked for, so that ordinary writing stays as it is: 沸水 remains
boiling water while 免沸 is 免费. What a form proves differs. A part that nobody writes by itself
(亻言) or a word with a look-alike in it is sure. Parts that are words of their own (王见 in 小王见
到你) and sound-alikes made of everyday characters count only where a message has several.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from pinbang.text.folding import fold

Edit = tuple[int, int, str]
"""Start, end and what stands there plainly."""

_FUNCTION = frozenset(
    "了着的得地吗呢吧啊是不里我你他她它这那就都会好要也还在有和上下个一没到去来说"
)
"""Characters of grammar: where one sounds like part of a word it is itself, as in 下雨了收衣服."""
_MOST_FORMS = 2_000
"""Ways to write one word; a word with more is left to its shorter parts."""
_SEVERAL = 2

# Parts that do not stand alone in ordinary writing.
_PARTS_ONLY = frozenset(
    "亻彳扌氵忄讠钅纟饣犭礻衤辶阝刂艹宀疒攵彡丂⺮冫灬厶廾卩㔾匚弋丬夂彐㒼㝵㥁㐬㐫䍃叀㡭龶龹𠂉𠂢𠂤"
    "凵勹冖尃戋隹覀亠匋卬佥咅畐喿㐱丷㐅"
)

_BY_CONTEXT = frozenset("微群我扣")


def _lines(name: str) -> Iterator[str]:
    for line in Path(__file__).with_name(name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def _sounds() -> tuple[dict[str, str], frozenset[str]]:
    """Return the syllable of each character, and the characters not met every day."""
    syllables: dict[str, str] = {}
    rare: set[str] = set()
    for line in _lines("syllables.txt"):
        syllable, _, characters = line.partition(" ")
        everyday, _, others = characters.partition("|")
        for character in everyday + others:
            syllables[character] = syllable
        rare.update(others)
    return syllables, frozenset(rare)


_SYLLABLES, _RARE = _sounds()
_LURES: dict[str, frozenset[str]] = {}
"""The words, each with the forms of it that are ordinary writing."""
for _line in _lines("lures.txt"):
    _word, _, _rest = _line.partition("!")
    _LURES[_word.strip()] = frozenset(_rest.split())
_ORDINARY = frozenset(_lines("ordinary_words.txt"))
_LOOKS = dict(line.split() for line in _lines("look_alikes.txt"))
_PARTS = {whole: tuple(ways) for whole, *ways in map(str.split, _lines("split_characters.txt"))}
_INITIALS = dict(line.split() for line in _lines("initials.txt"))


@dataclass(frozen=True)
class _Form:
    """One way to write `plain`."""

    plain: str
    sure: bool
    latin: bool = False


def _forms() -> dict[str, _Form]:
    forms: dict[str, _Form] = {}
    for whole, ways in _PARTS.items():
        for way in ways:
            plain = fold(way).text
            forms[plain] = _Form(whole, sure=not _PARTS_ONLY.isdisjoint(plain))
    for character, looks in _LOOKS.items():
        for look in looks:
            if look in _RARE:
                forms[look] = _Form(character, sure=False)
    for word, ordinary in _LURES.items():
        ways = [
            (
                character,
                *_LOOKS.get(character, ""),
                *(fold(way).text for way in _PARTS.get(character, ())),
                _SYLLABLES[character],
            )
            for character in word
        ]
        count = 1
        for alternatives in ways:
            count *= len(alternatives)
        if count > _MOST_FORMS:
            ways = [(character, _SYLLABLES[character]) for character in word]
        for parts in product(*ways):
            written = "".join(parts)
            if written != word and written not in ordinary and written not in _LURES:
                forms[written] = _Form(word, sure=True, latin=written.isascii())
    for initials, word in _INITIALS.items():
        forms.setdefault(initials, _Form(word, sure=True, latin=True))
    return forms


_FORMS = _forms()
_WRITTEN = tuple(_FORMS)
_PLAIN: Sequence[_Form] = tuple(_FORMS.values())
_FIND_FORMS = AhoCorasick(_WRITTEN, matchkind=MatchKind.LeftmostLongest)
_PINYIN = sorted(
    {form for form, meaning in _FORMS.items() if meaning.latin} | {"v", "vx", "wx", "wo", "qq", "q"}
)
_FIND_PINYIN = AhoCorasick(_PINYIN, matchkind=MatchKind.LeftmostLongest)
del _FORMS, _WRITTEN

# One private character for each syllable: sounds are compared like text. A string is the smallest
# table, and what it is too short for stays as it is.
_CODES = {
    name: chr(0xE000 + number) for number, name in enumerate(sorted(set(_SYLLABLES.values())))
}
_CODE = "".join(
    _CODES.get(_SYLLABLES.get(character, ""), character) for character in map(chr, range(0xA000))
)
# Words of contact are short and sound like too much; normalise.py knows where 薇 means 微.
_HEARD = tuple(word for word in _LURES if not _BY_CONTEXT.intersection(word))
_FIND_SOUNDS = AhoCorasick(
    [word.translate(_CODE) for word in _HEARD],
    matchkind=MatchKind.LeftmostLongest,
)


def _is_letter(text: str, index: int) -> bool:
    return 0 <= index < len(text) and "a" <= text[index] <= "z"


def _is_han(text: str, index: int) -> bool:
    return 0 <= index < len(text) and "\u3400" <= text[index] <= "\u9fff"


_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.@")
"""What names of accounts and addresses are made of."""
_CONTACTS = re.compile("微信|群|码|qq|加|扣")
_NUMBER_AFTER = re.compile(r"号?[: ]{0,3}[a-z_\-]{0,12}\d")
_DIGITS_AFTER = re.compile(r"\d{5}")
_BEFORE_NAME = frozenset("信微加号v:")
_SHORTEST_PINYIN = 5


def _stands_apart(text: str, start: int, end: int) -> bool:
    """Tell whether letters at either end are no part of a longer word or of an account's name."""
    return not (
        (_is_letter(text, start) and start > 0 and text[start - 1] in _NAME)
        or (_is_letter(text, end - 1) and text[end : end + 1] in _NAME)
    )


def _is_meant(text: str, start: int, end: int, plain: str) -> bool:
    """Tell whether letters mean `plain`: in Chinese or before a number, not as somebody's name."""
    contact = _CONTACTS.search(plain) is not None
    if start > 0 and text[start - 1] in _NAME:
        return False
    if text[end : end + 1] in _NAME:
        # jq 12345678 without the blank; an account's name where one is expected.
        named = start > 0 and text[start - 1] in _BEFORE_NAME
        return contact and not named and _DIGITS_AFTER.match(text, end) is not None
    if _is_han(text, start - 1) or _is_han(text, end):
        return contact or end - start >= _SHORTEST_PINYIN or text[start:end] in _INITIALS
    if contact:
        return _NUMBER_AFTER.match(text, end) is not None or text.strip() == text[start:end]
    return False


def find_disguised(text: str) -> list[Edit]:
    """Return what stands for something else in a folded text, in order and without overlaps."""
    found: list[Edit] = []
    doubtful: list[Edit] = []
    strange: set[str] = set()
    for number, start, end in _FIND_FORMS.find_matches_as_indexes(text):
        form = _PLAIN[number]
        if form.latin:
            if not _is_meant(text, start, end, form.plain):
                continue
        elif not _stands_apart(text, start, end):
            continue
        strange.add(text[start:end])
        (found if form.sure else doubtful).append((start, end, form.plain))
    if len(strange) >= _SEVERAL:
        found += doubtful
    heard = _FIND_SOUNDS.find_matches_as_indexes(text.translate(_CODE))
    if heard:
        found += _sound_alikes(text, heard)
    if len(found) > 1:
        return list(_without_overlaps(sorted(found)))
    return found


def _sound_alikes(text: str, heard: list[tuple[int, int, int]]) -> list[Edit]:
    sure: list[Edit] = []
    doubtful: list[Edit] = []
    for number, start, end in heard:
        written, plain = text[start:end], _HEARD[number]
        if written == plain or written in _ORDINARY:
            continue
        instead = {a for a, b in zip(written, plain, strict=True) if a != b}
        if not _FUNCTION.isdisjoint(instead):
            continue
        strange = not _RARE.isdisjoint(instead)
        (sure if strange else doubtful).append((start, end, plain))
    return sure + doubtful if len(sure) + len(doubtful) >= _SEVERAL else sure


def _without_overlaps(edits: list[Edit]) -> Iterator[Edit]:
    done = 0
    for edit in edits:
        if edit[0] >= done:
            done = edit[1]
            yield edit


_LURE_PAIRS = frozenset(
    word[start : start + 2] for word in _LURES for start in range(len(word) - 1)
)
_DIVIDED = re.compile(r"[ .\-_~*·/|^+、。'`丨•]{1,2}(?=[\u4e00-\u9fff])")


def find_divided(text: str) -> list[Edit]:
    """Return the signs that divide one of the words looked for, as in 免.费, to be dropped."""
    return [
        (*match.span(), "")
        for match in _DIVIDED.finditer(text)
        if text[match.start() - 1 : match.start()] + text[match.end()] in _LURE_PAIRS
    ]


_SPACED_PINYIN = re.compile(
    r"(?<![a-z0-9])[a-z]{1,6}(?:[ .\-_'*·/|^~]{1,2}[a-z]{1,6}){1,11}(?![a-z0-9])"
)
_LETTERS = re.compile("[a-z]+")
_LEAST_PINYIN = 4


def find_spaced_pinyin(text: str) -> list[Edit]:
    """Return pinyin of the words looked for that is written syllable by syllable, closed up."""
    edits: list[Edit] = []
    for match in _SPACED_PINYIN.finditer(text):
        parts = [part.span() for part in _LETTERS.finditer(text, *match.span())]
        joined = "".join(text[start:end] for start, end in parts)
        reach = _tiled(joined)
        if reach < _LEAST_PINYIN:
            continue
        length = 0
        for count, (start, end) in enumerate(parts, 1):
            length += end - start
            if length == reach and count > 1:
                edits.append((match.start(), end, joined[:reach]))
            if length >= reach:
                break
    return edits


def _tiled(joined: str) -> int:
    """Return up to where `joined` is made of known pinyin without a gap."""
    reach = 0
    for _, start, end in _FIND_PINYIN.find_matches_as_indexes(joined):
        if start != reach:
            break
        reach = end
    return reach
