"""Turn a gateway's message payload into the one frozen view that every judge shares."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, cast

from pinbang.moderation.cards import Card, card_of, contact_card, mapping, share_card
from pinbang.text.links import Link, find_links
from pinbang.text.normalise import Normalised, normalise
from pinbang.text.tokenise import tokenise

MAX_TEXT = 10_000
"""Characters of own text that are read; QQ itself cuts messages near 5,000."""
MAX_SEGMENTS = 500
MAX_FORWARD_DEPTH = 3
"""Forwards within forwards that are read."""
MAX_FORWARDED = 100
"""Messages of all forwards of one message that are read."""
_MAX_ID_DIGITS = 19
_ROLES = frozenset({"owner", "admin", "member"})
"""Lagrange says "unknown" for somebody it has not cached."""
_UNSUPPORTED = "当前版本不支持该消息类型，请使用最新版本手机QQ查看"
"""What Lagrange and go-cqhttp put beside a card; no words of the sender."""

_SIGNS = re.compile(r"[\W_]+")
_CQ = re.compile(r"\[CQ:(?P<type>[a-zA-Z0-9_.\-]+)(?P<params>(?:,[^\[\],=]+=[^\],]*)*),?\]")


class SegmentLike(Protocol):
    """What NoneBot's message segments offer; plain dicts are accepted too."""

    @property
    def type(self) -> str:
        """Kind of segment: text, at, image, json, …."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """Parameters of the segment."""
        ...


@dataclass(frozen=True)
class Segment:
    """One message segment as the gateway sent it."""

    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class EarlierMessage:
    """What is remembered of a message its sender wrote shortly before.

    `time` is in seconds since 1970, as the gateway stamped it; `digest` is equal for texts that
    say the same; `text` is kept of short messages only, "" stands for all others.
    """

    message_id: int
    time: int
    digest: int
    text: str
    length: int
    pictures: int = 0


@dataclass(frozen=True)
class MessageView:
    """What one message says, without what it quotes.

    `role` is owner, admin, member or None when the gateway did not say. `text` holds the
    sender's own words: text segments joined, placeholders such as `[图片]` and mentions left out.
    `lately` holds the sender's messages of the last minutes, oldest first, where the guard fills
    it in. `forwards` names the forwards (合并转发) in the message; `forwarded` is what the gateway
    handed over of their words, nested ones included, one line each; their cards are among `cards`.
    """

    message_id: int
    group_id: int
    user_id: int
    self_id: int
    time: int
    role: str | None
    text: str
    segments: tuple[Segment, ...] = field(repr=False)
    reply_to: int | None = None
    mentions: tuple[int, ...] = ()
    mentions_all: bool = False
    addressed: bool = False
    cards: tuple[Card, ...] = ()
    image_urls: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()
    forwards: tuple[str, ...] = ()
    markdown: str = ""
    forwarded: str = ""
    lately: tuple[EarlierMessage, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether there are words of people in it, not only those of a card or a file's name."""
        return bool(self.text or self.forwarded)

    @cached_property
    def readable(self) -> str:
        """Everything a person would read: own text, markdown, forwards, card titles, file names."""
        parts = [self.text, self.markdown, self.forwarded]
        if self.cards or self.file_names:
            parts += (*(card.title for card in self.cards), *self.file_names)
        elif not self.markdown and not self.forwarded:
            return self.text
        return "\n".join(part for part in parts if part)[:MAX_TEXT]

    @cached_property
    def normalised(self) -> Normalised:
        """`readable` with disguises folded, mapped back to `readable`."""
        return normalise(self.readable)

    @cached_property
    def digest(self) -> int:
        """Equal for texts that say the same whatever their case, width, spaces and signs."""
        return hash(_SIGNS.sub("", self.normalised.text))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words (jieba) of the normalised text; computed on first use only."""
        return tokenise(self.normalised.text)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Links in the text and markdown, in order of appearance, then those of the cards.

        `start` and `end` point into `readable`, for a card's link into the card's `url`.
        """
        found = list(find_links(self.readable))
        for card in self.cards:
            found.extend(find_links(card.url))
        return tuple(found)


@dataclass
class _Content:
    """What has been read of a message so far; `left` counts forwarded messages still to read."""

    texts: list[str] = field(default_factory=list[str])
    mentions: list[int] = field(default_factory=list[int])
    mentions_all: bool = False
    reply_to: int | None = None
    cards: list[Card] = field(default_factory=list[Card])
    images: list[str] = field(default_factory=list[str])
    files: list[str] = field(default_factory=list[str])
    markdown: list[str] = field(default_factory=list[str])
    forwards: list[str] = field(default_factory=list[str])
    forwarded: list[str] = field(default_factory=list[str])
    left: int = MAX_FORWARDED

    def read(self, segment: Segment, depth: int) -> None:  # noqa: C901 -- one case a kind
        data = segment.data
        match segment.type:
            case "text":
                self.texts.append(_own_text(data))
            case "at":
                target = str(data.get("qq", ""))
                if target == "all":
                    self.mentions_all = True
                elif target.isdecimal() and len(target) <= _MAX_ID_DIGITS:
                    self.mentions.append(int(target))
            case "reply":
                self.reply_to = _integer(data.get("id"))
            case "image" | "mface":
                if url := str(data.get("url") or ""):
                    self.images.append(url)
            case "json" | "xml":
                self.cards.append(card_of(segment.type, str(data.get("data") or "")))
            case "contact":
                self.cards.append(contact_card(data))
            case "share" | "music":
                if data.get("title") or data.get("url"):
                    self.cards.append(share_card(data))
            case "markdown":
                self.markdown.append(str(data.get("content") or ""))
            case "file":
                if name := _file_name(data):
                    self.files.append(name)
            case "forward" | "node":
                if segment.type == "forward":
                    self.forwards.append(str(data.get("id") or ""))
                self.read_forward(_messages_in(data), depth + 1)
            case _:
                pass

    def read_forward(self, messages: Iterable[object], depth: int) -> None:
        """Read the messages of a forward; what is too deep or too much is left out."""
        if depth > MAX_FORWARD_DEPTH:
            return
        for message in messages:
            if self.left == 0:
                return
            self.left -= 1
            inner = _Content(left=self.left)
            for segment in _segments(_content_of(message)):
                inner.read(segment, depth)
            self.left = inner.left
            self.cards += inner.cards
            words = ("".join(inner.texts), *inner.markdown, *inner.files)
            self.forwarded += (part for part in words if part.strip())
            self.forwarded += inner.forwarded


def read_message(  # noqa: PLR0913 -- one argument per fact of the payload
    message: str | Iterable[SegmentLike | Mapping[str, Any]],
    *,
    message_id: int,
    group_id: int,
    user_id: int,
    self_id: int,
    time: int,
    role: str | None,
) -> MessageView:
    """Read `message`, an array of segments or a CQ string, in one pass; never raises on content."""
    segments = tuple(_segments(message))
    if len(segments) == 1 and segments[0].type == "text":
        # Most messages are nothing else.
        return MessageView(
            message_id,
            group_id,
            user_id,
            self_id,
            time,
            role if role in _ROLES else None,
            _own_text(segments[0].data)[:MAX_TEXT].strip(),
            segments,
        )
    content = _Content()
    for segment in segments:
        content.read(segment, 0)
    return MessageView(
        message_id=message_id,
        group_id=group_id,
        user_id=user_id,
        self_id=self_id,
        time=time,
        role=role if role in _ROLES else None,
        text="".join(content.texts)[:MAX_TEXT].strip(),
        segments=segments,
        reply_to=content.reply_to,
        mentions=tuple(content.mentions),
        mentions_all=content.mentions_all,
        addressed=self_id in content.mentions,
        cards=tuple(content.cards),
        image_urls=tuple(content.images),
        file_names=tuple(content.files),
        forwards=tuple(content.forwards),
        markdown="\n".join(content.markdown)[:MAX_TEXT],
        forwarded="\n".join(content.forwarded)[:MAX_TEXT],
    )


def read_forward(answer: object) -> str:
    """Return what a person would read in a gateway's answer to `get_forward_msg`.

    Takes the answer or its `data` from any gateway: {"messages": [message, …]} with `message` or
    `content` in each (NapCat, LLBot, SnowLuma, go-cqhttp), or {"message": [node, …]} (Lagrange).
    Bounded like forwards within a message; "" where there is nothing to read. Never raises.
    """
    content = _Content()
    body = mapping(answer)
    data = None if body is None else mapping(body.get("data"))
    content.read_forward(_messages_in(data or body or {}), 1)
    titles = (f"{card.title} {card.url}".strip() for card in content.cards)
    return "\n".join(part for part in (*content.forwarded, *titles) if part)[:MAX_TEXT]


def _messages_in(data: Mapping[str, Any]) -> list[object]:
    """Return the messages that a forward, a node or an answer holds."""
    for key in ("messages", "content", "message", "nodes"):
        value = data.get(key)
        if isinstance(value, list) and value:
            messages = cast(list[object], value)
            # A node holds segments instead of messages: one message.
            return messages if _is_message(messages[0]) else [{"message": messages}]
        if isinstance(value, str) and value:
            return [{"message": value}]
    return []


def _is_message(item: object) -> bool:
    body = mapping(item)
    return body is not None and (
        body.get("type") == "node" or "message" in body or "content" in body
    )


def _content_of(message: object) -> Any:
    """Return the segments or the CQ string of one forwarded message."""
    body = mapping(message)
    if body is None:
        return ()
    if body.get("type") == "node":
        body = mapping(body.get("data")) or {}
    return body.get("message") or body.get("content") or ()


def parse_cq(text: str) -> list[Segment]:
    """Parse a CQ string; what is no well-formed CQ code stays text."""
    parts: list[Segment] = []
    end = 0
    for match in _CQ.finditer(text):
        if match.start() > end:
            parts.append(Segment("text", {"text": _unescape(text[end : match.start()])}))
        data: dict[str, str] = {}
        for pair in match["params"].split(",")[1:]:
            key, _, value = pair.partition("=")
            data[key.strip()] = _unescape(value)
        parts.append(Segment(match["type"], data))
        end = match.end()
    if end < len(text):
        parts.append(Segment("text", {"text": _unescape(text[end:])}))
    return parts


def _unescape(text: str) -> str:
    return (
        text.replace("&#91;", "[").replace("&#93;", "]").replace("&#44;", ",").replace("&amp;", "&")
    )


def _segments(message: str | Iterable[SegmentLike | Mapping[str, Any]]) -> Iterator[Segment]:
    if isinstance(message, str):
        yield from parse_cq(message)[:MAX_SEGMENTS]
        return
    if not isinstance(message, Iterable):
        return
    for index, item in enumerate(message):
        if index == MAX_SEGMENTS:
            return
        if (plain := mapping(item)) is not None:
            yield Segment(str(plain.get("type", "")), mapping(plain.get("data")) or {})
        elif (data := mapping(getattr(item, "data", None))) is not None:
            yield Segment(str(getattr(item, "type", "")), data)


def _own_text(data: Mapping[str, Any]) -> str:
    return str(data.get("text") or "").replace(_UNSUPPORTED, "")


def _integer(value: object) -> int | None:
    try:
        return int(str(value)) or None
    except ValueError:
        return None


def _file_name(data: Mapping[str, Any]) -> str:
    """Return the file's name: `name` on SnowLuma and go-cqhttp, `file` on NapCat and LLBot."""
    for key in ("name", "file_name", "file"):
        if value := data.get(key):
            return str(value)
    return ""
