"""Why QQ says no."""

from enum import Enum


class Reason(Enum):
    """A reason for which QQ or a gateway refuses; the value says it in Chinese."""

    NOT_ADMIN = "没有管理权限"
    NOT_OWNER = "只有群主可以这样做"
    TARGET_IS_ADMIN = "对方是管理员"
    TARGET_IS_OWNER = "对方是群主"
    NOT_A_MEMBER = "对方不在群里"
    NOT_IN_GROUP = "自己不在群里"
    NO_SUCH_GROUP = "没有这个群"
    TOO_OLD = "超过两分钟，不能撤回"
    UNKNOWN_MESSAGE = "没有这条消息"
    ALREADY_RECALLED = "消息已经撤回"
    MUTED = "正在被禁言"
    RISK_CONTROL = "账号被风控"
    EMPTY_MESSAGE = "消息是空的"
    NOT_FRIENDS = "不是好友，也没有共同的群"
    NO_SUCH_REQUEST = "没有这个申请"
    ALREADY_HANDLED = "申请已经处理"
    ALREADY_A_MEMBER = "已经在群里"
    BLOCKED = "被群拒绝，不再接受申请"
    OWNER_CANNOT_LEAVE = "群主不能退群，只能解散"
    BAD_DURATION = "禁言时长应在 0 秒到 30 天之间"
    NO_SUCH_PERSON = "没有这个账号"
    BAD_PARAMS = "参数不对"
    UNKNOWN_ACTION = "没有这个接口"
    SEE_OTHER_ACTION = "请使用另一个接口"


class Refused(Exception):  # noqa: N818 - a refusal is an ordinary outcome, not an error
    """QQ does not allow what somebody tried.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: Reason) -> None:
        """Refuse for `reason`."""
        super().__init__(reason.value)
        self.reason = reason
