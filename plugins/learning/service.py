"""Use cases: put a wrong verdict right and remember it; show and revoke what is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pinbang import audit
from pinbang.gateway import Account
from pinbang.groups import GroupRecord, forget_group, load_group, touch_group
from pinbang.guarding import enforcing, undoing
from pinbang.guarding.cases import case_in_group, evidence_of
from pinbang.guarding.familiarity import Familiarity
from pinbang.guarding.policy import GuardPolicy
from pinbang.guarding.verdict import examine
from pinbang.guarding.wording import measure_words
from pinbang.kept_messages import kept_message
from pinbang.logs import logger
from pinbang.members import current_role, role_of
from pinbang.moderation.judging import Decision, Finding, Severity
from pinbang.moderation.lessons import Lesson, Lessons, can_be_learnt
from pinbang.moderation.reading import MessageView, read_message
from pinbang.refusal import Refusal
from pinbang.roles import EXEMPT_FROM
from pinbang.store import transactional
from pinbang.store.fields import UNREADABLE
from pinbang.store.models import Case, CaseStatus, Group
from pinbang.text.normalise import normalise

from . import wording
from .models import TaughtLesson
from .rules import OF_TIMES, Category, likeliest_category

MAX_LIVE = 500
"""Lessons a group keeps; the oldest make room."""
PAGE = 8
BY_ADMIN = "管理员判定"
PERSONAL = "个人信息（管理员判定）"
_IN_PICTURE = "图片里"


def lesson_of(row: TaughtLesson) -> Lesson:
    """Return a row as the judges' side reads it."""
    return Lesson(row.number, row.harmful, row.judge, row.label, row.text)


async def lessons_of(group_id: int) -> Lessons:
    """Read what a group was taught and did not take back."""
    rows = (
        await TaughtLesson.filter(group_id=group_id, revoked_at__isnull=True)
        .order_by("-number")
        .limit(MAX_LIVE)
    )
    return Lessons(lesson_of(row) for row in rows if row.text != UNREADABLE)


@dataclass(frozen=True)
class Teaching:
    """Something to be remembered: a text and, by judge, the label of the offence or non-offence."""

    group_id: int
    text: str
    harmful: bool
    labels: Mapping[str, str]
    case_id: int
    by: int


@dataclass(frozen=True)
class Taught:
    """Lessons that hold now, and those that they replace."""

    lessons: list[TaughtLesson]
    revoked: list[TaughtLesson]


async def teach(teaching: Teaching, now: datetime) -> Taught:
    """Remember a text; what was taught of it before to the contrary is revoked, the later wins.

    Teaching the same again changes nothing.
    """
    taught = await _teach(teaching, now)
    forget_group(teaching.group_id)
    return taught


@transactional
async def _teach(teaching: Teaching, now: datetime) -> Taught:
    group_id = teaching.group_id
    # Held until the transaction ends, so that numbers are given one after the other.
    await Group.select_for_update().get_or_none(id=group_id)
    live = await TaughtLesson.filter(group_id=group_id, revoked_at__isnull=True).order_by("number")
    by_number = {row.number: row for row in live}
    known = Lessons(lesson_of(row) for row in live if row.text != UNREADABLE)
    same = [match.lesson for match in known.like(normalise(teaching.text).text) if match.same]
    lessons: list[TaughtLesson] = []
    revoked: list[TaughtLesson] = []
    last = await TaughtLesson.filter(group_id=group_id).order_by("-number").first()
    number = last.number if last else 0
    for judge, label in teaching.labels.items():
        own = [by_number[lesson.number] for lesson in same if lesson.judge == judge]
        revoked += [row for row in own if row.harmful is not teaching.harmful]
        again = next((row for row in own if row.text == teaching.text and row not in revoked), None)
        if again is not None:
            lessons.append(again)
            continue
        number += 1
        lessons.append(
            await TaughtLesson.create(
                group_id=group_id,
                number=number,
                harmful=teaching.harmful,
                judge=judge,
                label=label,
                text=teaching.text,
                case_id=teaching.case_id,
                given_by=teaching.by,
                given_at=now,
            )
        )
    staying = [row for row in live if row not in revoked]
    crowded_out = staying[: max(0, len(staying) + len(lessons) - MAX_LIVE)]
    await _revoke([*revoked, *crowded_out], teaching.by, now)
    await touch_group(group_id)
    await audit.record(
        "learning.teach",
        actor_id=teaching.by,
        group_id=group_id,
        reference=f"case:{teaching.case_id}",
        outcome="harmful" if teaching.harmful else "harmless",
        note=wording.numbers(lessons),
    )
    return Taught(lessons, revoked)


async def _revoke(rows: list[TaughtLesson], by: int, now: datetime) -> int:
    """Revoke lessons in the caller's transaction; return how many were not revoked before."""
    return await TaughtLesson.filter(
        id__in=[row.id for row in rows], revoked_at__isnull=True
    ).update(revoked_at=now, revoked_by=by)


async def unlearn(group_id: int, number: int, by: int, now: datetime) -> TaughtLesson:
    """Take a lesson back; raise Refusal when there is none or it was taken back before."""
    lesson = await _unlearn(group_id, number, by, now)
    forget_group(group_id)
    return lesson


@transactional
async def _unlearn(group_id: int, number: int, by: int, now: datetime) -> TaughtLesson:
    lesson = await TaughtLesson.get_or_none(group_id=group_id, number=number)
    if lesson is None:
        raise Refusal(f"本群没有 {number} 号学习记录。发 /学习记录 看看有哪些。")
    if not await _revoke([lesson], by, now):
        raise Refusal(f"{number} 号学习记录早就作废了。")
    await touch_group(group_id)
    await audit.record(
        "learning.revoke", actor_id=by, group_id=group_id, reference=f"lesson:{number}"
    )
    return lesson


async def forget_taught_by(case: Case, by: int, now: datetime) -> list[TaughtLesson]:
    """Revoke what was taught together with a sanction that is taken back; return it."""
    rows = await _forget_taught_by(case, by, now)
    if rows:
        forget_group(case.group_id)
    return rows


@transactional
async def _forget_taught_by(case: Case, by: int, now: datetime) -> list[TaughtLesson]:
    rows = await TaughtLesson.filter(case_id=case.id, harmful=True, revoked_at__isnull=True)
    if rows:
        await _revoke(rows, by, now)
        await touch_group(case.group_id)
    return rows


@dataclass(frozen=True)
class Listed:
    """One page of a group's lessons, newest first."""

    lessons: list[TaughtLesson]
    page: int
    pages: int
    total: int


async def listed(group_id: int, page: int) -> Listed:
    """Return a page of what the group was taught; raise Refusal for a page that is not there."""
    live = TaughtLesson.filter(group_id=group_id, revoked_at__isnull=True)
    total = await live.count()
    pages = max(1, -(-total // PAGE))
    if not 1 <= page <= pages:
        raise Refusal(f"只有 {pages} 页。")
    rows = await live.order_by("-number").offset((page - 1) * PAGE).limit(PAGE)
    return Listed(rows, page, pages, total)


@dataclass(frozen=True)
class Corrected:
    """What is said after a correction, and to whom; `user_id` None for the admin alone."""

    words: str
    user_id: int | None = None


async def misjudged(
    number: int, group_id: int, admin_id: int, reason: str, account: Account, now: datetime
) -> Corrected:
    """Take back a case that was wrong, apologise, and remember that such a text is harmless here.

    A rehearsed case and one that was taken back before only teach. Raises Refusal when there is no
    such case in the group or all this was done before.
    """
    case = await case_in_group(number, group_id)
    if await TaughtLesson.exists(case_id=number, harmful=False, revoked_at__isnull=True):
        raise Refusal(f"{number} 号已经记为误判了，不用再发。发 /学习记录 可以看到。")
    concerned: int | None = None
    if case.status is CaseStatus.REHEARSED:
        words = f"{number} 号是演练记录，没有处理过谁。"
    elif case.status is CaseStatus.UNDONE:
        words = f"{number} 号处理之前已经撤销。"
    else:
        undone = await undoing.undo(number, group_id, admin_id, reason, account, now)
        concerned = undone.user_id if undone.present else None
        words = undone.words
    record = await load_group(group_id, account.self_id)
    view = await _said(case)
    labels = _objections(view, case, record)
    if case.text == UNREADABLE or not can_be_learnt(view.readable):
        return Corrected(f"{words}\n这条没有文字或者太长，没法记住。", concerned)
    if not labels:
        return Corrected(f"{words}\n图片里的内容我还不会记。", concerned)
    taught = await teach(Teaching(group_id, view.readable, False, labels, number, admin_id), now)
    return Corrected(f"{words}\n{wording.learnt(taught.lessons, taught.revoked)}", concerned)


async def _said(case: Case) -> MessageView:
    """Return what a case is about; pieces of a text that was spread out are put together."""
    pieces = [await kept_message(case.group_id, message_id) for message_id in case.also]
    text = "".join(piece.text for piece in pieces if piece is not None) + case.text
    return read_message(
        [{"type": "text", "data": {"text": text}}],
        message_id=case.message_id,
        group_id=case.group_id,
        user_id=case.user_id,
        self_id=case.account_id,
        time=int(case.created_at.timestamp()),
        role=None,
    )


def _objections(view: MessageView, case: Case, record: GroupRecord) -> dict[str, str]:
    """Return which judges object to a text, with their labels: each of them is wrong about it."""
    examined = examine(view, record, Familiarity.NEWCOMER, on_failure=_report)
    labels = {one.judge: one.label for one in examined.found if one.score >= examined.threshold}
    if not any(piece.startswith(_IN_PICTURE) for piece in evidence_of(case)):
        labels = {case.judge: case.label, **labels}
    return labels


def _report(name: str, error: Exception) -> None:
    logger.opt(exception=error).error(f"Judge {name} failed")


async def missed(
    group_id: int,
    message_id: int,
    category: Category | None,
    admin_id: int,
    account: Account,
    now: datetime,
) -> str:
    """Act on a message that the judges let pass, and remember its words; return what to answer.

    Without a category the one the judges were nearest to is taken. Raises Refusal when the message
    is not known, somebody's who is not judged, or was dealt with.
    """
    view = await kept_message(group_id, message_id) or await account.message(group_id, message_id)
    if view is None:
        raise Refusal("这条消息我查不到了，请手动撤回；要处理发言的人，也请手动处理。")
    await _must_be_liable(view, account)
    await _must_be_new(view)
    record = await load_group(group_id, account.self_id)
    examined = examine(view, record, on_failure=_report)
    category = category or likeliest_category(examined.found)
    own = next((one for one in examined.found if one.judge == category.judge), None)
    personal = category.judge == "privacy"
    finding = Finding(
        category.judge,
        own.label if own else category.label,
        Severity.MEDIUM,
        1.0,
        (PERSONAL if personal else BY_ADMIN,),
        strike=own.strike if own else not personal,
    )
    number = await enforcing.act_on(view, Decision(finding, ()), account, actor_id=admin_id)
    if number is None:
        await _must_be_new(view)
        raise Refusal("这条消息刚刚处理过了。")
    done = f"按{category.name}处理了，编号 {number}。"
    if category.judge in OF_TIMES:
        return f"{done}刷屏看的是次数，这句话本身不记。"
    if not can_be_learnt(view.readable):
        return f"{done}这条没有文字或者太长，没法记住。"
    labels = {category.judge: finding.label}
    taught = await teach(Teaching(group_id, view.readable, True, labels, number, admin_id), now)
    lines = [
        f"{done}{wording.learnt(taught.lessons, taught.revoked)}",
        wording.only_advice(record.policy(GuardPolicy).threshold),
    ]
    return "\n".join(line for line in lines if line)


async def _must_be_liable(view: MessageView, account: Account) -> None:
    if view.user_id == account.self_id:
        raise Refusal("这是我说的话。判错了别人，请回复我的处理通知“误判”。")
    record = await load_group(view.group_id, account.self_id)
    # As an admin he wrote it, or he is one now: the gateway does not always know.
    role = max(
        await current_role(account, view.group_id, view.user_id),
        role_of(record, view.user_id, view.role),
    )
    if role >= EXEMPT_FROM:
        raise Refusal(f"对方是{role.title}，我不处理。有问题请和群主商量。")


async def _must_be_new(view: MessageView) -> None:
    case = await Case.get_or_none(group_id=view.group_id, message_id=view.message_id)
    if case is not None:
        done = f"{case.label}，{measure_words(case)}"
        undone = "，已撤销" if case.status is CaseStatus.UNDONE else ""
        raise Refusal(
            f"这条消息已经有 {case.id} 号处理记录了（{done}{undone}）。"
            f"看理由发 /为什么 {case.id}，还要处理请手动。"
        )
