"""The coercion judge: what must pass, what must not. All sentences are written for these tests."""

import time
from pathlib import Path

import pytest

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.lexicon import load_keys, load_lines
from pinbang.moderation.reading import MessageView, read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from plugins.anti_coercion.judges import forces
from scripts.make_lexicon_keys import suffices

LEXICON = Path(__file__).parents[3] / "plugins" / "anti_coercion" / "lexicon"


def view(text: str) -> MessageView:
    return read_message(text, message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member")


def judged(text: str) -> Finding | None:
    finding = forces(view(text))
    return finding if finding is not None and finding.score >= DEFAULT_THRESHOLD else None


CLEAN = """
帮我点一下 必回
求助力 差一个 谢谢大家
有来有往 你帮我我帮你
互帮 发链接我秒回
帮我砍一刀 我一定回你
你帮我点了 我必须回你
记得回我哦
昨天帮你点了 今天能不能帮我点一下
帮了你三次啦 今天帮我一次呗
还差一个 求求了
是朋友就帮我点一下
不帮也没关系 随缘
不帮会被踢吗
一定要帮够三次才能发吗
是不是必须互助啊
群里不许强迫别人助力
帮不帮自愿 别逼人家
有人私信威胁我不帮就拉黑 怎么办
他说不点就把我踢了 举报
必须是新用户才行
必须下载APP吗
今天必须砍成 冲呀
大家都帮了我 太感谢了
马上给你点
赶紧给孩子写作业去
我赶紧去点 等下
欠你一次 明天还
我还欠3楼一刀
没人帮 自己买了
发了半天没人点 好难
点完人就没影了 说好的必回呢
帮我点的都回了 漏了的喊我
不回助的人怎么处理
为什么不帮我点 是次数用完了吗
不点拉倒 哈哈
谁还没点 吱一声
踢球去不去
拉黑了那个骚扰电话
所有人都可以领
每人限一次
""".strip().splitlines()

FORCED = """
不帮我点的全部拉黑
不帮就踢 群里不养闲人
谁不帮我助力我就曝光谁
再不点我就把你们都拉黑
没点的等着瞧
不回助的一个个给我滚
点了不回的我全挂出来
敢不帮我点试试
你不帮我砍一刀别怪我不客气
不助力就别想在群里混
不帮我点我就一直@你
每天轰炸你到你帮我点为止
所有人必须给我点一下
你们都必须帮我砍 听见没
大家今天必须给我助力
赶紧给我点 别废话
立刻给老子砍
全部给我点 一个都不许走
我命令你们现在帮我助力
不许帮别人 先帮我
每个人必须给我砍一刀
强制助力 每人一刀
不许不帮
我都帮你点了你凭什么不回
帮了你那么多次你好意思不帮我
你欠我三刀 赶紧还
赶紧还我那一刀
欠我的助力什么时候还 别装死
点了就跑 给我滚出来
滚出来点
装死是吧 快点回我
@你八百遍了还不点
不帮忙的都是白眼狼
不点的全是垃圾
看见了都不帮 没良心
没人帮 一群自私的人 都不点
不帮我的生意不好一辈子倒霉
连一刀都不肯帮 算什么朋友
不 帮 就 踢
""".strip().splitlines()


@pytest.mark.parametrize("text", CLEAN)
def test_requests_and_offers_pass(text: str) -> None:
    assert judged(text) is None


@pytest.mark.parametrize("text", FORCED)
def test_force_is_caught(text: str) -> None:
    finding = judged(text)
    assert finding is not None
    assert finding.evidence


def test_there_are_enough_sentences() -> None:
    assert len(CLEAN) >= 30
    assert len(FORCED) >= 30


def test_a_threat_is_worse_than_an_order() -> None:
    threat, order = judged("不帮我点的全部拉黑"), judged("所有人必须给我点一下")
    assert threat is not None
    assert order is not None
    assert threat.severity is Severity.MEDIUM
    assert order.severity is Severity.LIGHT


@pytest.mark.parametrize("name", ["threats", "orders", "demands", "pressure"])
def test_the_keys_overlook_nothing(name: str) -> None:
    # After changing a lexicon: python scripts/make_lexicon_keys.py plugins/anti_coercion/lexicon
    keys = load_keys(LEXICON / "keys" / f"{name}.txt")
    for line in load_lines(LEXICON / f"{name}.txt"):
        assert suffices(line, keys), line


@pytest.mark.parametrize(
    "piece", ["不帮", "必须", "帮我点", "你欠我", "不帮我的的", "每天@你", "不"]
)
def test_hostile_text_does_not_stall(piece: str) -> None:
    whole = view((piece * 10_000)[:10_000])
    assert whole.normalised.text
    started = time.perf_counter()
    forces(whole)
    assert time.perf_counter() - started < 0.5  # 50 ms on an idle machine
