"""Pure decisions about join requests: what was answered, and what follows from it."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum


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


_REFUSING = re.compile(
    r"(不|没|别|拒绝|懒得|凭什么|休想|不会|不想|不愿意?|不肯|没空|没兴趣)"
    r".{0,4}(愿意?|遵守|同意|接受|守规|配合|帮忙|帮助|互助|看群?规|理)"
    r"|^(不|否|不要|不行|不可以|不能|不会|no|nope|拒绝|滚)$"
    r"|只.{0,4}(要|想|让)别人帮|不帮(别人|人|忙)"
)
_HEDGING = re.compile(
    r"看情况|看心情|随便|随缘|无所谓|也许|可能|大概|不一定|不知道|不清楚|不确定|再说|考虑|尽量吧|"
    r"应该(会|可以)?吧|什么(群)?规|啥规|666+|试试|勉强|呵呵|哈哈|？|\?"
)
_AGREEING = re.compile(
    r"愿意|同意|遵守|会守|守规矩?|守群规|接受|配合|没问题|没有问题|一定(会|遵守|做到)|保证|"
    r"好的|可以|能做到|会的|是的|当然|必须的|互相?帮助|互帮互助|认真(看|阅读)|ok|okay|yes|嗯嗯|收到"
)
_DOUBLE_NEGATION = re.compile(
    r"不会不|不是不|没有?不|绝不违反|不违反|不会违反|不违规|不发广告|不会发广告|不乱发|不捣乱"
)
_BARE_YES = re.compile(r"(好|行|能|会|是|嗯|可|对|中|要得|得|1|y)+[的啊呀哦滴噢嘞]?")
_WEAK = re.compile(r"[的了吧啊呀哦嗯\s。.!！~～,，]+")


def judge_answer(application: Application) -> Verdict:
    """Tell what an answer says; only clear words count, everything else is unclear.

    A copied question is no answer. Refusal and hedging outweigh agreement: letting in somebody
    who said no costs the group more than asking an admin.
    """
    answer = unicodedata.normalize("NFKC", application.answer).strip().lower()
    if not answer:
        return Verdict.EMPTY
    question = unicodedata.normalize("NFKC", application.question).strip().lower()
    if question and _WEAK.sub("", answer) == _WEAK.sub("", question):
        return Verdict.UNCLEAR
    plain = _DOUBLE_NEGATION.sub("遵守", answer)
    if _REFUSING.search(plain):
        return Verdict.REFUSES if not _HEDGING.search(plain) else Verdict.UNCLEAR
    if _HEDGING.search(plain):
        return Verdict.UNCLEAR
    if _AGREEING.search(plain) or _BARE_YES.fullmatch(_WEAK.sub("", plain) or plain):
        return Verdict.AGREES
    return Verdict.UNCLEAR


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
