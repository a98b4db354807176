"""What each judge does in the group: one message goes with a word about it, a similar one stays."""

from dataclasses import dataclass

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

from .conftest import GROUP, XIAOLI, XIAOWANG

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Scene:
    """What is said, what the group is told, what it must not be told, and what stays."""

    said: str
    told: tuple[str, ...]
    untold: str
    stays: str


SCENES = {
    "scam": Scene(
        "我是平台客服 您的退款失败 把短信验证码和银行卡号发给我",
        ("骗取验证码", "移出群"),
        "短信验证码和银行卡号发给我",
        "有人冒充客服问我要验证码 大家小心",
    ),
    "privacy": Scene(
        "我电话 13612340001 有事打给我",
        ("帮你撤回了", "手机号", "不计违规"),
        "13612340001",
        "订单号 240316-136123400011223 帮我看看到哪了",
    ),
    "coercion": Scene(
        "不帮我点的全部拉黑",
        ("威胁", "警告"),
        "全部拉黑",
        "不帮也没关系 有空的帮我点一下 必回",
    ),
    "ad": Scene("专业代砍，加v❤：abc123456", ("警告",), "abc123456", "还差一刀 谁帮我砍一下 必回"),
    "civility": Scene("你就是个傻逼，滚出去", ("辱骂", "警告"), "滚出去", "我真是个傻瓜 点错了"),
}


@pytest.mark.parametrize("name", SCENES)
async def test_one_goes_and_a_similar_one_stays(name: str, bot: BotProcess, world: World) -> None:
    scene = SCENES[name]
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        harmless = world.say(GROUP, XIAOLI, scene.stays)
        offence = world.say(GROUP, XIAOWANG, scene.said)
        await gateway.until(lambda: offence.recalled)
        told = await gateway.said(GROUP, *scene.told)
        assert scene.untold not in told.text
        assert not harmless.recalled


async def test_floods_go_and_quick_aid_talk_stays(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        quick = [world.say(GROUP, XIAOLI, text) for text in ("谢谢", "谢谢大家", "点好了", "谢谢")]
        said = [world.say(GROUP, XIAOWANG, "快来看看我这个转盘") for _ in range(3)]
        await gateway.until(lambda: said[2].recalled)
        await gateway.said(GROUP, "刷屏", "警告")
        assert not said[0].recalled
        assert not any(message.recalled for message in quick)


async def test_an_ad_in_pieces_goes_as_a_whole(bot: BotProcess, world: World) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        pieces = [world.say(GROUP, XIAOWANG, piece) for piece in ("加微", "信", "abc123456")]
        await gateway.until(lambda: all(piece.recalled for piece in pieces))
        told = await gateway.said(GROUP, "警告")
        assert "123456" not in told.text


async def test_exposing_somebody_counts_and_ones_own_number_does_not(
    bot: BotProcess, world: World
) -> None:
    async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
        for _ in range(2):
            own = world.say(GROUP, XIAOWANG, "我电话 13612340001")
            await gateway.until(lambda own=own: own.recalled)
        before = gateway.mark()
        exposed = world.say(
            GROUP, XIAOWANG, [segments.text("曝光这个骗子 他的手机 13612340002 大家打爆他")]
        )
        await gateway.until(lambda: exposed.recalled)
        told = await gateway.said(GROUP, "警告", after=before)
        assert "13612340002" not in told.text


@pytest.mark.parametrize(
    "profile", [pytest.param(one, id=one.name) for one in (NAPCAT, LLBOT, SNOWLUMA, GOCQHTTP)]
)
async def test_an_ad_inside_a_forward_goes(profile: Profile, bot: BotProcess, world: World) -> None:
    ad = (XIAOLI, "小李", SCENES["ad"].said)
    harmless = (XIAOLI, "小李", SCENES["ad"].stays)
    async with SimulatedGateway(world, profile, url=bot.url) as gateway:
        kept = world.say(GROUP, XIAOWANG, [segments.forward(harmless, harmless)])
        await gateway.called("get_forward_msg")
        gone = world.say(GROUP, XIAOWANG, [segments.forward(harmless, ad)])
        await gateway.until(lambda: gone.recalled)
        await gateway.said(GROUP, "警告")
        assert not kept.recalled
