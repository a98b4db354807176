"""What was judged wrongly is put right, remembered in one group only, and appealed against."""

import pytest

from pinbang.testing import (
    LLBOT,
    NAPCAT,
    BotProcess,
    Profile,
    SimulatedGateway,
    World,
    segments,
)

from .conftest import ADMIN, BOT, GROUP, OWNER, XIAOLI, XIAOWANG, XIAOZHANG

pytestmark = pytest.mark.e2e

OTHER = 700100300
ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
ANOTHER = "低价出会员，加微信 xyz987654，量大优惠"
PASSED = "今晚八点蓝色小屋门口集合发福利"
PROFILES = [pytest.param(profile, id=profile.name) for profile in (NAPCAT, LLBOT)]


@pytest.fixture
def world(world: World) -> World:
    """Two groups that share the bot and two members."""
    world.add_group(OTHER, "另一个群", owner_id=OWNER, owner_nickname="群主")
    world.add_member(OTHER, BOT, "机器人", role="admin")
    world.add_member(OTHER, XIAOLI, "小李")
    return world


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_wrong_verdict_is_unlearnt_in_this_group_only(
    profile: Profile, bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, profile, url=bot.url, reconnect_interval=0.2) as gateway:
        advert = world.say(GROUP, XIAOWANG, ADVERT)
        await gateway.until(lambda: advert.recalled)
        notice = await gateway.said(GROUP, "编号 1")
        world.say(GROUP, ADMIN, [segments.reply(notice), segments.text("误判")])
        answer = await gateway.said(GROUP, "已撤销 1 号处理", "记住了")
        assert "abc123456" not in answer.text

        # The same text passes here, across a restart as well, and nowhere else.
        passing = world.say(GROUP, XIAOLI, ADVERT)
        elsewhere = world.say(OTHER, XIAOLI, ADVERT)
        await gateway.until(lambda: elsewhere.recalled)
        assert not passing.recalled
        await bot.kill()
        await bot.restart()
        await gateway.reconnect()
        still = world.say(GROUP, XIAOZHANG, ADVERT)
        before = gateway.mark()
        world.say(GROUP, ADMIN, "/学习记录")
        listed = await gateway.said(GROUP, "学习记录 1 条", "误判｜广告", after=before)
        assert "abc123456" not in listed.text
        assert not still.recalled

        # Taken back, it is an ad again.
        world.say(GROUP, ADMIN, "/撤销学习 1")
        await gateway.said(GROUP, "1 号学习记录作废", after=before)
        again = world.say(GROUP, XIAOZHANG, ADVERT)
        await gateway.until(lambda: again.recalled)


@pytest.mark.parametrize("profile", PROFILES)
async def test_what_was_missed_is_caught_from_then_on(
    profile: Profile, bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:
        missed = world.say(GROUP, XIAOWANG, PASSED)
        world.say(GROUP, ADMIN, [segments.reply(missed), segments.text("漏判 广告")])
        await gateway.until(lambda: missed.recalled)
        await gateway.said(GROUP, "广告引流", "警告", "编号 1")
        await gateway.said(GROUP, "记住了", "/撤销学习 1")

        elsewhere = world.say(OTHER, XIAOLI, PASSED)
        again = world.say(GROUP, XIAOLI, f"{PASSED}！")
        await gateway.until(lambda: again.recalled)
        assert not elsewhere.recalled

        # Not by whom the word came: somebody else decides, and the lesson goes with the case.
        world.say_private(XIAOWANG, BOT, "/申诉 1 我没有发广告")
        await gateway.said(GROUP, "收到申诉：1 号处理", "我没有发广告")
        await gateway.whispered(XIAOWANG, "申诉已收到")
        world.say(GROUP, ADMIN, "/裁决 1 维持")
        await gateway.said(GROUP, "1 号是你处理的")
        world.say(GROUP, OWNER, "/裁决 1 撤销")
        await gateway.whispered(XIAOWANG, "申诉裁决：已撤销 1 号处理")
        await gateway.said(GROUP, "申诉裁决", "1 号学习记录一并作废")
        passing = world.say(GROUP, XIAOZHANG, PASSED)
        before = gateway.mark()
        world.say(GROUP, ADMIN, "/申诉列表")
        await gateway.said(GROUP, "没有等待裁决的申诉", after=before)
        assert not passing.recalled


@pytest.mark.parametrize("profile", PROFILES)
async def test_an_appeal_in_private_lifts_a_mute(
    profile: Profile, bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:
        for text in (ADVERT, ANOTHER):
            advert = world.say(GROUP, XIAOWANG, text)
            await gateway.until(lambda advert=advert: advert.recalled)
        member = world.group(GROUP).members[XIAOWANG]
        await gateway.said(GROUP, "禁言 10 分钟", "/申诉 2")
        assert member.muted_until > world.now()

        world.say_private(XIAOWANG, BOT, "/申诉 2 我是在问这个能不能信 电话 13612340001")
        notice = await gateway.said(GROUP, "收到申诉：2 号处理", "能不能信")
        assert "13612340001" not in notice.text
        assert "xyz987654" not in notice.text
        world.say(GROUP, ADMIN, "/裁决 2 撤销 确实是在问")
        await gateway.until(lambda: member.muted_until <= world.now())
        await gateway.whispered(XIAOWANG, "申诉裁决：已撤销 2 号处理", "禁言已解除")
        await gateway.said(GROUP, "申诉裁决：已撤销 2 号处理", "禁言已解除")
        before = gateway.mark()
        world.say(GROUP, OWNER, "/裁决 2 维持")
        await gateway.said(GROUP, "已经有结果", after=before)
