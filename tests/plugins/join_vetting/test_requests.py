"""Join requests on a real database: recorded once, decided once, carried out or kept."""

import asyncio
from datetime import timedelta

import pytest
from tortoise.context import TortoiseContext

from pinbang.gateway import Account, Outcome, Reason
from pinbang.gateway.outcomes import DONE, failed, unconfirmed
from pinbang.groups import forget_group, load_group, save_settings
from pinbang.refusal import Refusal
from pinbang.store.models import AuditEntry, DueWork
from plugins.join_vetting import service, wording
from plugins.join_vetting.config import JoinPolicy
from plugins.join_vetting.models import JoinRequest, JoinStatus
from plugins.join_vetting.service import Applicant
from tests.conftest import Clock

GROUP, OTHER, SOMEBODY, ADMIN, BOT = 700, 701, 31, 600200, 10001
REUSED = "add:700:u_x"


class Gate(Account):
    """An account that lets in and turns away on paper."""

    def __init__(self, outcome: Outcome = DONE) -> None:
        super().__init__(BOT)
        self.outcome = outcome
        self.let_in: list[tuple[int, int, str]] = []
        self.turned_down: list[tuple[str, str]] = []

    async def approve(self, group_id: int, user_id: int, flag: str) -> Outcome:
        self.let_in.append((group_id, user_id, flag))
        return self.outcome

    async def reject(self, flag: str, reason: str) -> Outcome:
        self.turned_down.append((flag, reason))
        return self.outcome


@pytest.fixture
def gate() -> Gate:
    return Gate()


async def receive(
    gate: Gate,
    frozen: Clock,
    answer: str,
    *,
    flag: str | None = "1",
    user: int = SOMEBODY,
    group: int = GROUP,
) -> JoinRequest | None:
    comment = f"问题：愿意遵守群规吗\n答案：{answer}"
    applicant = Applicant(group, user, None, comment, flag, frozen.now)
    return await service.receive(applicant, gate, frozen.now)


async def received(gate: Gate, frozen: Clock, answer: str, **more: object) -> JoinRequest:
    request = await receive(gate, frozen, answer, **more)  # pyright: ignore[reportArgumentType]
    assert request is not None
    return request


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("愿意遵守", JoinStatus.APPROVED),
        ("不愿意", JoinStatus.REJECTED),
        ("看情况", JoinStatus.WAITING),
        ("", JoinStatus.WAITING),
        ("愿意，加微信abc123456领券，日结兼职", JoinStatus.WAITING),
        ("愿意，你们都是傻逼", JoinStatus.WAITING),
    ],
)
async def test_what_follows_from_an_answer(
    store: TortoiseContext, frozen: Clock, gate: Gate, answer: str, status: JoinStatus
) -> None:
    request = await received(gate, frozen, answer)
    assert (await JoinRequest.get(id=request.id)).status is status


async def test_a_group_may_decide_everything_itself(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    await load_group(GROUP, BOT)
    policy = JoinPolicy.model_validate({"approve_agreeing": False, "reject_refusing": False})
    await save_settings(GROUP, policy, ADMIN, "测试")
    forget_group(GROUP)
    for flag, answer in (("1", "愿意遵守"), ("2", "不愿意")):
        request = await received(gate, frozen, answer, flag=flag, user=int(flag))
        assert request.status is JoinStatus.WAITING


async def test_a_request_delivered_twice_is_one(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    assert await receive(gate, frozen, "愿意") is not None
    frozen.advance(seconds=2)
    assert await receive(gate, frozen, "愿意") is None
    assert await JoinRequest.all().count() == 1


async def test_a_request_delivered_twice_at_once_is_one(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    made = await asyncio.gather(*(receive(gate, frozen, "愿意") for _ in range(8)))
    assert sum(request is not None for request in made) == 1
    assert await JoinRequest.all().count() == 1


async def test_the_event_and_the_list_of_llbot_are_one_request(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    assert await receive(gate, frozen, "看情况", flag="700|178|1|false") is not None
    assert await receive(gate, frozen, "看情况", flag="178") is None


async def test_who_was_turned_down_may_ask_again_under_the_same_flag(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    first = await received(gate, frozen, "不愿意", flag=REUSED)
    assert first.status is JoinStatus.REJECTED
    frozen.advance(hours=1)
    second = await received(gate, frozen, "愿意遵守", flag=REUSED)
    assert second.id != first.id
    assert second.status is JoinStatus.APPROVED
    assert await receive(gate, frozen, "愿意遵守", flag=REUSED) is None  # delivered again


async def test_a_request_without_a_flag_waits_for_the_admins(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    request = await received(gate, frozen, "愿意遵守", flag=None)
    assert request.status is JoinStatus.WAITING
    assert await receive(gate, frozen, "愿意遵守", flag=None) is None
    with pytest.raises(Refusal, match="在 QQ 里"):
        await service.decide(request.id, GROUP, ADMIN, approve=True, reason="", now=frozen.now)
    assert "在 QQ 里" in wording.notice(request)


async def test_the_same_flag_in_two_groups_is_two_requests(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    assert await receive(gate, frozen, "愿意") is not None
    assert await receive(gate, frozen, "愿意", group=OTHER) is not None


async def test_an_admin_decides_once(store: TortoiseContext, frozen: Clock, gate: Gate) -> None:
    request = await received(gate, frozen, "看情况")

    async def decide(approve: bool) -> JoinRequest:
        return await service.decide(
            request.id, GROUP, ADMIN, approve=approve, reason="太忙", now=frozen.now
        )

    results = await asyncio.gather(
        *(decide(bool(n % 2)) for n in range(10)), return_exceptions=True
    )
    decided = [result for result in results if isinstance(result, JoinRequest)]
    assert len(decided) == 1
    assert all(isinstance(result, JoinRequest | Refusal) for result in results)
    assert (await JoinRequest.get(id=request.id)).status is decided[0].status
    assert await AuditEntry.filter(reference=f"join:{request.id}").count() == 1
    with pytest.raises(Refusal, match="已经"):
        await decide(True)


async def test_requests_that_are_not_there_or_not_ours(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    request = await received(gate, frozen, "看情况")
    for number, group, words in ((404, GROUP, "没有 404 号"), (request.id, OTHER, "不是本群的")):
        with pytest.raises(Refusal, match=words):
            await service.decide(number, group, ADMIN, approve=True, reason="", now=frozen.now)


async def test_a_decision_is_carried_out_and_noted(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    request = await received(gate, frozen, "愿意")
    assert await DueWork.filter(kind=service.CARRY_OUT).count() == 1
    assert (await service.carry_out(request, gate)).done
    assert gate.let_in == [(GROUP, SOMEBODY, "1")]
    assert (await JoinRequest.get(id=request.id)).outcome == "done"
    assert await DueWork.filter(kind=service.CARRY_OUT).count() == 0
    assert await service.unfinished(BOT) == []


async def test_a_refusal_gives_a_reason_that_fits(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    request = await received(gate, frozen, "看情况")
    decided = await service.decide(
        request.id, GROUP, ADMIN, approve=False, reason="很长的理由" * 20, now=frozen.now
    )
    await service.carry_out(decided, gate)
    [(flag, reason)] = gate.turned_down
    assert flag == "1"
    assert reason.startswith("很长的理由")
    assert len(reason) <= wording.SAFE_REASON


async def test_while_the_gateway_is_away_the_decision_is_kept(
    store: TortoiseContext, frozen: Clock
) -> None:
    gate = Gate(failed(Reason.OFFLINE))
    request = await received(gate, frozen, "愿意")
    await service.carry_out(request, gate)
    assert [one.id for one in await service.unfinished(BOT)] == [request.id]
    assert await DueWork.filter(kind=service.CARRY_OUT).count() == 1


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (failed(Reason.REQUEST_GONE), JoinStatus.ELSEWHERE),
        (unconfirmed(), JoinStatus.APPROVED),
        (failed(Reason.NOT_ADMIN), JoinStatus.APPROVED),
    ],
)
async def test_what_became_of_it_is_kept(
    store: TortoiseContext, frozen: Clock, outcome: Outcome, status: JoinStatus
) -> None:
    gate = Gate(outcome)
    request = await received(gate, frozen, "愿意")
    await service.carry_out(request, gate)
    stored = await JoinRequest.get(id=request.id)
    assert (stored.outcome, stored.status) == (outcome.code, status)


async def test_who_arrives_no_longer_waits(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    request = await received(gate, frozen, "看情况")
    await service.note_arrival(GROUP, SOMEBODY, frozen.now)
    assert (await JoinRequest.get(id=request.id)).status is JoinStatus.ELSEWHERE
    assert await service.waiting(GROUP, 1) == ([], 0)


async def test_the_waiting_are_listed_in_pages(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    for number in range(service.PAGE + 2):
        await receive(gate, frozen, "看情况", flag=f"f{number}", user=1000 + number)
    first, total = await service.waiting(GROUP, 1)
    second, _ = await service.waiting(GROUP, 2)
    assert total == service.PAGE + 2
    assert [len(first), len(second)] == [service.PAGE, 2]
    ids = [request.id for request in (*first, *second)]
    assert ids == sorted(set(ids))
    assert await service.waiting(OTHER, 1) == ([], 0)


async def test_a_waiting_request_ends_some_day(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    await receive(gate, frozen, "看情况")
    [work] = await DueWork.filter(kind=service.EXPIRE)
    assert work.due_at == frozen.now + timedelta(days=7)
    await service._expire(work.key, frozen.now)
    assert (await JoinRequest.get(id=int(work.key))).status is JoinStatus.EXPIRED


async def test_the_notice_hides_numbers_and_suspicious_words_and_names_the_request(
    store: TortoiseContext, frozen: Clock, gate: Gate
) -> None:
    request = await received(gate, frozen, "看情况吧", user=1234567890)
    notice = wording.notice(request)
    assert "1234567890" not in notice
    assert "看情况吧" in notice
    assert wording.number_in_notice(notice) == request.id
    bad = await received(gate, frozen, "加微信abc123456领券，日结兼职", flag="2", user=2)
    assert "abc123456" not in wording.notice(bad)
    assert "abc123456" not in wording.listing_line(bad)
