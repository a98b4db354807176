"""Commands and phrases: one table, one behaviour for all.

A command is a `Matcher` class like any of NoneBot's, kept out of NoneBot's list: walking a list
costs 0.2–2 ms per matcher and message, looking up a head in a table costs the same with ten
commands and with three hundred. The router runs the class that the table names.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from exceptiongroup import BaseExceptionGroup
from nonebot import get_driver
from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import MessageEvent
from nonebot.exception import MatcherException
from nonebot.log import logger
from nonebot.matcher import Matcher
from nonebot.plugin.on import get_matcher_source
from nonebot.typing import T_DependencyCache, T_State
from nonebot.utils import flatten_exception_group
from typing_extensions import override

from pinbang.gateway.events import view_of
from pinbang.moderation.reading import MessageView
from pinbang.refusal import Refusal, UsageRefusal
from pinbang.roles import Role
from pinbang.store.transactions import is_transient

MAX_HEAD = 12
"""Characters of the longest command name."""
MAX_PHRASE = 2000
"""Characters of the longest message that can be a phrase."""
STOP_WORDS = frozenset({"取消", "算了", "退出", "不用了"})

BUSY = "数据库正忙，这次没有办成，什么也没改变。请过一会儿再发一次。"
BROKEN = "出了点问题，这次没有办成，已记下来给维护的人看。请稍后再试。"


Applies = Callable[[MessageView], Awaitable[bool]]


@dataclass(frozen=True)
class Command:
    """What the table, the help menu and the shell know about a command or phrase."""

    name: str
    usage: str
    brief: str
    role: Role
    in_group: bool
    in_private: bool
    aliases: tuple[str, ...] = ()
    plugin_id: str | None = None
    pattern: re.Pattern[str] | None = None
    applies: Applies | None = None

    @property
    def is_phrase(self) -> bool:
        """Whether it is recognised without a prefix, as a whole message."""
        return self.pattern is not None


class CommandMatcher(Matcher):
    """A matcher whose refusals are answered and whose faults never show a traceback to people."""

    command: ClassVar[Command]

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
        """Let a waiting dialogue pass over messages that are commands of their own."""
        if cls.temp and isinstance(event, MessageEvent) and find_command(view_of(event)):
            return False
        return await super().check_rule(bot, event, state, stack, dependency_cache)

    @override
    async def simple_run(
        self,
        bot: Bot,
        event: Event,
        state: T_State,
        stack: Any = None,
        dependency_cache: T_DependencyCache | None = None,
    ) -> None:
        if self.temp and isinstance(event, MessageEvent) and view_of(event).text in STOP_WORDS:
            answer = "好的，已取消。"
        else:
            try:
                await super().simple_run(bot, event, state, stack, dependency_cache)
                return
            except Exception as error:  # noqa: BLE001 -- every fault of a handler is answered
                answer = self._answer(error)
        with self.ensure_context(bot, event):
            await self.finish(answer)

    def _answer(self, error: Exception) -> str:
        """Say in words what went wrong; finish, reject and pause are no faults and go on."""
        errors = (
            list(flatten_exception_group(error))
            if isinstance(error, BaseExceptionGroup)
            else [error]
        )
        if any(isinstance(one, MatcherException) for one in errors):
            raise error
        for one in errors:
            if isinstance(one, UsageRefusal):
                return f"{one.message}\n用法：{self.command.usage}"
            if isinstance(one, Refusal):
                return one.message
            if is_transient(one):
                return BUSY
        logger.opt(exception=errors[0]).error(f"Command {self.command.name} failed")
        return BROKEN


@dataclass(frozen=True)
class Found:
    """A message recognised as a command: what follows the head, and the head as it was written."""

    matcher: type[CommandMatcher]
    head: str
    rest: str
    match: re.Match[str] | None = None


_heads: dict[str, type[CommandMatcher]] = {}
_phrases: dict[str, list[type[CommandMatcher]]] = {}


def member_command(
    name: str,
    *,
    usage: str,
    brief: str,
    aliases: Iterable[str] = (),
    in_group: bool = True,
    in_private: bool = False,
) -> type[CommandMatcher]:
    """Register a command that every member may use."""
    return _register(name, usage, brief, Role.MEMBER, aliases, in_group, in_private)


def deputy_command(
    name: str,
    *,
    usage: str,
    brief: str,
    aliases: Iterable[str] = (),
    in_group: bool = True,
    in_private: bool = False,
) -> type[CommandMatcher]:
    """Register a command for 协管, admins and owners."""
    return _register(name, usage, brief, Role.DEPUTY, aliases, in_group, in_private)


def admin_command(
    name: str,
    *,
    usage: str,
    brief: str,
    aliases: Iterable[str] = (),
    in_group: bool = True,
    in_private: bool = False,
) -> type[CommandMatcher]:
    """Register a command for admins, owners and the bot's owners."""
    return _register(name, usage, brief, Role.SUPERUSER, aliases, in_group, in_private)


def phrase(
    head: str,
    *,
    pattern: str,
    usage: str,
    brief: str,
    role: Role = Role.MEMBER,
    applies: Applies | None = None,
) -> type[CommandMatcher]:
    """Register words that act without a prefix when they are the whole message.

    `pattern` must match the whole normalised text, which starts with `head`; named groups reach
    the handler as `PhraseMatch`. Words that people also use among themselves need `applies`: asked
    before anything else, it tells whether this message means the bot; otherwise it is left alone.
    """
    matcher = _new(
        Command(
            name=head,
            usage=usage,
            brief=brief,
            role=role,
            in_group=True,
            in_private=False,
            plugin_id=_plugin_id(),
            pattern=re.compile(pattern, re.DOTALL),
            applies=applies,
        )
    )
    _phrases.setdefault(head[0], []).append(matcher)
    return matcher


def _register(
    name: str,
    usage: str,
    brief: str,
    role: Role,
    aliases: Iterable[str],
    in_group: bool,
    in_private: bool,
) -> type[CommandMatcher]:
    names = (name, *aliases)
    command = Command(
        name=name,
        usage=usage,
        brief=brief,
        role=role,
        in_group=in_group,
        in_private=in_private,
        aliases=names[1:],
        plugin_id=_plugin_id(),
    )
    matcher = _new(command)
    for head in names:
        key = fold(head)
        if len(key) > MAX_HEAD:
            raise ValueError(f"command name {head!r} is longer than {MAX_HEAD} characters")
        if key in _heads:
            raise ValueError(f"command {head!r} is already registered")
        _heads[key] = matcher
    return matcher


def _plugin_id() -> str | None:
    source = get_matcher_source(3)
    return source.plugin_id if source else None


def _new(command: Command) -> type[CommandMatcher]:
    source = get_matcher_source(3)
    matcher = CommandMatcher.new("message", block=True, source=source)
    matcher.destroy()  # off NoneBot's list: the router runs it
    matcher.command = command
    return matcher


def commands() -> Iterator[Command]:
    """Yield every command once, then every phrase, in order of registration."""
    yield from dict.fromkeys(matcher.command for matcher in _heads.values())
    for matchers in _phrases.values():
        yield from (matcher.command for matcher in matchers)


def fold(text: str) -> str:
    """Fold full-width forms and case, as command heads are compared."""
    return unicodedata.normalize("NFKC", text).casefold()


def command_starts() -> frozenset[str]:
    """Return the prefixes that mark a command."""
    return frozenset(get_driver().config.command_start)


def written_command(text: str) -> str | None:
    """Return what follows a command prefix, or None when `text` does not start with one."""
    if not text:
        return None
    first = text[0]
    if first not in command_starts() and fold(first) not in command_starts():
        return None
    return text[1:].lstrip()


def find_command(view: MessageView) -> Found | None:
    """Find the command or phrase that a message is; the cost does not grow with their number."""
    written = written_command(view.text)
    if written is not None:
        return _by_head(written)
    if not 0 < len(view.text) <= MAX_PHRASE:
        return None
    return _by_phrase(view)


def _by_head(written: str) -> Found | None:
    window = written[:MAX_HEAD]
    for length in range(len(window), 0, -1):
        matcher = _heads.get(fold(window[:length]))
        if matcher is None:
            continue
        rest = written[length:]
        last, following = fold(window[length - 1]), fold(rest[:1])
        if last.isascii() and following.isascii() and following.isalnum():
            continue  # "/helper" is not "/help" with an argument
        return Found(matcher, written[:length], rest.strip())
    return None


def _by_phrase(view: MessageView) -> Found | None:
    candidates = _phrases.get(view.text[0])
    if candidates is None:
        return None
    text = unicodedata.normalize("NFKC", view.text)
    for matcher in candidates:
        command = matcher.command
        if command.pattern is not None and (match := command.pattern.fullmatch(text)):
            return Found(matcher, command.name, text[len(command.name) :].strip(), match)
    return None
