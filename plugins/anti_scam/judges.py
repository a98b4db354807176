"""Judge whether a message is part of a swindle.

The score is the sum of the clues below, squashed (`pinbang.moderation.weighing`): with the guard's
default threshold of 0.6 a message is a scam from 1.33 points on. Hardly any clue suffices alone:
a swindle is a pretext together with a demand. Warnings, reports and questions take points off, and
so does a text that does not read like a swindle at all.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from pinbang.moderation.judging import Finding, Severity, judge
from pinbang.moderation.lexicon import load_expressions, load_keys, load_lines, pairs_in
from pinbang.moderation.reading import MessageView
from pinbang.moderation.scoring import AT_CAUTION, MOST, PER_LOG_ODD, shipped_scores
from pinbang.moderation.weighing import Clue, weigh
from pinbang.text.links import is_pinduoduo, looks_like_pinduoduo

_MIN_SCORE = 0.2
"""Below this there is nothing worth telling the guard."""
MAX_READ = 800
"""Characters that are read: the beginning and the end of a longer text."""

_LEXICON = Path(__file__).parent / "lexicon"

_NAMES = dict(line.split("=", 1) for line in load_lines(_LEXICON / "names.txt"))


class _Part(Enum):
    """What a sign is in a swindle: the story told, what is to be done, or the talk around it."""

    STORY = auto()
    DEMAND = auto()
    TALK = auto()


_STORY, _DEMAND, _TALK = _Part.STORY, _Part.DEMAND, _Part.TALK


@dataclass(frozen=True)
class _Sign:
    """One file of expressions: what the first and each further match weigh, and how to say so.

    At most `most` further ones count.
    """

    name: str
    part: _Part
    weight: float
    label: str
    reason: str
    more: float
    most: int
    pattern: re.Pattern[str]
    keys: frozenset[str]


def _sign(  # noqa: PLR0913 -- reads as one row of a table
    name: str,
    part: _Part,
    weight: float,
    label: str,
    reason: str,
    *,
    more: float = 0.4,
    most: int = 2,
) -> _Sign:
    pattern = load_expressions(_LEXICON / f"{name}.txt", _NAMES)
    keys = load_keys(_LEXICON / "keys" / f"{name}.txt")
    return _Sign(name, part, weight, label, reason, more, most, pattern, keys)


_SIGNS = (
    _sign("asks_code", _DEMAND, 1.4, "骗取验证码", "索要短信验证码"),
    _sign("asks_papers", _DEMAND, 1.3, "骗取资料", "索要证件、银行卡或密码"),
    _sign("fee_first", _DEMAND, 1.0, "先交钱", "要求先交钱才办事"),
    _sign("fee_name", _TALK, 0.4, "先交钱", "提到激活费、解冻金、认证金一类的费用", most=1),
    _sign("paid_tasks", _STORY, 1.0, "刷单返利", "用做任务、刷单返利招人"),
    _sign("red_packet", _STORY, 1.4, "红包返利", "许诺红包或转账返得更多"),
    _sign("remote_control", _DEMAND, 1.2, "远程控制", "要人共享屏幕或被远程控制"),
    _sign("authority", _STORY, 0.9, "冒充公检法", "冒充公检法或主管部门"),
    _sign("account_lending", _DEMAND, 1.4, "借号租号", "借用、租用账号或银行卡"),
    _sign("frozen_account", _STORY, 0.8, "假冒通知", "称账户、卡或积分异常、失效、冻结"),
    _sign("prize", _STORY, 1.0, "假中奖", "称对方中奖或免费得贵重物品"),
    _sign("fake_service", _STORY, 0.95, "冒充客服", "自称客服、售后或工作人员"),
    _sign("calls_service", _TALK, 0.5, "冒充客服", "叫人联系客服或专员"),
    _sign("acquaintance", _STORY, 1.35, "冒充熟人", "冒充熟人、领导借钱或代付"),
    _sign("invest", _STORY, 0.8, "投资诈骗", "许诺高收益或带人投资"),
    _sign("pyramid", _STORY, 0.8, "传销", "拉人入会、发展下线或囤货做代理"),
    _sign("off_platform_deal", _STORY, 0.8, "虚假交易", "要人绕开平台付款"),
    _sign("false_order", _STORY, 1.3, "冒充采购", "冒充单位采购，请人代买垫付"),
    _sign("loan", _STORY, 0.8, "贷款诈骗", "以放款为名要钱或要操作"),
    _sign("transfer", _DEMAND, 0.7, "诱导转账", "要人转账、充值或按链接操作"),
    _sign("download_app", _DEMAND, 0.7, "诱导下载", "要人安装来路不明的软件"),
    _sign("stock_tips", _STORY, 1.4, "投资诈骗", "荐股或拉人进股票群"),
    _sign("travel", _STORY, 1.4, "假冒通知", "称航班取消要改签补偿"),
    _sign("bait_link", _STORY, 1.4, "钓鱼链接", "用照片、录像引人点陌生链接"),
    _sign("bulk_message", _TALK, 0.3, "诈骗", "带群发短信的字样", most=0),
    _sign("polite_demand", _TALK, 0.5, "诈骗", "用客服口吻要人照做", most=1),
    _sign("money_talk", _TALK, 0.1, "诈骗", "反复谈钱、账户或投资", more=0.3, most=4),
    _sign("reassurance", _TALK, 0.4, "诈骗", "用“可退、保证、名额有限”一类的话打消疑虑"),
)

_FALSE_LINK = Clue(1.5, "链接仿冒拼多多", firm=True)
_DOTS = frozenset(".。点")
"""One of these is in every link that somebody wrote."""
_STRANGE_LINK = Clue(0.5, "要人打开陌生链接")

_WARNING = load_expressions(_LEXICON / "warning.txt")
_QUESTION = load_expressions(_LEXICON / "question.txt")
_OWN_STORY = load_expressions(_LEXICON / "own_story.txt")
_WARNING_RELIEF, _QUESTION_RELIEF, _OWN_STORY_RELIEF = 1.8, 0.9, 0.8
# Who says 我是警察 or 尊敬的用户 is not warning anybody, whatever else he says.
_POSING = frozenset({"authority", "fake_service", "prize", "frozen_account"})
_SURE = 2.0

_TRAINED = "整段话读起来像诈骗"
_PLAIN = 0.7
_TONE_DOUBT, _ONLY_TONE_DOUBT = 0.3, 0.8
"""Points taken off a text that reads like a swindle, without signs of this weight, without any."""
_MOST_INNOCENT = 0.3
"""Points that a text can lose for not reading like a swindle."""


def _by_key() -> dict[str, tuple[_Sign, ...]]:
    table: dict[str, list[_Sign]] = {}
    for sign in _SIGNS:
        for key in sign.keys:
            table.setdefault(key, []).append(sign)
    return {key: tuple(signs) for key, signs in table.items()}


_BY_KEY = _by_key()
_KEYS = frozenset(_BY_KEY)
_RANK = {sign.name: rank for rank, sign in enumerate(_SIGNS)}


@judge("scam", title="诈骗", rule="不发诈骗信息，不要求先交钱或提供验证码")
def swindles(message: MessageView) -> Finding | None:
    """Object to swindles: tasks with rebates, fees first, codes asked for, false authorities.

    Warnings and questions pass. Scores of 0.6 and more (the guard's default threshold) are meant
    to be acted on.
    """
    text = message.normalised.text
    if len(text) > MAX_READ:
        text = f"{text[: MAX_READ // 2]}\n{text[-MAX_READ // 2 :]}"
    found = _signs_in(text)
    tone = _tone(text, found) if message.has_words else 0.0
    links = _link_clues(message) if found or tone > 0 or _may_link(message, text) else []
    if tone <= 0 and not found and not links:
        return None
    clues = [*(Clue(weight, sign.reason) for sign, weight in found), *links]
    if tone > 0:
        clues.append(Clue(tone, _TRAINED))
    score = weigh(clues, relief=_relief(text, found) - min(tone, 0.0))
    if score < _MIN_SCORE:
        return None
    clues.sort(key=lambda clue: -clue.weight)
    grounds = _grounds(text, found, links)
    sure = sum(clue.weight for clue in clues if clue.reason != _TRAINED) >= _SURE
    return Finding(
        "scam",
        _label(found, links),
        Severity.SEVERE if grounds > 1 and sure else Severity.MEDIUM,
        round(score, 3),
        tuple(dict.fromkeys(clue.reason for clue in clues)),
        grounds=grounds,
    )


def _signs_in(text: str) -> list[tuple[_Sign, float]]:
    keys = _KEYS & pairs_in(text)
    if not keys:
        return []
    likely = {sign.name: sign for key in keys for sign in _BY_KEY[key]}
    ordered = sorted(likely.values(), key=lambda sign: _RANK[sign.name])
    return [(sign, weight) for sign in ordered if (weight := _weight_of(sign, text))]


def _weight_of(sign: _Sign, text: str) -> float:
    matches = {match.group() for match in sign.pattern.finditer(text)}
    return sign.weight + sign.more * min(len(matches) - 1, sign.most) if matches else 0.0


def _tone(text: str, found: list[tuple[_Sign, float]]) -> float:
    """Return the points for how the text reads; below zero where it reads harmless."""
    above = shipped_scores(text).get("scam")
    if above is None:
        return 0.0
    points = AT_CAUTION["scam"] + PER_LOG_ODD["scam"] * above
    if not found:
        points -= _ONLY_TONE_DOUBT
    elif not any(sign.weight >= _PLAIN for sign, _ in found):
        points -= _TONE_DOUBT
    return max(-_MOST_INNOCENT, min(MOST, points))


def _label(found: list[tuple[_Sign, float]], links: list[Clue]) -> str:
    if found:
        return max((sign for sign, _ in found), key=lambda sign: sign.weight).label
    return "仿冒链接" if _FALSE_LINK in links else "诈骗"


def _grounds(text: str, found: list[tuple[_Sign, float]], links: list[Clue]) -> int:
    """Count the evidence that stands by itself: a story and a demand told in different words.

    Two signs may see the same words (交代理费 is a fee and an investment), and much talk about
    money is no second sign.
    """
    stories, demands = (
        {
            match.group(): match.span()
            for sign, _ in found
            if sign.part is part
            for match in sign.pattern.finditer(text)
        }
        for part in (_STORY, _DEMAND)
    )
    if _FALSE_LINK in links and (stories or demands):
        return 2
    apart = any(
        (end <= first or last <= start) and story not in demand and demand not in story
        for story, (start, end) in stories.items()
        for demand, (first, last) in demands.items()
    )
    return 2 if apart else 1


def _relief(text: str, found: list[tuple[_Sign, float]]) -> float:
    relief = 0.0
    posing = any(sign.name in _POSING for sign, _ in found)
    if _WARNING.search(text) is not None:
        relief += _WARNING_RELIEF / 2 if posing and len(found) > 1 else _WARNING_RELIEF
    if _QUESTION.search(text) is not None:
        relief += _QUESTION_RELIEF / 3 if posing else _QUESTION_RELIEF
    if _OWN_STORY.search(text) is not None:
        relief += _OWN_STORY_RELIEF / 2 if posing else _OWN_STORY_RELIEF
    return relief


def _may_link(message: MessageView, text: str) -> bool:
    return bool(message.cards) or not _DOTS.isdisjoint(text)


def _link_clues(message: MessageView) -> list[Clue]:
    clues: list[Clue] = []
    for link in message.links:
        if is_pinduoduo(link.host):
            continue
        clues.append(_FALSE_LINK if looks_like_pinduoduo(link.host) else _STRANGE_LINK)
    return list(dict.fromkeys(clues))
