"""Remember for some minutes what each member wrote, so that judges can see repetition and bursts.

In memory only and bounded; the time is the messages' own. Judges stay pure: they find the record
in `MessageView.lately`.
"""

from collections import OrderedDict, deque
from dataclasses import replace

from pinbang.moderation.reading import EarlierMessage, MessageView

WINDOW_SECONDS = 300
MESSAGES = 20
"""Messages remembered of each member."""
MEMBERS = 20_000
"""Members remembered, those who wrote last."""

SHORT = 12
"""Characters of a message that may be one piece of a text sent piecemeal."""
SPREAD_SECONDS = 10
SPREAD_MESSAGES = 3
"""Messages, the newest included, that make a text sent piecemeal."""

_CLOCK_SKEW_SECONDS = 5
_Key = tuple[int, int, int]


class Lately:
    """The latest messages by account, group and member."""

    def __init__(self, members: int = MEMBERS) -> None:
        self._members = members
        self._messages: OrderedDict[_Key, deque[EarlierMessage]] = OrderedDict()

    def with_history(self, view: MessageView) -> MessageView:
        """Return the view with `lately` filled in; the message itself is left out."""
        earlier = tuple(
            message
            for message in self._messages.get(_key(view), ())
            if -_CLOCK_SKEW_SECONDS <= view.time - message.time <= WINDOW_SECONDS
            and message.message_id != view.message_id
        )
        return replace(view, lately=earlier) if earlier else view

    def remember(self, view: MessageView) -> None:
        """Keep a message for those that follow; a second delivery changes nothing."""
        key = _key(view)
        kept = self._messages.setdefault(key, deque(maxlen=MESSAGES))
        self._messages.move_to_end(key)
        if all(message.message_id != view.message_id for message in kept):
            kept.append(_reduced(view))
        if len(self._messages) > self._members:
            self._messages.popitem(last=False)

    def close_text(self, view: MessageView) -> None:
        """Keep what was judged together with `view` from being judged again with what follows."""
        key = _key(view)
        if key in self._messages:
            closed = (replace(message, text="") for message in self._messages[key])
            self._messages[key] = deque(closed, maxlen=MESSAGES)

    def forget(self) -> None:
        """Forget everything."""
        self._messages.clear()


latest = Lately()
"""What this process remembers."""


def spread_text(view: MessageView) -> tuple[str, tuple[int, ...]]:
    """Return what a member wrote piece by piece in the last seconds, and the earlier pieces' ids.

    Three short messages or more make such a text, the newest last; otherwise "" and no ids.
    """
    if not 0 < len(view.text) <= SHORT:
        return "", ()
    pieces: list[EarlierMessage] = []
    for message in reversed(view.lately):
        if not message.text or view.time - message.time > SPREAD_SECONDS:
            break
        pieces.append(message)
    if len(pieces) + 1 < SPREAD_MESSAGES:
        return "", ()
    pieces.reverse()
    joined = "".join(message.text for message in pieces) + view.text
    return joined, tuple(message.message_id for message in pieces)


def _key(view: MessageView) -> _Key:
    return view.self_id, view.group_id, view.user_id


def _reduced(view: MessageView) -> EarlierMessage:
    return EarlierMessage(
        message_id=view.message_id,
        time=view.time,
        digest=view.digest,
        text=view.text if len(view.text) <= SHORT else "",
        length=len(view.readable),
        pictures=len(view.image_urls),
    )
