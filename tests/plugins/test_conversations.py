"""What every command does alike, told by talking to the bot."""

from datetime import timedelta
from typing import Annotated

import pytest
from nonebot import on_message
from nonebot.adapters import Message
from nonebot.adapters.onebot.v11 import GroupMessageEvent, MessageEvent
from nonebot.matcher import Matcher
from nonebot.params import ArgPlainText, CommandArg, Depends

from pinbang import commands as table
from pinbang import router
from pinbang.clock import Now, Today
from pinbang.commands import BROKEN, BUSY, admin_command, member_command, phrase
from pinbang.moderation.reading import MessageView
from pinbang.parameters import SenderRole, ThisAccount, View
from pinbang.refusal import Refusal, UsageRefusal
from pinbang.roles import Role
from pinbang.router import ArgumentText, PhraseMatch
from pinbang.store import StoreUnavailableError
from tests.conftest import SUPERUSER, Clock
from tests.plugins.room import ADMIN, BOT, GROUP, LI, OWNER, WANG, Room, at, reply


@pytest.fixture(autouse=True)
def _own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register commands that are gone after it."""
    monkeypatch.setattr(table, "_heads", dict(table._heads))
    monkeypatch.setattr(table, "_phrases", {k: list(v) for k, v in table._phrases.items()})


class Seconds:
    """Stands in for the monotonic clock of the router."""

    def __init__(self) -> None:
        self.now = 5.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    stub = Seconds()
    monkeypatch.setattr(router, "time", stub)
    return stub


# -- arguments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "written", "usage"),
    [
        (WANG, "/详情", "/详情 12"),
        (WANG, "/详情 abc", "/详情 12"),
        (WANG, "/详情 12 13", "/详情 12"),
        (WANG, "/取消", "/取消 12"),
        (WANG, "/为什么", "/为什么 编号"),
        (WANG, "/互助 -1", "/互助 [我的] [页]"),
        (ADMIN, "/撤销 误判", "/撤销 编号 [理由]"),
        (ADMIN, "/通过", "/通过 编号"),
        (ADMIN, "/通过 张三", "/通过 编号"),
        (ADMIN, "/拒绝", "/拒绝 编号 理由"),
        (ADMIN, "/审核 第一页", "/审核 [页]"),
        (WANG, "/求助", "/求助 还差2人砍一刀"),
    ],
)
async def test_wrong_arguments_are_answered_with_the_usage(
    room: Room, person: int, written: str, usage: str
) -> None:
    [answer] = await room.hears(person, written)
    assert f"用法：{usage}" in answer


HUGE = ("999999999999", "99999999999999999999", "9" * 60)


@pytest.mark.parametrize("number", ["0", "404", "４０４", *HUGE])
@pytest.mark.parametrize(
    ("person", "command"),
    [
        (WANG, "/详情 {}"),
        (WANG, "/取消 {}"),
        (WANG, "/互助 {}"),
        (WANG, "/互助 我的 {}"),
        (WANG, "/为什么 {}"),
        (ADMIN, "/撤销 {} 误判"),
        (ADMIN, "/通过 {}"),
        (ADMIN, "/拒绝 {} 不行"),
        (ADMIN, "/审核 {}"),
    ],
)
async def test_numbers_that_are_not_there_are_answered(
    room: Room, person: int, command: str, number: str
) -> None:
    [answer] = await room.hears(person, command.format(number))
    assert "没有" in answer or "只有" in answer or "页数" in answer or "用法" in answer
    assert answer not in (BROKEN, BUSY)


@pytest.mark.parametrize("written", ["接 404", "已帮404", "确认 404", "放弃 #404 号", "接４０４"])
async def test_phrases_with_numbers_that_are_not_there_are_answered(
    room: Room, written: str
) -> None:
    [answer] = await room.hears(WANG, written)
    assert "没有 404 号" in answer


# -- who may ----------------------------------------------------------------------------------


async def test_a_command_of_the_admins_is_refused_to_members_once_a_minute(
    room: Room, seconds: Seconds
) -> None:
    [refusal] = await room.hears(WANG, "/审核")
    assert "管理员" in refusal
    assert await room.hears(WANG, "/审核") == []
    assert await room.hears(LI, "/审核") == [refusal]  # it is one a person
    assert await room.hears(ADMIN, "/审核") == ["没有待审的入群申请。"]
    seconds.now += 59.9
    assert await room.hears(WANG, "/审核") == []
    seconds.now += 0.2
    assert await room.hears(WANG, "/审核") == [refusal]


async def test_the_role_is_asked_of_the_gateway_not_taken_from_the_message(room: Room) -> None:
    # A member who was promoted since the gateway cached them, and an admin who was demoted.
    room.roles[LI] = "admin"
    stale = {"user_id": LI, "nickname": "某人", "role": "member"}
    assert await room.hears(LI, "/审核", sender=stale) == ["没有待审的入群申请。"]
    stale = {"user_id": WANG, "nickname": "某人", "role": "admin"}
    [refusal] = await room.hears(WANG, "/审核", sender=stale)
    assert "管理员" in refusal


async def test_the_bots_owner_may_command_in_every_group(room: Room) -> None:
    room.roles[SUPERUSER] = "member"
    assert await room.hears(SUPERUSER, "/审核") == ["没有待审的入群申请。"]


async def test_a_group_command_in_private_is_pointed_to_the_group(room: Room) -> None:
    [answer] = await room.whispered(WANG, "/求助 还差1人")
    assert "请在群里使用" in answer


async def test_a_private_command_in_the_group_is_pointed_to_private(room: Room) -> None:
    command = member_command(
        "私事", usage="/私事", brief="只在私聊", in_group=False, in_private=True
    )

    @command.handle()
    async def _(matcher: Matcher) -> None:
        await matcher.finish("好")

    [answer] = await room.hears(WANG, "/私事")
    assert "请私聊" in answer
    assert await room.whispered(WANG, "/私事") == ["好"]


async def test_anonymous_people_cannot_command(room: Room) -> None:
    [answer] = await room.hears(
        80000000, "/帮助", sub_type="anonymous", anonymous={"id": 1, "name": "大侠", "flag": "x"}
    )
    assert "匿名" in answer


# -- what is no command -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["/没有这个", "/", "//", "#话题#", "/1", "早上好", "帮助", "/helper"]
)
async def test_what_is_no_command_is_passed_over(room: Room, text: str) -> None:
    assert await room.hears(WANG, text) == []


async def test_an_unknown_command_is_answered_when_the_bot_is_addressed(
    room: Room, seconds: Seconds
) -> None:
    [answer] = await room.hears(WANG, at(BOT), " /帮住")
    assert "没有这个命令" in answer
    assert "/帮助" in answer
    assert await room.hears(WANG, at(BOT), " /帮住") == []
    seconds.now += 61
    assert await room.hears(WANG, at(BOT), " /帮住") == [answer]


async def test_an_unknown_command_in_private_is_answered(room: Room) -> None:
    [answer] = await room.whispered(WANG, "/没有这个")
    assert "没有这个命令" in answer
    assert await room.whispered(WANG, "早上好") == []


async def test_addressing_the_bot_without_a_command_is_answered(room: Room) -> None:
    [answer] = await room.hears(WANG, at(BOT), " 在吗")
    assert "/帮助" in answer


async def test_a_command_may_follow_the_mention_of_the_bot(room: Room) -> None:
    assert await room.hears(WANG, at(BOT), " /审核 ") != []
    [answer] = await room.hears(WANG, at(BOT), " /互助")
    assert "现在没有等待帮助的求助" in answer


async def test_our_own_messages_are_not_answered(room: Room) -> None:
    assert await room.hears(BOT, "/帮助") == []


async def test_a_message_delivered_twice_is_answered_once(room: Room) -> None:
    assert len(await room.hears(WANG, "/互助", message_id=77)) == 1
    assert await room.hears(WANG, "/互助", message_id=77) == []


# -- faults of handlers -----------------------------------------------------------------------


async def test_a_refusal_is_answered(room: Room) -> None:
    command = member_command("试试", usage="/试试 数字", brief="测试")

    @command.handle()
    async def _(text: ArgumentText) -> None:
        raise UsageRefusal("看不懂。") if text else Refusal("今天不行。")

    assert await room.hears(WANG, "/试试") == ["今天不行。"]
    assert await room.hears(WANG, "/试试 x") == ["看不懂。\n用法：/试试 数字"]


async def test_a_refusal_in_a_dependency_is_answered(room: Room) -> None:
    async def allowance() -> int:
        raise Refusal("今天的用完了。")

    command = member_command("试试", usage="/试试", brief="测试")

    @command.handle()
    async def _(matcher: Matcher, left: Annotated[int, Depends(allowance)]) -> None:
        await matcher.finish(f"还有 {left}")

    assert await room.hears(WANG, "/试试") == ["今天的用完了。"]


async def test_a_fault_is_answered_without_details_and_logged(room: Room) -> None:
    command = member_command("试试", usage="/试试", brief="测试")

    @command.handle()
    async def _() -> None:
        raise ZeroDivisionError("secret detail")

    assert await room.hears(WANG, "/试试") == [BROKEN]
    [logged] = room.errors
    assert "试试" in logged
    assert "ZeroDivisionError" in logged
    room.errors.clear()


async def test_a_database_that_is_away_is_answered_as_busy(room: Room) -> None:
    command = member_command("试试", usage="/试试", brief="测试")

    @command.handle()
    async def _() -> None:
        raise StoreUnavailableError

    assert await room.hears(WANG, "/试试") == [BUSY]


async def test_the_bot_goes_on_after_a_fault(room: Room) -> None:
    command = member_command("试试", usage="/试试", brief="测试")

    @command.handle()
    async def _() -> None:
        raise RuntimeError

    await room.hears(WANG, "/试试")
    room.errors.clear()
    assert len(await room.hears(WANG, "/互助")) == 1


# -- what handlers may ask for ------------------------------------------------------------------


async def test_handlers_get_what_they_ask_for(room: Room, frozen: Clock) -> None:
    seen: dict[str, object] = {}
    command = member_command("试试", usage="/试试", brief="测试", aliases=("试一试",))

    async def doubled(text: ArgumentText) -> str:
        return text * 2

    @command.handle()
    async def _(
        event: GroupMessageEvent,
        account: ThisAccount,
        view: View,
        role: SenderRole,
        text: ArgumentText,
        now: Now,
        today: Today,
        argument: Annotated[Message, CommandArg()],
        twice: Annotated[str, Depends(doubled)],
    ) -> None:
        seen.update(
            group=event.group_id, account=account, mentions=view.mentions, role=role, text=text,
            now=now, today=today, plain=argument.extract_plain_text(), twice=twice,
            ats=[part.data["qq"] for part in argument if part.type == "at"],
        )  # fmt: skip

    await room.hears(ADMIN, "／试一试　甲 乙 ", at(LI))
    assert seen == {
        "group": GROUP,
        "account": room.account,
        "mentions": (LI,),
        "role": Role.ADMIN,
        "text": "甲 乙",
        "now": frozen.now,
        "today": (frozen.now + timedelta(hours=8)).date(),
        "plain": "甲 乙",
        "twice": "甲 乙甲 乙",
        "ats": [str(LI)],
    }


async def test_the_argument_keeps_its_lines_and_width(room: Room) -> None:
    command = member_command("试试", usage="/试试", brief="测试")

    @command.handle()
    async def _(matcher: Matcher, text: ArgumentText) -> None:
        await matcher.finish(f"<{text}>")

    assert await room.hears(WANG, "/试试１２\n第二行　Ａ") == ["<１２\n第二行　Ａ>"]


# -- dialogues ----------------------------------------------------------------------------------


def register_dialogue() -> None:
    command = member_command("登记年龄", usage="/登记年龄", brief="测试")

    @command.got("age", prompt="几岁？")
    async def _(matcher: Matcher, age: str = ArgPlainText()) -> None:
        if not age.isdecimal():
            await matcher.reject("要写数字。")
        await matcher.finish(f"记下了：{age}")


async def test_a_dialogue_goes_on_until_the_answer_fits(room: Room) -> None:
    register_dialogue()
    assert await room.hears(WANG, "/登记年龄") == ["几岁？"]
    assert await room.hears(WANG, "很老") == ["要写数字。"]
    assert await room.hears(LI, "18") == []  # somebody else's words are not the answer
    assert await room.hears(WANG, "20") == ["记下了：20"]
    assert await room.hears(WANG, "21") == []


async def test_a_dialogue_waits_while_other_commands_are_used(room: Room) -> None:
    register_dialogue()
    await room.hears(WANG, "/登记年龄")
    [board] = await room.hears(WANG, "/互助")
    assert "现在没有等待帮助的求助" in board
    [menu] = await room.hears(WANG, "/帮助")
    assert menu.startswith("我能做这些")
    assert await room.hears(WANG, "20") == ["记下了：20"]


@pytest.mark.parametrize("word", ["取消", "算了", " 取消 "])
async def test_a_dialogue_can_be_left(room: Room, word: str) -> None:
    register_dialogue()
    await room.hears(WANG, "/登记年龄")
    assert await room.hears(WANG, word) == ["好的，已取消。"]
    assert await room.hears(WANG, "20") == []


async def test_two_people_can_be_in_the_same_dialogue(room: Room) -> None:
    register_dialogue()
    await room.hears(WANG, "/登记年龄")
    await room.hears(LI, "/登记年龄")
    assert await room.hears(LI, "30") == ["记下了：30"]
    assert await room.hears(WANG, "20") == ["记下了：20"]


async def test_a_refusal_ends_a_dialogue(room: Room) -> None:
    command = member_command("登记名字", usage="/登记名字", brief="测试")

    @command.got("name", prompt="叫什么？")
    async def _(name: str = ArgPlainText()) -> None:
        raise Refusal(f"{name}不行。")

    await room.hears(WANG, "/登记名字")
    assert await room.hears(WANG, "小明") == ["小明不行。"]
    assert await room.hears(WANG, "小红") == []


async def test_the_guard_sees_what_is_said_in_a_dialogue(room: Room) -> None:
    register_dialogue()
    await room.hears(WANG, "/登记年龄")
    [warning] = await room.hears(WANG, "专业代砍，加v❤：abc123456，另招日结兼职")
    assert "已撤回" in warning
    assert len(room.called("delete_msg")) == 1


# -- others' matchers ---------------------------------------------------------------------------


async def test_a_third_partys_matcher_runs_for_clean_messages_only(room: Room) -> None:
    heard: list[str] = []
    plain = on_message(priority=20, block=False)

    @plain.handle()
    async def _(event: MessageEvent) -> None:
        heard.append(event.get_plaintext())

    await room.hears(WANG, "早上好，今天谁要帮忙")
    await room.hears(WANG, "专业代砍，加v❤：abc123456，另招日结兼职")
    assert heard == ["早上好，今天谁要帮忙"]


async def test_a_third_partys_matcher_answers_through_our_queue(room: Room) -> None:
    plain = on_message(priority=20, block=False)

    @plain.handle()
    async def _(matcher: Matcher) -> None:
        await matcher.finish("你也好", at_sender=True)

    assert await room.hears(WANG, "你好呀") == [f"@{WANG} 你也好"]


async def test_a_command_is_not_shown_to_later_matchers(room: Room) -> None:
    heard: list[str] = []
    plain = on_message(priority=20, block=False)

    @plain.handle()
    async def _(event: MessageEvent) -> None:
        heard.append(event.get_plaintext())

    await room.hears(WANG, "/互助")
    assert heard == []


async def test_a_phrase_that_means_something_else_is_shown_to_later_matchers(room: Room) -> None:
    heard: list[str] = []
    plain = on_message(priority=20, block=False)

    @plain.handle()
    async def _(event: MessageEvent) -> None:
        heard.append(event.get_plaintext())

    assert await room.hears(WANG, "接") == []  # says nothing about a request
    assert heard == ["接"]


async def test_observers_see_clean_messages_and_cannot_break_anything(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(router, "_observers", [])

    @router.observer
    def _broken(view: MessageView) -> None:
        raise RuntimeError(view.text)

    @router.observer
    async def _watch(view: MessageView) -> None:
        seen.append(view.text)

    await room.hears(WANG, "今天水果便宜")
    await room.hears(WANG, "专业代砍，加v❤：abc123456，另招日结兼职")
    await room.whispered(WANG, "悄悄话")
    assert seen == ["今天水果便宜"]
    assert len(room.errors) == 1
    room.errors.clear()


# -- phrases ------------------------------------------------------------------------------------


async def test_a_phrase_is_the_whole_message_and_hands_over_its_groups(room: Room) -> None:
    pick = phrase("选", pattern=r"选(?P<what>[a-d])", usage="选 A", brief="测试")

    @pick.handle()
    async def _(matcher: Matcher, match: PhraseMatch) -> None:
        await matcher.finish(f"选了 {match['what']}")

    assert await room.hears(WANG, "选ａ") == ["选了 a"]
    assert await room.hears(WANG, "我选a") == []
    assert await room.hears(WANG, "选a吧") == []
    assert await room.hears(WANG, "选e") == []


async def test_admin_phrases_are_for_admins(room: Room) -> None:
    shout = phrase("开会", pattern=r"开会", usage="开会", brief="测试", role=Role.DEPUTY)

    @shout.handle()
    async def _(matcher: Matcher) -> None:
        await matcher.finish("都来开会")

    assert await room.hears(ADMIN, "开会") == ["都来开会"]
    assert "都来开会" not in await room.hears(WANG, "开会")


async def test_a_quoting_message_is_answered_without_asking_the_gateway(room: Room) -> None:
    await room.hears(WANG, "谁能帮我看看这个", message_id=4242)
    await room.hears(LI, reply(4242), "我来")
    assert room.called("get_msg") == []


async def test_an_admin_command_is_for_admins_and_the_bots_owner(room: Room) -> None:
    command = admin_command("大事", usage="/大事", brief="测试")

    @command.handle()
    async def _(matcher: Matcher) -> None:
        await matcher.finish("办了")

    room.roles[SUPERUSER] = "member"
    for person in (OWNER, ADMIN, SUPERUSER):
        assert await room.hears(person, "/大事") == ["办了"]
    [refusal] = await room.hears(WANG, "/大事")
    assert "管理员" in refusal
