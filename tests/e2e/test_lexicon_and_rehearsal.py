"""A group's own words, trying out, observe mode and back-tests, over a real websocket."""

import time
from collections.abc import Awaitable, Callable

import pytest

from pinbang.testing import NAPCAT, BotProcess, SimulatedGateway, World, segments
from pinbang.testing.records import StoredMessage

from .conftest import ADMIN, GROUP, XIAOLI, XIAOWANG, XIAOZHANG, Start

pytestmark = pytest.mark.e2e

SECRET = "天王盖地虎"
ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
SOON = 120

Ask = Callable[..., Awaitable[StoredMessage]]


def asking(gateway: SimulatedGateway, world: World) -> Ask:
    """Let an admin say something and wait for the answer that contains the given words."""

    async def ask(words: object, *answer: str) -> StoredMessage:
        before = gateway.mark()
        world.say(GROUP, ADMIN, words)  # pyright: ignore[reportArgumentType]
        return await gateway.said(GROUP, *answer, after=before)

    return ask


async def test_a_word_is_caught_until_it_is_removed(start_bot: Start, world: World) -> None:
    async with (
        start_bot() as bot,
        SimulatedGateway(world, NAPCAT, url=bot.url, reconnect_interval=0.2) as gateway,
    ):
        ask = asking(gateway, world)
        before = world.say(GROUP, XIAOLI, SECRET)
        added = await ask(f"/词库 添加 广告 {SECRET}", "已加入 1 个词", "1 号 天***虎")
        assert SECRET not in added.text
        caught = world.say(GROUP, XIAOWANG, f"来对暗号 {SECRET}")
        await gateway.until(lambda: caught.recalled)
        told = await gateway.said(GROUP, "广告", "警告")
        assert SECRET not in told.text
        await ask("/为什么 1", "命中本群词库（1 号：广告）")

        await bot.kill()
        await bot.restart()
        await gateway.reconnect()
        again = world.say(GROUP, XIAOZHANG, SECRET)
        await gateway.until(lambda: again.recalled)
        await ask("/词库 查看", "词库（1 个", "1. 天***虎")
        await ask("/词库 删除 1", "已删除 1 个词")
        passed = world.say(GROUP, XIAOLI, SECRET)
        await ask("/词库", "还是空的")
        assert not any(message.recalled for message in (before, passed))
        assert bot.errors() == []


async def test_words_sent_twice_are_added_once_and_end_with_their_time(
    bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        ask = asking(gateway, world)
        gateway.duplicate_next()
        await ask(f"/词库 添加 诈骗 {SECRET} 1分钟", "已加入 1 个词", "为止")
        await ask("/词库", "诈骗 1 个")
        caught = world.say(GROUP, XIAOWANG, SECRET)
        await gateway.until(lambda: caught.recalled)
        assert len([one for one in gateway.calls if "已加入" in str(one)]) == 1
        world.now = lambda: time.time() + SOON
        passed = world.say(GROUP, XIAOLI, SECRET)
        await ask("/试判 谢谢大家", "试判结果：放行")
        assert not passed.recalled


async def test_an_import_and_an_export(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        ask = asking(gateway, world)
        await ask(f"/词库 导入 广告\n{SECRET}\n加*暗号\n字\n谢谢大家", "已加入 2 个词", "没加 2 个")
        caught = world.say(GROUP, XIAOWANG, "加我的暗号")
        await gateway.until(lambda: caught.recalled)
        before = gateway.mark()
        world.say(GROUP, ADMIN, "/词库 导出")
        await gateway.whispered(ADMIN, f"/词库 导入 广告 强制\n{SECRET}\n加*暗号", after=before)
        told = await gateway.said(GROUP, "已把 2 个词私聊发给你", after=before)
        assert SECRET not in told.text


async def test_a_trial_shows_everything_and_does_nothing(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        ask = asking(gateway, world)
        tried = await ask(f"/试判 {ADVERT}", "试判结果：", "撤回", "广告", "判定分数 0.6")
        assert "abc123456" not in tried.text
        asked = world.say(GROUP, XIAOLI, "还差一刀 谁帮我砍一下")
        await ask([segments.reply(asked), segments.text("/试判")], "试判结果：放行")
        await ask("/试判", "用法：/试判")
        assert gateway.calls
        assert not [call for call in gateway.calls if call.action == "delete_msg"]


async def test_rehearsing_then_acting(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        ask = asking(gateway, world)
        await ask("/演练 开", "只记录，不撤回、不处罚")
        stays = world.say(GROUP, XIAOWANG, ADVERT)
        await ask("/演练报告", "会处理 1 条，涉及 1 人", "最近的编号：1")
        await ask("/为什么 1", "1 号")
        await ask("/演练 关", "会真的处理：撤回，第一次警告")
        goes = world.say(GROUP, XIAOLI, ADVERT)
        await gateway.until(lambda: goes.recalled)
        assert not stays.recalled


async def test_a_back_test_shows_the_difference(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        ask = asking(gateway, world)
        await ask(f"/词库 添加 广告 {SECRET}", "已加入 1 个词")
        caught = world.say(GROUP, XIAOWANG, SECRET)
        await gateway.until(lambda: caught.recalled)
        await gateway.said(GROUP, "编号 1")
        await ask("/回测 7", "当时处理 1 条，这样会处理 1 条", "和当时没有差别")
        await ask("/回测 7 判定分数 0.95", "判定分数 0.6 → 0.95", "不再处理 1 条：编号 1")
        world.say(GROUP, XIAOLI, "宝塔镇河妖 订单 240316-13612340001122")
        before = gateway.mark()
        await ask("/回测 7 词 广告 宝塔*妖", "加一个广告词", "多处理 1 条")
        shown = await gateway.whispered(ADMIN, "宝塔镇河妖", after=before)
        assert "240316" not in shown.text
        await ask("/设置 守护 消息保留天数 0", "7 → 0")
        await ask("/回测 1", "消息保留天数 7")
