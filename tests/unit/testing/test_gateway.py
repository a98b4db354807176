"""The link: handshake, order, loss, duplicates, reconnecting, both directions."""

import asyncio
import contextlib
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from pinbang.testing import (
    GOCQHTTP,
    LLBOT,
    NAPCAT,
    PROFILES,
    SNOWLUMA,
    Profile,
    SimulatedGateway,
    World,
    free_port,
)
from tests.unit.testing.village import ALICE, BOT, GROUP, TinyBot


@pytest.mark.parametrize(
    ("profile", "token", "authorization", "agent"),
    [
        (NAPCAT, "秘密".encode().hex(), "Bearer e7a798e5af86", "OneBot/11"),
        (NAPCAT, None, "Bearer", "OneBot/11"),
        (SNOWLUMA, None, None, "OneBot/11"),
        (SNOWLUMA, "t0ken", "Bearer t0ken", "OneBot/11"),
        (LLBOT, "t0ken", "Bearer t0ken", "LLOneBot/8.1.0"),
        (GOCQHTTP, "t0ken", "Token t0ken", "CQHttp/4.15.0"),
    ],
)
async def test_the_handshake(
    world: World,
    bot: TinyBot,
    profile: Profile,
    token: str | None,
    authorization: str | None,
    agent: str,
) -> None:
    async with SimulatedGateway(world, profile, BOT, bot.url, token):
        (headers,) = bot.handshakes
        assert headers["X-Self-ID"] == str(BOT)
        assert headers["X-Client-Role"] == "Universal"
        assert headers["User-Agent"] == agent
        assert headers.get("Authorization") == authorization


async def test_lifecycle_comes_first_then_heartbeats(world: World, bot: TinyBot) -> None:
    async with SimulatedGateway(world, NAPCAT, BOT, bot.url, heartbeat=0.01):
        world.say(GROUP, ALICE, "你好")
        beat = await bot.got(meta_event_type="heartbeat")
    assert bot.frames[0]["meta_event_type"] == "lifecycle"
    assert bot.frames[0]["sub_type"] == "connect"
    assert (beat["interval"], beat["status"]) == (10, {"online": True, "good": True})


async def test_events_keep_their_order(
    world: World, bot: TinyBot, gateway: SimulatedGateway
) -> None:
    for number in range(200):
        world.say(GROUP, ALICE, str(number))
    await bot.got(raw_message="199")
    assert [f["raw_message"] for f in bot.seen(post_type="message")] == [
        str(number) for number in range(200)
    ]
    assert gateway.connected


async def test_calls_are_answered_and_recorded(
    bot: TinyBot, gateway: SimulatedGateway, world: World
) -> None:
    answer = await bot.call("get_login_info")
    assert answer["data"]["user_id"] == BOT
    (call,) = gateway.calls
    assert (call.action, call.params, call.time) == ("get_login_info", {}, world.now())
    assert call.answer is not None
    assert call.answer["status"] == "ok"


@pytest.mark.parametrize("answers_first", [True, False])
async def test_answer_and_event_come_in_the_chosen_order(
    world: World, bot: TinyBot, answers_first: bool
) -> None:
    async with SimulatedGateway(world, NAPCAT, BOT, bot.url, answers_first=answers_first):
        await bot.call("send_group_msg", group_id=GROUP, message="你好")
        await bot.got(post_type="message_sent")
    kinds = ["answer" if "echo" in f else f["post_type"] for f in bot.frames[1:]]
    assert kinds == (["answer", "message_sent"] if answers_first else ["message_sent", "answer"])


async def test_own_messages_need_not_be_reported(world: World, bot: TinyBot) -> None:
    async with SimulatedGateway(world, NAPCAT, BOT, bot.url, report_own=False):
        await bot.call("send_group_msg", group_id=GROUP, message="你好")
        await bot.call("get_status")
    assert not bot.seen(post_type="message_sent")


@pytest.mark.parametrize("announced", [True, False])
async def test_it_may_admit_being_simulated(world: World, bot: TinyBot, announced: bool) -> None:
    async with SimulatedGateway(world, NAPCAT, BOT, bot.url, announce_simulated=announced):
        answer = await bot.call("get_version_info")
    assert ("simulated" in answer["data"]) is announced


@pytest.mark.parametrize("way", ["disconnect", "drop"])
async def test_what_happens_while_away_is_lost(
    world: World, bot: TinyBot, gateway: SimulatedGateway, way: str
) -> None:
    await (gateway.disconnect() if way == "disconnect" else gateway.drop())
    assert not gateway.connected
    unheard = world.say(GROUP, ALICE, "没人听见")
    await gateway.connect()
    world.say(GROUP, ALICE, "听见了")
    await bot.got(raw_message="听见了")
    assert not bot.seen(raw_message="没人听见")
    assert [f["message_id"] for f in gateway.lost] == [gateway.id_of(unheard)]
    assert len(bot.seen(sub_type="connect")) == 2


async def test_a_link_the_bot_ends_is_opened_again(bot: TinyBot, gateway: SimulatedGateway) -> None:
    await bot.sockets[0].close()
    await gateway.until(lambda: len(bot.handshakes) == 2 and gateway.connected)
    await gateway.reconnect()
    assert len(bot.handshakes) == 3


async def test_it_waits_for_a_bot_that_starts_late(world: World) -> None:
    late, port = TinyBot(), free_port()
    url = f"ws://127.0.0.1:{port}/onebot/v11/ws"
    gateway = SimulatedGateway(world, NAPCAT, BOT, url, reconnect_interval=0.01)
    async with contextlib.aclosing(gateway):
        connecting = asyncio.create_task(gateway.connect())
        await late.open(port)
        await connecting
        await late.got(meta_event_type="lifecycle")
    await late.close()


async def test_a_bot_that_never_comes_is_an_error(world: World) -> None:
    url = f"ws://127.0.0.1:{free_port()}/onebot/v11/ws"
    gateway = SimulatedGateway(world, NAPCAT, BOT, url, reconnect_interval=0.01)
    with pytest.raises(ConnectionError, match="not reached"):
        await gateway.connect(timeout=0.05)
    await gateway.aclose()


async def test_a_restart_makes_napcat_forget_ids(
    world: World, bot: TinyBot, gateway: SimulatedGateway
) -> None:
    message_id = gateway.id_of(world.say(GROUP, ALICE, "记得我吗"))
    assert (await bot.call("get_msg", message_id=message_id))["status"] == "ok"
    await gateway.restart()
    assert (await bot.call("get_msg", message_id=message_id))["retcode"] == 1200


async def test_a_restart_does_not_make_llbot_forget(world: World, bot: TinyBot) -> None:
    async with SimulatedGateway(world, LLBOT, BOT, bot.url) as gateway:
        message_id = gateway.id_of(world.say(GROUP, ALICE, "记得我吗"))
        await gateway.restart()
        assert (await bot.call("get_msg", message_id=message_id))["status"] == "ok"


async def test_events_can_come_twice_or_not_at_all(
    world: World, bot: TinyBot, gateway: SimulatedGateway
) -> None:
    gateway.duplicate_next()
    world.ask_to_join(GROUP, 99)
    gateway.lose_next()
    world.say(GROUP, ALICE, "吞了")
    world.say(GROUP, ALICE, "没吞")
    await bot.got(raw_message="没吞")
    first, second = bot.seen(post_type="request")
    assert first == second
    assert not bot.seen(raw_message="吞了")


async def test_any_frame_can_be_sent(bot: TinyBot, gateway: SimulatedGateway) -> None:
    gateway.send_raw({"post_type": "notice", "notice_type": "never_heard_of"})
    await bot.got(notice_type="never_heard_of")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
async def test_losing_qq_but_not_the_link(
    bot: TinyBot, gateway: SimulatedGateway, profile: Profile
) -> None:
    gateway.go_offline()
    assert (await bot.call("get_status"))["data"]["online"] is False
    assert bool(bot.seen(notice_type="bot_offline")) is (profile is NAPCAT)


async def test_two_accounts_share_a_world(world: World, bot: TinyBot) -> None:
    world.add_member(GROUP, 10002, "小帮")
    other = TinyBot()
    await other.open()
    mine = SimulatedGateway(world, NAPCAT, BOT, bot.url)
    async with mine, SimulatedGateway(world, GOCQHTTP, 10002, other.url):
        await bot.call("send_group_msg", group_id=GROUP, message="你好，小帮")
        heard = await other.got(raw_message="你好，小帮")
    assert heard["message_id"] < 0 < (await bot.got(post_type="message_sent"))["message_id"]
    await other.close()


async def test_forward_mode_lets_the_bot_connect(world: World) -> None:
    gateway = SimulatedGateway(world, NAPCAT, BOT, token="t0ken")  # noqa: S106 - made up
    async with contextlib.aclosing(gateway):
        port = await gateway.serve()
        url = f"ws://127.0.0.1:{port}"
        with pytest.raises(InvalidStatus):
            await connect(url, proxy=None)
        headers = {"Authorization": "Bearer t0ken"}
        async with connect(url, additional_headers=headers, proxy=None) as socket:
            assert json.loads(await socket.recv())["meta_event_type"] == "lifecycle"
            await socket.send(json.dumps({"action": "get_status", "echo": {"any": "thing"}}))
            assert json.loads(await socket.recv())["echo"] == {"any": "thing"}
            world.say(GROUP, ALICE, "你好")
            assert json.loads(await socket.recv())["raw_message"] == "你好"
        await gateway.until(lambda: not gateway.connected)
