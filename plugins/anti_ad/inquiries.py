"""Ask what the QR codes in a message's pictures lead to.

The rules for links are those of the words (rules.py); what only codes contain, such as payment, is
told by how it begins. A code that shares something of Pinduoduo's is what the group is for.
"""

import re
from dataclasses import dataclass

from pinbang.moderation.inquiring import Media, inquiry
from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.reading import MessageView
from pinbang.moderation.weighing import Clue, weigh
from pinbang.text.links import find_links
from pinbang.text.share_texts import find_share_text

from .rules import Destination, aid_relief, destination


@dataclass(frozen=True)
class _Kind:
    """A kind of code: what it counts as, and how much it says."""

    label: str
    severity: Severity
    clue: Clue


_LEADS_AWAY = "站外引流"

_GROUP = _Kind(_LEADS_AWAY, Severity.LIGHT, Clue(1.6, "图片里有加群二维码", firm=True))
_PERSON = _Kind(_LEADS_AWAY, Severity.LIGHT, Clue(1.6, "图片里有加好友二维码", firm=True))
_CONTACT = _Kind(
    _LEADS_AWAY, Severity.LIGHT, Clue(1.6, "图片里的二维码通向别的群或私人联系方式", firm=True)
)
_ACCOUNT = _Kind(_LEADS_AWAY, Severity.LIGHT, Clue(1.0, "图片里有公众号二维码"))
_PAYMENT = _Kind("收款码", Severity.MEDIUM, Clue(1.6, "图片里有收款二维码", firm=True))
_IMITATION = _Kind(
    "仿冒拼多多", Severity.MEDIUM, Clue(1.6, "图片里的二维码仿冒拼多多的网址", firm=True)
)
_HIDDEN = _Kind(_LEADS_AWAY, Severity.LIGHT, Clue(1.4, "图片里的二维码是短链接，看不出去向"))
_STRANGE = _Kind(_LEADS_AWAY, Severity.LIGHT, Clue(1.4, "图片里的二维码通向白名单以外的网站"))

_DESTINATIONS = {
    Destination.CONTACT: _CONTACT,
    Destination.IMITATION: _IMITATION,
    Destination.HIDDEN: _HIDDEN,
    Destination.STRANGE: _STRANGE,
}

# How the codes begin that the apps themselves make; the first that fits counts. From the codes of
# WeChat, WeCom, QQ, Alipay, UnionPay and DingTalk as members show them, 2026-11.
_BEGINNINGS = tuple(
    (re.compile(expression, re.IGNORECASE), kind)
    for expression, kind in (
        (r"wxp://|weixin://wxpay/|https?://(?:payapp|wxpay)\.weixin\.qq\.com/", _PAYMENT),
        (r"https?://wx\.tenpay\.com/|https?://i\.qianbao\.qq\.com/", _PAYMENT),
        (r"https?://(?:qr|mobilecodec)\.alipay\.com/|alipay(?:s|qr)?://", _PAYMENT),
        (r"https?://qr\.95516\.com/", _PAYMENT),
        (r"https?://weixin\.qq\.com/g/|https?://work\.weixin\.qq\.com/gm/", _GROUP),
        (r"https?://qr\.dingtalk\.com/action/joingroup", _GROUP),
        (r"https?://(?:jq|qun)\.qq\.com/|mqqapi://card/[^#]*card_type=group", _GROUP),
        (r"https?://qm\.qq\.com/cgi-bin/qm/qr|https?://qm\.qq\.com/q/", _GROUP),
        (r"https?://u\.wechat\.com/|https?://work\.weixin\.qq\.com/", _PERSON),
        (r"https?://wework\.qpic\.cn/|https?://ti\.qq\.com/open_qq/", _PERSON),
        (r"mqqapi://card/|weixin://(?:contacts|dl/add)|BEGIN:VCARD|MECARD:", _PERSON),
        (r"https?://weixin\.qq\.com/r/", _ACCOUNT),
    )
)


@inquiry("ad", title="广告", rule="不发广告、二维码和站外引流")
async def shows_a_code(message: MessageView, media: Media) -> Finding | None:
    """Object to QR codes that lead to a group, a person, a payment or an unknown website.

    Words of a request for help beside the picture speak for a website nobody knows, since
    Pinduoduo's campaigns change theirs; they do not speak for anything else.
    """
    kinds = list(dict.fromkeys(kind for kind in map(kind_of, await media.codes()) if kind))
    if not kinds:
        return None
    worst = max(kinds, key=lambda kind: (kind.severity, kind.clue.weight))
    clues = [kind.clue for kind in kinds]
    return Finding(
        "ad",
        worst.label,
        worst.severity,
        round(weigh(clues, relief=aid_relief(message.normalised.text)), 3),
        tuple(clue.reason for clue in sorted(clues, key=lambda clue: -clue.weight)),
    )


def kind_of(code: str) -> _Kind | None:
    """Tell what a code leads to; None for Pinduoduo, well-known sites and whatever is no link."""
    code = code.strip()
    for beginning, kind in _BEGINNINGS:
        if beginning.match(code):
            return kind
    found = (_DESTINATIONS.get(destination(link)) for link in find_links(code))
    worst = max((kind for kind in found if kind), key=lambda kind: kind.clue.weight, default=None)
    if worst in (_HIDDEN, _STRANGE) and find_share_text(code) is not None:
        return None
    return worst
