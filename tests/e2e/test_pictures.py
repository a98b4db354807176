"""Pictures through the real process: fetched from a local server, read, dealt with."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable

import pytest

from pinbang.testing import (
    GOCQHTTP,
    LLBOT,
    NAPCAT,
    SNOWLUMA,
    BotProcess,
    Profile,
    SimulatedGateway,
    StoredMessage,
    World,
    segments,
)
from pinbang.testing.pictures import AID_LINK, GROUP_LINK, HARD_CASES, code, jpeg, photo, png

from .conftest import GROUP, XIAOLI, XIAOWANG, Start

pytestmark = pytest.mark.e2e

PROFILES = [
    pytest.param(profile, id=profile.name) for profile in (NAPCAT, LLBOT, SNOWLUMA, GOCQHTTP)
]

CHANCE = random.Random(4)
PICTURES = {
    "/group.png": png(code(GROUP_LINK)),
    "/sticker.gif": HARD_CASES["sticker"](CHANCE, GROUP_LINK),
    "/aid.jpg": jpeg(code(AID_LINK)),
    "/plain.jpg": jpeg(photo(CHANCE)),
    "/broken.jpg": jpeg(photo(CHANCE))[:2000],
}


class PictureServer:
    """Serves pictures on loopback; addresses under /slow/ wait until they are let go."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[str] = []
        self.served: list[str] = []
        self.release = asyncio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that the gateway does not see happen."""
        for _ in range(200):
            if condition():
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"asked for {self.requests}, served {self.served}")

    def picture(self, path: str, *, host: str = "127.0.0.1") -> segments.Segment:
        return segments.image("A.jpg", f"http://{host}:{self.port}{path}")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = request.split()[1]
            self.requests.append(path)
            if path.startswith("/slow/"):
                await self.release.wait()
            body = PICTURES[path.removeprefix("/slow")]
            head = f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}"
            writer.write(f"{head}\r\n\r\n".encode() + body)
            await writer.drain()
            self.served.append(path)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[PictureServer]:
    pictures = PictureServer()
    listening = await asyncio.start_server(pictures.serve, "127.0.0.1", 0)
    pictures.port = listening.sockets[0].getsockname()[1]
    yield pictures
    pictures.release.set()
    listening.close()


@pytest.fixture
async def seeing(start_bot: Start, server: PictureServer) -> AsyncIterator[BotProcess]:
    """The bot, allowed to fetch from the server; its log must hold no error in the end."""
    env = {"PICTURE_HOSTS": f"127.0.0.1:{server.port}", "LOG_LEVEL": "DEBUG"}
    async with start_bot(**env) as process:
        yield process
        assert process.errors() == []
        # The address of a picture holds a key.
        assert f":{server.port}/" not in process.log_text()


async def still_there(process: BotProcess, gateway: SimulatedGateway, *said: StoredMessage) -> None:
    """Wait until the bot has decided about each message; see that it took none back."""
    deadline = asyncio.get_running_loop().time() + 20
    while process.log_text().count("looked at closely stays") < len(said):
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.05)
    assert not [message for message in said if message.recalled]
    assert not [call for call in gateway.calls if call.action == "delete_msg"]


@pytest.mark.parametrize("profile", PROFILES)
async def test_codes_in_pictures(
    profile: Profile, seeing: BotProcess, server: PictureServer, world: World
) -> None:
    async with SimulatedGateway(world, profile, url=seeing.url) as gateway:
        kept = [
            world.say(GROUP, XIAOLI, [segments.text("帮我砍一刀"), server.picture("/aid.jpg")]),
            world.say(GROUP, XIAOLI, server.picture("/plain.jpg")),
            world.say(GROUP, XIAOLI, server.picture("/broken.jpg")),
        ]
        await server.until(lambda: len(server.served) == 3)
        await still_there(seeing, gateway, *kept)

        advert = world.say(GROUP, XIAOWANG, server.picture("/group.png"))
        await gateway.until(lambda: advert.recalled)
        warning = await gateway.said(GROUP, "站外引流", "警告")
        assert "qm.qq.com" not in warning.text
        world.say(GROUP, XIAOWANG, "/为什么 1")
        await gateway.said(GROUP, "依据", "图片里有加群二维码")

        # Between other things, and in a sticker: no way round.
        second = world.say(
            GROUP, XIAOWANG, [server.picture("/plain.jpg"), server.picture("/sticker.gif")]
        )
        await gateway.until(lambda: second.recalled)
        await gateway.said(GROUP, "禁言 10 分钟")
        assert not [message for message in kept if message.recalled]


async def test_nobody_waits_for_a_slow_picture(
    seeing: BotProcess, server: PictureServer, world: World
) -> None:
    async with SimulatedGateway(world, NAPCAT, url=seeing.url) as gateway:
        advert = world.say(GROUP, XIAOWANG, server.picture("/slow/group.png"))
        await server.until(lambda: bool(server.requests))
        world.say(GROUP, XIAOWANG, "/阶梯")
        await gateway.said(GROUP, "违规处理")
        world.say(GROUP, XIAOLI, "/求助 果园差3个人浇水 今晚23:59前")
        await gateway.said(GROUP, "求助 1 号已登记")
        assert server.served == []
        assert not advert.recalled
        server.release.set()
        await gateway.until(lambda: advert.recalled)
        await gateway.said(GROUP, "站外引流", "警告")


async def test_a_picture_that_never_comes_stays(
    seeing: BotProcess, server: PictureServer, world: World
) -> None:
    async with SimulatedGateway(world, NAPCAT, url=seeing.url) as gateway:
        kept = world.say(GROUP, XIAOWANG, server.picture("/slow/group.png"))
        await seeing.logged("A picture was not fetched: too slow")
        await still_there(seeing, gateway, kept)


async def test_other_hosts_are_not_asked(
    seeing: BotProcess, server: PictureServer, world: World
) -> None:
    async with SimulatedGateway(world, NAPCAT, url=seeing.url) as gateway:
        kept = [
            world.say(GROUP, XIAOWANG, server.picture("/group.png", host=host))
            for host in ("localhost", "127.0.0.2", "user@127.0.0.1")
        ]
        kept.append(world.say(GROUP, XIAOWANG, segments.image(url="file:///etc/passwd")))
        await still_there(seeing, gateway, *kept)
        assert server.requests == []


async def test_by_default_no_local_address_is_asked(
    start_bot: Start, server: PictureServer, world: World
) -> None:
    async with (
        start_bot(LOG_LEVEL="DEBUG") as bot,
        SimulatedGateway(world, NAPCAT, url=bot.url) as gateway,
    ):
        kept = world.say(GROUP, XIAOWANG, server.picture("/group.png"))
        await still_there(bot, gateway, kept)
        assert server.requests == []
