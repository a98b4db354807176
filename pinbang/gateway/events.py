"""The adapter's message events, read once and kept out of the log."""

from nonebot.adapters.onebot.v11 import GroupMessageEvent, MessageEvent, PrivateMessageEvent
from nonebot.adapters.onebot.v11.exception import NoLogException
from pydantic import PrivateAttr
from typing_extensions import override

from pinbang.moderation.reading import MessageView, read_message


class GroupMessage(GroupMessageEvent):
    """A group message; what people write is not logged."""

    _view: MessageView | None = PrivateAttr(default=None)

    @override
    def get_log_string(self) -> str:
        raise NoLogException

    @property
    def view(self) -> MessageView:
        """The message as judges and commands read it, made on first use."""
        if self._view is None:
            self._view = _read(self)
        return self._view


class PrivateMessage(PrivateMessageEvent):
    """A private message; what people write is not logged."""

    _view: MessageView | None = PrivateAttr(default=None)

    @override
    def get_log_string(self) -> str:
        raise NoLogException

    @property
    def view(self) -> MessageView:
        """The message as commands read it, made on first use."""
        if self._view is None:
            self._view = _read(self)
        return self._view


def view_of(event: MessageEvent) -> MessageView:
    """Read a message event once, whoever built it."""
    if isinstance(event, GroupMessage | PrivateMessage):
        return event.view
    return _read(event)


def _read(event: MessageEvent) -> MessageView:
    return read_message(
        event.original_message,
        message_id=event.message_id,
        group_id=event.group_id if isinstance(event, GroupMessageEvent) else 0,
        user_id=event.user_id,
        self_id=event.self_id,
        time=event.time,
        role=event.sender.role,
    )
