"""NapCatQQ: drives QQ's own client; ids live in memory, members come from a cache."""

from collections.abc import Callable
from typing import Any

from pinbang.testing.happenings import Happening, MemberLeft
from pinbang.testing.records import Group, JoinRequest, Member, Person, Role, Segment, StoredMessage
from pinbang.testing.refusals import Reason, Refused

from .profile import ABSENT, CqStyle, Failure, Payload, Profile, picture_name, role_name, uid_of

_SEND_TIMEOUT = (
    "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg "
    'ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate EventRet:\n{{"result": 0}}\n'
)
_RECALL_REFUSED = (
    "Error: NTEvent serviceAndMethod:NodeIKernelMsgService/recallMsg EventRet:\n"
    '{{"result": 7, "errMsg": "decode failed!"}}\n'
)


def native_id(message_id: int) -> str:
    """QQ NT's own id of a message, by which forwards are named."""
    return str(7_400_000_000_000_000_000 + message_id)


def _segment(segment: Segment, message: StoredMessage) -> Segment | None:
    kind, data = segment["type"], segment["data"]
    match kind:
        case "image":
            data = {
                "summary": data.get("summary", ""),
                "file": picture_name(data["file"]),
                "sub_type": int(data.get("sub_type", 0)),
                "url": data.get("url", ""),
                "file_size": str(data.get("file_size", 0)),
            }
        case "mface":
            kind, data = (
                "image",
                {
                    "summary": data["summary"],
                    "file": f"{data['emoji_id'][:2]}-{data['emoji_id']}.gif",
                    "url": data["url"],
                    "key": data["key"],
                    "emoji_id": data["emoji_id"],
                    "emoji_package_id": data["emoji_package_id"],
                },
            )
        case "file":
            data = {"file": data["name"], "file_id": data["id"], "file_size": str(data["size"])}
        case "face":
            data = {"id": data["id"], "raw": {"faceIndex": int(data["id"]), "faceType": 1}}
        case "forward":
            data = {"id": native_id(message.message_id)}
        case "reply" if not data["id"]:
            return None
    return {"type": kind, "data": data}


def _sender(member: Member, role: Role | None) -> Payload:
    base = {"user_id": member.user_id, "nickname": member.nickname, "card": member.card}
    return {**base, **role_name(role)}


def _message_extras(message: StoredMessage, wire_id: int, group: Group | None) -> Payload:
    extras: Payload = {
        "message_seq": wire_id,
        "real_id": wire_id,
        "real_seq": str(message.seq),
        "font": 14,
    }
    if group is not None and message.to_id is None:
        extras["group_name"] = group.name
    if message.to_id is not None:
        extras["target_id"] = message.user_id
        if message.group_id is not None:
            extras |= {"group_id": message.group_id, "temp_source": 0}
    return extras


def _adjust_notice(frame: Payload, happening: Happening) -> Payload | None:
    match frame["notice_type"], frame.get("sub_type"):
        case "essence", "delete":
            return None
        case "group_msg_emoji_like", sub_type:
            del frame["sub_type"]
            return {**frame, "is_add": sub_type == "add"}
        case "group_decrease", "leave" if isinstance(happening, MemberLeft):
            return {**frame, "operator_id": 0}
        case "notify", "poke":
            return {**frame, "raw_info": _poke_info(frame)}
    return frame


def _poke_info(frame: Payload) -> list[Payload]:
    return [
        {"col": "1", "nm": "", "type": "qq", "uid": uid_of(frame["user_id"])},
        {"txt": "戳了戳", "type": "nor"},
        {"col": "1", "nm": "", "tp": "0", "type": "qq", "uid": uid_of(frame["target_id"])},
        {"txt": "", "type": "nor"},
    ]


def _find_request(flag: str, requests: list[JoinRequest]) -> JoinRequest | None:
    for request in requests:
        if request.flag == flag:
            return request
    raise Refused(Reason.NO_SUCH_REQUEST)


def _member_info(member: Member, group: Group) -> Payload:
    person = member.person
    return {
        "group_id": group.group_id,
        "user_id": member.user_id,
        "nickname": member.nickname,
        "card": member.card,
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


def _group_info(group: Group, _me: Member | None) -> Payload:
    return {
        "group_all_shut": -1 if group.whole_ban else 0,
        "group_remark": "",
        "group_id": group.group_id,
        "group_name": group.name,
        "member_count": len(group.members),
        "max_member_count": 500,
    }


def _stranger_info(person: Person) -> Payload:
    return {
        "uid": uid_of(person.user_id),
        "uin": str(person.user_id),
        "nick": person.nickname,
        "remark": "",
        "qqLevel": person.qq_level,
        "regTime": person.reg_time,
        "qid": "",
        "longNick": "",
        "age": person.age,
        "sex": person.sex,
        "user_id": person.user_id,
        "nickname": person.nickname,
        "long_nick": "",
        "reg_time": person.reg_time,
        "is_vip": False,
        "is_years_vip": False,
        "vip_level": 0,
        "login_days": 0,
    }


def _entry(request: JoinRequest, group_name: Callable[[int], str]) -> Payload:
    # The key that should name the inviter holds the requester.
    return {
        "request_id": int(request.flag),
        "invitor_uin": request.user_id if request.kind == "add" else request.invitor_id,
        "invitor_nick": request.nickname,
        "group_id": request.group_id,
        "message": request.comment,
        "group_name": group_name(request.group_id),
        "checked": request.state != "pending",
        "actor": request.handled_by,
        "requester_nick": request.nickname,
    }


def _system_messages(requests: list[JoinRequest], group_name: Callable[[int], str]) -> Payload:
    plain = [r for r in requests if not r.filtered]
    invited = [_entry(r, group_name) for r in plain if r.kind == "invite"]
    return {
        "invited_requests": invited,
        "InvitedRequest": invited,
        # Members brought by others are a notice type the gateway does not list.
        "join_requests": [
            _entry(r, group_name) for r in plain if r.kind == "add" and not r.invitor_id
        ],
    }


def _ignored(requests: list[JoinRequest], group_name: Callable[[int], str]) -> list[Payload]:
    return [_entry(request, group_name) for request in requests[:10]]


def _shut_list(members: list[Member]) -> Any:
    return [
        {
            "uid": uid_of(m.user_id),
            "uin": str(m.user_id),
            "nick": m.nickname,
            "cardName": m.card,
            "shutUpTime": int(m.muted_until),
        }
        for m in members
    ] or ABSENT


def _ok(data: Any) -> Payload:
    return _answer("ok", 0, data, "")


def _failed(retcode: int, text: str, _code: str) -> Payload:
    return _answer("failed", retcode, None, text)


def _answer(status: str, retcode: int, data: Any, text: str) -> Payload:
    body = {"status": status, "retcode": retcode, "message": text, "wording": text}
    return {**body, **({} if data is ABSENT else {"data": data}), "stream": "normal-action"}


_FAILURES: dict[Reason | tuple[str, Reason], Failure] = {
    Reason.NOT_ADMIN: Failure("ERR_NOT_GROUP_ADMIN"),
    Reason.NOT_OWNER: Failure("ERR_NOT_GROUP_OWNER"),
    Reason.TARGET_IS_OWNER: Failure("cannot ban owner"),
    Reason.TARGET_IS_ADMIN: Failure("cannot ban admin"),
    Reason.NOT_A_MEMBER: Failure("user not in group"),
    Reason.UNKNOWN_MESSAGE: Failure("消息不存在"),
    Reason.MUTED: Failure(_SEND_TIMEOUT),
    Reason.RISK_CONTROL: Failure(_SEND_TIMEOUT),
    Reason.NOT_IN_GROUP: Failure(
        _SEND_TIMEOUT.replace('"result": 0', '"result": 110, "errMsg": "你已被移出该群"')
    ),
    Reason.NO_SUCH_GROUP: Failure("群不存在"),
    Reason.NO_SUCH_REQUEST: Failure("No such request"),
    Reason.BAD_PARAMS: Failure("{param} is required", 1400),
    Reason.UNKNOWN_ACTION: Failure("不支持的Api {action}", 1404),
    ("delete_msg", Reason.UNKNOWN_MESSAGE): Failure("Recall failed"),
    ("delete_msg", Reason.ALREADY_RECALLED): Failure("Recall failed"),
    ("set_group_card", Reason.NOT_ADMIN): Failure("设置群名片未生效"),
    ("get_group_msg_history", Reason.UNKNOWN_MESSAGE): Failure("消息不存在"),
    **{
        ("delete_msg", reason): Failure(_RECALL_REFUSED)
        for reason in (
            Reason.NOT_ADMIN,
            Reason.TARGET_IS_ADMIN,
            Reason.TARGET_IS_OWNER,
            Reason.TOO_OLD,
        )
    },
    **{
        (action, Reason.BAD_PARAMS): Failure("请指定正确的 group_id 或 user_id")
        for action in ("send_group_msg", "send_private_msg", "send_msg")
    },
}

NAPCAT = Profile(
    name="NapCat",
    app_name="NapCat.Onebot",
    app_version="4.18.0",
    user_agent="OneBot/11",
    bare_auth=True,
    reconnect_interval=5.0,
    handshake_timeout=2.0,
    heartbeat=30.0,
    id_sign="positive",
    remembered_ids=5000,
    caches_members=True,
    remembers_former=True,
    reports_offline=True,
    card_notice="when speaking",
    usual_retcode=1200,
    sends_message_format=True,
    whole_ban_duration=-1,
    history_by="message_id",
    unchecked=frozenset(
        {"set_group_kick", "set_group_admin", "set_group_add_request", "set_essence_msg"}
    ),
    status=lambda online: {"online": online, "good": True},
    cq=CqStyle(strip=True, drop_empty=True),
    failures=_FAILURES,
    segment=_segment,
    sender=_sender,
    private_sender=lambda person: {
        "user_id": person.user_id,
        "nickname": person.nickname,
        "card": "",
    },
    message_extras=_message_extras,
    get_msg_extras=lambda _message: {"emoji_likes_list": []},
    adjust_notice=_adjust_notice,
    flag=lambda request: request.flag,
    find_request=_find_request,
    member_info=_member_info,
    group_info=_group_info,
    stranger_info=_stranger_info,
    system_messages=_system_messages,
    ignored_requests=_ignored,
    shut_list=_shut_list,
    ok=_ok,
    failed=_failed,
)
