"""A group's own words: which are found in a message, and what they add to the findings."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.reading import MessageView, read_message
from pinbang.moderation.terms import (
    ALLOWED,
    JUDGES,
    LEAST_SCORE,
    Term,
    Terms,
    comparable,
    host_in,
    is_pattern,
    problem_with,
    tidied,
)
from pinbang.moderation.weighing import DEFAULT_THRESHOLD, points_of

LIGHT, MEDIUM, SEVERE = Severity.LIGHT, Severity.MEDIUM, Severity.SEVERE


def said(text: str, at: int = 1000, *more: dict[str, object]) -> MessageView:
    return read_message(
        [{"type": "text", "data": {"text": text}}, *more],
        message_id=1,
        group_id=2,
        user_id=3,
        self_id=4,
        time=at,
        role="member",
    )


def term(text: str, category: str = "广告", number: int = 1, until: int | None = None) -> Term:
    return Term(number, category, text, is_pattern(text), until)


def found(word: str, text: str) -> bool:
    return bool(Terms([term(word)]).matches(said(text)))


def finding(
    score: float = 0.7,
    judge: str = "ad",
    severity: Severity = MEDIUM,
    evidence: tuple[str, ...] = ("留了联系方式",),
    *,
    mild: bool = False,
) -> Finding:
    return Finding(judge, "站外引流", severity, score, evidence, mild=mild)


@pytest.mark.parametrize(
    ("word", "text", "there"),
    [
        ("代砍", "专业代砍，十元一单", True),
        ("代砍", "代人砍价", False),
        ("代砍", "專業代砍", True),
        ("加微信", "+V❤：abc12345", False),
        ("微信", "加薇❤：abc12345", True),
        ("ＶＩＰ群", "进我的vip群", True),
        ("VIP", "我是vip", True),
        ("vip", "wvip", False),
        ("vip", "vips", False),
        ("vip", "进vip群", True),
        ("123456", "群123456", True),
        ("123456", "订单1234567", False),
        ("一二三四", "暗号一二三四五六七", True),
        ("坏.com", "去坏.com看看", True),
        ("bad.com", "https://www.bad.com/x?y=1", True),
        ("bad.com", "notbad.com", False),
        ("bad.com", "bad.com.cn", False),
    ],
)
def test_a_word_is_found_where_it_stands_by_itself(word: str, text: str, there: bool) -> None:
    assert found(word, text) is there


@pytest.mark.parametrize(
    ("pattern", "text", "there"),
    [
        ("加*信", "加我微信", True),
        ("加*信", "加信", True),
        ("加*信", "加12345678信", True),
        ("加*信", "加123456789信", False),
        ("加*信", "信一下再加", False),
        ("加？信", "加个信", True),
        ("加？信", "加信", False),
        ("加？？信", "加个微信", True),
        ("加＊信", "加我的微信", True),
        ("日结*元*联系", "日结300元，有意联系", True),
        ("日结*元*联系", "日结300元", False),
        ("?群", "群", False),
        ("?群", "进群", True),
        ("群?", "进群", False),
        ("群?", "群里", True),
        ("ab*cd", "xab1cd", False),
        ("ab*cd", "ab1cd", True),
        ("ab*cd", "ab1cde", False),
        ("加*薇", "加我的薇", True),
    ],
)
def test_wildcards_stand_for_a_few_characters(pattern: str, text: str, there: bool) -> None:
    assert found(pattern, text) is there


def test_a_host_is_found_in_what_a_card_leads_to() -> None:
    card = {"type": "share", "data": {"title": "看看", "url": "https://m.bad.com/1"}}
    assert Terms([term("bad.com")]).matches(said("", 1000, card))
    assert not Terms([term("worse.com")]).matches(said("", 1000, card))


def test_a_term_holds_until_its_time() -> None:
    terms = Terms([term("代砍", until=1000)])
    assert terms.matches(said("代砍", at=999))
    assert not terms.matches(said("代砍", at=1000))


def test_words_are_told_in_the_order_of_their_numbers() -> None:
    terms = Terms([term("丙丙", number=7), term("甲甲", number=2), term("乙乙", "放行", number=5)])
    assert [one.number for one in terms.matches(said("丙丙乙乙甲甲甲甲"))] == [2, 5, 7]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("加", "太短"),
        ("*", "太短"),
        ("加*", "太短"),
        ("！！", "太短"),
        ("字" * 61, "太长"),
        ("a?b?c?d?e?f?g", "太多"),
        ("代砍", None),
        ("加*信", None),
        ("ab", None),
    ],
)
def test_what_cannot_be_a_term_is_refused_with_a_reason(text: str, reason: str | None) -> None:
    problem = problem_with(tidied(text))
    assert (problem is None) if reason is None else reason in (problem or "")


def test_terms_that_find_the_same_compare_equal() -> None:
    assert comparable("ＶＩＰ群") == comparable("vip群")
    assert comparable("加＊信") == comparable("加*信")
    assert comparable("加*信") != comparable("加信")
    assert tidied(" *加  微信＊ ") == "加 微信"


# -- weighing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("category", "judge"), JUDGES.items())
def test_a_word_alone_is_enough_to_act(category: str, judge: str) -> None:
    terms = Terms([term("暗号", category, number=3)])
    [one] = terms.adjust(said("暗号"), [])
    assert one.judge == judge
    assert one.severity is LIGHT
    assert one.score >= DEFAULT_THRESHOLD
    assert one.evidence == (f"命中本群词库（3 号：{category}）",)


def test_several_words_weigh_more_and_never_too_much() -> None:
    words = [term(f"暗号{sign}", number=number) for number, sign in enumerate("甲乙丙丁戊", 1)]
    one, two, five = (
        Terms(words).adjust(said(text), [])[0]
        for text in ("暗号甲", "暗号甲暗号乙", "暗号甲暗号乙暗号丙暗号丁暗号戊")
    )
    assert one.score < two.score < five.score < 0.8
    assert (one.severity, two.severity, five.severity) == (LIGHT, MEDIUM, MEDIUM)
    assert len(five.evidence) == 3


def test_a_word_strengthens_what_its_judge_found() -> None:
    terms = Terms([term("暗号", number=3)])
    before, other = finding(0.3), finding(0.5, "scam")
    after, same = terms.adjust(said("暗号"), [before, other])
    assert points_of(after.score) == pytest.approx(points_of(0.3) + 1.4, abs=0.01)
    assert after.evidence == ("留了联系方式", "命中本群词库（3 号：广告）")
    assert same is other


def test_a_word_is_no_second_ground_and_no_mere_tone() -> None:
    terms = Terms([term("暗号", "辱骂")])
    before = finding(0.9, "civility", SEVERE, mild=True)
    [after] = terms.adjust(said("暗号"), [before])
    assert after.independent == before.independent == 1
    assert not after.mild


@pytest.mark.parametrize("judge", JUDGES.values())
def test_an_allowed_word_takes_points_off(judge: str) -> None:
    terms = Terms([term("暗号", ALLOWED)])
    [after] = terms.adjust(said("暗号"), [finding(0.9, judge)])
    assert points_of(after.score) == pytest.approx(points_of(0.9) - 1.5, abs=0.01)
    assert terms.adjust(said("暗号"), [finding(0.6, judge)]) == []


def test_allowed_words_do_not_add_up_to_a_free_pass() -> None:
    words = [term(f"暗号{sign}", ALLOWED) for sign in "甲乙丙丁"]
    text = "暗号甲暗号乙暗号丙暗号丁"
    [after] = Terms(words).adjust(said(text), [finding(0.98)])
    assert after.score >= DEFAULT_THRESHOLD


@pytest.mark.parametrize("judge", ["privacy", "coercion", "flood"])
def test_an_allowed_word_says_nothing_to_other_judges(judge: str) -> None:
    before = finding(0.8, judge)
    [after] = Terms([term("暗号", ALLOWED)]).adjust(said("暗号"), [before])
    assert after is before


def test_an_allowed_host_excuses_its_link() -> None:
    terms = Terms([term("example.com", ALLOWED)])
    assert terms.adjust(said("看 https://m.example.com/a"), [finding(0.6)]) == []
    kept = finding(0.6)
    assert list(terms.adjust(said("看 https://example.org/a"), [kept])) == [kept]


def test_an_allowed_word_excuses_a_bad_one() -> None:
    terms = Terms([term("暗号", number=1), term("本群", ALLOWED, number=2)])
    assert terms.adjust(said("暗号"), []) != []
    assert terms.adjust(said("本群暗号"), []) == []


def test_nothing_is_touched_without_a_hit() -> None:
    before = [finding()]
    assert Terms().adjust(said("暗号"), before) is before
    assert Terms([term("暗号")]).adjust(said("别的"), before) is before


# -- hostile and large --------------------------------------------------------------------------

LETTERS = st.text("加微信群代砍abc12 .", min_size=2, max_size=8)


DISGUISED = st.text("加微薇信一二三五六七1①aＡ. +口力彳❤v-群裙", max_size=10)


@given(
    word=st.one_of(DISGUISED, st.text(max_size=12)).map(tidied),
    around=st.text("好的一 ，微加。力1", max_size=6),
)
def test_a_word_is_found_as_it_is_written_whatever_stands_around(word: str, around: str) -> None:
    if problem_with(word) is None and not is_pattern(word) and host_in(word) is None:
        assert found(word, f"{around}好{word}好{around}")


@given(words=st.lists(LETTERS, max_size=12), text=st.text("加微信群代砍abc12 .,，", max_size=60))
def test_all_words_at_once_find_what_each_finds_alone(words: list[str], text: str) -> None:
    terms = [term(word, number=number) for number, word in enumerate(words)]
    together = {one.number for one in Terms(terms).matches(said(text))}
    assert together == {one.number for one in terms if Terms([one]).matches(said(text))}


@given(pattern=st.text("甲乙*?", min_size=1, max_size=7), text=st.text("甲乙丙", max_size=30))
def test_patterns_find_what_an_expression_finds(pattern: str, text: str) -> None:
    if problem_with(pattern) is not None or not is_pattern(pattern):
        return
    expression = "".join({"*": ".{0,8}", "?": "."}.get(sign, sign) for sign in pattern)
    assert bool(Terms([term(pattern)]).matches(said(text))) is bool(re.search(expression, text))


@given(
    words=st.lists(st.tuples(st.text(max_size=20), st.sampled_from([*JUDGES, ALLOWED]))),
    text=st.text(max_size=80),
    scores=st.lists(st.floats(0, 1), max_size=3),
)
def test_any_words_and_any_message_are_borne(
    words: list[tuple[str, str]], text: str, scores: list[float]
) -> None:
    terms = Terms(term(word, category) for word, category in words)
    before = [finding(score, judge) for score, judge in zip(scores, JUDGES.values(), strict=False)]
    after = terms.adjust(said(text), before)
    assert all(0 <= one.score <= 1 for one in after)
    assert all(one in before or one.score >= LEAST_SCORE for one in after)


HOSTILE = {
    "one": "加" * 10_000,
    "both": "加信" * 5_000,
    "all": "加信群" * 3_333,
    "letters": "a" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_long_messages_stay_quick_with_many_patterns(name: str) -> None:
    terms = Terms(
        term(f"加*{chr(0x4E00 + number)}*信*群", number=number) for number in range(1000)
    ).with_term(term("aa*aa*aa*aa", number=5000))
    message = said(HOSTILE[name])
    terms.prepare()
    _ = message.normalised
    started = time.process_time()
    terms.matches(message)
    assert time.process_time() - started < 1
