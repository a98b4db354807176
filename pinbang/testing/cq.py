"""CQ strings: the text form of messages."""

import json
import re
from collections.abc import Sequence
from typing import Any

from .profiles.profile import CqStyle
from .records import Segment

_CODE = re.compile(r"\[CQ:(?P<kind>[^,\]]+)(?P<params>(?:,[^,\]]*)*)\]")


def encode(segments: Sequence[Segment], style: CqStyle) -> str:
    """Write shaped segments as one CQ string, with a gateway's escapes and losses."""
    parts = [_encode_one(segment, style) for segment in segments]
    joined = "".join(parts)
    return joined.strip() if style.strip else joined


def decode(message: str) -> list[Segment]:
    """Read a CQ string; all values stay strings."""
    segments: list[Segment] = []
    end = 0
    for found in _CODE.finditer(message):
        _append_text(segments, message[end : found.start()])
        data = {}
        for param in filter(None, found["params"].split(",")):
            name, _, value = param.partition("=")
            data[name] = _unescape(value)
        segments.append({"type": found["kind"], "data": data})
        end = found.end()
    _append_text(segments, message[end:])
    return segments


def _encode_one(segment: Segment, style: CqStyle) -> str:
    kind, data = segment["type"], segment["data"]
    if kind == "text":
        return _escape(data["text"], comma=style.comma_in_text)
    names = [name for name in style.only.get(kind, tuple(data)) if name in data]
    shown = {name: _plain(data[name]) for name in names}
    if style.drop_empty:
        shown = {name: value for name, value in shown.items() if value}
    params = "".join(f",{name}={_escape(value, comma=True)}" for name, value in shown.items())
    return f"[CQ:{kind}{params}]"


def _plain(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _escape(words: str, *, comma: bool) -> str:
    words = words.replace("&", "&amp;").replace("[", "&#91;").replace("]", "&#93;")
    return words.replace(",", "&#44;") if comma else words


def _unescape(words: str) -> str:
    for entity, sign in (("&#44;", ","), ("&#91;", "["), ("&#93;", "]"), ("&amp;", "&")):
        words = words.replace(entity, sign)
    return words


def _append_text(segments: list[Segment], words: str) -> None:
    if words:
        segments.append({"type": "text", "data": {"text": _unescape(words)}})
