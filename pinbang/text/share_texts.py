"""Recognise the texts Pinduoduo's app writes when a member shares something.

What the app puts on the clipboard is not documented and changes; the forms below are those met
in public talk about it (shared notes: gateway/README.md 1.5). A code alone proves nothing: other
shops use the same signs, so their names rule a text out.
"""

import re
from dataclasses import dataclass
from typing import Literal

from pinbang.text.links import find_links, is_pinduoduo

ShareKind = Literal["link", "code", "phrase"]


@dataclass(frozen=True)
class ShareText:
    """A recognised share: `kind` is its surest sign, `text[start:end]` where that sign stands."""

    kind: ShareKind
    start: int
    end: int


_FENCE = "￥¥$€₤₴₳₰₽"
_CODE = re.compile(rf"[{_FENCE}(（《][ ]?(?P<code>[0-9A-Za-z]{{8,14}})[ ]?[{_FENCE})）》]")
_NAMED_CODE = re.compile(
    r"(?:口令|助力码|邀请码|拼多多)[：: ]{0,3}(?P<code>[0-9A-Za-z]{6,14})(?![0-9A-Za-z])"
)
_PINDUODUO_NAME = re.compile(r"拼多多|pdd|拼夕夕|多多果园|多多牧场", re.IGNORECASE)
_OTHER_SHOP = re.compile("淘宝|天猫|京东|支付宝|抖音|快手|美团|饿了么|闲鱼|唯品会|1688")
_PHRASE = re.compile(
    r"帮我砍一刀|快帮我点一下|是朋友就帮我点一下|在吗[？?]?给你发红包了[，, ]?记得领"
    r"|复制(?:此|这|本)?(?:条)?(?:消息|口令|信息|内容).{0,6}打开拼多多"
    r"|打开拼多多.{0,6}(?:助力|帮我|领取|参与|点一下|查看|就行|即可)"
    r"|我在拼多多.{0,16}(?:帮我|助力|砍价|快来)"
    r"|帮我(?:助力|点|砍)一下[，, ]?(?:一起)?(?:领|得|拿)(?:现金|红包|福利)"
)


def find_share_text(text: str) -> ShareText | None:
    """Return the surest sign that `text`, as written, was shared from Pinduoduo, or None.

    A link on Pinduoduo's hosts counts most, then a code (口令) beside Pinduoduo's name or a share
    phrase, then a phrase alone.
    """
    for link in find_links(text):
        if is_pinduoduo(link.host):
            return ShareText("link", link.start, link.end)
    phrase = _PHRASE.search(text)
    code = _CODE.search(text) or _NAMED_CODE.search(text)
    if code is not None and _OTHER_SHOP.search(text) is None:
        if phrase is not None or _PINDUODUO_NAME.search(text) is not None:
            return ShareText("code", *code.span("code"))
        if "口令" in text and "助力" in text:
            return ShareText("code", *code.span("code"))
    if phrase is not None:
        return ShareText("phrase", *phrase.span())
    return None
