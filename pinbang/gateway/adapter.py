"""NoneBot's OneBot v11 adapter with every frame straightened and every send accounted for."""

import hmac
from collections.abc import Awaitable, Callable
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
from pinbang.gateway.wording import Words

ReadyHook = Callable[[Account], Awaitable[None]]

_ready_hooks: list[ReadyHook] = []


def on_gateway_ready(hook: ReadyHook) -> ReadyHook:
    """Run `hook` after each connect, once it is known who is on the other end.

    Events sent while no gateway was connected are lost: this is where to catch up.
    """
    _ready_hooks.append(hook)
    return hook


class GatewayAdapter(Adapter):
    """The adapter PinBang registers; third-party plugins see the ordinary OneBot v11 one."""

    @override
    def __init__(self, driver: Driver, **kwargs: Any) -> None:
        super().__init__(driver, **kwargs)
        self.add_custom_model(GroupMessage, PrivateMessage)
        Bot.send_handler = _send
        Bot.on_calling_api(_answer_from_memory)
        driver.on_bot_connect(_introduce)

    @classmethod
    @override
    def json_to_event(cls, json_data: Any) -> Event | None:
        if not isinstance(json_data, dict) or "post_type" not in json_data:
            return super().json_to_event(json_data)
        self_id = json_data.get("self_id")
        if not isinstance(self_id, int | str) or not str(self_id).isdecimal():
            return None
        account = account_of(self_id)
        frame = account.receive(json_data)
        if frame is None or not _ours(frame, account):
            return None
        return super().json_to_event(frame)

    @override
    def _check_access_token(self, request: Request) -> Response | None:
        expected = self.onebot_config.onebot_access_token
        given = get_auth_bearer(request.headers.get("authorization")) or ""
        if expected and not hmac.compare_digest(given.encode(), expected.encode()):
            logger.warning("A gateway was refused: its access token is missing or wrong")
            return Response(403, content="Authorization Header is missing or invalid")
        return None


def _ours(frame: dict[str, Any], account: Account) -> bool:
    group_id = frame.get("group_id")
    if not isinstance(group_id, int) or not group_id:
        return True
    own = frame.get("user_id") == account.self_id
    kind = frame.get("notice_type")
    if kind == "group_dismiss" or (
        kind == "group_decrease" and (own or frame.get("sub_type") == "disband")
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
            await hook(account)
        except Exception as error:  # noqa: BLE001 -- one plugin's catching up must not stop others'
            logger.opt(exception=error).error("Catching up after a connect failed")


async def _answer_from_memory(bot: Any, api: str, data: dict[str, Any]) -> None:
    """Answer get_msg from what was seen: a slow gateway must not delay moderation."""
    if api == "get_msg" and isinstance(bot, Bot):
        known = account_of(bot.self_id).recent.get(int(data.get("message_id", 0)))
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
        outcome = await account.whisper(int(user_id), message)
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
