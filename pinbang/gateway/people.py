"""What gateways tell about people and join requests, in one shape whoever tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ROLES = frozenset({"owner", "admin", "member"})


@dataclass(frozen=True)
class MemberInfo:
    """A member as the gateway sees them; `role` is None when it does not know."""

    user_id: int
    nickname: str
    card: str
    role: str | None
    muted_until: int

    @property
    def name(self) -> str:
        """The name the group sees."""
        return self.card or self.nickname or str(self.user_id)


@dataclass(frozen=True)
class StrangerInfo:
    """What is known about an account outside groups; None where the gateway does not tell."""

    level: int | None
    registered_at: int | None


@dataclass(frozen=True)
class PendingJoin:
    """A join request that waits; `flag` is None where the gateway's list gives no usable one."""

    group_id: int
    user_id: int
    nickname: str
    comment: str
    flag: str | None
    checked: bool


def read_member(data: Mapping[str, Any]) -> MemberInfo:
    """Read get_group_member_info's data or one row of get_group_member_list."""
    role = data.get("role")
    return MemberInfo(
        user_id=_number(data.get("user_id")) or 0,
        nickname=str(data.get("nickname") or ""),
        card=str(data.get("card") or ""),
        role=role if role in ROLES else None,
        muted_until=_number(data.get("shut_up_timestamp")) or 0,
    )


def read_stranger(data: Mapping[str, Any]) -> StrangerInfo:
    """Read get_stranger_info's data; the level's key differs by gateway, 0 means unknown."""
    levels = (_number(data.get(key)) for key in ("level", "qq_level", "qqLevel"))
    times = (_number(data.get(key)) for key in ("reg_time", "regTime"))
    return StrangerInfo(next(filter(None, levels), None), next(filter(None, times), None))


def read_pending(data: Any, *, usable_flags: bool) -> Iterator[PendingJoin]:
    """Read get_group_system_msg's data: {join_requests: […]}, or a bare list (SnowLuma).

    NapCat puts the requester under `invitor_uin`. `usable_flags` says whether an entry's flag or
    request_id can be given to set_group_add_request.
    """
    rows = data.get("join_requests") or [] if isinstance(data, Mapping) else data
    if not isinstance(rows, list):
        return
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        group_id = _number(row.get("group_id"))
        user_id = _number(row.get("requester_uin")) or _number(row.get("invitor_uin"))
        if not group_id or not user_id:
            continue
        flag = row.get("flag") or row.get("request_id")
        yield PendingJoin(
            group_id=group_id,
            user_id=user_id,
            nickname=str(row.get("requester_nick") or row.get("invitor_nick") or ""),
            comment=str(row.get("message") or ""),
            flag=str(flag) if flag and usable_flags else None,
            checked=bool(row.get("checked")),
        )


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
