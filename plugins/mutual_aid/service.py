"""Use cases of the aid board; each is one transaction, and no slot is ever given twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from pinbang import clock, schedule
from pinbang.gateway import account_of
from pinbang.groups import GroupRecord
from pinbang.refusal import Refusal
from pinbang.schedule import NotNowError, due_work
from pinbang.store import transactional

from . import wording
from .config import AidPolicy
from .models import AidRequest, Pledge, PledgeStatus, RequestStatus
from .rules import (
    Draft,
    Line,
    Misunderstood,
    board_order,
    read_request,
    settle_deadline,
    settle_wanted,
)

EXPIRE = "mutual_aid.expire"
PAGE = 6
ACTIVE = (PledgeStatus.PLEDGED, PledgeStatus.DONE, PledgeStatus.CONFIRMED)
MAX_BOARD = 500
"""Open requests of a group that are put in order; the limits per member keep it far below."""


@dataclass(frozen=True)
class Asking:
    """Where and by whom a request was written."""

    group_id: int
    requester_id: int
    account_id: int
    message_id: int
    written_at: datetime


async def ask(text: str, asking: Asking, record: GroupRecord, now: datetime) -> AidRequest:
    """Register a request; a second delivery of the same message returns the first one's."""
    policy = record.policy(AidPolicy)
    try:
        draft = read_request(text, clock.local(now))
        wanted = settle_wanted(draft.wanted, policy.most_helpers)
        deadline = settle_deadline(
            draft.deadline,
            now,
            default=timedelta(hours=policy.default_hours),
            longest=timedelta(days=policy.longest_days),
        )
    except Misunderstood as error:
        raise Refusal(error.message) from error
    try:
        return await _ask(draft, wanted, deadline, asking, policy)
    except IntegrityError:  # another process registered a second delivery at the same moment
        return await _ask(draft, wanted, deadline, asking, policy)


@transactional
async def _ask(
    draft: Draft,
    wanted: int,
    deadline: datetime,
    asking: Asking,
    policy: AidPolicy,
) -> AidRequest:
    known = await AidRequest.get_or_none(
        group_id=asking.group_id,
        requester_id=asking.requester_id,
        source_id=asking.message_id,
        created_at=asking.written_at,
    )
    if known is not None:
        return known
    own = await AidRequest.filter(
        group_id=asking.group_id, requester_id=asking.requester_id, status=RequestStatus.OPEN
    )
    if draft.link and (same := next((one for one in own if one.link == draft.link), None)):
        raise Refusal(f"这个链接你已经登记过了，是 {same.id} 号，还在进行中。")
    if len(own) >= policy.open_per_member:
        numbers = "、".join(str(one.id) for one in own)
        raise Refusal(f"你有 {len(own)} 个求助在进行（{numbers}），先 /取消 一个再登记。")
    request = await AidRequest.create(
        group_id=asking.group_id,
        requester_id=asking.requester_id,
        account_id=asking.account_id,
        source_id=asking.message_id,
        what=draft.what,
        link=draft.link,
        thanks=draft.thanks,
        note=draft.note,
        wanted=wanted,
        deadline=deadline,
        created_at=asking.written_at,
    )
    await schedule.schedule(EXPIRE, str(request.id), deadline, account_id=asking.account_id)
    return request


async def note_answer(request: AidRequest, message_id: int) -> None:
    """Remember which message of ours shows the request, so that people can reply to it."""
    await AidRequest.filter(id=request.id).update(answer_id=message_id)


async def request_shown_by(group_id: int, message_id: int) -> AidRequest | None:
    """Return the newest request that this message asked for or shows."""
    asked = AidRequest.filter(group_id=group_id, source_id=message_id)
    shown = AidRequest.filter(group_id=group_id, answer_id=message_id)
    return await shown.order_by("-id").first() or await asked.order_by("-id").first()


async def find(number: int, group_id: int) -> AidRequest:
    """Return a request of this group; raise Refusal when there is none or it is another's."""
    request = await AidRequest.get_or_none(id=number)
    if request is None:
        raise Refusal(f"没有 {number} 号求助。发 /互助 看看有哪些。")
    if request.group_id != group_id:
        raise Refusal(f"{number} 号求助不是本群的。发 /互助 看本群的求助。")
    return request


async def _locked(number: int, group_id: int) -> AidRequest:
    """Return the request, held against others until the transaction ends."""
    await find(number, group_id)
    return await AidRequest.select_for_update().get(id=number)


def _must_be_open(request: AidRequest) -> None:
    if request.status is not RequestStatus.OPEN:
        raise Refusal(f"{request.id} 号求助{wording.status_words(request)}，不用再操作。")


@transactional
async def pledge(
    number: int, group_id: int, helper_id: int, policy: AidPolicy, now: datetime
) -> AidRequest:
    """Reserve a slot for a helper; doing so twice changes nothing."""
    request = await _locked(number, group_id)
    _must_be_open(request)
    if request.requester_id == helper_id:
        raise Refusal("这是你自己的求助，等别人来接吧。")
    if request.deadline <= now:
        raise Refusal(f"{number} 号求助刚刚截止了，谢谢你。")
    present = await Pledge.get_or_none(request_id=number, helper_id=helper_id)
    if present is not None and present.status in ACTIVE:
        raise Refusal(f"你已经接了 {number} 号。帮完请发“已帮 {number}”。")
    if request.taken >= request.wanted:
        raise Refusal(f"{number} 号求助已经接满了，谢谢你。发 /互助 看看别的。")
    busy = await Pledge.filter(
        helper_id=helper_id, status=PledgeStatus.PLEDGED, request__group_id=group_id
    ).count()
    if busy >= policy.pledges_per_member:
        raise Refusal(f"你接了 {busy} 个还没完成，先帮完或放弃一个再接。")
    if present is None:
        await Pledge.create(request_id=number, helper_id=helper_id, pledged_at=now)
    else:
        present.status, present.pledged_at = PledgeStatus.PLEDGED, now
        present.done_at = None
        await present.save()
    await AidRequest.filter(id=number).update(taken=F("taken") + 1)
    request.taken += 1
    return request


@transactional
async def report_done(number: int, group_id: int, helper_id: int, now: datetime) -> AidRequest:
    """Note that a helper says they have helped."""
    request = await _locked(number, group_id)
    mine = await Pledge.get_or_none(request_id=number, helper_id=helper_id)
    if mine is None or mine.status not in ACTIVE:
        _must_be_open(request)
        raise Refusal(f"你还没有接 {number} 号，先发“接 {number}”。")
    if mine.status is PledgeStatus.CONFIRMED:
        raise Refusal(f"{number} 号已经确认过了，谢谢你。")
    if mine.status is PledgeStatus.DONE:
        raise Refusal(f"已经记下你帮了 {number} 号，等对方确认。")
    _must_be_open(request)
    mine.status, mine.done_at = PledgeStatus.DONE, now
    await mine.save()
    return request


@transactional
async def withdraw(number: int, group_id: int, helper_id: int) -> AidRequest:
    """Free a slot that a helper cannot fill after all."""
    request = await _locked(number, group_id)
    mine = await Pledge.get_or_none(request_id=number, helper_id=helper_id)
    if mine is None or mine.status is not PledgeStatus.PLEDGED:
        raise Refusal(f"你没有接着没完成的 {number} 号，不用放弃。")
    mine.status = PledgeStatus.WITHDRAWN
    await mine.save()
    if request.status is RequestStatus.OPEN:
        await AidRequest.filter(id=number).update(taken=F("taken") - 1)
        request.taken -= 1
    return request


@dataclass(frozen=True)
class Confirmation:
    """A confirmation: which helpers it concerned, and how the request stands after it."""

    request: AidRequest
    helpers: tuple[int, ...]


@transactional
async def confirm(
    number: int, group_id: int, requester_id: int, helper_id: int | None, now: datetime
) -> Confirmation:
    """Confirm one helper's help, or everybody's who said so; the last one closes the request."""
    request = await _locked(number, group_id)
    if request.requester_id != requester_id:
        raise Refusal(f"只有 {number} 号求助的发起人能确认。")
    _must_be_open(request)
    pledges = await Pledge.filter(request_id=number).order_by("id")
    if helper_id is None:
        chosen = [one for one in pledges if one.status is PledgeStatus.DONE]
        if not chosen:
            waiting = any(one.status is PledgeStatus.PLEDGED for one in pledges)
            hint = f"可以 @他 写：确认 {number} @帮手。" if waiting else ""
            raise Refusal(f"{number} 号还没有人说已经帮了。{hint}")
    else:
        chosen = [
            one
            for one in pledges
            if one.helper_id == helper_id
            and one.status in (PledgeStatus.PLEDGED, PledgeStatus.DONE)
        ]
        if not chosen:
            raise Refusal(f"这位没有接 {number} 号，或已经确认过了。")
    for one in chosen:
        one.status, one.confirmed_at = PledgeStatus.CONFIRMED, now
        await one.save()
    request.confirmed += len(chosen)
    if request.confirmed >= request.wanted:
        request.status, request.closed_at = RequestStatus.FILLED, now
        await schedule.cancel(EXPIRE, str(number))
    await request.save(update_fields=["confirmed", "status", "closed_at"])
    return Confirmation(request, tuple(one.helper_id for one in chosen))


@transactional
async def cancel(
    number: int, group_id: int, user_id: int, *, in_charge: bool, now: datetime
) -> tuple[AidRequest, tuple[int, ...]]:
    """Take a request off the board; returns it and the helpers to be told."""
    request = await _locked(number, group_id)
    if request.requester_id != user_id and not in_charge:
        raise Refusal("只有发起人和管理员能取消这个求助。")
    _must_be_open(request)
    helpers = await _close(request, RequestStatus.CANCELLED, now)
    await schedule.cancel(EXPIRE, str(number))
    return request, helpers


async def _close(request: AidRequest, status: RequestStatus, now: datetime) -> tuple[int, ...]:
    waiting = await Pledge.filter(request_id=request.id, status=PledgeStatus.PLEDGED)
    request.status, request.closed_at = status, now
    request.taken -= len(waiting)
    await request.save(update_fields=["status", "closed_at", "taken"])
    await Pledge.filter(request_id=request.id, status=PledgeStatus.PLEDGED).update(
        status=PledgeStatus.LAPSED
    )
    return tuple(one.helper_id for one in waiting)


@transactional
async def _expire(number: int, now: datetime) -> AidRequest | None:
    request = await AidRequest.select_for_update().get_or_none(id=number)
    if request is None or request.status is not RequestStatus.OPEN or request.deadline > now:
        return None
    await _close(request, RequestStatus.EXPIRED, now)
    return request


@due_work(EXPIRE)
async def expire(key: str, now: datetime) -> None:
    """Close a request whose deadline has come and tell its requester."""
    request = await AidRequest.get_or_none(id=int(key))
    if request is None:
        return
    account = account_of(request.account_id)
    if account.bot is None:
        raise NotNowError
    expired = await _expire(int(key), now)
    if expired is not None:
        words = wording.expired(expired)
        await account.say(expired.group_id, words, mention=expired.requester_id)


@dataclass(frozen=True)
class BoardPage:
    """One page of a board: its requests in order, and how many there are in all."""

    requests: list[AidRequest]
    page: int
    pages: int
    total: int


async def board(group_id: int, page: int, now: datetime) -> BoardPage:
    """Return a page of the group's open requests, what needs help most first."""
    rows = await AidRequest.filter(
        group_id=group_id, status=RequestStatus.OPEN, deadline__gt=now
    ).limit(MAX_BOARD)
    by_number = {row.id: row for row in rows}
    lines = [Line(row.id, row.wanted - row.taken, row.deadline, row.created_at) for row in rows]
    ordered = [by_number[line.number] for line in board_order(lines, now)]
    return _page(ordered, page)


async def own(group_id: int, user_id: int, page: int) -> BoardPage:
    """Return what a member asks for and has promised, as far as it is not over."""
    asked = await AidRequest.filter(
        group_id=group_id, requester_id=user_id, status=RequestStatus.OPEN
    ).order_by("id")
    promised = await AidRequest.filter(
        group_id=group_id,
        status=RequestStatus.OPEN,
        pledges__helper_id=user_id,
        pledges__status__in=(PledgeStatus.PLEDGED, PledgeStatus.DONE),
    ).order_by("id")
    return _page([*asked, *promised], page)


def _page(requests: list[AidRequest], page: int) -> BoardPage:
    pages = max(1, -(-len(requests) // PAGE))
    if not 1 <= page <= pages:
        raise Refusal(f"只有 {pages} 页。")
    shown = requests[(page - 1) * PAGE : page * PAGE]
    return BoardPage(shown, page, pages, len(requests))


async def helpers_of(number: int) -> list[Pledge]:
    """List the pledges of a request that count, in order."""
    return await Pledge.filter(request_id=number, status__in=ACTIVE).order_by("id")


def moment(seconds: int) -> datetime:
    """Read an event's time."""
    return datetime.fromtimestamp(seconds, timezone.utc)
