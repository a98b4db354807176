import asyncio
from typing import Any

import pytest

from pinbang.testing import (
    GOCQHTTP,
    LLBOT,
    NAPCAT,
    PROFILES,
    SNOWLUMA,
    Fault,
    Profile,
    Reason,
    SimulatedGateway,
    Slow,
    World,
)
from pinbang.testing.faults import FaultPlan
from tests.unit.testing.village import ALICE, BOB, GROUP, TinyBot

SEND: dict[str, Any] = {"group_id": GROUP, "message": "你好"}
REFUSALS = [fault for fault in Fault if isinstance(fault.value, Reason)]


def spoken(world: World) -> int:
    return len(world.group(GROUP).messages)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
@pytest.mark.parametrize("fault", REFUSALS, ids=lambda f: f.name)
async def test_a_refusal_is_worded_as_the_gateway_does(
    world: World, bot: TinyBot, gateway: SimulatedGateway, profile: Profile, fault: Fault
) -> None:
    gateway.fail_next("send_group_msg", fault)
    answer = await bot.call("send_group_msg", **SEND)
    usual = 1404 if fault is Fault.UNKNOWN_ACTION else profile.usual_retcode
    assert (answer["status"], answer["retcode"], answer["data"]) == ("failed", usual, None)
    assert answer["wording"]
    assert ("message" in answer) is (profile in (NAPCAT, LLBOT))
    assert ("msg" in answer) is (profile is GOCQHTTP)
    assert ("stream" in answer) is (profile is NAPCAT)
    assert spoken(world) == 0
    assert (await bot.call("send_group_msg", **SEND))["status"] == "ok"


@pytest.mark.parametrize(
    ("profile", "fault", "action", "wording"),
    [
        (NAPCAT, Fault.TOO_OLD, "delete_msg", "recallMsg"),
        (NAPCAT, Fault.RISK_CONTROL, "send_group_msg", "sendMsg"),
        (LLBOT, Fault.MUTED, "send_group_msg", "当前处于被禁言状态"),
        (SNOWLUMA, Fault.NOT_ADMIN, "set_group_kick", "ERR_NOT_GROUP_ADMIN"),
        (GOCQHTTP, Fault.ALREADY_HANDLED, "set_group_add_request", "FLAG已经被检查"),
    ],
)
async def test_known_texts(
    bot: TinyBot, gateway: SimulatedGateway, fault: Fault, action: str, wording: str
) -> None:
    gateway.fail_next(action, fault)
    assert wording in (await bot.call(action))["wording"]


async def test_a_timeout_never_answers_and_nothing_happens(
    world: World, bot: TinyBot, gateway: SimulatedGateway
) -> None:
    gateway.fail_next("send_group_msg", Fault.TIMEOUT)
    echo = await bot.send("send_group_msg", **SEND)
    await bot.call("get_status")
    assert not bot.seen(echo=echo)
    assert spoken(world) == 0
    assert gateway.calls[0].answer is None


async def test_a_timeout_though_it_happened(
    world: World, bot: TinyBot, gateway: SimulatedGateway
) -> None:
    gateway.fail_next("send_group_msg", Fault.TIMEOUT_BUT_DONE)
    echo = await bot.send("send_group_msg", **SEND)
    await bot.got(post_type="message_sent")
    await bot.call("get_status")
    assert not bot.seen(echo=echo)
    assert spoken(world) == 1


async def test_ok_but_nothing(world: World, bot: TinyBot, gateway: SimulatedGateway) -> None:
    message = world.say(GROUP, ALICE, "广告")
    gateway.fail_next("*", Fault.OK_BUT_NOTHING, times=2)
    sent = await bot.call("send_group_msg", **SEND)
    deleted = await bot.call("delete_msg", message_id=gateway.id_of(message))
    assert (deleted["status"], deleted["data"]) == ("ok", None)
    missing = await bot.call("get_msg", message_id=sent["data"]["message_id"])
    assert missing["status"] == "failed"
    assert not message.recalled
    assert not bot.seen(post_type="notice")


async def test_silent(world: World, bot: TinyBot, gateway: SimulatedGateway) -> None:
    message = world.say(GROUP, ALICE, "广告")
    gateway.fail_next("delete_msg", Fault.SILENT)
    answer = await bot.call("delete_msg", message_id=gateway.id_of(message))
    assert answer["status"] == "ok"
    assert message.recalled
    await bot.call("get_status")
    assert not bot.seen(notice_type="group_recall")


async def test_a_slow_call_does_not_hold_up_others(bot: TinyBot, gateway: SimulatedGateway) -> None:
    gateway.fail_next("get_login_info", Slow(0.05))
    slow = await bot.send("get_login_info")
    await bot.call("get_status")
    assert not bot.seen(echo=slow)
    assert (await bot.got(echo=slow))["status"] == "ok"


async def test_close_drops_the_link_instead_of_answering(
    world: World, bot: TinyBot, gateway: SimulatedGateway
) -> None:
    gateway.fail_next("send_group_msg", Fault.CLOSE)
    echo = await bot.send("send_group_msg", **SEND)
    await gateway.until(lambda: len(bot.handshakes) == 2 and gateway.connected)
    await bot.call("get_status")
    assert not bot.seen(echo=echo)
    assert spoken(world) == 0


async def test_a_fault_may_be_meant_for_some_parameters_only(
    bot: TinyBot, gateway: SimulatedGateway
) -> None:
    gateway.fail_next("set_group_ban", Fault.NOT_ADMIN, times=None, match={"user_id": BOB})
    ban = {"group_id": GROUP, "duration": 60}
    assert (await bot.call("set_group_ban", user_id=ALICE, **ban))["status"] == "ok"
    for user_id in (BOB, str(BOB)):
        answer = await bot.call("set_group_ban", user_id=user_id, **ban)
        assert answer["status"] == "failed"
    gateway.faults.clear()
    assert (await bot.call("set_group_ban", user_id=BOB, **ban))["status"] == "ok"


def test_faults_strike_in_the_order_they_were_planned() -> None:
    plan = FaultPlan()
    plan.add("get_msg", Fault.TIMEOUT)
    plan.add("get_msg", Fault.SILENT, times=2)
    struck = [plan.take("get_msg", {}) for _ in range(4)]
    assert struck == [Fault.TIMEOUT, Fault.SILENT, Fault.SILENT, None]


async def test_calls_that_never_end_do_not_keep_the_gateway_from_closing(
    bot: TinyBot, gateway: SimulatedGateway
) -> None:
    gateway.fail_next("get_status", Slow(3600))
    await bot.send("get_status")
    await gateway.called("get_status")
    await asyncio.wait_for(gateway.disconnect(), 2)
