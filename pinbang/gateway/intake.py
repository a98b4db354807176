"""Make every gateway's frames fit one shape before the framework sees them; drop what is noise.

The adapter falls back silently to a bare event for frames it cannot validate, and closes the
connection for an error it does not expect, so the quirks of ../shared/gateway/README.md are
straightened here, where a frame is still a plain dict.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pinbang.gateway.people import ROLES

Payload = dict[str, Any]

REMEMBERED = 4096
"""Events remembered to recognise a second delivery."""
MAX_TOPICS = 100
"""Kinds of trouble that are told apart in the log."""
MAX_SECONDS = 2**32
"""A later time of an event is no Unix time in seconds."""

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LARGEST = 2**63 - 1

_DETAILS = {
    "message": "message_type",
    "message_sent": "message_type",  # NapCat sends a message_sent_type beside it
    "notice": "notice_type",
    "request": "request_type",
    "meta_event": "meta_event_type",
}
_TYPE_KEYS = frozenset(_DETAILS.values())
_SET_BY_THE_ADAPTER = frozenset({"original_message", "to_me", "reply"})
_OPERATED = frozenset({"group_increase", "group_decrease", "group_recall", "group_ban"})

_BROKEN = "网关发来残缺的事件，已忽略"
_STRANGE_IDS = "网关发来非数字的群号或 QQ 号（如官方接口），PinBang 不支持，已忽略"
_STRINGS = "网关用字符串格式发送消息，文件名、卡片等会丢失；请把网关的消息格式改为 array"


class Intake:
    """One connection's frames, normalised; repetitions left out."""

    def __init__(self, *, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._warned: set[str] = set()
        self._seen: OrderedDict[tuple[Any, ...], None] = OrderedDict()

    def accept(self, payload: Mapping[str, Any]) -> Payload | None:
        """Return the frame as the framework needs it, or None when nothing must be made of it.

        The account's own words come out as `message_sent`, whatever the gateway calls them.
        """
        frame = _consistent(payload)
        if frame is None or not _numbers(frame, "self_id") or frame.get("self_id") is None:
            self._warn_once("shape", f"{_BROKEN}（{kind_of(payload)}）")
            return None
        post_type = frame["post_type"]
        if post_type == "meta_event":
            return frame
        if not _numbers(frame, "group_id", "user_id"):
            self._warn_once("ids", _STRANGE_IDS)
            return None
        if post_type in ("message", "message_sent"):
            return self._message(frame)
        if post_type == "notice":
            _straighten_notice(frame)
        elif post_type == "request":
            _straighten_request(frame)
        return frame

    def misread(self, frame: Mapping[str, Any]) -> None:
        """Report, once for each kind, a frame in which the framework did not find what it needs."""
        kind = kind_of(frame)
        self._warn_once(f"misread {kind}", f"网关发来的事件缺少必要的内容，没有处理：{kind}")

    def _message(self, frame: Payload) -> Payload | None:
        if not _numbers(frame, "message_id"):
            self._warn_once("ids", _STRANGE_IDS)
            return None
        kind = frame["message_type"]
        needed = ("user_id", "message_id", *(("group_id",) if kind == "group" else ()))
        if kind not in ("group", "private") or any(frame.get(key) is None for key in needed):
            self.misread(frame)
            return None
        if frame["user_id"] == frame["self_id"]:
            frame["post_type"] = "message_sent"
        elif frame["post_type"] == "message" and self._repeated(frame):
            return None
        message = frame.get("message")
        if isinstance(message, str):
            self._warn_once("format", _STRINGS)
            frame["message"] = _clean(message)
        else:
            frame["message"] = list(_segments(message))
        frame["raw_message"] = _text(frame.get("raw_message"))
        frame["sub_type"] = frame.get("sub_type") or ("normal" if kind == "group" else "friend")
        font = frame.get("font")
        frame["font"] = font if isinstance(font, int) else 0
        frame["sender"] = _sender(frame)
        if not _is_anonymous_person(frame.get("anonymous")):
            frame["anonymous"] = None
        return frame

    def _repeated(self, frame: Payload) -> bool:
        """Tell a message that came before.

        Message ids are 32 bits wide and come round again, so sender and second count too. Join
        requests are told apart where they are decided: SnowLuma uses one flag for all requests of
        a person.
        """
        keys = ("self_id", "group_id", "user_id", "message_id", "time")
        identity = tuple(frame.get(key) for key in keys)
        if identity in self._seen:
            self._seen.move_to_end(identity)
            return True
        self._seen[identity] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False

    def _warn_once(self, topic: str, text: str) -> None:
        if topic not in self._warned and len(self._warned) < MAX_TOPICS:
            self._warned.add(topic)
            self._warn(text)


def kind_of(payload: Mapping[str, Any]) -> str:
    """Name a frame's kind for the log, such as notice.notify.poke; never quotes its content."""
    post_type = payload.get("post_type")
    detail = _DETAILS.get(post_type) if isinstance(post_type, str) else None
    names = (post_type, payload.get(detail or f"{post_type}_type"), payload.get("sub_type"))
    return ".".join(
        name if isinstance(name, str) and _NAME.fullmatch(name) else "?"
        for name in names
        if name not in (None, "")
    )


def _consistent(payload: Mapping[str, Any]) -> Payload | None:
    """Keep only the type key that belongs to the frame's post type; None when it has none.

    The adapter refuses a frame with several of them, or with a sub type that is no string, and
    logs it whole, words included.
    """
    post_type = payload.get("post_type")
    if not isinstance(post_type, str) or not post_type:
        return None
    own = _DETAILS.get(post_type, f"{post_type}_type")
    if not isinstance(payload.get(own), str) or not payload[own]:
        return None
    frame = {
        key: value
        for key, value in payload.items()
        if key == own or (key not in _TYPE_KEYS and key not in _SET_BY_THE_ADAPTER)
    }
    if not isinstance(frame.get("sub_type", ""), str) or own not in _TYPE_KEYS:
        frame.pop("sub_type", None)
    frame["time"] = _seconds(payload.get("time"))
    return frame


def _seconds(value: object) -> int:
    """Read an event's time; an event without a usable one happens now."""
    if isinstance(value, float | str):
        try:
            value = int(float(value))
        except (ValueError, OverflowError):
            value = None
    if isinstance(value, int) and 0 < value < MAX_SECONDS:
        return int(value)
    return int(time.time())


def _number(value: object) -> int | None:
    """Read an id: an int, or digits in a string, that a database column can hold."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            return None
        value = int(value)
    return value if abs(value) <= _LARGEST else None


def _numbers(frame: Payload, *keys: str) -> bool:
    """Make ints of the ids that are there; False when one is no number at all."""
    for key in keys:
        if frame.get(key) is None:
            continue
        number = _number(frame[key])
        if number is None:
            return False
        frame[key] = number
    return True


def _straighten_notice(frame: Payload) -> None:
    for key in ("operator_id", "message_id", "target_id"):
        if key in frame and (number := _number(frame[key])) is not None:
            frame[key] = number
        else:
            frame.pop(key, None)
    if frame["notice_type"] in _OPERATED:
        frame.setdefault("operator_id", 0)


def _straighten_request(frame: Payload) -> None:
    frame["comment"] = _text(frame.get("comment"))
    frame["flag"] = _text(frame.get("flag"))


def _segments(message: object) -> Iterator[Payload]:
    """Yield what is a segment; one odd segment must not hide the others from moderation."""
    for item in message if isinstance(message, list) else [message]:
        if not isinstance(item, Mapping) or not isinstance(item.get("type"), str):
            continue
        data = item.get("data")
        plain = {
            str(key): _clean(value) if isinstance(value, str) else value
            for key, value in (data.items() if isinstance(data, Mapping) else ())
        }
        if item["type"] == "text":
            plain["text"] = _text(plain.get("text"))
        yield {"type": item["type"], "data": plain}


def _sender(frame: Payload) -> Payload:
    given = frame.get("sender")
    sender = dict(given) if isinstance(given, Mapping) else {}
    sender["user_id"] = frame["user_id"]
    for key in ("level", "title", "card", "nickname", "area", "sex", "role"):
        if sender.get(key) is not None:
            sender[key] = _text(sender[key])
    if sender.get("role") not in ROLES:
        sender.pop("role", None)  # Lagrange says "unknown": ask before punishing an admin
    if not isinstance(sender.get("age"), int):
        sender.pop("age", None)
    return sender


def _is_anonymous_person(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("id"), int)
        and isinstance(value.get("name"), str)
        and isinstance(value.get("flag"), str)
    )


def _text(value: object) -> str:
    return "" if value is None else _clean(value if isinstance(value, str) else str(value))


def _clean(text: str) -> str:
    """Replace halves of emoji, which no encoder takes, and drop NUL, which PostgreSQL refuses."""
    if text.isascii():
        return text.replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
