"""The aid board as people use it."""

import pytest

from plugins.mutual_aid.models import AidRequest
from tests.plugins.room import ADMIN, BOT, LI, OTHER_GROUP, WANG, ZHANG, Room, at, reply

LINK = "https://p.pinduoduo.com/AbCd1234"


async def test_from_request_to_thanks(room: Room) -> None:
    [registered] = await room.hears(WANG, f"/求助 还差1人砍一刀 今晚12点前 {LINK}")
    assert registered.startswith(f"@{WANG} 求助 1 号已登记")
    assert "需要 1 人" in registered
    [taken] = await room.hears(LI, "接 1")
    assert LINK in taken
    assert "已接满" in taken
    [done] = await room.hears(LI, "已帮1")
    assert done.startswith(f"@{WANG} ")
    assert "确认 1" in done
    [thanks] = await room.hears(WANG, "确认 1")
    assert thanks.startswith(f"@{LI} ")
    assert "1 号求助完成" in thanks
    [board] = await room.hears(ZHANG, "/互助")
    assert "没有等待帮助" in board


@pytest.mark.parametrize("words", ["接", "接1", "接 1", "接 1 号", "接#1", "接＃１号", "接：1"])
async def test_however_one_accepts(room: Room, words: str) -> None:
    await room.hears(WANG, "/求助 还差1人砍一刀", message_id=55)
    [taken] = await room.hears(LI, reply(55), words)
    assert "你接了 1 号" in taken


async def test_replying_to_the_bots_own_words_works_too(room: Room) -> None:
    await room.hears(WANG, "/求助 还差1人砍一刀")
    request = await AidRequest.get()
    assert request.answer_id is not None
    [taken] = await room.hears(LI, reply(request.answer_id), "接")
    assert "你接了 1 号" in taken


@pytest.mark.parametrize(
    "words", ["接", "确认", "放弃", "已帮", "接一下孩子", "确认收货了", "放弃治疗", "接12点的班"]
)
async def test_the_same_words_among_people_are_left_alone(room: Room, words: str) -> None:
    assert await room.hears(WANG, words) == []


@pytest.mark.parametrize(
    "words", ["确认12点前能到吗", "确认 3点发货", "确认2件都收到货了吗", "确认12.5元吗"]
)
async def test_numbers_of_something_else_are_left_alone(room: Room, words: str) -> None:
    assert await room.hears(WANG, words) == []


@pytest.mark.parametrize(
    "words", ["确认 1", "确认1号", "确认 1 谢谢", "确认1，谢谢大家", "确认 1 @小李"]
)
async def test_however_one_confirms(room: Room, words: str) -> None:
    await room.hears(WANG, "/求助 还差1人砍一刀")
    await room.hears(LI, "接 1")
    await room.hears(LI, "已帮 1")
    [thanks] = await room.hears(WANG, words)
    assert "1 号求助完成" in thanks


async def test_confirming_one_helper_by_mention(room: Room) -> None:
    await room.hears(WANG, "/求助 还差2人砍一刀")
    await room.hears(LI, "接 1")
    await room.hears(ZHANG, "接 1")
    [thanks] = await room.hears(WANG, "确认 1 ", at(ZHANG))
    assert thanks.startswith(f"@{ZHANG} ")
    assert "还差 1 位" in thanks


async def test_the_form_needs_no_command(room: Room) -> None:
    [registered] = await room.hears(WANG, "【互助】\n事项：砍价还差2刀\n人数：2\n截止：今晚12点")
    assert "需要 2 人" in registered


async def test_an_empty_request_is_answered_with_the_form(room: Room) -> None:
    [answer] = await room.hears(WANG, "/求助")
    assert "【互助】" in answer


async def test_requests_of_another_group_are_not_shown(room: Room) -> None:
    await room.hears(WANG, "/求助 还差1人砍一刀", group_id=OTHER_GROUP)
    for words in ("接 1", "/详情 1", "/取消 1", "已帮 1", "确认 1", "放弃 1"):
        [answer] = await room.hears(LI, words)
        assert "不是本群的" in answer, words


async def test_a_request_that_is_over_says_so(room: Room) -> None:
    await room.hears(WANG, "/求助 还差1人砍一刀")
    [cancelled] = await room.hears(ADMIN, "/取消 1")
    assert "已取消" in cancelled
    [answer] = await room.hears(LI, "接 1")
    assert "已经取消" in answer
    [details] = await room.hears(LI, "/详情 1")
    assert "已经取消" in details


async def test_a_card_brings_its_link(room: Room) -> None:
    card = (
        '{"app":"com.tencent.structmsg","prompt":"[分享]拼多多","meta":{"news":'
        f'{{"title":"一起砍","jumpUrl":"{LINK}"}}}}}}'
    )
    await room.hears(WANG, "/求助 还差1人", {"type": "json", "data": {"data": card}})
    assert (await AidRequest.get()).link == LINK


async def test_addressing_the_bot_works_as_well(room: Room) -> None:
    [registered] = await room.hears(WANG, at(BOT), " /求助 还差1人砍一刀")
    assert "求助 1 号已登记" in registered
