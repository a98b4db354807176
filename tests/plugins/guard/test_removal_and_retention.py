"""In the group: the severe goes at once with what came before it; what is kept and forgotten."""

import pytest

from pinbang.kept_messages import flush, kept_message
from pinbang.store.models import Case, KeptMessage
from tests.conftest import Clock
from tests.plugins.room import ADMIN, BOT, GROUP, LI, WANG, Room

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
FAKE_ORDERS = "刷单日结 先垫付后返现 加微信abc12345 日赚500"


async def test_the_severe_removes_and_takes_the_latest_messages_along(
    room: Room, frozen: Clock
) -> None:
    for number, words in enumerate(("大家好呀", "在吗各位", "看看这个好东西"), start=50):
        await room.hears(WANG, words, message_id=number)
        frozen.advance(minutes=5)
    await room.hears(LI, "欢迎欢迎", message_id=60)
    [told] = await room.hears(WANG, FAKE_ORDERS, message_id=70)
    assert told.startswith("61***01 的消息涉及「刷单推广」，已撤回。处理：移出群。")
    acts = [
        (action, params.get("message_id"))
        for action, params in room.calls
        if action in {"delete_msg", "set_group_ban", "set_group_kick"}
    ]
    assert acts[:2] == [("delete_msg", 70), ("set_group_ban", None)]
    assert {number for _, number in acts[2:-1]} == {50, 51, 52}
    assert acts[-1] == ("set_group_kick", None)


@pytest.mark.parametrize(("count", "recalled"), [("0", {70}), ("2", {70, 52, 51})])
async def test_how_many_go_along_is_the_groups_choice(
    room: Room, frozen: Clock, count: str, recalled: set[int]
) -> None:
    await room.hears(ADMIN, f"/设置 阶梯 移出时撤回 {count}")
    await room.hears(ADMIN, "/设置 守护 消息保留天数 0")
    for number, words in enumerate(("大家好呀", "在吗各位", "看看这个好东西"), start=50):
        await room.hears(WANG, words, message_id=number)
        frozen.advance(minutes=5)
    await room.hears(WANG, FAKE_ORDERS, message_id=70)
    assert {call["message_id"] for call in room.called("delete_msg")} == recalled


async def test_a_group_may_climb_rung_by_rung_even_then(room: Room) -> None:
    await room.hears(ADMIN, "/设置 阶梯 严重直接到顶 关")
    [told] = await room.hears(WANG, FAKE_ORDERS)
    assert "处理：禁言 10 分钟" in told
    assert WANG in room.roles


async def test_a_removal_is_taken_back_in_words(room: Room) -> None:
    await room.hears(WANG, FAKE_ORDERS)
    [undone] = await room.hears(ADMIN, "/撤销 1 认错了")
    assert undone.startswith("已撤销 1 号处理")
    assert "请管理员邀请，或让他重新申请进群" in undone
    assert len(room.called("set_group_kick")) == 1


# -- what is kept ---------------------------------------------------------------------------------


async def taken_back(room: Room, message_id: int, by: int) -> None:
    await room.receives(
        {
            "post_type": "notice",
            "notice_type": "group_recall",
            "group_id": GROUP,
            "user_id": WANG,
            "operator_id": by,
            "message_id": message_id,
        }
    )


async def test_what_is_said_is_kept_and_the_bots_own_words_are_not(room: Room) -> None:
    await room.hears(WANG, "谢谢大家", message_id=50)
    await room.hears(ADMIN, "/阶梯", message_id=51)
    await room.receives(
        {
            "post_type": "message_sent", "message_type": "group", "sub_type": "normal",
            "group_id": GROUP, "user_id": BOT, "message_id": 52, "raw_message": "", "font": 0,
            "message": [{"type": "text", "data": {"text": "我是机器人"}}],
            "sender": {"user_id": BOT, "nickname": "机器人"},
        }
    )  # fmt: skip
    await room.whispered(WANG, "悄悄话")
    await flush()
    assert {row.message_id for row in await KeptMessage.all()} == {50, 51}


async def test_ones_own_recall_forgets_and_an_admins_does_not(room: Room) -> None:
    for number in (50, 51):
        await room.hears(WANG, f"第{number}句", message_id=number)
    await taken_back(room, 50, WANG)
    await taken_back(room, 51, ADMIN)
    await flush()
    assert await kept_message(GROUP, 50) is None
    assert await kept_message(GROUP, 51) is not None


async def test_a_case_keeps_its_text_whatever_happens_to_the_message(room: Room) -> None:
    await room.hears(ADMIN, "/设置 守护 消息保留天数 0")
    await room.hears(WANG, ADVERT, message_id=50)
    await taken_back(room, 50, WANG)
    assert (await Case.get()).text == ADVERT
    assert await kept_message(GROUP, 50) is None


async def test_a_group_may_keep_nothing(room: Room) -> None:
    await room.hears(ADMIN, "/设置 守护 消息保留天数 0")
    await room.hears(WANG, "谢谢大家", message_id=50)
    await flush()
    assert await kept_message(GROUP, 50) is None
