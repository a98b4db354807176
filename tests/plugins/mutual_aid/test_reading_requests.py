"""What people write when they need help, and how it is understood."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.mutual_aid.rules import (
    Line,
    Misunderstood,
    board_order,
    read_request,
    settle_deadline,
    settle_wanted,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)  # a Wednesday
LINK = "https://mobile.yangkeduo.com/goods2.html?ps=abcDEF12"
SHORT = "https://p.pinduoduo.com/AbCd1234"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("还差2人砍一刀", 2),
        ("差2人", 2),
        ("还差两个人", 2),
        ("还差俩人", 2),
        ("差三位朋友帮忙点一下", 3),
        ("还差１人", 1),
        ("还差 3 个人助力", 3),
        ("果园差3个人浇水", 3),
        ("砍价还差2刀", 2),
        ("差一刀", 1),
        ("还剩2刀就成了", 2),
        ("需要5个新用户", 5),
        ("求3个老用户点一下", 3),
        ("要四位帮手", 4),
        ("3人帮我助力一下", 3),
        ("来两位朋友帮我点一下", 2),
        ("2人团还差1人", 1),
        ("三人团差2人", 2),
        ("2人团 还差1人 今晚12点前", 1),
        ("还缺2人拼团", 2),
        ("两人团，帮我拼一下", None),
        ("帮我砍一刀", None),
        ("帮我点一下 谢谢大家", None),
        ("就差0.5元了，帮忙砍一下", None),
        ("还差500积分，帮忙助力", None),
        ("帮我拼个单，2件", None),
        ("我要1个人气奖杯", None),
        ("转盘抽现金求助力", None),
        ("满10人成团还差4人", 4),
    ],
)
def test_how_many_people_are_wanted(text: str, wanted: int | None) -> None:
    assert read_request(text, NOW).wanted == wanted


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("还差2人砍一刀 今晚12点前", at(26, 0)),
        ("还差2人砍一刀，今晚8点截止", at(25, 20)),
        ("还差2人 明天18点前", at(26, 18)),
        ("还差2人 2小时内", at(25, 12)),
        ("还差2人 半小时内", at(25, 10, 30)),
        ("还差2人 今天23:59前", at(25, 23, 59)),
        ("砍一刀", None),
        ("昨天没砍完，帮忙砍一刀", None),
    ],
)
def test_until_when_help_is_wanted(text: str, deadline: datetime | None) -> None:
    assert read_request(text, NOW).deadline == deadline


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (f"还差2人砍一刀 {LINK}", LINK),
        (f"{LINK} 还差2人", LINK),
        (f"砍一刀{SHORT}谢谢", SHORT),
        ("还差2人砍一刀", ""),
    ],
)
def test_the_link_is_kept_apart(text: str, link: str) -> None:
    draft = read_request(text, NOW)
    assert draft.link == link
    assert "http" not in draft.what


def test_what_help_is_wanted_is_kept_in_the_persons_words() -> None:
    draft = read_request(f"  果园差3个人\n浇水   {LINK} 谢谢大家 ", NOW)
    assert draft.what == "果园差3个人 浇水 谢谢大家"


FULL = f"""【互助】
事项：砍价还差2刀
链接：{LINK}
人数：2
截止：今晚12点
感谢：回头帮大家
备注：新用户优先"""


def test_the_form() -> None:
    draft = read_request(FULL, NOW)
    assert draft.what == "砍价还差2刀"
    assert draft.link == LINK
    assert draft.wanted == 2
    assert draft.deadline == at(26, 0)
    assert draft.thanks == "回头帮大家"
    assert draft.note == "新用户优先"


@pytest.mark.parametrize(
    "text",
    [
        FULL,
        FULL.replace("\n", " "),
        FULL.replace("：", ":"),
        FULL.replace("【互助】\n", ""),
        FULL.replace("【互助】", "【 互助 】"),
        FULL.replace("\n", "\r\n"),
        FULL.replace("人数：2", "人数：２人"),
        FULL.replace("人数：2", "人数：两个"),
        FULL.replace("人数：2", "还差：2"),
        FULL.replace("截止：", "截止时间："),
        FULL.replace("链接：", "链接/口令："),
        FULL.replace("事项", "内容"),
        FULL.replace("感谢", "答谢"),
    ],
)
def test_the_form_however_it_is_filled_in(text: str) -> None:
    draft = read_request(text, NOW)
    assert (draft.what, draft.wanted, draft.deadline) == ("砍价还差2刀", 2, at(26, 0))
    assert draft.link == LINK
    assert draft.thanks == "回头帮大家"


@pytest.mark.parametrize(
    ("text", "what", "wanted", "deadline"),
    [
        ("求助：还差2人砍一刀 今晚12点前", "还差2人砍一刀 今晚12点前", 2, at(26, 0)),
        ("【互助】还差2人砍一刀 今晚12点前", "还差2人砍一刀 今晚12点前", 2, at(26, 0)),
        ("事项：还差3人助力", "还差3人助力", 3, None),
        ("事项：还差3人助力\n人数：2", "还差3人助力", 2, None),
        ("事项：砍一刀\n截止：明天18点", "砍一刀", None, at(26, 18)),
        ("【互助】砍价\n人数：1\n截止：今晚12点", "砍价", 1, at(26, 0)),
    ],
)
def test_forms_that_are_half_filled_in(
    text: str, what: str, wanted: int | None, deadline: datetime | None
) -> None:
    draft = read_request(text, NOW)
    assert (draft.what, draft.wanted, draft.deadline) == (what, wanted, deadline)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "要写明帮什么"),
        ("【互助】", "要写明帮什么"),
        ("   \n ", "要写明帮什么"),
        ("帮我砍一刀 https://item.taobao.com/item.htm?id=1", "只登记拼多多"),
        ("事项：点一下\n链接：https://evil.example.com/x", "只登记拼多多"),
        ("事项：砍一刀\n人数：不限", "人数没看懂"),
        ("事项：砍一刀\n人数：很多人", "人数没看懂"),
        ("事项：砍一刀\n截止：有空就行", "截止时间没看懂"),
        ("事项：砍一刀\n截止：昨天", "截止时间没看懂"),
    ],
)
def test_what_cannot_be_registered_is_answered_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(Misunderstood) as caught:
        read_request(text, NOW)
    assert hint in caught.value.message


def test_endless_texts_are_cut() -> None:
    draft = read_request("砍" * 5000, NOW)
    assert len(draft.what) <= 200
    form = read_request(f"事项：{'砍' * 5000}\n感谢：{'谢' * 5000}\n链接：{'x' * 5000}", NOW)
    assert max(len(form.what), len(form.thanks)) <= 200
    assert len(form.link) <= 1000


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        draft = read_request(text, NOW)
    except Misunderstood:
        return
    assert draft.what or draft.link
    assert draft.deadline is None or draft.deadline > NOW


@pytest.mark.parametrize(("wanted", "settled"), [(None, 1), (1, 1), (20, 20)])
def test_the_number_of_helpers(wanted: int | None, settled: int) -> None:
    assert settle_wanted(wanted, 20) == settled


@pytest.mark.parametrize("wanted", [0, -1, 21, 999999])
def test_impossible_numbers_of_helpers_are_refused(wanted: int) -> None:
    with pytest.raises(Misunderstood, match="1 到 20"):
        settle_wanted(wanted, 20)


def settle(deadline: datetime | None) -> datetime:
    return settle_deadline(deadline, NOW, default=timedelta(hours=24), longest=timedelta(days=7))


def test_the_deadline() -> None:
    assert settle(None) == NOW + timedelta(hours=24)
    assert settle(NOW + timedelta(minutes=5)) == NOW + timedelta(minutes=5)
    assert settle(NOW + timedelta(days=7)) == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    "deadline",
    [
        NOW - timedelta(hours=1),
        NOW,
        NOW + timedelta(minutes=5) - timedelta(seconds=1),
        NOW + timedelta(days=7, seconds=1),
    ],
)
def test_impossible_deadlines_are_refused(deadline: datetime) -> None:
    with pytest.raises(Misunderstood, match="例如"):
        settle(deadline)


def line(number: int, missing: int, hours: float, waiting: float = 0) -> Line:
    return Line(number, missing, NOW + timedelta(hours=hours), NOW - timedelta(hours=waiting))


def test_the_board_puts_first_what_lacks_most_help_for_the_time_left() -> None:
    lines = [
        line(1, missing=1, hours=24),
        line(2, missing=1, hours=1),
        line(3, missing=5, hours=2),
        line(4, missing=0, hours=0.1),
        line(5, missing=1, hours=24, waiting=3),
    ]
    assert [one.number for one in board_order(lines, NOW)] == [3, 2, 5, 1, 4]


@given(st.lists(st.tuples(st.integers(0, 20), st.floats(-5, 200), st.floats(0, 200)), max_size=30))
def test_the_board_loses_nobody_and_shows_the_open_ones_first(
    rows: list[tuple[int, float, float]],
) -> None:
    lines = [line(number, *row) for number, row in enumerate(rows)]
    ordered = board_order(lines, NOW)
    assert sorted(one.number for one in ordered) == list(range(len(rows)))
    full = [one.missing == 0 for one in ordered]
    assert full == sorted(full)
