"""Observe mode and back-tests, said in the group."""

import asyncio
from typing import Any

import pytest

from pinbang.groups import load_group
from pinbang.guarding.policy import GuardPolicy
from pinbang.kept_messages import flush
from pinbang.roles import Role
from pinbang.store.models import AuditEntry, Case, CaseStatus, KeptMessage
from plugins.rehearsal import service
from plugins.rehearsal.rules import Proposal
from tests.conftest import Clock
from tests.plugins.room import ADMIN, BOT, GROUP, LI, WANG, ZHANG, Refused, Room

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
INSULT = "你就是个傻逼，滚出去"
WORD = "天王盖地虎"
"""What `with_word` makes an insult just above the default threshold."""


async def told(room: Room, text: str) -> str:
    return (await room.hears(ADMIN, text))[-1]


async def with_word(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 辱骂 {WORD}")


# -- observe mode -------------------------------------------------------------------------------


async def test_while_rehearsing_everything_stays_and_is_reported(room: Room) -> None:
    assert "演练关着" in await told(room, "/演练")
    assert "只记录，不撤回、不处罚" in await told(room, "/演练 开")
    assert "演练开着：全部判定" in await told(room, "/演练")
    for who in (WANG, LI):
        assert await room.hears(who, ADVERT) == []
    assert await room.hears(WANG, INSULT) == []
    assert room.called("delete_msg") == []
    report = await told(room, "/演练报告")
    assert "会处理 3 条，涉及 2 人" in report
    assert "广告 2：" in report
    assert "文明 1：" in report
    assert "警告 2 次" in report
    assert "禁言 10 分钟 1 次" in report
    numbers = [case.id for case in await Case.all().order_by("-id")]
    assert f"最近的编号：{'、'.join(map(str, numbers))}" in report
    assert "演练" in await told(room, f"/为什么 {numbers[0]}")
    answer = await told(room, "/演练 关")
    assert "从现在起 " in answer
    assert "会真的处理：撤回，第一次警告" in answer
    assert "警告" in (await room.hears(ZHANG, ADVERT))[0]
    assert len(room.called("delete_msg")) == 1
    assert "演练现在关着" in await told(room, "/演练报告 7天")


async def test_one_judge_rehearses_while_the_others_act(room: Room) -> None:
    await told(room, "/演练 开 文明")
    assert "演练开着：文明只记录" in await told(room, "/演练")
    assert await room.hears(WANG, INSULT) == []
    assert len(await room.hears(LI, ADVERT)) == 1
    assert "文明 会真的处理" in await told(room, "/演练 关 文明")
    assert len(await room.hears(ZHANG, INSULT)) == 1


async def test_all_but_one(room: Room) -> None:
    await told(room, "/演练 开")
    answer = await told(room, "/演练 关 广告")
    assert "从现在起 广告 会真的处理" in answer
    assert "还在演练：" in answer
    assert "文明" in answer
    assert len(await room.hears(WANG, ADVERT)) == 1
    assert await room.hears(LI, INSULT) == []


async def test_switching_again_changes_nothing(room: Room) -> None:
    await told(room, "/演练 开")
    assert "没有变化" in await told(room, "/演练 开")
    assert "没有变化" in await told(room, "/演练 开 广告")
    await told(room, "/演练 关")
    assert "没有变化" in await told(room, "/演练 关")
    assert await AuditEntry.filter(action="settings.change").count() == 2


async def test_while_the_guard_is_off_the_end_of_a_rehearsal_says_so(room: Room) -> None:
    await told(room, "/演练 开")
    await told(room, "/设置 守护 自动处理 关")
    assert "/设置 守护 自动处理 开" in await told(room, "/演练 关")


async def test_reports_tell_mistakes_apart(room: Room) -> None:
    await told(room, "/演练 开")
    for who in (WANG, LI):
        await room.hears(who, INSULT)
    first, second = [case.id for case in await Case.all().order_by("id")]
    await told(room, f"/误判 {first}")
    await told(room, f"/撤销 {second}")
    assert "其中 2 条管理员说是误判" in await told(room, "/演练报告")


async def test_reports_reach_back_as_many_days_as_asked(room: Room, frozen: Clock) -> None:
    assert "最近 7 天没有演练记录。演练没有开" in await told(room, "/演练报告")
    await told(room, "/演练 开")
    await room.hears(WANG, INSULT)
    frozen.advance(days=8)
    assert "最近 7 天没有演练记录。演练开着" in await told(room, "/演练报告")
    assert "最近 30 天" in await told(room, "/演练报告 30")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/演练 乱写", "请写 开 或 关"),
        ("/演练 开 乱写", "没有“乱写”这个判定，有："),
        ("/演练报告 很多", "先写天数"),
        ("/演练报告 0", "先写天数"),
        ("/演练报告 366", "天数写 1 到 365"),
        ("/演练报告 7 乱写", "天数写 1 到 365"),
        ("/回测", "先写天数"),
        ("/回测 乱写", "先写天数"),
        ("/回测 8", "消息只保留 7 天，最多回测 7 天"),
        ("/回测 7 乱写", "回测能试：判定分数、停用判定、新人从严、词"),
        ("/回测 7 判定分数", "判定分数后面写上想试的值"),
        ("/回测 7 判定分数 很高", "请写一个数字"),
        ("/回测 7 判定分数 9", "要在 0.3 到 1 之间"),
        ("/回测 7 停用判定 乱写", "没有“乱写”这个判定"),
        ("/回测 7 新人从严 乱写", "请写“开”或“关”"),
        ("/回测 7 词 广告", "写法：/回测 7 词 类别 某词"),
        ("/回测 7", "没有可以回测的消息"),
    ],
)
async def test_wrong_input_is_answered_with_what_to_write(
    room: Room, text: str, answer: str
) -> None:
    assert answer in await told(room, text)


async def test_members_neither_rehearse_nor_test(room: Room) -> None:
    assert await room.hears(WANG, "/演练 开") == ["“演练”只有管理员能用。"]
    assert await room.hears(WANG, "/演练报告") == ["“演练报告”只有协管和管理员能用。"]
    assert await room.hears(WANG, "/回测 7") == ["“回测”只有协管和管理员能用。"]


# -- back-tests ---------------------------------------------------------------------------------


async def test_the_same_settings_make_no_difference(room: Room) -> None:
    await with_word(room)
    await room.hears(WANG, WORD)
    await room.hears(LI, "还差一刀 谁帮我砍一下")
    await room.hears(ADMIN, WORD)
    answer = await told(room, "/回测 7")
    assert "回测最近 7 天（现在的设置），只是算一遍，谁也没处理" in answer
    assert "判了 2 条：当时处理 1 条，这样会处理 1 条" in answer
    assert "和当时没有差别" in answer
    assert await Case.all().count() == 1


async def test_a_looser_setting_lets_go(room: Room) -> None:
    await with_word(room)
    await room.hears(WANG, WORD)
    case = await Case.get()
    answer = await told(room, "/回测 7 判定分数 0.95")
    assert "判定分数 0.6 → 0.95" in answer
    assert f"不再处理 1 条：编号 {case.id}" in answer
    record = await load_group(GROUP, BOT)
    assert record.policy(GuardPolicy).threshold == 0.6
    answer = await told(room, "/回测 7 停用判定 文明")
    assert f"不再处理 1 条：编号 {case.id}" in answer


async def test_a_stricter_setting_catches_more_and_shows_examples_in_private(room: Room) -> None:
    await with_word(room)
    await told(room, "/设置 守护 判定分数 0.95")
    await room.hears(WANG, f"{WORD}，我的号 13612340001")
    before = len(room.calls)
    answers = await room.hears(ADMIN, "/回测 7 判定分数 0.6")
    whispered, answer = answers
    assert [a for a, _ in room.calls[before:] if a.startswith("send")] == [
        "send_private_msg",
        "send_group_msg",
    ]
    assert WORD in whispered
    assert "13612340001" not in whispered
    assert "多处理 1 条：文明 1" in answer
    assert "例子已私聊发给你" in answer
    assert WORD not in answer
    assert room.called("delete_msg") == []
    assert await Case.filter(status=CaseStatus.ENFORCED).exclude(judge="privacy").count() == 0


async def test_without_a_private_chat_only_counts_are_shown(room: Room) -> None:
    await with_word(room)

    def refuse(_: dict[str, Any]) -> None:
        raise Refused(wording="not friends")

    await told(room, "/设置 守护 判定分数 0.95")
    await room.hears(WANG, WORD)
    room.answers["send_private_msg"] = refuse
    answer = await told(room, "/回测 7 判定分数 0.6")
    assert "多处理 1 条" in answer
    assert "例子私聊发不给你" in answer


async def test_a_proposed_word_is_tried_without_being_added(room: Room) -> None:
    await room.hears(WANG, WORD)
    answer = await told(room, "/回测 7 词 广告 天王*虎")
    assert "加一个广告词" in answer
    assert "多处理 1 条：广告 1" in answer
    assert "和当时没有差别" in await told(room, "/回测 7")
    await told(room, f"/词库 添加 诈骗 {WORD}")
    await room.hears(LI, WORD)
    assert "不再处理 1 条" in await told(room, f"/回测 7 词 放行 {WORD}")


async def test_words_and_lessons_of_the_group_count(room: Room) -> None:
    await room.hears(WANG, "天王盖地虎")
    await told(room, "/词库 添加 诈骗 天王盖地虎")
    assert "多处理 1 条：诈骗 1" in await told(room, "/回测 7")


async def test_admins_corrections_are_told_apart(room: Room) -> None:
    await with_word(room)
    await room.hears(WANG, WORD)
    case = await Case.get()
    await told(room, f"/撤销 {case.id}")
    assert f"撤销过的还会再处理 1 条：编号 {case.id}" in await told(room, "/回测 7")
    assert "撤销过的有 1 条不会再处理" in await told(room, "/回测 7 判定分数 0.95")
    await Case.filter(id=case.id).update(status=CaseStatus.ENFORCED, actor_id=ADMIN)
    assert "管理员补判的有 1 条能自己发现了" in await told(room, "/回测 7")
    answer = await told(room, "/回测 7 判定分数 0.95")
    assert f"管理员补判的还发现不了 1 条：编号 {case.id}" in answer


async def test_repetition_is_seen_again(room: Room) -> None:
    for _ in range(3):
        await room.hears(WANG, "快来看看我这个转盘吧朋友们")
    case = await Case.get()
    assert case.judge == "flood"
    answer = await told(room, "/回测 7")
    assert "判了 3 条：当时处理 1 条，这样会处理 1 条" in answer
    assert "和当时没有差别" in answer


async def test_pieces_of_one_text_are_put_together_again(room: Room) -> None:
    for piece in ("加微", "信", "abc123456"):
        await room.hears(WANG, piece)
    assert (await Case.get()).also
    assert "和当时没有差别" in await told(room, "/回测 7")


async def test_what_was_seen_in_a_picture_cannot_be_judged_again(room: Room) -> None:
    await with_word(room)
    await room.hears(WANG, WORD)
    await Case.all().update(evidence='["图片里的二维码通向别的群"]')
    answer = await told(room, "/回测 7 判定分数 0.95")
    assert "图片的 1 条没有重看" in answer
    assert "不再处理" not in answer


async def test_deputies_are_left_out(room: Room) -> None:
    await with_word(room)
    await room.hears(WANG, WORD)
    (await load_group(GROUP, BOT)).standings[WANG] = Role.DEPUTY
    assert "没有可以回测的消息" in await told(room, "/回测 7")


async def test_only_the_days_asked_for_are_judged(room: Room, frozen: Clock) -> None:
    await with_word(room)
    await room.hears(WANG, WORD)
    frozen.advance(days=3)
    await room.hears(LI, WORD)
    assert "判了 1 条" in await told(room, "/回测 2")
    assert "判了 2 条" in await told(room, "/回测 5")


async def test_where_nothing_is_kept_it_says_how_to_keep(room: Room) -> None:
    await told(room, "/设置 守护 消息保留天数 0")
    answer = await told(room, "/回测 1")
    assert "/设置 守护 消息保留天数 7" in answer


async def test_with_the_guard_off_it_says_so(room: Room) -> None:
    await with_word(room)
    await told(room, "/设置 守护 自动处理 关")
    await room.hears(WANG, WORD)
    answer = await told(room, "/回测 7")
    assert "多处理 1 条" in answer
    assert "本群关着自动处理" in answer


async def _many(count: int) -> None:
    await flush()
    row = await KeptMessage.first()
    assert row is not None
    await KeptMessage.bulk_create(
        KeptMessage(
            group_id=GROUP,
            message_id=50_000 + number,
            user_id=620_000 + number,
            account_id=BOT,
            role="member",
            sent_at=row.sent_at,
            body=row.body,
        )
        for number in range(count)
    )


async def test_a_long_test_says_that_it_runs_and_reads_in_pages(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.hears(WANG, "谢谢大家")
    await _many(30)
    monkeypatch.setattr(service, "AT_ONCE", 8)
    monkeypatch.setattr(service, "PROGRESS_SECONDS", 0.0)
    progress, answer = await room.hears(ADMIN, "/回测 7")
    assert progress.startswith("回测还在算，已经看了")
    assert "判了 31 条" in answer


async def test_one_test_at_a_time_and_the_group_goes_on(
    room: Room, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PROGRESS_SECONDS", 0.0)
    await room.hears(WANG, "谢谢大家")
    await _many(5)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def wait(judged: int) -> None:
        assert judged == 1
        started.set()
        await go_on.wait()

    record = await load_group(GROUP, BOT)
    running = asyncio.create_task(service.back_test(record, 7, Proposal(), frozen.now, wait))
    await started.wait()
    assert "本群正在回测" in await told(room, "/回测 7")
    assert len(await room.hears(LI, INSULT)) == 1
    go_on.set()
    assert (await running).judged == 6
    assert "判了 7 条" in await told(room, "/回测 7")
