"""How gateways connect: with a token, forward, twice in one group, again after a break."""

import pytest

from pinbang.testing import GOCQHTTP, NAPCAT, SNOWLUMA, BotProcess, SimulatedGateway, World

from .conftest import GROUP, XIAOLI, XIAOWANG, Start

pytestmark = pytest.mark.e2e

TOKEN = "correct-horse-battery"
SECOND_BOT = 10002
ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"


@pytest.fixture
def database_url() -> None:
    """Connections do not depend on the kind of database."""


async def test_token(start_bot: Start, world: World) -> None:
    async with start_bot(ONEBOT_ACCESS_TOKEN=TOKEN) as bot:
        stranger = SimulatedGateway(world, NAPCAT, url=bot.url, token="wrong-guess")
        with pytest.raises(ConnectionError, match="403"):
            await stranger.connect(timeout=3)
        await stranger.aclose()
        async with SimulatedGateway(world, NAPCAT, url=bot.url, token=TOKEN) as gateway:
            world.say(GROUP, XIAOLI, "/阶梯")
            await gateway.said(GROUP, "违规处理")
        assert TOKEN not in bot.log_text()
        assert "wrong-guess" not in bot.log_text()


async def test_forward_websocket(start_bot: Start, world: World) -> None:
    gateway = SimulatedGateway(world, NAPCAT, token=TOKEN)
    port = await gateway.serve()
    try:
        async with start_bot(
            ONEBOT_WS_URLS=f"ws://127.0.0.1:{port}", ONEBOT_ACCESS_TOKEN=TOKEN
        ) as bot:
            await gateway.called("get_version_info", timeout=20)
            world.say(GROUP, XIAOLI, "/阶梯")
            await gateway.said(GROUP, "违规处理")
            assert bot.errors() == []
    finally:
        await gateway.aclose()


async def test_two_accounts_in_one_group(bot: BotProcess, world: World) -> None:
    world.add_member(GROUP, SECOND_BOT, "机器人二号", role="admin")
    async with (
        SimulatedGateway(world, NAPCAT, url=bot.url) as first,
        SimulatedGateway(world, SNOWLUMA, self_id=SECOND_BOT, url=bot.url) as second,
    ):
        await first.called("get_group_list")
        await second.called("get_group_list")
        advert = world.say(GROUP, XIAOWANG, ADVERT)
        await first.until(lambda: advert.recalled)
        await first.said(GROUP, "这条消息涉及")
        world.say(GROUP, XIAOLI, "/求助 果园浇水")
        await first.said(GROUP, "求助 1 号已登记")
        said = [one for one in world.group(GROUP).messages.values() if one.user_id == SECOND_BOT]
        assert said == []
        # The second account takes over when the first one is gone.
        await first.disconnect()
        world.say(GROUP, XIAOLI, "/互助")
        await second.said(GROUP, "1. 果园浇水")


@pytest.mark.parametrize("profile", [NAPCAT, GOCQHTTP], ids=lambda profile: profile.name)
async def test_a_link_that_breaks(bot: BotProcess, world: World, profile: object) -> None:
    async with SimulatedGateway(
        world,
        profile,  # pyright: ignore[reportArgumentType]
        url=bot.url,
        reconnect_interval=0.2,
    ) as gateway:
        world.say(GROUP, XIAOLI, "/求助 果园浇水")
        await gateway.said(GROUP, "求助 1 号已登记")
        await gateway.drop()
        await gateway.connect(timeout=30)
        world.say(GROUP, XIAOLI, "/互助")
        await gateway.said(GROUP, "1. 果园浇水")
