"""Whatever people write: answered in words or left alone, never an exception in the log."""

import itertools

import pytest

from pinbang.testing import GOCQHTTP, NAPCAT, BotProcess, Profile, SimulatedGateway, World, segments

from .conftest import ADMIN, BOT, GROUP, XIAOLI, XIAOWANG

pytestmark = pytest.mark.e2e

OTHER_GROUP = 700100300
PROFILES = [pytest.param(profile, id=profile.name) for profile in (NAPCAT, GOCQHTTP)]


@pytest.fixture
def database_url() -> None:
    """Words do not depend on the kind of database."""


# What a member writes, and what must be in the answer.
ANSWERED = [
    ("/求助", "用法：/求助"),
    ("／求助", "用法：/求助"),
    ("#求助 人数：0 事项：砍价", "人数要在 1 到"),
    ("/求助 事项：砍价 人数：10000", "人数要在 1 到"),
    ("/求助 事项：砍价 人数：很多", "人数没看懂"),
    ("/求助 事项：砍价 截止：1970年1月1日", "截止时间"),
    ("/求助 事项：砍价 截止：2099年1月1日", "截止时间"),
    ("/求助 事项：砍价 截止：改天吧", "截止时间没看懂"),
    ("接 999", "没有 999 号求助"),
    ("接999999999999", "没有 999999999999 号求助"),
    ("接 ９９９", "没有 999 号求助"),
    ("已帮 999", "没有 999 号求助"),
    ("确认 999", "没有 999 号求助"),
    ("放弃 999", "没有 999 号求助"),
    ("/取消", "用法：/取消"),
    ("/取消 abc", "用法：/取消"),
    ("/取消 999", "没有 999 号求助"),
    ("/取消999号", "没有 999 号求助"),
    ("/详情", "用法：/详情"),
    ("/详情 999", "没有 999 号求助"),
    ("/互助 9", "只有 1 页"),
    ("/互助 砍价砍价", "用法：/互助"),
    ("/为什么", "用法：/为什么"),
    ("/为什么 ¹²³", "没有 123 号处理记录"),
    ("/为什么 99999999999999999999", "编号"),
    ("/通过 1", "只有协管和管理员能用"),
    ("/帮助 没有的模块", "没有“没有的模块”这个模块"),
    ("　/帮助　", "我能做这些"),
    ("/HELP", "我能做这些"),
    ("# 帮助", "我能做这些"),
]

# What must not be answered at all.
SILENT = [
    "/不存在的命令",
    "/",
    "///",
    "#",
    "#话题标签#",
    "接",
    "接下来我们去哪",
    "接12345个人回家",
    "确认一下",
    "同意",
    "拒绝 理由",
    "【公告】今天群里休息",
    "",
    " ",
    "\u200b\u200b",
    "\u202e反过来的字\u202c",
    "👨‍👩‍👧‍👦🏳️‍🌈👍🏽",
    "\x00\x01\x07\x1b[31m",
    "[CQ:at,qq=all] 大家好",
    "[CQ:image,file=x.png]",
    "[CQ:",
    "&#91;CQ:at,qq=all&#93;",
    "{{}} {0} %s %(x)s $x ${x}",
    "'; DROP TABLE pinbang_case; --",
    "<script>alert(1)</script>",
]


async def say_and_mark(gateway: SimulatedGateway, world: World) -> None:
    """Wait until the bot has dealt with all that was said before."""
    before = gateway.mark()
    newcomer = next(_numbers)  # somebody new each time: one person asking on and on is a flood
    world.add_member(GROUP, newcomer, "新人")
    world.say(GROUP, newcomer, "/阶梯")
    await gateway.said(GROUP, "违规处理", after=before)


_numbers = itertools.count(660000)


@pytest.mark.parametrize("profile", PROFILES)
async def test_wrong_input_is_answered(profile: Profile, bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:
        await say_and_mark(gateway, world)
        for number, (words, expected) in enumerate(ANSWERED):
            world.add_member(GROUP, 630000 + number, f"成员{number}")
            before = gateway.mark()
            world.say(GROUP, 630000 + number, words)
            await gateway.said(GROUP, expected, after=before)


@pytest.mark.parametrize("profile", PROFILES)
async def test_what_is_no_command_is_left_alone(
    profile: Profile, bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:
        await say_and_mark(gateway, world)
        calls = len(gateway.calls)
        messages = []
        for number, words in enumerate(SILENT):
            # Each by somebody else: a burst of them would be a flood.
            world.add_member(GROUP, 650000 + number, f"成员{number}")
            messages.append(world.say(GROUP, 650000 + number, words or [segments.face(14)]))
        await say_and_mark(gateway, world)
        actions = [call.action for call in gateway.calls[calls:]]
        assert actions == ["send_group_msg"], gateway.recount()
        assert not any(message.recalled for message in messages)


@pytest.mark.parametrize("profile", PROFILES)
async def test_monsters(profile: Profile, bot: BotProcess, world: World) -> None:
    monsters = [
        "长" * 10_000,
        "a" * 10_000,
        "/求助 " + "砍" * 10_000,
        "【互助】" + "事项：" * 3_000,
        "接 " + "1" * 5_000,
        "/为什么 " + "9" * 9_000,
        "/帮助 " + "\u202e" * 5_000,
        [segments.text("字") for _ in range(500)],
        [segments.at(XIAOLI) for _ in range(500)],
        [segments.face(number % 200) for number in range(500)],
        [segments.card({"app": "x", "meta": {"a": {"b": "c" * 30_000}}})],
        [segments.card({})],
        [segments.markdown("# " * 5_000)],
        [segments.file("../../../../etc/passwd" + "x" * 3_000)],
        [{"type": "json", "data": {"data": "{" * 5_000}}],
        [{"type": "未知类型", "data": {"x": 1}}],
        "https://" + "a." * 4_000 + "com",
        "v" + "\u200b" * 9_000 + "x",
        "加 微 信 " * 2_000,
    ]
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:
        for number, monster in enumerate(monsters):
            world.add_member(GROUP, 640000 + number, "\u202e怪\x00名\n字[CQ:at,qq=all]")
            world.say(GROUP, 640000 + number, monster)
            await say_and_mark(gateway, world)
        for message in world.group(GROUP).messages.values():
            if message.user_id == BOT:
                assert not any(
                    part["type"] == "at" and part["data"].get("qq") == "all"
                    for part in message.segments
                )
                assert len(message.text) <= 4_500


async def test_numbers_of_another_group(bot: BotProcess, world: World) -> None:
    world.add_group(OTHER_GROUP, "另一个群", owner_id=600900)
    world.add_member(OTHER_GROUP, BOT, "机器人", role="admin")
    world.add_member(OTHER_GROUP, XIAOLI, "小李")
    world.add_member(OTHER_GROUP, ADMIN, "管理员小陈", role="admin")
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        world.say(GROUP, XIAOWANG, "/求助 果园浇水")
        await gateway.said(GROUP, "求助 1 号已登记")
        world.say(GROUP, XIAOWANG, "专业代砍，加v❤：abc123456，另招日结兼职")
        await gateway.said(GROUP, "编号 1")
        world.ask_to_join(GROUP, 620003, "小孙", question="愿意吗", answer="看情况")
        await gateway.said(GROUP, "申请入群")
        for who, words, answer in (
            (XIAOLI, "接 1", "1 号求助不是本群的"),
            (XIAOLI, "/详情 1", "1 号求助不是本群的"),
            (ADMIN, "/为什么 1", "1 号处理记录不是本群的"),
            (ADMIN, "/撤销 1", "1 号处理记录不是本群的"),
            (ADMIN, "/通过 1", "1 号入群申请不是本群的"),
        ):
            world.say(OTHER_GROUP, who, words)
            await gateway.said(OTHER_GROUP, answer)


async def test_closed_twice(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        world.say(GROUP, XIAOWANG, "/求助 果园浇水")
        await gateway.said(GROUP, "求助 1 号已登记")
        for who, words, answer in (
            (XIAOWANG, "接 1", "这是你自己的求助"),
            (XIAOLI, "确认 1", "只有 1 号求助的发起人能确认"),
            (XIAOLI, "/取消 1", "只有发起人和管理员"),
            (XIAOLI, "接 1", "你接了 1 号"),
            (XIAOLI, "接 1", "你已经接了 1 号"),
            (XIAOWANG, "确认 1", "还没有人说已经帮了"),
            (XIAOLI, "已帮 1", "确认 1"),
            (XIAOLI, "已帮 1", "已经记下"),
            (XIAOWANG, "确认 1", "1 号求助完成"),
            (XIAOWANG, "确认 1", "已经完成"),
            (XIAOLI, "已帮 1", "已经确认过了"),
            (XIAOWANG, "/取消 1", "已经完成"),
        ):
            before = gateway.mark()
            world.say(GROUP, who, words)
            await gateway.said(GROUP, answer, after=before)


async def test_addressing_the_bot(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        world.say(GROUP, XIAOWANG, [segments.at(BOT), segments.text(" /互住")])
        await gateway.said(GROUP, "没有这个命令", "/互助")
        world.say(GROUP, XIAOLI, [segments.at(BOT), segments.text(" 你好")])
        await gateway.said(GROUP, "发送 /帮助")
        world.say(GROUP, XIAOLI, [segments.at(BOT), segments.text(" /帮助 互助")])
        await gateway.said(GROUP, "【互助】")
        world.befriend(XIAOWANG, BOT)
        world.say_private(XIAOWANG, BOT, "/帮助")
        await gateway.whispered(XIAOWANG, "我能做这些")
        world.say_private(XIAOWANG, BOT, "/求助 果园")
        await gateway.whispered(XIAOWANG, "请在群里使用")
        world.say_private(XIAOWANG, BOT, "/没有")
        await gateway.whispered(XIAOWANG, "没有这个命令")
