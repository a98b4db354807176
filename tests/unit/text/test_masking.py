"""Showing a text without what identifies people."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.text.masking import masked


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("我电话13612340001 晚上联系", "13612340001"),
        ("我电话 136 1234 0001", "0001"),
        ("加微信abc123456聊", "abc123456"),
        ("加v❤：wxid_abc88", "wxid_abc88"),
        ("加扣扣 123456789", "123456789"),
        ("群号 987654321 快来", "987654321"),
        ("身份证 11010519491231002X", "19491231"),
        ("①③⑥①②③④⓪⓪⓪①", "③⑥"),
    ],
)
def test_numbers_and_names_are_masked(text: str, secret: str) -> None:
    shown = masked(text)
    assert secret not in shown
    assert "***" in shown


@pytest.mark.parametrize("text", ["还差2人砍一刀", "今晚12点前，谢谢大家", "买了 3 斤苹果", ""])
def test_the_rest_stays_as_it_was_written(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=200))
def test_any_text_is_borne_and_nothing_is_added_but_masks(text: str) -> None:
    pieces = masked(text).split("***")
    position = 0
    for piece in pieces:
        found = text.find(piece, position)
        assert found >= 0
        position = found + len(piece)


@pytest.mark.parametrize("piece", ["1 ", "a1", "-", "a", "_1", "1-", "①"])
def test_long_texts_stay_quick(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    started = time.process_time()
    masked(text)
    assert time.process_time() - started < 1
