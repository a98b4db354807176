"""The last messages of each group, kept in memory to answer "what did this reply to?".

The adapter awaits get_msg before anything else happens to a replying message, which lets anyone
delay moderation; the answer is given from here instead. NapCat also forgets ids when it restarts.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

REMEMBERED = 5000

_KEYS = (
    "time",
    "message_type",
    "message_id",
    "real_id",
    "sender",
    "message",
    "group_id",
    "user_id",
)


class RecentMessages:
    """One account's latest messages by id, other people's and its own."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._messages: OrderedDict[int, dict[str, Any]] = OrderedDict()

    def remember(self, payload: Mapping[str, Any]) -> None:
        """Keep what get_msg would answer about this message event."""
        message_id = payload.get("message_id")
        if not isinstance(message_id, int):
            return
        kept = {key: payload[key] for key in _KEYS if payload.get(key) is not None}
        kept.setdefault("real_id", message_id)
        if not isinstance(kept["real_id"], int):
            kept["real_id"] = message_id
        self._messages[message_id] = kept
        self._messages.move_to_end(message_id)
        if len(self._messages) > self._limit:
            self._messages.popitem(last=False)

    def get(self, message_id: int) -> dict[str, Any] | None:
        """Return the message as get_msg would, or None when it is not known."""
        return self._messages.get(message_id)

    def by(self, group_id: int, user_id: int) -> list[int]:
        """Return the ids of a member's known messages in a group, oldest first."""
        return [
            message_id
            for message_id, kept in self._messages.items()
            if kept.get("group_id") == group_id and kept.get("user_id") == user_id
        ]
