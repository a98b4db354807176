"""The flood judge: what is too much, and what is just a lively chat. Times are in seconds."""

from typing import Any

import pytest

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.lately import Lately
from pinbang.moderation.reading import MessageView, read_message
from plugins.anti_flood.judges import floods

PICTURE = {"type": "image", "data": {"file": "a.jpg", "url": "https://gchat.qpic.cn/x"}}
EVERYBODY = {"type": "at", "data": {"qq": "all"}}
Said = tuple[int, Any]


def view(time: int, content: Any, number: int) -> MessageView:
    parts = content if isinstance(content, list) else [content]
    segments = [{"type": "text", "data": {"text": p}} if isinstance(p, str) else p for p in parts]
    return read_message(
        segments, message_id=number, group_id=2, user_id=3, self_id=4, time=time, role="member"
    )


def talk(*said: Said) -> list[Finding | None]:
    """Judge one member's messages one after the other."""
    lately = Lately()
    found: list[Finding | None] = []
    for number, (time, content) in enumerate(said):
        message = lately.with_history(view(1_795_000_000 + time, content, number))
        found.append(floods(message))
        lately.remember(message)
    return found


CLEAN: list[list[Said]] = [
    [(0, "求助 还差1人")],
    [(0, "求助 还差1人"), (40, "求助 还差1人")],
    [(0, "求助 还差1人"), (200, "求助 还差1人"), (420, "求助 还差1人")],
    [(0, "谢谢"), (5, "谢谢"), (10, "谢谢"), (15, "谢谢")],
    [(0, "接 12"), (2, "接 13"), (4, "接 14"), (6, "接 15"), (8, "接 16")],
    [(0, "已帮12"), (3, "谢谢"), (5, "接 3"), (7, "已帮3"), (9, "下一个")],
    [(n, PICTURE) for n in range(9)],
    [(0, [PICTURE] * 6)],
    [(0, "看图"), *((n, PICTURE) for n in range(1, 8))],
    [(0, "666"), (2, "666"), (9, "666")],
    [(0, "好"), (1, "好的"), (2, "收到"), (3, "马上"), (4, "点了"), (5, "看看")],
    [(n * 4, f"第{n}个链接已经点完了大家看看") for n in range(12)],
    [(0, "哈哈哈哈哈哈哈哈哈哈哈哈哈")],
    [(0, "哈" * 60)],
    [(0, "群规\n" + "\n".join(f"{n}. 第{n}条规定的内容" for n in range(1, 20)))],
    [(0, "今天去菜市场买菜，黄瓜又涨价了，西红柿倒是便宜。" * 1)],
    [(0, "https://mobile.yangkeduo.com/goods2.html?ps=" + "aB3dE5" * 20)],
    [(0, ["@", {"type": "at", "data": {"qq": "610001"}}, "谢谢"])],
    [(0, [{"type": "at", "data": {"qq": str(610000 + n)}} for n in range(6)] + ["感谢"])],
    [(0, "求助A 点一下"), (10, "求助B 点一下"), (20, "求助C 点一下"), (30, "求助D 点一下")],
    [(0, "早"), (3600, "早"), (7200, "早"), (10800, "早")],
    [(0, "1"), (1, "2"), (2, "3"), (3, "4"), (4, "5")],
    [(0, "？？？"), (1, "？"), (3, "！！")],
    [(0, "帮我点一下谢谢"), (90, "帮我点一下谢谢"), (400, "帮我点一下谢谢")],
    [(0, "@全体成员 这个怎么用")],
    [(0, "晚上好呀大家"), (2, "今天有人拼单吗"), (5, "我想拼个抽纸"), (9, "24包的那种")],
    [(0, PICTURE), (5, "帮我看看这个"), (9, PICTURE), (15, "是真的吗")],
    [(0, "💪" * 20)],
    [(0, "转盘求助"), (61, "转盘求助"), (350, "转盘求助")],
    [(0, "a"), (0, "b"), (1, "c")],
    [(0, "/求助 模板看一下"), (9, "/求助 模板看一下"), (20, "/求助 模板看一下")],
]

WALL = "这家店的东西真的不错大家可以去看看" + "".join(
    chr(0x4E00 + n * 7 % 3000) for n in range(1600)
)
FLOODS: list[list[Said]] = [
    [(0, "帮我点一下谢谢")] * 3,
    [(0, "帮我点一下谢谢"), (20, "帮我点一下 谢谢!"), (40, "帮我点一下，谢谢。")],
    [
        (0, "求助还差一个人"),
        (80, "求助还差一个人"),
        (160, "求助还差一个人"),
        (240, "求助还差一个人"),
    ],
    [(n, "https://p.pinduoduo.com/AbCd1234 点我") for n in range(3)],
    [(n * 3, "666") for n in range(6)],
    [(n, "谢谢") for n in range(6)],
    [(n, "。") for n in range(6)],
    [(n, f"刷屏刷屏刷屏第{n}条消息啊") for n in range(8)],
    [(n * 3, f"我就是要连续说话第{n}句话") for n in range(18)],
    [(n // 3, f"{n}号消息随便说点什么") for n in range(9)],
    [(n // 2, "哈" + "嘿" * n) for n in range(15)],
    [(0, "一二三四五六七八"), *((n // 2, f"随便{n}") for n in range(1, 14))],
    [(0, WALL)],
    [(0, "啊" * 200)],
    [(0, "求助" * 100)],
    [(0, "点我 " * 60)],
    [(0, "帮我点\n" * 8)],
    [(0, "\n".join(["还差一个求助"] * 7 + ["谢谢"]))],
    [(0, "\n".join(f"第{n}行不一样的内容" for n in range(70)))],
    [(0, [EVERYBODY, "快来帮我点"])],
    [(0, [EVERYBODY])],
    [(0, [{"type": "at", "data": {"qq": str(610000 + n)}} for n in range(12)] + ["点一下"])],
    [(0, [PICTURE] * 12)],
    [(n // 4, PICTURE) for n in range(20)],
    [(n // 4, PICTURE if n % 2 else f"{n}这是真的图片说明文字") for n in range(14)],
    [(0, "哈哈" * 300)],
    [(0, "1 2 " * 100)],
    [(0, "哈哈哈" + "😂" * 150)],
    [(0, "今天谁有空帮我"), (5, "今天谁有空帮我"), (9, "无"), (12, "今天谁有空帮我")],
    [(0, "ＨＥＬＰ　帮帮忙"), (3, "help 帮帮忙"), (6, "Help帮帮忙")],
]


@pytest.mark.parametrize("said", CLEAN)
def test_lively_chat_passes(said: list[Said]) -> None:
    assert talk(*said) == [None] * len(said)


@pytest.mark.parametrize("said", FLOODS)
def test_floods_are_caught_at_the_last_message(said: list[Said]) -> None:
    finding = talk(*said)[-1]
    assert finding is not None
    assert finding.evidence


def test_there_are_enough_conversations() -> None:
    assert len(CLEAN) >= 30
    assert len(FLOODS) >= 30


def test_only_the_repetition_is_objected_to() -> None:
    found = talk(*[(n, "帮我点一下谢谢") for n in range(3)])
    assert found[:2] == [None, None]


def test_mentioning_everybody_is_worse() -> None:
    [finding] = talk((0, [EVERYBODY, "帮我"]))
    assert finding is not None
    assert finding.severity is Severity.MEDIUM
