"""The bot's main job from end to end, with each gateway's own way of reporting and answering."""

import pytest

from pinbang.testing import (
    GOCQHTTP,
    LLBOT,
    NAPCAT,
    SNOWLUMA,
    BotProcess,
    Profile,
    SimulatedGateway,
    World,
    segments,
)

from .conftest import ADMIN, BOT, GROUP, XIAOLI, XIAOWANG, XIAOZHANG

pytestmark = pytest.mark.e2e

PROFILES = [
    pytest.param(profile, id=profile.name) for profile in (NAPCAT, LLBOT, SNOWLUMA, GOCQHTTP)
]
QUESTION = "是否愿意遵守群规、自愿互助？"
ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
INSULT = "你就是个傻逼，滚出去"


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_day_in_the_group(profile: Profile, bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:
        # A newcomer who agrees is let in, one who refuses is turned down, a vague one is held.
        world.ask_to_join(GROUP, 620001, "小赵", question=QUESTION, answer="愿意遵守群规")
        await gateway.until(lambda: 620001 in world.group(GROUP).members)

        refusing = world.ask_to_join(GROUP, 620002, "老钱", question=QUESTION, answer="不愿意")
        await gateway.until(lambda: refusing.state == "rejected")
        assert refusing.reason

        vague = world.ask_to_join(GROUP, 620003, "小孙", question=QUESTION, answer="看情况吧")
        notice = await gateway.said(GROUP, "申请入群", "看情况吧")
        assert vague.state == "pending"
        world.say(GROUP, ADMIN, [segments.reply(notice), segments.text("同意")])
        await gateway.until(lambda: vague.state == "approved")
        await gateway.said(GROUP, "已通过")

        # An ad goes, with a warning; what people ask help with stays.
        asking = world.say(
            GROUP,
            XIAOLI,
            "求助：还差2人砍一刀 https://mobile.yangkeduo.com/goods2.html?ps=abcDEF12",
        )
        advert = world.say(GROUP, XIAOWANG, ADVERT)
        await gateway.until(lambda: advert.recalled)
        warning = await gateway.said(GROUP, "广告", "警告")
        assert "abc123456" not in warning.text
        assert not asking.recalled

        # An insult is warned about, a repeated one mutes.
        first = world.say(GROUP, XIAOZHANG, INSULT)
        await gateway.until(lambda: first.recalled)
        second = world.say(GROUP, XIAOZHANG, "真是个傻逼，没见过你这么傻逼的")
        await gateway.until(lambda: second.recalled)
        offender = world.group(GROUP).members[XIAOZHANG]
        await gateway.until(lambda: offender.muted_until > world.now())
        await gateway.said(GROUP, "禁言 10 分钟")

        # The admin takes the second one back.
        before = gateway.mark()
        world.say(GROUP, ADMIN, "/撤销 3 是玩笑")
        await gateway.said(GROUP, "已撤销 3 号处理", after=before)
        await gateway.until(lambda: offender.muted_until <= world.now())

        # A request for help: registered, accepted, done, confirmed.
        world.say(
            GROUP, XIAOWANG, "/求助 还差1人砍一刀 今晚23:59前 https://p.pinduoduo.com/AbCd1234"
        )
        await gateway.said(GROUP, "求助 1 号已登记", "需要 1 人")
        world.say(GROUP, XIAOLI, "接 1")
        await gateway.said(GROUP, "你接了 1 号", "已接满")
        world.say(GROUP, XIAOLI, "已帮1")
        await gateway.said(GROUP, "1 号", "确认 1")
        world.say(GROUP, XIAOWANG, "确认 1")
        await gateway.said(GROUP, "1 号求助完成")
        world.say(GROUP, XIAOLI, "/互助")
        await gateway.said(GROUP, "现在没有等待帮助的求助")


@pytest.mark.parametrize("profile", PROFILES)
async def test_nothing_is_lost_by_kill_9(profile: Profile, bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, profile, url=bot.url, reconnect_interval=0.2) as gateway:
        world.say(GROUP, XIAOWANG, "/求助 果园差3个人浇水 今晚23:59前")
        await gateway.said(GROUP, "求助 1 号已登记", "需要 3 人")
        world.say(GROUP, XIAOLI, "接 1")
        await gateway.said(GROUP, "你接了 1 号")
        advert = world.say(GROUP, XIAOZHANG, ADVERT)
        await gateway.said(GROUP, "编号 1")
        vague = world.ask_to_join(GROUP, 620003, "小孙", question=QUESTION, answer="随便")
        await gateway.said(GROUP, "申请入群")
        assert advert.recalled

        before = gateway.mark()
        await bot.kill()
        await bot.restart()
        await gateway.reconnect()

        world.say(GROUP, XIAOLI, "/互助")
        await gateway.said(GROUP, "1. 果园差3个人浇水", "差2人", after=before)
        world.say(GROUP, XIAOLI, "接 1")
        await gateway.said(GROUP, "你已经接了 1 号", after=before)
        world.say(GROUP, ADMIN, "/为什么 1")
        await gateway.said(GROUP, "1 号处理", "依据", after=before)
        world.say(GROUP, ADMIN, "/审核")
        await gateway.said(GROUP, "待审 1 个", after=before)
        world.say(GROUP, ADMIN, "/通过 1")
        await gateway.until(lambda: vague.state == "approved")
        # Nothing was done twice: one recall, one warning, one notice, in all runs together.
        assert sum(call.action == "delete_msg" for call in gateway.calls) == 1
        said = [
            message.text
            for message in world.group(GROUP).messages.values()
            if message.user_id == BOT
        ]
        assert sum("这条消息涉及" in text for text in said) == 1
        assert sum("申请入群" in text for text in said) == 1
