"""Open the database for the running process and close it again."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from tortoise.context import TortoiseContext, set_global_context

from pinbang.crypto import keyring
from pinbang.settings import Settings, StartupError
from pinbang.store.config import CONNECTION, database_config
from pinbang.store.fields import SealedTextField
from pinbang.store.migrating import migrate_database
from pinbang.store.transactions import is_transient

DATABASE_WAIT_SECONDS = 30.0
"""How long a start waits for a database server that is itself still starting."""


def claim_data_folder(settings: Settings) -> FileLock | None:
    """Make the data folder and, on SQLite, keep other processes off it.

    Keep what is returned for as long as the process lives. Raises StartupError.
    """
    folder = settings.data_path
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".write-test-{os.getpid()}"
        probe.write_bytes(b"\0" * 65536)
        probe.unlink()
    except OSError as error:
        raise StartupError(
            f"写不了数据目录 {folder}（{error.strerror}）",
            "请检查磁盘空间和权限，或把 DATA_DIR 设到别的地方",
        ) from error
    if not settings.on_sqlite:
        return None
    lock = FileLock(folder / "pinbang.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StartupError(
            f"已有一个 PinBang 在用数据目录 {folder}",
            "请先停掉它；要同时开几个进程，请用 PostgreSQL（DATABASE_URL）",
        ) from error
    return lock


async def prepare_database(settings: Settings) -> None:
    """Migrate the configured database; raise StartupError when it cannot be used."""
    config = database_config(settings.effective_database_url)
    if settings.on_sqlite:
        _check_file(_sqlite_file(settings))
    deadline = asyncio.get_running_loop().time() + DATABASE_WAIT_SECONDS
    while True:
        try:
            await migrate_database(config)
        except StartupError:
            raise
        except Exception as error:
            waiting = is_transient(error) and asyncio.get_running_loop().time() < deadline
            if not waiting or settings.on_sqlite:
                raise StartupError(
                    f"打不开数据库（{type(error).__name__}：{str(error)[:120]}）",
                    "请检查 DATABASE_URL、数据库是否在运行、磁盘是否已满",
                ) from error
            await asyncio.sleep(1)
        else:
            break
    _protect(settings)
    await _check_keys(config)


async def _check_keys(config: dict[str, Any]) -> None:
    """Raise StartupError when what is stored was sealed with keys that are not here.

    A lost key file would otherwise be replaced by a new one in silence, and what people wrote
    would come to light as unreadable one by one.
    """
    async with TortoiseContext() as context:
        await context.init(config=config)
        for model in context.apps.get_models_iterable() if context.apps else ():
            sealed = [
                name
                for name, field in model._meta.fields_map.items()
                if isinstance(field, SealedTextField) and not field.null
            ]
            if not sealed:
                continue
            column = model._meta.fields_db_projection[sealed[0]]
            table = model._meta.db_table
            query = f'SELECT "{column}" AS value FROM "{table}" ORDER BY "id" DESC LIMIT 1'  # noqa: S608 -- names from our own models
            rows = await context.db(CONNECTION).execute_query_dict(query)
            if rows and not keyring().knows(str(rows[0]["value"])):
                raise StartupError(
                    "存着的内容不是用现在的密钥加密的，读不出来",
                    "请把原来的 encryption.keys 放回数据目录（或填回 ENCRYPTION_KEYS），再启动",
                )


def _sqlite_file(settings: Settings) -> Path:
    return Path(settings.effective_database_url.removeprefix("sqlite://").partition("?")[0])


def _check_file(path: Path) -> None:
    """Refuse a file that SQLite cannot read: Tortoise would wait for its connection for ever."""
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        raise StartupError(
            f"打不开数据库文件 {path}（{error}）",
            "它坏了或不是数据库：请从备份恢复，或移走它重新开始",
        ) from error


def _protect(settings: Settings) -> None:
    if settings.on_sqlite and os.name == "posix":
        file = _sqlite_file(settings)
        for suffix in ("", "-wal", "-shm"):
            path = file.with_name(file.name + suffix)
            if path.is_file():
                path.chmod(0o600)


async def open_database(url: str) -> TortoiseContext:
    """Open the database for every task of the process, websocket handlers included.

    Tortoise keeps its state in a ContextVar that tasks started elsewhere do not see; the context
    is therefore also published as the global one.
    """
    context = TortoiseContext()
    set_global_context(context)
    await context.init(config=database_config(url))
    return context


@asynccontextmanager
async def opened_database(url: str) -> AsyncIterator[TortoiseContext]:
    """Open the database inside the block; a connection left open keeps the process from exiting."""
    context = await open_database(url)
    try:
        yield context
    finally:
        await context.close_connections()
