"""Pure decisions about join requests: what was answered, and what follows from it."""

import re
from dataclasses import dataclass
from enum import Enum

from pinbang.text.folding import fold


class Verdict(str, Enum):
    """What an answer says; the value is stored, `words` are shown."""

    AGREES = "agrees"
    REFUSES = "refuses"
    UNCLEAR = "unclear"
    EMPTY = "empty"
    SUSPICIOUS = "suspicious"

    @property
    def words(self) -> str:
        """The verdict as admins read it."""
        return {
            "agrees": "愿意遵守",
            "refuses": "不愿遵守",
            "unclear": "看不出态度",
            "empty": "没有填写",
            "suspicious": "像广告或辱骂",
        }[self.value]


@dataclass(frozen=True)
class Application:
    """A join request's comment taken apart."""

    question: str
    answer: str


# The form gateways pass on; the last 答案 wins, because the question itself may contain the word.
# Source: ../shared/gateway/README.md, 1.4.
_COMMENT = re.compile(r"\s*问题[:：](?P<question>.*)答案[:：](?P<answer>.*)", re.DOTALL)
MAX_COMMENT = 5000


def read_comment(comment: str | None) -> Application:
    r"""Split `问题：…\n答案：…`; anything else is an answer without a question."""
    text = (comment or "")[:MAX_COMMENT]
    match = _COMMENT.fullmatch(text)
    if match is None:
        return Application("", text.strip())
    return Application(match["question"].strip(), match["answer"].strip())


_OBLIGING = "(?:愿意?|遵守|同意|接受|守|配合|帮|互助|看群?规|理群?规)"
_MODAL = "(?:想|会|要|打算|准备|肯|能|可能|可以|再|太|大|怎么|是很|很|去|必|需要)"
_REFUSING = re.compile(
    rf"(?:不{_MODAL}{{0,3}}{_OBLIGING}|没(?:有?(?:打算|准备|想过?|必要|兴趣|空|时间)){{1,2}}{_OBLIGING}"
    rf"|(?:拒绝|懒得|凭什么|休想|别想).{{0,4}}{_OBLIGING}|只.{{0,4}}(?:要|想|让)别人帮)"
    rf"(?:{_OBLIGING}|群规|规矩|规则)*"
)
_BARE_NO = re.compile(
    r"(?:我|才|就)?(?:不|否|不要|不行|不可以|不能|不会|不想|no|nope|拒绝|滚)[了的啊呀哦吧]*"
)
_HARMLESS = re.compile(
    r"没有?(?:什么|任何|啥)?问题|(?:绝|肯定|一定|保证|坚决)?(?:不是|不会|不再|没有?)不(?=愿|遵守|同意|守)"
    r"|(?:绝|肯定|一定|保证|坚决)?不(?:会|再|乱|随便)*"
    r"(?:违反|违规|发(?:小?广告|链接)|打广告|捣乱|闹事|骂人|刷屏|乱发|惹事)(?:群规)?"
)
"""Words with a negation in them that promise something."""
_HEDGING = re.compile(
    r"看情况|看心情|随便|随缘|无所谓|也许|可能|大概|不一定|不知道|不清楚|不确定|再说|考虑|尽量吧"
    r"|应该(?:会|可以)?吧|(?<!凭)什么|啥|666+|试试|勉强|呵呵|哈哈|[?？]|吗|是否|愿不愿|会不会|能不能"
    r"|如果|要是|只要|除非|暂时|有(?:钱|红包|好处)"
)
_MOCKING = re.compile(
    r"才怪|谁.{0,4}谁|个(?:屁|鬼|头|毛|锤)|你(?:妈|大爷|个)|尼玛|他妈|做梦|[傻煞沙]逼|[sS][bB]"
)
_LURING = re.compile(
    r"https?:|www\.|\d{5,}|微信|[v薇威][信心]|vx|wx|qq|加我|加群|联系|私聊|兼职|贷款|办卡|代砍|赚钱|资源"
)
_AGREEING = re.compile(
    r"愿意|同意|遵守|会守|守规矩?|守群规|接受|配合|一定(?:会|遵守|做到)|保证|好的|可以|能做到|会的|是的"
    r"|当然|必须的|互相?帮助|互帮互助|自愿互助|认真(?:看|阅读)|(?<![a-z])(?:ok|okay|yes)(?![a-z])|嗯嗯|收到"
)
_BARE_YES = re.compile(r"(好|行|能|会|是|嗯|可|对|中|要得|得|1|y)+[的啊呀哦滴噢嘞]?")
_CLAUSE = re.compile(r"[，,。.！!；;、~～\s]+")
_WEAK = re.compile(r"[的了吧啊呀哦嗯\s。.!！~～,，、?？]+")


def judge_answer(application: Application) -> Verdict:
    """Tell what an answer says; only clear words count, everything else is unclear.

    A copied question is no answer, nor is consent with a condition, mockery or an offer attached.
    Refusal and hedging outweigh agreement: letting in somebody who said no costs the group more
    than asking an admin.
    """
    answer = _plain(application.answer)
    if not answer:
        return Verdict.EMPTY
    question = _WEAK.sub("", _plain(application.question))
    if question and _WEAK.sub("", answer) == question:
        return Verdict.UNCLEAR
    together = _HARMLESS.sub("遵守", "".join(answer.split()))
    clauses = _CLAUSE.split(answer)
    spoken = [clause for clause in clauses if not _BARE_NO.fullmatch(clause)]
    refusing = _REFUSING.search(together) or len(spoken) < len(clauses)
    if _HEDGING.search(together) or _MOCKING.search(together) or _LURING.search(together):
        return Verdict.UNCLEAR
    rest = _REFUSING.sub("", _HARMLESS.sub("遵守", "".join(spoken)))
    agreeing = _AGREEING.search(rest) or _BARE_YES.fullmatch(_WEAK.sub("", rest) or rest)
    if refusing:
        return Verdict.UNCLEAR if agreeing else Verdict.REFUSES
    return Verdict.AGREES if agreeing else Verdict.UNCLEAR


def _plain(text: str) -> str:
    return fold(text).text.strip().lower()


def request_key(flag: str, asked_at: int, *, reused_before: int | None) -> str:
    """Name a request so that two deliveries of it get one name.

    LLBot's `group|seq|type|doubt` and the bare `seq` of its list mean the same. SnowLuma gives all
    requests of a person one flag: `reused_before` is the decision time (seconds) of the latest
    earlier request under it, and only a request asked after that is a new one.
    """
    parts = flag.split("|")
    key = parts[1] if len(parts) == 4 else flag
    if key.startswith("add:") and reused_before is not None and asked_at > reused_before:
        return f"{key}@{asked_at}"
    return key
