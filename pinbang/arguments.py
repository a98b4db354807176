"""Read the arguments people type; wrong input is answered with what to type instead."""

import re
import unicodedata

from pinbang.moderation.reading import MessageView
from pinbang.refusal import UsageRefusal

_NUMBER = re.compile(r"(?:#|no\.?)?\s*(?P<number>\d+)\s*(?:号|番)?(?P<rest>.*)", re.DOTALL | re.I)
_MAX_DIGITS = 12
_USER = re.compile(r"(?<!\d)(\d{5,11})(?!\d)")


def number_and_rest(text: str) -> tuple[int, str]:
    """Split `12 理由`, `#１２号理由` and the like; raise UsageRefusal when no number leads."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text.strip()))
    if match is None:
        raise UsageRefusal("请写上编号。" if not text.strip() else "编号要写在最前面，是一个数字。")
    if len(match["number"]) > _MAX_DIGITS:
        raise UsageRefusal("没有这么大的编号。")
    return int(match["number"]), match["rest"].strip(" ,，。：:")


def number_only(text: str) -> int:
    """Read one number; raise UsageRefusal when it is missing or something else follows."""
    number, rest = number_and_rest(text)
    if rest:
        raise UsageRefusal("编号后面多了内容。")
    return number


def mentioned_person(view: MessageView, text: str) -> int | None:
    """Return who is meant: the first person @-ed other than the bot, else a QQ number in `text`."""
    for user_id in view.mentions:
        if user_id != view.self_id:
            return user_id
    match = _USER.search(unicodedata.normalize("NFKC", text))
    return int(match[1]) if match else None
