"""Pure: read what admins write about words, and tell words that would hit ordinary talk."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pinbang.moderation.lexicon import load_lines
from pinbang.moderation.reading import MessageView, read_message
from pinbang.moderation.terms import ALLOWED, CATEGORIES, Term, Terms, is_pattern, tidied
from pinbang.text.deadlines import parse_deadline
from pinbang.text.durations import parse_duration

MAX_WORDS = 500
"""Words in one message."""
MAX_RANGE = 500
SHORTEST = timedelta(minutes=1)

_ACTIONS = {
    **dict.fromkeys(("添加", "新增", "增加", "加入"), "添加"),
    **dict.fromkeys(("删除", "移除", "去掉", "删"), "删除"),
    **dict.fromkeys(("查看", "列表", "看"), "查看"),
    **dict.fromkeys(("导入",), "导入"),
    **dict.fromkeys(("导出",), "导出"),
}
_CATEGORIES = {**{name: name for name in CATEGORIES}, "白名单": ALLOWED, "允许": ALLOWED}
_SEPARATORS = re.compile(r"[\s,，、;；]+")
_ANY_SEPARATOR = re.compile(r"[\s,，、;；:：]")
_FOREVER = frozenset({"永久", "长期", "一直"})
_FORCED = frozenset({"强制", "确定"})
_UNTIL = re.compile(r"(?:到|至|有效期?|限)?(?P<when>.{1,20}?)(?:内|为止|止|过期|后过期)?")
_DATE = re.compile(r"(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}[日号]?")
_BARE_UNTIL = frozenset({"到", "至", "有效期", "有效"})
_NUMBER = re.compile(r"#?(?P<first>\d{1,18})(?:号|[-~到至](?P<last>\d{1,18})号?)?")
_LIST_MARK = re.compile(r"^\s*(?:\d{1,5}\s*[.、)）]\s*|[-·•]\s+)")


class Unreadable(ValueError):  # noqa: N818 -- an answer to an admin, not a fault
    """A request that cannot be understood; the text says what to write."""


def split_action(text: str) -> tuple[str, str]:
    """Split what follows /词库 into the action and the rest; "" when no action leads."""
    for written, action in _ACTIONS.items():
        if text.startswith(written):
            return action, text[len(written) :].strip()
    return "", text


def split_category(text: str) -> tuple[str, str]:
    """Split a category off; "" when none leads, or when the next word is not set apart from it."""
    for written, category in _CATEGORIES.items():
        rest = text.removeprefix(written)
        if rest != text and (not rest or _ANY_SEPARATOR.match(rest)):
            return category, rest.lstrip(" \t\u3000:：,，、;；").strip(" \t")
    return "", text


@dataclass(frozen=True)
class Request:
    """Words to be added: without `until` for ever, `dated` tells whether that was said.

    `forced` adds words that occur in ordinary talk, too.
    """

    category: str
    words: tuple[str, ...]
    until: datetime | None
    dated: bool
    forced: bool


def read_addition(text: str, now: datetime) -> Request:
    """Read `广告 某词 [某词2 …] [7天] [强制]`; `now` is in the people's time zone."""
    category, rest = split_category(text)
    if not category:
        raise Unreadable(_no_category("添加"))
    words = [word for word in _SEPARATORS.split(rest) if word]
    until, dated, forced = _take_options(words, now)
    return _request(category, words, until, dated=dated, forced=forced)


def read_import(text: str, now: datetime) -> Request:
    """Read a category and options on the first line, then one word a line."""
    first, _, lines = text.strip().partition("\n")
    category, rest = split_category(first.strip())
    if not category:
        raise Unreadable(_no_category("导入"))
    options = [word for word in _SEPARATORS.split(rest) if word]
    until, dated, forced = _take_options(options, now)
    words = [*options, *(_LIST_MARK.sub("", line) for line in lines.splitlines())]
    return _request(category, words, until, dated=dated, forced=forced)


def _request(
    category: str, words: list[str], until: datetime | None, *, dated: bool, forced: bool
) -> Request:
    tidy = tuple(dict.fromkeys(word for word in map(tidied, words) if word))
    if not tidy:
        raise Unreadable(f"请写上词，例如：/词库 添加 {category} 某词")
    if len(tidy) > MAX_WORDS:
        raise Unreadable(f"一次最多 {MAX_WORDS} 个词，这里有 {len(tidy)} 个，请分几次。")
    return Request(category, tidy, until, dated, forced)


def _no_category(action: str) -> str:
    names = "、".join(CATEGORIES)
    return f"先写类别（{names}），和词之间空一格，例如：/词库 {action} 广告 某词"


def _take_options(words: list[str], now: datetime) -> tuple[datetime | None, bool, bool]:
    """Take 强制 and the expiry off the end of the words."""
    until: datetime | None = None
    dated = forced = False
    while words:
        last = words[-1]
        if last in _FORCED and not forced:
            forced = True
        elif last in _FOREVER and not dated:
            dated = True
        elif not dated and (moment := _moment(last, now)) is not None:
            until, dated = moment, True
        else:
            break
        words.pop()
        if dated and words and words[-1] in _BARE_UNTIL:
            words.pop()
    return until, dated, forced


def _moment(word: str, now: datetime) -> datetime | None:
    match = _UNTIL.fullmatch(word)
    if match is None:
        return None
    when = match["when"]
    if _DATE.fullmatch(when):
        moment = parse_deadline(when, now)
        if moment is None:
            raise Unreadable(f"“{when}”已经过去了，或没有这一天。")
        return moment
    length = parse_duration(when)
    if length is None:
        return None
    if length < SHORTEST:
        raise Unreadable("有效期最短 1 分钟。")
    return now + length


@dataclass(frozen=True)
class Selection:
    """What is to be removed: terms by number, ranges of numbers, or a word."""

    word: str
    first: int | None = None
    last: int | None = None


def read_selections(text: str) -> tuple[Selection, ...]:
    """Read `3`, `3 5-9` or words; raise Unreadable when there is nothing or too much."""
    written = [word for word in _SEPARATORS.split(text) if word]
    if not written:
        raise Unreadable("请写要删的编号或词，例如：/词库 删除 3；看编号：/词库 查看")
    if len(written) > MAX_WORDS:
        raise Unreadable(f"一次最多删 {MAX_WORDS} 个。")
    return tuple(map(_selection, written))


def _selection(word: str) -> Selection:
    match = _NUMBER.fullmatch(word)
    if match is None:
        return Selection(tidied(word))
    first = int(match["first"])
    last = int(match["last"] or first)
    if not first <= last < first + MAX_RANGE:
        raise Unreadable(f"“{word}”不对：从小到大写，一次最多 {MAX_RANGE} 个编号。")
    return Selection(word, first, last)


def read_page(text: str) -> tuple[str, int]:
    """Read `[类别] [页]`; returns the category or "" and the page from 1."""
    category, rest = split_category(text)
    rest = rest.removeprefix("第").removesuffix("页").strip()
    if not rest:
        return category, 1
    if not rest.isdecimal() or len(rest) > 6 or not int(rest):
        raise Unreadable(f"看不懂“{rest[:12]}”。写法：/词库 查看 [{'|'.join(CATEGORIES)}] [页]")
    return category, int(rest)


@lru_cache(maxsize=1)
def ordinary_lines() -> tuple[MessageView, ...]:
    """Return what members write every day, as messages."""
    lines = load_lines(Path(__file__).with_name("ordinary.txt"))
    return tuple(plain_message(line) for line in lines)


def plain_message(text: str) -> MessageView:
    """Return a member's message that says nothing but `text`."""
    return read_message(
        [{"type": "text", "data": {"text": text}}],
        message_id=0,
        group_id=0,
        user_id=0,
        self_id=0,
        time=0,
        role="member",
    )


def in_ordinary_talk(words: Iterable[str]) -> dict[str, str]:
    """Return the words that occur in ordinary talk, each with a sentence it occurs in."""
    listed = list(words)
    terms = Terms(
        Term(number, "广告", word, is_pattern(word)) for number, word in enumerate(listed)
    )
    found: dict[str, str] = {}
    for line in ordinary_lines():
        for term in terms.matches(line):
            found.setdefault(listed[term.number], line.text)
    return found


MOST_STARS = 6


def masked_word(word: str) -> str:
    """Show a word in the group without repeating it: 加*信."""
    if len(word) <= 2:
        return f"{word[:1]}*"
    return f"{word[0]}{'*' * min(len(word) - 2, MOST_STARS)}{word[-1]}"
