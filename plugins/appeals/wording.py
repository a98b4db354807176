"""What is said about appeals; never what the message was, never personal data."""

from collections.abc import Mapping, Sequence

from pinbang import clock
from pinbang.gateway.wording import shorten
from pinbang.guarding.wording import measure_words
from pinbang.store.models import Case

from .models import Appeal

SHOWN_REASON = 80
LISTED_REASON = 24
NOT_SHOWN = "（内容不宜在群里转述，请私下问他）"


def _done(case: Case) -> str:
    return f"{case.label}，{measure_words(case)}，{clock.show(case.created_at)}"


def received(case: Case) -> str:
    """Confirm an appeal to the person who made it in private."""
    return (
        f"对 {case.id} 号处理的申诉已收到，转给群里的管理员和协管了。\n"
        "有结果会告诉你。看自己的申诉发 /申诉"
    )


def notice(case: Case, reason: str) -> str:
    """Tell the group's people in charge about an appeal; `reason` is fit to be shown."""
    actor = "处理的管理员不能裁决。" if case.actor_id is not None else ""
    return (
        f"收到申诉：{case.id} 号处理，请管理员或协管裁决。{actor}\n"
        f"处理：{_done(case)}\n"
        f"申诉理由：{shorten(reason, SHOWN_REASON)}\n"
        f"看依据发 /为什么 {case.id}\n"
        f"裁决发 /裁决 {case.id} 维持 或 /裁决 {case.id} 撤销，后面可以写理由"
    )


def reminder(case: Case) -> str:
    """Bring an appeal up again."""
    return (
        f"{case.id} 号处理的申诉等了一天还没有裁决（{_done(case)}）。\n"
        f"裁决发 /裁决 {case.id} 维持 或 /裁决 {case.id} 撤销；全部申诉发 /申诉列表"
    )


def own(cases: Sequence[Case]) -> str:
    """List somebody's open appeals."""
    lines = [f"{case.id} 号：{_done(case)}，等待裁决" for case in cases]
    return "\n".join([f"你有 {len(cases)} 个申诉：", *lines])


def listing(
    appeals: Sequence[Appeal],
    cases: Mapping[int, Case],
    reasons: Mapping[int, str],
    page: int,
    pages: int,
    total: int,
) -> str:
    """Show a page of open appeals; `reasons` by case are fit to be shown."""
    lines = [f"待裁决 {total} 个（第 {page}/{pages} 页）"]
    for appeal in appeals:
        case = cases[appeal.case_id]
        reason = shorten(reasons[appeal.case_id], LISTED_REASON)
        lines.append(f"{case.id}. {_done(case)}｜{reason}")
    following = f"　下一页：/申诉列表 {page + 1}" if page < pages else ""
    lines.append(f"/裁决 编号 维持　/裁决 编号 撤销{following}")
    return "\n".join(lines)


def upheld(case: Case, reason: str) -> str:
    """Tell that a sanction stays."""
    why = f"理由：{shorten(reason, SHOWN_REASON)}" if reason else "以后注意就好。"
    return f"申诉裁决：维持 {case.id} 号处理。{why}"


def overturned(undone: str) -> str:
    """Tell that a sanction was taken back; `undone` says what that put right."""
    return f"申诉裁决：{undone}"


def undone_before(case: Case) -> str:
    """Tell that the sanction had been taken back already."""
    return f"{case.id} 号处理已撤销，不再计入违规。"


def can_be_learnt(case: Case) -> str:
    """Tell how the bot is made to remember a wrong verdict."""
    return f"要我记住这类话没问题，发 /误判 {case.id}"


def closed(case: Case) -> str:
    """Tell, beside the words that the case was taken back, that the appeal is settled."""
    return f"对 {case.id} 号的申诉也就了结了。"


UNREACHED = "（没能通知到他本人）"
