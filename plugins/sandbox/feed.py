"""Turns what happens in the scene, and what the bot calls, into lines for the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pinbang.testing import Call, JoinRequest, StoredMessage
from pinbang.testing import happenings as h
from pinbang.testing.records import Segment, readable
from pinbang.text.durations import format_duration

from .scene import Who

MAX_LINES = 500
MAX_CALLS = 200
SHOWN_OF_QUOTE = 60
SHOWN_OF_PARAMS = 300

TITLES = {
    "send_group_msg": "发群消息",
    "send_private_msg": "发私聊",
    "send_msg": "发消息",
    "send_group_forward_msg": "发合并转发",
    "delete_msg": "撤回消息",
    "set_group_ban": "禁言",
    "set_group_whole_ban": "全员禁言",
    "set_group_kick": "移出群",
    "set_group_add_request": "处理入群申请",
    "set_group_card": "改群名片",
    "set_group_special_title": "设专属头衔",
    "set_essence_msg": "设为精华",
    "get_version_info": "问网关版本",
    "get_login_info": "问自己的账号",
    "get_status": "问网关状态",
    "get_group_info": "查群资料",
    "get_group_list": "查群列表",
    "get_group_member_info": "查成员",
    "get_group_member_list": "查成员列表",
    "get_stranger_info": "查陌生人",
    "get_msg": "查消息",
    "get_group_msg_history": "查历史消息",
    "get_group_system_msg": "查待处理申请",
    "get_group_shut_list": "查禁言名单",
}

Line = dict[str, Any]


@dataclass
class _Book:
    """Lines by their key, the oldest first and no more than `limit`."""

    limit: int
    lines: dict[str, Line] = field(default_factory=dict)

    def put(self, line: Line) -> None:
        self.lines[line["key"]] = line
        while len(self.lines) > self.limit:
            del self.lines[next(iter(self.lines))]


class Feed:
    """The latest lines, each in its latest state.

    A line has a `key`; `order` numbers lines as they came, `changed` is the running number of its
    last change. A reader who knows everything up to a number asks for `after` that number and puts
    each line it gets in the place of the one with the same key.

    Args:
        who: Describes a person at the present moment.
    """

    def __init__(self, who: Callable[[int], Who]) -> None:
        self.number = 0
        self._who = who
        self._order = 0
        self._talk = _Book(MAX_LINES)
        self._calls = _Book(MAX_CALLS)
        self._unanswered: dict[str, Call] = {}

    def after(self, number: int) -> dict[str, list[Line]]:
        """List what changed after `number`; everything when `number` is none of this feed's."""
        known = number if 0 <= number <= self.number else 0
        return {
            "lines": [line for line in self._talk.lines.values() if line["changed"] > known],
            "calls": [line for line in self._calls.lines.values() if line["changed"] > known],
        }

    def touch(self) -> int:
        """Note that something beside the lines changed, and return the new number."""
        self.number += 1
        return self.number

    def clear(self) -> None:
        """Forget all lines; numbers go on."""
        self._talk.lines.clear()
        self._calls.lines.clear()
        self._unanswered.clear()
        self.touch()

    # ---- what happens ----

    def happened(self, event: h.Happening, time: float) -> None:
        """Write down what happened at `time` (Unix seconds)."""
        match event:
            case h.GroupMessageSent(message=message):
                self._add_message("message", message)
            case h.PrivateMessageSent(message=message):
                self._add_message("private", message, to=self._person(message.to_id or 0))
            case h.MessageRecalled(message=message, operator_id=operator_id):
                by = self._name(operator_id)
                own = operator_id == message.user_id
                self._change(f"m{message.message_id}", recalled=f"{'自己' if own else by}撤回")
            case h.JoinRequested(request=request) if request.kind == "add":
                self._add_request(request)
            case h.RequestHandled(request=request):
                self._change(
                    f"r{request.flag}",
                    state=request.state,
                    by=self._name(request.handled_by),
                    reason=request.reason,
                )
            case _:
                if words := self._words(event):
                    self._add(f"e{self._order}", time, {"kind": "event", "text": words})

    def _words(self, event: h.Happening) -> str:
        """Say in one sentence what happened; "" for what is not shown."""
        name = self._name
        match event:
            case h.MemberJoined(user_id=user_id, operator_id=by, how="invite"):
                return f"{name(by)} 邀请 {name(user_id)} 进了群"
            case h.MemberJoined(user_id=user_id, operator_id=by):
                return f"{name(user_id)} 进了群" + (f"，由 {name(by)} 通过" if by else "")
            case h.MemberLeft(user_id=user_id):
                return f"{name(user_id)} 退群了"
            case h.MemberKicked(user_id=user_id, operator_id=by):
                return f"{name(by)} 把 {name(user_id)} 移出了群"
            case h.MemberMuted(user_id=user_id, operator_id=by, duration=0):
                return f"{name(by)} 解除了 {name(user_id)} 的禁言"
            case h.MemberMuted(user_id=user_id, operator_id=by, duration=seconds):
                length = format_duration(timedelta(seconds=seconds))
                return f"{name(by)} 把 {name(user_id)} 禁言 {length}"
            case h.WholeBanChanged(operator_id=by, on=on):
                return f"{name(by)} {'开启' if on else '关闭'}了全员禁言"
            case h.AdminChanged(user_id=user_id, on=on):
                return f"{name(user_id)} {'成为' if on else '不再是'}管理员"
            case h.CardChanged(user_id=user_id, old=old, new=new):
                return f"{old or name(user_id)} 的群名片改为“{new}”"
            case h.TitleChanged(user_id=user_id, title=title):
                return f"{name(user_id)} 获得头衔“{title}”"
            case h.EssenceChanged(operator_id=by, on=on):
                return f"{name(by)} {'设置' if on else '取消'}了一条精华消息"
            case h.Poked(user_id=user_id, target_id=target_id):
                return f"{name(user_id)} 戳了戳 {name(target_id)}"
            case _:
                return ""

    def _add_message(self, kind: str, message: StoredMessage, **more: Any) -> None:
        self._add(
            f"m{message.message_id}",
            message.time,
            {
                "kind": kind,
                "message_id": message.message_id,
                "sender": self._person(message.user_id),
                "text": self._shown(message.segments),
                "quote": self._quote(message.segments),
                "recalled": "",
                **more,
            },
        )

    def _add_request(self, request: JoinRequest) -> None:
        self._add(
            f"r{request.flag}",
            request.time,
            {
                "kind": "request",
                "flag": request.flag,
                "sender": self._person(request.user_id),
                "text": request.comment,
                "state": request.state,
                "by": "",
                "reason": "",
            },
        )

    # ---- what the bot calls ----

    def called(self, call: Call) -> None:
        """Write down a call of the bot; `answered` later adds how it went."""
        key = f"c{self._order}"
        self._unanswered[key] = call
        line = {
            "kind": "call",
            "action": call.action,
            "title": TITLES.get(call.action, call.action),
            "asks": call.action.startswith(("get_", "can_", ".")),
            "params": self._summary(call.params),
            "outcome": "waiting",
            "trouble": "",
        }
        self._add(key, call.time, line, self._calls)

    def answered(self) -> None:
        """Look which calls have got their answers by now."""
        for key, call in list(self._unanswered.items()):
            if key not in self._calls.lines:
                del self._unanswered[key]
            elif (answer := call.answer) is not None:
                del self._unanswered[key]
                good = answer.get("status") == "ok"
                trouble = str(answer.get("wording") or answer.get("message") or "")
                self._change(
                    key,
                    self._calls,
                    outcome="ok" if good else "failed",
                    trouble="" if good else (trouble or f"错误 {answer.get('retcode')}")[:200],
                )

    def _summary(self, params: Mapping[str, Any]) -> str:
        parts: list[str] = []
        for name, value in sorted(params.items(), key=lambda item: item[0] not in _FIRST):
            if name in _UNTOLD:
                continue
            if name == "duration" and isinstance(value, int):
                parts.append(format_duration(timedelta(seconds=value)) if value else "解除")
            elif name == "approve":
                parts.append("同意" if value else "拒绝")
            elif name == "flag":
                line = self._talk.lines.get(f"r{value}")
                parts.append(line["sender"]["name"] if line else "")
            elif name == "message_id":
                parts.append(self._message_meant(value))
            elif name == "user_id" and str(value).isdecimal():
                parts.append(self._name(int(value)))
            elif name == "message" and isinstance(value, list):
                parts.append(self._shown(value))
            else:
                parts.append(f"{name}={value}")
        return _cut("　".join(filter(None, parts)), SHOWN_OF_PARAMS)

    def _message_meant(self, message_id: object) -> str:
        """Show a message by its words; NapCat, which the stage plays, shows the world's own ids."""
        line = self._talk.lines.get(f"m{message_id}")
        if line is None:
            return f"消息 {message_id}"
        return f"{line['sender']['name']}：{_cut(line['text'], SHOWN_OF_QUOTE)}"

    # ---- how things look ----

    def _person(self, user_id: int) -> dict[str, Any]:
        who = self._who(user_id)
        return {
            "id": user_id,
            "name": who.name,
            "role": who.role,
            "initial": who.initial,
            "bot": who.is_bot,
        }

    def _name(self, user_id: int) -> str:
        return self._who(user_id).name

    def _shown(self, segments: list[Segment]) -> str:
        """Write segments as a reader sees them, without the quotation."""
        return "".join(
            f"@{self._mentioned(segment['data'].get('qq'))}"
            if segment["type"] == "at"
            else _KINDS.get(segment["type"]) or readable([segment])
            for segment in segments
            if segment["type"] != "reply"
        ).strip()

    def _mentioned(self, number: object) -> str:
        text = str(number)
        return self._name(int(text)) if text.isdecimal() else "全体成员"

    def _quote(self, segments: list[Segment]) -> dict[str, Any] | None:
        for segment in segments:
            if segment["type"] == "reply":
                line = self._talk.lines.get(f"m{segment['data'].get('id')}")
                if line is None:
                    return {"name": "", "text": "更早的一条消息"}
                text = _cut(line["text"].replace("\n", " "), SHOWN_OF_QUOTE)
                return {"name": line["sender"]["name"], "text": text}
        return None

    # ---- the books ----

    def _add(self, key: str, time: float, content: Line, book: _Book | None = None) -> None:
        self._order += 1
        line = {"key": key, "order": self._order, "changed": self.touch(), "time": int(time)}
        (book or self._talk).put(line | content)

    def _change(self, key: str, book: _Book | None = None, **changes: Any) -> None:
        line = (book or self._talk).lines.get(key)
        if line is not None:
            line.update(changes, changed=self.touch())


_FIRST = frozenset({"user_id", "flag"})
_UNTOLD = frozenset({"group_id", "sub_type", "no_cache", "message_type", "auto_escape"})
_KINDS = {"image": "[图片]", "json": "[卡片]", "forward": "[合并转发]", "markdown": "[Markdown]"}


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
