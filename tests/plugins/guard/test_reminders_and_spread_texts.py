"""The guard and what a member wrote before: reminders without a strike, floods, spread-out ads."""

from pinbang.guarding.cases import strikes_of
from pinbang.store.models import Case
from tests.conftest import Clock
from tests.plugins.room import GROUP, LI, WANG, Room

PHONE = "13612340001"
ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"


async def test_ones_own_number_is_taken_back_with_a_friendly_word(
    room: Room, frozen: Clock
) -> None:
    [told] = await room.hears(WANG, f"我电话 {PHONE} 有事打", message_id=55)
    assert room.called("delete_msg") == [{"message_id": 55}]
    assert told.startswith(f"@{WANG} 帮你撤回了，里面有手机号")
    assert "不计违规" in told
    assert "警告" not in told
    assert PHONE not in told
    assert await strikes_of(GROUP, WANG, frozen.now) == 0


async def test_a_reminder_does_not_move_anybody_up_the_ladder(room: Room) -> None:
    for words in ("有事打", "找我打这个", "联系我"):
        await room.hears(WANG, f"我电话 {PHONE} {words}")
    [warned] = await room.hears(WANG, ADVERT)
    assert "警告" in warned
    assert room.called("set_group_ban") == []
    assert [case.step for case in await Case.all().order_by("id")] == [0, 0, 0, 1]


async def test_the_reason_of_a_reminder_names_the_kind_and_never_the_value(room: Room) -> None:
    await room.hears(WANG, f"我电话 {PHONE} 有事打")
    [why] = await room.hears(WANG, "/为什么 1")
    assert "手机号" in why
    assert "不计违规" in why
    assert PHONE not in why


async def test_exposing_somebody_counts(room: Room, frozen: Clock) -> None:
    [told] = await room.hears(WANG, f"曝光这个骗子 电话 {PHONE}")
    assert "警告" in told
    assert PHONE not in told
    assert await strikes_of(GROUP, WANG, frozen.now) == 1


async def test_an_ad_with_ones_number_counts(room: Room, frozen: Clock) -> None:
    [told] = await room.hears(WANG, f"{ADVERT} 电话 {PHONE}")
    assert "警告" in told
    assert await strikes_of(GROUP, WANG, frozen.now) == 1


async def test_the_third_repetition_is_a_flood(room: Room) -> None:
    assert await room.hears(WANG, "帮我看看这个东西") == []
    assert await room.hears(LI, "帮我看看这个东西") == []
    assert await room.hears(WANG, "帮我看看这个东西") == []
    [told] = await room.hears(WANG, "帮我看看这个东西", message_id=77)
    assert "刷屏" in told
    assert room.called("delete_msg") == [{"message_id": 77}]


async def test_an_ad_sent_piece_by_piece_is_recalled_as_a_whole(room: Room) -> None:
    told: list[str] = []
    for number, piece in enumerate(["加微", "信", "abc123456"], start=80):
        told += await room.hears(WANG, piece, message_id=number)
    [warning] = told
    assert "站外引流" in warning
    assert {call["message_id"] for call in room.called("delete_msg")} == {80, 81, 82}
    [why] = await room.hears(WANG, "/为什么 1")
    assert "分成几条消息" in why
    assert await room.hears(WANG, "好的", message_id=90) == []


async def test_short_innocent_messages_are_left_alone(room: Room) -> None:
    for piece in ["在吗", "谢谢", "接 3", "已帮", "好的", "收到"]:
        assert not any("涉及" in said for said in await room.hears(LI, piece))
    assert room.called("delete_msg") == []
