"""Use cases: find a setting by the name people read, change it."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from pinbang.groups import GroupRecord, GroupSettings, forget_group, save_settings, sections
from pinbang.refusal import Refusal, UsageRefusal
from pinbang.text.setting_values import Unreadable, read_value, show_value


def find_section(name: str) -> type[GroupSettings]:
    """Find a section by its heading; raise Refusal naming those there are."""
    for section in sections():
        if name in (section.heading, section.section):
            return section
    headings = "、".join(section.heading for section in sections())
    raise Refusal(f"没有“{name[:20]}”这组设置。有：{headings}")


def find_field(section: type[GroupSettings], name: str) -> tuple[str, FieldInfo]:
    """Find a setting of a section by its title; raise Refusal naming those there are."""
    for key, info in section.model_fields.items():
        if name in (info.title, key):
            return key, info
    titles = "、".join(str(info.title) for info in section.model_fields.values())
    raise Refusal(f"{section.heading}没有“{name[:20]}”这一项。有：{titles}")


@dataclass(frozen=True)
class Changed:
    """A setting that was changed, as people read it."""

    heading: str
    title: str
    before: str
    after: str


async def change(
    record: GroupRecord, heading: str, title: str, text: str, admin_id: int
) -> Changed:
    """Set one setting of a group; raise a refusal that says what to write instead."""
    section = find_section(heading)
    key, info = find_field(section, title)
    present = record.policy(section)
    before: Any = getattr(present, key)
    try:
        value = read_value(text, before)
        changed = section.model_validate({**present.model_dump(), key: value})
    except Unreadable as error:
        raise UsageRefusal(f"{info.title}：{error}，现在是 {show_value(before)}。") from error
    except ValidationError as error:
        raise UsageRefusal(
            f"{info.title}不能设成这个值（{_limits(info, error)}），现在是 {show_value(before)}。"
        ) from error
    after = getattr(changed, key)
    note = f"{key}: {show_value(before)} → {show_value(after)}"
    await save_settings(record.id, changed, admin_id, note)
    forget_group(record.id)
    return Changed(section.heading, str(info.title), show_value(before), show_value(after))


def _limits(info: FieldInfo, error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "value_error":
        return first["msg"].removeprefix("Value error, ")
    lowest = next((rule.ge for rule in info.metadata if hasattr(rule, "ge")), None)
    highest = next((rule.le for rule in info.metadata if hasattr(rule, "le")), None)
    if lowest is not None and highest is not None:
        return f"可以是 {lowest} 到 {highest}"
    return str(info.description)


def listing(record: GroupRecord, section: type[GroupSettings]) -> str:
    """Show one section: each setting, its value, what it means."""
    policy = record.policy(section)
    lines = [f"【{section.heading}】"]
    for key, info in section.model_fields.items():
        value, default = getattr(policy, key), info.get_default(call_default_factory=True)
        mark = "" if value == default else f"（默认 {show_value(default)}）"
        lines.append(f"{info.title}：{show_value(value)}{mark}\n　{info.description}")
    lines.append(f"修改：/设置 {section.heading} 项 值")
    return "\n".join(lines)
