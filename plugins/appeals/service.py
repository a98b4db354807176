"""Use cases of appeals: made once a case, decided once, by somebody who had no part in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from pinbang import audit, schedule
from pinbang.gateway import Account, account_of, account_serving
from pinbang.gateway.outbox import Urgency
from pinbang.groups import load_group
from pinbang.guarding import undoing
from pinbang.guarding.cases import case_in_group
from pinbang.guarding.ladder import Measure
from pinbang.guarding.verdict import examine
from pinbang.logs import logger
from pinbang.moderation.reading import read_message
from pinbang.refusal import Refusal, UsageRefusal
from pinbang.schedule import NotNowError, due_work
from pinbang.store import transactional
from pinbang.store.models import Case, CaseStatus
from pinbang.text.masking import masked

from . import wording
from .models import Appeal, AppealStatus
from .rules import APPEAL_WITHIN, LONGEST_REASON, MOST_OPEN, REMIND_AFTER, Ruling

TELL, REMIND, CARRY_OUT = "appeals.tell", "appeals.remind", "appeals.carry_out"
RESUME_AFTER = timedelta(seconds=60)
"""When the group is told, or a ruling carried out, if that was interrupted."""
PAGE = 5
_NOTHING_DONE = (CaseStatus.POWERLESS, CaseStatus.REHEARSED)


async def appeal(
    number: int, reason: str, group_id: int | None, user_id: int, now: datetime
) -> Appeal:
    """Lodge an appeal against a case about oneself; `group_id` is None in private.

    Raises Refusal when it is not one's own case, too old, settled, or was appealed against before.
    """
    case = await _own_case(number, group_id, user_id)
    if case.status is CaseStatus.UNDONE:
        raise Refusal(f"{number} 号处理已经撤销，不计违规，不用申诉了。")
    if case.status in _NOTHING_DONE or case.measure == Measure.NUDGE.value:
        raise Refusal(f"{number} 号没有处理你，也不计违规，不用申诉。")
    if now - case.created_at > APPEAL_WITHIN:
        raise Refusal(
            f"{number} 号处理过去超过 {APPEAL_WITHIN.days} 天，不能申诉了。有疑问可以直接问管理员。"
        )
    if not reason:
        raise UsageRefusal("请写上理由，管理员才好判断。")
    if len(reason) > LONGEST_REASON:
        raise Refusal(f"理由太长了，请写在 {LONGEST_REASON} 字以内。")
    try:
        return await _appeal(case, reason, now)
    except IntegrityError:  # twice at the same moment
        return await _appeal(case, reason, now)


async def _own_case(number: int, group_id: int | None, user_id: int) -> Case:
    if group_id is not None:
        case = await case_in_group(number, group_id)
        if case.user_id != user_id:
            raise Refusal("只有当事人能申诉。觉得判错了，可以告诉管理员。")
        return case
    case = await Case.get_or_none(id=number)
    if case is None or case.user_id != user_id:
        raise Refusal(f"没有关于你的 {number} 号处理记录，编号在处理通知里。")
    return case


@transactional
async def _appeal(case: Case, reason: str, now: datetime) -> Appeal:
    before = await Appeal.get_or_none(case_id=case.id)
    if before is not None:
        if before.status is AppealStatus.OPEN:
            raise Refusal(f"{case.id} 号你已经申诉过了，请等管理员裁决。")
        raise Refusal(f"{case.id} 号的申诉已经裁决过了，每次处理只能申诉一次。")
    waiting = await Appeal.filter(user_id=case.user_id, status=AppealStatus.OPEN).order_by("id")
    if len(waiting) >= MOST_OPEN:
        numbers = "、".join(str(one.case_id) for one in waiting)
        raise Refusal(f"你有 {len(waiting)} 个申诉还没裁决（{numbers}），等有了结果再申诉别的。")
    made = await Appeal.create(
        case_id=case.id,
        group_id=case.group_id,
        user_id=case.user_id,
        account_id=case.account_id,
        reason=reason,
        made_at=now,
    )
    key, account_id = str(made.id), case.account_id
    await schedule.schedule(TELL, key, now + RESUME_AFTER, account_id=account_id)
    await schedule.schedule(REMIND, key, now + REMIND_AFTER, account_id=account_id)
    await audit.record(
        "appeals.appeal",
        actor_id=case.user_id,
        group_id=case.group_id,
        target_id=case.user_id,
        reference=f"case:{case.id}",
    )
    return made


def _account(appeal: Appeal) -> Account:
    """Return the account that can speak in the appeal's group; raise NotNowError for none."""
    account = account_serving(appeal.group_id) or account_of(appeal.account_id)
    if account.bot is None:
        raise NotNowError
    return account


async def tell(appeal_id: int, now: datetime, *, mention: int | None = None) -> None:
    """Tell the group's people in charge about an appeal, once; `mention` whom it is answered to."""
    made = await Appeal.get(id=appeal_id)
    account = _account(made)
    case = await Case.get(id=made.case_id)
    if made.status is AppealStatus.OPEN and await _once(made, "told_at", now):
        words = wording.notice(case, await shown_reason(made))
        await account.say(made.group_id, words, urgency=Urgency.ANNOUNCEMENT, mention=mention)
    await schedule.cancel(TELL, str(appeal_id))


@transactional
async def _once(appeal: Appeal, step: str, now: datetime) -> bool:
    """Note that something is said about an appeal; False when it was before. Lost, not repeated."""
    return bool(
        await Appeal.filter(id=appeal.id, **{f"{step}__isnull": True}).update(**{step: now})
    )


@due_work(TELL)
async def _tell_later(key: str, now: datetime) -> None:
    if await Appeal.exists(id=int(key)):
        await tell(int(key), now)


@due_work(REMIND)
async def remind(key: str, now: datetime) -> None:
    """Bring up an appeal that nobody has decided, once."""
    waiting = await Appeal.get_or_none(id=int(key))
    if waiting is None or waiting.status is not AppealStatus.OPEN:
        return
    account = _account(waiting)
    case = await Case.get(id=waiting.case_id)
    if case.status is CaseStatus.UNDONE:
        await settle(case, now)
    elif await _once(waiting, "reminded_at", now):
        await account.say(waiting.group_id, wording.reminder(case), urgency=Urgency.ANNOUNCEMENT)


async def shown_reason(appeal: Appeal) -> str:
    """Return the stated reason as the group may read it: masked, or not at all.

    What was said in private no judge has looked at; the bot must not pass on an ad or an insult.
    """
    record = await load_group(appeal.group_id, appeal.account_id)
    view = read_message(
        [{"type": "text", "data": {"text": appeal.reason}}],
        message_id=0,
        group_id=appeal.group_id,
        user_id=appeal.user_id,
        self_id=appeal.account_id,
        time=int(appeal.made_at.timestamp()),
        role=None,
    )
    examined = examine(view, record, on_failure=_report)
    offensive = any(
        one.score >= examined.threshold for one in examined.found if one.judge != "privacy"
    )
    return wording.NOT_SHOWN if offensive else masked(appeal.reason)


def _report(name: str, error: Exception) -> None:
    logger.opt(exception=error).error(f"Judge {name} failed")


async def open_cases_of(user_id: int, group_id: int | None) -> list[Case]:
    """List the cases against which somebody's appeals wait, in one group or in all."""
    waiting = Appeal.filter(user_id=user_id, status=AppealStatus.OPEN)
    if group_id is not None:
        waiting = waiting.filter(group_id=group_id)
    numbers = [one.case_id for one in await waiting]
    return await Case.filter(id__in=numbers).order_by("id")


@dataclass(frozen=True)
class Waiting:
    """One page of the appeals that wait for a ruling, oldest first, with their cases."""

    appeals: list[Appeal]
    cases: dict[int, Case]
    page: int
    pages: int
    total: int


async def waiting(group_id: int, page: int) -> Waiting:
    """Return a page of a group's open appeals; raise Refusal for a page that is not there."""
    rows = Appeal.filter(group_id=group_id, status=AppealStatus.OPEN)
    total = await rows.count()
    pages = max(1, -(-total // PAGE))
    if not 1 <= page <= pages:
        raise Refusal(f"只有 {pages} 页。")
    appeals = await rows.order_by("id").offset((page - 1) * PAGE).limit(PAGE)
    cases = await Case.filter(id__in=[one.case_id for one in appeals])
    return Waiting(appeals, {case.id: case for case in cases}, page, pages, total)


async def rule(
    number: int, group_id: int, ruler_id: int, ruling: Ruling, account: Account, now: datetime
) -> None:
    """Decide the appeal against a case, carry it out and tell everybody concerned.

    Raises Refusal when there is none, it was decided before, or the ruler had a part in the case.
    """
    appeal_id = await _rule(number, group_id, ruler_id, ruling, now)
    await carry_out(appeal_id, account, now)


@transactional
async def _rule(number: int, group_id: int, ruler_id: int, ruling: Ruling, now: datetime) -> int:
    case = await case_in_group(number, group_id)
    found = await Appeal.get_or_none(case_id=number)
    if found is None:
        raise Refusal(f"{number} 号没有申诉。要直接收回处理发 /撤销 {number}")
    if case.actor_id == ruler_id:
        raise Refusal(f"{number} 号是你处理的，要由别的管理员或协管裁决。")
    if case.user_id == ruler_id:
        raise Refusal(f"{number} 号处理的是你自己，要由别人裁决。")
    if found.status is not AppealStatus.OPEN:
        raise Refusal(f"{number} 号的申诉已经有结果了。")
    if case.status is CaseStatus.UNDONE and not ruling.overturned:
        raise Refusal(f"{number} 号处理已经撤销，不能再维持。")
    status = AppealStatus.OVERTURNED if ruling.overturned else AppealStatus.UPHELD
    won = await Appeal.filter(id=found.id, status=AppealStatus.OPEN).update(
        status=status, ruled_by=ruler_id, ruled_at=now, ruling_reason=ruling.reason
    )
    if not won:
        raise Refusal(f"{number} 号的申诉已经有结果了。")
    key = str(found.id)
    await schedule.cancel(REMIND, key)
    await schedule.cancel(TELL, key)
    due = now + RESUME_AFTER
    await schedule.schedule(CARRY_OUT, key, due, account_id=found.account_id)
    await audit.record(
        "appeals.rule",
        actor_id=ruler_id,
        group_id=group_id,
        target_id=case.user_id,
        reference=f"case:{number}",
        outcome=status.value,
        note=ruling.reason,
    )
    return found.id


@due_work(CARRY_OUT)
async def _carry_out_later(key: str, now: datetime) -> None:
    decided = await Appeal.get_or_none(id=int(key))
    if decided is not None:
        await carry_out(decided.id, _account(decided), now)


async def carry_out(appeal_id: int, account: Account, now: datetime) -> None:
    """Do what a ruling says and tell the person concerned and the group; again after a crash."""
    decided = await Appeal.get(id=appeal_id)
    case = await Case.get(id=decided.case_id)
    reason = decided.ruling_reason
    words = wording.upheld(case, reason)
    if decided.status is AppealStatus.OVERTURNED:
        words = wording.overturned(await _undo(case, decided, account, now))
    if await _once(decided, "answered_at", now):
        await _answer(case, decided, words, account)
    await schedule.cancel(CARRY_OUT, str(appeal_id))


async def _undo(case: Case, decided: Appeal, account: Account, now: datetime) -> str:
    note = f"申诉裁决 {decided.ruling_reason}".strip()
    try:
        undone = await undoing.undo(
            case.id, case.group_id, decided.ruled_by or 0, note, account, now
        )
    except Refusal:  # undone before a crash
        return wording.undone_before(case)
    return undone.words


async def _answer(case: Case, decided: Appeal, words: str, account: Account) -> None:
    """Tell the person concerned in private, else with a mention, and the group in any case."""
    here = await _is_here(account, decided)
    told = await account.whisper(decided.user_id, words, through=decided.group_id if here else None)
    if not told.done and not here:
        words += wording.UNREACHED
    if decided.status is AppealStatus.OVERTURNED and case.actor_id is None:
        words += f"\n{wording.can_be_learnt(case)}"
    mention = decided.user_id if here and not told.done else None
    await account.say(decided.group_id, words, mention=mention)


async def _is_here(account: Account, decided: Appeal) -> bool:
    members = await account.members(decided.group_id)
    return members is None or any(one.user_id == decided.user_id for one in members)


async def settle(case: Case, now: datetime) -> bool:
    """Close the appeal against a case that was taken back otherwise; False when none was open.

    Who was removed cannot read it in the group and is told in private, if that is possible.
    """
    closed = await _settle(case, now)
    if closed and case.measure == Measure.KICK.value:
        account = account_serving(case.group_id) or account_of(case.account_id)
        await account.whisper(case.user_id, f"{case.id} 号处理撤销了。{wording.closed(case)}")
    return closed


@transactional
async def _settle(case: Case, now: datetime) -> bool:
    found = await Appeal.get_or_none(case_id=case.id, status=AppealStatus.OPEN)
    if found is None:
        return False
    for kind in (TELL, REMIND):
        await schedule.cancel(kind, str(found.id))
    return bool(
        await Appeal.filter(id=found.id, status=AppealStatus.OPEN).update(
            status=AppealStatus.CLOSED, ruled_at=now
        )
    )
