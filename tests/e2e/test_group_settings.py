"""Admins set the group up in the chat."""

import pytest

from pinbang.testing import NAPCAT, BotProcess, SimulatedGateway, World, segments

from .conftest import ADMIN, GROUP, OWNER, XIAOLI, XIAOWANG, Start

pytestmark = pytest.mark.e2e

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
FAKE_ORDERS = "刷单日结 先垫付后返现 加微信abc12345 日赚500"


async def test_deputies_and_trusted_members(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:

        async def expect(who: int, words: object, answer: str) -> None:
            before = gateway.mark()
            world.say(GROUP, who, words)  # pyright: ignore[reportArgumentType]
            await gateway.said(GROUP, answer, after=before)

        await expect(XIAOLI, [segments.text("/协管 添加 "), segments.at(XIAOLI)], "只有管理员能用")
        await expect(ADMIN, "/协管", "还没有协管")
        await expect(ADMIN, "/协管 添加", "用法：/协管")
        await expect(ADMIN, [segments.text("/协管 添加 "), segments.at(OWNER)], "对方是群主")
        await expect(ADMIN, [segments.text("/协管 添加 "), segments.at(XIAOLI)], "已设为协管")
        await expect(ADMIN, [segments.text("/协管添加"), segments.at(XIAOLI)], "已经是协管")
        await expect(ADMIN, "/协管", str(XIAOLI))
        await expect(XIAOLI, "/审核", "没有待审")
        await expect(XIAOLI, "/设置", "只有管理员能用")
        await expect(ADMIN, [segments.text("/信任 添加 "), segments.at(XIAOWANG)], "已设为信任成员")
        await expect(XIAOWANG, FAKE_ORDERS, "处理：警告")
        await expect(ADMIN, [segments.text("/信任 移除 "), segments.at(XIAOWANG)], "已取消信任成员")
        assert XIAOWANG in world.group(GROUP).members
        await expect(XIAOWANG, FAKE_ORDERS, "处理：移出群")
        assert XIAOWANG not in world.group(GROUP).members


async def test_settings_survive_a_restart(start_bot: Start, world: World) -> None:
    async with (
        start_bot() as bot,
        SimulatedGateway(world, NAPCAT, url=bot.url, reconnect_interval=0.2) as gateway,
    ):

        async def expect(words: str, answer: str) -> None:
            before = gateway.mark()
            world.say(GROUP, ADMIN, words)
            await gateway.said(GROUP, answer, after=before)

        await expect("/设置", "守护")
        await expect("/设置 守护", "判定分数")
        await expect("/设置 没有", "没有“没有”这组设置")
        await expect("/设置 互助 没有 1", "没有“没有”这一项")
        await expect("/设置 互助 求助上限", "同时最多几个")
        await expect("/设置 互助 求助上限 很多", "请写一个整数")
        await expect("/设置 互助 求助上限 1000", "1 到 20")
        await expect("/设置 互助 求助上限 １", "3 → 1")
        await expect("/设置 守护 自动处理 关", "开 → 关")
        await bot.kill()
        await bot.restart()
        await gateway.reconnect()
        await expect("/设置 互助", "求助上限：1（默认 3）")
        kept = world.say(GROUP, XIAOWANG, ADVERT)
        world.say(GROUP, XIAOLI, "/求助 果园浇水")
        await gateway.said(GROUP, "已登记")
        world.say(GROUP, XIAOLI, "/求助 牧场喂食")
        await gateway.said(GROUP, "你有 1 个求助在进行")
        assert not kept.recalled
        assert bot.errors() == []
