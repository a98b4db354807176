"""How text sounds: sound-alikes and pinyin meet the plain spelling, everything else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.text.syllables import (
    SOUNDS,
    latin_phrases,
    phrase_syllables,
    sounding,
    syllables,
)


@pytest.mark.parametrize(
    "alike",
    [("政府", "证副", "zheng fu", "zhengfu"), ("大佬", "打老", "da lao"), ("你好啊", "拟号阿")],
)
def test_what_is_read_alike_sounds_alike(alike: tuple[str, ...]) -> None:
    assert len({sounding(text) for text in alike}) == 1


def test_different_readings_sound_different() -> None:
    assert sounding("今天") != sounding("明天")


@pytest.mark.parametrize("text", ["usb 3.0", "hello world", "a b c", "😀!?", ""])
def test_what_is_not_chinese_stays(text: str) -> None:
    assert sounding(text) == text


def test_pinyin_inside_chinese_is_heard() -> None:
    assert sounding("你是 sha zi 吗") == sounding("你是 傻子 吗")


@pytest.mark.parametrize(
    ("run", "cut"),
    [
        ("tongzhi", ("tong", "zhi")),
        ("nver", ("nv", "er")),
        ("xian", ("xian",)),
        ("zh", ()),
        ("vx", ()),
        ("", ()),
        ("wo" * 30, ()),
    ],
)
def test_letters_are_cut_into_as_few_syllables_as_will_do(run: str, cut: tuple[str, ...]) -> None:
    assert syllables(run) == cut


def test_a_phrase_is_pinyin_only_if_every_word_is() -> None:
    assert phrase_syllables("ni hao") == ("ni", "hao")
    assert phrase_syllables("china daily") == ()
    assert phrase_syllables("a ni") == ()


def test_parts_of_names_and_models_are_no_phrases() -> None:
    assert latin_phrases("这个 note11 和 usb-c 线, ni hao 啊") == ["ni hao"]


@given(st.text())
def test_any_text_has_a_sound_no_longer_than_itself(text: str) -> None:
    heard = sounding(text)
    assert len(heard) <= len(text)
    assert set(heard) <= SOUNDS | set(text)
