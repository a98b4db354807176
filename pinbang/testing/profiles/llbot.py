"""LuckyLilliaBot (LLBot, formerly LLOneBot): signed ids, levels and titles, checked actions."""

from collections.abc import Callable
from typing import Any

from pinbang.testing.happenings import GroupDisbanded, Happening
from pinbang.testing.records import Group, JoinRequest, Member, Person, Role, Segment, StoredMessage
from pinbang.testing.refusals import Reason, Refused

from .profile import ABSENT, Failure, Payload, Profile, picture_name, role_name

_SEARCHED_NOTICES = 50
_ADD, _INVITED_ME, _BROUGHT_BY_MEMBER = 1, 2, 22


def _segment(segment: Segment, _message: StoredMessage) -> Segment | None:
    kind, data = segment["type"], segment["data"]
    match kind:
        case "image":
            data = {
                "file": picture_name(data["file"]),
                "subType": int(data.get("sub_type", 0)),
                "url": data.get("url", ""),
                "file_size": str(data.get("file_size", 0)),
            }
        case "file":
            data = {
                "file": data["name"],
                "url": "",
                "file_id": data["id"],
                "path": "",
                "file_size": str(data["size"]),
            }
        case "face":
            data = {"id": data["id"], "sub_type": 1}
        case "forward":
            data = {"id": data["id"]}
    return {"type": kind, "data": data}


def _sender(member: Member, role: Role | None) -> Payload:
    base = {"user_id": member.user_id, "nickname": member.nickname, "card": member.card}
    return {**base, **role_name(role), "level": str(member.level), "title": member.title}


def _message_extras(message: StoredMessage, _wire_id: int, group: Group | None) -> Payload:
    extras: Payload = {"message_seq": message.seq, "font": 14}
    if message.to_id is None and group is not None:
        extras["group_name"] = group.name
    if message.to_id is not None and message.group_id is not None:
        extras["temp_source"] = 0
    return extras


def _adjust_notice(frame: Payload, happening: Happening) -> Payload | None:
    match frame["notice_type"], frame.get("sub_type"):
        case "group_decrease", _ if isinstance(happening, GroupDisbanded):
            kept = {k: frame[k] for k in ("time", "self_id", "post_type", "group_id")}
            return {**kept, "notice_type": "group_dismiss", "user_id": happening.operator_id}
        case "group_msg_emoji_like", sub_type:
            del frame["sub_type"]
            return {**frame, "is_add": sub_type == "add"}
        case "notify", "poke":
            return {**frame, "raw_info": _poke_info(frame)}
    return frame


def _poke_info(frame: Payload) -> list[Payload]:
    def who(user_id: int) -> Payload:
        blank = {"col": "1", "jp": "", "nm": "", "tp": "0", "type": "qq"}
        return {**blank, "uid": str(user_id)}

    nudged = {"col": "1", "jp": "", "txt": "戳了戳", "type": "nor"}
    return [who(frame["user_id"]), nudged, who(frame["target_id"])]


def _flag(request: JoinRequest) -> str:
    kind = _INVITED_ME if request.kind == "invite" else _ADD
    if request.kind == "add" and request.invitor_id:
        kind = _BROUGHT_BY_MEMBER
    return f"{request.group_id}|{request.flag}|{kind}|{int(request.filtered)}"


def _request_extras(request: JoinRequest) -> Payload:
    return {"invitor_id": request.invitor_id} if request.kind == "add" else {}


def _find_request(flag: str, requests: list[JoinRequest]) -> JoinRequest | None:
    if flag.isdigit():
        for filtered in (False, True):
            recent = [r for r in requests if r.filtered is filtered][-_SEARCHED_NOTICES:]
            for request in recent:
                if request.flag == flag:
                    return request
        raise Refused(Reason.NO_SUCH_REQUEST)
    # Any other flag is taken apart and passed on unread.
    return next((r for r in requests if _flag(r) == flag), None)


def _member_info(member: Member, group: Group) -> Payload:
    person = member.person
    return {
        "group_id": group.group_id,
        "user_id": member.user_id,
        "nickname": member.nickname,
        "card": member.card,
        "card_or_nickname": member.card or member.nickname,
        "sex": person.sex,
        "age": person.age,
        "area": "",
        "level": str(member.level),
        "qq_level": person.qq_level,
        "join_time": member.join_time,
        "last_sent_time": member.last_sent_time,
        "title_expire_time": 0,
        "unfriendly": False,
        "card_changeable": True,
        "is_robot": False,
        "shut_up_timestamp": int(member.muted_until),
        "role": member.role,
        "title": member.title,
    }


def _group_info(group: Group, me: Member | None) -> Payload:
    return {
        "group_id": group.group_id,
        "group_name": group.name,
        "member_count": len(group.members),
        "max_member_count": 500,
        "avatar_url": "",
        "owner_id": group.owner_id,
        "shut_up_all_timestamp": 4_294_967_295 if group.whole_ban else 0,
        "shut_up_me_timestamp": int(me.muted_until) if me else 0,
    }


def _stranger_info(person: Person) -> Payload:
    return {
        "user_id": person.user_id,
        "nickname": person.nickname,
        "sex": person.sex,
        "age": person.age,
        "qid": "",
        "level": person.qq_level,
        "login_days": 0,
        "reg_time": person.reg_time,
        "long_nick": "",
        "city": "",
        "country": "",
        "labels": [],
        "remark": "",
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

    return {
        "invited_requests": [
            {**common(r), "invitor_uin": r.invitor_id, "invitor_nick": ""}
            for r in requests
            if r.kind == "invite"
        ],
        "join_requests": [
            {
                **common(r),
                "requester_uin": r.user_id,
                "requester_nick": r.nickname,
                "message": r.comment,
            }
            for r in requests
            if r.kind == "add"
        ],
    }


def _ignored(_requests: list[JoinRequest], _group_name: Callable[[int], str]) -> Any:
    raise Refused(Reason.SEE_OTHER_ACTION)


def _shut_list(members: list[Member]) -> list[Payload]:
    return [
        {"user_id": m.user_id, "nickname": m.nickname, "shut_up_time": int(m.muted_until)}
        for m in members
    ]


def _answer(status: str, retcode: int, data: Any, text: str) -> Payload:
    body = {"status": status, "retcode": retcode, "message": text, "wording": text}
    return {**body, "data": None if data is ABSENT else data}


_FAILURES: dict[Reason | tuple[str, Reason], Failure] = {
    Reason.NOT_ADMIN: Failure("ERR_NOT_GROUP_ADMIN"),
    Reason.NOT_OWNER: Failure("ERR_NOT_GROUP_OWNER"),
    Reason.TARGET_IS_OWNER: Failure("cannot ban owner"),
    Reason.TARGET_IS_ADMIN: Failure("cannot ban admin"),
    Reason.NOT_A_MEMBER: Failure("群成员不存在"),
    Reason.NOT_IN_GROUP: Failure("你已被移出该群"),
    Reason.NO_SUCH_GROUP: Failure("群不存在"),
    Reason.MUTED: Failure("当前处于被禁言状态"),
    Reason.RISK_CONTROL: Failure("消息发送失败，账号可能被风控"),
    Reason.UNKNOWN_MESSAGE: Failure("消息不存在"),
    Reason.BAD_PARAMS: Failure("请指定 group_id 或 user_id"),
    Reason.UNKNOWN_ACTION: Failure("{action} API 不存在", 1404),
    Reason.SEE_OTHER_ACTION: Failure("请使用 get_group_system_msg API, 可获取被过滤的加群通知"),
    ("delete_msg", Reason.UNKNOWN_MESSAGE): Failure("消息{message_id}不存在"),
}

LLBOT = Profile(
    name="LLBot",
    app_name="LLOneBot",
    app_version="8.1.0",
    user_agent="LLOneBot/8.1.0",
    bare_auth=True,
    reconnect_interval=3.0,
    heartbeat=30.0,
    id_sign="either",
    usual_retcode=1200,
    sends_message_format=True,
    whole_ban_duration=-1,
    history_by="seq",
    forward_content="content",
    at_has_name=True,
    unchecked=frozenset({"delete_msg"}),
    failures=_FAILURES,
    segment=_segment,
    sender=_sender,
    private_sender=lambda person: {"user_id": person.user_id, "nickname": person.nickname},
    message_extras=_message_extras,
    get_msg_extras=lambda message: {"real_id": message.seq, "status": "normal"},
    adjust_notice=_adjust_notice,
    flag=_flag,
    find_request=_find_request,
    request_extras=_request_extras,
    member_info=_member_info,
    group_info=_group_info,
    stranger_info=_stranger_info,
    system_messages=_system_messages,
    ignored_requests=_ignored,
    shut_list=_shut_list,
    ok=lambda data: _answer("ok", 0, data, ""),
    failed=lambda retcode, text, _code: _answer("failed", retcode, None, text),
)
