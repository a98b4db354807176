"""A small village to play in, and a tiny bot for gateways to connect to."""

from collections.abc import AsyncIterator

import pytest

from pinbang.testing import NAPCAT, Profile, SimulatedGateway, World
from tests.unit.testing.village import ADMIN, ALICE, BOB, BOT, GROUP, OWNER, Clock, TinyBot


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    world = World(now=clock)
    world.add_group(GROUP, "拼单村", owner_id=OWNER, owner_nickname="村长")
    world.add_member(GROUP, ADMIN, "会计", role="admin")
    world.add_member(GROUP, ALICE, "阿丽", card="阿丽,[买菜]", level=9, title="快手", qq_level=40)
    world.add_member(GROUP, BOB, "老鲍")
    world.add_member(GROUP, BOT, "小拼", role="admin")
    return world


@pytest.fixture
async def bot() -> AsyncIterator[TinyBot]:
    bot = TinyBot()
    await bot.open()
    yield bot
    await bot.close()


@pytest.fixture
def profile() -> Profile:
    return NAPCAT


@pytest.fixture
async def gateway(world: World, bot: TinyBot, profile: Profile) -> AsyncIterator[SimulatedGateway]:
    async with SimulatedGateway(world, profile, BOT, bot.url, reconnect_interval=0.02) as gateway:
        yield gateway
