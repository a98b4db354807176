"""The rules of the house: who may import whom, what files are called, what must be documented."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nonebot
import pytest

from pinbang.commands import Command, commands
from pinbang.settings import ROOT, Settings

PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").is_file())
SHARED = sorted((ROOT / "pinbang").rglob("*.py"))
PLUGIN_FILES = sorted(
    path for path in (ROOT / "plugins").rglob("*.py") if "migrations" not in path.parts
)

PLUGIN_FILE_NAMES = {
    "__init__.py",
    "commands.py",
    "config.py",
    "incoming.py",
    "inquiries.py",
    "judges.py",
    "models.py",
    "rules.py",
    "service.py",
    "watching.py",
    "wording.py",
}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
VAGUE_NAMES |= {"data_source", "base", "core", "tools"}
PURE = {"pinbang.moderation", "pinbang.text"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Yield the absolute name of every module a file imports, wherever in the file it does."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{name.name}" for name in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def foreign(path: Path, *allowed: str) -> list[str]:
    """List what a file imports besides the standard library and `allowed` packages."""
    return [
        name
        for name in imports(path)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not any(within(name, package) for package in allowed)
    ]


def files(name: str) -> list[Path]:
    return [path for path in PLUGIN_FILES if path.name == name]


def test_the_import_reader_sees_every_kind_of_import(tmp_path: Path) -> None:
    # The rules below are worth nothing if this one is blind.
    path = ROOT / "plugins" / "mutual_aid" / "service.py"
    seen = set(imports(path))
    assert "plugins.mutual_aid.rules.Draft" in seen
    assert "plugins.mutual_aid.wording" in seen
    assert "pinbang.gateway.account_of" in seen
    assert "datetime" in seen
    assert foreign(path, "tortoise", "pinbang") != []


@pytest.mark.parametrize("path", PLUGIN_FILES, ids=relative)
def test_plugins_do_not_import_each_other(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).parts[:2])
    assert [n for n in imports(path) if within(n, "plugins") and not within(n, own)] == []


@pytest.mark.parametrize("path", SHARED, ids=relative)
def test_the_shared_package_knows_no_plugin(path: Path) -> None:
    assert [name for name in imports(path) if within(name, "plugins")] == []
    assert [name for name in imports(path) if within(name, "bot")] == []


@pytest.mark.parametrize("path", files("judges.py"), ids=relative)
def test_judges_are_pure(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).parts[:2])
    assert foreign(path, *PURE, f"{own}.rules") == []


@pytest.mark.parametrize("path", files("rules.py"), ids=relative)
def test_rules_are_pure(path: Path) -> None:
    assert foreign(path, *PURE) == []


@pytest.mark.parametrize("path", [*files("judges.py"), *files("rules.py")], ids=relative)
def test_pure_files_have_no_clock_and_no_chance(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not {"random", "secrets", "time", "asyncio", "socket", "sqlite3"} & set(imports(path))
    assert not re.search(r"datetime\.(utc)?now\(|date\.today\(|\bopen\(", text)


@pytest.mark.parametrize("path", files("service.py"), ids=relative)
def test_services_know_no_bot_framework(path: Path) -> None:
    assert [name for name in imports(path) if within(name, "nonebot")] == []


@pytest.mark.parametrize("path", files("wording.py"), ids=relative)
def test_wordings_know_no_bot_framework(path: Path) -> None:
    assert [name for name in imports(path) if within(name, "nonebot")] == []


@pytest.mark.parametrize("path", [*PLUGIN_FILES, *SHARED], ids=relative)
def test_only_the_gateway_calls_onebot(path: Path) -> None:
    if within(module_of(path), "pinbang.gateway"):
        return
    text = path.read_text("utf-8")
    assert "call_api(" not in text
    assert not re.search(r"\bbot\.(send|set_group|delete_msg|get_group)", text)


@pytest.mark.parametrize("path", PLUGIN_FILES, ids=relative)
def test_plugins_make_no_message_matcher(path: Path) -> None:
    matchers = {f"on_{kind}" for kind in ("message", "command", "regex", "keyword", "startswith")}
    matchers |= {"on_fullmatch", "on_endswith", "on_shell_command", "on"}
    assert not {f"nonebot.{name}" for name in matchers} & set(imports(path))


@pytest.mark.parametrize(
    "plugin",
    # The simulated group is a web server, not something members talk to.
    [plugin for plugin in PLUGINS if plugin.name != "sandbox"],
    ids=lambda path: path.name,
)
def test_the_same_files_have_the_same_names(plugin: Path) -> None:
    assert {path.name for path in plugin.glob("*.py")} - PLUGIN_FILE_NAMES == set()


@pytest.mark.parametrize("path", [*PLUGIN_FILES, *SHARED], ids=relative)
def test_no_file_has_a_vague_name(path: Path) -> None:
    assert path.stem not in VAGUE_NAMES


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_every_plugin_introduces_itself(plugin: Path) -> None:
    loaded = nonebot.get_plugin(plugin.name)
    assert loaded is not None
    assert loaded.metadata is not None
    assert loaded.metadata.name
    assert loaded.metadata.description
    assert loaded.metadata.usage


def test_handlers_keep_annotations_readable() -> None:
    # NoneBot reads annotations at run time.
    assert [
        relative(path)
        for path in [*PLUGIN_FILES, *SHARED]
        if "from __future__ import annotations" in path.read_text("utf-8")
    ] == []


# Plugins load in random order; workers must collect the same tests in the same order.
ALL_COMMANDS = sorted(commands(), key=lambda command: (command.name, command.usage))


@pytest.mark.parametrize("command", ALL_COMMANDS, ids=lambda command: command.name)
def test_every_command_is_in_the_menu(command: Command) -> None:
    plugin = nonebot.get_plugin(command.plugin_id or "")
    assert plugin is not None
    assert plugin.metadata is not None
    assert command.brief
    assert command.usage.partition(" ")[0].lstrip("/【回复入群通知：")


@pytest.mark.parametrize("command", ALL_COMMANDS, ids=lambda command: command.name)
def test_usage_begins_with_the_commands_name(command: Command) -> None:
    if not command.is_phrase:
        assert command.usage.startswith(f"/{command.name}")


def test_there_are_commands() -> None:
    assert len(ALL_COMMANDS) >= 10


def example_lines() -> list[str]:
    return (ROOT / ".env.example").read_text("utf-8").splitlines()


def test_the_example_names_every_setting() -> None:
    named = {
        match[1] for line in example_lines() if (match := re.fullmatch(r"#?\s?([A-Z_]+)=.*", line))
    }
    assert {name.upper() for name in Settings.model_fields} <= named


def test_the_example_names_nothing_else() -> None:
    named = {
        match[1] for line in example_lines() if (match := re.fullmatch(r"#?\s?([A-Z_]+)=.*", line))
    }
    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_setting_in_the_example_is_explained_in_chinese() -> None:
    lines = example_lines()
    for number, line in enumerate(lines):
        if re.fullmatch(r"#?\s?[A-Z_]+=.*", line):
            assert re.match(r"#.*[\u4e00-\u9fff]", lines[number - 1]), line


def test_the_example_changes_nothing_when_copied() -> None:
    # Every line is a comment or states the default: copying the file is always safe.
    given = {
        match[1].lower(): match[2]
        for line in example_lines()
        if (match := re.fullmatch(r"([A-Z_]+)=(.*)", line)) and match[2]
    }
    assert Settings.model_validate(given) == Settings()


def test_the_defaults_in_the_example_are_the_defaults() -> None:
    shown = {
        match[1].lower(): match[2].strip()
        for line in example_lines()
        if (match := re.fullmatch(r"#?\s?([A-Z_]+)=(.*)", line))
    }
    given = {name: value for name, value in shown.items() if value}
    assert Settings.model_validate(given) == Settings()
