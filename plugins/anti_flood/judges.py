"""Judge whether a member floods the group.

Repeating a request now and then, a few pictures in a row and quick aid talk (接 12, 谢谢) are
ordinary. What the sender wrote shortly before comes with the message (`MessageView.lately`).
"""

import re

from pinbang.moderation.judging import Finding, Severity, judge
from pinbang.moderation.reading import EarlierMessage, MessageView

_LABEL = "刷屏"
_SCORE = 0.9

# Within seconds, how many equal messages are one too many, the newest included.
_REPEATED = ((60, 3), (300, 4))
_SHORT = 6
_REPEATED_SHORT = ((60, 6), (300, 10))
"""谢谢, 666 and 好的 come more often."""

_STARTS = frozenset("/#／＃")
_COMMAND = 20

_BURSTS = ((10, 8.0), (60, 18.0))
"""Within seconds, how many messages are a burst. Pictures and quick replies count in part."""
_PICTURE_SHARE = 0.4
_QUICK_SHARE = 0.6
_QUICK = 8
_PICTURES = 10

_WALL = 1500
_WALL_LINES = 60
_DRAWN_OUT = 100
"""From this length on a text must have some variety."""
_MIN_VARIETY = 0.06
_SAME_LINES = 6
_MENTIONS = 10

_LINES = re.compile(r"\s*\n\s*")


@judge("flood", title="刷屏", rule="不刷屏、不@全体")
def floods(message: MessageView) -> Finding | None:
    """Object to repetition, bursts, walls of text and mentions of everybody."""
    evidence = [
        reason
        for seen, reason in (
            (message.mentions_all, "@了全体成员"),
            (len(set(message.mentions)) >= _MENTIONS, "一次@了很多人"),
            (_repeats(message), "短时间内重复发送同样的内容"),
            (_bursts(message), "短时间内连续发送很多条消息"),
            (_is_wall(message), "一条消息过长或重复同样的字句"),
            (len(message.image_urls) >= _PICTURES, "一次发送很多图片"),
        )
        if seen
    ]
    if not evidence:
        return None
    severity = Severity.MEDIUM if message.mentions_all else Severity.LIGHT
    return Finding("flood", _LABEL, severity, _SCORE, tuple(evidence))


def _repeats(message: MessageView) -> bool:
    if not message.lately or not message.readable or _is_command(message.text):
        return False
    same = [earlier for earlier in message.lately if earlier.digest == message.digest]
    limits = _REPEATED_SHORT if len(message.readable) <= _SHORT else _REPEATED
    return any(
        1 + sum(message.time - earlier.time <= seconds for earlier in same) >= most
        for seconds, most in limits
    )


def _is_command(text: str) -> bool:
    """Tell whether a message is a short command: who asks the bot again is not flooding."""
    return text[:1] in _STARTS and len(text) <= _COMMAND


def _bursts(message: MessageView) -> bool:
    if not message.lately:
        return False
    own = _share(len(message.readable), len(message.image_urls))
    return any(
        own + sum(_share_of(e) for e in message.lately if message.time - e.time <= seconds) >= most
        for seconds, most in _BURSTS
    )


def _share_of(earlier: EarlierMessage) -> float:
    return _share(earlier.length, earlier.pictures)


def _share(length: int, pictures: int) -> float:
    if pictures and not length:
        return _PICTURE_SHARE
    return _QUICK_SHARE if length <= _QUICK else 1.0


def _is_wall(message: MessageView) -> bool:
    text = message.text
    if len(text) > _WALL:
        return True
    if len(text) < _DRAWN_OUT and "\n" not in text:
        return False
    if len(text) >= _DRAWN_OUT and len(set(text)) < _MIN_VARIETY * len(text):
        return True
    lines = [line for line in _LINES.split(text.strip()) if line]
    return len(lines) > _WALL_LINES or len(lines) - len(set(lines)) >= _SAME_LINES
