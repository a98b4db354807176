"""Pure rules: what admins call an offence, and which case a message of the bot shows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pinbang.moderation.judging import Finding


@dataclass(frozen=True)
class Category:
    """A kind of offence as admins name it; `label` is what the group is told."""

    name: str
    judge: str
    label: str


AD = Category("广告", "ad", "广告引流")
CATEGORIES = (
    AD,
    Category("辱骂", "civility", "辱骂"),
    Category("诈骗", "scam", "诈骗信息"),
    Category("隐私", "privacy", "泄露个人信息"),
    Category("强迫", "coercion", "强迫他人"),
    Category("刷屏", "flood", "刷屏"),
)
_ALSO_CALLED = {
    "引流": "广告",
    "骂人": "辱骂",
    "文明": "辱骂",
    "攻击": "辱骂",
    "骗子": "诈骗",
    "骗人": "诈骗",
    "个人信息": "隐私",
    "威胁": "强迫",
    "灌水": "刷屏",
}
NAMES = "、".join(category.name for category in CATEGORIES)
NAME_PATTERN = "|".join((*(category.name for category in CATEGORIES), *_ALSO_CALLED))
"""A regular expression for every name of a category."""
OF_TIMES = frozenset({"flood"})
"""Judges that look at how often something is said: its words alone teach them nothing."""

_BY_NAME = {category.name: category for category in CATEGORIES}
_BY_JUDGE = {category.judge: category for category in CATEGORIES}


def named_category(name: str) -> Category | None:
    """Return the category an admin named, or None for an unknown name."""
    word = name.strip(" 。.!！“”\"'")
    return _BY_NAME.get(_ALSO_CALLED.get(word, word))


def likeliest_category(found: Iterable[Finding]) -> Category:
    """Return the category of what the judges find strongest, however weak; an ad when nothing."""
    known = [one for one in found if one.judge in _BY_JUDGE]
    strongest = max(known, key=lambda one: one.score, default=None)
    return AD if strongest is None else _BY_JUDGE[strongest.judge]


_SHOWN = re.compile(r"(?<![（(])编号 ?(\d{1,12})(?!\d)|(?<!\d)(\d{1,12}) 号处理")


def case_shown(words: str) -> int | None:
    """Return the number of the case that a message of the bot is about; None for none or several.

    The numbers of join requests stand in brackets.
    """
    numbers = {int(match[1] or match[2]) for match in _SHOWN.finditer(words)}
    return numbers.pop() if len(numbers) == 1 else None
