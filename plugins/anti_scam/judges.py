"""Judge whether a message is part of a swindle.

The score is the sum of the clues below, squashed (`pinbang.moderation.weighing`): with the guard's
default threshold of 0.6 a message is a scam from 1.33 points on. Hardly any clue suffices alone:
a swindle is a pretext together with a demand. Warnings, reports and questions take points off.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pinbang.moderation.judging import Finding, Severity, judge
from pinbang.moderation.lexicon import load_expressions, load_keys, load_lines, pairs_in
from pinbang.moderation.reading import MessageView
from pinbang.moderation.scoring import trained_points
from pinbang.moderation.weighing import Clue, weigh
from pinbang.text.links import is_pinduoduo, looks_like_pinduoduo

_MIN_SCORE = 0.2
"""Below this there is nothing worth telling the guard."""
MAX_READ = 800
"""Characters that are read: the beginning and the end of a longer text."""

_LEXICON = Path(__file__).parent / "lexicon"

_NAMES = dict(line.split("=", 1) for line in load_lines(_LEXICON / "names.txt"))


@dataclass(frozen=True)
class _Sign:
    """One file of expressions: what the first and each further match weigh, and how to say so.

    At most `most` further ones count. `grave` marks signs of money or access being taken.
    """

    name: str
    weight: float
    label: str
    reason: str
    grave: bool
    more: float
    most: int
    pattern: re.Pattern[str]
    keys: frozenset[str]


def _sign(  # noqa: PLR0913 -- reads as one row of a table
    name: str,
    weight: float,
    label: str,
    reason: str,
    *,
    grave: bool = False,
    more: float = 0.4,
    most: int = 2,
) -> _Sign:
    pattern = load_expressions(_LEXICON / f"{name}.txt", _NAMES)
    keys = load_keys(_LEXICON / "keys" / f"{name}.txt")
    return _Sign(name, weight, label, reason, grave, more, most, pattern, keys)


_SIGNS = (
    _sign("asks_code", 1.4, "骗取验证码", "索要短信验证码", grave=True),
    _sign("asks_papers", 1.1, "骗取资料", "索要证件、银行卡或密码", grave=True),
    _sign("fee_first", 1.0, "先交钱", "要求先交钱才办事", grave=True),
    _sign("fee_name", 0.4, "先交钱", "提到激活费、解冻金、认证金一类的费用", most=1),
    _sign("paid_tasks", 1.0, "刷单返利", "用做任务、刷单返利招人", grave=True),
    _sign("red_packet", 1.4, "红包返利", "许诺红包或转账返得更多", grave=True),
    _sign("remote_control", 1.1, "远程控制", "要人共享屏幕或被远程控制", grave=True),
    _sign("authority", 0.9, "冒充公检法", "冒充公检法或主管部门", grave=True),
    _sign("account_lending", 1.4, "借号租号", "借用、租用账号或银行卡"),
    _sign("frozen_account", 0.8, "假冒通知", "称账户、卡或积分异常、失效、冻结", grave=True),
    _sign("prize", 1.0, "假中奖", "称对方中奖或免费得贵重物品", grave=True),
    _sign("fake_service", 0.95, "冒充客服", "自称客服、售后或工作人员", grave=True),
    _sign("acquaintance", 1.35, "冒充熟人", "冒充熟人、领导借钱或代付", grave=True),
    _sign("invest", 0.8, "投资诈骗", "许诺高收益或带人投资", grave=True),
    _sign("loan", 0.8, "贷款诈骗", "以放款为名要钱或要操作", grave=True),
    _sign("transfer", 0.7, "诱导转账", "要人转账、充值或按链接操作", grave=True),
    _sign("download_app", 0.7, "诱导下载", "要人安装来路不明的软件"),
    _sign("stock_tips", 1.4, "投资诈骗", "荐股或拉人进股票群", grave=True),
    _sign("travel", 1.4, "假冒通知", "称航班取消要改签补偿", grave=True),
    _sign("bait_link", 1.4, "钓鱼链接", "用照片、录像引人点陌生链接", grave=True),
    _sign("bulk_message", 0.3, "诈骗", "带群发短信的字样", most=0),
    _sign("polite_demand", 0.5, "诈骗", "用客服口吻要人照做", most=1),
    _sign("money_talk", 0.1, "诈骗", "反复谈钱、账户或投资", more=0.3, most=4),
    _sign("reassurance", 0.4, "诈骗", "用“可退、保证、名额有限”一类的话打消疑虑"),
)

_FALSE_LINK = Clue(1.5, "链接仿冒拼多多", firm=True)
_STRANGE_LINK = Clue(0.5, "要人打开陌生链接")

_WARNING = load_expressions(_LEXICON / "warning.txt")
_QUESTION = load_expressions(_LEXICON / "question.txt")
_OWN_STORY = load_expressions(_LEXICON / "own_story.txt")
_WARNING_RELIEF, _QUESTION_RELIEF, _OWN_STORY_RELIEF = 1.8, 0.9, 0.8
# Who says 我是警察 or 尊敬的用户 is not warning anybody, whatever else he says.
_POSING = frozenset({"authority", "fake_service", "prize", "frozen_account"})
_SURE = 2.0

_TRAINED = "整段话读起来像诈骗"
_PLAIN, _TONE_DOUBT = 0.7, 0.5
"""Points taken off a text that only reads like a swindle, without any sign of this weight."""


@judge("scam", title="诈骗", rule="不发诈骗信息，不要求先交钱或提供验证码")
def swindles(message: MessageView) -> Finding | None:
    """Object to swindles: tasks with rebates, fees first, codes asked for, false authorities.

    Warnings and questions pass. Scores of 0.6 and more (the guard's default threshold) are meant
    to be acted on.
    """
    text = message.normalised.text
    if len(text) > MAX_READ:
        text = f"{text[: MAX_READ // 2]}\n{text[-MAX_READ // 2 :]}"
    links = _link_clues(message)
    pairs = pairs_in(text)
    likely = (sign for sign in _SIGNS if not sign.keys.isdisjoint(pairs))
    found = [(sign, weight) for sign in likely if (weight := _weight_of(sign, text))]
    clues = [Clue(weight, sign.reason) for sign, weight in found]
    clues += links
    trained = trained_points(text, "scam") if message.text else 0.0
    if not any(sign.weight >= _PLAIN for sign, _ in found):
        trained -= _TONE_DOUBT
    if trained > 0:
        clues.append(Clue(trained, _TRAINED))
    if not clues:
        return None
    score = weigh(clues, relief=_relief(text, found))
    if score < _MIN_SCORE:
        return None
    clues.sort(key=lambda clue: -clue.weight)
    evidence = tuple(dict.fromkeys(clue.reason for clue in clues))
    return Finding(
        "scam",
        _label(found, links),
        _severity(found, clues),
        round(score, 3),
        evidence,
    )


def _label(found: list[tuple[_Sign, float]], links: list[Clue]) -> str:
    if found:
        return max((sign for sign, _ in found), key=lambda sign: sign.weight).label
    return "仿冒链接" if _FALSE_LINK in links else "诈骗"


def _weight_of(sign: _Sign, text: str) -> float:
    matches = {match.group() for match in sign.pattern.finditer(text)}
    return sign.weight + sign.more * min(len(matches) - 1, sign.most) if matches else 0.0


def _severity(found: list[tuple[_Sign, float]], clues: list[Clue]) -> Severity:
    """Count as severe what is after money or access on two independent pieces of evidence."""
    grave = any(sign.grave for sign, _ in found) or _FALSE_LINK in clues
    strong = [clue for clue in clues if clue.weight >= 0.5 and clue.reason != _TRAINED]
    if grave and len(strong) >= 2 and sum(clue.weight for clue in strong) >= _SURE:
        return Severity.SEVERE
    return Severity.MEDIUM


def _relief(text: str, found: list[tuple[_Sign, float]]) -> float:
    relief = 0.0
    posing = any(sign.name in _POSING for sign, _ in found)
    if _WARNING.search(text) is not None:
        relief += _WARNING_RELIEF / 2 if posing and len(found) > 1 else _WARNING_RELIEF
    if _QUESTION.search(text) is not None:
        relief += _QUESTION_RELIEF / 3 if posing else _QUESTION_RELIEF
    if not posing and _OWN_STORY.search(text) is not None:
        relief += _OWN_STORY_RELIEF
    return relief


def _link_clues(message: MessageView) -> list[Clue]:
    clues: list[Clue] = []
    for link in message.links:
        if is_pinduoduo(link.host):
            continue
        clues.append(_FALSE_LINK if looks_like_pinduoduo(link.host) else _STRANGE_LINK)
    return list(dict.fromkeys(clues))
