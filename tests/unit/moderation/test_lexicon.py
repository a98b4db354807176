"""Lexicons: their keys, and telling at once which of them a text may match."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinbang.moderation.lexicon import Screen, pairs_in

KEYS = (
    frozenset({"兼职", "0元"}),
    frozenset({"兼职", "刷单"}),
    frozenset[str](),
    frozenset({"00"}),
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("今天天气不错", [2]),
        ("找兼职吗", [0, 1, 2]),
        ("刷单", [1, 2]),
        ("9元一份", [0, 2]),
        ("300元刷单", [0, 1, 2, 3]),
        ("", [2]),
    ],
)
def test_a_screen_names_the_lexicons_that_may_match(text: str, places: list[int]) -> None:
    assert list(Screen(KEYS).likely(text)) == places


_CHARACTERS = st.text("兼职刷单元1290a ", max_size=12)


@given(_CHARACTERS, st.lists(st.frozensets(st.text("兼职刷单元0", min_size=2, max_size=2))))
@settings(max_examples=300, deadline=None)
def test_a_screen_agrees_with_the_pairs(text: str, keys: list[frozenset[str]]) -> None:
    pairs = pairs_in(text)
    expected = [place for place, own in enumerate(keys) if not own or not own.isdisjoint(pairs)]
    assert list(Screen(keys).likely(text)) == expected


def test_a_screen_of_nothing_finds_nothing() -> None:
    assert list(Screen([]).likely("兼职")) == []


def test_a_long_text_stays_cheap() -> None:
    screen = Screen(KEYS)
    start = time.process_time()
    screen.likely("兼职刷单300元" * 1200)
    assert time.process_time() - start < 0.5  # measured 0.005 s; the rest is for slow machines
