"""The record of consequential acts: who, what, whom, with what outcome."""

from pinbang import clock
from pinbang.store.models import AuditEntry


async def record(
    action: str,
    *,
    actor_id: int,
    group_id: int | None = None,
    target_id: int | None = None,
    reference: str = "",
    outcome: str = "",
    note: str = "",
) -> None:
    """Write one entry, in the caller's transaction if it has one.

    `action` is `plugin.verb`, `reference` e.g. `case:12`; `note` may hold people's words and is
    stored encrypted.
    """
    await AuditEntry.create(
        at=clock.now(),
        group_id=group_id,
        actor_id=actor_id,
        action=action,
        target_id=target_id,
        reference=reference,
        outcome=outcome,
        note=note,
    )
