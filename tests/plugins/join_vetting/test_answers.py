"""Answers to the entry question; all sentences are written for these tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.join_vetting.rules import (
    Application,
    Verdict,
    judge_answer,
    read_comment,
    request_key,
)

QUESTION = "是否愿意遵守群规、自愿互助？"

AGREES = """
愿意
愿意遵守
愿意的
我愿意
我愿意遵守群规
愿意遵守群规，自愿互助
同意
同意！
是的，愿意
是
好
好的
好的好的
行
可以
可以的
会的
会遵守
一定遵守
一定会遵守群规
肯定遵守
当然愿意
没问题
没问题，愿意遵守
没有问题 愿意
没问题，互相帮助
遵守
遵守群规，互帮互助
自愿互助
我会认真遵守群规的，谢谢
认真阅读并遵守群规
保证遵守
接受
配合
愿意配合管理
不会违反群规
绝不违反群规，愿意互助
不发广告，愿意遵守
不会乱发广告，遵守群规
不捣乱，愿意遵守群规
不会捣乱的，愿意
别人帮我我也帮别人，愿意遵守
没玩过，但愿意遵守群规
第一次来，愿意遵守
不太会操作，愿意学，遵守群规
嗯嗯
嗯，愿意
ok
OK的
Yes
1
愿意👍
愿意~~
願意
願意遵守羣規
愿 意
ＯＫ
收到，遵守
必须遵守
我想进群互助，愿意遵守规则
朋友推荐来的，愿意遵守群规
"""

REFUSES = """
不愿意
不
不同意
不想遵守
不会遵守
不遵守
我不愿意遵守群规
拒绝
才不要遵守
懒得遵守
凭什么遵守
没兴趣帮忙
不想帮别人
只想让别人帮我，不想帮别人
不行
不可以
不能
NO
我拒绝遵守
不守规矩
不愿意 就是来看看
休想让我守规
"""

UNCLEAR = """
看情况
看心情吧
随便
无所谓
到时候再说
考虑一下
尽量吧
不知道
不清楚
什么群规
什么群规？
愿意吗？
你们会遵守吗
为什么要遵守
是否愿意遵守群规
是否愿意遵守群规、自愿互助
666
哈哈哈
呵呵
小明
我是小王
拼多多
进群
让我进来
你好
在吗
...
。
？？？
asdfgh
123456
不一定愿意
不知道愿不愿意
愿不愿意看情况
愿意个屁
愿意个鬼
遵守你妈
同意你个头
愿意才怪
谁遵守谁傻
应该会吧
也许愿意
暂时愿意
如果有红包就愿意
有钱就遵守
愿意加我微信abc123
同意的加我 v信 zhuanqian888
愿意遵守，兼职加群 123456789
愿意 https://example.com/x
好的资源请联系我
可以办卡贷款
不愿意也得愿意
"""


def lines(text: str) -> list[str]:
    return text.strip("\n").split("\n")


def verdict(answer: str) -> Verdict:
    return judge_answer(Application(QUESTION, answer))


@pytest.mark.parametrize("answer", lines(AGREES))
def test_who_agrees_is_let_in(answer: str) -> None:
    assert verdict(answer) is Verdict.AGREES


@pytest.mark.parametrize("answer", lines(REFUSES))
def test_who_refuses_is_turned_down(answer: str) -> None:
    assert verdict(answer) is Verdict.REFUSES


@pytest.mark.parametrize("answer", lines(UNCLEAR))
def test_what_is_not_clear_is_left_to_the_admins(answer: str) -> None:
    assert verdict(answer) is Verdict.UNCLEAR


@pytest.mark.parametrize("answer", ["", " ", "\n\t", "　"])
def test_nothing_written(answer: str) -> None:
    assert verdict(answer) is Verdict.EMPTY


@given(st.text(max_size=200))
def test_any_answer_is_judged(answer: str) -> None:
    assert verdict(answer) in Verdict


@given(st.sampled_from(lines(REFUSES)), st.sampled_from(["，", " ", "。", "\n"]), st.data())
def test_a_refusal_is_never_taken_for_consent(first: str, mark: str, data: st.DataObject) -> None:
    answer = f"{first}{mark}{data.draw(st.sampled_from(lines(AGREES)))}"
    assert verdict(answer) is not Verdict.AGREES


@pytest.mark.parametrize(
    ("comment", "question", "answer"),
    [
        ("问题：你愿意遵守群规吗\n答案：愿意", "你愿意遵守群规吗", "愿意"),
        ("问题:你愿意吗\n答案:愿意", "你愿意吗", "愿意"),
        ("问题：你愿意吗\r\n答案：愿意", "你愿意吗", "愿意"),
        ("问题：你愿意吗 答案：愿意", "你愿意吗", "愿意"),
        ("  问题：你愿意吗\n答案：  愿意 \n", "你愿意吗", "愿意"),
        ("问题：怎么填答案：请写愿意\n答案：好", "怎么填答案：请写愿意", "好"),
        ("问题：一\n二\n答案：三\n四", "一\n二", "三\n四"),
        ("问题：你愿意吗\n答案：", "你愿意吗", ""),
        ("问题：\n答案：愿意", "", "愿意"),
        ("我是小王，想进群", "", "我是小王，想进群"),
        ("问题：只有问题", "", "问题：只有问题"),
        ("答案：只有答案", "", "答案：只有答案"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_the_comment_is_taken_apart(comment: str | None, question: str, answer: str) -> None:
    assert read_comment(comment) == Application(question, answer)


@given(st.text(max_size=300))
def test_any_comment_can_be_taken_apart(comment: str) -> None:
    read_comment(comment)


def test_an_endless_comment_is_cut() -> None:
    assert len(read_comment("愿" * 100_000).answer) <= 5000


def test_a_copied_question_is_no_answer() -> None:
    for copied in (QUESTION, QUESTION.rstrip("？"), f" {QUESTION} "):
        assert judge_answer(Application(QUESTION, copied)) is Verdict.UNCLEAR


@pytest.mark.parametrize(
    ("flag", "key"),
    [
        ("1783608493379471", "1783608493379471"),  # NapCat, go-cqhttp
        ("700800900|1783608493379471|1|false", "1783608493379471"),  # LLBot's event
        ("1-700-1-0", "1-700-1-0"),  # Lagrange
        ("slreq:abc", "slreq:abc"),  # SnowLuma, newer
    ],
)
def test_one_request_has_one_name(flag: str, key: str) -> None:
    assert request_key(flag, 1000, reused_before=None) == key
    assert request_key(flag, 2000, reused_before=1500) == key


def test_a_flag_used_again_after_a_decision_names_a_new_request() -> None:
    flag = "add:700:u_x"
    first = request_key(flag, 1000, reused_before=None)
    assert request_key(flag, 1000, reused_before=1500) == first  # the first one, delivered again
    second = request_key(flag, 2000, reused_before=1500)
    assert second != first
    assert request_key(flag, 2000, reused_before=1500) == second
