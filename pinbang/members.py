"""Who has which role in a group: from QQ, from the settings, or given by its admins."""

from nonebot import get_driver

from pinbang import audit
from pinbang.gateway import Account
from pinbang.groups import GroupRecord, forget_group, load_group, touch_group
from pinbang.roles import Role
from pinbang.store import transactional
from pinbang.store.models import Standing


def superusers() -> frozenset[str]:
    """Return the QQ numbers of the bot's owners."""
    return frozenset(get_driver().config.superusers)


def role_of(record: GroupRecord, user_id: int, gateway_role: str | None) -> Role:
    """Tell a person's role from what the gateway and the group's admins say."""
    if gateway_role == "owner":
        return Role.OWNER
    if gateway_role == "admin":
        return Role.ADMIN
    if str(user_id) in superusers():
        return Role.SUPERUSER
    return record.standings.get(user_id, Role.MEMBER)


async def current_role(account: Account, group_id: int, user_id: int) -> Role:
    """Ask the gateway for a person's role now; what a message says of its sender may be stale."""
    record = await load_group(group_id, account.self_id)
    member = await account.member(group_id, user_id, fresh=True)
    return role_of(record, user_id, member.role if member else None)


async def give_role(group_id: int, user_id: int, role: Role, given_by: int) -> bool:
    """Give a member a role, or take it away with MEMBER; False when nothing changed."""
    changed = await _give_role(group_id, user_id, role, given_by)
    forget_group(group_id)
    return changed


@transactional
async def _give_role(group_id: int, user_id: int, role: Role, given_by: int) -> bool:
    present = await Standing.get_or_none(group_id=group_id, user_id=user_id)
    if role is Role.MEMBER:
        if present is None:
            return False
        await present.delete()
    elif present is None:
        await Standing.create(group_id=group_id, user_id=user_id, role=role.name, given_by=given_by)
    elif present.role == role.name:
        return False
    else:
        present.role, present.given_by = role.name, given_by
        await present.save()
    await touch_group(group_id)
    await audit.record(
        f"members.{role.name.lower()}", actor_id=given_by, group_id=group_id, target_id=user_id
    )
    return True
