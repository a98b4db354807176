"""Which rung of the ladder follows, and how admins write one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.guarding.ladder import (
    DEFAULT_STEPS,
    HALF_LIFE,
    Measure,
    Step,
    decayed,
    next_step,
    read_steps,
)
from pinbang.guarding.policy import LadderPolicy
from pinbang.moderation.judging import Severity

LIGHT, MEDIUM, SEVERE = Severity.LIGHT, Severity.MEDIUM, Severity.SEVERE
WARN, TEN, DAY, KICK = DEFAULT_STEPS


@pytest.mark.parametrize(
    ("strikes", "severity", "number", "step"),
    [
        (0, LIGHT, 1, WARN),
        (0, MEDIUM, 1, WARN),
        (0, SEVERE, 4, KICK),
        (0.49, MEDIUM, 1, WARN),
        (0.5, MEDIUM, 2, TEN),
        (1, MEDIUM, 2, TEN),
        (2, MEDIUM, 3, DAY),
        (3, LIGHT, 4, KICK),
        (99, MEDIUM, 4, KICK),
    ],
)
def test_the_ladder(strikes: float, severity: Severity, number: int, step: Step) -> None:
    assert next_step(strikes, severity) == (number, step)


@pytest.mark.parametrize(("strikes", "number"), [(0, 2), (1, 3), (2, 4), (3, 4)])
def test_with_severe_at_once_off_the_severe_is_one_rung_higher(strikes: int, number: int) -> None:
    assert next_step(strikes, SEVERE, severe_at_once=False)[0] == number


def test_then_a_first_offence_never_removes() -> None:
    assert next_step(0, SEVERE, (WARN, KICK), severe_at_once=False)[1] is WARN
    assert next_step(1, SEVERE, (WARN, KICK), severe_at_once=False)[1] is KICK


STEPS = st.lists(st.sampled_from(DEFAULT_STEPS), min_size=1, max_size=6).map(tuple)


@given(st.floats(0, 50), st.sampled_from(Severity), STEPS, st.booleans())
def test_every_ladder_ends_and_never_steps_down(
    strikes: float, severity: Severity, steps: tuple[Step, ...], at_once: bool
) -> None:
    number, step = next_step(strikes, severity, steps, severe_at_once=at_once)
    assert 1 <= number <= len(steps)
    assert steps[number - 1] == step
    assert next_step(strikes + 1, severity, steps, severe_at_once=at_once)[0] >= number
    assert next_step(strikes, SEVERE, steps, severe_at_once=at_once)[0] >= number


def test_an_offence_counts_half_after_each_half_life() -> None:
    assert decayed([]) == 0
    assert decayed([timedelta(), HALF_LIFE, 2 * HALF_LIFE]) == pytest.approx(1.75)
    assert decayed([-timedelta(seconds=3)]) == 1  # a clock that is ahead adds nothing


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (["警告"], (WARN,)),
        (["警告", "禁言10分钟", "禁言 1 天", "移出群"], DEFAULT_STEPS),
        (["禁言半小时", "踢"], (Step(Measure.MUTE, timedelta(minutes=30)), KICK)),
        (["警告", "警告", "移出"], (WARN, WARN, KICK)),
        (["警告", "禁言", "10", "分钟", "禁言", "1", "天", "移出"], DEFAULT_STEPS),
        (["警告，禁言１０分钟、禁言 1 天；移出群"], DEFAULT_STEPS),
        (["警告→禁言十分钟→禁言一天→踢出"], DEFAULT_STEPS),
        (["禁言", "两", "个", "半", "小时"], (Step(Measure.MUTE, timedelta(minutes=150)),)),
        (["禁言1秒"], (Step(Measure.MUTE, timedelta(minutes=1)),)),
    ],
)
def test_a_ladder_is_read_as_admins_write_it(words: list[str], steps: tuple[Step, ...]) -> None:
    assert read_steps(words) == steps


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "1 到"),
        (["警告"] * 11, "1 到"),
        (["骂他"], "看不懂“骂他”"),
        (["禁言很久"], "要禁言多久"),
        (["禁言"], "要禁言多久"),
        (["禁言", "移出"], "“禁言”要禁言多久"),
        (["禁言0分钟"], "要禁言多久"),
        (["警告", "10", "分钟"], "看不懂“10”"),
        (["禁言60天"], "30 天"),
        (["移出", "警告"], "还轻"),
        (["移出", "移出"], "不能再有"),
        (["禁言1天", "禁言10分钟"], "还轻"),
    ],
)
def test_a_ladder_that_makes_no_sense_says_why(words: list[str], hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        read_steps(words)


def test_the_shipped_ladder_reads_back_as_itself() -> None:
    assert LadderPolicy().steps == DEFAULT_STEPS
    assert LadderPolicy(rungs=["警告", "禁 2小时"]).rungs == ["警告", "禁言2小时"]
