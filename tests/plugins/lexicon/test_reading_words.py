"""Reading what admins write about words."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pinbang.moderation.terms import problem_with
from plugins.lexicon.rules import (
    Request,
    Selection,
    Unreadable,
    in_ordinary_talk,
    masked_word,
    ordinary_lines,
    read_addition,
    read_import,
    read_page,
    read_selections,
    split_action,
    split_category,
)

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "action", "rest"),
    [
        ("添加 广告 某词", "添加", "广告 某词"),
        ("添加广告 某词", "添加", "广告 某词"),
        ("删 3", "删除", "3"),
        ("列表", "查看", ""),
        ("导出\u3000广告", "导出", "广告"),
        ("", "", ""),
        ("乱写", "", "乱写"),
    ],
)
def test_actions(text: str, action: str, rest: str) -> None:
    assert split_action(text) == (action, rest)


@pytest.mark.parametrize(
    ("text", "category", "rest"),
    [
        ("广告 某词", "广告", "某词"),
        ("广告：某词", "广告", "某词"),
        ("白名单\u3000某词", "放行", "某词"),
        ("广告", "广告", ""),
        ("广告位招租", "", "广告位招租"),
        ("某词", "", "某词"),
    ],
)
def test_categories_must_be_set_apart(text: str, category: str, rest: str) -> None:
    assert split_category(text) == (category, rest)


@pytest.mark.parametrize(
    ("text", "words", "lasts"),
    [
        ("广告 暗号甲", ("暗号甲",), None),
        ("广告 暗号甲 暗号乙，暗号丙、暗号丁", ("暗号甲", "暗号乙", "暗号丙", "暗号丁"), None),
        ("广告 暗号甲 暗号甲", ("暗号甲",), None),
        ("广告 暗号甲 7天", ("暗号甲",), 7 * DAY),
        ("广告 暗号甲 到 7天", ("暗号甲",), 7 * DAY),
        ("广告 暗号甲 有效期半小时", ("暗号甲",), timedelta(minutes=30)),
        ("广告 暗号甲 30天内", ("暗号甲",), 30 * DAY),
        ("广告 暗号甲 12-01", ("暗号甲",), timedelta(days=6, hours=13, minutes=59)),
        ("广告 暗号甲 到12月1日", ("暗号甲",), timedelta(days=6, hours=13, minutes=59)),
        ("广告 7天 暗号甲", ("7天", "暗号甲"), None),
        ("广告 加*信 ＊加信＊", ("加*信", "加信"), None),
    ],
)
def test_words_and_how_long_they_last(
    text: str, words: tuple[str, ...], lasts: timedelta | None
) -> None:
    request = read_addition(text, NOW)
    assert request.words == words
    assert request.until == (None if lasts is None else NOW + lasts)
    assert request.dated is (lasts is not None)
    assert not request.forced


def test_options_may_stand_in_any_order() -> None:
    for text in ("放行 暗号 强制 7天", "放行 暗号 7天 强制"):
        request = read_addition(text, NOW)
        assert (request.words, request.forced, request.until) == (("暗号",), True, NOW + 7 * DAY)
    assert read_addition("放行 暗号 永久", NOW).dated


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "先写类别"),
        ("暗号", "先写类别"),
        ("广告位招租", "先写类别"),
        ("广告", "请写上词"),
        ("广告 7天", "请写上词"),
        ("广告 ** 7天", "请写上词"),
        ("广告 暗号 10秒", "最短 1 分钟"),
        ("广告 暗号 2月30日", "没有这一天"),
        ("广告 " + " ".join(f"暗号{n}" for n in range(501)), "一次最多 500 个"),
    ],
)
def test_what_cannot_be_understood_says_what_to_write(text: str, complaint: str) -> None:
    with pytest.raises(Unreadable, match=complaint):
        read_addition(text, NOW)


def test_imports_take_a_word_a_line() -> None:
    request = read_import("诈骗 30天\n1. 暗号甲\n\n  暗号乙 二  \n- 暗号丙\n暗号甲\n2、暗号丁", NOW)
    assert request.category == "诈骗"
    assert request.words == ("暗号甲", "暗号乙 二", "暗号丙", "暗号丁")
    assert request.until == NOW + 30 * DAY
    with pytest.raises(Unreadable, match="先写类别"):
        read_import("暗号甲\n暗号乙", NOW)


def test_what_is_to_be_removed() -> None:
    assert read_selections("3 #5号、7-9 暗号") == (
        Selection("3", 3, 3),
        Selection("#5号", 5, 5),
        Selection("7-9", 7, 9),
        Selection("暗号"),
    )
    for text, complaint in (("", "请写要删的"), ("9-7", "从小到大"), ("1-900", "最多 500")):
        with pytest.raises(Unreadable, match=complaint):
            read_selections(text)


def test_pages() -> None:
    assert read_page("") == ("", 1)
    assert read_page("广告 第3页") == ("广告", 3)
    assert read_page("２") == ("", 2)
    for text in ("0", "乱写", "广告 x", "9999999"):
        with pytest.raises(Unreadable, match="看不懂"):
            read_page(text)


@pytest.mark.parametrize(
    "word", ["砍一刀", "助力", "谢谢", "微信", "红包", "大家", "砍*下", "链接"]
)
def test_everyday_words_are_known(word: str) -> None:
    assert word in in_ordinary_talk([word])


@pytest.mark.parametrize("word", ["暗号甲", "专业代砍", "加微信", "刷单返利", "bad.com"])
def test_words_of_ads_are_no_everyday_words(word: str) -> None:
    assert in_ordinary_talk([word]) == {}


def test_there_is_ordinary_talk() -> None:
    assert len(ordinary_lines()) > 100


@pytest.mark.parametrize(
    ("word", "shown"),
    [("加微信", "加*信"), ("代砍", "代*"), ("专业代砍平台", "专****台"), ("a" * 60, "a******a")],
)
def test_words_are_masked_in_the_group(word: str, shown: str) -> None:
    assert masked_word(word) == shown


@pytest.mark.parametrize("text", ["9" * 10_000, "到" * 10_000, "1 " * 400, "*" * 10_000])
def test_long_input_is_borne(text: str) -> None:
    assert all(problem_with(word) for word in _words(read_addition, f"广告 甲 {text}")[1:])
    assert all(problem_with(word) for word in _words(read_import, f"广告 甲\n{text}")[1:])
    assert len(read_selections(text)) in {1, 400}


def _words(read: Callable[[str, datetime], Request], text: str) -> tuple[str, ...]:
    return read(text, NOW).words
