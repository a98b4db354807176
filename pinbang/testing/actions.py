"""The calls that do something, and the table of all calls a gateway answers."""

from collections.abc import Callable
from typing import Any

from .params import BadParameter, Params, as_message
from .profiles.profile import ABSENT, Payload
from .queries import QUERIES
from .records import Segment
from .refusals import Reason, Refused
from .session import Session

Action = Callable[[Session, Params], Any]


def perform(session: Session, action: str, raw: dict[str, Any]) -> Payload:
    """Carry out one call and give the answer's body, without ``echo``."""
    profile = session.profile
    run = ACTIONS.get(action)
    if run is None or action in profile.missing:
        return profile.failure(action, Reason.UNKNOWN_ACTION)
    try:
        return profile.ok(run(session, Params(raw)))
    except BadParameter as bad:
        return profile.failure(action, bad.reason, param=bad.param)
    except Refused as refused:
        if action in profile.unchecked and refused.reason not in _FOUND_OUT_LOCALLY:
            return profile.ok(None)
        return profile.failure(action, refused.reason, message_id=raw.get("message_id", ""))


_FOUND_OUT_LOCALLY = frozenset(
    {Reason.UNKNOWN_MESSAGE, Reason.NO_SUCH_REQUEST, Reason.BAD_PARAMS, Reason.SEE_OTHER_ACTION}
)


def pretend(session: Session, action: str) -> Payload:
    """The answer of a call that went well, although nothing was done."""
    if action.startswith("send_"):
        return session.profile.ok({"message_id": session.profile.wire_id(session.world.new_id())})
    return session.profile.ok(None)


# ---- messages ----


def _send_group_msg(session: Session, params: Params) -> Payload:
    group_id = params.number("group_id")
    message = session.world.say(group_id, session.self_id, _to_world(session, params.segments()))
    return {"message_id": session.remember(message)}


def _send_private_msg(session: Session, params: Params) -> Payload:
    user_id = params.number("user_id")
    segments = _to_world(session, params.segments())
    group_id = params.number("group_id", 0) or None
    message = session.world.say_private(session.self_id, user_id, segments, group_id=group_id)
    return {"message_id": session.remember(message)}


def _send_msg(session: Session, params: Params) -> Payload:
    kind = params.words("message_type", "")
    if kind == "group" or (not kind and params.raw.get("group_id")):
        return _send_group_msg(session, params)
    return _send_private_msg(session, params)


def _send_group_forward_msg(session: Session, params: Params) -> Payload:
    group_id = params.number("group_id")
    nodes = [_node(session, segment) for segment in params.segments("messages")]
    bundle: Segment = {"type": "forward", "data": {"nodes": nodes}}
    message = session.world.say(group_id, session.self_id, bundle)
    return {
        "message_id": session.remember(message),
        "forward_id": message.segments[0]["data"]["id"],
    }


def _node(session: Session, segment: Segment) -> Payload:
    data = segment["data"]
    if "id" in data:
        quoted = session.message(Params(data).number("id"))
        person = session.world.people[quoted.user_id]
        return {
            "user_id": quoted.user_id,
            "nickname": person.nickname,
            "segments": quoted.segments,
        }
    return {
        "user_id": Params(data).number("user_id", Params(data).number("uin", session.self_id)),
        "nickname": str(data.get("nickname") or data.get("name") or ""),
        "segments": _to_world(session, as_message(data.get("content"), "content")),
    }


def _to_world(session: Session, segments: list[Segment]) -> list[Segment]:
    """Replace the gateway's id of a quoted message by the world's; unknown ones are dropped."""
    result = []
    for segment in segments:
        if segment["type"] == "reply":
            try:
                quoted = session.message(Params(segment["data"]).number("id"))
            except Refused:
                continue
            segment = {"type": "reply", "data": {"id": str(quoted.message_id)}}
        result.append(segment)
    return result


def _delete_msg(session: Session, params: Params) -> None:
    message = session.message(params.number("message_id"))
    session.world.recall(message.message_id, session.self_id)


def _set_essence_msg(session: Session, params: Params) -> None:
    message = session.message(params.number("message_id"))
    session.world.set_essence(message.message_id, session.self_id)


def _delete_essence_msg(session: Session, params: Params) -> None:
    message = session.message(params.number("message_id"))
    session.world.set_essence(message.message_id, session.self_id, on=False)


# ---- members ----


def _set_group_kick(session: Session, params: Params) -> None:
    session.world.kick(
        params.number("group_id"),
        params.number("user_id"),
        session.self_id,
        block=params.switch("reject_add_request", False),
    )


def _set_group_ban(session: Session, params: Params) -> None:
    session.world.mute(
        params.number("group_id"),
        params.number("user_id"),
        session.self_id,
        params.number("duration", 1800),
    )


def _set_group_whole_ban(session: Session, params: Params) -> None:
    on = params.switch("enable", True)
    session.world.mute_all(params.number("group_id"), session.self_id, on)


def _set_group_card(session: Session, params: Params) -> None:
    session.world.set_card(
        params.number("group_id"),
        params.number("user_id"),
        params.words("card", ""),
        session.self_id,
    )


def _set_group_special_title(session: Session, params: Params) -> None:
    session.world.set_title(
        params.number("group_id"),
        params.number("user_id"),
        params.words("special_title", ""),
        session.self_id,
    )


def _set_group_admin(session: Session, params: Params) -> None:
    change = session.world.promote if params.switch("enable", True) else session.world.demote
    change(params.number("group_id"), params.number("user_id"), session.self_id)


def _set_group_leave(session: Session, params: Params) -> None:
    group_id = params.number("group_id")
    if params.switch("is_dismiss", False):
        session.world.disband(group_id, session.self_id)
    else:
        session.world.leave(group_id, session.self_id)


def _group_poke(session: Session, params: Params) -> Any:
    session.world.poke(session.self_id, params.number("user_id"), params.number("group_id"))
    return ABSENT


# ---- requests ----


def _set_group_add_request(session: Session, params: Params) -> None:
    requests = [r for g in session.world.groups.values() for r in g.requests.values()]
    request = session.profile.find_request(params.words("flag"), requests)
    if request is not None:
        session.world.handle_request(
            request.flag,
            session.self_id,
            params.switch("approve", True),
            params.words("reason", ""),
        )


def _set_friend_add_request(session: Session, params: Params) -> None:
    session.world.handle_friend_request(params.words("flag"), params.switch("approve", True))


ACTIONS: dict[str, Action] = {
    **QUERIES,
    "send_group_msg": _send_group_msg,
    "send_private_msg": _send_private_msg,
    "send_msg": _send_msg,
    "send_group_forward_msg": _send_group_forward_msg,
    "delete_msg": _delete_msg,
    "set_essence_msg": _set_essence_msg,
    "delete_essence_msg": _delete_essence_msg,
    "set_group_kick": _set_group_kick,
    "set_group_ban": _set_group_ban,
    "set_group_whole_ban": _set_group_whole_ban,
    "set_group_card": _set_group_card,
    "set_group_special_title": _set_group_special_title,
    "set_group_admin": _set_group_admin,
    "set_group_leave": _set_group_leave,
    "group_poke": _group_poke,
    "set_group_add_request": _set_group_add_request,
    "set_friend_add_request": _set_friend_add_request,
}
