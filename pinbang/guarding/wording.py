"""What the guard says to the group; it never quotes the message that was objected to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pinbang import clock
from pinbang.gateway import Outcome, Reason
from pinbang.guarding.cases import evidence_of
from pinbang.guarding.ladder import Measure, Step
from pinbang.guarding.policy import LadderPolicy
from pinbang.moderation.inquiring import registered_inquiries
from pinbang.moderation.judging import registered_judges
from pinbang.store.models import Case, CaseStatus
from pinbang.text.masking import masked

MAX_SHOWN = 600
"""Characters of a message that those in charge are shown."""
_NOTHING = 0.005
"""Less than this of an offence is shown as none."""


def measure_words(case: Case) -> str:
    """Name the sanction of a case."""
    return Step(Measure(case.measure), timedelta(seconds=case.mute_seconds)).words


def announcement(case: Case, policy: LadderPolicy, following: Step, *, powerless: bool) -> str:
    """Tell the group, at most five lines, what happened and how to object.

    `following` is what the member's next offence would bring.
    """
    entry = registered_judges().get(case.judge) or registered_inquiries().get(case.judge)
    rule = entry.rule if entry else case.label
    if case.measure == Measure.NUDGE.value:
        return (
            f"这句听着像{case.label}，说话客气一点，大家都好办事。\n"
            f"只是提醒，不撤回、不计违规。编号 {case.id}，说错了请管理员发 /误判 {case.id}"
        )
    if powerless:
        return (
            f"发现违规消息（{case.label}），但我不是管理员，处理不了。\n"
            f"请群主把我设为管理员，或由管理员处理。编号 {case.id}"
        )
    done = case.recall_outcome == "done"
    if case.measure == Measure.REMIND.value:
        return _reminder(case, rule, done=done)
    gone = case.measure == Measure.KICK.value and case.measure_outcome == "done"
    whose = f"{short_number(case.user_id)} 的消息" if gone else "这条消息"
    recalled = "已撤回" if done else "请管理员撤回" if gone else "请自行撤回"
    lines = [f"{whose}涉及「{case.label}」，{recalled}。处理：{_measure_result(case)}。"]
    lines.append(f"群规：{rule}")
    lines.append(f"编号 {case.id}，看理由发 /为什么 {case.id}，不服发 /申诉 {case.id} 理由")
    if case.measure != Measure.KICK.value:
        days = policy.half_life_days
        lines.append(f"再次违规将{following.words}；过 {days} 天没有再犯，这次只算半次。")
    return "\n".join(lines)


def _reminder(case: Case, rule: str, *, done: bool) -> str:
    seen = "、".join(evidence_of(case)[:3])
    first = f"帮你撤回了，里面{seen}。" if done else f"请撤回刚才那条，里面{seen}。"
    return (
        f"{first}群里谁都看得到，需要时请私聊发给对方。\n"
        f"群规：{rule}\n"
        f"这次不计违规。编号 {case.id}，看理由发 /为什么 {case.id}"
    )


def _measure_result(case: Case) -> str:
    if case.measure == Measure.WARN.value or case.measure_outcome == "done":
        return measure_words(case)
    if case.measure_outcome.startswith("unconfirmed"):
        return f"{measure_words(case)}（未能确认，请管理员看一下）"
    if case.measure_outcome.endswith(f":{Reason.NOT_A_MEMBER.name}"):
        return f"应{measure_words(case)}，人已不在群里"
    return f"应{measure_words(case)}，没有成功，请管理员处理"


def explanation(case: Case) -> str:
    """Explain a case to those who may know."""
    state = {
        CaseStatus.OPEN: "处理中",
        CaseStatus.ENFORCED: "已处理",
        CaseStatus.POWERLESS: "机器人不是管理员，没有处理",
        CaseStatus.UNDONE: "已撤销，不计入违规",
        CaseStatus.REHEARSED: "演练记录，没有处理",
    }[case.status]
    pieces = evidence_of(case)
    rung = f"第 {case.step} 级" if case.step else "不计违规"
    lines = [
        f"{case.id} 号处理：{case.label}，{measure_words(case)}（{state}）",
        f"时间：{clock.show(case.created_at)}，{rung}",
        "依据：" + "；".join(pieces[:4]),
    ]
    if case.status in {CaseStatus.OPEN, CaseStatus.ENFORCED}:
        lines.append(f"不服发 /申诉 {case.id} 理由；管理员发 /误判 {case.id} 可撤销并让我记住")
    return "\n".join(lines)


def full_explanation(case: Case, texts: Sequence[str]) -> str:
    """Explain a case to those in charge, in private: who wrote it, and what was written.

    Personal data and contacts in what was written are covered up.
    """
    written = "\n".join(text for text in texts if text)
    shown = masked(written)[:MAX_SHOWN] or "（没有文字）"
    return (
        f"{explanation(case)}\n"
        f"群 {case.group_id}，发言人 {case.user_id}\n"
        f"原文（只供查证，个人信息已遮住）：\n{shown}"
    )


def short_number(number: int) -> str:
    """Show a QQ number to the group without giving it away."""
    digits = str(number)
    return f"{digits[:2]}***{digits[-2:]}"


def undone(was: Case, lifted: Outcome | None, until: datetime | None) -> str:
    """Say what undoing a case put right and what it could not.

    `was` is the case before it was undone, `lifted` what became of lifting its mute, `until` when
    the mute ends that other cases leave.
    """
    first = f"已撤销 {was.id} 号处理"
    if was.status is CaseStatus.REHEARSED:
        return f"{first}：那只是演练记录，没有撤回，也没有处罚。"
    if was.status is CaseStatus.POWERLESS:
        return f"{first}：当时我不是管理员，什么也没做成，本来就不计违规。"
    if was.measure == Measure.NUDGE.value:
        return f"{first}：那只是口头提醒，不计违规。我听错了，抱歉。"
    counted = "本来就不计违规" if was.measure == Measure.REMIND.value else "不再计入违规"
    lines = [f"{first}，{counted}。给你添麻烦了，抱歉。"]
    if was.measure == Measure.KICK.value and (gone := _removal_undone(was)):
        lines.append(gone)
    if lifted is not None:
        lines.append(_lifted(lifted, until))
    if was.recall_outcome == "done":
        again = "" if was.measure == Measure.KICK.value else "，可以重新发一遍"
        lines.append(f"撤回的消息恢复不了{again}。")
    return "\n".join(lines)


def _removal_undone(was: Case) -> str:
    if was.measure_outcome == "done":
        return "人已移出，我请不回来：请管理员邀请，或让他重新申请进群。"
    if was.measure_outcome.startswith("unconfirmed"):
        return "移出当时没能确认。人要是不在群里了，请管理员邀请，或让他重新申请。"
    return ""


def _lifted(lifted: Outcome, until: datetime | None) -> str:
    if lifted.reason is Reason.OFFLINE:
        return "网关没有连上，连上后我再解除禁言。"
    if until is not None:
        return f"因为别的处理，禁言还到 {clock.show(until)}。"
    return "禁言已解除。" if lifted.done else f"解除禁言{lifted.words}，请手动解除。"


def standing(strikes: float, following: Step, group_id: int | None) -> str:
    """Tell where somebody stands on a ladder and what follows next; names the group if given."""
    where = f"群 {group_id}：" if group_id is not None else ""
    counted = f"现在累计 {_amount(strikes)} 次" if strikes >= _NOTHING else "现在没有累计"
    return f"{where}{counted}，再违规一次：{following.words}。"


@dataclass(frozen=True)
class Record:
    """One page of somebody's record in words, of `pages`; 0 pages when there are no cases."""

    lines: tuple[str, ...]
    total: int
    page: int
    pages: int
    standings: tuple[str, ...]


def record(found: Record, whose: str, again: str) -> str:
    """Show a page of a record; `again` is how it was asked for."""
    if not found.total:
        return "\n".join([f"{whose}没有处理记录。", *found.standings])
    pages = f"，第 {found.page}/{found.pages} 页" if found.pages > 1 else ""
    more = f"，下一页发 {again} {found.page + 1}" if found.page < found.pages else ""
    first = f"{whose}的处理记录共 {found.total} 条{pages}："
    return "\n".join([first, *found.lines, *found.standings, f"看理由发 /为什么 编号{more}"])


def record_line(case: Case, weight: float, *, with_group: bool) -> str:
    """Show one case in somebody's record; `weight` is how much it still counts."""
    where = f" 群 {case.group_id}" if with_group else ""
    what = f"{case.label}，{measure_words(case)}"
    return f"{case.id} 号{where} {clock.show(case.created_at)} {what}（{_counting(case, weight)}）"


def _counting(case: Case, weight: float) -> str:
    match case.status:
        case CaseStatus.UNDONE:
            return "已撤销"
        case CaseStatus.REHEARSED:
            return "演练，没有处理"
        case CaseStatus.POWERLESS:
            return "没能处理，不计"
        case CaseStatus.OPEN | CaseStatus.ENFORCED:
            doing = "处理中，" if case.status is CaseStatus.OPEN else ""
            if not Measure(case.measure).is_sanction:
                return f"{doing}不计违规"
            return f"{doing}现在算 {_amount(weight)} 次" if weight >= _NOTHING else "已过期，不计"


def _amount(strikes: float) -> str:
    return f"{strikes:.2f}".rstrip("0").rstrip(".")


def ladder(policy: LadderPolicy) -> str:
    """Show the ladder."""
    rungs = [f"第 {number} 次：{step.words}" for number, step in enumerate(policy.steps, 1)]
    severe = (
        f"涉钱诈骗、钓鱼、赌博和色情招揽有两条独立依据时，直接{policy.steps[-1].words}。"
        if policy.severe_at_once
        else "严重的提高一级。"
    )
    return "\n".join(
        [
            "违规处理（都会先撤回消息）",
            *rungs,
            f"一次违规过 {policy.half_life_days} 天只算半次，撤销的不算。",
            severe,
            "只是语气冲的不撤回，发了自己的隐私只帮忙撤回，都不计违规。",
            "看自己的发 /记录，不服发 /申诉 编号 理由。",
        ]
    )
