"""The real bot process, a simulated group, and a gateway between them, on either database."""

import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from pinbang.settings import ROOT
from pinbang.testing import BotProcess, World

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")

GROUP, BOT, OWNER, ADMIN = 700100200, 10001, 600100, 600200
XIAOWANG, XIAOLI, XIAOZHANG = 610001, 610002, 610003


@pytest.fixture
def world() -> World:
    """A group with an owner, an admin, three members and the bot as admin."""
    world = World()
    world.add_group(GROUP, "拼单互助群", owner_id=OWNER, owner_nickname="群主")
    world.add_member(GROUP, ADMIN, "管理员小陈", role="admin")
    world.add_member(GROUP, BOT, "机器人", role="admin")
    world.add_member(GROUP, XIAOWANG, "小王")
    world.add_member(GROUP, XIAOLI, "小李")
    world.add_member(GROUP, XIAOZHANG, "小张")
    return world


@asynccontextmanager
async def _fresh_database(kind: str) -> AsyncIterator[str | None]:
    """Yield the URL of an empty database, or None for SQLite in the data folder."""
    if kind == "sqlite":
        yield None
        return
    name = f"pinbang_test_{uuid.uuid4().hex}"
    server = await asyncpg.connect(POSTGRES)
    try:
        await server.execute(f'CREATE DATABASE "{name}"')
        yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
        await server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await server.close()


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgres",
            marks=[
                pytest.mark.postgres,
                pytest.mark.skipif(not POSTGRES, reason="TEST_POSTGRES_URL is not set"),
            ],
        ),
    ]
)
async def database_url(request: pytest.FixtureRequest) -> AsyncIterator[str | None]:
    """An empty database of each kind; None means SQLite in the data folder."""
    async with _fresh_database(request.param) as url:
        yield url


Start = Callable[..., AbstractAsyncContextManager[BotProcess]]


@pytest.fixture
def start_bot(tmp_path: Path, database_url: str | None) -> Start:
    """Start the real bot on the test's database; further settings as a mapping."""

    def start(**env: str) -> BotProcess:
        return BotProcess(ROOT, data_dir=tmp_path / "data", database_url=database_url, env=env)

    return start


@pytest.fixture
async def bot(start_bot: Start) -> AsyncIterator[BotProcess]:
    """The running bot; its log must hold no error when the test is over."""
    async with start_bot() as process:
        yield process
        assert process.errors() == []
