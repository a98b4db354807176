"""NoneBot's OneBot v11 adapter with every frame straightened and every send accounted for."""

import hmac
import re
from collections.abc import Awaitable, Callable
from functools import cache, partial
from typing import Any

from nonebot.adapters.onebot.utils import get_auth_bearer
from nonebot.adapters.onebot.v11 import Adapter, Bot, Event
from nonebot.adapters.onebot.v11 import GroupMessageEvent as GroupEvent
from nonebot.drivers import Driver, Request, Response
from nonebot.exception import MockApiException
from nonebot.log import logger
from typing_extensions import override

from pinbang.gateway.account import Account, account_of, leave, serve
from pinbang.gateway.events import GroupMessage, PrivateMessage
from pinbang.gateway.intake import kind_of
from pinbang.gateway.wording import Words
from pinbang.store.transactions import patiently

_NUMBER = re.compile("[0-9]{1,19}")

CATCH_UP_PATIENCE_SECONDS = 300.0

ReadyHook = Callable[[Account], Awaitable[None]]

_ready_hooks: list[ReadyHook] = []


def on_gateway_ready(hook: ReadyHook) -> ReadyHook:
    """Run `hook` after each connect, once it is known who is on the other end.

    Events sent while no gateway was connected are lost: this is where to catch up. Run again when
    the database was away, so it must look at the state of things first.
    """
    _ready_hooks.append(hook)
    return hook


class GatewayAdapter(Adapter):
    """The adapter PinBang registers; third-party plugins see the ordinary OneBot v11 one."""

    @override
    def __init__(self, driver: Driver, **kwargs: Any) -> None:
        super().__init__(driver, **kwargs)
        self.add_custom_model(GroupMessage, PrivateMessage)
        self.custom_send(_send)
        Bot.on_calling_api(_answer_from_memory)
        driver.on_bot_connect(_introduce)

    @classmethod
    @override
    def json_to_event(cls, json_data: Any) -> Event | None:
        """Make an event of a frame; None for an answer and for what nothing must be made of.

        Never raises: the adapter would close the connection.
        """
        if not isinstance(json_data, dict):
            return None
        try:
            if "post_type" in json_data:
                return cls._read(json_data)
            echo = json_data.get("echo")
            if isinstance(echo, str) and _NUMBER.fullmatch(echo):
                super().json_to_event(json_data)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the next frame must be read
            logger.error(f"A frame was lost ({kind_of(json_data)}): {type(error).__name__}")
        return None

    @classmethod
    def _read(cls, payload: dict[str, Any]) -> Event | None:
        account = _receiver(payload)
        if account is None:
            return None
        frame = account.receive(payload)
        if frame is None or not _ours(frame, account):
            return None
        event = super().json_to_event(frame)
        if event is None or _falls_short(event, frame):
            account.misread(frame)
        if isinstance(event, GroupMessage | PrivateMessage):
            _forget_lost_quotes(event, account)
        return event

    @override
    def _check_access_token(self, request: Request) -> Response | None:
        expected = self.onebot_config.onebot_access_token
        given = get_auth_bearer(request.headers.get("authorization")) or ""
        if expected and not hmac.compare_digest(given.encode(), expected.encode()):
            logger.warning("A gateway was refused: its access token is missing or wrong")
            return Response(403, content="Authorization Header is missing or invalid")
        return None


def _temporary_group(event: Event) -> int | None:
    """Return the group a stranger writes through; go-cqhttp names it with the sender."""
    group_id = getattr(getattr(event, "sender", None), "group_id", None)
    return group_id if isinstance(group_id, int) else None


def _receiver(payload: dict[str, Any]) -> Account | None:
    self_id = payload.get("self_id")
    if not isinstance(self_id, int | str) or not _NUMBER.fullmatch(str(self_id)):
        _warn_once(f"网关发来的事件没有写明是哪个账号的，已忽略（{kind_of(payload)}）")
        return None
    return account_of(self_id)


@cache
def _warn_once(text: str) -> None:
    logger.warning(text)


def _falls_short(event: Event, frame: dict[str, Any]) -> bool:
    """Tell whether the framework made less of a frame than its kind promises.

    It tries the models from the closest to the most general and says so at DEBUG only. Of `notify`
    several sub types carry no group or no person by nature.
    """
    if type(event) is Event:
        return True
    closest = next(iter(GatewayAdapter.get_event_model(frame)), Event)
    return type(event) is not closest and frame.get("notice_type") != "notify"


def _forget_lost_quotes(event: GroupMessage | PrivateMessage, account: Account) -> None:
    """Take quotes of unknown messages off the framework's copy of a message.

    It would ask the gateway for them before anything else happens to the message: whoever quotes
    something lost would delay moderation for as long as the gateway thinks. The original stays.
    """
    lost = [
        part
        for part in event.message
        if part.type == "reply" and account.recent.get(_quoted(part.data.get("id"))) is None
    ]
    for part in lost:
        event.message.remove(part)


def _quoted(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _ours(frame: dict[str, Any], account: Account) -> bool:
    group_id = frame.get("group_id")
    if not isinstance(group_id, int) or not group_id:
        return True
    own = frame.get("user_id") == account.self_id
    kind = frame.get("notice_type")
    if kind == "group_dismiss" or (
        kind == "group_decrease" and (own or frame.get("sub_type") in ("disband", "kick_me"))
    ):
        leave(group_id, account)
        return True
    if frame.get("request_type") == "group" and frame.get("sub_type") == "invite":
        return True  # an invitation of this very account, to a group it is not in yet
    return serve(group_id, account)


async def _introduce(bot: Bot) -> None:
    account = account_of(bot.self_id)
    await account.introduce()
    for group_id in await account.groups():
        serve(group_id, account)
    for hook in _ready_hooks:
        try:
            await patiently(partial(hook, account), CATCH_UP_PATIENCE_SECONDS)
        except Exception as error:  # noqa: BLE001 -- one plugin's catching up must not stop others'
            logger.opt(exception=error).error("Catching up after a connect failed")


async def _answer_from_memory(bot: Any, api: str, data: dict[str, Any]) -> None:
    """Answer get_msg from what was seen: a slow gateway must not delay moderation."""
    if api == "get_msg" and isinstance(bot, Bot):
        known = account_of(bot.self_id).recent.get(_quoted(data.get("message_id")))
        if known is not None:
            raise MockApiException(result=known)


async def _send(
    bot: Bot,
    event: Event,
    message: Words,
    at_sender: bool = False,
    reply_message: bool = False,
    **params: Any,
) -> dict[str, Any]:
    """Answer an event through the account's queue, wherever the event came from.

    Returns `{"message_id": …}` when the gateway told one, else an empty dict.
    """
    account = account_of(bot.self_id)
    user_id = params.get("user_id") or getattr(event, "user_id", None)
    group_id = params.get("group_id") or getattr(event, "group_id", None)
    private = getattr(event, "message_type", None) == "private" or not group_id
    if private and user_id:
        through = group_id or _temporary_group(event)
        outcome = await account.whisper(int(user_id), message, through=through)
    elif group_id:
        outcome = await account.say(
            int(group_id),
            message,
            reply_to=event.message_id if reply_message and isinstance(event, GroupEvent) else None,
            mention=int(user_id) if at_sender and user_id else None,
        )
    else:
        raise ValueError("this event has nobody to answer")
    if not outcome.done:
        logger.warning(f"An answer was not delivered: {outcome.code}")
    return dict(outcome.data)
