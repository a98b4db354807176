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
from pinbang.moderation.lexicon import load_expressions, load_keys, load_lines, pairs_in
from pinbang.moderation.reading import MessageView
from pinbang.moderation.scoring import trained_points, without_links
from pinbang.moderation.weighing import Clue, weigh
from pinbang.text.links import is_pinduoduo
from pinbang.text.numbers import find_contacts

from .rules import Destination, aid_relief, destination

_MIN_SCORE = 0.2
"""Below this there is nothing worth telling the guard."""
_SURE = 0.75
"""Two points: what a severe finding must reach."""
MAX_READ = 1200
"""Characters that are read: the beginning and the end of a longer text."""

_LEXICON = Path(__file__).parent / "lexicon"
_NAMES = dict(line.split("=", 1) for line in load_lines(_LEXICON / "names.txt"))


def _lexicon(name: str) -> re.Pattern[str]:
    return load_expressions(_LEXICON / f"{name}.txt", _NAMES)


_CONTACT_WORDS = {
    "wechat": "留了微信等站外联系方式",
    "qq": "留了 QQ 号",
    "group": "留了其他群的群号",
}


@dataclass(frozen=True)
class _Topic:
    """Words that speak of one kind of offer; the first weighs `weight`, more add a little.

    A `firm` one is not excused by what an aid request consists of.
    """

    name: str
    weight: float
    severity: Severity
    label: str
    reason: str
    firm: bool
    pattern: re.Pattern[str]
    keys: frozenset[str]


def _topic(  # noqa: PLR0913 -- reads as one row of a table
    name: str, weight: float, severity: Severity, label: str, reason: str, *, firm: bool = False
) -> _Topic:
    keys = load_keys(_LEXICON / "keys" / f"{name}.txt")
    return _Topic(name, weight, severity, label, reason, firm, _lexicon(name), keys)


_PLAIN = "广告"
_AWAY = "站外引流"
_HIRED = "hired_help"
_MORE_SIGNS, _MAX_MORE = 0.4, 2

_LIGHT, _MEDIUM, _SEVERE = Severity.LIGHT, Severity.MEDIUM, Severity.SEVERE

_TOPICS = (
    _topic("ask_contact", 0.9, _LIGHT, _AWAY, "请人加站外联系方式"),
    _topic("avatar", 1.0, _LIGHT, _AWAY, "让人看头像、相册或主页找联系方式"),
    _topic("name_ad", 1.4, _LIGHT, _AWAY, "让人看名字找联系方式或资源"),
    _topic("private", 0.6, _LIGHT, _PLAIN, "请人私下联系"),
    _topic("bait", 0.7, _LIGHT, _PLAIN, "用含糊的好处引人来问"),
    _topic("scan", 1.4, _LIGHT, _AWAY, "请人扫码或点链接进别的群", firm=True),
    _topic("other_group", 0.95, _LIGHT, _PLAIN, "推广别的群"),
    _topic("numbers_only", 0.8, _LIGHT, _AWAY, "让人来一个只给出号码的地方"),
    _topic("free_gift", 0.5, _LIGHT, _PLAIN, "用免费、福利或红包招人"),
    _topic(_HIRED, 0.95, _LIGHT, "有偿代砍", "有偿代砍、代助力"),
    _topic("hired_terms", 0.8, _LIGHT, "有偿代砍", "写着代做的价钱或条件"),
    _topic("trade_account", 1.4, _LIGHT, "账号卡券买卖", "买卖账号、卡券或接码"),
    _topic("accounts", 1.35, _LIGHT, "账号流量买卖", "买卖账号、粉丝、会员或代理线路"),
    _topic("spam_tools", 1.5, _LIGHT, _PLAIN, "卖群发、采集、加粉一类的软件或服务"),
    _topic("game_trade", 1.0, _LIGHT, "外挂代练", "推销外挂、私服、代练或游戏账号"),
    _topic("job", 0.9, _MEDIUM, "兼职推广", "招兼职或代理"),
    _topic("job_pay", 0.8, _MEDIUM, "兼职推广", "许诺报酬"),
    _topic("fake_orders", 1.5, _SEVERE, "刷单推广", "招揽刷单、补单"),
    _topic("goods", 0.9, _MEDIUM, "商品推销", "推销商品"),
    _topic("goods_terms", 0.5, _LIGHT, _PLAIN, "写着售卖条件"),
    _topic("loan", 1.0, _MEDIUM, "贷款推广", "推广贷款"),
    _topic("loan_terms", 0.7, _MEDIUM, "贷款推广", "写着额度、利息或下款"),
    _topic("papers", 1.35, _MEDIUM, "假证假票", "代办证件或代开发票"),
    _topic("underground", 1.35, _MEDIUM, "黑灰产推广", "招揽跑分、收卡、卖数据一类的灰色生意"),
    _topic("banter", 0.9, _LIGHT, _PLAIN, "用着引流、跑分或色情行当的字眼"),
    _topic("crypto", 1.35, _MEDIUM, "投资推广", "推广虚拟币或投资项目"),
    _topic("gambling", 1.35, _SEVERE, "赌博推广", "推广赌博", firm=True),
    _topic("gambling_names", 1.0, _MEDIUM, "赌博推广", "提到赌博的玩法、场所或行话", firm=True),
    _topic("sex_hints", 1.0, _MEDIUM, "色情招揽", "用着色情行当的暗语", firm=True),
    _topic("sex", 1.35, _SEVERE, "色情招揽", "招揽色情", firm=True),
    _topic("porn", 1.35, _SEVERE, "色情招揽", "兜售色情内容或服务", firm=True),
    _topic("lewd", 1.35, _LIGHT, "低俗色情", "露骨的色情内容", firm=True),
)


def _by_key() -> dict[str, tuple[_Topic, ...]]:
    table: dict[str, list[_Topic]] = {}
    for topic in _TOPICS:
        for key in topic.keys:
            table.setdefault(key, []).append(topic)
    return {key: tuple(topics) for key, topics in table.items()}


_BY_KEY = _by_key()
_KEYS = frozenset(_BY_KEY)
_RANK = {topic.name: rank for rank, topic in enumerate(_TOPICS)}

_CODED = _lexicon("coded_contact")
_CODED_CLUE = Clue(1.5, "号码、网址写得躲躲闪闪，暗示微信、QQ或网站", firm=True)
_HANDLE = _lexicon("handle")
_HANDLE_CLUE = Clue(0.8, "留了站外软件的账号")
_SALE = _lexicon("sale")
_SALE_CLUE = Clue(1.35, "开口就是出、收账号或软件")
_SALE_STARTS = "出售收卖买"
_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?!\d)")
_PHONE_CLUE = Clue(0.5, "留了手机号")

_ABOUT_ADS = _lexicon("about_ads")
_NEGATION = _lexicon("negation")
_ABOUT_ADS_RELIEF, _NEGATION_RELIEF = 1.5, 0.8

_PINDUODUO_RELIEF = 0.4

_CARD_CLUES = {
    "group": Clue(1.6, "分享了群名片", firm=True),
    "invite": Clue(1.6, "发了入群邀请", firm=True),
    "person": Clue(1.0, "分享了个人名片", firm=True),
}

_DIGITS = re.compile(r"\d{3}")
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
    if len(text) > MAX_READ:
        text = f"{text[: MAX_READ // 2]}\n{text[-MAX_READ // 2 :]}"
    # What a card says was not written by who shares it: 群公告 reads like an advertisement.
    trained = trained_points(_own_words(message, text), "ad") if message.has_words else 0.0
    topics = _topics_of(text)
    reaches = [
        *_contact_clues(text, offering=bool(topics)),
        *_card_clues(message),
        *(_link_clues(message, text) if _may_link(message, text) else ()),
    ]
    if not (trained or topics or reaches):
        return None
    doubt = 0.0
    if not topics and not reaches and _says_little(text):
        doubt += _LITTLE_RELIEF
    if not any(clue.firm for clue in reaches) and _QUESTION.search(text) is not None:
        doubt += _QUESTION_RELIEF
    if _ABOUT_ADS.search(text) is not None:
        doubt += _ABOUT_ADS_RELIEF
    elif _NEGATION.search(text) is not None:
        doubt += _NEGATION_RELIEF
    clues = [
        *([Clue(trained, _TRAINED)] if trained else ()),
        *(Clue(weight, topic.reason, firm=topic.firm and not doubt) for topic, weight in topics),
        *reaches,
    ]
    hired = any(topic.name == _HIRED for topic, _ in topics)
    score = weigh(clues, relief=doubt + _relief(message, text, hired=hired))
    if score < _MIN_SCORE:
        return None
    worst = max((topic for topic, _ in topics), key=_gravity, default=None)
    reachable = any(clue.reason in _REACH_REASONS for clue in reaches)
    clues.sort(key=lambda clue: -clue.weight)
    return Finding(
        "ad",
        _label(worst, reachable=reachable),
        _severity(worst, score, reachable=reachable),
        round(score, 3),
        tuple(dict.fromkeys(clue.reason for clue in clues)),
        # Two words of one kind of offer, or words and the impression they make, are one ground.
        grounds=len({topic.label for topic, _ in topics if topic.label != _PLAIN}) + reachable,
    )


_LITTLE = 9
_LITTLE_RELIEF = 0.3
"""Points off a few words that only sound like an advertisement: a number and 找我打这个 do."""


def _says_little(text: str) -> bool:
    return sum("\u4e00" <= character <= "\u9fff" for character in text[: 4 * _LITTLE]) < _LITTLE


def _may_link(message: MessageView, text: str) -> bool:
    return bool(message.cards) or "." in text or "点" in text or "。" in text


def _own_words(message: MessageView, text: str) -> str:
    """Leave harmless links out: most ads have a link, but so have many aid requests."""
    harmless = {Destination.PINDUODUO, Destination.HARMLESS}
    links = message.links if "." in text else ()
    if links and all(destination(link) in harmless for link in links):
        return without_links(text)
    return text


def _topics_of(text: str) -> list[tuple[_Topic, float]]:
    keys = _KEYS & pairs_in(text)
    if not keys:
        return []
    found: list[tuple[_Topic, float]] = []
    likely = {topic.name: topic for key in keys for topic in _BY_KEY[key]}
    for topic in sorted(likely.values(), key=lambda topic: _RANK[topic.name]):
        signs = {match.group() for match in topic.pattern.finditer(text)}
        if signs:
            found.append((topic, topic.weight + _MORE_SIGNS * min(len(signs) - 1, _MAX_MORE)))
    return found


_QUESTION = _lexicon("question")
_QUESTION_RELIEF = 0.45


def _gravity(topic: _Topic) -> tuple[int, bool, float]:
    return topic.severity, topic.label != _PLAIN, topic.weight


def _label(worst: _Topic | None, *, reachable: bool) -> str:
    if worst is None or worst.label == _PLAIN:
        return "站外引流" if reachable else _PLAIN
    return worst.label


def _severity(worst: _Topic | None, score: float, *, reachable: bool) -> Severity:
    """Count an offer in full only when it says where to turn to, as severe only when sure."""
    if worst is None:
        return Severity.LIGHT
    if not reachable:
        return Severity(max(worst.severity - 1, Severity.LIGHT))
    return min(worst.severity, Severity.SEVERE if score >= _SURE else Severity.MEDIUM)


# 机器人QQ是…吗, 群号…是不是官方群: who asks about a number does not offer it.
_ASKS = re.compile(r"吗(?![啡丁])|是不是|是否|[?]\s*$")
_CONTACT_WEIGHT, _ASKED_WEIGHT = 1.5, 0.9


def _contact_clues(text: str, *, offering: bool) -> list[Clue]:
    clues: list[Clue] = []
    if _CONTACT_HINT.search(text) is not None:
        asked = not offering and _ASKS.search(text) is not None
        weight = _ASKED_WEIGHT if asked else _CONTACT_WEIGHT
        kinds = dict.fromkeys(contact.kind for contact in find_contacts(text))
        clues += (
            Clue(weight, _CONTACT_WORDS[kind], firm=True)
            for kind in kinds
            if kind in _CONTACT_WORDS
        )
    if _DIGITS.search(text) is not None:
        if not clues and _CODED.search(text) is not None:
            clues.append(_CODED_CLUE)
        if offering and not clues and _PHONE.search(text) is not None:
            clues.append(_PHONE_CLUE)
    if ("@" in text or offering) and _HANDLE.search(text) is not None:
        clues.append(_HANDLE_CLUE)
    if text[:1] in _SALE_STARTS and _SALE.search(text) is not None:
        clues.append(_SALE_CLUE)
    return clues


def _card_clues(message: MessageView) -> Iterator[Clue]:
    for kind in dict.fromkeys(card.kind for card in message.cards):
        if kind in _CARD_CLUES:
            yield _CARD_CLUES[kind]


_GROUP_LINK = Clue(1.6, "链接打开的是别的群或私人联系方式", firm=True)
_FALSE_LINK = Clue(1.5, "链接仿冒拼多多", firm=True)
_SHORT_LINK = Clue(0.9, "短链接看不出去向")
_STRANGE_LINK = Clue(0.7, "链接指向本群白名单以外的网站")
_HARMLESS_LINK = Clue(0.1, "带有站外链接")
_LINK_CLUES = {
    Destination.CONTACT: _GROUP_LINK,
    Destination.IMITATION: _FALSE_LINK,
    Destination.HIDDEN: _SHORT_LINK,
    Destination.STRANGE: _STRANGE_LINK,
    Destination.HARMLESS: _HARMLESS_LINK,
}


_OPEN_IT = _lexicon("open_it")
_OPEN_CLUE = Clue(0.6, "要人打开陌生链接")
_REACH_REASONS = frozenset(
    {
        *_CONTACT_WORDS.values(),
        *(clue.reason for clue in _CARD_CLUES.values()),
        *(clue.reason for clue in (_GROUP_LINK, _FALSE_LINK, _SHORT_LINK, _STRANGE_LINK)),
        *(clue.reason for clue in (_CODED_CLUE, _HANDLE_CLUE, _PHONE_CLUE)),
    }
)


def _link_clues(message: MessageView, text: str) -> list[Clue]:
    found = (_LINK_CLUES.get(destination(link)) for link in message.links)
    clues = list(dict.fromkeys(clue for clue in found if clue is not None))
    unknown = _SHORT_LINK in clues or _STRANGE_LINK in clues
    if unknown and _OPEN_IT.search(text) is not None:
        clues.append(_OPEN_CLUE)
    return clues


def _relief(message: MessageView, text: str, *, hired: bool) -> float:
    """Return the points that asking for help takes off.

    Whoever sells help talks of 助力 too: for `hired` messages the words of aid count nothing.
    """
    relief = 0.0 if hired else aid_relief(text)
    if any(is_pinduoduo(link.host) for link in message.links):
        relief += _PINDUODUO_RELIEF
    return relief
