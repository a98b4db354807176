"""What an operator sees: a first start without any setting, and every way a start can go wrong."""

import re
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinbang.settings import ROOT
from pinbang.testing import NAPCAT, BotProcess, SimulatedGateway, World, free_port

pytestmark = pytest.mark.e2e

IGNORED = shutil.ignore_patterns(".git", ".venv", "data", "__pycache__", "tests", ".env", "*.lock")


async def complaint(bot: BotProcess, timeout: float = 30.0) -> str:
    """Start a bot that must not start; return its one line about it."""
    await bot.start()
    code = await bot.ended(timeout)
    lines = [line for line in bot.lines if line.startswith("启动失败：")]
    assert code != 0
    assert len(lines) == 1, bot.log_text()
    assert "Traceback" not in bot.log_text()
    assert re.search(r"。.+。$", lines[0]), "says what is wrong, and what to do"
    return lines[0]


def bot_with(data: Path, root: Path = ROOT, port: int | None = None, **env: str) -> BotProcess:
    return BotProcess(root, data_dir=data, env=env, port=port)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that a test may spoil."""
    copy = tmp_path / "project"
    shutil.copytree(ROOT, copy, ignore=IGNORED)
    return copy


async def test_first_start_says_where_to_connect(data: Path) -> None:
    async with bot_with(data, SANDBOX="auto") as bot:
        await bot.logged("ws://127.0.0.1:", "/onebot/v11/ws", "不用填 Token")
        await bot.logged(f"http://127.0.0.1:{bot.port}/sandbox")
        assert bot.errors() == []
    keys = data / "encryption.keys"
    assert keys.stat().st_mode & 0o777 == 0o600
    assert (data / "pinbang.db").stat().st_mode & 0o077 == 0


async def test_a_token_switches_the_sandbox_off(data: Path) -> None:
    token = "correct-horse-battery"
    async with bot_with(data, SANDBOX="auto", ONEBOT_ACCESS_TOKEN=token) as bot:
        await bot.logged("/onebot/v11/ws", "ONEBOT_ACCESS_TOKEN")
        assert "/sandbox" not in bot.log_text()
        assert token not in bot.log_text()


async def test_another_working_directory_changes_nothing(tmp_path: Path, project: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    bot = BotProcess(project, data_dir=Path("kept"), cwd=elsewhere)
    async with bot:
        assert (project / "kept" / "pinbang.db").is_file()
        assert list(elsewhere.iterdir()) == []


async def test_stops_in_order(data: Path) -> None:
    async with bot_with(data) as bot:
        await bot.terminate()
        assert "Application shutdown complete" in bot.log_text()
        assert bot.errors() == []


async def test_second_start_on_the_same_data(data: Path) -> None:
    async with bot_with(data):
        assert "已有一个 PinBang 在用数据目录" in await complaint(bot_with(data))


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


async def test_taken_port(data: Path, taken_port: int) -> None:
    line = await complaint(bot_with(data, port=taken_port))
    assert str(taken_port) in line
    assert "PORT" in line


async def test_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    assert "写不了数据目录" in await complaint(bot_with(tmp_path / "file" / "data"))


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 kB: too small for anything."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", str(disk)]
    if mount is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only a superuser may mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


async def test_full_disk(full_disk: Path) -> None:
    line = await complaint(bot_with(full_disk / "data"))
    assert "写不了数据目录" in line
    assert "磁盘" in line


async def test_database_from_a_newer_version(data: Path) -> None:
    async with bot_with(data) as bot:
        await bot.terminate()
    with sqlite3.connect(data / "pinbang.db") as database:
        database.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at)"
            " VALUES ('pinbang', '9999_from_the_future', '2030-01-01 00:00:00+00:00')"
        )
    database.close()
    line = await complaint(bot_with(data))
    assert "数据库比程序新" in line
    assert "9999_from_the_future" in line


async def test_lost_key_file(data: Path) -> None:
    world = World()
    world.add_group(700100200, "拼单互助群", owner_id=600100)
    world.add_member(700100200, 10001, "机器人", role="admin")
    async with (
        bot_with(data) as bot,
        SimulatedGateway(world, NAPCAT, url=bot.url) as gateway,
    ):
        world.say(700100200, 600100, "/求助 果园浇水")
        await gateway.said(700100200, "求助 1 号已登记")
    (data / "encryption.keys").unlink()
    assert "密钥" in await complaint(bot_with(data))


async def test_plugin_that_fails_to_import(data: Path, project: Path) -> None:
    broken = project / "plugins" / "broken"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ValueError('缺了一个零件')\n", encoding="utf-8")
    line = await complaint(bot_with(data, root=project))
    assert "插件 broken 加载失败" in line
    assert "缺了一个零件" in line


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "八千", "PORT"),
        ("PORT", "99999", "PORT"),
        ("SUPERUSERS", "张三", "SUPERUSERS"),
        ("COMMAND_START", "[1", "COMMAND_START"),
        ("ONEBOT_WS_URLS", "http://127.0.0.1:3001", "ONEBOT_WS_URLS"),
        ("DATABASE_URL", "mysql://root@localhost/x", "DATABASE_URL"),
        ("ENCRYPTION_KEYS", "c2hvcnQ=", "ENCRYPTION_KEYS"),
        ("SANDBOX", "maybe", "SANDBOX"),
        ("PACING", "fast", "PACING"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL"),
        ("TIMEZONE", "Asia/Beijing2", "TIMEZONE"),
        ("HOST", "0.0.0.0", "ONEBOT_ACCESS_TOKEN"),  # noqa: S104
    ],
)
async def test_bad_setting_in_the_env_file(
    data: Path, project: Path, name: str, value: str, expected: str
) -> None:
    (project / ".env").write_text(f"# 设置\n{name}={value}\n", encoding="utf-8")
    blank = {name: ""}
    assert expected in await complaint(BotProcess(project, data_dir=data, env=blank))


async def test_env_file_with_a_broken_line(data: Path, project: Path) -> None:
    (project / ".env").write_text("这一行没有等号\n", encoding="utf-8")
    line = await complaint(bot_with(data, root=project))
    assert ".env" in line
    assert "等号" in line


async def test_lists_may_be_written_with_commas(data: Path, project: Path) -> None:
    (project / ".env").write_text("SUPERUSERS=10086,10010\nCOMMAND_START=/ #\n", encoding="utf-8")
    async with bot_with(data, root=project) as bot:
        assert bot.errors() == []


async def test_unreachable_postgres(data: Path) -> None:
    url = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    bot = BotProcess(ROOT, data_dir=data, database_url=url)
    assert "打不开数据库" in await complaint(bot, timeout=60)
