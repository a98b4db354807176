"""Find web addresses in chat text and tell Pinduoduo's hosts from imitations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pinbang.text.folding import Normalised, fold, fold_width

_MAX_HOST = 253
_MAX_URL = 2000


@dataclass(frozen=True)
class Link:
    """An address in a text; `text[start:end]` is how it was written there.

    `url` is that address with full-width letters and odd dots straightened; `host` is lower-case,
    without user name, port and final dot.
    """

    url: str
    host: str
    start: int
    end: int


def _lines(name: str) -> list[str]:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _alternatives(names: list[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_TLDS = _lines("top_level_domains.txt")
_ANY_TLD = _alternatives([name.lstrip("+") for name in _TLDS])
_SURE_TLD = _alternatives([name[1:] for name in _TLDS if name.startswith("+")])

# Latin, Greek and Cyrillic: an imitation must be seen as a host before it can be called one.
_LETTER = "a-z0-9\u00df-\u024f\u0370-\u03ff\u0430-\u045f\u0501-\u052f"
_LABEL = rf"[{_LETTER}](?:[{_LETTER}\-]{{0,61}}[{_LETTER}])?"
_ODD_DOT = r"(?: ?[.。·•丶] ?| ?点 ?| ?[\[({][.。点·][\])}] ?| ?[\[(]dot[\])] ?| dot )"
_TAIL = r"[^\s\u3000-\u303f\u3400-\u9fff\uff00-\uffef<>\"'`{}|^]"

_WITH_SCHEME = re.compile(
    r"(?<![a-z])(?:h(?:tt|xx|\*\*)ps?(?: ?\[?: ?\]?)?[/\\]{2}\]?){1,3}"
    rf"(?P<rest>[^\s<>\"'`{{}}|^\u3000-\u303f，。]{{1,{_MAX_URL}}})"
)
_BARE = re.compile(
    rf"(?<![{_LETTER}@._\-])"
    rf"(?P<host>(?:{_LABEL}\.){{1,10}}(?:{_ANY_TLD}|xn--[a-z0-9]{{1,59}}))(?![{_LETTER}@\-]|\.[{_LETTER}])"
    rf"(?P<rest>(?::\d{{2,5}})?(?:[/?#]{_TAIL}{{0,{_MAX_URL}}})?)"
)
_SPACED = re.compile(
    rf"(?<![{_LETTER}@._\-])"
    rf"(?P<host>{_LABEL}(?:{_ODD_DOT}{_LABEL}){{0,3}}{_ODD_DOT}(?:{_SURE_TLD}))(?![{_LETTER}@\-])"
    rf"(?P<rest>(?::\d{{2,5}})?(?:[/?#]{_TAIL}{{0,{_MAX_URL}}})?)"
)
_ODD_DOTS = re.compile(_ODD_DOT)
_ODD_HINT = re.compile(
    rf"(?:[。·•丶点]|[\[({{][.。点·][\])}}]|[\[(]dot[\])]|\. | \.| dot ) ?"
    rf"(?:{_SURE_TLD})(?![{_LETTER}])"
)
# What every address has, however it is written; most messages have none of it.
_MAYBE = re.compile(
    r"[./\\。·•丶点…‥．｡﹒․]| dot |[\[(]dot|[^\x00-\u2fff\u3000-\u30ff\u3400-\u9fff\uff00-\uff65]"
)
_SPELT_OUT = re.compile(r"(?<![^ ])[a-z0-9](?: [a-z0-9.\-/:]){3,}(?![^ \u3400-\u9fff])")
_FRAMED_DOT = re.compile(r"[\[({][.。点·][\])}]")
_HAN_START = re.compile("[\u3400-\u9fff]")
_HOST_END = re.compile(r"[/\\?#]")
_TRAILING = ".,;:!?)]}'\"…~"


def _host_of(rest: str) -> str:
    """Return the host of what follows `//`, as a browser would read it."""
    authority = _HOST_END.split(rest, maxsplit=1)[0].rsplit("@", 1)[-1]
    authority = _FRAMED_DOT.sub(".", authority)
    return authority.partition(":")[0].strip(".")


def find_links(text: str) -> Iterator[Link]:
    """Yield the addresses in `text` from left to right, without overlaps.

    Knows http, https and hxxp, bare names under a known top-level domain, dots written with
    spaces, in full width, as 。 or as 点. Prices, versions and file names are no addresses.
    """
    if _MAYBE.search(text) is None:
        return
    folded = _closed_up(fold_width(text))
    plain = folded.text
    odd = _ODD_HINT.search(plain) is not None
    if "." not in plain and "//" not in plain and "\\" not in plain and not odd:
        return
    found = [*_with_scheme(plain), *_bare(plain, _BARE)]
    if odd:
        found += _bare(plain, _SPACED)
    done = 0
    for start, end, host, written in sorted(found):
        if start < done:
            continue
        done = end
        first, last = folded.original_span(start, end)
        url = _with_case(text, folded.offsets[start:end], plain[start:end])
        yield Link(host + url[written:] if written else url, host, first, last)


def _closed_up(folded: Normalised) -> Normalised:
    """Take the blanks out of addresses spelt out letter by letter: w w w . a b c . c o m."""
    if _SPELT_OUT.search(folded.text) is None:
        return folded
    dropped: set[int] = set()
    for match in _SPELT_OUT.finditer(folded.text):
        if "." in match.group():
            dropped.update(range(match.start() + 1, match.end(), 2))
    kept = [index for index in range(len(folded.text)) if index not in dropped]
    return Normalised(
        "".join(folded.text[index] for index in kept),
        tuple(folded.offsets[index] for index in kept),
        folded.length,
    )


# Start, end, host, and for a bare address how many characters its host takes as written.
_Place = tuple[int, int, str, int]


def _with_scheme(plain: str) -> Iterator[_Place]:
    for match in _WITH_SCHEME.finditer(plain):
        # Chinese straight after an address is the next sentence, except inside the host.
        rest = match["rest"]
        cut = _HOST_END.search(rest)
        han = _HAN_START.search(rest, cut.end() if cut else 0)
        if han is not None and (cut is not None or "." in rest[: han.start()]):
            rest = rest[: han.start()]
        rest = rest.rstrip(_TRAILING)
        host = _host_of(rest)
        if host and len(host) <= _MAX_HOST:
            yield match.start(), match.start("rest") + len(rest), host, 0


def _bare(plain: str, pattern: re.Pattern[str]) -> Iterator[_Place]:
    for match in pattern.finditer(plain):
        host = _ODD_DOTS.sub(".", match["host"])
        *_, name, tld = host.split(".")
        numeric = name.isdecimal() and tld not in _SURE_TLD_SET
        if not numeric and len(host) <= _MAX_HOST:
            rest = match["rest"].rstrip(_TRAILING)
            yield match.start(), match.end("host") + len(rest), host, len(match["host"])


def _with_case(text: str, offsets: tuple[int, ...], folded: str) -> str:
    """Give folded characters back their capital letters: paths tell them apart."""
    return "".join(
        character.upper() if text[index].isupper() else character
        for index, character in zip(offsets, folded, strict=True)
    )


_SURE_TLD_SET = frozenset(name[1:] for name in _TLDS if name.startswith("+"))

_PINDUODUO_LINES = _lines("pinduoduo_domains.txt")
_PINDUODUO = frozenset(line for line in _PINDUODUO_LINES if not line.startswith("-"))
_NOT_PINDUODUO = frozenset(line[1:] for line in _PINDUODUO_LINES if line.startswith("-"))


def belongs_to(host: str, domains: frozenset[str]) -> bool:
    """Tell whether `host` is one of `domains` or lies under one."""
    if host in domains:
        return True
    _, dot, parent = host.partition(".")
    while dot:
        if parent in domains:
            return True
        _, dot, parent = parent.partition(".")
    return False


def is_pinduoduo(host: str) -> bool:
    """Tell whether `host` belongs to Pinduoduo, by the dated list beside this file."""
    host = host.lower().rstrip(".")
    return belongs_to(host, _PINDUODUO) and host not in _NOT_PINDUODUO


_DIGIT_LETTERS = str.maketrans("015", "ois")
_IMITATED = ("pinduoduo", "yangkeduo")
_IN_CHINESE = "拼多多"
_MAX_DISTANCE = 2


def looks_like_pinduoduo(host: str) -> bool:
    """Tell whether `host` imitates Pinduoduo's names without being Pinduoduo's.

    Catches the names inside other hosts, letters swapped or replaced (pinduodou, yangkedou,
    pinduoduo written with Cyrillic letters or digits) and `pdd` as a word of its own.
    """
    host = host.lower().rstrip(".")
    if belongs_to(host, _PINDUODUO):
        return False
    return any(map(_label_imitates, host.split(".")))


@lru_cache(maxsize=4096)
def _label_imitates(label: str) -> bool:
    name = fold(_from_punycode(label)).text.translate(_DIGIT_LETTERS)
    words = name.split("-")
    joined = "".join(words)
    if any(real in joined for real in _IMITATED) or "pdd" in words or _IN_CHINESE in joined:
        return True
    return any(_distance(word, real) <= _MAX_DISTANCE for word in words for real in _IMITATED)


def _from_punycode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _distance(word: str, real: str) -> int:
    """Count the edits between two names, a swap of neighbours being one; 9 when far apart."""
    if abs(len(word) - len(real)) > _MAX_DISTANCE or len(set(real) - set(word)) > _MAX_DISTANCE:
        return 9
    before: list[int] = []
    row = list(range(len(real) + 1))
    for i, left in enumerate(word, 1):
        line = [i]
        for j, right in enumerate(real, 1):
            cost = min(row[j] + 1, line[j - 1] + 1, row[j - 1] + (left != right))
            if i > 1 and j > 1 and left == real[j - 2] and word[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            line.append(cost)
        before, row = row, line
    return row[-1]
