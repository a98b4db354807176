"""What a gateway's refusal means: ../shared/gateway/README.md, 2.1 and 2.2."""

from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed, ApiNotAvailable, Bot, NetworkError

from pinbang.gateway.calling import call
from pinbang.gateway.outcomes import (
    DONE,
    Outcome,
    Reason,
    Status,
    classify_failure,
    failed,
    unconfirmed,
)


def napcat(text: str, retcode: int = 1200) -> dict[str, Any]:
    return {
        "status": "failed", "retcode": retcode, "data": None,
        "message": text, "wording": text, "echo": "1", "stream": "normal-action",
    }  # fmt: skip


def llbot(text: str, retcode: int = 1200) -> dict[str, Any]:
    return {"status": "failed", "retcode": retcode, "data": None, "message": text, "wording": text}


def snowluma(text: str, retcode: int = 100) -> dict[str, Any]:
    return {"status": "failed", "retcode": retcode, "data": None, "wording": text}


def lagrange(retcode: int) -> dict[str, Any]:
    return {"status": "failed", "retcode": retcode, "data": None}


def gocqhttp(name: str, wording: str = "", retcode: int = 100) -> dict[str, Any]:
    return {"status": "failed", "retcode": retcode, "msg": name, "wording": wording, "data": None}


def nt_event(action: str, result: int = 0, text: str = "") -> dict[str, Any]:
    return napcat(
        f"Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/{action} "
        f"ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate EventRet:\n"
        f'{{\n    "result": {result},\n    "errMsg": "{text}"\n}}\n'
    )


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        (napcat("ERR_NOT_GROUP_ADMIN"), Reason.NOT_ADMIN),
        (llbot("ERR_NOT_GROUP_ADMIN"), Reason.NOT_ADMIN),
        (snowluma("OIDB 0x8a0_1 error 120101005: ERR_NOT_GROUP_ADMIN"), Reason.NOT_ADMIN),
        (napcat("cannot ban owner"), Reason.TARGET_PROTECTED),
        (napcat("cannot ban admin"), Reason.TARGET_PROTECTED),
        (gocqhttp("NOT_MANAGEABLE", "机器人权限不足"), Reason.TARGET_PROTECTED),
        (napcat("user not in group"), Reason.NOT_A_MEMBER),
        (llbot("用户不在该群"), Reason.NOT_A_MEMBER),
        (gocqhttp("MEMBER_NOT_FOUND", "群员不存在"), Reason.NOT_A_MEMBER),
        (llbot("当前处于被禁言状态"), Reason.BOT_MUTED),
        (gocqhttp("", retcode=120), Reason.BOT_MUTED),
        (napcat('发送失败 result 110 "你已被移出该群"'), Reason.BOT_REMOVED),
        (lagrange(110), Reason.BOT_REMOVED),
        (gocqhttp("GROUP_NOT_FOUND", "群聊不存在"), Reason.BOT_REMOVED),
        (napcat("消息不存在"), Reason.UNKNOWN_MESSAGE),
        (llbot("消息1不存在"), Reason.UNKNOWN_MESSAGE),
        (llbot("消息-1936512738不存在"), Reason.UNKNOWN_MESSAGE),
        (napcat("Recall failed"), Reason.UNKNOWN_MESSAGE),
        (snowluma("message not found"), Reason.UNKNOWN_MESSAGE),
        (snowluma("message not found or not retractable"), Reason.UNKNOWN_MESSAGE),
        (gocqhttp("MESSAGE_NOT_FOUND", "消息不存在"), Reason.UNKNOWN_MESSAGE),
        (napcat("No such request"), Reason.REQUEST_GONE),
        (snowluma("invalid group request flag"), Reason.REQUEST_GONE),
        (gocqhttp("FLAG_NOT_FOUND", "FLAG不存在"), Reason.REQUEST_GONE),
        (gocqhttp("FLAG_HAS_BEEN_CHECKED", "消息已被处理"), Reason.REQUEST_GONE),
        (gocqhttp("SEND_MSG_API_ERROR", "请参考 go-cqhttp 端输出"), Reason.RISK_CONTROL),
        (napcat("blocked by server"), Reason.RISK_CONTROL),
        (napcat("该账号已被风控"), Reason.RISK_CONTROL),
        (napcat("不支持的Api no_such_api", 1404), Reason.UNSUPPORTED),
        (llbot("no_such_api API 不存在", 1404), Reason.UNSUPPORTED),
        (snowluma("unknown action", 1404), Reason.UNSUPPORTED),
        (lagrange(404), Reason.UNSUPPORTED),
        (gocqhttp("API_NOT_FOUND", "API不存在", 404), Reason.UNSUPPORTED),
        (napcat("缺少参数", 1400), Reason.BAD_REQUEST),
        (snowluma("group_id: is required", 1400), Reason.BAD_REQUEST),
    ],
)
def test_a_refusal_that_says_why_is_a_failure(info: dict[str, Any], reason: Reason) -> None:
    assert classify_failure(info) == failed(reason)


@pytest.mark.parametrize(
    "info",
    [
        nt_event("sendMsg"),
        nt_event("sendMsg", 120),
        napcat("Timeout: NTEvent ...sendMsg ... result 0"),
        napcat("timeout"),
        llbot("发送超时"),
    ],
)
def test_a_send_that_timed_out_may_have_arrived(info: dict[str, Any]) -> None:
    assert classify_failure(info).status is Status.UNCONFIRMED
    assert classify_failure(info).reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    "info",
    [
        {},
        napcat(""),
        snowluma(""),
        lagrange(200),
        lagrange(-1),
        lagrange(9000),
        {"retcode": None, "message": None, "wording": None},
        {"retcode": "1200", "message": "(intermediate value).get is not a function"},
        napcat("something nobody has seen yet"),
    ],
)
def test_a_refusal_without_a_reason_is_unconfirmed(info: dict[str, Any]) -> None:
    assert classify_failure(info) == unconfirmed(Reason.UNKNOWN)


def test_a_refused_recall_is_a_failure() -> None:
    assert classify_failure(nt_event("recallMsg", 7, "decode failed!")).failed


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_chinese(reason: Reason) -> None:
    assert any("\u4e00" <= char <= "\u9fff" for char in reason.value)
    assert reason.value in failed(reason).words
    assert reason.value in unconfirmed(reason).words


def test_an_outcome_in_words_and_in_records() -> None:
    assert DONE.words == "已完成"
    assert failed(Reason.NOT_ADMIN).words == "没有成功：机器人不是管理员"
    assert unconfirmed().words.startswith("未能确认")
    assert DONE.code == "done"
    assert failed(Reason.NOT_ADMIN).code == "failed:NOT_ADMIN"
    assert unconfirmed(Reason.TIMEOUT).code == "unconfirmed:TIMEOUT"
    assert all(len(failed(reason).code) <= 48 for reason in Reason)  # the column's width


def test_only_done_is_done() -> None:
    assert [DONE.done, failed(Reason.UNKNOWN).done, unconfirmed().done] == [True, False, False]
    assert [DONE.failed, failed(Reason.UNKNOWN).failed, unconfirmed().failed] == [
        False,
        True,
        False,
    ]


class _Bot:
    def __init__(self, result: Any) -> None:
        self._result = result

    async def call_api(self, action: str, **params: Any) -> Any:
        if isinstance(self._result, BaseException):
            raise self._result
        return self._result


async def called(result: Any) -> Outcome:
    bot: Any = _Bot(result)
    assert not isinstance(bot, Bot)
    return await call(bot, "send_group_msg", group_id=1)


async def test_an_answer_is_handed_over() -> None:
    assert await called({"message_id": 5}) == DONE.with_data({"answer": {"message_id": 5}})


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ActionFailed(**napcat("ERR_NOT_GROUP_ADMIN")), failed(Reason.NOT_ADMIN)),
        (ActionFailed(), unconfirmed(Reason.UNKNOWN)),
        (ApiNotAvailable(), failed(Reason.OFFLINE)),
        (NetworkError("WebSocket call api send_group_msg timeout"), unconfirmed(Reason.TIMEOUT)),
        (RuntimeError("Unexpected ASGI message after close"), unconfirmed(Reason.OFFLINE)),
        (ConnectionResetError(), unconfirmed(Reason.OFFLINE)),
    ],
)
async def test_no_fault_of_the_gateway_is_raised(error: Exception, outcome: Outcome) -> None:
    assert await called(error) == outcome
