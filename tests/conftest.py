"""The bot as the tests see it: plugins loaded once, a migrated database of each kind, a clock."""

import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import asyncpg
import pytest
from nonebug import NONEBOT_START_LIFESPAN
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext

import bot
from pinbang import clock, crypto, groups, kept_messages
from pinbang.gateway import account
from pinbang.moderation import lately
from pinbang.settings import Settings
from pinbang.store.config import database_config
from pinbang.store.migrating import migrate_database
from pinbang.store.opening import opened_database

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
SUPERUSER = 600900

needs_postgres = [
    pytest.mark.postgres,
    pytest.mark.skipif(not POSTGRES, reason="TEST_POSTGRES_URL is not set"),
]


def pytest_configure(config: pytest.Config) -> None:
    """Load the plugins before any test module imports one of them."""
    # Nothing hooks into the driver's life: the tests open their own databases.
    config.stash[NONEBOT_START_LIFESPAN] = False
    bot.initialise(Settings(superusers=[str(SUPERUSER)], log_level="WARNING"))
    bot.load_plugins()


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = datetime(2026, 11, 25, 2, 0, tzinfo=timezone.utc)  # 10:00 in Shanghai

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def frozen() -> Iterator[Clock]:
    """The clock everybody reads."""
    here = Clock()
    with clock.frozen(here):
        yield here


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> crypto.Keyring:
    """A fresh key in use."""
    ring = crypto.Keyring([os.urandom(crypto.KEY_BYTES)])
    monkeypatch.setattr(crypto, "_keyring", ring)
    return ring


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Keep what one test learnt about groups and accounts from the next."""
    yield
    groups.forget_groups()
    lately.latest.forget()
    kept_messages.forget_waiting()
    account.forget_accounts()


class Databases:
    """Makes databases of both kinds: empty, or migrated once and copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[str, str] = {}

    @asynccontextmanager
    async def empty(self, kind: str) -> AsyncIterator[str]:
        """Yield the URL of an empty database."""
        _forget_statements()
        if kind == "sqlite":
            yield f"sqlite://{self._folder / uuid.uuid4().hex}.db"
            return
        name = await self._create()
        yield _server_url(name)
        await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    @asynccontextmanager
    async def migrated(self, kind: str) -> AsyncIterator[str]:
        """Yield the URL of a database whose tables were made by migrating."""
        template = await self._template(kind)
        _forget_statements()
        if kind == "sqlite":
            path = self._folder / f"{uuid.uuid4().hex}.db"
            shutil.copyfile(template, path)
            yield f"sqlite://{path}?synchronous=OFF"
            return
        name = await self._create(template)
        yield _server_url(name)
        await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def close(self) -> None:
        """Drop what was made to be copied."""
        if name := self._templates.get("postgres"):
            await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _template(self, kind: str) -> str:
        if kind not in self._templates:
            if kind == "sqlite":
                made = str(self._folder / "template.db")
                url = f"sqlite://{made}"
            else:
                made = await self._create()
                url = _server_url(made)
            await migrate_database(database_config(url))
            self._templates[kind] = made
        return self._templates[kind]

    @staticmethod
    async def _create(template: str = "template0") -> str:
        name = f"pinbang_test_{uuid.uuid4().hex}"
        await _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name


def _forget_statements() -> None:
    """Let Tortoise build its statements anew: it does not expect two kinds of database."""
    EXECUTOR_CACHE.clear()


def _server_url(name: str) -> str:
    return f"{POSTGRES.rsplit('/', 1)[0]}/{name}"


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def databases(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Databases]:
    """Where tests get databases from."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    await made.close()


ON_POSTGRES = pytest.param("postgres", marks=needs_postgres)
EITHER_KIND = ["sqlite", ON_POSTGRES]


@pytest.fixture(params=EITHER_KIND)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Let the test run once on each kind of database."""
    return request.param


@pytest.fixture
async def empty_url(databases: Databases, database_kind: str) -> AsyncIterator[str]:
    """The URL of an empty database of each kind."""
    async with databases.empty(database_kind) as url:
        yield url


@pytest.fixture
async def store_url(databases: Databases, database_kind: str) -> AsyncIterator[str]:
    """The URL of a database of each kind whose tables were made by migrating."""
    async with databases.migrated(database_kind) as url:
        yield url


@pytest.fixture
async def store(store_url: str, keyring: crypto.Keyring) -> AsyncIterator[TortoiseContext]:
    """An open, migrated, empty database of each kind."""
    async with opened_database(store_url) as context:
        yield context


@pytest.fixture
async def sqlite_file(databases: Databases, keyring: crypto.Keyring) -> AsyncIterator[Path]:
    """An open, migrated, empty SQLite database that gives up at once when it is locked."""
    async with (
        databases.migrated("sqlite") as url,
        opened_database(f"{url}&busy_timeout=0"),
    ):
        yield Path(url.removeprefix("sqlite://").partition("?")[0])
