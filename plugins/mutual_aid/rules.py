"""Pure rules of the aid board: read what people write, order the board."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from pinbang.text.deadlines import parse_deadline
from pinbang.text.links import find_links, is_pinduoduo

MAX_WHAT = 200
MAX_FIELD = 100
EARLIEST = timedelta(minutes=5)
"""A deadline nearer than this leaves nobody time to help."""

_FIELDS = {
    "事项": "what",
    "内容": "what",
    "需要": "what",
    "求助": "what",
    "类型": "kind",
    "链接": "link",
    "口令": "link",
    "链接/口令": "link",
    "人数": "wanted",
    "缺": "wanted",
    "还差": "wanted",
    "截止": "deadline",
    "截止时间": "deadline",
    "时间": "deadline",
    "感谢": "thanks",
    "答谢": "thanks",
    "备注": "note",
    "说明": "note",
}
_FIELD = re.compile(
    r"(?P<name>" + "|".join(sorted(map(re.escape, _FIELDS), key=len, reverse=True)) + r")\s*[:：]"
)
_TITLE = re.compile(r"\s*[【\[]\s*互助\s*[】\]]\s*")
_DIGITS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2, "俩": 2}
_AMOUNT = r"(\d{1,6}|[一两二俩三四五六七八九十])\s*(?:个|位|名)?\s*"
_MISSING = re.compile(
    rf"还?(?:差|缺|需要?|要|求|剩)\s*{_AMOUNT}(?:人(?!民|间|气|生)|位|个(?!人)|名|刀|新|老|助力|帮手|朋友|好友)"
)
_PEOPLE = re.compile(rf"(?<![满\d]){_AMOUNT}(?:人|位|名|帮手|朋友|好友)(?!民|间|气|生|团|成团|拼)")
"""A number of people alone; 2人团 and 满10人成团 name the deal, not who is missing."""


class Misunderstood(Exception):  # noqa: N818 -- an answer to a member, not a fault
    """A request that cannot be registered; the text says what to write instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Draft:
    """A request as it was understood; what was not written is None or empty."""

    what: str
    link: str
    wanted: int | None
    deadline: datetime | None
    thanks: str
    note: str


def read_request(text: str, now: datetime) -> Draft:
    """Read the `【互助】` form or free text; `now` is aware, in the people's time zone.

    Raises Misunderstood for a request without a subject, with a number or date that makes no
    sense, or with a link that does not lead to Pinduoduo.
    """
    body = _TITLE.sub("", text.strip(), count=1)
    matches = list(_FIELD.finditer(body))
    if matches and (body[: matches[0].start()].strip() == "" or len(matches) >= 2):
        return _read_form(body, matches, now)
    return _read_sentence(body, now)


def _read_form(body: str, matches: list[re.Match[str]], now: datetime) -> Draft:
    values: dict[str, str] = {}
    head = body[: matches[0].start()].strip()
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        end = following.start() if following else len(body)
        value = body[match.end() : end].strip(" \t\r\n;；,，")
        name = _FIELDS[match["name"]]
        values[name] = f"{values[name]} {value}".strip() if name in values else value
    what = " ".join(part for part in (head, values.get("kind"), values.get("what")) if part)
    link = values.get("link", "")
    _check_links(body)
    wanted = _read_count(values["wanted"]) if values.get("wanted") else _count_in(what)
    deadline = parse_deadline(what, now)
    if values.get("deadline"):
        deadline = parse_deadline(values["deadline"], now)
        if deadline is None:
            raise Misunderstood("截止时间没看懂。可以写：今晚12点、明天18点、2小时内。")
    return _checked(
        Draft(
            what=_plain(what) or _plain(values.get("note", "")),
            link=link[:1000],
            wanted=wanted,
            deadline=deadline,
            thanks=values.get("thanks", "")[:MAX_FIELD],
            note=values.get("note", "")[:MAX_FIELD],
        )
    )


def _read_sentence(body: str, now: datetime) -> Draft:
    _check_links(body)
    links = list(find_links(body))
    rest = body
    for link in reversed(links):
        rest = f"{rest[: link.start]} {rest[link.end :]}"
    return _checked(
        Draft(
            what=_plain(rest),
            link=links[0].url[:1000] if links else "",
            wanted=_count_in(rest),
            deadline=parse_deadline(rest, now),
            thanks="",
            note="",
        )
    )


def _count_in(text: str) -> int | None:
    folded = unicodedata.normalize("NFKC", text)
    match = _MISSING.search(folded) or _PEOPLE.search(folded)
    return _number(match[1]) if match else None


def _check_links(text: str) -> None:
    for link in find_links(text):
        if not is_pinduoduo(link.host):
            raise Misunderstood("只登记拼多多的求助，请去掉其他网站的链接再发。")


def _read_count(text: str) -> int:
    match = re.search(r"\d{1,6}|[一两二俩三四五六七八九十]", unicodedata.normalize("NFKC", text))
    if match is None:
        raise Misunderstood("人数没看懂，请写一个数字，例如 人数：3。")
    return _number(match[0])


def _number(text: str) -> int:
    return _DIGITS[text] if text in _DIGITS else int(text)


def _plain(text: str) -> str:
    return " ".join(text.split())[:MAX_WHAT]


def _checked(draft: Draft) -> Draft:
    if not draft.what and not draft.link:
        raise Misunderstood("要写明帮什么，例如 /求助 还差2人砍一刀 今晚12点前。")
    return draft


def settle_wanted(wanted: int | None, most: int) -> int:
    """Return how many helpers are wanted, one when nothing was written."""
    if wanted is None:
        return 1
    if not 1 <= wanted <= most:
        raise Misunderstood(f"人数要在 1 到 {most} 之间。")
    return wanted


def settle_deadline(
    deadline: datetime | None, now: datetime, *, default: timedelta, longest: timedelta
) -> datetime:
    """Return the deadline, the default when none was written; refuse past and far ones."""
    if deadline is None:
        return now + default
    if deadline < now + EARLIEST:
        raise Misunderstood("截止时间已经过了或太近，请写至少 5 分钟后的时间，例如 今晚12点。")
    if deadline > now + longest:
        raise Misunderstood(f"截止时间太远，最多写 {longest.days} 天内的，例如 明天18点。")
    return deadline


@dataclass(frozen=True)
class Line:
    """What the order of the board looks at."""

    number: int
    missing: int
    deadline: datetime
    created_at: datetime


def board_order(lines: list[Line], now: datetime) -> list[Line]:
    """Put what needs help most first: missing helpers per hour left, then who waits longer."""

    def urgency(line: Line) -> tuple[bool, float, datetime]:
        hours = max((line.deadline - now).total_seconds() / 3600, 0.05)
        return (line.missing == 0, -line.missing / hours, line.created_at)

    return sorted(lines, key=urgency)
