"""What observe mode and back-tests say."""

from collections import Counter
from collections.abc import Sequence

from pinbang.gateway.wording import shorten
from pinbang.guarding.policy import EVERYTHING, GuardPolicy

from .rules import Comparison, Proposal
from .service import EXCERPT, Report, Switched, titles_rehearsing

MOST_NUMBERS = 15


def _counted(counts: Counter[str], unit: str = "") -> str:
    return "、".join(f"{name} {count}{unit}" for name, count in counts.most_common())


def _numbers(numbers: Sequence[int]) -> str:
    shown = "、".join(map(str, numbers[:MOST_NUMBERS]))
    return f"{shown} 等" if len(numbers) > MOST_NUMBERS else shown


def state(policy: GuardPolicy) -> str:
    """Say which judges only rehearse."""
    titles = titles_rehearsing(policy)
    if not titles:
        return "演练关着，判定会真的处理。\n全部只记录：/演练 开　只演练一个：/演练 开 文明"
    which = "全部判定" if EVERYTHING in policy.rehearsing else "、".join(titles)
    return f"演练开着：{which}只记录，不处理。\n看结果：/演练报告　真的处理：/演练 关"


def switched(result: Switched, policy: GuardPolicy, first_step: str) -> str:
    """Say what rehearses and what acts from now on."""
    if not result.changed:
        return f"没有变化。{state(policy)}"
    if not result.enforced:
        which = "、".join(result.rehearsing)
        return f"演练开了：{which}只记录，不撤回、不处罚。\n过一阵看 /演练报告，满意了发 /演练 关"
    lines = [f"从现在起 {'、'.join(result.enforced)} 会真的处理：撤回，第一次{first_step}。"]
    if result.rehearsing:
        lines.append(f"还在演练：{'、'.join(result.rehearsing)}。")
    if not policy.enabled:
        lines.append("但本群关着自动处理，要先发 /设置 守护 自动处理 开")
    lines.append("演练时记下的不算违规。标准看 /阶梯")
    return "\n".join(lines)


def report(report: Report, days: int, policy: GuardPolicy) -> str:
    """Sum up what would have happened."""
    on = bool(policy.rehearsing)
    if not report.total:
        hint = "演练开着，还没有遇到会处理的消息。" if on else "演练没有开。打开：/演练 开"
        return f"最近 {days} 天没有演练记录。{hint}"
    lines = [f"演练报告（最近 {days} 天）：会处理 {report.total} 条，涉及 {report.members} 人"]
    for title, labels in sorted(report.labels.items(), key=lambda item: -item[1].total()):
        lines.append(f"{title} {labels.total()}：{_counted(labels)}")
    lines.append(f"真的处理会是：{_counted(report.measures, ' 次')}")
    if report.mistaken:
        lines.append(f"其中 {report.mistaken} 条管理员说是误判")
    lines.append(f"最近的编号：{_numbers(report.newest)}，看理由发 /为什么 编号")
    lines.append("觉得准：/演练 关　不准：/误判 编号" if on else "演练现在关着。")
    return "\n".join(lines)


def tried(proposal: Proposal, before: str) -> str:
    """Say in a few words what a back-test tries."""
    if proposal.setting:
        return f"{proposal.setting} {before} → {proposal.value}"
    if proposal.word:
        return f"加一个{proposal.category}词"
    return "现在的设置"


def compared(
    result: Comparison, days: int, what: str, policy: GuardPolicy, *, examples_sent: bool
) -> str:
    """Show the difference a back-test found; what people wrote is not in it."""
    if not result.judged:
        return f"最近 {days} 天没有可以回测的消息（管理员和协管的不算）。"
    lines = [f"回测最近 {days} 天（{what}），只是算一遍，谁也没处理"]
    noted = f"（其中 {result.rehearsed} 条在演练，只记录）" if result.rehearsed else ""
    then = f"当时处理 {result.then} 条{noted}"
    lines.append(f"判了 {result.judged} 条：{then}，这样会处理 {result.now} 条")
    if new := result.caught.total():
        lines.append(f"多处理 {new} 条：{_counted(result.caught)}")
    if result.released:
        lines.append(f"不再处理 {len(result.released)} 条：编号 {_numbers(result.released)}")
    if not (new or result.released):
        lines.append("和当时没有差别。")
    elif result.unchanged:
        lines.append(f"一样 {result.unchanged} 条")
    lines += _corrections(result)
    if result.pictures:
        lines.append(f"图片的 {result.pictures} 条没有重看。")
    if not policy.enabled:
        lines.append("本群关着自动处理，实际不会动。")
    if result.examples:
        lines.append(
            "例子已私聊发给你。" if examples_sent else "例子私聊发不给你，加我好友再试就能看。"
        )
    return "\n".join(lines)


def _corrections(result: Comparison) -> list[str]:
    """Show how the admins' own corrections fare."""
    lines: list[str] = []
    if result.undone_again:
        numbers = _numbers(result.undone_again)
        lines.append(f"撤销过的还会再处理 {len(result.undone_again)} 条：编号 {numbers}")
    if result.undone_no_more:
        lines.append(f"撤销过的有 {result.undone_no_more} 条不会再处理")
    if result.admins_found:
        lines.append(f"管理员补判的有 {result.admins_found} 条能自己发现了")
    if result.admins_missed:
        numbers = _numbers(result.admins_missed)
        lines.append(f"管理员补判的还发现不了 {len(result.admins_missed)} 条：编号 {numbers}")
    return lines


def examples(result: Comparison, what: str) -> str:
    """Show in private what would be acted on and was not, with numbers and names masked."""
    lines = [f"回测（{what}）多处理的例子，号码已打码："]
    lines += [
        f"{one.title} {one.score:.2f}：{shorten(one.text, EXCERPT)}" for one in result.examples
    ]
    return "\n".join(lines)
