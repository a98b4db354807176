"""Judge whether a message insults, curses, harasses or discriminates.

The score is the sum of the clues below, squashed (`pinbang.moderation.weighing`): with the guard's
default threshold of 0.6 a message is uncivil from 1.33 points on. Strong words count by
themselves; milder ones need somebody they are aimed at. Self-mockery, quoting, reporting, laughter
and swearing at things take points off. Where it takes the trained score to get there, the finding
is mild: it rests on tone, and decent words about a touchy matter can sound alike.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pinbang.moderation.judging import Finding, Severity, judge
from pinbang.moderation.lexicon import Screen, load_expressions, load_keys
from pinbang.moderation.reading import MessageView
from pinbang.moderation.scoring import reads_plainly, trained_points
from pinbang.moderation.weighing import DEFAULT_THRESHOLD, Clue, squash, weigh

_MIN_SCORE = 0.2
"""Below this there is nothing worth telling the guard."""

_LEXICON = Path(__file__).parent / "lexicon"
_LIGHT, _MEDIUM, _SEVERE = Severity.LIGHT, Severity.MEDIUM, Severity.SEVERE


@dataclass(frozen=True)
class _Offence:
    """One file of expressions: what they weigh, how bad they are, and how to say so."""

    name: str
    weight: float
    severity: Severity
    label: str
    reason: str
    pattern: re.Pattern[str]
    keys: frozenset[str]
    about_oneself: bool
    """Whether somebody may say it of himself; 我操你妈 is no self-mockery."""


def _offence(  # noqa: PLR0913 -- reads as one row of a table
    name: str,
    weight: float,
    severity: Severity,
    label: str,
    reason: str,
    *,
    about_oneself: bool = False,
) -> _Offence:
    pattern = load_expressions(_LEXICON / f"{name}.txt")
    path = _LEXICON / "keys" / f"{name}.txt"
    keys = load_keys(path) if path.is_file() else frozenset[str]()
    return _Offence(name, weight, severity, label, reason, pattern, keys, about_oneself)


_OFFENCES = (
    _offence("family_attacks", 2.0, _SEVERE, "辱骂亲属", "用辱骂亲属的话攻击人"),
    _offence("curses", 1.5, _MEDIUM, "诅咒", "诅咒他人"),
    _offence("discrimination", 1.6, _MEDIUM, "歧视", "用歧视性的话说一类人"),
    _offence("insults", 1.4, _MEDIUM, "辱骂", "使用辱骂词语", about_oneself=True),
    _offence("short_insults", 1.4, _MEDIUM, "辱骂", "使用辱骂词语", about_oneself=True),
    _offence("slurs_on_character", 1.4, _MEDIUM, "人身攻击", "侮辱他人的人格", about_oneself=True),
    _offence("mild_insults", 0.7, _LIGHT, "不文明用语", "用贬低人的词语", about_oneself=True),
    _offence("short_mild_insults", 0.7, _LIGHT, "不文明用语", "用贬低人的词语", about_oneself=True),
)
_SCREEN = Screen(offence.keys for offence in _OFFENCES)

_AIMED = re.compile(
    r"(?<!谢谢)(?:你|您|他(?!妈|奶)|她|楼上|[1-9]楼|群主|管理员?|机器人|那个?(?:人|谁|家伙)|这(?:种|个|些)?人|某些?人|有些人)"
)
_AIMED_WEIGHT, _ADDRESSED_WEIGHT = 0.7, 0.5

# Somebody speaks of himself; 我 must come shortly before the word.
_SELF = re.compile(
    r"(?:我(?:真|真的|就|就是|是|也|也是|可|太|好|这个|这|个|特么|才|像个?|果然|简直|当时|居然|刚才|今天|昨天|一个)?"
    r"|自己|本人|俺|咱|老子)(?:真|真的|是|就是|太|好|这|像|也|个|才|居然|简直|可能|今天|昨天){0,3}(?:个|只)?$"
)
_SELF_AFTER = re.compile(
    r"^(?:[了的]?(?:是我|我自己|的我|如我)|[的地]?[, ]?(?:我)?(?:又|再|还)?来?求(?!你))"
)
_QUOTED = re.compile(
    r"骂(?:我|人|她|他|你|谁|了|的|过|街|一)|(?:被|挨|在|就|老|总|乱|先|开口|张口)骂"
    r"|别骂|不要骂|说我(?:是)?|叫我|喊我|什么意思|怎么(?:写|读|处理)"
    r"|(?:这|那)个词|羊驼"
    r"|难道|歧视|以偏概全|地图炮|举报|违规词|敏感词|禁言|(?:不要|别|不许|禁止|请勿|不准|不能)(?:再)?(?:说|发|用|讲|叫)|脏话|说脏"
)
_REPORTED = re.compile(
    r"举报|违规词|敏感词|禁言|别骂|不要骂|有人骂|骂人|骂我|被骂|截图|(?:这|那)个词|开玩笑|群规"
)
_AID = re.compile(
    r"助力|砍[一几]?刀|求砍|帮[我忙].{0,4}点|点一[下个]|点点|链接|浇水|果园|拼[单团]|成团|提现|新用户"
)
_QUOTES = re.compile('["“”‘’「」『』].{1,20}["“”‘’「」『』]')
_FRIENDLY = re.compile(
    r"哈哈|嘻嘻|嘿嘿|hh|😂|🤣|😄|😁|😆|😊|(?<![傻煞沙死臭])🐶(?!东西|[逼b日杂货娘比叫]|群主|管理|腿)|doge|狗头|开玩笑|逗你|么么|爱你|宝(?:贝|子)?|~|呀|啦"
    r"|亲爱的|笑死|233|\[(?:笑哭|偷笑|狗头|捂脸)\]"
)
_THING = re.compile(
    r"(?:猫|狗(?!东西)|机器|手机|电脑|系统|软件|app|规则|算法|客服|快递|质量|商家|店家?|平台|拼多多|活动|天气|游戏|网络?|信号|转盘|剧|电影|鞋|衣服|产品)"
)

_SELF_RELIEF = 2.0
_QUOTED_RELIEF = 1.6
_FRIENDLY_RELIEF = 0.6
_THING_RELIEF = 0.6
_TONE_RELIEF = 0.6
_NEAR = 8


_TRAINED = "整段话读起来像攻击或歧视"


@judge("civility", title="文明", rule="文明交流，不辱骂他人")
def is_uncivil(message: MessageView) -> Finding | None:
    """Object to insults, curses, attacks on relatives, harassment and discrimination.

    Exclamations such as 卧槽 and idioms pass. Scores of 0.6 and more (the guard's default
    threshold) are meant to be acted on.
    """
    text = message.normalised.text
    trained = trained_points(text, "abuse") if message.has_words else 0.0
    clues: list[Clue] = []
    worst: _Offence | None = None
    relief = 0.0
    aimed = False
    rest = text
    for number in _SCREEN.likely(text):
        offence = _OFFENCES[number]
        spans = [match.span() for match in offence.pattern.finditer(text)]
        if offence.about_oneself:
            spans = [span for span in spans if not _said_of_self(text, *span)]
        if not spans:
            continue
        clues.append(Clue(offence.weight, offence.reason))
        rest = offence.pattern.sub(" ", rest)
        aimed = aimed or any(_aimed(text, *span) for span in spans)
        if worst is None or offence.severity > worst.severity:
            worst = offence
    if worst is None:
        return _by_tone(text, trained)
    if aimed:
        clues.append(Clue(_AIMED_WEIGHT, "这句话针对具体的人"))
    elif message.mentions or message.reply_to is not None:
        clues.append(Clue(_ADDRESSED_WEIGHT, "@ 或回复了具体的人"))
        aimed = True
    if _QUOTED.search(text) is not None or _QUOTES.search(message.readable) is not None:
        relief += _QUOTED_RELIEF
    if _FRIENDLY.search(text) is not None:
        relief += _FRIENDLY_RELIEF
    if not aimed and _THING.search(rest) is not None:
        relief += _THING_RELIEF
    by_words = weigh(clues, relief=relief)
    if trained:
        clues.append(Clue(trained / 2, _TRAINED))
    score = weigh(clues, relief=relief)
    tone = _by_tone(text, trained)
    if tone is not None and tone.score > score:
        return tone
    if score < _MIN_SCORE:
        return None
    return Finding(
        "civility",
        worst.label,
        worst.severity if aimed or worst.severity is not _MEDIUM else _LIGHT,
        round(score, 3),
        tuple(dict.fromkeys(clue.reason for clue in clues)),
        mild=by_words < DEFAULT_THRESHOLD and not reads_plainly(text, "abuse"),
    )


def _by_tone(text: str, trained: float) -> Finding | None:
    """Object to the tone of a text that holds no known insult, mildly unless it is plain.

    Reports of what others said and requests for help must sound much worse than other texts.
    """
    relief = 0.0
    if _REPORTED.search(text) is not None or _AID.search(text) is not None:
        relief = _TONE_RELIEF
    score = round(squash(trained - relief), 3)
    if score < _MIN_SCORE:
        return None
    return Finding(
        "civility",
        "言语攻击",
        Severity.LIGHT,
        score,
        (_TRAINED,),
        mild=not reads_plainly(text, "abuse"),
    )


def _said_of_self(text: str, start: int, end: int) -> bool:
    return (
        _SELF.search(text[max(0, start - _NEAR) : start]) is not None
        or _SELF_AFTER.search(text[end : end + _NEAR]) is not None
    )


def _aimed(text: str, start: int, end: int) -> bool:
    """Tell whether somebody is meant shortly before, in or shortly after the words."""
    return _AIMED.search(text, max(0, start - _NEAR), end + _NEAR) is not None
