"""Wait for the notice that proves an act: recall, kick, mute, approval."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Proof = tuple[Any, ...]


def recalled(group_id: int, message_id: int) -> Proof:
    """Name the notice of a recalled message."""
    return ("group_recall", group_id, message_id)


def muted(group_id: int, user_id: int) -> Proof:
    """Name the notice of a member being muted."""
    return ("group_ban", "ban", group_id, user_id)


def unmuted(group_id: int, user_id: int) -> Proof:
    """Name the notice of a member being unmuted."""
    return ("group_ban", "lift_ban", group_id, user_id)


def departed(group_id: int, user_id: int) -> Proof:
    """Name the notice of a member being gone."""
    return ("group_decrease", group_id, user_id)


def arrived(group_id: int, user_id: int) -> Proof:
    """Name the notice of a member having joined."""
    return ("group_increase", group_id, user_id)


def proof_in(payload: Mapping[str, Any]) -> Proof | None:
    """Return what a notice proves, or None."""
    group_id, user_id = payload.get("group_id"), payload.get("user_id")
    match payload.get("notice_type"):
        case "group_recall":
            return ("group_recall", group_id, payload.get("message_id"))
        case "group_ban":
            return ("group_ban", payload.get("sub_type"), group_id, user_id)
        case "group_decrease":
            return ("group_decrease", group_id, user_id)
        case "group_increase":
            return ("group_increase", group_id, user_id)
    return None


class Proofs:
    """The proofs one account waits for."""

    def __init__(self) -> None:
        self._awaited: defaultdict[Proof, list[asyncio.Event]] = defaultdict(list)

    def observe(self, payload: Mapping[str, Any]) -> None:
        """Tell those who wait for what this notice proves."""
        proof = proof_in(payload)
        if proof in self._awaited:
            for event in self._awaited[proof]:
                event.set()

    @contextmanager
    def awaiting(self, proof: Proof) -> Iterator[asyncio.Event]:
        """Yield an event that is set once `proof` is seen; ask for it before the act."""
        event = asyncio.Event()
        self._awaited[proof].append(event)
        try:
            yield event
        finally:
            self._awaited[proof].remove(event)
            if not self._awaited[proof]:
                del self._awaited[proof]
