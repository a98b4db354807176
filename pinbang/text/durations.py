"""Read and write lengths of time as people put them in Chinese."""

import re
from datetime import timedelta

from pinbang.text.folding import fold
from pinbang.text.numerals import NUMERAL, read_number

MAX_DURATION = timedelta(days=3660)
"""Nothing longer is understood; it also keeps arithmetic with dates in range."""

_SECONDS = {
    "秒": 1,
    "秒钟": 1,
    "s": 1,
    "分": 60,
    "分钟": 60,
    "m": 60,
    "min": 60,
    "刻钟": 900,
    "小时": 3600,
    "钟头": 3600,
    "h": 3600,
    "天": 86_400,
    "日": 86_400,
    "d": 86_400,
    "星期": 604_800,
    "周": 604_800,
    "礼拜": 604_800,
    "w": 604_800,
    "月": 2_592_000,  # counted as 30 days
}

DURATION = (
    rf"(?:(?:\d{{1,6}}(?:\.\d{{1,2}})?|{NUMERAL}|半) ?个?(?:半 ?个?)?"
    r"(?:秒钟?|分钟?|刻钟|小时|钟头|天|日|星期|周|礼拜|(?<=[个半])月|min|[smhdw](?![a-z]))(?:半(?![天日小]))?)"
)
"""Pattern of one amount with its unit, on folded text."""

_PART = re.compile(
    rf"(?:(?P<half>半)|(?P<amount>\d{{1,6}}(?:\.\d{{1,2}})?|{NUMERAL})) ?"
    r"(?:个(?P<and_half>半)?|(?P<bare_half>半))?"
    r" ?个?(?P<unit>秒钟?|分钟?|刻钟|小时|钟头|天|日|星期|周|礼拜|(?<=[个半])月|min"
    r"|[smhdw](?![a-z]))(?P<tail>半)?"
)


def parse_duration(text: str) -> timedelta | None:
    """Read `text` as one length of time: 10分钟, 半小时, 一天半, 1天2小时, 30m, 7d.

    None when it is anything else, zero, or longer than MAX_DURATION. A month counts 30 days.
    """
    rest = fold(text).text.strip()
    total = 0.0
    position = 0
    while position < len(rest):
        match = _PART.match(rest, position)
        if match is None:
            return None
        amount = _amount(match)
        if amount is None:
            return None
        total += amount * _SECONDS[match["unit"]]
        position = match.end()
        while position < len(rest) and rest[position] in " 零又":
            position += 1
    if not 0 < total <= MAX_DURATION.total_seconds():
        return None
    return timedelta(seconds=round(total))


def _amount(match: re.Match[str]) -> float | None:
    halves = sum(bool(match[name]) for name in ("half", "and_half", "bare_half", "tail"))
    if halves > 1:
        return None
    written = match["amount"]
    if written is None:
        return 0.5
    number = float(written) if written[0].isascii() else read_number(written)
    return None if number is None else number + 0.5 * halves


def format_duration(duration: timedelta) -> str:
    """Write `duration` with its two largest units: 10 分钟, 1 天 2 小时; below a minute, 秒."""
    seconds = max(0, round(duration.total_seconds()))
    amounts = (
        (seconds // 86_400, "天"),
        (seconds // 3600 % 24, "小时"),
        (seconds // 60 % 60, "分钟"),
        (seconds % 60, "秒"),
    )
    for index, (amount, unit) in enumerate(amounts):
        if amount:
            following = [f"{more} {name}" for more, name in amounts[index + 1 : index + 2] if more]
            return " ".join([f"{amount} {unit}", *following])
    return "0 秒"
