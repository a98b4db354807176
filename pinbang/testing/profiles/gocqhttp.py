"""go-cqhttp: no longer maintained, but the field names that plugins still expect are its own."""

from collections.abc import Callable
from typing import Any

from pinbang.testing.happenings import EssenceChanged, GroupDisbanded, Happening
from pinbang.testing.records import Group, JoinRequest, Member, Person, Role, Segment, StoredMessage
from pinbang.testing.refusals import Reason, Refused

from .profile import ABSENT, Failure, Payload, Profile, picture_name


def _segment(segment: Segment, _message: StoredMessage) -> Segment | None:
    kind, data = segment["type"], segment["data"]
    match kind:
        case "image":
            stem = picture_name(data["file"]).rpartition(".")[0] or data["file"]
            data = {
                "file": f"{stem.lower()}.image",
                "subType": str(data.get("sub_type", 0)),
                "url": data.get("url", ""),
            }
        case "mface":
            kind, data = "text", {"text": data["summary"]}
        case "file":
            data = {
                "path": data["id"],
                "name": data["name"],
                "size": str(data["size"]),
                "busid": "102",
            }
        case "forward":
            data = {"id": data["id"]}
        case "dice" | "rps":
            data = {"value": data["result"]}
        case "markdown":
            return None
    return {"type": kind, "data": data}


def _sender(member: Member, role: Role | None) -> Payload:
    return {
        "age": 0,
        "area": "",
        "card": member.card,
        "level": "",
        "nickname": member.nickname,
        "role": role or "member",
        "sex": "unknown",
        "title": member.title,
        "user_id": member.user_id,
    }


def _private_sender(person: Person) -> Payload:
    return {"user_id": person.user_id, "nickname": person.nickname, "sex": "unknown", "age": 0}


def _message_extras(message: StoredMessage, _wire_id: int, _group: Group | None) -> Payload:
    if message.to_id is None:
        return {"message_seq": message.seq, "font": 0, "anonymous": None}
    if message.group_id is None:
        return {"font": 0, "target_id": message.to_id}
    return {"font": 0, "temp_source": 0}


def _adjust_notice(frame: Payload, happening: Happening) -> Payload | None:
    if isinstance(happening, EssenceChanged) and happening.operator_id == frame["self_id"]:
        return None
    if isinstance(happening, GroupDisbanded):
        return {**frame, "sub_type": "kick_me"}
    match frame["notice_type"], frame.get("sub_type"):
        case "group_increase", _:
            return {**frame, "sub_type": "approve", "operator_id": 0}
        case "essence", _:
            del frame["user_id"]
        case "group_msg_emoji_like", _:
            return None
        case "group_upload", _:
            frame["file"]["url"] = ""
        case "notify", "poke":
            return {**frame, "sender_id": frame["user_id"]}
    return frame


def _find_request(flag: str, requests: list[JoinRequest]) -> JoinRequest | None:
    for request in requests:
        if request.flag == flag:
            return request
    raise Refused(Reason.NO_SUCH_REQUEST)


def _member_info(member: Member, group: Group) -> Payload:
    return {
        "group_id": group.group_id,
        "user_id": member.user_id,
        "nickname": member.nickname,
        "card": member.card,
        "sex": member.person.sex,
        "age": member.person.age,
        "area": "",
        "join_time": member.join_time,
        "last_sent_time": member.last_sent_time,
        "shut_up_timestamp": int(member.muted_until),
        "level": str(member.level),
        "role": member.role,
        "unfriendly": False,
        "title": member.title,
        "title_expire_time": 0,
        "card_changeable": False,
    }


def _group_info(group: Group, _me: Member | None) -> Payload:
    return {
        "group_id": group.group_id,
        "group_name": group.name,
        "group_memo": "",
        "group_create_time": 0,
        "group_level": 0,
        "member_count": len(group.members),
        "max_member_count": 500,
    }


def _stranger_info(person: Person) -> Payload:
    return {
        "user_id": person.user_id,
        "nickname": person.nickname,
        "sex": person.sex,
        "age": person.age,
        "level": person.qq_level,
        "login_days": 0,
        "qid": "",
    }


def _system_messages(requests: list[JoinRequest], group_name: Callable[[int], str]) -> Payload:
    def common(request: JoinRequest) -> Payload:
        return {
            "request_id": int(request.flag),
            "group_id": request.group_id,
            "group_name": group_name(request.group_id),
            "checked": request.state != "pending",
            "actor": request.handled_by,
        }

    joining = [
        {
            **common(r),
            "requester_uin": r.user_id,
            "requester_nick": r.nickname,
            "message": r.comment,
        }
        for r in requests
        if r.kind == "add"
    ]
    invited = [
        {**common(r), "invitor_uin": r.invitor_id, "invitor_nick": ""}
        for r in requests
        if r.kind == "invite"
    ]
    # An empty list is null.
    return {"invited_requests": invited or None, "join_requests": joining or None}


def _ok(data: Any) -> Payload:
    body: Payload = {"status": "ok", "retcode": 0, "message": ""}
    return {**body, "data": None if data is ABSENT else data}


def _failed(retcode: int, text: str, code: str) -> Payload:
    return {"status": "failed", "retcode": retcode, "data": None, "msg": code, "wording": text}


def _status(online: bool) -> Payload:
    return {
        "app_enabled": True,
        "app_good": True,
        "app_initialized": True,
        "good": online,
        "online": online,
        "plugins_good": None,
        "stat": {"packet_lost": 0, "disconnect_times": 0, "lost_times": 0},
    }


_SEND = Failure("请参考 go-cqhttp 端输出", code="SEND_MSG_API_ERROR")
_RECALL = Failure("消息撤回失败", code="RECALL_API_ERROR")
_NOT_MANAGEABLE = Failure("机器人权限不足", code="NOT_MANAGEABLE")

_FAILURES: dict[Reason | tuple[str, Reason], Failure] = {
    Reason.NOT_ADMIN: _NOT_MANAGEABLE,
    Reason.NOT_OWNER: _NOT_MANAGEABLE,
    Reason.TARGET_IS_ADMIN: _NOT_MANAGEABLE,
    Reason.TARGET_IS_OWNER: _NOT_MANAGEABLE,
    Reason.NOT_A_MEMBER: Failure("成员不存在", code="MEMBER_NOT_FOUND"),
    Reason.NOT_IN_GROUP: Failure("群聊不存在", code="GROUP_NOT_FOUND"),
    Reason.NO_SUCH_GROUP: Failure("群聊不存在", code="GROUP_NOT_FOUND"),
    Reason.UNKNOWN_MESSAGE: Failure("消息不存在", code="MESSAGE_NOT_FOUND"),
    Reason.MUTED: _SEND,
    Reason.RISK_CONTROL: _SEND,
    Reason.NO_SUCH_REQUEST: Failure("FLAG不存在", code="FLAG_NOT_FOUND"),
    Reason.ALREADY_HANDLED: Failure("FLAG已经被检查", code="FLAG_HAS_BEEN_CHECKED"),
    Reason.BAD_PARAMS: Failure("{param}", 1400, code="PARAM_ERROR"),
    Reason.UNKNOWN_ACTION: Failure("API不存在", 1404, code="API_NOT_FOUND"),
    **{
        ("delete_msg", reason): _RECALL
        for reason in (
            Reason.NOT_ADMIN,
            Reason.TARGET_IS_ADMIN,
            Reason.TARGET_IS_OWNER,
            Reason.TOO_OLD,
            Reason.ALREADY_RECALLED,
        )
    },
}

GOCQHTTP = Profile(
    name="go-cqhttp",
    app_name="go-cqhttp",
    app_version="v1.2.0",
    user_agent="CQHttp/4.15.0",
    auth_scheme="Token",
    reconnect_interval=3.0,
    heartbeat=5.0,
    id_sign="negative",
    default_format="string",
    usual_retcode=100,
    whole_ban_duration=268_435_455,
    history_by="seq",
    forward_content="content",
    card_notice="when speaking",
    missing=frozenset({"get_group_ignore_add_request", "get_group_shut_list"}),
    unchecked=frozenset({"set_group_whole_ban"}),
    failures=_FAILURES,
    segment=_segment,
    sender=_sender,
    private_sender=_private_sender,
    message_extras=_message_extras,
    adjust_notice=_adjust_notice,
    flag=lambda request: request.flag,
    find_request=_find_request,
    request_extras=lambda request: {"invitor_id": request.invitor_id},
    member_info=_member_info,
    group_info=_group_info,
    stranger_info=_stranger_info,
    system_messages=_system_messages,
    status=_status,
    ok=_ok,
    failed=_failed,
)
