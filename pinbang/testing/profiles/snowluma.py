"""SnowLuma: signed ids, no group names, failure texts in ``wording`` only."""

from collections.abc import Callable
from typing import Any

from pinbang.testing.happenings import (
    EmojiLiked,
    EssenceChanged,
    Happening,
    MemberJoined,
    MemberLeft,
)
from pinbang.testing.records import Group, JoinRequest, Member, Person, Role, Segment, StoredMessage
from pinbang.testing.refusals import Reason, Refused

from .profile import (
    ABSENT,
    CqStyle,
    Failure,
    Payload,
    Profile,
    picture_name,
    uid_of,
)

_NOT_ADMIN = "OIDB error 120101005: ERR_NOT_GROUP_ADMIN"


def _segment(segment: Segment, _message: StoredMessage) -> Segment | None:
    kind, data = segment["type"], segment["data"]
    match kind:
        case "image":
            data = {
                "url": data.get("url", ""),
                "file": picture_name(data["file"]),
                "sub_type": int(data.get("sub_type", 0)),
                "summary": data.get("summary", ""),
            }
        case "mface":
            kind, data = (
                "image",
                {
                    "file": f"{data['emoji_id'][:2]}-{data['emoji_id']}.gif",
                    "url": data["url"],
                    "summary": data["summary"],
                    "sub_type": 0,
                    "emoji_id": data["emoji_id"],
                    "emoji_package_id": data["emoji_package_id"],
                    "key": data["key"],
                },
            )
        case "file":
            data = {
                "file": data["name"],
                "file_id": data["id"],
                "file_size": data["size"],
                "name": data["name"],
                "size": data["size"],
                "id": data["id"],
                "url": "",
                "file_hash": "",
            }
        case "forward":
            data = {"id": data["id"]}
        case "markdown" | "dice" | "rps":
            return None
    return {"type": kind, "data": data}


def _sender(member: Member, role: Role | None) -> Payload:
    return {
        "user_id": member.user_id,
        "nickname": member.nickname,
        "card": member.card,
        "role": role or "member",
        "sex": "unknown",
        "age": 0,
    }


def _private_sender(person: Person) -> Payload:
    return {"user_id": person.user_id, "nickname": person.nickname, "sex": "unknown", "age": 0}


def _message_extras(message: StoredMessage, _wire_id: int, _group: Group | None) -> Payload:
    extras: Payload = {"message_seq": message.seq, "font": 0}
    if message.to_id is None:
        extras["anonymous"] = None
    return extras


def _adjust_notice(frame: Payload, happening: Happening) -> Payload | None:
    match happening:
        case MemberJoined(how="approve"):
            return {**frame, "operator_id": frame["user_id"]}
        case MemberLeft():
            return {**frame, "operator_id": 0}
        case EssenceChanged(message=message):
            return {**frame, "message_seq": message.seq, "random": 1}
        case EmojiLiked(message=message):
            return {**frame, "operator_id": frame["user_id"], "message_seq": message.seq}
    match frame["notice_type"], frame.get("sub_type"):
        case "notify", "poke":
            return {**frame, "action": "戳了戳", "suffix": "", "action_img_url": ""}
        case "notify", "title":
            return None
    return frame


def _flag(request: JoinRequest) -> str:
    return f"{request.kind}:{request.group_id}:{uid_of(request.user_id)}"


def _find_request(flag: str, requests: list[JoinRequest]) -> JoinRequest | None:
    kind, group_id, *uid = flag.split(":")[:3] if flag.count(":") >= 2 else ("", "")
    if kind not in ("add", "invite"):
        raise Refused(Reason.BAD_PARAMS)
    pending = [
        r
        for r in requests
        if str(r.group_id) == group_id and r.kind == kind and r.state == "pending"
    ]
    for request in pending:
        if [uid_of(request.user_id)] == uid:
            return request
    if pending:
        # Whoever else waits is taken instead.
        return pending[0]
    raise Refused(Reason.NO_SUCH_REQUEST)


def _member_info(member: Member, group: Group) -> Payload:
    return {
        "group_id": group.group_id,
        "user_id": member.user_id,
        "nickname": member.nickname,
        "card": member.card,
        "sex": "unknown",
        "age": 0,
        "join_time": member.join_time,
        "last_sent_time": member.last_sent_time,
        "level": str(member.level),
        "role": member.role,
        "title": member.title,
    }


def _group_info(group: Group, _me: Member | None) -> Payload:
    return {
        "group_id": group.group_id,
        "group_name": group.name,
        "member_count": len(group.members),
        "max_member_count": 500,
    }


def _stranger_info(person: Person) -> Payload:
    return {
        "user_id": person.user_id,
        "nickname": person.nickname,
        "sex": person.sex,
        "age": person.age,
        "qq_level": person.qq_level,
        "level": person.qq_level,
    }


def _system_messages(requests: list[JoinRequest], group_name: Callable[[int], str]) -> Any:
    # The flag has another head than the one set_group_add_request takes.
    return [
        {
            "group_id": r.group_id,
            "group_name": group_name(r.group_id),
            "request_id": int(r.flag),
            "requester_uin": r.user_id if r.kind == "add" else 0,
            "requester_nick": r.nickname,
            "message": r.comment,
            "flag": f"1:{r.group_id}:{uid_of(r.user_id)}",
        }
        for r in requests
        if not r.filtered
    ]


def _ignored(requests: list[JoinRequest], group_name: Callable[[int], str]) -> list[Payload]:
    return [
        {
            "request_id": int(r.flag),
            "group_id": r.group_id,
            "message": r.comment,
            "group_name": group_name(r.group_id),
            "checked": r.state != "pending",
            "requester_nick": r.nickname,
        }
        for r in requests
    ]


def _shut_list(members: list[Member]) -> list[Payload]:
    return [
        {"user_id": m.user_id, "nickname": m.nickname, "shut_up_time": int(m.muted_until)}
        for m in members
    ]


def _ok(data: Any) -> Payload:
    body: Payload = {"status": "ok", "retcode": 0}
    return {**body, "data": None if data is ABSENT else data}


def _failed(retcode: int, text: str, _code: str) -> Payload:
    return {"status": "failed", "retcode": retcode, "data": None, "wording": text}


_FAILURES: dict[Reason | tuple[str, Reason], Failure] = {
    Reason.NOT_ADMIN: Failure(_NOT_ADMIN),
    Reason.TARGET_IS_ADMIN: Failure(_NOT_ADMIN),
    Reason.TARGET_IS_OWNER: Failure(_NOT_ADMIN),
    Reason.NOT_A_MEMBER: Failure("member not found"),
    Reason.NOT_IN_GROUP: Failure("group not found"),
    Reason.NO_SUCH_GROUP: Failure("group not found"),
    Reason.UNKNOWN_MESSAGE: Failure("message not found"),
    Reason.MUTED: Failure("send message failed: muted"),
    Reason.RISK_CONTROL: Failure("send message failed"),
    Reason.NO_SUCH_REQUEST: Failure("group request not found"),
    Reason.BAD_PARAMS: Failure("{param}: is required", 1400),
    Reason.UNKNOWN_ACTION: Failure("unknown action", 1404),
    ("delete_msg", Reason.UNKNOWN_MESSAGE): Failure("message not found or not retractable"),
    ("set_group_add_request", Reason.BAD_PARAMS): Failure("invalid group request flag", 100),
}

SNOWLUMA = Profile(
    name="SnowLuma",
    app_name="SnowLuma",
    app_version="1.11.1",
    user_agent="OneBot/11",
    reconnect_interval=5.0,
    heartbeat=30.0,
    id_sign="either",
    usual_retcode=100,
    whole_ban_duration=4_294_967_295,
    history_by="seq",
    card_notice="never",
    lifecycle=("connect", "enable"),
    lifecycle_has_status=True,
    unchecked=frozenset({"delete_msg"}),
    cq=CqStyle(
        comma_in_text=True,
        only={"image": ("file", "url"), "file": ("name", "size", "id", "url")},
    ),
    failures=_FAILURES,
    segment=_segment,
    sender=_sender,
    private_sender=_private_sender,
    message_extras=_message_extras,
    stored=lambda body: {name: value for name, value in body.items() if name != "self_id"},
    get_msg_extras=lambda message: {"real_id": SNOWLUMA.wire_id(message.message_id)},
    adjust_notice=_adjust_notice,
    flag=_flag,
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
