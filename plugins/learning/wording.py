"""What the bot says about what it is taught."""

from collections.abc import Sequence

from pinbang import clock
from pinbang.gateway.wording import shorten
from pinbang.guarding.wording import short_number
from pinbang.moderation.judging import registered_judges
from pinbang.moderation.lessons import LEARNT_SCORE
from pinbang.store.fields import UNREADABLE
from pinbang.text.masking import masked

from .models import TaughtLesson

EXCERPT = 16


def title_of(judge: str) -> str:
    """Return a judge's Chinese name."""
    entry = registered_judges().get(judge)
    return entry.title if entry else judge


def numbers(lessons: Sequence[TaughtLesson]) -> str:
    """Name lessons by their numbers."""
    return "、".join(str(lesson.number) for lesson in lessons)


def learnt(lessons: Sequence[TaughtLesson], revoked: Sequence[TaughtLesson]) -> str:
    """Say what is remembered from now on, and what is not any more."""
    first = lessons[0]
    effect = "再有同样的话就撤回" if first.harmful else "同样的话不再这样判"
    judges = "、".join(dict.fromkeys(title_of(lesson.judge) for lesson in lessons))
    lines = [f"记住了（{judges}）：本群{effect}。记错了发 /撤销学习 {first.number}"]
    if len(lessons) > 1:
        lines[0] += f"（一共 {numbers(lessons)} 号）"
    if revoked:
        lines.append(f"和这次相反的 {numbers(revoked)} 号学习记录作废了。")
    return "\n".join(lines)


def only_advice(threshold: float) -> str:
    """Warn that the group's threshold is too high for what is taught; "" when it is not."""
    if threshold <= LEARNT_SCORE:
        return ""
    return f"本群判定分数调到了 {threshold:g}，记住的话还要有别的依据才会撤回。"


def listing(lessons: Sequence[TaughtLesson], page: int, pages: int, total: int) -> str:
    """Show a page of lessons."""
    lines = [f"学习记录 {total} 条（第 {page}/{pages} 页）", *map(_line, lessons)]
    following = f"　下一页：/学习记录 {page + 1}" if page < pages else ""
    lines.append(f"收回一条：/撤销学习 编号{following}")
    return "\n".join(lines)


def _line(lesson: TaughtLesson) -> str:
    kind = "漏判" if lesson.harmful else "误判"
    when = clock.show(lesson.given_at)
    by = short_number(lesson.given_by)
    return f"{lesson.number}. {kind}｜{title_of(lesson.judge)}｜{_excerpt(lesson)}｜{when} {by}"


def _excerpt(lesson: TaughtLesson) -> str:
    text = lesson.text
    return text if text == UNREADABLE else f"“{shorten(masked(text), EXCERPT)}”"


def unlearnt(lesson: TaughtLesson) -> str:
    """Say what changes with a lesson taken back."""
    if lesson.harmful:
        change = "以后这样的话不再因为它被撤回。"
    else:
        change = f"以后这样的话照常判定，可能又会按{title_of(lesson.judge)}撤回。"
    return f"{lesson.number} 号学习记录作废了，马上生效。\n{change}已经做过的处理不变。"
