"""误判 and 漏判 in the group: put right at once, remembered here, taken back at will."""

import asyncio
import os
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from pinbang import crypto, kept_messages
from pinbang.groups import forget_groups, load_group, save_settings
from pinbang.guarding import enforcing
from pinbang.guarding.cases import strikes_of
from pinbang.guarding.policy import GuardPolicy
from pinbang.members import give_role
from pinbang.moderation.judging import Decision, Finding, Severity
from pinbang.roles import Role
from pinbang.store.config import CONNECTION
from pinbang.store.models import AuditEntry, Case, CaseStatus, Group
from plugins.learning import service
from plugins.learning.models import TaughtLesson
from plugins.learning.rules import case_shown, likeliest_category, named_category
from tests.conftest import Clock
from tests.plugins.room import (
    ADMIN,
    BOT,
    GROUP,
    LI,
    OTHER_GROUP,
    OWNER,
    WANG,
    ZHANG,
    Refused,
    Room,
    reply,
)

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
PASSED = "今晚八点蓝色小屋门口集合发福利"


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    kept_messages.forget_waiting()


async def settings(room: Room, **changes: Any) -> None:
    record = await load_group(GROUP, BOT)
    policy = record.policy(GuardPolicy).model_copy(update=changes)
    await save_settings(GROUP, policy, ADMIN, "test")
    forget_groups()


async def notice(room: Room, text: str, user_id: int = WANG, **event: Any) -> tuple[int, str]:
    """Let somebody offend; return the id of the bot's notice and its words."""
    ids: list[int] = []

    def answer(params: dict[str, Any]) -> dict[str, int]:
        ids.append(90_000 + len(room.calls))
        return {"message_id": ids[-1]}

    room.answers["send_group_msg"] = answer
    [words] = await room.hears(user_id, text, **event)
    del room.answers["send_group_msg"]
    return ids[0], words


# -- 误判 -------------------------------------------------------------------------------------


async def test_a_reply_puts_it_right_and_the_same_text_passes(room: Room, frozen: Clock) -> None:
    told, _ = await notice(room, ADVERT)
    [answer] = await room.hears(ADMIN, reply(told), "误判，他只是转述")
    assert answer.startswith(f"@{WANG} 已撤销 1 号处理")
    assert "抱歉" in answer
    assert "记住了（广告）" in answer
    assert "/撤销学习 1" in answer
    assert len(answer.splitlines()) <= 5
    assert await strikes_of(GROUP, WANG, frozen.now) == 0
    case = await Case.get(id=1)
    assert (case.status, case.undone_reason) == (CaseStatus.UNDONE, "他只是转述")
    assert await room.hears(LI, ADVERT) == []
    assert await room.hears(LI, f"{ADVERT}！") == []


async def test_another_group_is_not_affected(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(ADMIN, "/误判 1")
    assert await room.hears(LI, ADVERT) == []
    [told] = await room.hears(LI, ADVERT, group_id=OTHER_GROUP)
    assert "警告" in told
    [answer] = await room.hears(ADMIN, "/学习记录", group_id=OTHER_GROUP)
    assert "还没有学习记录" in answer


async def test_a_different_ad_is_still_recalled(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(ADMIN, "/误判 1")
    assert len(await room.hears(LI, "低价出会员，需要的加微信 xyz987654，量大优惠")) == 1


@pytest.mark.parametrize("written", ["/误判 1 看错了", "／误判１号，看错了", "#误判1看错了"])
async def test_by_number_however_it_is_written(room: Room, written: str) -> None:
    await room.hears(WANG, ADVERT)
    [answer] = await room.hears(ADMIN, written)
    assert "记住了" in answer
    assert (await Case.get(id=1)).undone_reason == "看错了"


async def test_the_command_reads_the_number_from_the_notice_too(room: Room) -> None:
    told, _ = await notice(room, ADVERT)
    [answer] = await room.hears(ADMIN, reply(told), "/误判 是转述")
    assert "已撤销 1 号处理" in answer


async def test_a_mute_is_lifted(room: Room) -> None:
    for text in (ADVERT, "低价出会员，加微信 xyz987654，量大优惠"):
        await room.hears(WANG, text)
    await room.hears(ADMIN, "/误判 2")
    assert room.called("set_group_ban")[-1]["duration"] == 0


async def test_a_notice_from_before_a_restart_is_asked_of_the_gateway(room: Room) -> None:
    told, words = await notice(room, ADVERT)
    room.account.recent._messages.clear()
    room.answers["get_msg"] = lambda params: {
        "message_id": params["message_id"],
        "message_type": "group",
        "group_id": str(GROUP),
        "sender": {"user_id": BOT},
        "message": [{"type": "text", "data": {"text": words}}],
    }
    [answer] = await room.hears(ADMIN, reply(told), "误判")
    assert "已撤销 1 号处理" in answer


async def test_somebody_elses_words_are_no_notice(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(LI, "编号 1 是什么", message_id=501)
    assert await room.hears(ADMIN, reply(501), "误判") == []
    assert await room.hears(ADMIN, reply(999_999), "误判") == []
    assert await room.hears(ADMIN, "误判") == []
    assert (await Case.get(id=1)).status is CaseStatus.ENFORCED


async def test_members_may_not(room: Room) -> None:
    told, _ = await notice(room, ADVERT)
    [answer] = await room.hears(LI, reply(told), "误判")
    assert "协管和管理员" in answer
    for written in ("/误判 1", "/漏判", "/广告", "/学习记录", "/撤销学习 1"):
        assert all("能用" in said for said in await room.hears(ZHANG, written))
    assert await TaughtLesson.all().count() == 0
    await give_role(GROUP, LI, Role.DEPUTY, ADMIN)
    assert len(await room.hears(LI, reply(told), "误判")) == 1
    assert await TaughtLesson.all().count() == 1


async def test_said_twice_it_is_done_once(room: Room) -> None:
    told, _ = await notice(room, ADVERT)
    assert len(await room.hears(ADMIN, reply(told), "误判", message_id=600)) == 1
    assert await room.hears(ADMIN, reply(told), "误判", message_id=600) == []
    [answer] = await room.hears(ADMIN, reply(told), "误判", message_id=601)
    assert "已经记为误判" in answer
    assert await TaughtLesson.all().count() == 1
    assert await AuditEntry.filter(action="guard.undo").count() == 1


async def test_a_case_that_was_undone_only_teaches(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(ADMIN, "/撤销 1")
    [answer] = await room.hears(ADMIN, "/误判 1")
    assert "之前已经撤销" in answer
    assert "记住了" in answer
    assert "@" not in answer
    assert await room.hears(LI, ADVERT) == []


async def test_a_rehearsed_case_only_teaches(room: Room) -> None:
    await settings(room, rehearsing=["广告"])
    assert await room.hears(WANG, ADVERT) == []
    [answer] = await room.hears(ADMIN, "/误判 1")
    assert "演练记录" in answer
    assert "记住了" in answer
    assert (await Case.get(id=1)).status is CaseStatus.REHEARSED
    await settings(room, rehearsing=[])
    assert await room.hears(LI, ADVERT) == []


async def test_a_nudge_is_taken_back(room: Room) -> None:
    await room.hears(LI, PASSED, message_id=700)
    view = await kept_messages.kept_message(GROUP, 700)
    assert view is not None
    mild = Finding("civility", "言语攻击", Severity.LIGHT, 0.7, ("语气",), mild=True)
    await enforcing.act_on(view, Decision(mild, ()), room.account)
    assert (await Case.get(id=1)).measure == "nudge"
    [answer] = await room.hears(ADMIN, "/误判 1")
    assert answer.startswith(f"@{LI} ")
    assert "抱歉" in answer
    assert "记住了（文明）" in answer


async def test_every_judge_that_objected_learns(room: Room) -> None:
    text = "专业代砍，加微信 abc123456，先交保证金200再返现，傻逼才不来"
    await room.hears(WANG, text)
    await room.hears(ADMIN, "/误判 1")
    judges = {lesson.judge for lesson in await TaughtLesson.all()}
    assert len(judges) > 1
    assert await room.hears(LI, text) == []


async def test_pieces_of_a_text_are_learnt_together(room: Room) -> None:
    pieces = ["加微", "信", "abc123456"]
    for number, piece in enumerate(pieces, start=800):
        await room.hears(WANG, piece, message_id=number)
    assert (await Case.get(id=1)).also == [800, 801]
    await room.hears(ADMIN, "/误判 1")
    assert (await TaughtLesson.get(number=1)).text == "加微信abc123456"
    for piece in pieces:
        assert await room.hears(LI, piece) == []


@pytest.mark.parametrize(("text", "answered"), [("", "没有文字"), (PASSED, "图片里的内容")])
async def test_what_a_picture_shows_is_not_learnt(room: Room, text: str, answered: str) -> None:
    picture = {"type": "image", "data": {"file": "a.jpg"}}
    await room.hears(WANG, text, picture, message_id=700)
    view = await kept_messages.kept_message(GROUP, 700)
    assert view is not None
    code = Finding("ad", "站外引流", Severity.LIGHT, 0.7, ("图片里有加群二维码",))
    await enforcing.act_on(view, Decision(code, ()), room.account)
    [answer] = await room.hears(ADMIN, "/误判 1")
    assert "已撤销 1 号处理" in answer
    assert answered in answer
    assert await TaughtLesson.all().count() == 0


async def test_another_groups_case_and_none_at_all(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    [none] = await room.hears(ADMIN, "/误判 99")
    assert "没有 99 号" in none
    [foreign] = await room.hears(ADMIN, "/误判 1", group_id=OTHER_GROUP)
    assert "不是本群的" in foreign
    [usage] = await room.hears(ADMIN, "/误判")
    assert "/误判 编号" in usage


# -- 漏判 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("漏判", "广告引流"),
        ("漏判 广告。", "广告引流"),
        ("/漏判 诈骗", "诈骗信息"),
        ("/广告", "广告引流"),
        ("/漏判骂人", "辱骂"),
    ],
)
async def test_a_reply_acts_and_the_same_text_goes_next_time(
    room: Room, written: str, label: str
) -> None:
    assert await room.hears(WANG, PASSED, message_id=700) == []
    told, answer = await room.hears(ADMIN, reply(700), written)
    assert room.called("delete_msg") == [{"message_id": 700}]
    assert f"@{WANG} 这条消息涉及「{label}」" in told
    assert "编号 1" in answer
    assert "/撤销学习 1" in answer
    case = await Case.get(id=1)
    assert (case.actor_id, case.label) == (ADMIN, label)
    [why] = await room.hears(WANG, "/为什么 1")
    assert "管理员判定" in why
    [again] = await room.hears(LI, f"{PASSED}～", message_id=701)
    assert label in again
    assert {"message_id": 701} in room.called("delete_msg")
    [why] = await room.hears(LI, "/为什么 2")
    assert "与本群 1 号学习记录相同" in why


async def test_what_one_group_taught_another_does_not_know(room: Room) -> None:
    await room.hears(WANG, PASSED, message_id=700)
    await room.hears(ADMIN, reply(700), "漏判")
    assert await room.hears(LI, PASSED, group_id=OTHER_GROUP) == []
    assert await room.hears(LI, "还差一刀，谁帮我砍一下，谢谢") == []


async def test_personal_data_are_taken_back_without_a_strike(room: Room, frozen: Clock) -> None:
    await room.hears(WANG, "我住在河边第三个门", message_id=700)
    told, _ = await room.hears(ADMIN, reply(700), "漏判 隐私")
    assert "帮你撤回了" in told
    assert "不计违规" in told
    assert await strikes_of(GROUP, WANG, frozen.now) == 0


async def test_floods_are_not_learnt_by_their_words(room: Room) -> None:
    await room.hears(WANG, PASSED, message_id=700)
    _, answer = await room.hears(ADMIN, reply(700), "漏判 刷屏")
    assert "不记" in answer
    assert await TaughtLesson.all().count() == 0
    assert await room.hears(LI, PASSED) == []


@pytest.mark.parametrize("user_id", [OWNER, ADMIN])
async def test_never_against_those_in_charge(room: Room, user_id: int) -> None:
    await room.hears(user_id, PASSED, message_id=700)
    [answer] = await room.hears(ADMIN, reply(700), "漏判")
    assert "我不处理" in answer
    assert await Case.all().count() == 0


async def test_never_against_deputies_or_the_bot(room: Room) -> None:
    await give_role(GROUP, LI, Role.DEPUTY, ADMIN)
    await room.hears(LI, PASSED, message_id=700)
    assert "我不处理" in (await room.hears(ADMIN, reply(700), "漏判"))[0]
    told, _ = await notice(room, ADVERT)
    assert "这是我说的话" in (await room.hears(ADMIN, reply(told), "漏判"))[0]
    assert await Case.all().count() == 1


async def test_a_message_that_nobody_knows(room: Room) -> None:
    def gone(_: dict[str, Any]) -> None:
        raise Refused(wording="消息不存在")

    room.answers["get_msg"] = gone
    [answer] = await room.hears(ADMIN, reply(12345), "漏判")
    assert "查不到了" in answer
    assert "手动" in answer


async def test_a_message_that_is_not_kept_is_asked_for(room: Room) -> None:
    await settings(room, keep_days=0)
    await room.hears(WANG, PASSED, message_id=700)
    assert len(await room.hears(ADMIN, reply(700), "漏判")) == 2
    assert room.called("delete_msg") == [{"message_id": 700}]


async def test_what_is_not_a_reply_says_what_to_do(room: Room) -> None:
    [answer] = await room.hears(ADMIN, "/漏判")
    assert "请回复" in answer
    assert await room.hears(ADMIN, "漏判") == []
    await room.hears(WANG, PASSED, message_id=700)
    [answer] = await room.hears(ADMIN, reply(700), "/漏判 不好看")
    assert "广告、辱骂" in answer
    assert await room.hears(ADMIN, reply(700), "漏判了吧") == []


async def test_a_message_is_dealt_with_once(room: Room) -> None:
    await room.hears(WANG, PASSED, message_id=700)
    assert len(await room.hears(ADMIN, reply(700), "漏判", message_id=710)) == 2
    assert await room.hears(ADMIN, reply(700), "漏判", message_id=710) == []
    [answer] = await room.hears(OWNER, reply(700), "/广告")
    assert "已经有 1 号处理记录" in answer
    assert await Case.all().count() == 1
    assert await TaughtLesson.all().count() == 1


async def test_two_admins_at_the_same_moment(room: Room) -> None:
    await room.hears(WANG, PASSED, message_id=700)
    await asyncio.gather(
        room.hears(ADMIN, reply(700), "漏判"), room.hears(OWNER, reply(700), "漏判")
    )
    assert await Case.all().count() == 1
    assert await TaughtLesson.all().count() == 1
    assert len(room.called("delete_msg")) == 1


async def test_undoing_the_case_forgets_what_came_with_it(room: Room) -> None:
    await room.hears(WANG, PASSED, message_id=700)
    await room.hears(ADMIN, reply(700), "漏判")
    [answer] = await room.hears(ADMIN, "/撤销 1")
    assert "1 号学习记录一并作废" in answer
    assert await room.hears(LI, PASSED) == []


async def test_with_a_higher_threshold_the_admin_is_told(room: Room) -> None:
    await settings(room, threshold=0.8)
    await room.hears(WANG, PASSED, message_id=700)
    _, answer = await room.hears(ADMIN, reply(700), "漏判")
    assert "0.8" in answer


async def test_a_judge_that_is_switched_off_stays_off(room: Room) -> None:
    await room.hears(WANG, PASSED, message_id=700)
    await room.hears(ADMIN, reply(700), "漏判 广告")
    await settings(room, disabled_judges=["广告"])
    assert await room.hears(LI, PASSED) == []


# -- 学习记录, 撤销学习 ------------------------------------------------------------------------


async def test_the_later_word_wins(room: Room) -> None:
    await room.hears(WANG, PASSED, message_id=700)
    await room.hears(ADMIN, reply(700), "漏判")
    await room.hears(LI, PASSED)
    [answer] = await room.hears(ADMIN, "/误判 2")
    assert "相反的 1 号学习记录作废" in answer
    assert await room.hears(ZHANG, PASSED, message_id=703) == []
    _, answer = await room.hears(ADMIN, reply(703), "漏判")
    assert "相反的 2 号学习记录作废" in answer
    assert len(await room.hears(LI, PASSED)) == 1
    live = await TaughtLesson.filter(revoked_at__isnull=True)
    assert [lesson.number for lesson in live] == [3]


async def test_what_is_remembered_can_be_seen_and_taken_back(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(ADMIN, "/误判 1")
    [shown] = await room.hears(ADMIN, "/学习记录")
    assert "学习记录 1 条" in shown
    assert "1. 误判｜广告｜" in shown
    assert "60***00" in shown
    assert "abc123456" not in shown
    assert str(ADMIN) not in shown
    [answer] = await room.hears(ADMIN, "/撤销学习 1号")
    assert "1 号学习记录作废了" in answer
    assert "照常判定" in answer
    assert "警告" in (await room.hears(LI, ADVERT))[0]
    [again] = await room.hears(ADMIN, "/撤销学习 1")
    assert "早就作废" in again
    assert await AuditEntry.filter(action="learning.revoke").count() == 1
    assert "还没有学习记录" in (await room.hears(ADMIN, "/学习记录"))[0]


async def test_a_taught_offence_taken_back_passes_again(room: Room) -> None:
    await room.hears(WANG, PASSED, message_id=700)
    await room.hears(ADMIN, reply(700), "漏判")
    [answer] = await room.hears(ADMIN, "/撤销学习 1")
    assert "不再因为它被撤回" in answer
    assert await room.hears(LI, PASSED) == []


@pytest.mark.parametrize("written", ["/撤销学习", "/撤销学习 abc", "/撤销学习 7", "/学习记录 9"])
async def test_wrong_input_is_answered(room: Room, written: str) -> None:
    [answer] = await room.hears(ADMIN, written)
    assert "/" in answer or "页" in answer


async def test_another_groups_lessons_cannot_be_taken_back(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(ADMIN, "/误判 1")
    [answer] = await room.hears(ADMIN, "/撤销学习 1", group_id=OTHER_GROUP)
    assert "没有 1 号" in answer
    assert await room.hears(LI, ADVERT) == []


async def test_pages(room: Room, frozen: Clock) -> None:
    await load_group(GROUP, BOT)
    for number in range(10):
        text = f"第{'甲乙丙丁戊己庚辛壬癸'[number] * 9}条"
        await service.teach(
            service.Teaching(GROUP, text, True, {"ad": "广告引流"}, number, ADMIN), frozen.now
        )
    [first] = await room.hears(ADMIN, "/学习记录")
    assert "10 条（第 1/2 页）" in first
    assert "下一页：/学习记录 2" in first
    [second] = await room.hears(ADMIN, "/学习 第2页")
    assert "1. 漏判" in second


# -- the store --------------------------------------------------------------------------------


def teaching(text: str, *, harmful: bool = True, case_id: int = 1) -> service.Teaching:
    return service.Teaching(GROUP, text, harmful, {"ad": "广告引流"}, case_id, ADMIN)


async def test_numbers_are_given_once(store: TortoiseContext, frozen: Clock) -> None:
    await Group.create(id=GROUP, account_id=BOT)
    texts = [f"{letter * 8}换一句话{letter}" for letter in "甲乙丙丁戊己庚辛"]
    await asyncio.gather(*(service.teach(teaching(text), frozen.now) for text in texts))
    lessons = await TaughtLesson.all()
    assert sorted(lesson.number for lesson in lessons) == list(range(1, 9))
    assert len(await service.lessons_of(GROUP)) == 8
    assert len(await service.lessons_of(OTHER_GROUP)) == 0


async def test_teaching_the_same_twice_is_one_lesson(store: TortoiseContext, frozen: Clock) -> None:
    await Group.create(id=GROUP, account_id=BOT)
    await asyncio.gather(*(service.teach(teaching(PASSED), frozen.now) for _ in range(4)))
    assert await TaughtLesson.all().count() == 1


async def test_taking_back_happens_once(store: TortoiseContext, frozen: Clock) -> None:
    await Group.create(id=GROUP, account_id=BOT)
    await service.teach(teaching(PASSED), frozen.now)
    results = await asyncio.gather(
        *(service.unlearn(GROUP, 1, ADMIN, frozen.now) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(result, TaughtLesson) for result in results) == 1
    assert await AuditEntry.filter(action="learning.revoke").count() == 1


async def test_the_oldest_lesson_makes_room(
    store: TortoiseContext, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_LIVE", 3)
    await Group.create(id=GROUP, account_id=BOT)
    for letter in "甲乙丙丁":
        await service.teach(teaching(f"{letter * 6}一二三"), frozen.now)
    live = await TaughtLesson.filter(revoked_at__isnull=True).order_by("number")
    assert [lesson.number for lesson in live] == [2, 3, 4]


async def test_texts_are_sealed(store: TortoiseContext, frozen: Clock) -> None:
    await Group.create(id=GROUP, account_id=BOT)
    await service.teach(teaching(PASSED), frozen.now)
    [row] = await get_connection(CONNECTION).execute_query_dict("SELECT text FROM learning_lesson")
    assert PASSED not in row["text"]


async def test_without_its_key_a_lesson_teaches_nothing(
    store: TortoiseContext, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Group.create(id=GROUP, account_id=BOT)
    await service.teach(teaching(PASSED), frozen.now)
    monkeypatch.setattr(crypto, "_keyring", crypto.Keyring([os.urandom(crypto.KEY_BYTES)]))
    assert len(await service.lessons_of(GROUP)) == 0
    await service.teach(teaching("换一句别的话来教它"), frozen.now)
    assert len(await service.lessons_of(GROUP)) == 1


# -- rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("处理：警告。\n编号 12，看理由发 /为什么 12，不服发 /申诉 12 理由", 12),
        ("只是提醒，不撤回、不计违规。编号 7，说错了请管理员发 /误判 7", 7),
        ("12 号处理：广告引流，警告（已处理）", 12),
        ("已撤销 12 号处理，不再计入违规。", 12),
        ("有人申请入群，请管理员决定（编号 5）", None),
        ("求助 3 号已登记", None),
        ("收到申诉：4 号处理……理由：编号 5 也判错了", None),
        ("编号 1234567890123", None),
        ("", None),
    ],
)  # fmt: skip
def test_which_case_a_notice_shows(words: str, number: int | None) -> None:
    assert case_shown(words) == number


def test_categories() -> None:
    assert [named_category(name).judge for name in ("广告", "骂人", "威胁。")] == [  # pyright: ignore[reportOptionalMemberAccess]
        "ad", "civility", "coercion",
    ]  # fmt: skip
    assert named_category("别的") is None
    weak = Finding("scam", "诈骗信息", Severity.LIGHT, 0.2, ("一",))
    assert likeliest_category([weak]).name == "诈骗"
    assert likeliest_category([]).name == "广告"
    assert likeliest_category([Finding("words", "词库", Severity.LIGHT, 0.9, ())]).name == "广告"
