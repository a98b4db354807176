from pathlib import Path

import pytest

from pinbang.testing import BotProcess

BOT = """
import os, signal, socket, sys

if "--fail" in os.environ.get("MODE", ""):
    print("Traceback (most recent call last):")
    sys.exit(3)

def stop(*_):
    print("bye")
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
print("settings", sorted(k for k in os.environ if k.isupper()))
print("cwd", os.getcwd())
print("[ERROR] something broke", file=sys.stderr)
print("ERR_NOT_GROUP_ADMIN is not an error line")
print("PinBang 已就绪")
server = socket.create_server((os.environ["HOST"], int(os.environ["PORT"])))
while True:
    server.accept()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "bot.py").write_text(BOT, encoding="utf-8")
    return tmp_path


async def test_a_run_with_a_clean_environment(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "1")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    database = "sqlite://x.sqlite3"
    described = BotProcess(
        root, data_dir=tmp_path, env={"MODE": "quiet"}, database_url=database, cwd=elsewhere
    )
    async with described as bot:
        settings = await bot.logged("settings")
        for name in ("HOST", "PORT", "DATA_DIR", "SANDBOX", "PACING", "DATABASE_URL", "MODE"):
            assert repr(name) in settings
        assert "SECRET" not in settings
        assert await bot.logged("cwd") == f"cwd {elsewhere}"
        assert bot.url == f"ws://127.0.0.1:{bot.port}/onebot/v11/ws"
        assert bot.pid > 0
    assert bot.returncode == -9


async def test_stopping_and_restarting(root: Path, tmp_path: Path) -> None:
    async with BotProcess(root, data_dir=tmp_path) as bot:
        first = bot.pid
        await bot.restart()
        assert bot.pid != first
        assert await bot.terminate() == 0
        assert bot.lines.count("PinBang 已就绪") == 2
        assert bot.log_text().endswith("bye")
        assert bot.errors() == ["[ERROR] something broke"] * 2


async def test_a_bot_that_does_not_come_up(root: Path, tmp_path: Path) -> None:
    bot = BotProcess(root, data_dir=tmp_path, env={"MODE": "--fail"})
    with pytest.raises(AssertionError, match=r"ended with 3(?s:.*)Traceback"):
        async with bot:
            pytest.fail("it came up")
    assert bot.errors() == ["Traceback (most recent call last):"]


async def test_a_line_that_does_not_come(root: Path, tmp_path: Path) -> None:
    async with BotProcess(root, data_dir=tmp_path) as bot:
        with pytest.raises(AssertionError, match="it runs"):
            await bot.logged("never", timeout=0.01)
        with pytest.raises(AssertionError, match="it runs"):
            await bot.ended(timeout=0.01)


async def test_what_was_not_started_cannot_be_stopped(root: Path, tmp_path: Path) -> None:
    bot = BotProcess(root, data_dir=tmp_path)
    await bot.kill()
    assert (bot.pid, bot.returncode) == (0, None)
    with pytest.raises(RuntimeError):
        await bot.terminate()
