"""Deadlines, as members write them."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinbang.text.deadlines import describe_deadline, parse_deadline

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 24, 14, 30, tzinfo=CHINA)  # a Tuesday

TABLE = [
    ("今晚", "11-24 23:59"),
    ("今天", "11-24 23:59"),
    ("今晚12点前", "11-25 00:00"),
    ("今晚8点", "11-24 20:00"),
    ("今晚8点半前", "11-24 20:30"),
    ("今晚1点", "11-25 01:00"),
    ("今晚0点", "11-25 00:00"),
    ("今晚凌晨1点", "11-25 01:00"),
    ("今天24点截止", "11-25 00:00"),
    ("24点", "11-25 00:00"),
    ("0点前", "11-25 00:00"),
    ("明天0点前", "11-25 00:00"),
    ("明早8点", "11-25 08:00"),
    ("明早", "11-25 09:00"),
    ("明天18点", "11-25 18:00"),
    ("明晚12点", "11-26 00:00"),
    ("明天凌晨1点", "11-25 01:00"),
    ("凌晨1点", "11-25 01:00"),
    ("后天", "11-26 23:59"),
    ("大后天早上", "11-27 09:00"),
    ("到后天中午", "11-26 12:00"),
    ("后天下午5点", "11-26 17:00"),
    ("周五晚上", "11-27 23:59"),
    ("周二", "11-24 23:59"),
    ("周一前", "11-30 23:59"),
    ("下周一", "11-30 23:59"),
    ("下周三中午", "12-02 12:00"),
    ("周日晚", "11-29 23:59"),
    ("礼拜六", "11-28 23:59"),
    ("本周五前", "11-27 23:59"),
    ("2小时内", "11-24 16:30"),
    ("半小时内", "11-24 15:00"),
    ("一个半小时内", "11-24 16:00"),
    ("24小时内", "11-25 14:30"),
    ("三天内", "11-27 14:30"),
    ("1天2小时内", "11-25 16:30"),
    ("限时2小时", "11-24 16:30"),
    ("还剩30分钟", "11-24 15:00"),
    ("一小时后", "11-24 15:30"),
    ("11-25", "11-25 23:59"),
    ("11月25日 20:00", "11-25 20:00"),
    ("11/25前", "11-25 23:59"),
    ("2026-11-30", "11-30 23:59"),
    ("2026年12月1日中午12点", "12-01 12:00"),
    ("25号前", "11-25 23:59"),
    ("月底", "11-30 23:59"),
    ("下个月底", "12-31 23:59"),
    ("1月5日", "01-05 23:59"),
    ("中午", "11-25 12:00"),
    ("今天8点前", "11-24 20:00"),
    ("8点前", "11-24 20:00"),
    ("三点前", "11-24 15:00"),
    ("12点前", "11-25 00:00"),
    ("8:00前", "11-25 08:00"),
    ("20:00", "11-24 20:00"),
    ("14:30", "11-25 14:30"),
    ("晚上8点半", "11-24 20:30"),
    ("下午三点", "11-24 15:00"),
    ("明天上午十点一刻", "11-25 10:15"),
    ("8点30分截止", "11-24 20:30"),
    ("最晚今晚十点", "11-24 22:00"),
    ("截止明晚8点", "11-25 20:00"),
    ("差1人 今晚10点前有效 谢谢", "11-24 22:00"),
    ("2026年2月30日", None),
    ("25:00", None),
    ("11月20日", None),
    ("今早", None),
    ("昨天8点发的", None),
    ("上周五", None),
    ("快一点", None),
    ("差一点就好了", None),
    ("帮我点一下", None),
    ("便宜一点", None),
    ("早一点", None),
    ("今天下雨了", None),
    ("明天再帮你", None),
    ("还差3/5", None),
    ("10点积分", None),
    ("比分3:2", None),
    ("3号楼", None),
    ("等了三天还没到", None),
    ("都过去24小时了", None),
    ("等我十分钟", None),
    ("9999天内", None),
    ("", None),
    ("你们好呀", None),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_reads(text: str, expected: str | None) -> None:
    deadline = parse_deadline(text, NOW)
    assert (deadline and f"{deadline:%m-%d %H:%M}") == expected
    if deadline is not None:
        assert deadline > NOW
        assert deadline.tzinfo is CHINA


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今晚1点", "11-25 01:00"),
        ("今晚12点前", "11-26 00:00"),
        ("今晚", "11-25 23:59"),
        ("凌晨1点", "11-25 01:00"),
        ("12点前", "11-25 12:00"),
        ("明早8点", "11-26 08:00"),
    ],
)
def test_reads_after_midnight(text: str, expected: str) -> None:
    now = datetime(2026, 11, 25, 0, 30, tzinfo=CHINA)
    deadline = parse_deadline(text, now)
    assert deadline is not None
    assert f"{deadline:%m-%d %H:%M}" == expected


def test_year_turns() -> None:
    now = datetime(2026, 12, 31, 23, 0, tzinfo=CHINA)
    assert parse_deadline("今晚12点前", now) == datetime(2027, 1, 1, tzinfo=CHINA)
    assert parse_deadline("月底", now) == datetime(2026, 12, 31, 23, 59, tzinfo=CHINA)


def test_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse_deadline("今晚", datetime(2026, 11, 24))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("deadline", "text"),
    [
        (datetime(2026, 11, 24, 16, 30, tzinfo=CHINA), "今天 16:30（还剩 2 小时）"),
        (datetime(2026, 11, 25, 0, 0, tzinfo=CHINA), "今天 24:00（还剩 9 小时 30 分钟）"),
        (datetime(2026, 11, 25, 20, 0, tzinfo=CHINA), "明天 20:00（还剩 1 天 5 小时）"),
        (datetime(2026, 11, 30, 23, 59, tzinfo=CHINA), "11 月 30 日 23:59（还剩 6 天 9 小时）"),
        (
            datetime(2027, 1, 5, 23, 59, tzinfo=CHINA),
            "2027 年 1 月 5 日 23:59（还剩 42 天 9 小时）",
        ),
        (datetime(2026, 11, 24, 14, 30, 20, tzinfo=CHINA), "今天 14:30（还剩不到 1 分钟）"),
        (datetime(2026, 11, 24, 14, 0, tzinfo=CHINA), "今天 14:00（已截止）"),
        (datetime(2026, 11, 24, 8, 30, tzinfo=timezone.utc), "今天 16:30（还剩 2 小时）"),
    ],
)
def test_describes(deadline: datetime, text: str) -> None:
    assert describe_deadline(deadline, NOW) == text


@given(st.text("今明后天晚早上午点半前截止周一二三十月日号内小时分钟0123456789:-/ ", max_size=20))
@settings(max_examples=1000, deadline=None)
def test_never_raises_and_lies_ahead(text: str) -> None:
    deadline = parse_deadline(text, NOW)
    assert deadline is None or deadline > NOW
