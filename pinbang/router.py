"""The one matcher that serves all commands, and the one that feeds all observers."""

import difflib
import inspect
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import GroupMessageEvent, Message, MessageEvent, MessageSegment
from nonebot.consts import (
    CMD_ARG_KEY,
    CMD_KEY,
    CMD_START_KEY,
    CMD_WHITESPACE_KEY,
    PREFIX_KEY,
    RAW_CMD_KEY,
)
from nonebot.exception import StopPropagation
from nonebot.log import logger
from nonebot.matcher import Matcher
from nonebot.message import check_and_run_matcher
from nonebot.params import Depends
from nonebot.typing import T_DependencyCache, T_State
from typing_extensions import override

from pinbang.commands import (
    BUSY,
    CommandMatcher,
    Found,
    command_starts,
    commands,
    find_command,
    fold,
    written_command,
)
from pinbang.gateway import Account, account_of
from pinbang.gateway.events import view_of
from pinbang.groups import load_group
from pinbang.members import current_role, role_of
from pinbang.moderation.reading import MessageView
from pinbang.priorities import OBSERVERS, ROUTER
from pinbang.roles import Role
from pinbang.store import StoreUnavailableError

FOUND_KEY = "pinbang_found"
HINT_SECONDS = 60.0
"""One hint a minute for each person and matter."""
MAX_HINTS = 4096

Observer = Callable[[MessageView], Awaitable[None] | None]

_observers: list[Observer] = []
_hints: OrderedDict[tuple[int, int, str], float] = OrderedDict()


def observer(function: Observer) -> Observer:
    """Show `function` every clean group message; it cannot stop anything and must be quick."""
    _observers.append(function)
    return function


class _Router(Matcher):
    """Runs the command or phrase a message is; costs one look-up when it is none."""

    @classmethod
    @override
    async def check_rule(
        cls,
        bot: Bot,
        event: Event,
        state: T_State,
        stack: Any = None,
        dependency_cache: T_DependencyCache | None = None,
    ) -> bool:
        if not isinstance(event, MessageEvent):
            return False
        view = view_of(event)
        found = find_command(view)
        state[FOUND_KEY] = found
        return (
            found is not None
            or view.addressed
            or (event.message_type == "private" and written_command(view.text) is not None)
        )

    @override
    async def run(
        self,
        bot: Bot,
        event: Event,
        state: T_State,
        stack: Any = None,
        dependency_cache: T_DependencyCache | None = None,
    ) -> None:
        if not isinstance(event, MessageEvent):
            return
        found: Found | None = state[FOUND_KEY]
        try:
            if found is not None and not await _is_meant(found, event):
                self.block = False
                return
            refusal = _unknown(event) if found is None else await _objection(bot, event, found)
        except StoreUnavailableError:
            refusal = BUSY
        if refusal is not None:
            if refusal:
                with self.ensure_context(bot, event):
                    await self.send(refusal)
            return
        assert found is not None  # noqa: S101 -- _unknown always answers
        state[PREFIX_KEY] = _prefix_result(found, event)
        try:
            await check_and_run_matcher(found.matcher, bot, event, state, stack, dependency_cache)
        except StopPropagation:
            self.block = True


class _Observers(Matcher):
    """Shows clean messages to the observers; never runs, so never blocks."""

    @classmethod
    @override
    async def check_rule(
        cls,
        bot: Bot,
        event: Event,
        state: T_State,
        stack: Any = None,
        dependency_cache: T_DependencyCache | None = None,
    ) -> bool:
        if not _observers or not isinstance(event, GroupMessageEvent):
            return False
        view = view_of(event)
        for function in _observers:
            try:
                result = function(view)
                if inspect.isawaitable(result):
                    await result
            except Exception as error:  # noqa: BLE001 -- one observer's bug must not stop others
                logger.opt(exception=error).error("An observer failed")
        return False


router = _Router.new("message", priority=ROUTER, block=True)
observers = _Observers.new("message", priority=OBSERVERS)


async def _is_meant(found: Found, event: MessageEvent) -> bool:
    """Tell whether words that people also use among themselves mean the bot here."""
    applies = found.matcher.command.applies
    return applies is None or await applies(view_of(event))


def _prefix_result(found: Found, event: MessageEvent) -> dict[str, Any]:
    """Fill in what NoneBot's CommandArg, Command and RawCommand read."""
    rest = Message(MessageSegment.text(found.rest)) if found.rest else Message()
    rest.extend(part for part in event.message if part.type != "text")
    return {
        CMD_KEY: (found.matcher.command.name,),
        RAW_CMD_KEY: found.head,
        CMD_ARG_KEY: rest,
        CMD_START_KEY: "" if found.match else next(iter(command_starts())),
        CMD_WHITESPACE_KEY: None,
    }


async def _objection(bot: Bot, event: MessageEvent, found: Found) -> str | None:
    """Say why this person may not run the command here; "" refuses in silence, None allows."""
    command = found.matcher.command
    account = account_of(bot.self_id)
    if event.sub_type == "anonymous":
        return _hint(event, "anonymous", "匿名消息不能使用命令，请用自己的身份发送。")
    if isinstance(event, GroupMessageEvent):
        if not command.in_group:
            return _hint(event, command.name, f"“{command.name}”请私聊机器人使用。")
        role = await _role(account, event, command.role)
        if role < command.role:
            text = f"“{command.name}”只有{command.role.requirement}能用。"
            return _hint(event, command.name, text)
        return None
    if not command.in_private:
        return _hint(event, command.name, f"“{command.name}”请在群里使用。")
    return None


async def _role(account: Account, event: GroupMessageEvent, needed: Role) -> Role:
    """Tell the sender's role; asked of the gateway when something depends on it."""
    if needed is Role.MEMBER:
        return Role.MEMBER
    fresh = await current_role(account, event.group_id, event.user_id)
    if fresh >= needed:
        return fresh
    member = await account.member(event.group_id, event.user_id)
    if member is not None and member.role is not None:
        return fresh
    record = await load_group(event.group_id, account.self_id)
    return role_of(record, event.user_id, event.sender.role)


def _unknown(event: MessageEvent) -> str:
    """Answer somebody who addressed the bot with what is no command."""
    text = view_of(event).text
    written = written_command(text)
    if written is None:
        return _hint(event, "hello", "我在。发送 /帮助 看看我能做什么。")
    head = fold(written.split()[0] if written.split() else "")[:20]
    names = [fold(command.name) for command in commands() if not command.is_phrase]
    near = difflib.get_close_matches(head, names, n=1, cutoff=0.5)
    guess = f"是不是想用 /{near[0]}？" if near else ""
    return _hint(event, "unknown", f"没有这个命令。{guess}发送 /帮助 看全部命令。")


def _hint(event: MessageEvent, matter: str, text: str) -> str:
    """Return `text`, or "" when the same person got the same hint less than a minute ago."""
    group_id = event.group_id if isinstance(event, GroupMessageEvent) else 0
    key = (group_id, event.user_id, matter)
    now = time.monotonic()
    if now - _hints.get(key, -HINT_SECONDS) < HINT_SECONDS:
        return ""
    _hints[key] = now
    _hints.move_to_end(key)
    if len(_hints) > MAX_HINTS:
        _hints.popitem(last=False)
    return text


def _found(state: T_State) -> Found:
    return state[FOUND_KEY]


def _argument(state: T_State) -> str:
    return state[FOUND_KEY].rest


def _match(state: T_State) -> dict[str, str | None]:
    found: Found = state[FOUND_KEY]
    return found.match.groupdict() if found.match else {}


ArgumentText = Annotated[str, Depends(_argument, use_cache=False)]
"""Handler parameter: what follows the command's head, trimmed, as it was written."""

PhraseMatch = Annotated[dict[str, str | None], Depends(_match, use_cache=False)]
"""Handler parameter: the named groups of the phrase's pattern."""

CommandFound = Annotated[Found, Depends(_found, use_cache=False)]
"""Handler parameter: how the message was recognised."""

__all__ = [
    "ArgumentText",
    "CommandFound",
    "CommandMatcher",
    "PhraseMatch",
    "observer",
    "observers",
    "router",
]
