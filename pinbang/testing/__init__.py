"""A simulated QQ: people, groups and a OneBot v11 gateway, for tests and for trying things out.

It knows no bot framework; the bot under test connects to it over a real websocket::

    from pinbang.testing import NAPCAT, BotProcess, Fault, SimulatedGateway, World


    async def test_removes_an_ad(tmp_path):
        world = World()
        world.add_group(700, "拼单群", owner_id=1)
        world.add_member(700, 10001, "机器人", role="admin")
        world.add_member(700, 42, "小王")
        async with BotProcess(Path.cwd(), data_dir=tmp_path) as bot:
            async with SimulatedGateway(world, NAPCAT, url=bot.url) as gateway:
                advert = world.say(700, 42, "加微信领券")
                await gateway.called("delete_msg", message_id=advert)
                await gateway.until(lambda: advert.recalled)
                gateway.fail_next("send_group_msg", Fault.MUTED)
                assert not bot.errors()

`World` is what people do, a `Profile` is how one gateway reports it, `SimulatedGateway` connects
the two to a bot, `Fault` makes calls fail, `BotProcess` runs the real bot.
"""

from . import happenings, segments
from .faults import Fault, Slow
from .gateway import SimulatedGateway
from .journal import Call, Mark
from .process import READY_LINE, BotProcess, free_port
from .profiles import GOCQHTTP, LLBOT, NAPCAT, PROFILES, SNOWLUMA, Profile
from .records import Group, JoinRequest, Member, Person, StoredMessage
from .refusals import Reason, Refused
from .world import World

__all__ = [
    "GOCQHTTP",
    "LLBOT",
    "NAPCAT",
    "PROFILES",
    "READY_LINE",
    "SNOWLUMA",
    "BotProcess",
    "Call",
    "Fault",
    "Group",
    "JoinRequest",
    "Mark",
    "Member",
    "Person",
    "Profile",
    "Reason",
    "Refused",
    "SimulatedGateway",
    "Slow",
    "StoredMessage",
    "World",
    "free_port",
    "happenings",
    "segments",
]
