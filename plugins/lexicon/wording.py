"""What the lexicon says; in the group words are shown masked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from pinbang import clock
from pinbang.gateway.wording import shorten
from pinbang.moderation.judging import Finding, Severity, registered_judges
from pinbang.moderation.lessons import Match
from pinbang.moderation.terms import ALLOWED, CATEGORIES, FIRST_HIT
from pinbang.moderation.weighing import squash
from pinbang.text.masking import masked

from .rules import masked_word
from .service import Addition, Entry, Listing, Removal, Trial

HOW_TO = """加：/词库 添加 广告 某词 [7天]（可以一次写几个，* 代表几个字，? 代表一个字）
删：/词库 删除 编号或词　看：/词库 查看 [类别] [页]
成批：/词库 导入 类别，下面一行一个词；/词库 导出 [类别] 私聊发给你
类别：广告、辱骂、诈骗（命中就算），放行（命中就减分，也可以写网址）"""

MOST_SHOWN = 10
MOST_REASONS = 6
MOST_DIGITS = 6
"""Digits of a number that is a term's; longer ones may be somebody's."""
CHUNK = 3000
"""Characters of one message of an export."""
CHUNK_WORDS = 500

_SEVERITIES = {Severity.LIGHT: "轻", Severity.MEDIUM: "中", Severity.SEVERE: "重"}
_MAX_NORMALISED = 80


def overview(sizes: dict[str, int]) -> str:
    """Say what there is and how it is used."""
    counts = "、".join(f"{name} {sizes[name]} 个" for name in CATEGORIES if sizes.get(name))
    return f"本群词库：{counts or '还是空的'}\n{HOW_TO}"


def _lasting(until: datetime | None) -> str:
    return f"到 {clock.show(until)} 为止" if until else "一直有效"


def _names(entries: Sequence[Entry]) -> str:
    shown = "、".join(f"{one.number} 号 {masked_word(one.word)}" for one in entries[:MOST_SHOWN])
    return f"{shown} 等 {len(entries)} 个" if len(entries) > MOST_SHOWN else shown


def added(addition: Addition, category: str, threshold: float) -> str:
    """Say what was added and what was not."""
    lines: list[str] = []
    if addition.added:
        until = _lasting(addition.added[0].expires_at)
        what = "放行" if category == ALLOWED else f"算{category}"
        count = len(addition.added)
        lines.append(f"已加入 {count} 个词，{what}，{until}：{_names(addition.added)}")
    if addition.renewed:
        until = _lasting(addition.renewed[0].expires_at)
        lines.append(
            f"改了 {len(addition.renewed)} 个词的期限，{until}：{_names(addition.renewed)}"
        )
    lines += _left_out(addition.skipped)
    if addition.added and category != ALLOWED and squash(FIRST_HIT) < threshold:
        lines.append(f"本群判定分数是 {threshold:g}，单靠一个词还不够，要有别的依据才处理。")
    if addition.added and category == ALLOWED:
        lines.append("放行只是减分，别的依据多的还会处理。")
    if addition.added:
        lines.append("试一下：/试判 一句话　撤回：/词库 删除 编号")
    return "\n".join(lines)


def _left_out(skipped: Sequence[tuple[str, str]]) -> list[str]:
    if not skipped:
        return []
    lines = [f"没加 {len(skipped)} 个："]
    lines += [f"{masked_word(word)}：{reason}" for word, reason in skipped[:MOST_REASONS]]
    if len(skipped) > MOST_REASONS:
        kinds = Counter(_kind(reason) for _, reason in skipped[MOST_REASONS:])
        lines.append("另外：" + "、".join(f"{kind} {count} 个" for kind, count in kinds.items()))
    if any(reason.startswith("平常的话") for _, reason in skipped):
        lines.append("平常的词加了会误伤求助的人。一定要加，就在末尾写“强制”。")
    return lines


def _kind(reason: str) -> str:
    """Reduce a reason to what it is about, for counting."""
    for sign in "，（":
        reason = reason.partition(sign)[0]
    return reason


def removed(removal: Removal) -> str:
    """Say what was removed, whole in number and masked in word."""
    lines: list[str] = []
    if removal.removed:
        lines.append(f"已删除 {len(removal.removed)} 个词：{_names(removal.removed)}")
    if removal.missing:
        shown = "、".join(map(_asked_for, removal.missing[:MOST_SHOWN]))
        lines.append(f"词库里没有：{shown}。看编号发 /词库 查看")
    return "\n".join(lines)


def _asked_for(word: str) -> str:
    number = word.isdecimal() and len(word) <= MOST_DIGITS
    return word if number else masked_word(word)


def listed(listing: Listing, category: str) -> str:
    """Show a page of the lexicon in the group."""
    if not listing.total:
        kind = f"{category}词" if category else "词"
        return f"本群还没有{kind}。\n{HOW_TO}"
    title = f"词库{f'：{category}' if category else ''}"
    lines = [f"{title}（{listing.total} 个，第 {listing.page}/{listing.pages} 页）"]
    for one in listing.entries:
        kind = "" if category else f"　{one.category}"
        until = f"（到 {clock.show(one.expires_at)}）" if one.expires_at else ""
        lines.append(f"{one.number}. {masked_word(one.word)}{kind}{until}")
    footer = f"看完整的：/词库 导出 {category}".rstrip() + "（私聊发给你）"
    if listing.page < listing.pages:
        following = " ".join(("/词库 查看", *((category,) if category else ())))
        footer += f"　下一页：{following} {listing.page + 1}"
    return "\n".join([*lines, footer])


def exported(entries: Iterable[Entry]) -> list[str]:
    """Write words as messages that can be sent to a group as they are to import them."""
    by_category: dict[str, list[str]] = {}
    for entry in entries:
        by_category.setdefault(entry.category, []).append(entry.word)
    messages: list[str] = []
    for category, words in by_category.items():
        lines: list[str] = []
        for word in words:
            if len(lines) == CHUNK_WORDS or sum(map(len, lines)) + len(lines) > CHUNK:
                messages.append("\n".join([f"/词库 导入 {category} 强制", *lines]))
                lines = []
            lines.append(word)
        messages.append("\n".join([f"/词库 导入 {category} 强制", *lines]))
    return messages


def trial(trial: Trial, *, quoted: bool) -> str:
    """Show all evidence in a message that was tried; `quoted` is one that somebody else wrote."""
    examined = trial.examined
    lines = [_outcome(trial)]
    lines.append(f"只是试，谁也没处理；按普通成员、以前没有违规算，判定分数 {examined.threshold:g}")
    before = {one.judge: one.score for one in trial.plain}
    for one in sorted(examined.found, key=lambda one: -one.score):
        lines.append(_finding(one, before.get(one.judge)))
    present = {one.judge for one in examined.found}
    lines += [
        f"{_title(one.judge)}：{one.score:.2f} → 不算了（本群的词或教过的话）"
        for one in trial.plain
        if one.judge not in present
    ]
    if not trial.plain and not examined.found:
        lines.append("没有看出任何问题。")
    if trial.words:
        words = "、".join(f"{term.number} 号（{term.category}）" for term in trial.words)
        lines.append(f"本群词库：{words}")
    if trial.lessons:
        lines.append(f"学习记录：{'、'.join(map(_lesson, trial.lessons[:MOST_SHOWN]))}")
    if trial.policy.disabled_judges:
        lines.append(f"没有用的判定：{'、'.join(trial.policy.disabled_judges)}")
    if trial.view.image_urls:
        lines.append("图片没有看。")
    text = trial.view.normalised.text
    if not quoted and text != trial.view.readable:
        lines.append(f"还原后：{shorten(masked(text), _MAX_NORMALISED)}")
    return "\n".join(lines)


def _outcome(trial: Trial) -> str:
    examined = trial.examined
    if examined.decision is None or trial.step is None:
        return "试判结果：放行"
    finding = examined.decision.finding
    title = _title(finding.judge)
    what = title if finding.label == title else f"{title}（{finding.label}）"
    measure = trial.step.words if finding.mild else f"撤回，{trial.step.words}"
    if examined.rehearsed:
        return f"试判结果：{what}，本来会{measure}；现在在演练，只记录"
    if not trial.policy.enabled:
        return f"试判结果：{what}，本来会{measure}；本群关了自动处理，不会动"
    return f"试判结果：{what}，会{measure}"


def _lesson(match: Match) -> str:
    kind = "漏判" if match.lesson.harmful else "误判"
    return f"{match.lesson.number} 号{kind}（{'相同' if match.same else '相近'}）"


def _title(judge: str) -> str:
    entry = registered_judges().get(judge)
    return entry.title if entry else judge


def _finding(finding: Finding, before: float | None) -> str:
    title = _title(finding.judge)
    label = "" if finding.label == title else f"·{finding.label}"
    change = ""
    if before is None or f"{before:.2f}" != f"{finding.score:.2f}":
        change = f"（本群的词和教过的话之前 {before or 0:.2f}）"
    evidence = "；".join(finding.evidence)
    return f"{title}{label} {finding.score:.2f} {_SEVERITIES[finding.severity]}{change}：{evidence}"
