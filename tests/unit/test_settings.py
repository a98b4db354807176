"""Settings: every variable, every wrong value answered in one line that names it."""

from pathlib import Path

import pytest

from pinbang.settings import ROOT, Settings, StartupError, load_settings, read_environment


def test_without_any_setting_the_bot_starts_on_this_machine_only() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert settings.loopback
    assert settings.on_sqlite
    assert settings.effective_database_url == f"sqlite://{ROOT / 'data' / 'pinbang.db'}"


@pytest.mark.parametrize(
    ("variable", "written", "value"),
    [
        ("HOST", "::1", "::1"),
        ("HOST", " localhost ", "localhost"),
        ("PORT", "9000", 9000),
        ("SUPERUSERS", "123", ["123"]),
        ("SUPERUSERS", "123,456", ["123", "456"]),
        ("SUPERUSERS", "123， 456 789", ["123", "456", "789"]),
        ("SUPERUSERS", '["123", "456"]', ["123", "456"]),
        ("SUPERUSERS", "[123, 456]", ["123", "456"]),
        ("SUPERUSERS", "[]", []),
        ("COMMAND_START", '["/"]', ["/"]),
        ("COMMAND_START", "/ # !", ["/", "#", "!"]),
        ("ONEBOT_WS_URLS", "ws://127.0.0.1:3001", ["ws://127.0.0.1:3001"]),
        ("ONEBOT_WS_URLS", '["wss://a/b","ws://c"]', ["wss://a/b", "ws://c"]),
        ("ONEBOT_ACCESS_TOKEN", " abc ", "abc"),
        ("DATABASE_URL", "postgres://u@h/db", "postgres://u@h/db"),
        ("DATA_DIR", "/srv/pinbang", "/srv/pinbang"),
        ("SANDBOX", "ON", "on"),
        ("SANDBOX", "false", "off"),
        ("PACING", "0", "off"),
        ("PACING", "true", "on"),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("TIMEZONE", "Asia/Tokyo", "Asia/Tokyo"),
        ("ENCRYPTION_KEYS", "a,b", ["a", "b"]),
    ],
)
def test_each_variable(variable: str, written: str, value: object) -> None:
    assert getattr(load_settings({variable: written}), variable.lower()) == value


@pytest.mark.parametrize("variable", [name.upper() for name in Settings.model_fields])
def test_an_empty_value_means_the_default(variable: str) -> None:
    assert load_settings({variable: "  "}) == Settings()


@pytest.mark.parametrize(
    ("variable", "written"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "八千"),
        ("PORT", "80.5"),
        ("SUPERUSERS", "小王"),
        ("SUPERUSERS", "１２３"),
        ("SUPERUSERS", '["123"'),
        ("SUPERUSERS", '[{"a":1}]'),
        ("COMMAND_START", "//"),
        ("COMMAND_START", "[]"),
        ("ONEBOT_WS_URLS", "http://127.0.0.1:3001"),
        ("ONEBOT_WS_URLS", "127.0.0.1:3001"),
        ("SANDBOX", "maybe"),
        ("PACING", "fast"),
        ("LOG_LEVEL", "LOUD"),
        ("TIMEZONE", "Beijing"),
        ("TIMEZONE", "../etc/passwd"),
    ],
)
def test_a_wrong_value_is_answered_in_one_chinese_line_that_names_the_variable(
    variable: str, written: str
) -> None:
    with pytest.raises(StartupError) as caught:
        load_settings({variable: written})
    said = str(caught.value)
    assert f"设置 {variable} 的值不对" in said
    assert "\n" not in said
    assert ".env" in caught.value.remedy
    reason = caught.value.problem.partition("：")[2]
    assert any("\u4e00" <= char <= "\u9fff" for char in reason), reason


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(StartupError) as caught:
        load_settings({"PORT": "x", "ONEBOT_ACCESS_TOKEN": "hunter2hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com"])  # noqa: S104
def test_other_machines_may_connect_only_with_a_token(host: str) -> None:
    with pytest.raises(StartupError, match="ONEBOT_ACCESS_TOKEN"):
        load_settings({"HOST": host})
    with pytest.raises(StartupError, match="ONEBOT_ACCESS_TOKEN"):
        load_settings({"HOST": host, "ONEBOT_ACCESS_TOKEN": "  "})
    settings = load_settings({"HOST": host, "ONEBOT_ACCESS_TOKEN": "a-long-random-token"})
    assert not settings.loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_this_machine_needs_no_token(host: str) -> None:
    assert load_settings({"HOST": host}).loopback


@pytest.mark.parametrize(
    ("environment", "enabled"),
    [
        ({}, True),
        ({"ONEBOT_WS_URLS": "ws://127.0.0.1:3001"}, False),
        ({"ONEBOT_ACCESS_TOKEN": "abc"}, False),
        ({"HOST": "0.0.0.0", "ONEBOT_ACCESS_TOKEN": "abc"}, False),  # noqa: S104
        ({"SANDBOX": "off"}, False),
        ({"SANDBOX": "on", "ONEBOT_WS_URLS": "ws://127.0.0.1:3001"}, True),
    ],
)
def test_the_simulated_group_runs_by_itself_only_where_no_gateway_is_set_up(
    environment: dict[str, str], enabled: bool
) -> None:
    assert load_settings(environment).sandbox_enabled is enabled


def test_relative_folders_start_at_the_project() -> None:
    assert load_settings({"DATA_DIR": "elsewhere"}).data_path == ROOT / "elsewhere"
    assert load_settings({"DATA_DIR": "/srv/x"}).data_path == Path("/srv/x")


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*(name.upper() for name in Settings.model_fields), "ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_environment_wins_over_the_files(tmp_path: Path, clean: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=1111\nHOST=127.0.0.2\nLOG_LEVEL=DEBUG\n")
    (tmp_path / ".env.prod").write_text("HOST=127.0.0.3\n")
    clean.setenv("port", "3333")
    settings = load_settings(read_environment(tmp_path))
    assert (settings.port, settings.host, settings.log_level) == (3333, "127.0.0.3", "DEBUG")


def test_the_environment_names_its_own_file(tmp_path: Path, clean: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env.prod").write_text("PORT=1111\n")
    (tmp_path / ".env.dev").write_text("PORT=2222\n")
    clean.setenv("ENVIRONMENT", "dev")
    assert load_settings(read_environment(tmp_path)).port == 2222


def test_files_as_windows_and_people_write_them(tmp_path: Path, clean: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(
        '\ufeff# 注释\r\nport = 1111\r\nSUPERUSERS=["123"]  # 我\r\n\r\n'
        "DATA_DIR='我的 数据'\r\n".encode()
    )
    settings = load_settings(read_environment(tmp_path))
    assert (settings.port, settings.superusers, settings.data_dir) == (1111, ["123"], "我的 数据")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"# x\nPORT 8080\n", "“PORT”这一行没有等号"),
        (b"ONEBOT_ACCESS_TOKEN hunter2\n", "“ONEBOT_ACCESS_TOKEN”这一行没有等号"),
        (b"PORT\n", "“PORT”这一行没有等号"),
        (b'DATA_DIR="data\nPORT=1\n', "“DATA_DIR”这一行的引号没有配对"),
        ("HOST=127.0.0.1 # 中文".encode("gbk"), "UTF-8"),
    ],
)
def test_a_broken_file_is_said_so(
    tmp_path: Path, clean: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(StartupError, match=r"\.env") as caught:
        read_environment(tmp_path)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)
