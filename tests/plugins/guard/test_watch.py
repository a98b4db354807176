"""The guard in the group: who is judged, what is done, what is left alone."""

import pytest

from pinbang.groups import forget_group, load_group, save_settings
from pinbang.guarding.policy import GuardPolicy
from pinbang.members import give_role
from pinbang.roles import Role
from pinbang.store.models import Case
from tests.conftest import SUPERUSER
from tests.plugins.room import ADMIN, BOT, GROUP, LI, OTHER_GROUP, OWNER, WANG, Refused, Room

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"


async def test_an_ad_is_recalled_and_warned_about(room: Room) -> None:
    [warning] = await room.hears(WANG, ADVERT, message_id=55)
    assert room.called("delete_msg") == [{"message_id": 55}]
    assert warning.startswith(f"@{WANG} ")
    assert "已撤回" in warning
    assert "警告" in warning
    assert "abc123456" not in warning


async def test_the_second_one_mutes_and_the_admin_takes_it_back(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    [told] = await room.hears(WANG, f"{ADVERT}！")
    assert "禁言 10 分钟" in told
    [why] = await room.hears(WANG, "/为什么 2")
    assert "依据" in why
    [undone] = await room.hears(ADMIN, "/撤销 2 是玩笑")
    assert undone.startswith(f"@{WANG} 已撤销 2 号处理")
    assert "禁言已解除" in undone
    assert room.called("set_group_ban")[-1]["duration"] == 0
    [again] = await room.hears(ADMIN, "/撤销 2")
    assert "已经撤销过" in again


@pytest.mark.parametrize("person", [OWNER, ADMIN, SUPERUSER])
async def test_people_in_charge_are_not_judged(room: Room, person: int) -> None:
    assert await room.hears(person, ADVERT) == []
    assert await Case.all().count() == 0


async def test_deputies_are_not_judged(room: Room) -> None:
    await load_group(GROUP, BOT)
    await give_role(GROUP, WANG, Role.DEPUTY, ADMIN)
    assert await room.hears(WANG, ADVERT) == []
    await give_role(GROUP, WANG, Role.MEMBER, ADMIN)
    assert len(await room.hears(WANG, ADVERT)) == 1


async def test_an_admin_whose_role_the_gateway_left_out_is_not_judged(room: Room) -> None:
    sender = {"user_id": ADMIN, "nickname": "管理员"}
    assert await room.hears(ADMIN, ADVERT, sender=sender) == []
    sender = {"user_id": WANG, "nickname": "小王"}
    assert len(await room.hears(WANG, ADVERT, sender=sender)) == 1


async def test_a_group_may_switch_the_guard_off(room: Room) -> None:
    await load_group(GROUP, BOT)
    await save_settings(GROUP, GuardPolicy.model_validate({"enabled": False}), ADMIN, "测试")
    forget_group(GROUP)
    assert await room.hears(WANG, ADVERT) == []
    assert len(await room.hears(LI, ADVERT, group_id=OTHER_GROUP)) == 1


async def test_a_message_delivered_twice_is_punished_once(room: Room) -> None:
    await room.hears(WANG, ADVERT, message_id=55)
    assert await room.hears(WANG, ADVERT, message_id=55) == []
    assert len(room.called("delete_msg")) == 1


async def test_what_is_quoted_is_not_held_against_who_quotes(room: Room) -> None:
    room.answers["get_msg"] = lambda _: {"message": [{"type": "text", "data": {"text": ADVERT}}]}
    assert await room.hears(LI, {"type": "reply", "data": {"id": "55"}}, "这种广告别信") == []


async def test_in_private_nobody_is_judged(room: Room) -> None:
    assert await room.whispered(WANG, ADVERT) == []
    assert await Case.all().count() == 0


async def test_without_the_admin_role_the_group_is_told_so(room: Room) -> None:
    room.roles[BOT] = "member"

    def refuse(_: object) -> None:
        raise Refused(wording="ERR_NOT_GROUP_ADMIN")

    room.answers["delete_msg"] = refuse
    [told] = await room.hears(WANG, ADVERT)
    assert "不是管理员" in told


async def test_a_gateway_that_only_says_ok_is_not_believed(room: Room) -> None:
    room.answers["delete_msg"] = lambda _: None
    [told] = await room.hears(WANG, ADVERT)
    assert "已撤回" not in told


async def test_somebody_elses_case_is_not_shown(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    [refused] = await room.hears(LI, "/为什么 1")
    assert "当事人" in refused
    [shown] = await room.whispered(WANG, "/为什么 1")
    assert "依据" in shown
    [refused] = await room.whispered(LI, "/为什么 1")
    assert "没有关于你的" in refused
