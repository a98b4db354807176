"""The schema: made by migrating, complete, safe for the rows that are there."""

import asyncio
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.models import Model

from pinbang.settings import Settings, StartupError
from pinbang.store.config import CONNECTION, database_config, plugin_apps
from pinbang.store.migrating import migrate_database
from pinbang.store.models import Group
from pinbang.store.opening import opened_database, prepare_database
from tests.conftest import ON_POSTGRES


async def test_no_migration_is_missing() -> None:
    config = database_config("sqlite://:memory:")
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None
        changes = await MigrationAutodetector(context.apps, config["apps"]).changes()
    assert not changes, "run scripts/make_migrations.py"


async def test_the_check_for_missing_migrations_sees_a_missing_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(Group._meta.fields_map, "updated_at")
    config = database_config("sqlite://:memory:")
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None
        assert await MigrationAutodetector(context.apps, config["apps"]).changes()


def test_every_plugin_with_tables_has_migrations() -> None:
    config = database_config("sqlite://:memory:")
    assert {"mutual_aid", "join_vetting"} <= set(plugin_apps())
    assert [name for name, app in config["apps"].items() if "migrations" not in app] == []


async def test_every_table_is_named_after_its_app() -> None:
    config = database_config("sqlite://:memory:")
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None
        tables = {
            (label, model._meta.db_table)
            for label, models in context.apps.items()
            for model in models.values()
        }
    assert [table for label, table in tables if not table.startswith(f"{label}_")] == []


async def tables(url: str) -> set[str]:
    async with opened_database(url):
        connection = get_connection(CONNECTION)
        if connection.capabilities.dialect == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        else:
            query = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
        return {row["name"] for row in await connection.execute_query_dict(query)}


async def test_an_empty_database_gets_every_table(empty_url: str) -> None:
    config = database_config(empty_url)
    await migrate_database(config)
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None
        wanted = {
            model._meta.db_table for models in context.apps.values() for model in models.values()
        }
    assert len(wanted) >= 8
    assert wanted <= await tables(empty_url)


async def test_no_migration_loses_a_unique_constraint(tmp_path: Path) -> None:
    # Tortoise's AlterField rebuilds the table on SQLite without those over several columns.
    file = tmp_path / "pinbang.sqlite3"
    config = database_config(f"sqlite://{file}")
    await migrate_database(config)
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None
        wanted = {
            (model._meta.db_table, frozenset(_column(model, name) for name in names))
            for models in context.apps.values()
            for model in models.values()
            for names in model._meta.unique_together
        }
    with closing(sqlite3.connect(file)) as database:
        found = {
            (table, frozenset(row[2] for row in database.execute(f"PRAGMA index_info({index!r})")))
            for table in {table for table, _ in wanted}
            for _, index, unique, *_ in database.execute(f"PRAGMA index_list({table!r})")
            if unique
        }
    assert len(wanted) >= 5
    assert wanted <= found


def _column(model: type[Model], name: str) -> str:
    return model._meta.fields_map[name].source_field or name


async def test_migrating_again_changes_nothing(empty_url: str) -> None:
    config = database_config(empty_url)
    await migrate_database(config)
    async with opened_database(empty_url):
        await Group.create(id=1, account_id=2, settings={"guard": {"enabled": False}})
    before = await tables(empty_url)
    await migrate_database(config)
    assert await tables(empty_url) == before
    async with opened_database(empty_url):
        assert (await Group.get(id=1)).settings == {"guard": {"enabled": False}}
    assert list(_folder(empty_url).glob("*.bak")) == []


def _folder(url: str) -> Path:
    return (
        Path(url.removeprefix("sqlite://")).parent if url.startswith("sqlite") else Path("/nowhere")
    )


# On SQLite one process at a time has the file: test_opening.
@pytest.mark.parametrize("database_kind", [ON_POSTGRES])
async def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    config = database_config(empty_url)
    await asyncio.gather(*(migrate_database(config) for _ in range(4)))
    assert "pinbang_case" in await tables(empty_url)


async def test_a_database_of_a_newer_version_is_refused(empty_url: str) -> None:
    config = database_config(empty_url)
    await migrate_database(config)
    async with opened_database(empty_url):
        connection = get_connection(CONNECTION)
        rows = await connection.execute_query_dict("SELECT * FROM tortoise_migrations LIMIT 1")
        columns = set(rows[0]) - {"id"}
        assert {"app", "name"} <= columns
        await connection.execute_script(
            "INSERT INTO tortoise_migrations (app, name, applied_at)"
            " VALUES ('pinbang', '9999_from_the_future', '2030-01-01 00:00:00+00:00')"
        )
    with pytest.raises(StartupError, match="9999_from_the_future"):
        await migrate_database(config)


# -- a toy app whose second migration alters a column of a table with children ------------------

MODELS = """
from tortoise import fields
from tortoise.models import Model


class Parent(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length={length})

    class Meta(Model.Meta):
        table = "toy_parent"


class Child(Model):
    id = fields.BigIntField(primary_key=True)
    parent = fields.ForeignKeyField("toy.Parent", on_delete=fields.OnDelete.CASCADE)

    class Meta(Model.Meta):
        table = "toy_child"
"""

FIRST = """
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True
    operations = [
        ops.CreateModel(
            name="Parent",
            fields=[
                ("id", fields.BigIntField(
                    generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=20)),
            ],
            options={"table": "toy_parent", "app": "toy", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Child",
            fields=[
                ("id", fields.BigIntField(
                    generated=True, primary_key=True, unique=True, db_index=True)),
                ("parent", fields.ForeignKeyField("toy.Parent", source_field="parent_id",
                    db_constraint=True, to_field="id", on_delete=OnDelete.CASCADE)),
            ],
            options={"table": "toy_child", "app": "toy", "pk_attr": "id"},
            bases=["Model"],
        ),
    ]
"""

SECOND = """
from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("toy", "0001_initial")]
    operations = [
        ops.AlterField(
            model_name="Parent", name="name", field=fields.CharField(max_length=200, null=True)
        ),
    ]
"""

LOSING = """
from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("toy", "0001_initial")]
    operations = [ops.RunSQL(sql="DELETE FROM toy_child")]
"""


class Toy:
    """A database with three parents of two children each, and a package to migrate it with."""

    def __init__(self, folder: Path) -> None:
        self.package = folder / "toy_app"
        (self.package / "migrations").mkdir(parents=True)
        for path in (self.package, self.package / "migrations"):
            (path / "__init__.py").touch()
        (self.package / "models.py").write_text(MODELS.format(length=20))
        self.write("0001_initial", FIRST)
        self.file = folder / "toy.db"

    def write(self, name: str, source: str) -> None:
        (self.package / "migrations" / f"{name}.py").write_text(source)

    @property
    def config(self) -> dict[str, Any]:
        app = {
            "models": ["toy_app.models"],
            "migrations": "toy_app.migrations",
            "default_connection": CONNECTION,
        }
        return {
            "connections": {CONNECTION: f"sqlite://{self.file}"},
            "apps": {"toy": app},
            "use_tz": True,
            "timezone": "UTC",
        }

    async def migrate(self) -> None:
        for name in [name for name in sys.modules if name.startswith("toy_app")]:
            del sys.modules[name]
        await migrate_database(self.config)

    def fill(self) -> None:
        connection = sqlite3.connect(self.file)
        with connection:
            connection.executemany(
                "INSERT INTO toy_parent VALUES (?, ?)", [(n, "x") for n in range(3)]
            )
            connection.executemany(
                "INSERT INTO toy_child (parent_id) VALUES (?)", [(n % 3,) for n in range(6)]
            )
        connection.close()

    def counts(self, file: Path | None = None) -> tuple[int, int]:
        connection = sqlite3.connect(file or self.file)
        try:
            return tuple(  # pyright: ignore[reportReturnType] -- two of them
                connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608
                for table in ("toy_parent", "toy_child")
            )
        finally:
            connection.close()


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Toy]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield Toy(tmp_path)
    for name in [name for name in sys.modules if name.startswith("toy_app")]:
        del sys.modules[name]


async def test_altering_a_column_keeps_the_rows_that_point_to_the_table(toy: Toy) -> None:
    await toy.migrate()
    toy.fill()
    toy.write("0002_longer", SECOND)
    await toy.migrate()
    assert toy.counts() == (3, 6)
    connection = sqlite3.connect(toy.file)
    (definition,) = connection.execute(
        "SELECT sql FROM sqlite_master WHERE name = 'toy_parent'"
    ).fetchone()
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    assert "200" in definition  # it was altered indeed
    assert broken == []


async def test_the_file_is_backed_up_before_an_upgrade(toy: Toy) -> None:
    await toy.migrate()
    backup = toy.file.with_name("toy.db.bak")
    assert not backup.exists()  # nothing to lose at the first start
    toy.fill()
    toy.write("0002_longer", SECOND)
    await toy.migrate()
    assert toy.counts(backup) == (3, 6)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in toy.file.parent.glob("*.part")] == []


async def test_a_migration_that_loses_rows_is_not_taken_for_a_success(toy: Toy) -> None:
    await toy.migrate()
    toy.fill()
    toy.write("0002_losing", LOSING)
    with pytest.raises(StartupError, match="toy_child"):
        await toy.migrate()
    assert toy.counts(toy.file.with_name("toy.db.bak")) == (3, 6)


@pytest.mark.parametrize("url", ["mysql://u:p@h/db", "pinbang.db", "sqlite3:///x.db", "://"])
async def test_a_database_of_another_kind_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(StartupError, match="DATABASE_URL") as caught:
        await prepare_database(Settings(database_url=url))
    assert "sqlite://" in caught.value.remedy


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "asyncpg"])
def test_every_name_of_postgresql_is_understood(scheme: str) -> None:
    config = database_config(f"{scheme}://u:p%40ss@db:5432/pinbang?ssl=require")
    url = config["connections"][CONNECTION]
    assert url.startswith("asyncpg://u:p%40ss@db:5432/pinbang?")
    assert "ssl=require" in url


def test_a_password_in_the_url_is_not_repeated_when_it_is_refused() -> None:
    with pytest.raises(StartupError) as caught:
        database_config("mysql://root:hunter2@localhost/pinbang")
    assert "hunter2" not in str(caught.value)
