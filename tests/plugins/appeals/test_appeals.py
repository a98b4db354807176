"""Appeals: made once by the person concerned, decided once by somebody who had no part in it."""

import asyncio
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from pinbang import kept_messages
from pinbang.gateway import account
from pinbang.guarding import enforcing
from pinbang.guarding.cases import strikes_of
from pinbang.guarding.policy import LadderPolicy
from pinbang.members import give_role
from pinbang.moderation.judging import Decision, Finding, Severity
from pinbang.moderation.reading import read_message
from pinbang.refusal import Refusal
from pinbang.roles import Role
from pinbang.schedule import NotNowError
from pinbang.store.config import CONNECTION
from pinbang.store.models import AuditEntry, Case, CaseStatus, DueWork
from plugins.appeals import service
from plugins.appeals.models import Appeal, AppealStatus
from plugins.appeals.rules import LONGEST_REASON, Ruling, read_ruling
from tests.conftest import Clock
from tests.plugins.room import (
    ADMIN,
    BOT,
    GROUP,
    LI,
    OTHER_GROUP,
    OWNER,
    WANG,
    Refused,
    Room,
    reply,
)

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
ADVERTS = (
    ADVERT,
    "低价出会员，加微信 xyz987654，量大优惠",
    "日结兼职招人，加微信 qwe456789 详谈",
    "代开会员，加v❤：zxc147258，便宜",
)
REASON = "我只是转述别人的话"


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    kept_messages.forget_waiting()


def strangers(room: Room) -> None:
    """Let the gateway refuse private messages, as it does to who shares no group with the bot."""

    def refuse(_: dict[str, Any]) -> None:
        raise Refused(wording="对方不是你的好友")

    room.answers["send_private_msg"] = refuse


# -- making one -------------------------------------------------------------------------------


async def test_in_the_group_it_is_told_once_with_what_to_type(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    [told] = await room.hears(WANG, f"/申诉 1 {REASON}")
    assert told.startswith(f"@{WANG} 收到申诉：1 号处理")
    for part in ("警告", REASON, "/裁决 1 维持", "/裁决 1 撤销"):
        assert part in told
    assert "abc123456" not in told
    assert "代砍" not in told
    assert len(told.splitlines()) <= 5
    row = await Appeal.get(case_id=1)
    assert (row.status, row.reason, row.user_id) == (AppealStatus.OPEN, REASON, WANG)
    await service._tell_later(str(row.id), row.made_at)
    assert room.said[-1] == told


async def test_in_private_the_group_and_the_appellant_are_told(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    notice, answer = await room.whispered(WANG, f"/申诉 1 {REASON}")
    assert notice.startswith("收到申诉：1 号处理")
    assert str(WANG) not in notice
    assert "已收到" in answer
    assert room.called("send_private_msg")[0]["user_id"] == WANG
    assert room.called("send_group_msg")[-1]["group_id"] == GROUP


async def test_somebody_removed_appeals_in_private(room: Room) -> None:
    for text in ADVERTS:
        await room.hears(WANG, text)
    assert WANG not in room.roles
    notice, answer = await room.whispered(WANG, f"/申诉 4 {REASON}")
    assert "移出群" in notice
    assert "已收到" in answer
    strangers(room)
    told = (await room.hears(ADMIN, "/裁决 4 维持"))[-1]
    assert "没能通知到他本人" in told
    assert f"@{WANG}" not in told
    assert "group_id" not in room.called("send_private_msg")[-1]


async def test_personal_data_in_the_reason_are_masked(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    notice, _ = await room.whispered(WANG, "/申诉 1 请打 13612340001 问我 我是老群友了")
    assert "13612340001" not in notice
    assert "老群友" in notice
    [listed] = await room.hears(ADMIN, "/申诉列表")
    assert "13612340001" not in listed


async def test_the_bot_passes_on_no_ad(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    notice, _ = await room.whispered(WANG, f"/申诉 1 {ADVERTS[1]}")
    assert "不宜在群里转述" in notice
    assert "低价" not in notice
    [listed] = await room.hears(ADMIN, "/申诉列表")
    assert "低价" not in listed


async def test_only_the_person_concerned(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    assert "只有当事人" in (await room.hears(LI, f"/申诉 1 {REASON}"))[0]
    assert "没有关于你的 1 号" in (await room.whispered(LI, f"/申诉 1 {REASON}"))[0]
    [foreign] = await room.hears(WANG, f"/申诉 1 {REASON}", group_id=OTHER_GROUP)
    assert "不是本群的" in foreign
    assert await Appeal.all().count() == 0


@pytest.mark.parametrize("written", ["/申诉 1", "/申诉", "/申诉 为什么撤我", "/申诉 1 。"])
async def test_what_is_missing_is_said(room: Room, written: str) -> None:
    await room.hears(WANG, ADVERT)
    [answer] = await room.hears(WANG, written)
    assert "用法：/申诉 编号 理由" in answer
    assert await Appeal.all().count() == 0


async def test_a_case_is_appealed_against_once(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}", message_id=600)
    assert await room.hears(WANG, f"/申诉 1 {REASON}", message_id=600) == []
    assert "已经申诉过了" in (await room.hears(WANG, "/申诉1号再看看"))[0]
    await room.hears(ADMIN, "/裁决 1 维持")
    assert "已经裁决过了" in (await room.hears(WANG, f"/申诉 1 {REASON}"))[0]
    assert await Appeal.all().count() == 1


async def test_three_at_a_time(room: Room, frozen: Clock) -> None:
    answers: list[str] = []
    for number in range(1, 5):
        await open_case(frozen, number)
        answers += await room.hears(WANG, f"/申诉 {number} {REASON}")
    assert "你有 3 个申诉还没裁决（1、2、3）" in answers[-1]
    await room.hears(ADMIN, "/裁决 1 维持")
    assert "收到申诉" in (await room.hears(WANG, f"/申诉 4 {REASON}"))[0]


async def test_too_old_too_long_or_settled(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    [answer] = await room.whispered(WANG, f"/申诉 1 {'长' * (LONGEST_REASON + 1)}")
    assert "太长" in answer
    frozen.advance(days=30)
    assert "收到申诉" in (await room.hears(WANG, f"/申诉 1 {REASON}"))[0]
    await room.hears(LI, ADVERTS[1])
    frozen.advance(days=30, seconds=1)
    assert "超过 30 天" in (await room.hears(LI, f"/申诉 2 {REASON}"))[0]
    await room.hears(LI, ADVERTS[2])
    await room.hears(ADMIN, "/撤销 3")
    assert "已经撤销" in (await room.hears(LI, f"/申诉 3 {REASON}"))[0]


@pytest.mark.parametrize("status", [CaseStatus.REHEARSED, CaseStatus.POWERLESS])
async def test_where_nothing_was_done_there_is_nothing_to_appeal(
    room: Room, status: CaseStatus
) -> None:
    await room.hears(WANG, ADVERT)
    await Case.filter(id=1).update(status=status)
    assert "不用申诉" in (await room.hears(WANG, f"/申诉 1 {REASON}"))[0]


async def test_ones_own_are_listed(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    for answer in (await room.hears(WANG, "/申诉"), await room.whispered(WANG, "/申诉")):
        assert "你有 1 个申诉" in answer[0]
        assert "1 号" in answer[0]
    assert "没有等待裁决" in (await room.hears(LI, "/申诉"))[0]


# -- ruling -----------------------------------------------------------------------------------


async def test_a_mute_that_was_wrong_is_lifted(room: Room, frozen: Clock) -> None:
    for text in ADVERTS[:2]:
        await room.hears(WANG, text)
    assert room.called("set_group_ban")[-1]["duration"] == 600
    await room.whispered(WANG, f"/申诉 2 {REASON}")
    [private, told] = await room.hears(ADMIN, "/裁决 2 撤销 确实是转述")
    assert room.called("set_group_ban")[-1]["duration"] == 0
    for words in (private, told):
        assert words.startswith("申诉裁决：已撤销 2 号处理")
        assert "禁言已解除" in words
    assert "/误判 2" in told
    assert len(told.splitlines()) <= 5
    assert room.called("send_private_msg")[-1]["group_id"] == GROUP
    row = await Appeal.get(case_id=2)
    assert (row.status, row.ruled_by) == (AppealStatus.OVERTURNED, ADMIN)
    case = await Case.get(id=2)
    assert (case.status, case.undone_by) == (CaseStatus.UNDONE, ADMIN)
    assert await strikes_of(GROUP, WANG, frozen.now) == 1
    assert await DueWork.filter(kind__startswith="appeals.").count() == 0


async def test_upheld_it_stays(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    private, told = await room.hears(ADMIN, "/裁决 1号，维持，发的就是广告")
    assert private == told
    assert told == "申诉裁决：维持 1 号处理。理由：发的就是广告"
    assert await strikes_of(GROUP, WANG, frozen.now) == 1
    assert "/误判" not in told


async def test_who_cannot_be_told_in_private_is_told_in_the_group(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    strangers(room)
    told = (await room.hears(ADMIN, "/裁决 1 维持"))[-1]
    assert told.startswith(f"@{WANG} 申诉裁决：维持 1 号处理")


async def test_not_by_who_acted(room: Room) -> None:
    await room.hears(WANG, "今晚八点蓝色小屋门口集合发福利", message_id=700)
    await room.hears(ADMIN, reply(700), "/漏判")
    [notice] = await room.hears(WANG, f"/申诉 1 {REASON}")
    assert "处理的管理员不能裁决" in notice
    for ruling in ("维持", "撤销"):
        assert "是你处理的" in (await room.hears(ADMIN, f"/裁决 1 {ruling}"))[0]
    assert (await Appeal.get(case_id=1)).status is AppealStatus.OPEN
    assert "已撤销 1 号处理" in (await room.hears(OWNER, "/裁决 1 撤销"))[-1]


async def test_not_by_the_person_concerned(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    await give_role(GROUP, WANG, Role.DEPUTY, OWNER)
    assert "处理的是你自己" in (await room.hears(WANG, "/裁决 1 撤销"))[0]
    await give_role(GROUP, LI, Role.DEPUTY, OWNER)
    assert "已撤销 1 号处理" in (await room.hears(LI, "/裁决 1 撤销"))[-1]


async def test_members_do_not_rule(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    for written in ("/裁决 1 撤销", "/申诉列表"):
        assert "只有协管和管理员能用" in (await room.hears(LI, written))[0]


async def test_decided_once(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    await room.hears(ADMIN, "/裁决 1 维持", message_id=650)
    assert await room.hears(ADMIN, "/裁决 1 维持", message_id=650) == []
    assert "已经有结果" in (await room.hears(OWNER, "/裁决 1 撤销"))[0]
    assert (await Case.get(id=1)).status is CaseStatus.ENFORCED


@pytest.mark.parametrize(
    ("written", "answered"),
    [
        ("/裁决", "用法"),
        ("/裁决 1", "维持 或 撤销"),
        ("/裁决 1 再议", "维持 或 撤销"),
        ("/裁决 9 维持", "没有 9 号"),
        ("/裁决 1 维持", "没有申诉"),
        ("/申诉列表 3", "只有 1 页"),
    ],
)
async def test_wrong_input_is_answered(room: Room, written: str, answered: str) -> None:
    await room.hears(WANG, ADVERT)
    assert answered in (await room.hears(ADMIN, written))[0]


async def test_another_groups_admins_have_no_say(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    [answer] = await room.hears(ADMIN, "/裁决 1 撤销", group_id=OTHER_GROUP)
    assert "不是本群的" in answer
    assert "没有等待裁决" in (await room.hears(ADMIN, "/申诉列表", group_id=OTHER_GROUP))[0]


@pytest.mark.parametrize("written", ["/撤销 1", "/误判 1"])
async def test_a_case_taken_back_otherwise_settles_the_appeal(room: Room, written: str) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    told = (await room.hears(ADMIN, written))[-1]
    assert "对 1 号的申诉也就了结了" in told
    assert (await Appeal.get(case_id=1)).status is AppealStatus.CLOSED
    assert "没有等待裁决" in (await room.hears(ADMIN, "/待裁决"))[0]
    assert "已经有结果" in (await room.hears(ADMIN, "/裁决 1 撤销"))[0]


async def test_who_was_removed_hears_of_it_in_private(room: Room) -> None:
    for text in ADVERTS:
        await room.hears(WANG, text)
    await room.whispered(WANG, f"/申诉 4 {REASON}")
    whispered, told = await room.hears(ADMIN, "/撤销 4")
    assert whispered == "4 号处理撤销了。对 4 号的申诉也就了结了。"
    assert "请管理员邀请" in told
    assert f"@{WANG}" not in told


async def test_the_list_has_pages(room: Room, frozen: Clock) -> None:
    for number in range(7):
        await open_case(frozen, number, user=900 + number)
        await service.appeal(number + 1, REASON, GROUP, 900 + number, frozen.now)
    [first] = await room.hears(ADMIN, "/申诉列表")
    assert "待裁决 7 个（第 1/2 页）" in first
    assert f"1. 广告引流，警告，11-25 10:00｜{REASON}" in first
    assert "下一页：/申诉列表 2" in first
    [second] = await room.hears(ADMIN, "/待裁决 第2页")
    assert "7. 广告引流" in second


# -- later ------------------------------------------------------------------------------------


async def test_an_undecided_appeal_is_brought_up_once(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    row = await Appeal.get(case_id=1)
    due = await DueWork.get(kind=service.REMIND)
    assert (due.due_at - row.made_at).total_seconds() == 24 * 3600
    before = len(room.said)
    frozen.advance(hours=24)
    for _ in range(2):
        await service.remind(due.key, frozen.now)
    [reminded] = room.said[before:]
    assert "1 号处理的申诉等了一天" in reminded
    assert "/裁决 1 维持" in reminded
    assert "待裁决 1 个" in (await room.hears(ADMIN, "/申诉列表"))[0]


async def test_a_decided_one_is_not_brought_up(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(WANG, f"/申诉 1 {REASON}")
    key = (await DueWork.get(kind=service.REMIND)).key
    await room.hears(ADMIN, "/裁决 1 维持")
    before = len(room.said)
    await service.remind(key, frozen.now)
    assert room.said[before:] == []
    assert await DueWork.filter(kind=service.REMIND).count() == 0


async def test_what_a_crash_interrupted_is_finished(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    made = await service.appeal(1, REASON, GROUP, WANG, frozen.now)
    await service._tell_later(str(made.id), frozen.now)
    assert "收到申诉：1 号" in room.said[-1]
    await service._rule(1, GROUP, ADMIN, Ruling(True, ""), frozen.now)
    assert (await Case.get(id=1)).status is CaseStatus.ENFORCED
    work = await DueWork.get(kind=service.CARRY_OUT)
    before = len(room.said)
    for _ in range(2):
        await service._carry_out_later(work.key, frozen.now)
    assert (await Case.get(id=1)).status is CaseStatus.UNDONE
    assert len(room.said[before:]) == 2


async def test_without_a_gateway_it_waits(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    made = await service.appeal(1, REASON, GROUP, WANG, frozen.now)
    await Appeal.filter(id=made.id).update(account_id=999)
    account.leave(GROUP, room.account)
    with pytest.raises(NotNowError):
        await service._tell_later(str(made.id), frozen.now)
    with pytest.raises(NotNowError):
        await service.remind(str(made.id), frozen.now)
    assert (await Appeal.get(id=made.id)).told_at is None


# -- the store --------------------------------------------------------------------------------


async def open_case(frozen: Clock, message: int, *, user: int = WANG) -> int:
    view = read_message(
        ADVERT, message_id=message, group_id=GROUP, user_id=user, self_id=BOT, time=1, role="member"
    )
    finding = Finding("ad", "广告引流", Severity.MEDIUM, 0.9, ("留了联系方式",))
    number = await enforcing.open_case(
        view, Decision(finding, ()), now=frozen.now, ladder=LadderPolicy()
    )
    assert number is not None
    await Case.filter(id=number).update(status=CaseStatus.ENFORCED)
    return number


async def test_of_two_rulings_at_the_same_instant_one_wins(
    store: TortoiseContext, frozen: Clock
) -> None:
    number = await open_case(frozen, 1)
    await service.appeal(number, REASON, GROUP, WANG, frozen.now)
    results = await asyncio.gather(
        *(
            service._rule(number, GROUP, ruler, Ruling(ruler % 2 == 0, ""), frozen.now)
            for ruler in range(600200, 600206)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, Refusal) for result in results) == 5
    assert await AuditEntry.filter(action="appeals.rule").count() == 1


async def test_of_two_appeals_at_the_same_instant_one_counts(
    store: TortoiseContext, frozen: Clock
) -> None:
    number = await open_case(frozen, 1)
    results = await asyncio.gather(
        *(service.appeal(number, REASON, GROUP, WANG, frozen.now) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Appeal) for result in results) == 1
    assert all(isinstance(result, Appeal | Refusal) for result in results)
    assert await Appeal.all().count() == 1


async def test_what_people_wrote_is_sealed(store: TortoiseContext, frozen: Clock) -> None:
    number = await open_case(frozen, 1)
    await service.appeal(number, REASON, GROUP, WANG, frozen.now)
    await service._rule(number, GROUP, ADMIN, Ruling(False, "就是广告"), frozen.now)
    [row] = await get_connection(CONNECTION).execute_query_dict("SELECT * FROM appeals_appeal")
    assert REASON not in str(row)
    assert "就是广告" not in str(row)
    assert (await Appeal.get(case_id=number)).ruling_reason == "就是广告"


# -- rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ruling"),
    [
        ("维持", Ruling(False, "")),
        ("撤销", Ruling(True, "")),
        ("撤销，是转述", Ruling(True, "是转述")),
        ("驳回 证据清楚", Ruling(False, "证据清楚")),
        ("", None),
        ("不维持", None),
        ("同意", None),
    ],
)
def test_how_rulings_are_written(text: str, ruling: Ruling | None) -> None:
    assert read_ruling(text) == ruling
