"""Reading what admins write about rehearsing and back-tests, and comparing then with now."""

import pytest

from pinbang.text.setting_values import Unreadable, read_value
from plugins.rehearsal.rules import (
    MAX_EXAMPLES,
    Comparison,
    Example,
    Proposal,
    Then,
    read_days,
    read_proposal,
    read_switch,
    switched,
)

TITLES = ("广告", "文明", "诈骗")
SETTINGS = ("判定分数", "停用判定", "新人从严")


@pytest.mark.parametrize(
    ("text", "on", "named"),
    [
        ("开", True, ()),
        ("关", False, ()),
        ("开启 全部", True, ()),
        ("开 广告", True, ("广告",)),
        ("关 广告、文明", False, ("广告", "文明")),
        ("关闭广告", False, ("广告",)),
        ("ＯＮ 文明", True, ("文明",)),
    ],
)
def test_switches(text: str, on: bool, named: tuple[str, ...]) -> None:
    assert read_switch(text) == (on, named)


def test_what_is_no_switch() -> None:
    with pytest.raises(Unreadable, match="请写 开 或 关"):
        read_switch("广告")


@pytest.mark.parametrize(
    ("present", "on", "named", "after"),
    [
        ([], True, (), ["全部"]),
        ([], True, ("文明",), ["文明"]),
        (["文明"], True, ("广告",), ["广告", "文明"]),
        (["广告", "文明"], True, ("诈骗",), ["全部"]),
        (["全部"], False, (), []),
        (["全部"], False, ("广告",), ["文明", "诈骗"]),
        (["文明"], False, ("文明",), []),
        (["文明"], False, ("广告",), ["文明"]),
    ],
)
def test_which_judges_rehearse_afterwards(
    present: list[str], on: bool, named: tuple[str, ...], after: list[str]
) -> None:
    assert switched(present, TITLES, on=on, named=named) == after


def test_an_unknown_judge_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Unreadable, match="没有“乱写”这个判定，有：广告、文明、诈骗"):
        switched([], TITLES, on=True, named=("乱写",))


@pytest.mark.parametrize(
    ("text", "days", "rest"),
    [
        ("7", 7, ""),
        ("７天", 7, ""),
        ("最近3天 判定分数 0.7", 3, "判定分数 0.7"),
        ("7判定分数 0.7", 7, "判定分数 0.7"),
    ],
)
def test_days(text: str, days: int, rest: str) -> None:
    assert read_days(text, None) == (days, rest)


@pytest.mark.parametrize("text", ["", "0", "很多", "判定分数 0.7", "99999"])
def test_what_are_no_days(text: str) -> None:
    with pytest.raises(Unreadable, match="先写天数"):
        read_days(text, None)
    assert read_days("", 7) == (7, "")


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("", Proposal()),
        ("判定分数 0.7", Proposal(setting="判定分数", value="0.7")),
        ("判定分数：0.7", Proposal(setting="判定分数", value="0.7")),
        ("停用判定 文明、广告", Proposal(setting="停用判定", value="文明、广告")),
        ("词 广告 某词", Proposal(category="广告", word="某词")),
        ("词库 放行 *某 词*", Proposal(category="放行", word="某 词")),
    ],
)
def test_proposals(text: str, proposal: Proposal) -> None:
    assert read_proposal(text, SETTINGS) == proposal


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("判定分数", "判定分数后面写上想试的值，例如：/回测 7 判定分数 0.7"),
        ("词", "写法：/回测 7 词 类别 某词"),
        ("词 某词", "类别是 广告、辱骂、诈骗、放行"),
        ("词 广告 字", "这个词太短"),
        ("识别图片 关", "回测能试：判定分数、停用判定、新人从严、词"),
    ],
)
def test_proposals_that_cannot_be_tried(text: str, complaint: str) -> None:
    with pytest.raises(Unreadable, match=complaint):
        read_proposal(text, SETTINGS)


def test_values() -> None:
    assert read_value("0.7", 0.6) == 0.7
    assert read_value("关", True) is False
    assert read_value("无", ["文明"]) == []
    assert read_value("文明、广告", []) == ["文明", "广告"]
    with pytest.raises(Unreadable, match="请写一个数字"):
        read_value("高", 0.6)
    with pytest.raises(Unreadable, match="请写“开”或“关”"):
        read_value("高", True)


CAUGHT = Example("广告", 0.9, "……")


def test_then_is_compared_with_now() -> None:
    result = Comparison()
    for then, now in (
        (None, None),
        (None, CAUGHT),
        (Then(1), CAUGHT),
        (Then(2), None),
        (Then(3, undone=True), CAUGHT),
        (Then(4, undone=True), None),
        (Then(5, by_admin=True), CAUGHT),
        (Then(6, by_admin=True), None),
        (Then(7, by_picture=True), None),
        (Then(8, rehearsed=True), CAUGHT),
    ):
        result.add(then, now, swept=False)
    assert (result.judged, result.then, result.rehearsed, result.now) == (10, 5, 1, 5)
    assert result.caught == {"广告": 1}
    assert (result.unchanged, result.released) == (2, [2])
    assert (result.undone_again, result.undone_no_more) == ([3], 1)
    assert (result.admins_found, result.admins_missed) == (1, [6])
    assert result.pictures == 1


def test_what_went_with_another_case_is_nothing_new() -> None:
    result = Comparison()
    result.add(None, CAUGHT, swept=True)
    assert result.caught == {}


def test_a_few_examples_are_enough() -> None:
    result = Comparison()
    for _ in range(MAX_EXAMPLES + 3):
        result.add(None, CAUGHT, swept=False)
    assert len(result.examples) == MAX_EXAMPLES
    assert result.caught["广告"] == MAX_EXAMPLES + 3
