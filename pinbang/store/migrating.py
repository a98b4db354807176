"""Bring the database to this version's tables: locked, backed up, counted before and after.

Tortoise's executor takes no lock, and on SQLite a migration that alters a column rebuilds the
table, whose cascade deletes child rows when foreign keys are on. Both are handled here.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nonebot.log import logger
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from pinbang.settings import StartupError
from pinbang.store.config import CONNECTION

ADVISORY_LOCK = 0x70696E62616E67
"""PostgreSQL advisory lock that migrating processes take in turn: "pinbang" in ASCII."""


async def migrate_database(config: dict[str, Any]) -> None:
    """Apply what is missing; raise StartupError for a database newer than this program."""
    context = TortoiseContext()
    async with context:
        await context.init(config=config)
        connection = context.db(CONNECTION)
        apps = {name: app for name, app in config["apps"].items() if "migrations" in app}
        async with _one_at_a_time(connection):
            await _migrate(connection, apps)


async def _migrate(connection: BaseDBAsyncClient, apps: dict[str, Any]) -> None:
    executor = MigrationExecutor(connection, apps)
    targets = [MigrationTarget(app_label=name, name="__latest__") for name in apps]
    plan = await executor.plan(targets)
    applied = set(await executor.recorder.applied_migrations())
    known = set(executor.loader.graph.nodes)
    if newer := sorted(f"{key.app_label}.{key.name}" for key in applied - known):
        raise StartupError(
            f"数据库比程序新（里面有本版本没有的变更 {newer[0]}）",
            "请升级 PinBang，或换回与这个版本配套的数据备份",
        )
    if not plan:
        return
    sqlite = connection.capabilities.dialect == "sqlite"
    if sqlite and applied:
        _back_up(Path(connection.filename))  # pyright: ignore[reportAttributeAccessIssue]
    before = await _row_counts(connection)
    if sqlite:
        await connection.execute_script("PRAGMA foreign_keys=OFF")
    try:
        await executor.migrate(targets)
    finally:
        if sqlite:
            await connection.execute_script("PRAGMA foreign_keys=ON")
    after = await _row_counts(connection)
    if lost := [name for name, count in before.items() if after.get(name, count) < count]:
        raise StartupError(
            f"升级数据库时 {lost[0]} 表少了行", "请停用，恢复数据文件旁边的 .bak 备份并反馈"
        )
    logger.info(f"Database migrated: {len(plan)} step(s)")


@asynccontextmanager
async def _one_at_a_time(connection: BaseDBAsyncClient) -> AsyncIterator[None]:
    if connection.capabilities.dialect != "postgres":
        yield  # an SQLite file belongs to one process, which holds the data folder's lock
        return
    async with connection.acquire_connection() as holder:
        await holder.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        try:
            yield
        finally:
            await holder.execute("SELECT pg_advisory_unlock($1)", ADVISORY_LOCK)


def _back_up(path: Path) -> None:
    target = path.with_suffix(path.suffix + ".bak")
    partial = target.with_suffix(".part")
    with sqlite3.connect(path) as source, sqlite3.connect(partial) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    partial.chmod(0o600)
    partial.replace(target)
    logger.info(f"Database backed up before migrating: {target.name}")


async def _row_counts(connection: BaseDBAsyncClient) -> dict[str, int]:
    if connection.capabilities.dialect == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    else:
        query = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
    names = [row["name"] for row in await connection.execute_query_dict(query)]
    counts: dict[str, int] = {}
    for name in names:
        rows = await connection.execute_query_dict(f'SELECT COUNT(*) AS n FROM "{name}"')  # noqa: S608
        counts[name] = rows[0]["n"]
    return counts
