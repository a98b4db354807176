"""Roles in a group, and the rule that nobody acts on an equal or higher one."""

from enum import IntEnum


class Role(IntEnum):
    """A person's standing in a group, lowest first."""

    MEMBER = 0
    TRUSTED = 1
    DEPUTY = 2
    SUPERUSER = 3
    ADMIN = 4
    OWNER = 5

    @property
    def title(self) -> str:
        """The role as people call it."""
        return _TITLES[self]

    @property
    def requirement(self) -> str:
        """Say who may do what needs this role."""
        return {Role.DEPUTY: "协管和管理员", Role.SUPERUSER: "管理员"}.get(self, self.title)


_TITLES = {
    Role.MEMBER: "群成员",
    Role.TRUSTED: "信任成员",
    Role.DEPUTY: "协管",
    Role.SUPERUSER: "机器人主人",
    Role.ADMIN: "管理员",
    Role.OWNER: "群主",
}

EXEMPT_FROM = Role.DEPUTY
"""From this role on messages are not judged."""


def may_act_on(actor: Role, target: Role) -> bool:
    """Tell whether one role may act on another: only on a lower one."""
    return actor > target
