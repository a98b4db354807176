"""A group to talk in: real adapter, intake, guard and router; only the websocket is missing."""

import itertools
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import ActionFailed, Bot
from nonebot.log import logger
from nonebot.matcher import matchers
from nonebug.provider import NoneBugProvider

from pinbang import clock
from pinbang.gateway import Account, account_of
from pinbang.gateway.adapter import GatewayAdapter

if TYPE_CHECKING:
    from loguru import Message

GROUP, OTHER_GROUP, BOT = 700100200, 700100300, 10001
OWNER, ADMIN, WANG, LI, ZHANG = 600100, 600200, 610001, 610002, 610003

Json = Any
Answer = Callable[[dict[str, Any]], Json]


class Refused(Exception):
    """Raised by an answer: the gateway says no, in its own words."""

    def __init__(self, **info: Json) -> None:
        super().__init__(str(info))
        self.info = {"status": "failed", "retcode": 1200, **info}


class Room:
    """Members talk, the bot answers, and what it calls is noted."""

    def __init__(self) -> None:
        self.roles: dict[int, str] = {OWNER: "owner", ADMIN: "admin", BOT: "admin"}
        self.roles |= dict.fromkeys((WANG, LI, ZHANG), "member")
        self.muted_until: dict[int, int] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.errors: list[str] = []
        self.answers: dict[str, Answer] = {}
        self._numbers = itertools.count(1000)
        self.bot: Bot

    # -- what the bot sees --------------------------------------------------------------------

    async def hears(
        self,
        user_id: int,
        *message: str | Mapping[str, Any],
        group_id: int = GROUP,
        **event: Json,
    ) -> list[str]:
        """Let somebody say something in the group; return what the bot said to it."""
        return await self.receives(
            {
                "post_type": "message",
                "message_type": "group",
                "sub_type": "normal",
                "group_id": group_id,
                "user_id": user_id,
                "message_id": next(self._numbers),
                "message": _segments(message),
                "raw_message": "",
                "font": 0,
                "sender": {
                    "user_id": user_id,
                    "nickname": "某人",
                    "role": self.roles.get(user_id, "member"),
                },
                **event,
            }
        )

    async def whispered(self, user_id: int, text: str, **event: Json) -> list[str]:
        """Let somebody write to the bot in private; return what it answered."""
        return await self.receives(
            {
                "post_type": "message",
                "message_type": "private",
                "sub_type": "friend",
                "user_id": user_id,
                "message_id": next(self._numbers),
                "message": _segments((text,)),
                "raw_message": "",
                "font": 0,
                "sender": {"user_id": user_id, "nickname": "某人"},
                **event,
            }
        )

    async def receives(self, payload: dict[str, Any]) -> list[str]:
        """Hand a frame to the adapter as the websocket would; return what the bot said to it."""
        before = len(self.said)
        frame = {"time": int(clock.now().timestamp()), "self_id": BOT, **payload}
        event = GatewayAdapter.json_to_event(frame)
        if event is not None:
            await self.bot.handle_event(event)
        return self.said[before:]

    # -- what the bot does --------------------------------------------------------------------

    @property
    def account(self) -> Account:
        return account_of(BOT)

    @property
    def said(self) -> list[str]:
        """Everything the bot said, mentions as @number."""
        return [
            "".join(map(_readable, call["message"]))
            for action, call in self.calls
            if action in {"send_group_msg", "send_private_msg"}
        ]

    def called(self, action: str) -> list[dict[str, Any]]:
        """Return the parameters of each call of an action."""
        return [params for name, params in self.calls if name == action]

    async def _call_api(self, bot: Bot, api: str, **data: Any) -> Json:
        del bot
        self.calls.append((api, data))
        try:
            answer = self.answers.get(api)
            if answer is not None:
                return answer(data)
            default = getattr(self, f"_{api}", None)
            return default(**data) if default else None
        except Refused as refused:
            raise ActionFailed(**refused.info) from refused

    def _send_group_msg(self, **data: Any) -> Json:
        return {"message_id": next(self._numbers)}

    _send_private_msg = _send_group_msg

    def _get_group_member_info(self, group_id: int, user_id: int, **_: Any) -> Json:
        if user_id not in self.roles:
            raise Refused(wording="user not in group")
        return {
            "group_id": group_id,
            "user_id": user_id,
            "nickname": "某人",
            "card": "",
            "role": self.roles[user_id],
            "shut_up_timestamp": self.muted_until.get(user_id, 0),
        }

    def _get_group_member_list(self, group_id: int, **_: Any) -> Json:
        return [self._get_group_member_info(group_id, user_id) for user_id in self.roles]

    def _delete_msg(self, message_id: int) -> None:
        self._notice("group_recall", message_id=message_id, operator_id=BOT, user_id=0)

    def _set_group_ban(self, group_id: int, user_id: int, duration: int) -> None:
        self.muted_until[user_id] = int(time.time()) + duration if duration else 0
        kind = "ban" if duration else "lift_ban"
        self._notice("group_ban", sub_type=kind, user_id=user_id, duration=duration)

    def _set_group_kick(self, group_id: int, user_id: int, **_: Any) -> None:
        self.roles.pop(user_id, None)
        self._notice("group_decrease", sub_type="kick", user_id=user_id, operator_id=BOT)

    def _set_group_add_request(self, **_: Any) -> None:
        return None

    def _notice(self, kind: str, **event: Json) -> None:
        self.account.receive(
            {
                "post_type": "notice",
                "notice_type": kind,
                "time": int(time.time()),
                "self_id": BOT,
                "group_id": GROUP,
                **event,
            }
        )


def _segments(message: tuple[str | Mapping[str, Any], ...]) -> list[dict[str, Any]]:
    return [
        {"type": "text", "data": {"text": part}} if isinstance(part, str) else dict(part)
        for part in message
    ]


def at(user_id: int) -> dict[str, Any]:
    return {"type": "at", "data": {"qq": str(user_id)}}


def reply(message_id: int) -> dict[str, Any]:
    return {"type": "reply", "data": {"id": str(message_id)}}


def _readable(segment: Any) -> str:
    match segment.type:
        case "text":
            return str(segment.data["text"])
        case "at":
            return f"@{segment.data['qq']}"
    return f"[{segment.type}]"


@asynccontextmanager
async def opened_room(patch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """Connect the bot to a room; dialogues and matchers made inside end with the block."""
    room = Room()
    adapter = nonebot.get_adapter(GatewayAdapter)
    room.bot = Bot(adapter, str(BOT))
    patch.setattr(adapter, "_call_api", room._call_api)
    patch.setitem(nonebot.get_driver()._bots, str(BOT), room.bot)

    def note(message: "Message") -> None:
        room.errors.append(str(message))

    patch.setattr("pinbang.gateway.account._pace", None)
    account = account_of(BOT)
    account.confirm_seconds = 0.02
    account.simulated = True
    sink = logger.add(note, level="ERROR")
    provider = matchers.provider
    assert isinstance(provider, NoneBugProvider)
    try:
        with provider.context():
            yield room
    finally:
        logger.remove(sink)
