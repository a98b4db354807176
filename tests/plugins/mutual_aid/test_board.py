"""The aid board on a real database: no slot given twice, nothing registered twice."""

import asyncio
import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.context import TortoiseContext

from pinbang.groups import GroupRecord
from pinbang.refusal import Refusal
from pinbang.store.models import DueWork
from plugins.mutual_aid import service, wording
from plugins.mutual_aid.config import AidPolicy
from plugins.mutual_aid.models import AidRequest, Pledge, PledgeStatus, RequestStatus
from plugins.mutual_aid.service import ACTIVE, Asking
from tests.conftest import Clock

GROUP, OTHER, WANG, LI, ZHANG, BOT = 700, 701, 11, 12, 13, 10001
LINK = "https://mobile.yangkeduo.com/goods2.html?ps=abcDEF12"
ROOMY = AidPolicy.model_validate({"pledges_per_member": 50, "open_per_member": 20})
RECORD = GroupRecord(GROUP, BOT)

_numbers = itertools.count(1)


async def ask(
    frozen: Clock, text: str = "还差3人砍一刀", *, by: int = WANG, message: int | None = None
) -> AidRequest:
    number = next(_numbers) if message is None else message
    asking = Asking(GROUP, by, BOT, number, frozen.now)
    return await service.ask(text, asking, RECORD, frozen.now)


async def pledge(frozen: Clock, request: AidRequest, helper: int) -> AidRequest:
    return await service.pledge(request.id, request.group_id, helper, ROOMY, frozen.now)


async def consistent(request: AidRequest) -> AidRequest:
    """Return the request as stored, after checking that its counters tell the truth."""
    stored = await AidRequest.get(id=request.id)
    active = await Pledge.filter(request_id=request.id, status__in=ACTIVE).count()
    confirmed = await Pledge.filter(request_id=request.id, status=PledgeStatus.CONFIRMED).count()
    assert stored.taken == active
    assert stored.confirmed == confirmed
    assert 0 <= stored.confirmed <= stored.taken <= stored.wanted
    return stored


async def test_a_request_is_kept_as_it_was_understood(
    store: TortoiseContext, frozen: Clock
) -> None:
    request = await ask(frozen, f"还差3人砍一刀 今晚12点前 {LINK}")
    stored = await AidRequest.get(id=request.id)
    assert (stored.what, stored.link) == ("还差3人砍一刀 今晚12点前", LINK)
    assert (stored.wanted, stored.taken, stored.confirmed) == (3, 0, 0)
    assert stored.deadline == frozen.now + timedelta(hours=14)  # midnight in Shanghai
    assert stored.status is RequestStatus.OPEN


async def test_a_message_delivered_twice_registers_once(
    store: TortoiseContext, frozen: Clock
) -> None:
    first = await ask(frozen, message=5)
    again = await ask(frozen, message=5)
    assert again.id == first.id
    assert await AidRequest.all().count() == 1


async def test_a_message_delivered_twice_at_once_registers_once(
    store: TortoiseContext, frozen: Clock
) -> None:
    made = await asyncio.gather(*(ask(frozen, message=5) for _ in range(8)))
    assert len({request.id for request in made}) == 1
    assert await AidRequest.all().count() == 1


async def test_a_message_number_that_comes_round_again_is_another_message(
    store: TortoiseContext, frozen: Clock
) -> None:
    first = await ask(frozen, message=5)
    frozen.advance(days=1)
    assert (await ask(frozen, message=5)).id != first.id


async def test_the_same_link_is_registered_once_while_it_is_open(
    store: TortoiseContext, frozen: Clock
) -> None:
    first = await ask(frozen, f"砍一刀 {LINK}")
    with pytest.raises(Refusal, match=f"{first.id} 号"):
        await ask(frozen, f"再砍一刀 {LINK}")
    await ask(frozen, f"我也要 {LINK}", by=LI)
    await service.cancel(first.id, GROUP, WANG, in_charge=False, now=frozen.now)
    assert (await ask(frozen, f"再砍一刀 {LINK}")).id != first.id


async def test_nobody_fills_the_board_alone(store: TortoiseContext, frozen: Clock) -> None:
    limit = AidPolicy.model_validate({}).open_per_member
    for _ in range(limit):
        await ask(frozen)
    with pytest.raises(Refusal, match="/取消"):
        await ask(frozen)
    await ask(frozen, by=LI)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("还差99999人砍一刀", "1 到 20"),
        ("砍一刀 https://item.taobao.com/x", "只登记拼多多"),
        ("事项：砍一刀\n截止：12月31日", "太远"),
        ("事项：砍一刀\n截止：2分钟内", "至少 5 分钟"),
    ],
)
async def test_what_cannot_be_registered_is_refused_in_words(
    store: TortoiseContext, frozen: Clock, text: str, hint: str
) -> None:
    with pytest.raises(Refusal, match=hint):
        await ask(frozen, text)
    assert await AidRequest.all().count() == 0
    assert await DueWork.all().count() == 0


async def test_from_request_to_thanks(store: TortoiseContext, frozen: Clock) -> None:
    request = await ask(frozen, "还差2人砍一刀")
    await pledge(frozen, request, LI)
    assert (await consistent(request)).taken == 1
    await service.report_done(request.id, GROUP, LI, frozen.now)
    first = await service.confirm(request.id, GROUP, WANG, None, frozen.now)
    assert first.helpers == (LI,)
    assert (await consistent(request)).status is RequestStatus.OPEN
    await pledge(frozen, request, ZHANG)
    second = await service.confirm(request.id, GROUP, WANG, ZHANG, frozen.now)
    assert second.helpers == (ZHANG,)
    stored = await consistent(request)
    assert (stored.status, stored.confirmed) == (RequestStatus.FILLED, 2)
    assert await DueWork.all().count() == 0


async def test_nothing_is_done_twice(store: TortoiseContext, frozen: Clock) -> None:
    request = await ask(frozen, "还差2人砍一刀")
    await pledge(frozen, request, LI)
    with pytest.raises(Refusal, match="已经接了"):
        await pledge(frozen, request, LI)
    await service.report_done(request.id, GROUP, LI, frozen.now)
    with pytest.raises(Refusal, match="已经记下"):
        await service.report_done(request.id, GROUP, LI, frozen.now)
    await service.confirm(request.id, GROUP, WANG, LI, frozen.now)
    with pytest.raises(Refusal, match="已经确认过"):
        await service.confirm(request.id, GROUP, WANG, LI, frozen.now)
    with pytest.raises(Refusal, match="已经确认过"):
        await service.report_done(request.id, GROUP, LI, frozen.now)
    assert (await consistent(request)).confirmed == 1


async def test_who_may_do_what(store: TortoiseContext, frozen: Clock) -> None:
    request = await ask(frozen)
    with pytest.raises(Refusal, match="自己的求助"):
        await pledge(frozen, request, WANG)
    with pytest.raises(Refusal, match="还没有接"):
        await service.report_done(request.id, GROUP, LI, frozen.now)
    with pytest.raises(Refusal, match="不用放弃"):
        await service.withdraw(request.id, GROUP, LI)
    await pledge(frozen, request, LI)
    with pytest.raises(Refusal, match="只有 .*发起人能确认"):
        await service.confirm(request.id, GROUP, LI, LI, frozen.now)
    with pytest.raises(Refusal, match="没有接"):
        await service.confirm(request.id, GROUP, WANG, ZHANG, frozen.now)
    with pytest.raises(Refusal, match="只有发起人和管理员"):
        await service.cancel(request.id, GROUP, LI, in_charge=False, now=frozen.now)
    _, told = await service.cancel(request.id, GROUP, ZHANG, in_charge=True, now=frozen.now)
    assert told == (LI,)


@pytest.mark.parametrize("number", [0, 404, 999_999_999_999])
async def test_a_request_that_is_not_there(
    store: TortoiseContext, frozen: Clock, number: int
) -> None:
    for action in (
        service.pledge(number, GROUP, LI, ROOMY, frozen.now),
        service.report_done(number, GROUP, LI, frozen.now),
        service.withdraw(number, GROUP, LI),
        service.confirm(number, GROUP, WANG, None, frozen.now),
        service.cancel(number, GROUP, WANG, in_charge=True, now=frozen.now),
        service.find(number, GROUP),
    ):
        with pytest.raises(Refusal, match=f"没有 {number} 号"):
            await action


async def test_a_request_of_another_group(store: TortoiseContext, frozen: Clock) -> None:
    request = await ask(frozen)
    for action in (
        service.pledge(request.id, OTHER, LI, ROOMY, frozen.now),
        service.report_done(request.id, OTHER, LI, frozen.now),
        service.withdraw(request.id, OTHER, LI),
        service.confirm(request.id, OTHER, WANG, None, frozen.now),
        service.cancel(request.id, OTHER, WANG, in_charge=True, now=frozen.now),
        service.find(request.id, OTHER),
    ):
        with pytest.raises(Refusal, match="不是本群的"):
            await action
    assert (await consistent(request)).status is RequestStatus.OPEN


async def closed(frozen: Clock, how: str) -> AidRequest:
    request = await ask(frozen, "还差1人砍一刀")
    await pledge(frozen, request, LI)
    match how:
        case "filled":
            await service.confirm(request.id, GROUP, WANG, LI, frozen.now)
        case "cancelled":
            await service.cancel(request.id, GROUP, WANG, in_charge=False, now=frozen.now)
        case "expired":
            frozen.advance(days=2)
            await service._expire(request.id, frozen.now)
    return request


@pytest.mark.parametrize(
    ("how", "words"), [("filled", "已经完成"), ("cancelled", "已经取消"), ("expired", "已经到期")]
)
async def test_a_request_that_is_over(
    store: TortoiseContext, frozen: Clock, how: str, words: str
) -> None:
    request = await closed(frozen, how)
    for action in (
        service.pledge(request.id, GROUP, ZHANG, ROOMY, frozen.now),
        service.report_done(request.id, GROUP, ZHANG, frozen.now),
        service.confirm(request.id, GROUP, WANG, None, frozen.now),
        service.cancel(request.id, GROUP, WANG, in_charge=True, now=frozen.now),
    ):
        with pytest.raises(Refusal, match=words):
            await action
    await consistent(request)


async def test_a_request_past_its_deadline_takes_nobody_even_before_it_is_closed(
    store: TortoiseContext, frozen: Clock
) -> None:
    request = await ask(frozen)
    frozen.now = request.deadline
    with pytest.raises(Refusal, match="截止"):
        await pledge(frozen, request, LI)
    assert (await service.board(GROUP, 1, frozen.now)).total == 0


async def test_fifty_people_for_three_places(store: TortoiseContext, frozen: Clock) -> None:
    request = await ask(frozen, "还差3人砍一刀")
    results = await asyncio.gather(
        *(pledge(frozen, request, 1000 + number) for number in range(50)),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, Refusal)]
    taken = [result for result in results if isinstance(result, AidRequest)]
    assert len(taken) == 3
    assert len(refused) == 47
    assert sorted(one.taken for one in taken) == [1, 2, 3]  # each was told what was left then
    assert (await consistent(request)).taken == 3


async def test_one_person_asking_many_times_at_once_gets_one_place(
    store: TortoiseContext, frozen: Clock
) -> None:
    request = await ask(frozen, "还差3人砍一刀")
    results = await asyncio.gather(
        *(pledge(frozen, request, LI) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, AidRequest) for result in results) == 1
    assert all(isinstance(result, AidRequest | Refusal) for result in results)
    assert (await consistent(request)).taken == 1


async def test_everybody_at_once(store: TortoiseContext, frozen: Clock) -> None:
    request = await ask(frozen, "还差3人砍一刀")
    helpers = range(1000, 1010)

    async def come_and_go(helper: int) -> None:
        await pledge(frozen, request, helper)
        if helper % 2:
            await service.withdraw(request.id, GROUP, helper)
        else:
            await service.report_done(request.id, GROUP, helper, frozen.now)
            await service.confirm(request.id, GROUP, WANG, helper, frozen.now)

    results = await asyncio.gather(*(come_and_go(one) for one in helpers), return_exceptions=True)
    assert all(result is None or isinstance(result, Refusal) for result in results)
    await consistent(request)


async def test_a_helper_promises_only_so_much(store: TortoiseContext, frozen: Clock) -> None:
    policy = AidPolicy.model_validate({"pledges_per_member": 2})
    requests = [await ask(frozen, by=person) for person in (1, 2, 3)]
    for request in requests[:2]:
        await service.pledge(request.id, GROUP, LI, policy, frozen.now)
    with pytest.raises(Refusal, match="先帮完或放弃"):
        await service.pledge(requests[2].id, GROUP, LI, policy, frozen.now)
    await service.report_done(requests[0].id, GROUP, LI, frozen.now)
    await service.pledge(requests[2].id, GROUP, LI, policy, frozen.now)


async def test_a_place_given_up_can_be_taken_again(store: TortoiseContext, frozen: Clock) -> None:
    request = await ask(frozen, "还差1人砍一刀")
    await pledge(frozen, request, LI)
    with pytest.raises(Refusal, match="接满"):
        await pledge(frozen, request, ZHANG)
    await service.withdraw(request.id, GROUP, LI)
    await pledge(frozen, request, ZHANG)
    with pytest.raises(Refusal, match="接满"):
        await pledge(frozen, request, LI)
    await service.withdraw(request.id, GROUP, ZHANG)
    await pledge(frozen, request, LI)
    assert (await consistent(request)).taken == 1


async def test_confirming_without_a_name_confirms_all_who_said_so(
    store: TortoiseContext, frozen: Clock
) -> None:
    request = await ask(frozen, "还差3人砍一刀")
    for helper in (LI, ZHANG, 14):
        await pledge(frozen, request, helper)
    with pytest.raises(Refusal, match="还没有人说已经帮了.*@"):
        await service.confirm(request.id, GROUP, WANG, None, frozen.now)
    for helper in (LI, ZHANG):
        await service.report_done(request.id, GROUP, helper, frozen.now)
    result = await service.confirm(request.id, GROUP, WANG, None, frozen.now)
    assert result.helpers == (LI, ZHANG)
    assert (await consistent(request)).status is RequestStatus.OPEN


async def test_expiry_happens_once_and_only_when_it_is_time(
    store: TortoiseContext, frozen: Clock
) -> None:
    request = await ask(frozen)
    await pledge(frozen, request, LI)
    assert await service._expire(request.id, frozen.now) is None
    frozen.now = request.deadline
    expired = await service._expire(request.id, frozen.now)
    assert expired is not None
    assert await service._expire(request.id, frozen.now) is None
    assert (await consistent(request)).status is RequestStatus.EXPIRED
    assert (await Pledge.get(request_id=request.id)).status is PledgeStatus.LAPSED


async def test_the_expiry_is_promised_with_the_request(
    store: TortoiseContext, frozen: Clock
) -> None:
    request = await ask(frozen, "还差1人 明天18点前")
    [work] = await DueWork.all()
    assert (work.kind, work.key) == (service.EXPIRE, str(request.id))
    assert work.due_at == request.deadline
    assert work.account_id == BOT


async def test_the_board_in_pages(store: TortoiseContext, frozen: Clock) -> None:
    for number in range(service.PAGE + 1):
        await ask(frozen, by=1000 + number)
    first = await service.board(GROUP, 1, frozen.now)
    second = await service.board(GROUP, 2, frozen.now)
    assert (first.total, first.pages) == (service.PAGE + 1, 2)
    shown = [one.id for one in (*first.requests, *second.requests)]
    assert sorted(shown) == sorted(set(shown))
    assert len(shown) == service.PAGE + 1
    for page in (0, 3, 10**12):
        with pytest.raises(Refusal, match="只有 2 页"):
            await service.board(GROUP, page, frozen.now)
    assert (await service.board(OTHER, 1, frozen.now)).total == 0


async def test_ones_own_page(store: TortoiseContext, frozen: Clock) -> None:
    mine = await ask(frozen)
    promised = await ask(frozen, by=LI)
    await ask(frozen, by=ZHANG)
    await pledge(frozen, promised, WANG)
    page = await service.own(GROUP, WANG, 1)
    assert [one.id for one in page.requests] == [mine.id, promised.id]


async def test_a_request_is_found_by_the_message_that_shows_it(
    store: TortoiseContext, frozen: Clock
) -> None:
    request = await ask(frozen, message=55)
    await service.note_answer(request, 66)
    for message in (55, 66):
        shown = await service.request_shown_by(GROUP, message)
        assert shown is not None
        assert shown.id == request.id
    assert await service.request_shown_by(OTHER, 66) is None
    assert await service.request_shown_by(GROUP, 77) is None


async def test_the_words_for_a_request_can_be_read_back(
    store: TortoiseContext, frozen: Clock
) -> None:
    request = await ask(frozen)
    assert wording.number_shown(wording.registered(request, frozen.now)) == request.id


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["pledge", "done", "withdraw", "confirm", "confirm all", "cancel", "expire"]
        ),
        st.integers(100, 105),
    ),
    max_size=25,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=st.integers(1, 3), steps=STEPS)
async def test_whatever_people_do_the_counters_tell_the_truth(
    store: TortoiseContext, frozen: Clock, wanted: int, steps: list[tuple[str, int]]
) -> None:
    request = await ask(frozen, f"还差{wanted}人砍一刀", by=next(_numbers) + 10_000)
    now: datetime = frozen.now
    for step, helper in steps:
        try:
            await _take(step, request, helper, now)
        except Refusal:
            continue
        finally:
            await consistent(request)


async def _take(step: str, request: AidRequest, helper: int, now: datetime) -> None:
    number, owner = request.id, request.requester_id
    match step:
        case "pledge":
            await service.pledge(number, GROUP, helper, ROOMY, now)
        case "done":
            await service.report_done(number, GROUP, helper, now)
        case "withdraw":
            await service.withdraw(number, GROUP, helper)
        case "confirm":
            await service.confirm(number, GROUP, owner, helper, now)
        case "confirm all":
            await service.confirm(number, GROUP, owner, None, now)
        case "cancel":
            if helper == 105:  # seldom, or little else would be seen
                await service.cancel(number, GROUP, owner, in_charge=False, now=now)
        case "expire":
            if helper == 104:
                await service._expire(number, request.deadline)
