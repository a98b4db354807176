"""Lessons: what is the same is judged as taught, what is alike is moved a little, nothing else."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.lessons import (
    LEARNT_SCORE,
    LONGEST,
    MOST_POINTS,
    NEAR,
    SAME,
    Lesson,
    Lessons,
    can_be_learnt,
    gist_of,
    similarity,
)
from pinbang.moderation.reading import MessageView, read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD, points_of
from pinbang.text.normalise import normalise

TEXT = "今晚八点蓝色小屋门口集合发福利"


def view(text: str) -> MessageView:
    return read_message(
        [{"type": "text", "data": {"text": text}}],
        message_id=1,
        group_id=1,
        user_id=1,
        self_id=2,
        time=1,
        role="member",
    )


def finding(judge: str = "ad", score: float = 0.7) -> Finding:
    return Finding(judge, "广告引流", Severity.LIGHT, score, ("甲", "乙"))


def lesson(
    text: str = TEXT, *, harmful: bool = False, number: int = 1, judge: str = "ad"
) -> Lesson:
    return Lesson(number, harmful, judge, "广告引流", text)


def alike(one: str, other: str) -> float:
    return similarity(gist_of(normalise(one).text), gist_of(normalise(other).text))


# -- what is the same -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "今晚八点，蓝色小屋门口集合！发福利。",
        "今 晚八点蓝色小屋门口集合发福利哦",
        "今晚八點藍色小屋門口集合發福利",
    ],
)
def test_the_same_text_however_it_is_written(text: str) -> None:
    assert Lessons([lesson()]).adjust(view(text), [finding()]) == []
    [added] = Lessons([lesson(harmful=True)]).adjust(view(text), [])
    assert (added.judge, added.score) == ("ad", LEARNT_SCORE)
    assert added.evidence == ("与本群 1 号学习记录相同",)


def test_what_was_taught_is_just_enough_to_be_acted_on() -> None:
    assert DEFAULT_THRESHOLD < LEARNT_SCORE < DEFAULT_THRESHOLD + 0.05


@pytest.mark.parametrize(
    "text",
    [
        "还差一刀，谁帮我砍一下，谢谢",
        f"{TEXT}，加我微信abc123456领取，量大从优，先到先得",
        TEXT * 3,
        "",
        "🐧🐧🐧",
        TEXT[:6],
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    for harmful in (False, True):
        found = [finding()]
        judged = Lessons([lesson(harmful=harmful)]).adjust(view(text), found)
        assert [one.judge for one in judged] == ["ad"]
        assert abs(points_of(judged[0].score) - points_of(0.7)) <= MOST_POINTS + 1e-9


def test_an_ad_cannot_hide_in_a_long_harmless_text() -> None:
    long = "".join(chr(0x4E00 + 7 * place) for place in range(300))
    lessons = Lessons([lesson(long)])
    assert lessons.adjust(view(long), [finding()]) == []
    [stays] = lessons.adjust(view(f"{long[:150]}加微信abc123456{long[150:]}"), [finding(score=0.9)])
    assert stays.score > DEFAULT_THRESHOLD


@pytest.mark.parametrize(("text", "same"), [("私聊我", True), ("私聊", False), ("私聊我啊", False)])
def test_very_short_texts_count_by_equality(text: str, same: bool) -> None:
    judged = Lessons([lesson("私聊我")]).adjust(view(text), [finding()])
    assert judged == ([] if same else [finding()])


def test_a_lesson_is_about_one_judge() -> None:
    others = [finding("scam"), finding("civility")]
    assert Lessons([lesson()]).adjust(view(TEXT), [finding(), *others]) == others


def test_personal_data_are_compared_by_equality() -> None:
    number, other = "我的电话是 13612340001 有事找我", "我的电话是 13612340010 有事找我"
    assert alike(number, other) > SAME
    for text, harmful, expected in (
        (number, False, 0),
        (other, False, 1),
    ):
        lessons = Lessons([lesson(number, judge="privacy", harmful=harmful)])
        assert len(lessons.adjust(view(text), [finding("privacy", 0.9)])) == expected
    # The pairs of characters are the same here, the numbers are not.
    assert alike("号码 11212", "号码 12112") == 1.0
    swapped = Lessons([lesson("号码 11212", judge="privacy")])
    assert swapped.adjust(view("号码 12112"), [finding("privacy")]) == [finding("privacy")]


def test_taught_personal_data_are_taken_back_without_a_strike() -> None:
    [added] = Lessons([lesson("我家在河边", judge="privacy", harmful=True)]).adjust(
        view("我家在河边"), []
    )
    assert not added.strike


def test_of_two_opposite_lessons_the_later_wins() -> None:
    older, newer = lesson(number=3), lesson(number=4, harmful=True)
    for order in ([older, newer], [newer, older]):
        [added] = Lessons(order).adjust(view(TEXT), [])
        assert added.evidence == ("与本群 4 号学习记录相同",)
    assert Lessons([replace(older, number=5), newer]).adjust(view(TEXT), [finding()]) == []


def test_what_is_found_anyway_is_not_made_less_of() -> None:
    [raised] = Lessons([lesson(harmful=True)]).adjust(view(TEXT), [finding(score=0.95)])
    assert raised.score == 0.95
    assert raised.evidence == ("甲", "乙", "与本群 1 号学习记录相同")
    assert raised.independent == 2  # a lesson is no clue that stands by itself
    mild = replace(finding(score=0.62), mild=True)
    assert not Lessons([lesson(harmful=True)]).adjust(view(TEXT), [mild])[0].mild


# -- what is alike ----------------------------------------------------------------------------

ALIKE = "今晚九点蓝色小屋门口集合领福利"


def test_what_is_alike_is_moved_a_little() -> None:
    assert NEAR < alike(TEXT, ALIKE) < SAME
    [less] = Lessons([lesson()]).adjust(view(ALIKE), [finding()])
    [more] = Lessons([lesson(harmful=True)]).adjust(view(ALIKE), [finding()])
    assert less.score < 0.7 < more.score
    assert "与本群 1 号学习记录（误判）相近，从宽" in less.evidence
    assert "与本群 1 号学习记录相近" in more.evidence
    assert Lessons([lesson(harmful=True)]).adjust(view(ALIKE), []) == []


def test_many_lessons_do_not_add_up() -> None:
    several = [lesson(number=number) for number in range(1, 30)]
    one = Lessons(several[:1]).adjust(view(ALIKE), [finding()])
    assert Lessons(several).adjust(view(ALIKE), [finding()])[0].score == one[0].score


def test_opposite_lessons_that_are_as_near_cancel_out() -> None:
    both = Lessons([lesson(), lesson(number=2, harmful=True)])
    assert both.adjust(view(ALIKE), [finding()]) == [finding()]


# -- bounds -----------------------------------------------------------------------------------

some_text = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="加微信abc一二三，。！ 今晚八点小屋", max_size=40),
    st.sampled_from([TEXT, ALIKE, "你好" * 40, "a" * 200, "私聊我"]),
)
lessons_of_any_kind = st.lists(
    st.builds(
        Lesson,
        st.integers(1, 99),
        st.booleans(),
        st.sampled_from(["ad", "civility", "privacy"]),
        st.just("广告引流"),
        some_text,
    ),
    max_size=6,
)
some_findings = st.lists(
    st.builds(finding, st.sampled_from(["ad", "civility", "privacy"]), st.floats(0, 1, width=32)),
    max_size=3,
    unique_by=lambda one: one.judge,
)


@given(some_text, some_findings)
def test_without_lessons_nothing_changes(text: str, found: list[Finding]) -> None:
    assert Lessons().adjust(view(text), found) is found


@given(lessons_of_any_kind, some_text, some_findings)
def test_the_effect_is_bounded(taught: list[Lesson], text: str, found: list[Finding]) -> None:
    lessons = Lessons(taught)
    message = view(text)
    matches = lessons.like(message.normalised.text)
    decided = {match.lesson.judge for match in matches if match.same}
    touched = {match.lesson.judge for match in matches}
    judged = {one.judge: one for one in lessons.adjust(message, found)}
    for before in found:
        after = judged.pop(before.judge, None)
        if before.judge in decided:
            assert after is None or after.score >= LEARNT_SCORE
        elif before.judge in touched:
            assert after is not None
            assert 0 <= after.score <= 1
            assert abs(points_of(after.score) - points_of(before.score)) <= MOST_POINTS + 1e-6
        else:
            assert after == before
    assert set(judged) <= decided


@given(some_text, some_text)
def test_similarity_is_symmetric_and_a_share(one: str, other: str) -> None:
    assert 0 <= alike(one, other) == alike(other, one) <= 1
    assert alike(one, one) == 1


@given(lessons_of_any_kind, some_text)
def test_the_index_finds_every_lesson_that_is_near(taught: list[Lesson], text: str) -> None:
    gist = gist_of(normalise(text).text)
    near = sorted(
        lesson.number
        for lesson in taught
        if lesson.judge != "privacy"
        and gist_of(normalise(lesson.text).text).text
        and similarity(gist, gist_of(normalise(lesson.text).text)) >= NEAR
    )
    found = Lessons(taught).like(normalise(text).text) if gist.text else []
    assert sorted(m.lesson.number for m in found if m.lesson.judge != "privacy") == (
        near if gist.text else []
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("加我", True), ("", False), ("！！🐧", False), ("好" * LONGEST, True), ("好" * 501, False)],
)
def test_what_can_be_learnt(text: str, expected: bool) -> None:
    assert can_be_learnt(text) is expected
    assert len(Lessons([lesson(text)])) == expected


def quickest(lessons: Lessons, text: str, times: int) -> float:
    """Return the seconds of the quickest of several runs; reading is not counted."""
    message = view(text)
    _ = message.normalised
    best = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        lessons.adjust(message, [])
        best = min(best, time.perf_counter() - begin)
    return best


def full() -> Lessons:
    """As many different lessons as a group keeps."""
    return Lessons(
        lesson(
            "".join(chr(0x4E00 + (31 * number + 17 * place) % 9000) for place in range(24)),
            number=number,
        )
        for number in range(500)
    )


def test_a_clean_message_costs_little_among_many_lessons() -> None:
    assert quickest(full(), "还差两个人帮忙砍一刀，谢谢大家，今晚十二点前", 50) < 100e-6


@pytest.mark.parametrize(
    "text",
    [
        "加微信" * 3333,
        "哈" * 10_000,
        "".join(map(chr, range(0x4E00, 0x4E00 + 9_999))),
        "，。" * 5000,
    ],
)
def test_long_texts_cost_little(text: str) -> None:
    longest = [lesson(text[start : start + LONGEST], number=start) for start in range(0, 4000, 100)]
    assert quickest(Lessons(longest), text, 5) < 20e-3


def test_many_lessons_that_are_all_alike_cost_little() -> None:
    crowd = Lessons(lesson(f"{TEXT}{number}", number=number) for number in range(500))
    assert quickest(crowd, TEXT, 5) < 20e-3
