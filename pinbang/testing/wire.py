"""Turns what happens in the world into the event frames of one gateway."""

from functools import singledispatch
from typing import Any

from . import cq
from . import happenings as h
from .profiles.profile import Payload
from .records import StoredMessage
from .session import Session


@singledispatch
def frames(happening: Any, session: Session) -> list[Payload]:
    """Give the frames `session`'s gateway would send for `happening`; often one, perhaps none."""
    raise TypeError(f"not a happening: {happening!r} for {session!r}")


def meta_event(session: Session, kind: str, **facts: Any) -> Payload:
    """A ``lifecycle`` or ``heartbeat`` frame."""
    base = {
        "time": int(session.world.now()),
        "self_id": session.self_id,
        "post_type": "meta_event",
        "meta_event_type": kind,
    }
    if kind == "heartbeat" or session.profile.lifecycle_has_status:
        base["status"] = session.profile.status(session.online)
    return {**base, **facts}


def message_body(message: StoredMessage, session: Session) -> Payload:
    """A message as events, ``get_msg`` and the history show it, without ``post_type``."""
    profile, world = session.profile, session.world
    segments = session.shape(message)
    raw = cq.encode(segments, profile.cq)
    wire_id = session.remember(message)
    in_group = message.to_id is None
    group = world.groups.get(message.group_id) if message.group_id is not None else None
    person = world.people[message.user_id]
    member = group and (group.members.get(message.user_id) or group.former.get(message.user_id))
    if in_group and group and member:
        sender = profile.sender(member, session.role_of(group.group_id, member))
    else:
        sender = profile.private_sender(person)
    body: Payload = {
        "self_id": session.self_id,
        "user_id": message.user_id,
        "time": message.time,
        "message_id": wire_id,
        "message_type": "group" if in_group else "private",
        "sub_type": "normal" if in_group else ("friend" if message.group_id is None else "group"),
        "sender": sender,
        "raw_message": raw,
        "message": segments if session.message_format == "array" else raw,
    }
    if in_group:
        body["group_id"] = message.group_id
    if profile.sends_message_format:
        body["message_format"] = session.message_format
    return {**body, **profile.message_extras(message, wire_id, group)}


@frames.register
def _(happening: h.GroupMessageSent, session: Session) -> list[Payload]:
    message = happening.message
    assert message.group_id is not None  # noqa: S101 - a group message
    group = session.world.groups.get(message.group_id)
    if group is None or session.self_id not in group.members:
        return []
    speaker = group.members[message.user_id]
    before: list[Payload] = []
    former = session.take_former_card(group.group_id, speaker.user_id)
    if former is not None:
        before = _card_notice(session, group.group_id, speaker.user_id, former, speaker.card)
    return [*before, _message_event(message, session)]


@frames.register
def _(happening: h.PrivateMessageSent, session: Session) -> list[Payload]:
    message = happening.message
    if session.self_id not in (message.user_id, message.to_id):
        return []
    return [_message_event(message, session)]


def _message_event(message: StoredMessage, session: Session) -> Payload:
    body = message_body(message, session)
    if message.user_id != session.self_id:
        return {**body, "post_type": "message"}
    event = {**body, "post_type": "message_sent"}
    if session.profile.caches_members:
        event |= {"message_sent_type": "self", "target_id": message.to_id or message.group_id}
    return event


@frames.register
def _(happening: h.MessageRecalled, session: Session) -> list[Payload]:
    message = happening.message
    wire_id = session.profile.wire_id(message.message_id)
    if message.to_id is not None:
        if session.self_id not in (message.user_id, message.to_id):
            return []
        facts = {"user_id": message.user_id, "message_id": wire_id}
        return _notice(session, happening, "friend_recall", facts)
    facts = {
        "user_id": message.user_id,
        "operator_id": happening.operator_id,
        "message_id": wire_id,
    }
    return _group_notice(session, happening, message.group_id, "group_recall", facts)


@frames.register
def _(happening: h.JoinRequested, session: Session) -> list[Payload]:
    request, me = happening.request, session.self_id
    if request.kind == "add":
        member = session.world.group(request.group_id).members.get(me)
        if member is None or not member.manages:
            return []
    elif request.user_id != me:
        return []
    frame: Payload = {
        **_head(session, "request"),
        "request_type": "group",
        "sub_type": request.kind,
        "group_id": request.group_id,
        "user_id": request.user_id if request.kind == "add" else request.invitor_id,
        "comment": request.comment,
        "flag": session.profile.flag(request),
    }
    return [{**frame, **session.profile.request_extras(request)}]


@frames.register
def _(happening: h.RequestHandled, session: Session) -> list[Payload]:  # noqa: ARG001
    return []


@frames.register
def _(happening: h.FriendRequested, session: Session) -> list[Payload]:
    request = happening.request
    if request.to_id != session.self_id:
        return []
    facts = {"user_id": request.user_id, "comment": request.comment, "flag": request.flag}
    return [{**_head(session, "request"), "request_type": "friend", **facts}]


@frames.register
def _(happening: h.FriendAdded, session: Session) -> list[Payload]:
    pair = {happening.user_id, happening.friend_id}
    if session.self_id not in pair:
        return []
    (other,) = pair - {session.self_id}
    return _notice(session, happening, "friend_add", {"user_id": other})


@frames.register
def _(happening: h.MemberJoined, session: Session) -> list[Payload]:
    facts = {
        "sub_type": happening.how,
        "user_id": happening.user_id,
        "operator_id": happening.operator_id,
    }
    session.miss(happening.group_id, happening.user_id)
    return _group_notice(session, happening, happening.group_id, "group_increase", facts)


@frames.register
def _(happening: h.MemberLeft, session: Session) -> list[Payload]:
    facts = {
        "sub_type": "leave",
        "user_id": happening.user_id,
        "operator_id": happening.user_id,
    }
    session.learn(happening.group_id, happening.user_id)
    return _group_notice(session, happening, happening.group_id, "group_decrease", facts)


@frames.register
def _(happening: h.MemberKicked, session: Session) -> list[Payload]:
    me = happening.user_id == session.self_id
    facts = {
        "sub_type": "kick_me" if me else "kick",
        "user_id": happening.user_id,
        "operator_id": happening.operator_id,
    }
    if me:
        return _notice(session, happening, "group_decrease", {
            **facts, "group_id": happening.group_id
        })  # fmt: skip
    session.learn(happening.group_id, happening.user_id)
    return _group_notice(session, happening, happening.group_id, "group_decrease", facts)


@frames.register
def _(happening: h.GroupDisbanded, session: Session) -> list[Payload]:
    if session.self_id not in happening.member_ids:
        return []
    facts = {
        "sub_type": "disband",
        "group_id": happening.group_id,
        "user_id": session.self_id,
        "operator_id": happening.operator_id,
    }
    return _notice(session, happening, "group_decrease", facts)


@frames.register
def _(happening: h.MemberMuted, session: Session) -> list[Payload]:
    if not session.knows_member(happening.group_id, happening.user_id):
        return []
    return _ban(session, happening, happening.group_id, happening.user_id, happening.duration)


@frames.register
def _(happening: h.WholeBanChanged, session: Session) -> list[Payload]:
    duration = session.profile.whole_ban_duration if happening.on else 0
    return _ban(session, happening, happening.group_id, 0, duration)


def _ban(
    session: Session,
    happening: h.MemberMuted | h.WholeBanChanged,
    group_id: int,
    user_id: int,
    duration: int,
) -> list[Payload]:
    facts = {
        "sub_type": "ban" if duration else "lift_ban",
        "user_id": user_id,
        "operator_id": happening.operator_id,
        "duration": duration,
    }
    return _group_notice(session, happening, group_id, "group_ban", facts)


@frames.register
def _(happening: h.AdminChanged, session: Session) -> list[Payload]:
    facts = {"sub_type": "set" if happening.on else "unset", "user_id": happening.user_id}
    session.miss(happening.group_id, happening.user_id, "member" if happening.on else "admin")
    return _group_notice(session, happening, happening.group_id, "group_admin", facts)


@frames.register
def _(happening: h.CardChanged, session: Session) -> list[Payload]:
    if session.profile.card_notice == "when speaking":
        session.note_card(happening.group_id, happening.user_id, happening.old)
    if session.profile.card_notice != "at once":
        return []
    return _card_notice(
        session, happening.group_id, happening.user_id, happening.old, happening.new
    )


def _card_notice(
    session: Session, group_id: int, user_id: int, old: str, new: str
) -> list[Payload]:
    facts = {"user_id": user_id, "card_new": new, "card_old": old}
    happening = h.CardChanged(group_id, user_id, old, new)
    return _group_notice(session, happening, group_id, "group_card", facts)


@frames.register
def _(happening: h.TitleChanged, session: Session) -> list[Payload]:
    facts = {"sub_type": "title", "user_id": happening.user_id, "title": happening.title}
    return _group_notice(session, happening, happening.group_id, "notify", facts)


@frames.register
def _(happening: h.Poked, session: Session) -> list[Payload]:
    facts = {
        "sub_type": "poke",
        "user_id": happening.user_id,
        "target_id": happening.target_id,
    }
    if happening.group_id is not None:
        return _group_notice(session, happening, happening.group_id, "notify", facts)
    if session.self_id not in (happening.user_id, happening.target_id):
        return []
    return _notice(session, happening, "notify", facts)


@frames.register
def _(happening: h.EssenceChanged, session: Session) -> list[Payload]:
    message = happening.message
    facts = {
        "sub_type": "add" if happening.on else "delete",
        "user_id": message.user_id,
        "sender_id": message.user_id,
        "operator_id": happening.operator_id,
        "message_id": session.profile.wire_id(message.message_id),
    }
    return _group_notice(session, happening, message.group_id, "essence", facts)


@frames.register
def _(happening: h.EmojiLiked, session: Session) -> list[Payload]:
    facts = {
        "sub_type": "add" if happening.on else "remove",
        "user_id": happening.user_id,
        "message_id": session.profile.wire_id(happening.message.message_id),
        "likes": [{"emoji_id": happening.emoji_id, "count": happening.count}],
    }
    group_id = happening.message.group_id
    return _group_notice(session, happening, group_id, "group_msg_emoji_like", facts)


@frames.register
def _(happening: h.FileUploaded, session: Session) -> list[Payload]:
    facts = {
        "user_id": happening.user_id,
        "file": {
            "id": happening.file_id,
            "name": happening.name,
            "size": happening.size,
            "busid": 102,
        },
    }
    return _group_notice(session, happening, happening.group_id, "group_upload", facts)


def _head(session: Session, post_type: str) -> Payload:
    return {
        "time": int(session.world.now()),
        "self_id": session.self_id,
        "post_type": post_type,
    }


def _group_notice(
    session: Session, happening: h.Happening, group_id: int | None, kind: str, facts: Payload
) -> list[Payload]:
    group = session.world.groups.get(group_id) if group_id is not None else None
    if group is None or session.self_id not in group.members:
        return []
    return _notice(session, happening, kind, {"group_id": group_id, **facts})


def _notice(session: Session, happening: h.Happening, kind: str, facts: Payload) -> list[Payload]:
    frame = {**_head(session, "notice"), "notice_type": kind, **facts}
    adjusted = session.profile.adjust_notice(frame, happening)
    return [] if adjusted is None else [adjusted]
