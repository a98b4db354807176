"""Joining, told by what the gateway reports and what the admins say."""

from typing import Any

import pytest

from plugins.join_vetting.models import JoinRequest, JoinStatus
from tests.plugins.room import ADMIN, GROUP, LI, WANG, Room, reply

SOMEBODY = 620001


async def asks(room: Room, answer: str, flag: str = "f1", **event: Any) -> list[str]:
    return await room.receives(
        {
            "post_type": "request",
            "request_type": "group",
            "sub_type": "add",
            "group_id": GROUP,
            "user_id": SOMEBODY,
            "comment": f"问题：愿意遵守群规吗\n答案：{answer}",
            "flag": flag,
            **event,
        }
    )


async def test_who_agrees_is_let_in_without_a_word(room: Room) -> None:
    assert await asks(room, "愿意遵守") == []
    [call] = room.called("set_group_add_request")
    assert (call["flag"], call["approve"]) == ("f1", True)


async def test_who_refuses_is_turned_down_without_a_word(room: Room) -> None:
    assert await asks(room, "不愿意") == []
    [call] = room.called("set_group_add_request")
    assert (call["flag"], call["approve"]) == ("f1", False)
    assert call["reason"]


async def test_the_admins_decide_by_replying_to_the_notice(room: Room) -> None:
    [notice] = await asks(room, "看情况吧")
    assert "看情况吧" in notice
    asked = await JoinRequest.get()
    assert asked.notice_id is not None
    # What members say to it does nothing.
    for words in ("同意", "拒绝 不认识"):
        assert "已" not in "".join(await room.hears(LI, reply(asked.notice_id), words))
    assert room.called("set_group_add_request") == []
    [done] = await room.hears(ADMIN, reply(asked.notice_id), "拒绝 先加好友")
    assert "1 号" in done
    [call] = room.called("set_group_add_request")
    assert (call["approve"], call["reason"]) == (False, "先加好友")
    [again] = await room.hears(ADMIN, reply(asked.notice_id), "同意")
    assert "已经拒绝" in again
    assert len(room.called("set_group_add_request")) == 1


async def test_the_admins_decide_by_number(room: Room) -> None:
    await asks(room, "看情况吧")
    [listing] = await room.hears(ADMIN, "/审核")
    assert "待审 1 个" in listing
    [done] = await room.hears(ADMIN, "/通过 １号")
    assert "1 号" in done
    assert (await JoinRequest.get()).status is JoinStatus.APPROVED
    assert await room.hears(ADMIN, "/审核") == ["没有待审的入群申请。"]


@pytest.mark.parametrize("words", ["同意", "同意！", "拒绝", "拒绝 不熟"])
async def test_the_same_words_among_people_are_left_alone(room: Room, words: str) -> None:
    assert await room.hears(ADMIN, words) == []
    await room.hears(WANG, "今晚一起拼单吗", message_id=55)
    assert await room.hears(ADMIN, reply(55), words) == []


async def test_an_invitation_of_the_bot_is_not_decided(room: Room) -> None:
    assert await asks(room, "愿意", sub_type="invite") == []
    assert room.called("set_group_add_request") == []


async def test_a_request_without_a_comment_is_left_to_the_admins(room: Room) -> None:
    [notice] = await asks(room, "", comment=None)
    assert "没有填写" in notice


async def test_a_repeated_event_is_announced_once(room: Room) -> None:
    assert len(await asks(room, "看情况吧")) == 1
    assert await asks(room, "看情况吧") == []
