"""What the aid board says."""

import re
from datetime import datetime

from pinbang import clock
from pinbang.gateway.wording import shorten
from pinbang.text.deadlines import describe_deadline

from .models import AidRequest, Pledge, PledgeStatus, RequestStatus

FORM = """【互助】
事项：砍价还差2刀
链接：（粘贴拼多多链接或口令）
人数：2
截止：今晚12点
感谢：谢谢大家"""


def status_words(request: AidRequest) -> str:
    """Say in a few words where a request stands."""
    return {
        RequestStatus.OPEN: "进行中",
        RequestStatus.FILLED: "已经完成",
        RequestStatus.EXPIRED: "已经到期",
        RequestStatus.CANCELLED: "已经取消",
    }[request.status]


def _deadline(request: AidRequest, now: datetime) -> str:
    return describe_deadline(clock.local(request.deadline), clock.local(now))


def registered(request: AidRequest, now: datetime) -> str:
    """Confirm a registered request and show how it was understood."""
    return (
        f"求助 {request.id} 号已登记：{shorten(request.what, 40) or '见链接'}\n"
        f"需要 {request.wanted} 人，截止 {_deadline(request, now)}\n"
        f"愿意帮的请发：接 {request.id}\n"
        f"写错了？/取消 {request.id} 后重发"
    )


_REGISTERED = re.compile(r"求助 (\d+) 号已登记")


def number_shown(text: str) -> int | None:
    """Read the request's number out of its confirmation."""
    match = _REGISTERED.search(text)
    return int(match[1]) if match else None


def taken(request: AidRequest) -> str:
    """Thank a helper and tell what to do."""
    left = request.wanted - request.taken
    link = f"\n{request.link}" if request.link else ""
    return (
        f"谢谢！你接了 {request.id} 号：{shorten(request.what, 40) or '见链接'}{link}\n"
        f"帮完请发：已帮 {request.id}（帮不了就发：放弃 {request.id}）\n"
        f"{'已接满。' if left <= 0 else f'还差 {left} 人。'}"
    )


def done(request: AidRequest) -> str:
    """Ask the requester to confirm."""
    return f"有人说 {request.id} 号已经帮你完成了，请看一下。\n到账了请发：确认 {request.id}"


def confirmed(request: AidRequest, helpers: int) -> str:
    """Thank the helpers."""
    if request.status is RequestStatus.FILLED:
        return f"{request.id} 号求助完成，谢谢 {request.confirmed} 位帮手！"
    left = request.wanted - request.confirmed
    return f"{request.id} 号确认了 {helpers} 位，谢谢！还差 {left} 位。"


def cancelled(request: AidRequest, helpers: int) -> str:
    """Tell that a request is off the board."""
    told = "接了单的朋友不用再帮了，谢谢。" if helpers else ""
    return f"{request.id} 号求助已取消。{told}"


def expired(request: AidRequest) -> str:
    """Tell the requester that the deadline has come."""
    result = f"完成 {request.confirmed}/{request.wanted}"
    return f"你的 {request.id} 号求助到期了（{result}）。还需要的话可以再发一次 /求助。"


def board_line(request: AidRequest, now: datetime) -> str:
    """Show a request on the board."""
    left = request.wanted - request.taken
    missing = f"差{left}人" if left > 0 else "已接满"
    what = shorten(request.what, 20) or "见链接"
    return f"{request.id}. {what}｜{missing}｜{_deadline(request, now)}"


def board(requests: list[AidRequest], title: str, footer: str, now: datetime) -> str:
    """Show a page of the board."""
    lines = [title, *(board_line(request, now) for request in requests), footer]
    return "\n".join(lines)


def details(request: AidRequest, pledges: list[Pledge], now: datetime) -> str:
    """Show everything about one request that the group may see."""
    counts = dict.fromkeys(PledgeStatus, 0)
    for pledge in pledges:
        counts[pledge.status] += 1
    lines = [
        f"求助 {request.id} 号（{status_words(request)}）：{request.what or '见链接'}",
        f"需要 {request.wanted} 人：{counts[PledgeStatus.CONFIRMED]} 人已确认，"
        f"{counts[PledgeStatus.DONE]} 人待确认，{counts[PledgeStatus.PLEDGED]} 人帮忙中",
        f"截止 {_deadline(request, now)}",
    ]
    extra = "　".join(part for part in (request.thanks, request.note) if part)
    if extra:
        lines.append(shorten(extra, 80))
    if request.link and request.status is RequestStatus.OPEN:
        lines.append(request.link)
    return "\n".join(lines)
