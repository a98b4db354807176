"""Turn a gateway's message payload into the one frozen view that every judge shares."""

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, cast

from pinbang.text.links import Link, find_links
from pinbang.text.normalise import Normalised, normalise
from pinbang.text.tokenise import tokenise

MAX_TEXT = 10_000
"""Characters of own text that are read; QQ itself cuts messages near 5,000."""
MAX_SEGMENTS = 500
MAX_CARD = 20_000
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
class Card:
    """An ark card (JSON) or XML share reduced to what a judge can use.

    `kind` is one of group, person, invite, miniapp, share, forward, announcement, other.
    """

    kind: str
    app: str
    title: str
    url: str


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
    it in.
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
    lately: tuple[EarlierMessage, ...] = ()

    @cached_property
    def readable(self) -> str:
        """Everything a person would read: own text, markdown, card titles, file names."""
        parts = [self.text, self.markdown, *(card.title for card in self.cards), *self.file_names]
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
    texts: list[str] = []
    mentions: list[int] = []
    cards: list[Card] = []
    images: list[str] = []
    files: list[str] = []
    forwards: list[str] = []
    markdown: list[str] = []
    reply_to: int | None = None
    mentions_all = False
    for segment in segments:
        data = segment.data
        match segment.type:
            case "text":
                texts.append(str(data.get("text") or "").replace(_UNSUPPORTED, ""))
            case "at":
                target = str(data.get("qq", ""))
                if target == "all":
                    mentions_all = True
                elif target.isdecimal() and len(target) <= _MAX_ID_DIGITS:
                    mentions.append(int(target))
            case "reply":
                reply_to = _integer(data.get("id"))
            case "image" | "mface":
                if url := str(data.get("url") or ""):
                    images.append(url)
            case "json" | "xml":
                cards.append(_card(segment.type, str(data.get("data") or "")[:MAX_CARD]))
            case "contact":
                cards.append(_contact(data))
            case "share":
                title = f"{data.get('title') or ''} {data.get('content') or ''}"
                cards.append(Card("share", "share", title.strip(), str(data.get("url") or "")))
            case "markdown":
                markdown.append(str(data.get("content") or ""))
            case "file":
                files.append(_file_name(data))
            case "forward":
                forwards.append(str(data.get("id") or ""))
            case _:
                pass
    return MessageView(
        message_id=message_id,
        group_id=group_id,
        user_id=user_id,
        self_id=self_id,
        time=time,
        role=role if role in _ROLES else None,
        text="".join(texts)[:MAX_TEXT].strip(),
        segments=segments,
        reply_to=reply_to,
        mentions=tuple(mentions),
        mentions_all=mentions_all,
        addressed=self_id in mentions,
        cards=tuple(cards),
        image_urls=tuple(images),
        file_names=tuple(name for name in files if name),
        forwards=tuple(forwards),
        markdown="\n".join(markdown)[:MAX_TEXT],
    )


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


def _segments(message: str | Iterable[SegmentLike | Mapping[str, Any]]) -> Iterable[Segment]:
    if isinstance(message, str):
        yield from parse_cq(message)[:MAX_SEGMENTS]
        return
    if not isinstance(message, Iterable):
        return
    for index, item in enumerate(message):
        if index == MAX_SEGMENTS:
            return
        if (plain := _mapping(item)) is not None:
            yield Segment(str(plain.get("type", "")), _mapping(plain.get("data")) or {})
        elif (data := _mapping(getattr(item, "data", None))) is not None:
            yield Segment(str(getattr(item, "type", "")), data)


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


def _contact(data: Mapping[str, Any]) -> Card:
    kind = "group" if data.get("type") == "group" else "person"
    return Card(kind, "contact", str(data.get("id") or ""), "")


# App names and shapes: ../shared/gateway/README.md, 1.5 Cards.
_CARD_APPS = {
    "com.tencent.troopsharecard": "group",
    "com.tencent.qun.invite": "invite",
    "com.tencent.multimsg": "forward",
    "com.tencent.mannounce": "announcement",
    "com.tencent.structmsg": "share",
}


def _card(kind: str, data: str) -> Card:
    if kind == "xml":
        urls = re.findall(r'url="([^"]{1,2000})"', data)
        text = " ".join(re.findall(r">([^<>]+)<", data))
        return Card(
            _xml_kind(data), "xml", html.unescape(text)[:500], html.unescape(" ".join(urls))
        )
    try:
        loaded: object = json.loads(data)
    except (ValueError, RecursionError):
        return Card("other", "broken", data[:500], "")
    body = _mapping(loaded)
    if body is None:
        return Card("other", "broken", "", "")
    app = str(body.get("app") or "")
    prompt = str(body.get("prompt") or "")
    bizsrc = str(body.get("bizsrc") or "")
    entries = (_mapping(value) for value in (_mapping(body.get("meta")) or {}).values())
    nothing: Mapping[str, Any] = {}
    detail = next((entry for entry in entries if entry is not None), nothing)
    return Card(
        kind=_card_kind(app, bizsrc, prompt, detail),
        app=app,
        title=_card_title(prompt, detail),
        url=" ".join(
            str(detail[key])
            for key in ("qqdocurl", "jumpUrl", "url", "musicUrl")
            if detail.get(key)
        )[:4000],
    )


def _mapping(value: object) -> Mapping[str, Any] | None:
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else None


# Group and person cards of older clients: `actionData="group:123"`, `brief="推荐群聊：…"`.
_XML_GROUP = re.compile(r'actionData="group:|brief="推荐群|serviceID="15"')
_XML_PERSON = re.compile(r'OpenContactInfo|brief="推荐(?:联系人|好友|了)|serviceID="14"')


def _xml_kind(data: str) -> str:
    if _XML_GROUP.search(data):
        return "group"
    return "person" if _XML_PERSON.search(data) else "other"


def _card_kind(app: str, bizsrc: str, prompt: str, detail: Mapping[str, Any]) -> str:
    if app.startswith("com.tencent.miniapp"):
        return "miniapp"
    if bizsrc in {"qun.invite", "qun.share"}:
        return "invite"
    if app == "com.tencent.contact.lua":
        # The rest of the prompt is the name, which may have a 群 in it for a person too.
        tag = str(detail.get("tag") or "") or prompt.replace("：", ":").partition(":")[0]
        return "group" if "群" in tag else "person"
    return _CARD_APPS.get(app, "other")


def _card_title(prompt: str, detail: Mapping[str, Any]) -> str:
    parts: Sequence[str] = [prompt, *(str(detail.get(key) or "") for key in ("title", "desc"))]
    return " ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))[:500]
