"""What a handler may ask for by annotation, besides NoneBot's own parameters."""

from typing import Annotated

from nonebot.adapters.onebot.v11 import Bot, Event, MessageEvent
from nonebot.params import Depends

from pinbang.gateway import Account, account_of
from pinbang.gateway.events import view_of
from pinbang.groups import load_group
from pinbang.members import role_of, superusers
from pinbang.moderation.reading import MessageView
from pinbang.roles import Role


def _account(bot: Bot) -> Account:
    return account_of(bot.self_id)


def _view(event: MessageEvent) -> MessageView:
    return view_of(event)


async def _role(bot: Bot, event: Event) -> Role:
    group_id = getattr(event, "group_id", None)
    user_id = int(event.get_user_id())
    sender = getattr(event, "sender", None)
    if not isinstance(group_id, int):
        return Role.SUPERUSER if str(user_id) in superusers() else Role.MEMBER
    record = await load_group(group_id, int(bot.self_id))
    return role_of(record, user_id, getattr(sender, "role", None))


ThisAccount = Annotated[Account, Depends(_account)]
"""The account the event came to."""

View = Annotated[MessageView, Depends(_view)]
"""The message as read once for everybody."""

SenderRole = Annotated[Role, Depends(_role)]
"""The sender's role in the group as the message says; ask `current_role` before acting on it."""
