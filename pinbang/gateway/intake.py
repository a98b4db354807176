"""Make every gateway's frames fit one shape before the framework sees them; drop what is noise.

The adapter falls back silently to a bare event for frames it cannot validate, so the quirks of
../shared/gateway/README.md are straightened here, where a frame is still a plain dict.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

Payload = dict[str, Any]

REMEMBERED = 4096
"""Events remembered to recognise a second delivery."""


class Intake:
    """One connection's frames: normalised, own messages and repetitions left out."""

    def __init__(self, *, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._warned: set[str] = set()
        self._seen: OrderedDict[tuple[Any, ...], None] = OrderedDict()

    def accept(self, payload: Mapping[str, Any]) -> Payload | None:
        """Return the frame as the framework needs it, or None when nothing must be made of it."""
        post_type = payload.get("post_type")
        if post_type in (None, "meta_event"):
            return dict(payload)
        if post_type == "message_sent" or payload.get("user_id") == payload.get("self_id") and (
            post_type == "message"
        ):
            return None  # our own words, which some gateways report back as ordinary messages
        if self._repeated(payload):
            return None
        frame = _consistent(payload)
        if frame is None:
            self._warn_once("shape", "网关发来残缺的事件，已忽略")
            return None
        if post_type == "message":
            return self._message(frame)
        if post_type == "request" and frame.get("comment") is None:
            frame["comment"] = ""
        if not _numbers(frame, "group_id", "user_id"):
            self._warn_once("ids", "网关发来非数字的群号或 QQ 号（如官方接口），PinBang 不支持，已忽略")
            return None
        return frame

    def _message(self, frame: Payload) -> Payload | None:
        if not _numbers(frame, "group_id", "user_id", "message_id"):
            self._warn_once("ids", "网关发来非数字的群号或 QQ 号（如官方接口），PinBang 不支持，已忽略")
            return None
        if isinstance(frame.get("message"), str):
            self._warn_once(
                "format", "网关用字符串格式发送消息，文件名、卡片等会丢失；请把网关的消息格式改为 array"
            )
        elif isinstance(frame.get("message"), Mapping):
            frame["message"] = [frame["message"]]
        elif not isinstance(frame.get("message"), list):
            frame["message"] = []
        frame.setdefault("raw_message", "")
        frame.setdefault("sub_type", "normal")
        if frame.get("font") is None:
            frame["font"] = 0
        sender = frame.get("sender")
        sender = dict(sender) if isinstance(sender, Mapping) else {}
        sender.setdefault("user_id", frame["user_id"])
        for key in ("level", "title", "card", "nickname", "area", "sex", "role"):
            if sender.get(key) is not None and not isinstance(sender[key], str):
                sender[key] = str(sender[key])
        if not isinstance(sender.get("age"), int):
            sender.pop("age", None)
        frame["sender"] = sender
        return frame

    def _repeated(self, payload: Mapping[str, Any]) -> bool:
        key = _identity(payload)
        if key is None:
            return False
        if key in self._seen:
            self._seen.move_to_end(key)
            return True
        self._seen[key] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False

    def _warn_once(self, topic: str, text: str) -> None:
        if topic not in self._warned:
            self._warned.add(topic)
            self._warn(text)


def _identity(payload: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What two deliveries of one happening have in common; None where a repetition is harmless.

    Message ids are 32 bits wide and come round again, so sender and second are part of it.
    Join requests are told apart where they are decided: SnowLuma uses one flag for all requests of
    a person.
    """
    kind = payload.get("post_type")
    place = (payload.get("self_id"), payload.get("group_id"), payload.get("user_id"))
    if kind == "message":
        return (kind, *place, payload.get("message_id"), payload.get("time"))
    return None


def _consistent(payload: Mapping[str, Any]) -> Payload | None:
    """Keep only the type key that belongs to the frame's post type; None when it has none.

    The adapter refuses a frame with several of them and logs it whole, words included.
    """
    kind = f"{payload['post_type']}_type"
    if not isinstance(payload.get(kind), str):
        return None
    frame = {
        key: value for key, value in payload.items() if key == kind or key not in _TYPE_KEYS
    }
    if not _numbers(frame, "time", "self_id") or not isinstance(frame.get("time"), int):
        return None
    return frame


_TYPE_KEYS = frozenset({"message_type", "notice_type", "request_type", "meta_event_type"})


def _numbers(frame: Payload, *keys: str) -> bool:
    """Turn ids that came as digits in strings into ints; False when one is no number at all."""
    for key in keys:
        value = frame.get(key)
        if value is None or isinstance(value, int):
            continue
        text = str(value)
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdecimal():
            return False
        frame[key] = int(text)
    return True
