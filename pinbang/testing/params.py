"""A call's parameters, read the way gateways read them: ids as numbers or as strings."""

from typing import Any

from . import cq
from .records import Segment
from .refusals import Reason, Refused


class BadParameter(Refused):
    """A parameter is missing or cannot be read.

    Attributes:
        param: Its name.
    """

    def __init__(self, param: str) -> None:
        """Object to `param`."""
        super().__init__(Reason.BAD_PARAMS)
        self.param = param


class Params:
    """Typed access to the parameters of one call."""

    def __init__(self, raw: dict[str, Any]) -> None:
        """Read from `raw`."""
        self.raw = raw

    def number(self, name: str, default: int | None = None) -> int:
        """An id or a count, given as number or string; required without a default."""
        value = self.raw.get(name)
        if value is None or value == "":
            if default is None:
                raise BadParameter(name)
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise BadParameter(name) from None

    def words(self, name: str, default: str | None = None) -> str:
        """A string; required without a default."""
        value = self.raw.get(name)
        if value is None:
            if default is None:
                raise BadParameter(name)
            return default
        return str(value)

    def switch(self, name: str, default: bool) -> bool:
        """A boolean, also as ``"true"`` or ``"false"``."""
        value = self.raw.get(name)
        if isinstance(value, str):
            return value.lower() not in ("false", "0", "")
        return default if value is None else bool(value)

    def segments(self, name: str = "message") -> list[Segment]:
        """A message: a list of segments, a single segment, or a CQ string.

        ``auto_escape`` makes a string plain text.
        """
        return as_message(self.raw.get(name), name, self.switch("auto_escape", False))


def as_message(value: Any, name: str, auto_escape: bool = False) -> list[Segment]:
    """Read a message in any of the forms gateways accept; `name` is for the complaint."""
    if isinstance(value, str):
        value = [{"type": "text", "data": {"text": value}}] if auto_escape else cq.decode(value)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise BadParameter(name)
    segments: list[Segment] = []
    for item in value:
        if not isinstance(item, dict) or not isinstance(item.get("type"), str):
            raise BadParameter(name)
        segments.append(_complete(item["type"], dict(item.get("data") or {})))
    return segments


_REQUIRED = {
    "text": ("text",),
    "at": ("qq",),
    "reply": ("id",),
    "image": ("file",),
    "mface": ("summary", "url", "emoji_id", "emoji_package_id", "key"),
    "record": ("file",),
    "video": ("file",),
    "file": ("file",),
    "face": ("id",),
    "json": ("data",),
    "markdown": ("content",),
    "forward": ("id",),
}


def _complete(kind: str, data: dict[str, Any]) -> Segment:
    """Give a segment that a bot sends the fields which the world's own segments have."""
    for name in _REQUIRED.get(kind, ()):
        if data.get(name) is None:
            raise BadParameter(f"{kind}.{name}")
    match kind:
        case "text":
            data = {"text": str(data["text"])}
        case "file":
            data = {"id": "/sent", "name": str(data.get("name") or data["file"]), "size": 0}
        case "dice" | "rps":
            data = {"result": str(data.get("result", 1))}
    return {"type": kind, "data": data}
