"""Use cases of join vetting: receive, decide, carry out, list, expire."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from tortoise.exceptions import IntegrityError

from pinbang import audit, schedule
from pinbang.gateway import Account, Outcome, Reason, account_of
from pinbang.gateway.outcomes import DONE, failed
from pinbang.groups import load_group
from pinbang.logs import logger
from pinbang.moderation.judging import findings
from pinbang.moderation.reading import read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from pinbang.refusal import Refusal
from pinbang.schedule import NotNowError, due_work
from pinbang.store import transactional
from pinbang.store.transactions import patiently, transactional_within

from .config import JoinPolicy
from .models import JoinRequest, JoinStatus
from .rules import Verdict, judge_answer, read_comment, request_key
from .wording import REFUSED, SAFE_REASON

CARRY_OUT = "join_vetting.carry_out"
EXPIRE = "join_vetting.expire"
RESUME_AFTER = timedelta(seconds=30)
DECIDED = (JoinStatus.APPROVED, JoinStatus.REJECTED)
PAGE = 8
LONG_PATIENCE_SECONDS = 300.0
"""How long a request waits for a database that is away; the gateway does not send it again."""


@dataclass(frozen=True)
class Applicant:
    """A join request as it came in; `flag` is None when the gateway's list had no usable one."""

    group_id: int
    user_id: int
    inviter_id: int | None
    comment: str
    flag: str | None
    asked_at: datetime


async def receive(applicant: Applicant, account: Account, now: datetime) -> JoinRequest | None:
    """Record a request and decide the clear ones; None for one that is known already."""
    record = await patiently(
        lambda: load_group(applicant.group_id, account.self_id), LONG_PATIENCE_SECONDS
    )
    policy = record.policy(JoinPolicy)
    verdict = vet(applicant, account.self_id)
    try:
        return await _receive(applicant, account.self_id, verdict, policy, now)
    except IntegrityError:
        return None


def vet(applicant: Applicant, self_id: int) -> Verdict:
    """Judge what the applicant wrote: like a chat message first, then as an answer."""
    application = read_comment(applicant.comment)
    view = read_message(
        [{"type": "text", "data": {"text": application.answer}}],
        message_id=0,
        group_id=applicant.group_id,
        user_id=applicant.user_id,
        self_id=self_id,
        time=int(applicant.asked_at.timestamp()),
        role="member",
    )
    found = findings(view, on_failure=_report)
    if any(finding.score >= DEFAULT_THRESHOLD for finding in found):
        return Verdict.SUSPICIOUS
    return judge_answer(application)


def _report(name: str, error: Exception) -> None:
    logger.opt(exception=error).error(f"Judge {name} failed on a join request")


@transactional_within(LONG_PATIENCE_SECONDS)
async def _receive(
    applicant: Applicant, account_id: int, verdict: Verdict, policy: JoinPolicy, now: datetime
) -> JoinRequest | None:
    same_person = JoinRequest.filter(group_id=applicant.group_id, user_id=applicant.user_id)
    if applicant.flag is None:
        if await same_person.filter(status=JoinStatus.WAITING).exists():
            return None
        key = f"list:{applicant.user_id}:{int(applicant.asked_at.timestamp())}"
    else:
        last = await same_person.filter(decided_at__isnull=False).order_by("-decided_at").first()
        decided = int(last.decided_at.timestamp()) if last and last.decided_at else None
        asked = int(applicant.asked_at.timestamp())
        key = request_key(applicant.flag, asked, reused_before=decided)
        if await JoinRequest.filter(group_id=applicant.group_id, key=key).exists():
            return None
    status, reason = JoinStatus.WAITING, ""
    if applicant.flag is not None:
        if verdict is Verdict.AGREES and policy.approve_agreeing:
            status = JoinStatus.APPROVED
        elif verdict is Verdict.REFUSES and policy.reject_refusing:
            status, reason = JoinStatus.REJECTED, REFUSED
    request = await JoinRequest.create(
        group_id=applicant.group_id,
        user_id=applicant.user_id,
        account_id=account_id,
        inviter_id=applicant.inviter_id,
        key=key,
        flag=applicant.flag,
        comment=applicant.comment,
        verdict=verdict.value,
        status=status,
        asked_at=applicant.asked_at,
        decided_at=None if status is JoinStatus.WAITING else now,
        decided_by=None if status is JoinStatus.WAITING else account_id,
        reason=reason,
    )
    if status is JoinStatus.WAITING:
        due = now + timedelta(days=policy.expire_days)
        await schedule.schedule(EXPIRE, str(request.id), due)
    else:
        await _promise(request, now)
    return request


async def _promise(request: JoinRequest, now: datetime) -> None:
    """Promise, in the transaction of the decision, that it will be carried out."""
    due = now + RESUME_AFTER
    await schedule.schedule(CARRY_OUT, str(request.id), due, account_id=request.account_id)


async def decide(
    number: int, group_id: int, admin_id: int, *, approve: bool, reason: str, now: datetime
) -> JoinRequest:
    """Record an admin's decision; raise Refusal for a request that is not there or decided."""
    request = await JoinRequest.get_or_none(id=number)
    if request is None:
        raise Refusal(f"没有 {number} 号入群申请。")
    if request.group_id != group_id:
        raise Refusal(f"{number} 号入群申请不是本群的。")
    if request.flag is None:
        raise Refusal(f"{number} 号申请网关没有给出处理凭据，请在 QQ 里直接处理。")
    if not await _decide(request, admin_id, approve, reason, now):
        await request.refresh_from_db()
        raise Refusal(f"{number} 号申请{_state_words(request)}，不用再处理。")
    return request


@transactional
async def _decide(
    request: JoinRequest, admin_id: int, approve: bool, reason: str, now: datetime
) -> bool:
    status = JoinStatus.APPROVED if approve else JoinStatus.REJECTED
    changed = await JoinRequest.filter(id=request.id, status=JoinStatus.WAITING).update(
        status=status, decided_by=admin_id, decided_at=now, reason=reason
    )
    if not changed:
        return False
    request.status, request.reason = status, reason
    await schedule.cancel(EXPIRE, str(request.id))
    await _promise(request, now)
    await audit.record(
        f"join.{status.value}",
        actor_id=admin_id,
        group_id=request.group_id,
        target_id=request.user_id,
        reference=f"join:{request.id}",
        note=reason,
    )
    return True


def _state_words(request: JoinRequest) -> str:
    return {
        JoinStatus.WAITING: "还在等待",
        JoinStatus.APPROVED: "已经通过",
        JoinStatus.REJECTED: "已经拒绝",
        JoinStatus.ELSEWHERE: "已在别处处理",
        JoinStatus.EXPIRED: "已经过期",
    }[request.status]


async def carry_out(request: JoinRequest, account: Account, *, resumed: bool = False) -> Outcome:
    """Tell the gateway what was decided and record what became of it.

    When `resumed` after a crash the gateway may have been told before: then only what still waits
    there is decided, because SnowLuma decides about somebody else rather than about nobody.
    """
    if resumed and (settled := await _settled(request, account)) is not None:
        outcome = settled
    elif request.status is JoinStatus.APPROVED:
        outcome = await account.approve(request.group_id, request.user_id, request.flag or "")
    else:
        reason = (request.reason or REFUSED)[:SAFE_REASON]
        outcome = await account.reject(request.flag or "", reason)
    if outcome.reason is not Reason.OFFLINE:
        await _record_outcome(request, outcome)
    return outcome


@transactional_within(LONG_PATIENCE_SECONDS)
async def _record_outcome(request: JoinRequest, outcome: Outcome) -> None:
    status = request.status
    if outcome.reason is Reason.REQUEST_GONE:
        status = JoinStatus.ELSEWHERE
    await JoinRequest.filter(id=request.id).update(outcome=outcome.code, status=status)
    await schedule.cancel(CARRY_OUT, str(request.id))


async def _settled(request: JoinRequest, account: Account) -> Outcome | None:
    """Return what became of a request that the gateway no longer lists, None when it waits."""
    pending = await account.pending_joins()
    if any(
        one.user_id == request.user_id and one.group_id == request.group_id and not one.checked
        for one in pending
    ):
        return None
    if request.status is JoinStatus.REJECTED:
        return DONE
    members = await account.members(request.group_id) or []
    arrived = any(member.user_id == request.user_id for member in members)
    return DONE if arrived else failed(Reason.REQUEST_GONE)


@due_work(CARRY_OUT)
async def _carry_out_later(key: str, now: datetime) -> None:
    del now
    request = await JoinRequest.get_or_none(id=int(key))
    if request is None or request.outcome or request.status not in DECIDED:
        return
    account = account_of(request.account_id)
    if account.bot is None:
        raise NotNowError
    await carry_out(request, account, resumed=True)


@due_work(EXPIRE)
async def _expire(key: str, now: datetime) -> None:
    await JoinRequest.filter(id=int(key), status=JoinStatus.WAITING).update(
        status=JoinStatus.EXPIRED, decided_at=now
    )


async def unfinished(account_id: int) -> list[JoinRequest]:
    """List decisions that no gateway has been told yet."""
    return await JoinRequest.filter(account_id=account_id, status__in=DECIDED, outcome="")


async def unannounced(account_id: int) -> list[JoinRequest]:
    """List waiting requests that the admins have not been told of."""
    return await JoinRequest.filter(
        account_id=account_id, status=JoinStatus.WAITING, notice_id__isnull=True
    ).order_by("id")


async def note_announced(request: JoinRequest, message_id: int) -> None:
    """Remember which message asked the admins, so that they can reply to it."""
    row = JoinRequest.filter(id=request.id)
    await patiently(lambda: row.update(notice_id=message_id), LONG_PATIENCE_SECONDS)


async def request_asked_by(group_id: int, message_id: int) -> JoinRequest | None:
    """Return the request that a message of ours asked about."""
    return await JoinRequest.get_or_none(group_id=group_id, notice_id=message_id)


async def waiting(group_id: int, page: int) -> tuple[list[JoinRequest], int]:
    """Return one page of the waiting requests, oldest first, and how many wait in all."""
    query = JoinRequest.filter(group_id=group_id, status=JoinStatus.WAITING)
    rows = await query.order_by("id").offset((page - 1) * PAGE).limit(PAGE)
    return rows, await query.count()


async def note_arrival(group_id: int, user_id: int, now: datetime) -> None:
    """Close waiting requests of somebody who has joined: an admin let them in elsewhere."""
    waiting = JoinRequest.filter(group_id=group_id, user_id=user_id, status=JoinStatus.WAITING)
    await patiently(
        lambda: waiting.update(status=JoinStatus.ELSEWHERE, decided_at=now), LONG_PATIENCE_SECONDS
    )


def from_timestamp(seconds: int) -> datetime:
    """Read an event's time."""
    return datetime.fromtimestamp(seconds, timezone.utc)
