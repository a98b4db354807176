"""Reduce the cards that gateways hand over (ark JSON, XML shares) to what a judge can use."""

import base64
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

MAX_CARD = 20_000
"""Characters of a card that are read."""
_MAX_TITLE, _MAX_URLS = 500, 4000
_PREVIEWED = 10
"""Lines of a forward's preview that are read; QQ shows four."""
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Card:
    """An ark card (JSON) or XML share reduced to what a judge can use.

    `kind` is one of group, person, invite, miniapp, share, forward, announcement, other.
    """

    kind: str
    app: str
    title: str
    url: str


def mapping(value: object) -> Mapping[str, Any] | None:
    """Return `value` where it is a mapping."""
    if isinstance(value, dict):
        return cast(Mapping[str, Any], value)
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else None


def contact_card(data: Mapping[str, Any]) -> Card:
    """Read a `contact` segment: a group or a person recommended."""
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


def card_of(kind: str, data: str) -> Card:
    """Read a card: `kind` is json or xml; never raises."""
    data = data[:MAX_CARD]
    if kind == "xml":
        return _xml_card(data)
    try:
        loaded: object = json.loads(data)
    except (ValueError, RecursionError):
        return Card("other", "broken", data[:_MAX_TITLE], "")
    body = mapping(loaded)
    if body is None:
        return Card("other", "broken", "", "")
    app = str(body.get("app") or "")
    prompt = str(body.get("prompt") or "")
    bizsrc = str(body.get("bizsrc") or "")
    entries = (mapping(value) for value in (mapping(body.get("meta")) or _NOTHING).values())
    detail = next((entry for entry in entries if entry is not None), _NOTHING)
    return Card(
        kind=_card_kind(app, bizsrc, prompt, detail),
        app=app,
        title=_card_title(prompt, detail),
        url=" ".join(
            str(detail[key])
            for key in ("qqdocurl", "jumpUrl", "url", "musicUrl")
            if detail.get(key)
        )[:_MAX_URLS],
    )


def share_card(data: Mapping[str, Any]) -> Card:
    """Read a `share` segment, or a `music` segment with a title and an address of its own."""
    title = f"{data.get('title') or ''} {data.get('content') or ''}".strip()
    url = str(data.get("url") or data.get("jumpUrl") or "")
    return Card("share", "share", title[:_MAX_TITLE], url[:_MAX_URLS])


# Group and person cards of older clients: `actionData="group:123"`, `brief="推荐群聊：…"`.
_XML_GROUP = re.compile(r'actionData="group:|brief="推荐群|serviceID="15"')
_XML_BRIEF = re.compile(r'brief="([^"]{1,200})"')
_XML_PERSON = re.compile(r'OpenContactInfo|brief="推荐(?:联系人|好友|了)|serviceID="14"')


def _xml_card(data: str) -> Card:
    urls = re.findall(r'url="([^"]{1,2000})"', data)
    words = [*_XML_BRIEF.findall(data)[:1], *re.findall(r">([^<>]+)<", data)]
    title = html.unescape(" ".join(words))[:_MAX_TITLE]
    return Card(_xml_kind(data), "xml", title, html.unescape(" ".join(urls))[:_MAX_URLS])


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
    parts: list[str] = [prompt]
    coded = detail.get("encode") == 1
    for key in ("title", "text" if coded else "desc"):
        words = str(detail.get(key) or "")
        parts.append(_decoded(words) if coded else words)
    news = detail.get("news")
    if isinstance(news, list):
        lines = map(mapping, cast(list[object], news)[:_PREVIEWED])
        parts += (str(line.get("text") or "") for line in lines if line is not None)
    return " ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))[:_MAX_TITLE]


def _decoded(words: str) -> str:
    """Return the words of a group announcement, which come in base64."""
    try:
        return base64.b64decode(words, validate=True).decode()
    except ValueError:
        return words
