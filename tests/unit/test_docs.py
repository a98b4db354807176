"""The documents say what the code does: commands, settings, links, both READMEs alike."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinbang.commands import commands
from pinbang.roles import Role
from pinbang.settings import ROOT, Settings

CHINESE, ENGLISH = ROOT / "README.md", ROOT / "README.en.md"
READMES = [pytest.param(path, id=path.name) for path in (CHINESE, ENGLISH)]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#]+)(?:#[^)]*)?\)")
FIRST_CELL = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
USAGE = re.compile(r"^\| (\w+) \| `((?:[^`|\\]|\\\|)+)` \|", re.MULTILINE)
WHO = {
    "所有人": Role.MEMBER,
    "协管": Role.DEPUTY,
    "管理员": Role.SUPERUSER,
    "everybody": Role.MEMBER,
    "deputies": Role.DEPUTY,
    "admins": Role.SUPERUSER,
}
ONE_LINERS = ("pip install uv && uv run bot.py", "pip install uv && uv run pytest")
HOMES = re.compile(r"/(?:home|Users|root|work)/\w")


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def fences(path: Path) -> list[tuple[str, str]]:
    """Return language and content of every fenced block."""
    return FENCE.findall(text_of(path))


def prose(path: Path) -> str:
    """Return the document without its fenced blocks."""
    return FENCE.sub("", text_of(path))


def commands_shown(readme: Path) -> list[tuple[str, Role]]:
    """Return usage and role of each row of the command table, where a bar is escaped."""
    rows = USAGE.findall(text_of(readme))
    return [(usage.replace(r"\|", "|"), WHO[who]) for who, usage in rows if who in WHO]


def settings_named(text: str) -> list[str]:
    return FIRST_CELL.findall(text)


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("command", ONE_LINERS)
def test_starting_and_testing_take_one_line(readme: Path, command: str) -> None:
    assert command in [content.strip() for _, content in fences(readme)]


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_in_the_table_and_in_the_example(readme: Path) -> None:
    names = [name.upper() for name in Settings.model_fields]
    assert sorted(settings_named(text_of(readme))) == sorted(names)
    example = text_of(ROOT / ".env.example")
    assert [name for name in names if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_in_the_table_as_it_is_written(readme: Path) -> None:
    # Other test modules may register commands of their own; those belong to no plugin of ours.
    known = {
        (command.usage, command.role)
        for command in commands()
        if command.plugin_id in our_plugins()
    }
    assert known
    assert set(commands_shown(readme)) == known


def our_plugins() -> set[str]:
    return {path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")}


def test_both_readmes_have_the_same_structure() -> None:
    chinese, english = (HEADING.findall(prose(path)) for path in (CHINESE, ENGLISH))
    assert chinese == english


def test_both_readmes_show_the_same_commands_and_conversations() -> None:
    assert fences(CHINESE) == fences(ENGLISH)


def test_both_readmes_tell_the_same_settings_in_the_same_order() -> None:
    assert settings_named(text_of(CHINESE)) == settings_named(text_of(ENGLISH))
    assert commands_shown(CHINESE) == commands_shown(ENGLISH)


def startup_complaints() -> Iterator[str]:
    """Yield the fixed beginning of every complaint that can end a start."""
    for path in [ROOT / "bot.py", *(ROOT / "pinbang").rglob("*.py")]:
        for node in ast.walk(ast.parse(text_of(path))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id != "StartupError":
                continue
            problem = node.args[0]
            parts = problem.values if isinstance(problem, ast.JoinedStr) else [problem]
            texts = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
            yield max(texts, key=len).strip(" （）：“”，")


@pytest.mark.parametrize("complaint", sorted(set(startup_complaints())))
def test_operations_lists_every_way_a_start_can_fail(complaint: str) -> None:
    assert complaint in text_of(ROOT / "docs" / "operations.md")


@pytest.mark.parametrize("document", [pytest.param(path, id=path.name) for path in DOCUMENTS])
def test_links_lead_somewhere(document: Path) -> None:
    links = (match["path"] for match in LINK.finditer(prose(document)))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", [pytest.param(path, id=path.name) for path in DOCUMENTS])
def test_no_document_names_a_folder_of_one_machine(document: Path) -> None:
    assert HOMES.findall(text_of(document)) == []
