"""What became of a call: done, failed and why, or unconfirmed. No gateway's "ok" is proof.

Shapes and texts of failures: ../shared/gateway/README.md, 2.1 and 2.2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


class Status(str, Enum):
    """Whether an act took place."""

    DONE = "done"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"


class Reason(str, Enum):
    """Why an act failed or could not be confirmed; the value is what an admin reads."""

    NOT_ADMIN = "机器人不是管理员"
    TARGET_PROTECTED = "对方是群主或管理员"
    NOT_A_MEMBER = "对方已不在群里"
    UNKNOWN_MESSAGE = "消息已不存在"
    TOO_OLD = "消息太旧，撤不回了"
    RECALL_REFUSED = "QQ 不让撤回这条消息"
    REQUEST_GONE = "申请已失效或被别人处理"
    BOT_MUTED = "机器人被禁言"
    BOT_REMOVED = "机器人已不在群里"
    RISK_CONTROL = "QQ 风控，消息没有发出"
    UNSUPPORTED = "网关不支持这个操作"
    BAD_REQUEST = "网关不接受这个请求"
    TIMEOUT = "网关没有回应"
    OFFLINE = "网关未连接"
    NO_PROOF = "网关说好了，但没有看到结果"
    UNKNOWN = "网关没有说明原因"


@dataclass(frozen=True)
class Outcome:
    """The result of one act; `data` is the gateway's answer where it has one."""

    status: Status
    reason: Reason | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether the act certainly took place."""
        return self.status is Status.DONE

    @property
    def failed(self) -> bool:
        """Whether the act certainly did not take place."""
        return self.status is Status.FAILED

    @property
    def code(self) -> str:
        """A short stable name for records, e.g. `done` or `failed:NOT_ADMIN`."""
        return f"{self.status.value}:{self.reason.name}" if self.reason else self.status.value

    @property
    def words(self) -> str:
        """Say in Chinese what became of it."""
        match self.status:
            case Status.DONE:
                return "已完成"
            case Status.FAILED:
                return f"没有成功：{(self.reason or Reason.UNKNOWN).value}"
            case Status.UNCONFIRMED:
                return f"未能确认：{(self.reason or Reason.NO_PROOF).value}"

    def with_data(self, data: Mapping[str, Any]) -> "Outcome":
        """Return the same outcome with the gateway's answer attached."""
        return replace(self, data=data)


DONE = Outcome(Status.DONE)


def failed(reason: Reason) -> Outcome:
    """Build an outcome of an act that did not take place."""
    return Outcome(Status.FAILED, reason)


def unconfirmed(reason: Reason = Reason.NO_PROOF) -> Outcome:
    """Build an outcome of an act that may or may not have taken place."""
    return Outcome(Status.UNCONFIRMED, reason)


# Order matters: the first pattern that matches names the reason.
_TEXTS: tuple[tuple[Reason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        (
            Reason.NOT_A_MEMBER,
            r"user not in group|MEMBER_NOT_FOUND|not a member"
            r"|(用户|成员)不(在|存在)|不是群成员",
        ),
        (Reason.BOT_REMOVED, r"移出该群|已被移出|不在该群|not in (the )?group\b|GROUP_NOT_FOUND"),
        (Reason.BOT_MUTED, r"当前处于被禁言状态|被禁言|\bmuted\b"),
        (
            Reason.TARGET_PROTECTED,
            r"cannot (ban|kick|mute) (the )?(owner|admin)|owner ?/ ?admin|NOT_MANAGEABLE"
            r"|(群主|管理员).{0,6}(不能|无法|不可)|(不能|无法|不可).{0,8}(群主|管理员)",
        ),
        (
            Reason.NOT_ADMIN,
            r"ERR_NOT_GROUP_ADMIN|120101005|not (a |an )?(group )?admin"
            r"|没有权限|权限不足|不是管理员",
        ),
        (Reason.TOO_OLD, r"too old|超过.{0,4}(2|两|二) ?分钟|超时.{0,6}撤回|time ?limit"),
        (Reason.RECALL_REFUSED, r"recallMsg"),
        (
            Reason.UNKNOWN_MESSAGE,
            r"消息-?\d*不存在|message not found|Recall failed|not retractable|msg not found"
            r"|MESSAGE_NOT_FOUND",
        ),
        (
            Reason.REQUEST_GONE,
            r"No such request|FLAG_NOT_FOUND|FLAG_HAS_BEEN_CHECKED|invalid group request flag"
            r"|request.{0,20}(handled|expired|not found)"
            r"|(申请|请求).{0,6}(不存在|已处理|已失效|过期)",
        ),
        (Reason.RISK_CONTROL, r"风控|blocked by server|risk|SEND_MSG_API_ERROR|\b46\b.*-70"),
        (Reason.TIMEOUT, r"Timeout: NTEvent|timed? ?out|超时"),
        (Reason.UNSUPPORTED, r"unknown action|API_NOT_FOUND|不支持|not supported"),
    )
)


def classify_failure(info: Mapping[str, Any]) -> Outcome:
    """Turn a failed answer into an outcome.

    `info` is the whole answer: retcode, and text in `message`, `wording` or neither. A text that
    is also used for acts that did happen (NapCat's send timeout) or none at all is unconfirmed.
    """
    retcode = info.get("retcode")
    text = f"{info.get('message') or ''} {info.get('wording') or ''} {info.get('msg') or ''}"
    if retcode in (1404, 404) or info.get("status") == 404:
        return failed(Reason.UNSUPPORTED)
    for reason, pattern in _TEXTS:
        if pattern.search(text):
            return unconfirmed(reason) if reason is Reason.TIMEOUT else failed(reason)
    if retcode == 1400:
        return failed(Reason.BAD_REQUEST)
    if retcode == 110:
        return failed(Reason.BOT_REMOVED)
    if retcode == 120:
        return failed(Reason.BOT_MUTED)
    return unconfirmed(Reason.UNKNOWN)
