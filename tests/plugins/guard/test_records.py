"""`/记录`, `/为什么` in private, `/阶梯`: what people are told about cases, and who is told."""

import pytest

from pinbang.groups import load_group
from pinbang.members import give_role
from pinbang.roles import Role
from pinbang.store.models import AuditEntry, Case, CaseStatus
from tests.conftest import SUPERUSER, Clock
from tests.plugins.room import ADMIN, BOT, GROUP, LI, OTHER_GROUP, WANG, ZHANG, Room, at

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
PHONE = "13612340001"


async def offences(
    room: Room, frozen: Clock, user_id: int, count: int, group_id: int = GROUP
) -> None:
    """Let somebody advertise several times without a rung being reached that removes him."""
    await room.hears(ADMIN, "/设置 阶梯 级别 警告 禁言10分钟", group_id=group_id)
    for number in range(count):
        await room.hears(user_id, f"{ADVERT}{'！' * number}", group_id=group_id)
        frozen.advance(minutes=1)


async def test_nothing_is_on_record(room: Room) -> None:
    [told] = await room.hears(WANG, "/记录")
    assert told.splitlines() == ["你在本群没有处理记录。", "现在没有累计，再违规一次：警告。"]
    assert await room.whispered(WANG, "/记录") == ["你在各群没有处理记录。"]


async def test_ones_own_record_tells_cases_weight_and_what_follows(
    room: Room, frozen: Clock
) -> None:
    await room.hears(WANG, ADVERT)
    frozen.advance(days=30)
    await room.hears(WANG, ADVERT)
    [told] = await room.hears(WANG, "/记录")
    first, newest, oldest, standing, hint = told.splitlines()
    assert first == "你在本群的处理记录共 2 条："
    assert newest == "2 号 12-25 10:00 兼职推广，禁言 10 分钟（现在算 1 次）"
    assert oldest == "1 号 11-25 10:00 兼职推广，警告（现在算 0.5 次）"
    assert standing == "现在累计 1.5 次，再违规一次：禁言 1 天。"
    assert hint == "看理由发 /为什么 编号"
    assert "abc123456" not in told


async def test_what_does_not_count_is_marked(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, f"我电话 {PHONE} 有事打")
    await room.hears(WANG, ADVERT)
    await room.hears(ADMIN, "/撤销 2")
    await room.hears(ADMIN, "/设置 守护 演练判定 广告")
    await room.hears(WANG, ADVERT)
    await Case.create(
        group_id=GROUP, user_id=WANG, message_id=1, account_id=BOT, judge="ad", label="广告",
        severity=1, step=1, measure="warn", evidence="[]", text="", created_at=frozen.now,
        status=CaseStatus.POWERLESS,
    )  # fmt: skip
    [told] = await room.hears(WANG, "/记录")
    marks = [line.rpartition("（")[2] for line in told.splitlines()[1:5]]
    assert marks == ["没能处理，不计）", "演练，没有处理）", "已撤销）", "不计违规）"]
    assert "现在没有累计" in told


async def test_an_old_case_counts_no_more(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    frozen.advance(days=180)
    [told] = await room.hears(WANG, "/记录")
    assert "已过期，不计" in told
    assert "现在没有累计" in told


async def test_pages(room: Room, frozen: Clock) -> None:
    await offences(room, frozen, WANG, 8)
    [first] = await room.hears(WANG, "/记录")
    assert first.startswith("你在本群的处理记录共 8 条，第 1/2 页：\n8 号")
    assert first.endswith("下一页发 /记录 2")
    for words in ("/记录 2", "／记录２", "/记录第2页"):
        [second] = await room.hears(WANG, words)
        assert [line.partition(" ")[0] for line in second.splitlines()[1:3]] == ["2", "1"]
    [refused] = await room.hears(WANG, "/记录 3")
    assert refused == "处理记录一共 2 页。"


async def test_those_in_charge_see_anybodys(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    [told] = await room.hears(ADMIN, "/记录 ", at(WANG))
    assert told.startswith("61***01 在本群的处理记录共 1 条")
    assert str(WANG) not in told
    assert await room.hears(ADMIN, f"/记录 {WANG} 1") == [told]
    await give_role(GROUP, LI, Role.DEPUTY, ADMIN)
    assert await room.hears(LI, "/记录", at(WANG)) == [told]


async def test_members_see_only_their_own(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    [refused] = await room.hears(LI, "/记录 ", at(WANG))
    assert "只有协管和管理员" in refused
    assert "兼职推广" not in refused
    [own] = await room.hears(WANG, "/记录 ", at(WANG))
    assert own.startswith("你在本群的处理记录共 1 条")


async def test_a_role_that_was_lost_shows_nothing(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    room.roles[ADMIN] = "member"
    stale = {"user_id": ADMIN, "nickname": "管理员", "role": "admin"}
    [refused] = await room.hears(ADMIN, "/记录 ", at(WANG), sender=stale)
    assert "只有协管和管理员" in refused


@pytest.mark.parametrize("words", ["/记录 小王", "/记录 @小王", "/记录 二"])
async def test_what_cannot_be_read_is_answered_with_what_to_write(room: Room, words: str) -> None:
    [told] = await room.hears(ADMIN, words)
    assert "请 @ 要查的人" in told
    assert "用法：/记录" in told


async def test_in_private_all_groups_or_one(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, ADVERT)
    await offences(room, frozen, WANG, 1, OTHER_GROUP)
    [told] = await room.whispered(WANG, "/记录")
    assert told.startswith("你在各群的处理记录共 2 条：\n2 号 群 700100300 ")
    assert "1 号 群 700100200 " in told
    assert f"群 {GROUP}：现在累计 1 次，再违规一次：禁言 10 分钟。" in told
    [one] = await room.whispered(WANG, f"/记录 {OTHER_GROUP}")
    assert one.startswith(f"你在群 {OTHER_GROUP} 的处理记录共 1 条：")
    assert "1 号" not in one
    [none] = await room.whispered(LI, f"/记录 {GROUP}")
    assert none.startswith(f"你在群 {GROUP} 没有处理记录")
    [hint] = await room.whispered(ADMIN, "/记录 小王")
    assert "/记录 群号" in hint


# -- why, in private ------------------------------------------------------------------------------


async def test_those_in_charge_read_the_message_in_private(room: Room) -> None:
    await room.hears(WANG, f"{ADVERT} 电话 {PHONE}")
    [told] = await room.whispered(ADMIN, "/为什么 1")
    assert "专业代砍" in told
    assert str(WANG) in told
    assert str(GROUP) in told
    assert PHONE not in told
    [entry] = await AuditEntry.filter(action="guard.look")
    assert (entry.actor_id, entry.target_id, entry.reference) == (ADMIN, WANG, "case:1")
    [in_group] = await room.hears(ADMIN, "/为什么 1")
    assert "专业代砍" not in in_group


async def test_deputies_and_the_bots_owner_are_in_charge_too(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await give_role(GROUP, LI, Role.DEPUTY, ADMIN)
    for person in (LI, SUPERUSER):
        [told] = await room.whispered(person, "/为什么 1")
        assert "专业代砍" in told


async def test_nobody_else_reads_it(room: Room) -> None:
    await load_group(OTHER_GROUP, BOT)
    await give_role(OTHER_GROUP, LI, Role.DEPUTY, ADMIN)
    await room.hears(WANG, ADVERT)
    for person in (LI, ZHANG):
        assert await room.whispered(person, "/为什么 1") == ["没有关于你的 1 号处理记录。"]
    [own] = await room.whispered(WANG, "/为什么 1")
    assert "依据" in own
    assert "专业代砍" not in own
    assert await AuditEntry.filter(action="guard.look").count() == 0


async def test_the_pieces_of_a_spread_text_are_read_together(room: Room) -> None:
    for number, piece in enumerate(["加微", "信", "abc123456"], start=80):
        await room.hears(WANG, piece, message_id=number)
    [told] = await room.whispered(ADMIN, "/为什么 1")
    assert "加微\n信" in told


# -- the ladder -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "警告 禁言10分钟 禁言1天 移出",
        "警告，禁言 10 分钟，禁言 1 天，移出",
        "警告、禁言１０分钟、禁言一天、踢",
    ],
)
async def test_a_ladder_is_set_as_admins_write_it(room: Room, written: str) -> None:
    await room.hears(ADMIN, "/设置 阶梯 级别 警告")
    [told] = await room.hears(ADMIN, f"/设置 阶梯 级别 {written}")
    assert "警告 → 警告、禁言10分钟、禁言1天、移出群，现在起生效" in told
    [shown] = await room.hears(WANG, "/阶梯")
    assert "第 2 次：禁言 10 分钟\n第 3 次：禁言 1 天\n第 4 次：移出群" in shown


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("骂他一顿", "每级写 警告、禁言10分钟 或 移出"),
        ("警告 禁言", "写成 禁言10分钟、禁言1天 这样"),
        ("禁言1天 警告", "请从轻到重写"),
        ("禁言两个月", "禁言最长 30 天"),
        ("无", "例如 警告，禁言10分钟，移出"),
    ],
)
async def test_a_ladder_that_makes_no_sense_is_answered(
    room: Room, written: str, hint: str
) -> None:
    [told] = await room.hears(ADMIN, f"/设置 阶梯 级别 {written}")
    assert hint in told
    [shown] = await room.hears(WANG, "/阶梯")
    assert "第 4 次：移出群" in shown


async def test_the_new_ladder_is_climbed(room: Room) -> None:
    await room.hears(ADMIN, "/设置 阶梯 级别 禁言5分钟，移出")
    [first] = await room.hears(WANG, ADVERT)
    assert "处理：禁言 5 分钟" in first
    assert "再次违规将移出群" in first
    [second] = await room.hears(WANG, f"{ADVERT}！")
    assert "处理：移出群" in second
    assert WANG not in room.roles
