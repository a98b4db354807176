"""Groups and their typed settings, cached: reading them costs no query on a message."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from nonebot.log import logger
from pydantic import BaseModel, ConfigDict, ValidationError

from pinbang import audit, clock
from pinbang.roles import Role
from pinbang.store.models import Group, Standing
from pinbang.store.transactions import patiently, transactional

REFRESH_SECONDS = 5.0
"""How soon a change made by another process is seen."""


class GroupSettings(BaseModel):
    """One plugin's settings for a group: subclass, name the section, give every field a default.

    `section` is the key in the database, `heading` and each field's `title` and `description` are
    what admins read and write.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    section: ClassVar[str]
    heading: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the section, so that admins can see and change it."""
        super().__init_subclass__(**kwargs)
        _sections[cls.section] = cls


_sections: dict[str, type[GroupSettings]] = {}


def sections() -> list[type[GroupSettings]]:
    """Return every plugin's section of group settings, in order of registration."""
    return list(_sections.values())


S = TypeVar("S", bound=GroupSettings)
P = TypeVar("P")
PartLoader = Callable[[int], Awaitable[object]]

_part_loaders: dict[type, PartLoader] = {}


def part_of_group(kind: type[P]) -> Callable[[Callable[[int], Awaitable[P]]], PartLoader]:
    """Register what else is read with a group and kept with it: an object of class `kind`.

    The loader is called with the group's number. Whoever changes what it reads calls `touch_group`
    in the same transaction and `forget_group` afterwards.
    """

    def register(loader: Callable[[int], Awaitable[P]]) -> PartLoader:
        _part_loaders[kind] = loader
        return loader

    return register


@dataclass
class GroupRecord:
    """What is known about a group without asking anybody."""

    id: int
    account_id: int
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    standings: dict[int, Role] = field(default_factory=dict)
    parts: dict[type, object] = field(default_factory=dict, repr=False)
    _typed: dict[type[GroupSettings], GroupSettings] = field(default_factory=dict, repr=False)

    def part(self, kind: type[P]) -> P:
        """Return what a plugin keeps with the group; an empty one while the database is away."""
        present = self.parts.get(kind)
        if not isinstance(present, kind):
            present = self.parts[kind] = kind()
        return present

    def policy(self, kind: type[S]) -> S:
        """Return the group's settings of one section; a value that no longer fits is left out."""
        typed = self._typed.get(kind)
        if not isinstance(typed, kind):
            typed = _typed(kind, self.settings.get(kind.section, {}))
            self._typed[kind] = typed
        return typed


def _typed(kind: type[S], values: dict[str, Any]) -> S:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        wrong = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
        logger.warning(f"Group settings {kind.section} ignored: {', '.join(sorted(wrong))}")
        return kind.model_validate({k: v for k, v in values.items() if k not in wrong})


_groups: dict[int, GroupRecord] = {}
_loading: dict[int, asyncio.Lock] = {}


def known_group(group_id: int) -> GroupRecord | None:
    """Return the group if it is in the cache."""
    return _groups.get(group_id)


async def load_group(group_id: int, account_id: int) -> GroupRecord:
    """Return the group, from the database on first use, made there when it is new."""
    if (known := _groups.get(group_id)) is not None:
        return known
    async with _loading.setdefault(group_id, asyncio.Lock()):
        if (known := _groups.get(group_id)) is None:
            row = await _get_or_create(group_id, account_id)
            known = _groups[group_id] = await patiently(lambda: _read(row))
    _loading.pop(group_id, None)
    return known


@transactional
async def _get_or_create(group_id: int, account_id: int) -> Group:
    row, _ = await Group.get_or_create(id=group_id, defaults={"account_id": account_id})
    return row


async def _read(row: Group) -> GroupRecord:
    standings = await Standing.filter(group_id=row.id)
    parts = {kind: await load(row.id) for kind, load in _part_loaders.items()}
    return GroupRecord(
        id=row.id,
        account_id=row.account_id,
        settings=row.settings,
        standings={one.user_id: Role[one.role] for one in standings},
        parts=parts,
    )


SettingsHook = Callable[[int], Awaitable[None]]

_settings_hooks: list[tuple[str, SettingsHook]] = []


def on_settings_saved(kind: type[GroupSettings]) -> Callable[[SettingsHook], SettingsHook]:
    """Run a hook with the group's number when that section is saved, in the same transaction."""

    def register(hook: SettingsHook) -> SettingsHook:
        _settings_hooks.append((kind.section, hook))
        return hook

    return register


@transactional
async def save_settings(group_id: int, changes: GroupSettings, admin_id: int, note: str) -> None:
    """Store one section of a group's settings, only what differs from the defaults; audited."""
    row = await Group.select_for_update().get(id=group_id)
    row.settings = {**row.settings, changes.section: changes.model_dump(exclude_defaults=True)}
    await row.save()
    await audit.record(
        "settings.change",
        actor_id=admin_id,
        group_id=group_id,
        reference=changes.section,
        note=note,
    )
    for section, hook in _settings_hooks:
        if section == changes.section:
            await hook(group_id)


def forget_group(group_id: int) -> None:
    """Read the group anew on next use; call after the transaction that changed it."""
    _groups.pop(group_id, None)


async def touch_group(group_id: int) -> None:
    """Mark a group as changed, in the caller's transaction, so that other processes read it."""
    await Group.filter(id=group_id).update(updated_at=clock.now())


async def follow_changes() -> None:
    """Read again, for ever, the groups that other processes changed; for PostgreSQL."""
    since = clock.now()
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        try:
            since = await _refresh(since)
        except Exception as error:  # noqa: BLE001 -- a database away now is back on a later round
            logger.warning(f"Group settings could not be refreshed: {type(error).__name__}")


async def _refresh(since: datetime) -> datetime:
    changed = await Group.filter(updated_at__gt=since, id__in=list(_groups)).order_by("updated_at")
    for row in changed:
        _groups[row.id] = await _read(row)
    return changed[-1].updated_at if changed else since


def forget_groups() -> None:
    """Empty the cache; between tests."""
    _groups.clear()
    _loading.clear()
