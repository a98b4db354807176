"""Pure: build the menu from what is registered."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One command as the menu shows it."""

    name: str
    usage: str
    brief: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Module:
    """One plugin as the menu shows it."""

    name: str
    description: str
    entries: tuple[Entry, ...]


def overview(modules: Iterable[Module], role_title: str) -> str:
    """List the modules with their commands, for one role."""
    shown = list(modules)
    lines = [f"我能做这些（{role_title}可用）"]
    for module in shown:
        names = "　".join(entry.usage.split("\n")[0].split(" ")[0] for entry in module.entries)
        lines.append(f"【{module.name}】{names or module.description}")
    lines.append(f"看详细：/帮助 模块名，例如 /帮助 {shown[0].name}")
    return "\n".join(lines)


def detail(module: Module) -> str:
    """Explain one module's commands."""
    lines = [f"【{module.name}】{module.description}"]
    for entry in module.entries:
        others = f"（也可写 /{'、/'.join(entry.aliases)}）" if entry.aliases else ""
        lines.append(f"{entry.usage}\n　{entry.brief}{others}")
    return "\n".join(lines)


def find_module(modules: Iterable[Module], wanted: str) -> Module | None:
    """Find a module by its name or by one of its commands, written with or without a prefix."""
    key = wanted.strip().lstrip("/#／＃").casefold()
    listed = list(modules)
    for module in listed:
        if module.name.casefold() == key:
            return module
    for module in listed:
        names = (name for entry in module.entries for name in (entry.name, *entry.aliases))
        if any(name.casefold() == key for name in names):
            return module
    return next((module for module in listed if key and key in module.name.casefold()), None)
