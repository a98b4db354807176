"""Read deadlines as members write them, and say how much time is left."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from pinbang.text.durations import DURATION, format_duration, parse_duration
from pinbang.text.folding import fold
from pinbang.text.numerals import NUMERAL, read_number

_LONGEST = timedelta(days=366)
_FORGOTTEN_YEAR = timedelta(days=180)
"""A date without a year this long past means next year; a nearer one is over."""

_END_OF_DAY = time(23, 59)
_NOON = 12
_DAY_HOURS = 24

_WEEKDAYS = {name: index for index, name in enumerate("一二三四五六日")} | {
    **{str(index + 1): index for index in range(7)},
    "天": 6,
    "末": 6,
}
_DAYS = {
    **dict.fromkeys(("今天", "今日", "今儿", "当天"), 0),
    **dict.fromkeys(("明天", "明日", "明儿"), 1),
    **dict.fromkeys(("后天", "后日"), 2),
    "大后天": 3,
}
# Until when a part of the day lasts, when no hour is given; 24 is the midnight that ends it.
_PERIOD_ENDS: dict[str, time | None] = {
    **dict.fromkeys(("凌晨",), time(6)),
    **dict.fromkeys(("清晨", "早上", "早晨", "早"), time(9)),
    **dict.fromkeys(("上午", "中午", "正午", "午"), time(12)),
    **dict.fromkeys(("下午", "午后"), time(18)),
    "傍晚": time(19),
    **dict.fromkeys(("晚上", "夜里", "晚", "夜"), _END_OF_DAY),
    **dict.fromkeys(("半夜", "午夜", "零点"), None),
}
_MORNING = frozenset({"凌晨", "清晨", "早上", "早晨", "早", "上午"})
_AFTERNOON = frozenset({"下午", "午后", "傍晚"})
_EVENING = frozenset({"晚上", "夜里", "晚", "夜", "半夜", "午夜"})
_SMALL_HOURS = 5
"""今晚 up to this hour means the night after the day."""

_PERIOD = "凌晨|清晨|早上|早晨|上午|中午|正午|下午|午后|傍晚|晚上|夜里|半夜|午夜"
_DAY = (
    r"(?P<day>大后天|今天|今日|今儿|当天|明天|明日|明儿|后天|后日)"
    r"|(?P<short>[今明后当](?=早|晚|夜|午|凌晨))"
    r"|(?:(?P<week>下下|下|本|这)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末]))"
    r"|(?:(?P<year>20\d\d) ?[年\-/.])? ?(?P<month>1[0-2]|0?[1-9])(?: ?月 ?|(?P<dash>[\-/]))"
    r"(?P<dayno>3[01]|[12]\d|0?[1-9])(?:[日号]|(?!\d))"
    r"|(?P<monthday>3[01]|[12]\d|0?[1-9])[日号](?![楼店线院栋位座])"
    r"|(?P<monthend>(?P<nextmonth>下)?(?:本|这|下)?个?月底|月末)"
)
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-4])(?P<colon>:)(?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d)"
    rf"|(?P<spoken>{NUMERAL}) ?(?:点钟?整?|时(?!段|候|间))(?:(?P<half>半)|(?P<quarter>[一三])刻"
    r"|(?P<past>[0-5]?\d|[零一二三四五六七八九十]{1,3})分?(?![0-9个次人位元块]))?"
)
_END = r"(?P<end> ?(?:之?前|以前|截止|截至|结束|到期|为止|过期|失效|内))?"
_EXPRESSION = re.compile(
    r"(?P<until>(?:截止|截至|最晚|最迟|到期|限期|有效期|限时?|直?到|在)"
    r"(?:时间|日期|于|至|到)?[: ]{0,3})?"
    rf"(?:(?:{_DAY}) ?的?[, ]?)?"
    rf"(?:(?P<period>{_PERIOD}|(?<=[今明后天日当一二三四五六])[早晚夜午])的?[ ]?)?"
    rf"(?:(?:{_CLOCK}))?{_END}"
)
_RELATIVE = re.compile(
    r"(?<![点时:\d])(?P<cue>限时|还有|还剩|剩余?|只剩|倒计时)?[: ]{0,2}"
    rf"(?P<length>(?:{DURATION} ?零?){{1,3}})"
    r"(?: ?(?P<end>之?内|以内|之?后|以后|过期|截止|结束|到期|失效))?"
)
_NOT_A_TIME = re.compile(r" ?(?:积分|金币|化肥|水滴|经验|分|赞|数|心意|击)")
_PAST = re.compile(r"(?:昨|前|上个?)(?:天|日|晚|周|星期|月)?$")
_COMPARISON = re.compile(r"[快早便宜差有多少大小慢高低好晚帮贵长短远近]$")
_STARTS = re.compile(
    r"[今明后大当下本这早晚凌清上中午正傍夜半限截最到在有直还剩只倒周星礼月年\d零〇一二两三四五六七八九十]"
)


@dataclass(frozen=True)
class _Clock:
    """An hour as written, before it is known which half of the day it means."""

    hour: int
    minute: int
    exact: bool


def parse_deadline(text: str, now: datetime) -> datetime | None:
    """Return the first moment after `now` that `text` names as a limit, in `now`'s zone.

    Understands 今晚12点前, 明早8点, 周五晚上, 11-25, 11月25日 20:00, 月底, 2小时内, 半小时内 and
    their relatives. A day without an hour ends at 23:59, 今晚12点 is the midnight that ends the
    day. A lone day or hour inside a sentence counts only with 前, 截止 or the like beside it.
    None when there is no limit or it is over.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    plain = fold(text).text.strip()
    if (relative := _relative(plain, now)) is not None:
        return relative
    position = 0
    while (start := _STARTS.search(plain, position)) is not None:
        match = _EXPRESSION.match(plain, start.start())
        if match is None or match.end() == match.start():
            position = start.end()
            continue
        position = max(match.end(), start.end())
        if (moment := _moment(match, plain, now)) is not None:
            return moment
    return None


def _relative(plain: str, now: datetime) -> datetime | None:
    for match in _RELATIVE.finditer(plain):
        whole = match.end() - match.start() == len(plain)
        within = (match["end"] or "").endswith("内")
        if not (match["cue"] or match["end"] or whole) or ("日" in match["length"] and not within):
            continue
        length = parse_duration(match["length"].replace("零", ""))
        if length is not None and length <= _LONGEST:
            return (now.astimezone(timezone.utc) + length).astimezone(now.tzinfo)
    return None


def _moment(match: re.Match[str], plain: str, now: datetime) -> datetime | None:
    before = plain[max(0, match.start() - 3) : match.start()]
    if _PAST.search(before):
        return None
    whole = match.end() - match.start() == len(plain)
    limited = bool(match["until"] and match["until"].rstrip(" :") != "在") or bool(match["end"])
    clock = _clock(match)
    if clock is not None and clock.exact is False and _no_time(match, before, plain):
        return None
    day_named, day = _day(match, now)
    if day_named and day is None:
        return None
    period = match["period"]
    if clock is None:
        if not day_named and not period:
            return None
        if not (whole or limited or (day_named and period and _stands_alone(match, plain))):
            return None
        moment = _after(_period_end(day or now.date(), period), now)
        if moment is None and not day_named:
            moment = _after(_period_end(now.date() + timedelta(days=1), period), now)
        return moment
    if match["dash"] and not (whole or limited or match["colon"] or match["spoken"]):
        return None
    if not day_named and not period and not (whole or limited):
        return None
    if day_named:
        return _on_day(day or now.date(), period, clock, now)
    return _next_time(period, clock, now)


def _stands_alone(match: re.Match[str], plain: str) -> bool:
    """Tell 周五晚上 from 今早刚点的: nothing but punctuation may follow."""
    return match.end() == len(plain) or plain[match.end()] in " ,.。;!?、\n"


def _no_time(match: re.Match[str], before: str, plain: str) -> bool:
    """Tell 快一点, 3点积分 and the like from an hour."""
    if _NOT_A_TIME.match(plain, match.end()):
        return True
    spoken = match["spoken"]
    if spoken.isdecimal():
        return False
    if match["period"] in {"早", "晚"} and spoken == "一":
        return True
    return bool(_COMPARISON.search(before)) and not match["period"]


def _clock(match: re.Match[str]) -> _Clock | None:
    if match["colon"]:
        return _checked(int(match["hour"]), int(match["minute"]), exact=True)
    if not match["spoken"]:
        return None
    hour = read_number(match["spoken"])
    if match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 15 if match["quarter"] == "一" else 45
    else:
        minute = read_number(match["past"].lstrip("零") or "零") if match["past"] else 0
    if hour is None or minute is None:
        return None
    return _checked(hour, minute, exact=False)


def _checked(hour: int, minute: int, *, exact: bool) -> _Clock | None:
    if hour > _DAY_HOURS or minute > 59 or (hour == _DAY_HOURS and minute):
        return None
    return _Clock(hour, minute, exact)


def _day(match: re.Match[str], now: datetime) -> tuple[bool, date | None]:
    """Return whether a day is named, and the day when it exists and is not over."""
    today = now.date()
    if match["day"]:
        return True, today + timedelta(days=_DAYS[match["day"]])
    if match["short"]:
        return True, today + timedelta(days="今明后".find(match["short"]) % 3)
    if match["weekday"]:
        return True, _weekday(match["week"], _WEEKDAYS[match["weekday"]], match, now)
    if match["month"]:
        return True, _calendar_day(match, today)
    if match["monthday"]:
        return True, _day_of_month(int(match["monthday"]), today)
    if match["monthend"]:
        first = today.replace(day=1)
        months = 2 if match["nextmonth"] else 1
        return True, _add_months(first, months) - timedelta(days=1)
    return False, None


def _weekday(week: str | None, weekday: int, match: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    if week in {"下", "下下"}:
        return monday + timedelta(days=weekday, weeks=len(week))
    day = monday + timedelta(days=weekday)
    if day > today:
        return day
    if day == today:
        clock = _clock(match)
        end = (
            _on_day(day, match["period"], clock, now)
            if clock is not None
            else _after(_period_end(day, match["period"]), now)
        )
        if end is not None:
            return day
    return None if week else day + timedelta(weeks=1)


def _calendar_day(match: re.Match[str], today: date) -> date | None:
    month, day = int(match["month"]), int(match["dayno"])
    try:
        named = date(int(match["year"] or today.year), month, day)
    except ValueError:
        return None
    if match["year"] or named >= today:
        return named
    if today - named < _FORGOTTEN_YEAR:
        return None
    try:
        return named.replace(year=named.year + 1)
    except ValueError:
        return None


def _day_of_month(day: int, today: date) -> date | None:
    """Return the next such day: this month's, else next month's when that has one."""
    first = today.replace(day=1)
    for month in (first, _add_months(first, 1)):
        try:
            named = month.replace(day=day)
        except ValueError:
            continue
        if named >= today:
            return named
    return None


def _add_months(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _period_end(day: date, period: str | None) -> datetime:
    end = _PERIOD_ENDS[period] if period else _END_OF_DAY
    if end is None:
        return datetime.combine(day + timedelta(days=1), time.min)
    return datetime.combine(day, end)


def _on_day(day: date, period: str | None, clock: _Clock, now: datetime) -> datetime | None:
    today = day == now.date()
    if today and period in _EVENING and now.hour < clock.hour <= _SMALL_HOURS:
        # Said after midnight, 今晚1点 is still to come in this night.
        return _after(_at(day, clock.hour, clock), now)
    moment = _after(_at(day, _hour(period, clock, today=today), clock), now)
    if moment is None and period is None and not clock.exact and clock.hour < _NOON:
        # 今天8点前, written in the afternoon, means the evening.
        moment = _after(_at(day, clock.hour + _NOON, clock), now)
    return moment


def _next_time(period: str | None, clock: _Clock, now: datetime) -> datetime | None:
    hour = _hour(period, clock, today=True)
    hours = [hour]
    if period is None and not clock.exact and hour <= _NOON:
        hours.append(hour + _NOON)
    days = (now.date(), now.date() + timedelta(days=1))
    moments = (_after(_at(day, hour, clock), now) for day in days for hour in hours)
    return min((moment for moment in moments if moment is not None), default=None)


def _hour(period: str | None, clock: _Clock, *, today: bool) -> int:
    """Return the hour counted from the named day's midnight; 24 and more is the next day."""
    hour = clock.hour
    if period is None:
        # 今天0点 cannot be the midnight that is over.
        return _DAY_HOURS if hour == 0 and clock.minute == 0 and today else hour
    if period in _EVENING:
        if hour <= _SMALL_HOURS:
            return hour + _DAY_HOURS
        return hour + _NOON if hour <= _NOON else hour
    if period in _AFTERNOON:
        return hour + _NOON if hour < _NOON else hour
    if period in _MORNING:
        return 0 if period == "凌晨" and hour == _NOON else hour
    return hour + _NOON if hour <= _SMALL_HOURS else hour  # noon: 中午1点 is 13:00


def _at(day: date, hour: int, clock: _Clock) -> datetime:
    return datetime.combine(day, time.min) + timedelta(hours=hour, minutes=clock.minute)


def _after(moment: datetime, now: datetime) -> datetime | None:
    """Put a wall-clock time into `now`'s zone; None unless it lies ahead and within reach."""
    aware = moment.replace(tzinfo=now.tzinfo)
    return aware if now < aware <= now + _LONGEST * 2 else None


def describe_deadline(deadline: datetime, now: datetime) -> str:
    """Say in Chinese when `deadline` is and how much is left: 今天 23:59（还剩 2 小时）.

    Midnight is told as 24:00 of the day it ends. Both times must be aware.
    """
    local = deadline.astimezone(now.tzinfo)
    day, clock = local.date(), f"{local:%H:%M}"
    if clock == "00:00":
        day, clock = day - timedelta(days=1), "24:00"
    name = {0: "今天", 1: "明天", 2: "后天"}.get((day - now.date()).days)
    if name is None:
        name = f"{day.month} 月 {day.day} 日"
        if day.year != now.year:
            name = f"{day.year} 年 {name}"
    left = deadline - now
    if left <= timedelta():
        return f"{name} {clock}（已截止）"
    if left < timedelta(minutes=1):
        return f"{name} {clock}（还剩不到 1 分钟）"
    return f"{name} {clock}（还剩 {format_duration(_to_minutes(left))}）"


def _to_minutes(length: timedelta) -> timedelta:
    """Round down to minutes, but not 1:59:59 to 1:59."""
    return timedelta(minutes=int((length.total_seconds() + 1) // 60))
