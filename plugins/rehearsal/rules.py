"""Pure: read what admins write, and compare what was done with what would be done."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pinbang.moderation.terms import CATEGORIES, problem_with, tidied
from pinbang.text.setting_values import Unreadable

EVERYTHING = "全部"
_ON = ("开启", "打开", "开始", "开", "on")
_OFF = ("关闭", "关掉", "结束", "停止", "关", "off")
_SEPARATORS = re.compile(r"[\s,，、;；]+")
_EVERYTHING = frozenset({EVERYTHING, "所有", "全"})
_DAYS = re.compile(r"最?近?(?P<days>\d{1,4})(?!\d)\s*天?(?P<rest>.*)", re.DOTALL)


def read_switch(text: str) -> tuple[bool, tuple[str, ...]]:
    """Read `开|关 [判定 …]`: on or off, and the judges named; none means all."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for on, written in ((True, _ON), (False, _OFF)):
        for word in written:
            if plain.lower().startswith(word):
                names = [name for name in _SEPARATORS.split(plain[len(word) :]) if name]
                return on, () if _EVERYTHING & set(names) else tuple(names)
    raise Unreadable("请写 开 或 关，例如：/演练 开、/演练 开 文明、/演练 关")


def switched(
    present: Sequence[str], titles: Sequence[str], *, on: bool, named: Sequence[str]
) -> list[str]:
    """Return which judges only rehearse after the switch; [全部] stands for all of them."""
    if unknown := [name for name in named if name not in titles]:
        raise Unreadable(f"没有“{unknown[0][:12]}”这个判定，有：{'、'.join(titles)}")
    before = set(titles) if EVERYTHING in present else set(present)
    if not named:
        return [EVERYTHING] if on else []
    after = before | set(named) if on else before - set(named)
    return [EVERYTHING] if after >= set(titles) else [name for name in titles if name in after]


def read_days(text: str, default: int | None) -> tuple[int, str]:
    """Split the number of days off; `default` is for none, None if it must be there."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain and default is not None:
        return default, ""
    match = _DAYS.fullmatch(plain)
    if match is None or not int(match["days"]):
        raise Unreadable("先写天数，例如 7。")
    return int(match["days"]), match["rest"].strip()


@dataclass(frozen=True)
class Proposal:
    """What a back-test is to try instead of the group's own rules.

    `setting` is the title of a setting of the guard with `value` as it was written; `word` a word
    of `category`; all "" for the rules as they are.
    """

    setting: str = ""
    value: str = ""
    category: str = ""
    word: str = ""


def read_proposal(text: str, settings: Sequence[str]) -> Proposal:
    """Read `设置 值` or `词 类别 某词`; `settings` are the titles that can be tried."""
    if not text:
        return Proposal()
    for title in settings:
        if text.startswith(title):
            value = text[len(title) :].strip(" :：=")
            if not value:
                raise Unreadable(f"{title}后面写上想试的值，例如：{example(title)}")
            return Proposal(setting=title, value=value)
    head, _, rest = text.partition(" ")
    if head in {"词", "词库"}:
        category, _, written = rest.strip().partition(" ")
        word = tidied(written)
        if category not in CATEGORIES or not word:
            raise Unreadable(f"写法：/回测 7 词 类别 某词，类别是 {'、'.join(CATEGORIES)}")
        if (problem := problem_with(word)) is not None:
            raise Unreadable(f"这个词{problem}。")
        return Proposal(category=category, word=word)
    raise Unreadable(
        f"回测能试：{'、'.join(settings)}、词。例如：{example(settings[0])}，/回测 7 词 广告 某词"
    )


def example(title: str) -> str:
    """Show how a setting is tried."""
    return f"/回测 7 {title} {_EXAMPLES.get(title, '关')}"


_EXAMPLES = {"判定分数": "0.7", "停用判定": "文明", "新人从严": "关"}
MAX_EXAMPLES = 5


@dataclass(frozen=True)
class Then:
    """What became of a message: its case, whether that was undone, and on whose word it was.

    A `rehearsed` case was only noted; one `by_picture` rests on a picture, which is not kept.
    """

    number: int
    rehearsed: bool = False
    undone: bool = False
    by_admin: bool = False
    by_picture: bool = False


@dataclass(frozen=True)
class Example:
    """A message that would be acted on now and was not: by which judge, its score, its words."""

    title: str
    score: float
    text: str


@dataclass
class Comparison:
    """The difference between what was done and what would be done."""

    judged: int = 0
    exempt: int = 0
    then: int = 0
    rehearsed: int = 0
    now: int = 0
    caught: Counter[str] = field(default_factory=Counter[str])
    examples: list[Example] = field(default_factory=list[Example])
    released: list[int] = field(default_factory=list[int])
    unchanged: int = 0
    undone_again: list[int] = field(default_factory=list[int])
    undone_no_more: int = 0
    admins_found: int = 0
    admins_missed: list[int] = field(default_factory=list[int])
    pictures: int = 0

    def add(self, then: Then | None, example: Example | None, *, swept: bool) -> None:
        """Count one judged message: its case, what would be objected to now.

        `swept` tells that it went with another message's case, so that it is nothing new.
        """
        self.judged += 1
        now = example is not None
        self.now += now
        if then is None:
            if example is not None and not swept:
                self.caught[example.title] += 1
                if len(self.examples) < MAX_EXAMPLES:
                    self.examples.append(example)
            return
        if then.by_picture and not now:
            self.pictures += 1
        elif then.undone:
            self._add_undone(then, now=now)
        elif then.by_admin:
            self._add_admins(then, now=now)
        else:
            self.then += 1
            self.rehearsed += then.rehearsed
            if now:
                self.unchanged += 1
            else:
                self.released.append(then.number)

    def _add_undone(self, then: Then, *, now: bool) -> None:
        self.then += 1
        if now:
            self.undone_again.append(then.number)
        else:
            self.undone_no_more += 1

    def _add_admins(self, then: Then, *, now: bool) -> None:
        if now:
            self.admins_found += 1
        else:
            self.admins_missed.append(then.number)
