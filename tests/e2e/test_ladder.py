"""The ladder through the real process: rung by rung, at once, changed, explained, taken back."""

import pytest

from pinbang.testing import (
    GOCQHTTP,
    LLBOT,
    NAPCAT,
    SNOWLUMA,
    BotProcess,
    Fault,
    Profile,
    SimulatedGateway,
    StoredMessage,
    World,
    segments,
)

from .conftest import ADMIN, BOT, GROUP, XIAOLI, XIAOWANG, XIAOZHANG

pytestmark = pytest.mark.e2e

PROFILES = [
    pytest.param(profile, id=profile.name) for profile in (NAPCAT, LLBOT, SNOWLUMA, GOCQHTTP)
]
ADVERTS = (
    "专业代砍，加v❤：abc123456",
    "代砍秒到 微信 kanyidao888 随时找我",
    "助力低价包过，薇：zhuli_520，先到先得",
    "有偿砍价，加我微信 kan666888",
)
FAKE_ORDERS = "刷单日结 先垫付后返现 加微信abc12345 日赚500"


def said(world: World, *containing: str) -> list[str]:
    """What the bot said in the group that contains all these words."""
    words = (one.text for one in world.group(GROUP).messages.values() if one.user_id == BOT)
    return [text for text in words if all(part in text for part in containing)]


async def warned(gateway: SimulatedGateway, world: World, words: str, told: str) -> StoredMessage:
    """Let 小王 say something; it goes, and the group is told `told`. Returns what it was told."""
    before = gateway.mark()
    offence = world.say(GROUP, XIAOWANG, words)
    answer = await gateway.said(GROUP, "编号", told, after=before)
    assert offence.recalled
    return answer


@pytest.mark.parametrize("profile", PROFILES)
async def test_rung_by_rung(profile: Profile, bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:
        wang = world.group(GROUP).members[XIAOWANG]
        harmless = world.say(GROUP, XIAOWANG, "果园还差一点点，谁有空帮我浇下水")
        others = world.say(GROUP, XIAOLI, "我来帮你浇")

        first = await warned(gateway, world, ADVERTS[0], "处理：警告")
        assert "再次违规将禁言 10 分钟" in first.text
        assert wang.muted_until <= world.now()

        second = await warned(gateway, world, ADVERTS[1], "处理：禁言 10 分钟")
        assert 500 < wang.muted_until - world.now() <= 600
        assert "再次违规将禁言 1 天" in second.text
        world.unmute(GROUP, XIAOWANG, ADMIN)  # an admin lets him speak again; it still counts

        await warned(gateway, world, ADVERTS[2], "处理：禁言 1 天")
        assert 86_000 < wang.muted_until - world.now() <= 86_400
        world.unmute(GROUP, XIAOWANG, ADMIN)

        last = world.say(GROUP, XIAOWANG, "那就算了，我先忙去了")
        gone = await warned(gateway, world, ADVERTS[3], "处理：移出群")
        assert XIAOWANG not in world.group(GROUP).members
        assert gone.text.startswith("61***01 的消息")
        # What he wrote before goes with him; the words of others stay.
        assert harmless.recalled
        assert last.recalled
        assert not others.recalled

        # In this order: recalled, muted, the latest recalled, removed.
        acts = [
            call.action
            for call in gateway.calls
            if call.action in {"delete_msg", "set_group_ban", "set_group_kick"}
        ]
        assert acts[-5:] == [
            "delete_msg", "set_group_ban", "delete_msg", "delete_msg", "set_group_kick",
        ]  # fmt: skip
        assert not any(advert in text for text in said(world) for advert in ADVERTS)


async def test_the_severe_goes_at_once_and_an_insult_does_not(
    bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        harmless = world.say(GROUP, XIAOWANG, "大家好，我是新来的")
        await warned(gateway, world, FAKE_ORDERS, "处理：移出群")
        assert XIAOWANG not in world.group(GROUP).members
        assert harmless.recalled

        insult = world.say(GROUP, XIAOZHANG, "你妈死了傻逼")
        await gateway.said(GROUP, "辱骂亲属", "处理：禁言 10 分钟")
        assert insult.recalled
        assert XIAOZHANG in world.group(GROUP).members


async def test_the_groups_own_ladder_is_what_happens(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, LLBOT, url=bot.url) as gateway:

        async def expect(who: int, words: str, answer: str) -> None:
            before = gateway.mark()
            world.say(GROUP, who, words)
            await gateway.said(GROUP, answer, after=before)

        await expect(XIAOLI, "/阶梯", "第 4 次：移出群")
        await expect(XIAOLI, "/设置 阶梯 级别 移出", "只有管理员能用")
        await expect(ADMIN, "/设置 阶梯 级别 骂一顿", "每级写 警告、禁言10分钟 或 移出")
        await expect(ADMIN, "／设置 阶梯 级别 禁言 30 分钟，移出", "→ 禁言30分钟、移出群")
        await expect(XIAOLI, "/阶梯", "第 1 次：禁言 30 分钟\n第 2 次：移出群")
        wang = world.group(GROUP).members[XIAOWANG]
        await warned(gateway, world, ADVERTS[0], "处理：禁言 30 分钟")
        assert 1700 < wang.muted_until - world.now() <= 1800
        world.unmute(GROUP, XIAOWANG, ADMIN)
        await warned(gateway, world, ADVERTS[1], "处理：移出群")
        assert XIAOWANG not in world.group(GROUP).members


async def test_record_reasons_and_taking_back(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, SNOWLUMA, url=bot.url) as gateway:

        async def expect(who: int, words: str, *answer: str, at: int | None = None) -> str:
            before = gateway.mark()
            content = [segments.text(words), *([segments.at(at)] if at else [])]
            world.say(GROUP, who, content)
            return (await gateway.said(GROUP, *answer, after=before)).text

        await warned(gateway, world, ADVERTS[0], "处理：警告")
        await warned(gateway, world, ADVERTS[1], "处理：禁言 10 分钟")
        wang = world.group(GROUP).members[XIAOWANG]
        await expect(XIAOLI, "/记录 ", "只有协管和管理员能看别人的记录", at=XIAOWANG)
        await expect(XIAOLI, "/为什么 2", "只有当事人和管理员能看")
        record = await expect(ADMIN, "/记录 ", "61***01 在本群的处理记录共 2 条", at=XIAOWANG)
        assert "现在累计 2 次，再违规一次：禁言 1 天" in record
        reasons = await expect(ADMIN, "/为什么 2", "2 号处理", "依据")
        assert "kanyidao888" not in reasons

        # In private the admin reads what it was about, and the member sees his own record.
        world.say_private(ADMIN, BOT, "/为什么 2")
        shown = await gateway.whispered(ADMIN, "2 号处理", "代砍秒到")
        assert "kanyidao888" not in shown.text
        world.say_private(XIAOWANG, BOT, "/记录")
        await gateway.whispered(XIAOWANG, "你在各群的处理记录共 2 条", f"群 {GROUP}")
        world.say_private(XIAOLI, BOT, "/为什么 2")
        await gateway.whispered(XIAOLI, "没有关于你的 2 号处理记录")

        await expect(ADMIN, "/撤销 2 认错了", "已撤销 2 号处理", "禁言已解除")
        await gateway.until(lambda: wang.muted_until <= world.now())
        await expect(XIAOWANG, "/记录", "（已撤销）", "现在累计 1 次，再违规一次：禁言 10 分钟")
        await expect(ADMIN, "/撤销 2", "已经撤销过了")
        await warned(gateway, world, FAKE_ORDERS, "处理：移出群")
        undone = await expect(
            ADMIN, "/撤销 3", "已撤销 3 号处理", "请管理员邀请，或让他重新申请进群"
        )
        assert "撤回的消息恢复不了" in undone
        assert sum(call.action == "set_group_kick" for call in gateway.calls) == 1


async def test_a_removal_is_finished_after_kill_9(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url, reconnect_interval=0.2) as gateway:
        gateway.fail_next("set_group_kick", Fault.TIMEOUT)
        offence = world.say(GROUP, XIAOWANG, FAKE_ORDERS)
        await gateway.called("set_group_kick")
        assert offence.recalled
        assert XIAOWANG in world.group(GROUP).members
        await bot.kill()
        await bot.restart()
        await gateway.reconnect()
        await gateway.until(lambda: XIAOWANG not in world.group(GROUP).members)
        await gateway.said(GROUP, "处理：移出群")
        world.say(GROUP, ADMIN, "/为什么 1")
        await gateway.said(GROUP, "1 号处理", "已处理")
        assert len(said(world, "处理：移出群")) == 1


async def test_what_was_said_before_a_restart_goes_with_a_removal(
    bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url, reconnect_interval=0.2) as gateway:
        harmless = world.say(GROUP, XIAOWANG, "果园还差一点点，谁有空帮我浇下水")
        world.say(GROUP, XIAOLI, "/阶梯")
        await gateway.said(GROUP, "违规处理")
        await bot.terminate()  # an orderly end writes down what was said just before
        await bot.restart()
        await gateway.reconnect()
        await warned(gateway, world, FAKE_ORDERS, "处理：移出群")
        assert harmless.recalled
