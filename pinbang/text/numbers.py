"""Find numbers and names under which somebody is reached outside the group.

They are found where a cue says what they are (微信号, 加q, 群号), because bare digits in a
Pinduoduo group are mostly orders, parcels, goods and prices. Only mobile numbers have a shape of
their own. Spans serve as evidence that there is a contact; the number itself is personal data and
belongs in no evidence text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

ContactKind = Literal["wechat", "qq", "group", "phone"]


@dataclass(frozen=True)
class Contact:
    """A way to reach somebody, standing at `text[start:end]` of a normalised text."""

    kind: ContactKind
    start: int
    end: int


_DIGITS = r"[1-9](?:[ \-]?\d){4,10}(?!\d)(?!\.\d)(?! ?[元块折%米斤克位人次个])"
# A name starts with a letter; products and protocols that follow 微信 in ordinary talk are none.
_NAME = (
    r"(?!(?:https?|www|iphone|ipad|ios|android|windows|macos|huawei|xiaomi|redmi|version)(?![a-z]{3}))"
    r"[a-z][a-z0-9_\-]{5,19}(?![a-z0-9_\-.])"
)
_MARK = r"(?:号码?|id|账号)?[+加]?(?: ?[:=是] ?| {1,3})?"
_WECHAT = re.compile(
    r"(?:微信|(?<![a-z0-9])(?:vx|wx)|(?<![a-z0-9])v(?=号? ?:)"
    r"|(?:(?<=[加扫])|(?<=加我))(?:v|微(?!信))|微(?= ?:)|电微)"
    rf"(?:同步|同号)?{_MARK}(?P<id>{_NAME}|1[3-9]\d[ \-]?\d{{4}}[ \-]?\d{{4}}(?!\d)|{_DIGITS})"
)
_QQ = re.compile(
    r"(?:(?<![a-z0-9])qq|(?:(?<=[加+])|(?<=联系)|(?<=滴滴))q|(?<![a-z0-9])q(?=号? ?:)"
    r"|(?<=加)扣|扣扣|企鹅)"
    rf"(?!群){_MARK}(?P<id>{_DIGITS})"
)
_GROUP = re.compile(
    r"(?:(?:加|进|入|来|q|本|新|福利|企鹅|羊毛|线报|优惠|内部|红包|扣)群|群(?=号))"
    r"(?:聊|号码?|id)?(?:看看|了解|领取)?[: ,]{0,3}"
    r"(?P<id>[1-9](?:[ \-]?\d){5,10}(?!\d)(?! ?[元块折%位人次个]))"
)
_PHONE = re.compile(r"(?<!\d)(?:\+?86[ \-]?)?(?P<id>1[3-9]\d[ \-]?\d{4}[ \-]?\d{4})(?!\d)")
_PATTERNS: tuple[tuple[ContactKind, re.Pattern[str]], ...] = (
    ("wechat", _WECHAT),
    ("qq", _QQ),
    ("group", _GROUP),
    ("phone", _PHONE),
)


def find_contacts(text: str) -> Iterator[Contact]:
    """Yield the contacts in a normalised text: WeChat ids, then QQ, group and phone numbers.

    One number is reported once, under the first kind whose cue it follows.
    """
    taken = bytearray(len(text))
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("id")
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                yield Contact(kind, start, end)
