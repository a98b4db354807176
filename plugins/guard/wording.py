"""What the guard says to the group; it never quotes the message that was objected to."""

from datetime import timedelta

from pinbang import clock
from pinbang.gateway import Outcome
from pinbang.moderation.cases import evidence_of
from pinbang.moderation.inquiring import registered_inquiries
from pinbang.moderation.judging import registered_judges
from pinbang.moderation.ladder import DEFAULT_STEPS, Measure, Step
from pinbang.store.models import Case, CaseStatus
from pinbang.text.durations import format_duration


def step_words(step: Step) -> str:
    """Name a rung: 警告, 禁言 10 分钟, 移出群."""
    if step.measure is Measure.MUTE:
        return f"禁言 {format_duration(step.mute)}"
    return step.measure.words


def measure_words(case: Case) -> str:
    """Name the sanction of a case."""
    return step_words(Step(Measure(case.measure), timedelta(seconds=case.mute_seconds)))


def announcement(case: Case, *, powerless: bool, window_days: int) -> str:
    """Tell the group, at most five lines, what happened and how to object."""
    entry = registered_judges().get(case.judge) or registered_inquiries().get(case.judge)
    rule = entry.rule if entry else case.label
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
    lines.append(f"编号 {case.id}，看理由发 /为什么 {case.id}；有误判请告诉管理员。")
    if case.measure != Measure.KICK.value:
        following = DEFAULT_STEPS[min(case.step, len(DEFAULT_STEPS) - 1)]
        lines.append(f"{window_days} 天内再次违规将{step_words(following)}。")
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
    }[case.status]
    pieces = evidence_of(case)
    rung = f"第 {case.step} 级" if case.step else "不计违规"
    lines = [
        f"{case.id} 号处理：{case.label}，{measure_words(case)}（{state}）",
        f"时间：{clock.show(case.created_at)}，{rung}",
        "依据：" + "；".join(pieces[:4]),
    ]
    if case.status is not CaseStatus.UNDONE:
        lines.append(f"认为是误判，请管理员发 /撤销 {case.id} 理由")
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


def ladder(window_days: int) -> str:
    """Show the ladder."""
    rungs = [f"第 {number} 次：{step_words(step)}" for number, step in enumerate(DEFAULT_STEPS, 1)]
    return "\n".join(
        [
            f"违规处理（{window_days} 天内累计，都会先撤回消息）",
            *rungs,
            "严重的提高一级；误判可 /撤销。",
        ]
    )
