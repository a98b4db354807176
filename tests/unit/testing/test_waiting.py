import asyncio

import pytest

from pinbang.testing import LLBOT, SimulatedGateway, World
from tests.unit.testing.village import ALICE, BOB, BOT, GROUP, TinyBot


async def test_waiting_for_what_the_bot_says(
    world: World, bot: TinyBot, gateway: SimulatedGateway
) -> None:
    waiting = asyncio.create_task(gateway.said(GROUP, "签到", "3 天"))
    world.say(GROUP, ALICE, "签到 3 天，是我说的")
    await bot.call("send_group_msg", group_id=GROUP, message="签到成功")
    await bot.call("send_group_msg", group_id=GROUP, message="签到成功，连续 3 天")
    message = await waiting
    assert (message.user_id, message.text) == (BOT, "签到成功，连续 3 天")


async def test_a_mark_hides_what_came_before(bot: TinyBot, gateway: SimulatedGateway) -> None:
    await bot.call("send_group_msg", group_id=GROUP, message="第一次")
    await bot.call("send_private_msg", user_id=ALICE, message="第一次")
    mark = gateway.mark()
    waits = [
        gateway.said(GROUP, "次", after=mark),
        gateway.whispered(ALICE, "次", after=mark),
    ]
    waiting = asyncio.gather(*waits)
    await bot.call("send_group_msg", group_id=GROUP, message="第二次")
    await bot.call("send_private_msg", user_id=BOB, message="别人的第二次")
    await bot.call("send_private_msg", user_id=ALICE, message="第二次")
    assert [message.text for message in await waiting] == ["第二次", "第二次"]
    assert (await gateway.said(GROUP)).text == "第一次"
    call = await gateway.called("send_group_msg", after=mark)
    assert call.params["message"] == "第二次"


async def test_waiting_for_a_call_with_a_message_as_parameter(world: World, bot: TinyBot) -> None:
    async with SimulatedGateway(world, LLBOT, BOT, bot.url) as gateway:
        messages = [world.say(GROUP, ALICE, str(number)) for number in range(4)]
        for message in messages:
            await bot.send("delete_msg", message_id=str(gateway.id_of(message)))
        for message in messages:
            await gateway.called("delete_msg", message_id=message)
            await gateway.until(lambda m=message: m.recalled)


async def test_a_wait_in_vain_tells_what_happened_instead(
    world: World, bot: TinyBot, gateway: SimulatedGateway
) -> None:
    world.say(GROUP, ALICE, "有人吗")
    world.say_private(ALICE, BOT, "在吗")
    await bot.call("send_group_msg", group_id=GROUP, message="在" * 300)
    await bot.call("get_msg", message_id=5)
    with pytest.raises(AssertionError) as failure:
        await gateway.said(GROUP, "不在", timeout=0.01)
    told = str(failure.value)
    assert "after 0.01 s still waiting until bot says ('不在',) in group 700; last:" in told
    assert "message [700] 11: 有人吗" in told
    assert "message [private] 11 to bot: 在吗" in told
    assert "message [700] bot: 在在" in told
    assert "call    get_msg {'message_id': 5} -> 1200 消息不存在" in told
    assert max(map(len, told.splitlines())) < 250


async def test_a_wait_in_vain_when_nothing_happened(world: World) -> None:
    gateway = SimulatedGateway(world, LLBOT, BOT)
    with pytest.raises(AssertionError, match="nothing has happened"):
        await gateway.until(lambda: False, timeout=0.0)


async def test_until_returns_what_it_found(gateway: SimulatedGateway, world: World) -> None:
    waiting = asyncio.create_task(
        gateway.until(lambda: world.group(GROUP).messages and "found", what="a message")
    )
    await asyncio.sleep(0)
    world.say(GROUP, ALICE, "到")
    assert await waiting == "found"
