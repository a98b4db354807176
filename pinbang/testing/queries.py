"""The calls that only read."""

from collections.abc import Callable
from typing import Any

from . import cq
from .params import BadParameter, Params
from .profiles.napcat import native_id
from .profiles.profile import Payload, picture_name
from .records import Group, JoinRequest, Member, Segment, StoredMessage
from .refusals import Reason, Refused
from .session import Session
from .wire import message_body


def _get_login_info(session: Session, _params: Params) -> Payload:
    person = session.world.people.get(session.self_id)
    nickname = person.nickname if person else "机器人"
    return {"user_id": session.self_id, "nickname": nickname}


def _get_version_info(session: Session, _params: Params) -> Payload:
    profile = session.profile
    return {
        "app_name": profile.app_name,
        "app_version": profile.app_version,
        "protocol_version": "v11",
    }


def _get_status(session: Session, _params: Params) -> Payload:
    return session.profile.status(session.online)


def _can_send_image(_session: Session, _params: Params) -> Payload:
    return {"yes": True}


# ---- groups and people ----


def _my_group(session: Session, params: Params) -> Group:
    group = session.world.group(params.number("group_id"))
    if session.self_id not in group.members:
        raise Refused(Reason.NOT_IN_GROUP)
    return group


def _get_group_info(session: Session, params: Params) -> Payload:
    group = _my_group(session, params)
    return session.profile.group_info(group, group.members[session.self_id])


def _get_group_list(session: Session, _params: Params) -> list[Payload]:
    return [
        session.profile.group_info(group, group.members[session.self_id])
        for group in session.my_groups
    ]


def _get_group_member_info(session: Session, params: Params) -> Payload:
    group, user_id = _my_group(session, params), params.number("user_id")
    member = group.members.get(user_id)
    if member is not None and params.switch("no_cache", True):
        session.learn(group.group_id, user_id)
    if member is None and session.profile.remembers_former:
        member = group.former.get(user_id)
    if member is None:
        raise Refused(Reason.NOT_A_MEMBER)
    return session.profile.member_info(member, group)


def _get_group_member_list(session: Session, params: Params) -> list[Payload]:
    group = _my_group(session, params)
    for member in group.members.values():
        session.learn(group.group_id, member.user_id)
    return [_list_entry(session, member, group) for member in group.members.values()]


def _list_entry(session: Session, member: Member, group: Group) -> Payload:
    entry = session.profile.member_info(member, group)
    for personal in ("age", "qq_level"):
        if personal in entry:
            entry[personal] = 0
    return entry


def _get_stranger_info(session: Session, params: Params) -> Payload:
    person = session.world.people.get(params.number("user_id"))
    if person is None:
        raise Refused(Reason.NO_SUCH_PERSON)
    return session.profile.stranger_info(person)


def _get_group_shut_list(session: Session, params: Params) -> Any:
    now = session.world.now()
    members = _my_group(session, params).members.values()
    return session.profile.shut_list([m for m in members if m.muted_until > now])


# ---- messages ----


def _get_msg(session: Session, params: Params) -> Payload:
    message = session.message(params.number("message_id"))
    body = session.profile.stored(message_body(message, session))
    return {**body, **session.profile.get_msg_extras(message)}


def _get_group_msg_history(session: Session, params: Params) -> Payload:
    """Messages up to and including ``message_seq`` (0: the newest), oldest first."""
    group = _my_group(session, params)
    wanted, count = params.number("message_seq", 0), params.number("count", 20)
    messages = [m for m in group.messages.values() if not m.recalled]
    if wanted and session.profile.history_by == "message_id":
        last = session.message(wanted).seq
    else:
        last = wanted or group.last_seq
    found = [m for m in messages if m.seq <= last][-count:]
    if not found and session.profile.history_by == "message_id":
        raise Refused(Reason.UNKNOWN_MESSAGE)
    return {"messages": [session.profile.stored(message_body(m, session)) for m in found]}


def _get_forward_msg(session: Session, params: Params) -> Payload:
    wanted = params.words("id", "") or params.words("message_id", "")
    if not wanted:
        raise BadParameter("message_id")
    nodes = session.world.forwards.get(wanted)
    if nodes is None:
        nodes = _forward_in(_carrier(session, wanted))
    return {"messages": [_forwarded(session, node) for node in nodes]}


def _carrier(session: Session, wanted: str) -> StoredMessage:
    for group in session.my_groups:
        for message in group.messages.values():
            wire_id = session.profile.wire_id(message.message_id)
            if wanted in (native_id(message.message_id), str(wire_id)):
                return message
    raise Refused(Reason.UNKNOWN_MESSAGE)


def _forward_in(message: StoredMessage) -> list[dict[str, Any]]:
    for segment in message.segments:
        if segment["type"] == "forward":
            return segment["data"]["nodes"]
    raise Refused(Reason.UNKNOWN_MESSAGE)


def _forwarded(session: Session, node: dict[str, Any]) -> Payload:
    segments: list[Segment] = node["segments"]
    stored = StoredMessage(0, 0, None, node["user_id"], int(session.world.now()), segments)
    shaped = session.shape(stored)
    raw = cq.encode(shaped, session.profile.cq)
    content = shaped if session.message_format == "array" else raw
    return {
        "time": stored.time,
        "sender": {"user_id": node["user_id"], "nickname": node["nickname"]},
        session.profile.forward_content: content,
    }


def _get_image(session: Session, params: Params) -> Payload:
    wanted = params.words("file", "") or params.words("file_id")
    for segment in _pictures(session):
        shaped = session.profile.segment(segment, StoredMessage(0, 0, None, 0, 0, []))
        if shaped is not None and shaped["data"].get("file") == wanted:
            data = segment["data"]
            return {
                "file": picture_name(data["file"]),
                "url": data.get("url", ""),
                "file_size": str(data.get("file_size", 0)),
                "file_name": picture_name(data["file"]),
            }
    raise Refused(Reason.UNKNOWN_MESSAGE)


def _pictures(session: Session) -> list[Segment]:
    conversations = [group.messages for group in session.my_groups]
    conversations.append(session.world.private_messages)
    return [
        segment
        for messages in conversations
        for message in messages.values()
        for segment in message.segments
        if segment["type"] == "image"
    ]


# ---- requests ----


def _pending(session: Session) -> list[JoinRequest]:
    """What awaits this account: requests in groups it manages, invitations of itself."""
    me = session.self_id
    return [
        request
        for group in session.world.groups.values()
        for request in group.requests.values()
        if request.state == "pending"
        and (
            request.user_id == me
            if request.kind == "invite"
            else me in group.members and group.members[me].manages
        )
    ]


def _get_group_system_msg(session: Session, _params: Params) -> Any:
    return session.profile.system_messages(_pending(session), _group_name(session))


def _get_group_ignore_add_request(session: Session, _params: Params) -> Any:
    filtered = [request for request in _pending(session) if request.filtered]
    return session.profile.ignored_requests(filtered, _group_name(session))


def _group_name(session: Session) -> Callable[[int], str]:
    return lambda group_id: session.world.group(group_id).name


QUERIES: dict[str, Callable[[Session, Params], Any]] = {
    "get_login_info": _get_login_info,
    "get_version_info": _get_version_info,
    "get_status": _get_status,
    "can_send_image": _can_send_image,
    "get_group_info": _get_group_info,
    "get_group_list": _get_group_list,
    "get_group_member_info": _get_group_member_info,
    "get_group_member_list": _get_group_member_list,
    "get_stranger_info": _get_stranger_info,
    "get_group_shut_list": _get_group_shut_list,
    "get_msg": _get_msg,
    "get_group_msg_history": _get_group_msg_history,
    "get_forward_msg": _get_forward_msg,
    "get_image": _get_image,
    "get_group_system_msg": _get_group_system_msg,
    "get_group_ignore_add_request": _get_group_ignore_add_request,
}
