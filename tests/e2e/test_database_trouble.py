"""A database that is busy or away for a while: waited for, refused in words, used again after."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from pinbang.testing import NAPCAT, SimulatedGateway, World

from .conftest import ADMIN, GROUP, POSTGRES, XIAOLI, XIAOWANG, Start

pytestmark = pytest.mark.e2e

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"

Away = Callable[[], Awaitable[None]]


@asynccontextmanager
async def away(database_url: str | None, data: Path) -> AsyncIterator[Away]:
    """Take the database away inside the block; call what is yielded to give it back earlier."""
    if database_url is None:
        holder = sqlite3.connect(data / "pinbang.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")

        async def release() -> None:
            holder.close()

    else:
        name = database_url.rsplit("/", 1)[1]
        server = await asyncpg.connect(POSTGRES)
        await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )

        async def release() -> None:
            if not server.is_closed():
                await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
                await server.close()

    try:
        yield release
    finally:
        await release()


async def test_away_for_a_moment(
    start_bot: Start, world: World, database_url: str | None, tmp_path: Path
) -> None:
    async with start_bot() as bot, SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        world.say(GROUP, XIAOLI, "/互助")
        await gateway.said(GROUP, "没有等待帮助的求助")
        async with away(database_url, tmp_path / "data") as release:
            world.say(GROUP, XIAOLI, "/求助 果园浇水")
            advert = world.say(GROUP, XIAOWANG, ADVERT)
            await bot.logged("Database busy or away", timeout=20)
            await release()
            await gateway.said(GROUP, "求助 1 号已登记", timeout=20)
            await gateway.until(lambda: advert.recalled, timeout=20)
            await gateway.said(GROUP, "这条消息涉及")
        assert bot.errors() == [], bot.log_text()


async def test_away_for_long(
    start_bot: Start, world: World, database_url: str | None, tmp_path: Path
) -> None:
    async with start_bot() as bot, SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        world.say(GROUP, XIAOLI, "/互助")
        await gateway.said(GROUP, "没有等待帮助的求助")
        async with away(database_url, tmp_path / "data"):
            world.say(GROUP, XIAOLI, "/求助 果园浇水")
            advert = world.say(GROUP, XIAOWANG, ADVERT)
            request = world.ask_to_join(GROUP, 620001, "小赵", question="愿意吗", answer="愿意遵守")
            await gateway.said(GROUP, "数据库正忙", timeout=40)
        # It recovers by itself, and what must not be lost was kept until then.
        await gateway.until(lambda: advert.recalled, timeout=40)
        await gateway.until(lambda: request.state == "approved", timeout=40)
        before = gateway.mark()
        world.say(GROUP, XIAOLI, "/求助 果园浇水")
        await gateway.said(GROUP, "求助 1 号已登记", after=before, timeout=20)
        world.say(GROUP, ADMIN, "/为什么 1")
        await gateway.said(GROUP, "1 号处理", timeout=20)
        assert bot.errors() == [], bot.log_text()
