"""What is said about join requests."""

import re

from pinbang import clock
from pinbang.gateway.wording import shorten

from .models import JoinRequest
from .rules import Verdict, read_comment

REFUSED = "本群需要遵守群规、自愿互助。想好了欢迎再来申请。"
SAFE_REASON = 30
"""Characters of a reason that QQ shows to the applicant."""


def notice(request: JoinRequest) -> str:
    """Ask the admins to decide."""
    answer = read_comment(request.comment).answer
    lines = [
        f"有人申请入群，请管理员决定（编号 {request.id}）",
        f"QQ：{mask(request.user_id)}　判断：{Verdict(request.verdict).words}",
    ]
    if answer and request.verdict != Verdict.SUSPICIOUS.value:
        lines.append(f"回答：{shorten(answer, 60)}")
    if request.inviter_id:
        lines.append(f"邀请人：{mask(request.inviter_id)}")
    if request.flag is None:
        lines.append("网关没有给出处理凭据，请在 QQ 里直接处理。")
    else:
        lines.append(f"回复本条“同意”或“拒绝 理由”，或 /通过 {request.id}")
    return "\n".join(lines)


_NOTICE = re.compile(r"申请入群，请管理员决定（编号 (\d+)）")


def number_in_notice(text: str) -> int | None:
    """Read the request's number out of a notice."""
    match = _NOTICE.search(text)
    return int(match[1]) if match else None


def mask(number: int) -> str:
    """Show a QQ number to the group without giving it away."""
    digits = str(number)
    return f"{digits[:2]}***{digits[-2:]}"


def listing_line(request: JoinRequest) -> str:
    """Show one waiting request in the list."""
    answer = read_comment(request.comment).answer
    shown = "（内容可疑，不显示）" if request.verdict == "suspicious" else shorten(answer, 24)
    verdict = Verdict(request.verdict).words
    when = clock.show(request.asked_at)
    return f"{request.id}. {mask(request.user_id)} {verdict} {shown} {when}".rstrip()
