"""Judge whether a message advertises or leads members away from the group.

The score is the sum of the clues below, squashed (`pinbang.moderation.weighing`): with the guard's
default threshold of 0.6 a message is an ad from 1.33 points on. What an aid request contains
(助力, 砍一刀, a Pinduoduo link or 口令) takes points off the clues that are not firm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pinbang.moderation.judging import Finding, Severity, judge
from pinbang.moderation.lexicon import load_expressions
from pinbang.moderation.reading import MessageView
from pinbang.moderation.scoring import trained_points, without_links
from pinbang.moderation.weighing import Clue, weigh
from pinbang.text.links import is_pinduoduo
from pinbang.text.numbers import find_contacts

from .rules import Destination, aid_relief, destination

_MIN_SCORE = 0.2
"""Below this there is nothing worth telling the guard."""


_HERE = Path(__file__).parent

# Money per piece or per day. Prices as such are ordinary talk here and are no clue.
_NAMES = {"PRICE": r"\d{1,5}(?:\.\d{1,2})? ?(?:元|块|r(?![a-z])|米(?!\d)|毛|rmb|¥)"}


def _lexicon(name: str) -> re.Pattern[str]:
    return load_expressions(_HERE / "lexicon" / f"{name}.txt", _NAMES)


_CONTACT_WORDS = {
    "wechat": "留了微信等站外联系方式",
    "qq": "留了 QQ 号",
    "group": "留了其他群的群号",
}


@dataclass(frozen=True)
class _Topic:
    """Words that speak of one kind of offer; the first weighs `weight`, more add a little."""

    name: str
    weight: float
    severity: Severity
    label: str
    reason: str
    firm: bool
    pattern: re.Pattern[str]


def _topic(  # noqa: PLR0913 -- reads as one row of a table
    name: str, weight: float, severity: Severity, label: str, reason: str, *, firm: bool = False
) -> _Topic:
    return _Topic(name, weight, severity, label, reason, firm, _lexicon(name))


_PLAIN = "广告"
_HIRED = "hired_help"
_MORE_SIGNS, _MAX_MORE = 0.4, 2

_LIGHT, _MEDIUM, _SEVERE = Severity.LIGHT, Severity.MEDIUM, Severity.SEVERE

_TOPICS = (
    _topic("ask_contact", 0.9, _LIGHT, "站外引流", "请人加站外联系方式"),
    _topic("avatar", 1.0, _LIGHT, "站外引流", "让人看头像、相册或主页找联系方式"),
    _topic("private", 0.6, _LIGHT, _PLAIN, "请人私下联系"),
    _topic("scan", 1.4, _LIGHT, "站外引流", "请人扫码或点链接进别的群", firm=True),
    _topic("other_group", 0.95, _LIGHT, _PLAIN, "推广别的群"),
    _topic("numbers_only", 0.8, _LIGHT, "站外引流", "让人来一个只给出号码的地方"),
    _topic("free_gift", 0.5, _LIGHT, _PLAIN, "用免费、福利或红包招人"),
    _topic(_HIRED, 0.9, _LIGHT, "有偿代砍", "有偿代砍、代助力"),
    _topic("hired_terms", 0.8, _LIGHT, "有偿代砍", "写着代做的价钱或条件"),
    _topic("trade_account", 1.4, _LIGHT, "账号卡券买卖", "买卖账号、卡券或接码"),
    _topic("spam_tools", 1.5, _LIGHT, _PLAIN, "卖群发、采集、加粉一类的软件或服务"),
    _topic("job", 0.9, _MEDIUM, "兼职推广", "招兼职或代理"),
    _topic("job_pay", 0.8, _MEDIUM, "兼职推广", "许诺报酬"),
    _topic("fake_orders", 1.5, _SEVERE, "刷单推广", "招揽刷单、补单"),
    _topic("goods", 0.9, _MEDIUM, "商品推销", "推销商品"),
    _topic("goods_terms", 0.5, _LIGHT, _PLAIN, "写着售卖条件"),
    _topic("loan", 1.0, _MEDIUM, "贷款推广", "推广贷款"),
    _topic("loan_terms", 0.7, _MEDIUM, "贷款推广", "写着额度、利息或下款"),
    _topic("gambling", 1.2, _SEVERE, "赌博推广", "推广赌博", firm=True),
    _topic("sex", 1.2, _SEVERE, "色情招揽", "招揽色情", firm=True),
)

_ABOUT_ADS = _lexicon("about_ads")
_ABOUT_ADS_RELIEF = 1.5

_PINDUODUO_RELIEF = 0.4

_CARD_CLUES = {
    "group": Clue(1.6, "分享了群名片", firm=True),
    "invite": Clue(1.6, "发了入群邀请", firm=True),
    "person": Clue(1.0, "分享了个人名片", firm=True),
}

_HINT = re.compile("|".join(f"(?:{topic.pattern.pattern})" for topic in _TOPICS))
_CONTACT_HINT = re.compile(
    r"(?:微信|vx|wx|v ?(?:号 ?)?:|[加扫]我?[v微扣]|微 ?:|qq|[加+系滴]q|q(?:号 ?)?:|扣扣|企鹅|群)"
    r".{0,8}?[a-z0-9]"
)


_TRAINED = "整段话读起来像广告"


@judge("ad", title="广告", rule="不发广告、二维码和站外引流")
def advertises(message: MessageView) -> Finding | None:
    """Object to advertisements and to leading members to a private contact or another group.

    Aid requests pass: what they consist of outweighs everything but a contact, a card, gambling
    or porn. Scores of 0.6 and more (the guard's default threshold) are meant to be acted on.
    """
    text = message.normalised.text
    hinted = _HINT.search(text) is not None
    contact = _CONTACT_HINT.search(text) is not None
    # What a card says was not written by who shares it: 群公告 reads like an advertisement.
    trained = trained_points(_own_words(message, text), "ad") if message.text else 0.0
    linked = message.cards or "." in text or "点" in text or "。" in text
    if not (hinted or contact or linked or trained):
        return None
    clues: list[Clue] = [Clue(trained, _TRAINED)] if trained else []
    contacts = _contact_clues(text, asking=not hinted) if contact else []
    clues += contacts
    topics = _topics_of(text) if hinted else []
    clues += (clue for _, clue in topics)
    clues += _card_clues(message)
    clues += _link_clues(message)
    if not clues:
        return None
    hired = any(topic.name == _HIRED for topic, _ in topics)
    score = weigh(clues, relief=_relief(message, text, hired=hired))
    if score < _MIN_SCORE:
        return None
    worst = max((topic for topic, _ in topics), key=_gravity, default=None)
    reachable = bool(contacts) or not _REACH.isdisjoint(clues)
    clues.sort(key=lambda clue: -clue.weight)
    return Finding(
        "ad",
        _label(worst, reachable=reachable),
        _severity(worst, reachable=reachable),
        round(score, 3),
        tuple(dict.fromkeys(clue.reason for clue in clues)),
    )


def _own_words(message: MessageView, text: str) -> str:
    """Leave harmless links out: most ads have a link, but so have many aid requests."""
    harmless = {Destination.PINDUODUO, Destination.HARMLESS}
    links = message.links if "." in text else ()
    if links and all(destination(link) in harmless for link in links):
        return without_links(text)
    return text


def _topics_of(text: str) -> list[tuple[_Topic, Clue]]:
    found: list[tuple[_Topic, Clue]] = []
    for topic in _TOPICS:
        signs = {match.group() for match in topic.pattern.finditer(text)}
        if signs:
            weight = topic.weight + _MORE_SIGNS * min(len(signs) - 1, _MAX_MORE)
            found.append((topic, Clue(weight, topic.reason, topic.firm)))
    return found


def _gravity(topic: _Topic) -> tuple[int, bool, float]:
    return topic.severity, topic.label != _PLAIN, topic.weight


def _label(worst: _Topic | None, *, reachable: bool) -> str:
    if worst is None or worst.label == _PLAIN:
        return "站外引流" if reachable else _PLAIN
    return worst.label


def _severity(worst: _Topic | None, *, reachable: bool) -> Severity:
    """Count an offer in full only when it says where to turn to."""
    if worst is None:
        return Severity.LIGHT
    return worst.severity if reachable else Severity(max(worst.severity - 1, Severity.LIGHT))


# 机器人QQ是…吗, 群号…是不是官方群: who asks about a number does not offer it.
_ASKS = re.compile(r"吗(?![啡丁])|是不是|是否|[?]\s*$")
_CONTACT_WEIGHT, _ASKED_WEIGHT = 1.5, 0.9


def _contact_clues(text: str, *, asking: bool) -> list[Clue]:
    asked = asking and _ASKS.search(text) is not None
    weight = _ASKED_WEIGHT if asked else _CONTACT_WEIGHT
    kinds = dict.fromkeys(contact.kind for contact in find_contacts(text))
    return [
        Clue(weight, _CONTACT_WORDS[kind], firm=True) for kind in kinds if kind in _CONTACT_WORDS
    ]


def _card_clues(message: MessageView) -> Iterator[Clue]:
    for kind in dict.fromkeys(card.kind for card in message.cards):
        if kind in _CARD_CLUES:
            yield _CARD_CLUES[kind]


_GROUP_LINK = Clue(1.6, "链接打开的是别的群或私人联系方式", firm=True)
_FALSE_LINK = Clue(1.5, "链接仿冒拼多多", firm=True)
_SHORT_LINK = Clue(0.9, "短链接看不出去向")
_STRANGE_LINK = Clue(0.7, "链接指向本群白名单以外的网站")
_HARMLESS_LINK = Clue(0.1, "带有站外链接")
_REACH = frozenset({_GROUP_LINK, *_CARD_CLUES.values()})


_LINK_CLUES = {
    Destination.CONTACT: _GROUP_LINK,
    Destination.IMITATION: _FALSE_LINK,
    Destination.HIDDEN: _SHORT_LINK,
    Destination.STRANGE: _STRANGE_LINK,
    Destination.HARMLESS: _HARMLESS_LINK,
}


def _link_clues(message: MessageView) -> list[Clue]:
    clues = (_LINK_CLUES.get(destination(link)) for link in message.links)
    return list(dict.fromkeys(clue for clue in clues if clue is not None))


def _relief(message: MessageView, text: str, *, hired: bool) -> float:
    """Return the points that an innocent purpose takes off.

    Whoever sells help talks of 助力 too: for `hired` messages the words of aid count nothing.
    """
    relief = 0.0 if hired else aid_relief(text)
    if any(is_pinduoduo(link.host) for link in message.links):
        relief += _PINDUODUO_RELIEF
    if _ABOUT_ADS.search(text) is not None:
        relief += _ABOUT_ADS_RELIEF
    return relief
