"""Gateways that refuse, keep silent, lie, repeat themselves or go away."""

import pytest

from pinbang.testing import (
    LLBOT,
    NAPCAT,
    SNOWLUMA,
    BotProcess,
    Fault,
    SimulatedGateway,
    World,
    segments,
)

from .conftest import ADMIN, BOT, GROUP, OWNER, XIAOLI, XIAOWANG, XIAOZHANG, Start

pytestmark = pytest.mark.e2e

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
INSULT = "你就是个傻逼，滚出去"
QUESTION = "是否愿意遵守群规、自愿互助？"


def answers(world: World, *containing: str) -> list[str]:
    """What the bot said in the group that contains all these words."""
    said = (one.text for one in world.group(GROUP).messages.values() if one.user_id == BOT)
    return [text for text in said if all(part in text for part in containing)]


async def settled(gateway: SimulatedGateway, world: World) -> None:
    """Wait until the bot has dealt with all that was said before."""
    before = gateway.mark()
    world.say(GROUP, XIAOLI, "/阶梯")
    await gateway.said(GROUP, "违规处理", after=before)


async def test_not_an_admin(bot: BotProcess, world: World) -> None:
    world.demote(GROUP, BOT, OWNER)
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        first = world.say(GROUP, XIAOWANG, ADVERT)
        await gateway.said(GROUP, "我不是管理员")
        second = world.say(GROUP, XIAOWANG, ADVERT)
        world.say(GROUP, ADMIN, "/为什么 2")
        await gateway.said(GROUP, "2 号处理")
        await settled(gateway, world)
        assert not first.recalled
        assert not second.recalled
        assert len(answers(world, "我不是管理员")) == 1, "it complains once, not each time"


async def test_ok_but_nothing_happened(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, LLBOT, url=bot.url) as gateway:
        gateway.fail_next("delete_msg", Fault.OK_BUT_NOTHING)
        world.say(GROUP, XIAOWANG, ADVERT)
        await gateway.said(GROUP, "请自行撤回", timeout=20)


async def test_a_mute_without_notice_is_read_back(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        world.say(GROUP, XIAOZHANG, INSULT)
        await gateway.said(GROUP, "警告")
        gateway.fail_next("set_group_ban", Fault.SILENT)
        world.say(GROUP, XIAOZHANG, INSULT)
        told = await gateway.said(GROUP, "禁言 10 分钟", timeout=20)
        assert "未能确认" not in told.text


async def test_a_mute_that_times_out_but_took_place(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        world.say(GROUP, XIAOZHANG, INSULT)
        await gateway.said(GROUP, "警告")
        gateway.fail_next("set_group_ban", Fault.TIMEOUT_BUT_DONE)
        world.say(GROUP, XIAOZHANG, INSULT)
        told = await gateway.said(GROUP, "禁言 10 分钟", timeout=30)
        assert "未能确认" not in told.text


async def test_an_answer_that_timed_out_is_not_repeated(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        gateway.fail_next("send_group_msg", Fault.TIMEOUT_BUT_DONE)
        world.say(GROUP, XIAOWANG, "/求助 果园浇水")
        await gateway.said(GROUP, "求助 1 号已登记")
        await bot.logged("did not answer send_group_msg", timeout=20)
        await settled(gateway, world)
        assert len(answers(world, "已登记")) == 1


async def test_admins_are_left_alone(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, SNOWLUMA, url=bot.url) as gateway:
        message = world.say(GROUP, ADMIN, ADVERT)
        await settled(gateway, world)
        assert not message.recalled


async def test_delivered_twice_acts_once(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        gateway.duplicate_next()
        world.say(GROUP, XIAOWANG, "/求助 果园差2人浇水")
        gateway.duplicate_next()
        world.say(GROUP, XIAOZHANG, ADVERT)
        gateway.duplicate_next()
        world.ask_to_join(GROUP, 620009, "小周", question=QUESTION, answer="随便")
        for words in ("申请入群", "已登记", "这条消息涉及"):
            await gateway.said(GROUP, words)
        await settled(gateway, world)
        assert len(answers(world, "已登记")) == 1
        assert len(answers(world, "这条消息涉及")) == 1
        assert len(answers(world, "申请入群")) == 1
        assert sum(call.action == "delete_msg" for call in gateway.calls) == 1


@pytest.mark.parametrize("profile", [NAPCAT, LLBOT], ids=lambda profile: profile.name)
async def test_requests_made_while_the_bot_was_away(
    profile: object, bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:  # pyright: ignore[reportArgumentType]
        await settled(gateway, world)
        await gateway.disconnect()
        agreeing = world.ask_to_join(GROUP, 620010, "小吴", question=QUESTION, answer="愿意遵守")
        world.ask_to_join(GROUP, 620011, "小郑", question=QUESTION, answer="再说吧")
        await gateway.connect()
        await gateway.until(lambda: agreeing.state == "approved")
        await gateway.said(GROUP, "申请入群", "再说吧")


async def test_handled_elsewhere(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        request = world.ask_to_join(GROUP, 620012, "小冯", question=QUESTION, answer="随缘")
        await gateway.said(GROUP, "申请入群")
        world.handle_request(request.flag, ADMIN, approve=True)
        before = gateway.mark()
        world.say(GROUP, ADMIN, "/通过 1")
        await gateway.said(GROUP, "1 号申请", after=before)
        world.say(GROUP, ADMIN, "/审核")
        await gateway.said(GROUP, "没有待审的入群申请")


async def test_two_admins_decide_at_once(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        request = world.ask_to_join(GROUP, 620013, "小陈", question=QUESTION, answer="随缘")
        notice = await gateway.said(GROUP, "申请入群")
        world.say(GROUP, ADMIN, [segments.reply(notice), segments.text("同意")])
        world.say(GROUP, OWNER, "/拒绝 1 人满了")
        await gateway.until(lambda: request.state != "pending")
        await gateway.said(GROUP, "不用再处理")
        calls = [call for call in gateway.calls if call.action == "set_group_add_request"]
        assert len(calls) == 1


async def test_killed_between_verdict_and_warning(start_bot: Start, world: World) -> None:
    """The verdict is written before anything is done: what a crash interrupts is finished."""
    async with (
        start_bot() as bot,
        SimulatedGateway(world, NAPCAT, url=bot.url, reconnect_interval=0.2) as gateway,
    ):
        await settled(gateway, world)
        gateway.fail_next("delete_msg", Fault.TIMEOUT)
        advert = world.say(GROUP, XIAOWANG, ADVERT)
        await gateway.called("delete_msg")
        await bot.kill()
        await bot.restart()
        await gateway.reconnect()
        await gateway.until(lambda: advert.recalled)
        await gateway.said(GROUP, "这条消息涉及", "已撤回")
        await settled(gateway, world)
        assert len(answers(world, "这条消息涉及")) == 1
        assert bot.errors() == []
