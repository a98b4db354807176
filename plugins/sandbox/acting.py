"""What a visitor can do at the page: each deed as it arrives, and doing it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pinbang.testing import Reason, Refused, segments

from . import cards
from .scene import BOT_ID, Scene

MAX_TEXT = 12_000
"""Characters; enough to try what the bot makes of an absurdly long message."""


class Deed(BaseModel):
    """Something the person with the QQ number `user_id` (``as`` on the wire) does."""

    model_config = ConfigDict(extra="forbid")

    user_id: int = Field(alias="as")


class Say(Deed):
    """Say something in the group, or to the bot in private."""

    action: Literal["say"]
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    reply_to: int | None = None
    private: bool = False


class SendCard(Deed):
    """Send one of two cards."""

    action: Literal["card"]
    card: Literal["group", "mini_program"]


class Recall(Deed):
    """Take a message back."""

    action: Literal["recall"]
    message_id: int


class AskToJoin(Deed):
    """Answer the entry question."""

    action: Literal["ask_to_join"]
    answer: str = Field(max_length=500)


class Decide(Deed):
    """Decide a join request in QQ itself, past the bot."""

    action: Literal["decide"]
    flag: str = Field(max_length=40)
    approve: bool


class Leave(Deed):
    """Leave the group."""

    action: Literal["leave"]


class Newcomer(BaseModel):
    """Bring a new account to the door."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["newcomer"]


class Reconnect(BaseModel):
    """Drop the gateway's connection and make a new one."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["reconnect"]


class StartOver(BaseModel):
    """Go on in a new group."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["start_over"]


PersonsDeed = Say | SendCard | Recall | AskToJoin | Decide | Leave
AnyDeed = Annotated[PersonsDeed | Newcomer | Reconnect | StartOver, Field(discriminator="action")]


def act(scene: Scene, deed: PersonsDeed | Newcomer) -> dict[str, Any]:
    """Let it happen in the scene; Refused when QQ would not allow it.

    Returns facts for the page, such as the number of a new account.
    """
    if isinstance(deed, Newcomer):
        return {"user_id": scene.newcomer()}
    scene.insist_playable(deed.user_id)
    world, group_id, user_id = scene.world, scene.group_id, deed.user_id
    match deed:
        case Say(private=True):
            message = world.say_private(user_id, BOT_ID, scene.spoken(deed.text))
            return {"message_id": message.message_id}
        case Say():
            content = scene.spoken(deed.text)
            if deed.reply_to is not None:
                quoted = world.message(deed.reply_to)
                if quoted.recalled or quoted.to_id is not None:
                    raise Refused(Reason.UNKNOWN_MESSAGE)
                content.insert(0, segments.reply(quoted))
            return {"message_id": world.say(group_id, user_id, content).message_id}
        case SendCard():
            card = cards.group_card() if deed.card == "group" else cards.mini_program_card()
            return {"message_id": world.say(group_id, user_id, card).message_id}
        case Recall():
            world.recall(deed.message_id, user_id)
        case AskToJoin():
            scene.ask_to_join(user_id, deed.answer)
        case Decide():
            world.handle_request(deed.flag, user_id, deed.approve)
        case Leave():
            world.leave(group_id, user_id)
    return {}
