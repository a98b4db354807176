"""Message segments in the world's own shape, written the way a test reads best.

Gateways show the same segment in different shapes; `profiles` does that. In the world:
text {text}, at {qq}, reply {id: the world's message id}, image {file, url, summary, sub_type,
file_size}, mface {summary, url, emoji_id, emoji_package_id, key}, face {id}, file {id, name,
size}, json {data}, markdown {content}, dice / rps {result}, record / video {file, url},
forward {id, nodes: [{user_id, nickname, segments}]}.
"""

import json
from collections.abc import Sequence
from typing import Any

from .records import Content, Segment, StoredMessage


def text(words: str) -> Segment:
    """Plain words."""
    return {"type": "text", "data": {"text": words}}


def at(user_id: int | str) -> Segment:
    """Mention one person, or ``"all"``."""
    return {"type": "at", "data": {"qq": str(user_id)}}


def reply(message: StoredMessage) -> Segment:
    """Quote `message`."""
    return {"type": "reply", "data": {"id": str(message.message_id)}}


def image(
    file: str = "PICTURE.jpg",
    url: str = "https://pictures.invalid/PICTURE.jpg",
    *,
    sticker: bool = False,
    file_size: int = 1024,
) -> Segment:
    """A picture; `sticker` marks an animated one sent from the sender's favourites."""
    return {
        "type": "image",
        "data": {
            "file": file,
            "url": url,
            "summary": "[动画表情]" if sticker else "",
            "sub_type": int(sticker),
            "file_size": file_size,
        },
    }


def market_face(summary: str = "[加油]") -> Segment:
    """A face from the market of bought ones."""
    return {
        "type": "mface",
        "data": {
            "summary": summary,
            "url": "https://pictures.invalid/market/raw300.gif",
            "emoji_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "emoji_package_id": 200_001,
            "key": "00112233445566ff",
        },
    }


def face(face_id: int) -> Segment:
    """One of QQ's own small faces."""
    return {"type": "face", "data": {"id": str(face_id)}}


def file(name: str, *, size: int = 2048, file_id: str = "/0a1b2c3d") -> Segment:
    """A file as it stands in a message; `World.upload_file` sends one."""
    return {"type": "file", "data": {"id": file_id, "name": name, "size": size}}


def card(content: dict[str, Any]) -> Segment:
    """A JSON card (mini program, group recommendation, link share...)."""
    dumped = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {"type": "json", "data": {"data": dumped}}


def markdown(content: str) -> Segment:
    """A markdown message."""
    return {"type": "markdown", "data": {"content": content}}


def dice(result: int) -> Segment:
    """A thrown die."""
    return {"type": "dice", "data": {"result": str(result)}}


def forward(*nodes: tuple[int, str, Content]) -> Segment:
    """A bundle of forwarded messages, each ``(user_id, nickname, content)``."""
    return {
        "type": "forward",
        "data": {
            "nodes": [
                {"user_id": user_id, "nickname": nickname, "segments": as_segments(content)}
                for user_id, nickname, content in nodes
            ]
        },
    }


def as_segments(content: Content) -> list[Segment]:
    """Give `content` as a fresh list of segments; a string is plain text, never CQ code."""
    if isinstance(content, str):
        return [text(content)]
    parts: Sequence[Segment] = [content] if isinstance(content, dict) else content
    return [{"type": part["type"], "data": dict(part["data"])} for part in parts]
