"""Lengths of time."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.text.durations import format_duration, parse_duration
from pinbang.text.numerals import read_number


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("10分钟", 10),
        ("１０分钟", 10),
        ("十分钟", 10),
        ("半小时", 30),
        ("2小时", 120),
        ("两个小时", 120),
        ("一个半小时", 90),
        ("1.5小时", 90),
        ("一小时半", 90),
        ("1天", 1440),
        ("一天半", 2160),
        ("半天", 720),
        ("1天2小时", 1560),
        ("一周", 10080),
        ("1个月", 43200),
        ("半个月", 21600),
        ("30m", 30),
        ("7d", 10080),
        ("1h30m", 90),
        ("90s", 1.5),
        ("10min", 10),
        ("三刻钟", 45),
        ("7日", 10080),
        (" 5 分 ", 5),
    ],
)
def test_reads(text: str, minutes: float) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["", "10", "abc", "0分钟", "分钟", "9999天", "1月5日", "十分钟后见", "半"]
)
def test_refuses(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 秒"),
        (30, "30 秒"),
        (600, "10 分钟"),
        (93_600, "1 天 2 小时"),
        (86_700, "1 天"),
        (-5, "0 秒"),
    ],
)
def test_writes(seconds: int, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


@given(st.integers(1, 59), st.sampled_from(["分钟", "小时", "天"]))
def test_reads_back_what_it_wrote(amount: int, unit: str) -> None:
    duration = parse_duration(f"{amount}{unit}")
    assert duration is not None
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("两", 2),
        ("零", 0),
        ("一二", None),
        ("", None),
        ("十百", None),
        ("x", None),
    ],
)
def test_numerals(text: str, value: int | None) -> None:
    assert read_number(text) == value
