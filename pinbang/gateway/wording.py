"""Build outgoing messages: whatever came from people is text, never parsed."""

import unicodedata

from nonebot.adapters.onebot.v11 import Message, MessageSegment

Words = str | Message | MessageSegment

MAX_CHARACTERS = 4000
"""QQ cuts messages somewhere near 4,500 characters."""

_KEPT_CONTROLS = "\n\t"
_JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners hold emoji sequences together."""


def clean(text: str) -> str:
    """Drop control and bidirectional characters, which can make a message read as another."""
    return "".join(
        char
        for char in text
        if char in _KEPT_CONTROLS
        or char in _JOINERS
        or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )


def shorten(text: str, limit: int) -> str:
    """Cut a text from people to one clean line of at most `limit` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def as_message(words: Words) -> Message:
    """Make a message of `words`; a plain string becomes one text segment as it is."""
    if isinstance(words, str):
        return Message(MessageSegment.text(_cut(clean(words))))
    return Message(words) if isinstance(words, MessageSegment) else words


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"
