"""Opening the database: one process a folder, private files, clear words when it fails."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from nonebot.log import logger  # noqa: F401 -- sets loguru up as the bot does
from tortoise.context import get_current_context

from pinbang.settings import ROOT, Settings, StartupError
from pinbang.store.models import Group
from pinbang.store.opening import claim_data_folder, opened_database, prepare_database

CLAIM = """
import sys
from pinbang.settings import Settings, StartupError
from pinbang.store.opening import claim_data_folder
try:
    lock = claim_data_folder(Settings(data_dir=sys.argv[1], database_url=sys.argv[2]))
except StartupError as error:
    sys.exit(error.problem)
print("claimed", flush=True)
"""


def claim_elsewhere(folder: Path, url: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CLAIM, str(folder), url],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def test_a_second_process_is_kept_off_the_folder(tmp_path: Path) -> None:
    lock = claim_data_folder(Settings(data_dir=str(tmp_path)))
    assert lock is not None
    try:
        second = claim_elsewhere(tmp_path)
    finally:
        lock.release()
    assert second.returncode != 0
    assert "已有一个 PinBang" in second.stderr
    assert "Traceback" not in second.stderr
    assert claim_elsewhere(tmp_path).returncode == 0


def test_processes_on_postgresql_share_a_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path), database_url="postgres://u@h/db")
    assert claim_data_folder(settings) is None
    assert claim_elsewhere(tmp_path, "postgres://u@h/db").returncode == 0


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    lock = claim_data_folder(Settings(data_dir=str(folder)))
    assert lock is not None
    lock.release()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartupError) as caught:
        claim_data_folder(Settings(data_dir=str(tmp_path / "file" / "data")))
    assert str(tmp_path / "file" / "data") in caught.value.problem
    assert "DATA_DIR" in caught.value.remedy


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StartupError, match="写不了数据目录"):
            claim_data_folder(Settings(data_dir=str(tmp_path)))
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_is_noticed_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StartupError, match="No space left") as caught:
        claim_data_folder(Settings(data_dir=str(tmp_path)))
    assert "磁盘空间" in caught.value.remedy


def open_to_others(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.stat().st_mode & 0o077]


async def test_the_database_files_are_for_their_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    await prepare_database(settings)
    assert stat.S_IMODE((tmp_path / "pinbang.db").stat().st_mode) == 0o600
    assert open_to_others(tmp_path) == []


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "pinbang.db"
    path.write_bytes(b"not a database, but somebody's file" * 100)
    before = path.read_bytes()
    with pytest.raises(StartupError, match="打不开数据库"):
        await prepare_database(Settings(data_dir=str(tmp_path)))
    assert path.read_bytes() == before


async def test_a_database_that_does_not_answer_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pinbang.store.opening.DATABASE_WAIT_SECONDS", 0)
    url = "postgres://nobody:hunter2@127.0.0.1:9/none"
    with pytest.raises(StartupError, match="打不开数据库") as caught:
        await prepare_database(Settings(data_dir=str(tmp_path), database_url=url))
    assert "hunter2" not in str(caught.value)


async def test_what_was_written_is_there_after_a_restart(store_url: str) -> None:
    async with opened_database(store_url):
        await Group.create(id=1, account_id=2)
    assert get_current_context() is None
    async with opened_database(store_url):
        assert await Group.filter(id=1).exists()
