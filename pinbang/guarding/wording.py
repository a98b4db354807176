"""What the guard says to the group; it never quotes the message that was objected to."""

from datetime import timedelta

from pinbang import clock
from pinbang.gateway import Outcome
from pinbang.guarding.cases import evidence_of
from pinbang.guarding.ladder import Measure, Step
from pinbang.guarding.policy import LadderPolicy
from pinbang.moderation.inquiring import registered_inquiries
from pinbang.moderation.judging import registered_judges
from pinbang.store.models import Case, CaseStatus


def measure_words(case: Case) -> str:
    """Name the sanction of a case."""
    return Step(Measure(case.measure), timedelta(seconds=case.mute_seconds)).words


def announcement(case: Case, ladder: LadderPolicy, *, powerless: bool) -> str:
    """Tell the group, at most five lines, what happened and how to object."""
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
    recalled = "已撤回" if done else "请自行撤回"
    lines = [f"这条消息涉及「{case.label}」，{recalled}。处理：{_measure_result(case)}。"]
    lines.append(f"群规：{rule}")
    lines.append(f"编号 {case.id}，看理由发 /为什么 {case.id}，不服发 /申诉 {case.id} 理由")
    if case.measure != Measure.KICK.value:
        following = ladder.steps[min(case.step, len(ladder.steps) - 1)]
        lines.append(f"{ladder.half_life_days} 天内再次违规将{following.words}。")
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


def undone(case: Case, lifted: Outcome | None) -> str:
    """Say what undoing a case put right and what it could not."""
    lines = [f"已撤销 {case.id} 号处理，不再计入违规。给你添麻烦了，抱歉。"]
    if lifted is not None:
        lines.append("禁言已解除。" if lifted.done else f"解除禁言{lifted.words}，请手动解除。")
    if case.measure == Measure.KICK.value:
        lines.append("人已移出群，请管理员重新邀请。")
    elif case.recall_outcome == "done":
        lines.append("撤回的消息恢复不了，可以重新发一遍。")
    return "\n".join(lines)


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
            "不服可以 /申诉 编号 理由。",
        ]
    )
