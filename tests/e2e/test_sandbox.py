"""The sandbox in the real process: the page, what one does there, and who is turned away."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pinbang.settings import ROOT
from pinbang.testing import BotProcess

from .conftest import Start

pytestmark = pytest.mark.e2e

PATIENCE = 20.0
TOKEN = "a-long-made-up-token"
ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"

Answer = tuple[int, dict[str, str], bytes]


class Visitor:
    """Somebody with a browser at the bot's machine."""

    def __init__(self, bot: BotProcess) -> None:
        self.bot = bot
        self.base = f"http://127.0.0.1:{bot.port}"

    async def get(self, path: str, **headers: str) -> Answer:
        request = Request(self.base + path, headers=_dashed(headers))  # noqa: S310 - as below
        return await asyncio.to_thread(self._send, request)

    async def post(self, deed: object, **headers: str) -> Answer:
        body = json.dumps(deed).encode()
        headers = {"Content-Type": "application/json", **_dashed(headers)}
        request = Request(f"{self.base}/sandbox/act", body, headers)  # noqa: S310 - as below
        return await asyncio.to_thread(self._send, request)

    async def act(self, name: str, action: str, **more: Any) -> dict[str, Any]:
        """Do something that must succeed."""
        deed = {"as": await self.number_of(name), "action": action, **more}
        status, _, body = await self.post(deed)
        assert status == 200, body.decode()
        return json.loads(body)

    async def told(self, after: int = 0) -> dict[str, Any]:
        status, _, body = await self.get(f"/sandbox/feed?after={after}")
        assert status == 200
        return json.loads(body)

    async def until(self, seen: Callable[[dict[str, Any]], Any]) -> Any:
        """Ask for everything until `seen` finds something, and return that."""
        told: dict[str, Any] = {}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            told = await self.told()
            if found := seen(told):
                return found
            await asyncio.sleep(0.1)
        tail = [str(line) for line in (*told["lines"], *told["calls"])][-30:]
        raise AssertionError("still not seen; the page shows:\n" + "\n".join(tail))

    async def arrive(self) -> None:
        """Wait until the page is there and the gateway connected."""
        for _ in range(int(PATIENCE / 0.05)):
            if (await self.get("/sandbox"))[0] != 404:
                break
            await asyncio.sleep(0.05)
        await self.until(lambda told: told["connected"])

    async def number_of(self, name: str) -> int:
        people = (await self.told())["group"]["people"]
        return next(one["id"] for one in people if one["name"] == name)

    async def bot_says(self, *containing: str) -> dict[str, Any]:
        return await self.until(
            lambda told: next(
                (
                    line
                    for line in told["lines"]
                    if line["kind"] in ("message", "private")
                    and line["sender"]["bot"]
                    and all(part in line["text"] for part in containing)
                ),
                None,
            )
        )

    @staticmethod
    def _send(request: Request) -> Answer:
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
                return answer.status, dict(answer.headers), answer.read()
        except HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def line_of(told: dict[str, Any], message_id: int) -> dict[str, Any]:
    return next(line for line in told["lines"] if line["key"] == f"m{message_id}")


async def test_a_visit(start_bot: Start) -> None:
    # With a token: the simulated gateway must bring it, like any other.
    async with start_bot(SANDBOX="on", ONEBOT_ACCESS_TOKEN=TOKEN, PACING="on") as bot:
        visitor = Visitor(bot)
        await visitor.arrive()

        # An ad is recalled and its author warned; the calls are shown with their outcome.
        advert = (await visitor.act("小王", "say", text=ADVERT))["message_id"]
        await visitor.until(lambda told: line_of(told, advert)["recalled"] == "拼帮撤回")
        await visitor.bot_says("@小王", "广告", "警告")
        card = (await visitor.act("小美", "card", card="group"))["message_id"]
        await visitor.until(lambda told: line_of(told, card)["recalled"])
        calls = (await visitor.told())["calls"]
        assert {"撤回消息", "发群消息"} <= {one["title"] for one in calls if one["outcome"] == "ok"}

        # Help is asked for and registered; the mini program's card stays.
        await visitor.act(
            "小李", "say", text="/求助 还差1人砍一刀 今晚23:59前 https://p.pinduoduo.com/AbCd1234"
        )
        await visitor.bot_says("求助 1 号已登记")
        shared = (await visitor.act("小李", "card", card="mini_program"))["message_id"]
        await visitor.act("小张", "say", text="接 1")
        await visitor.bot_says("你接了 1 号")
        assert not line_of(await visitor.told(), shared)["recalled"]

        # Insults mute; somebody muted cannot speak and is told so in Chinese.
        for words in ("你就是个傻逼，滚出去", "真是个傻逼，没见过你这么傻逼的"):
            insult = (await visitor.act("小刘", "say", text=words))["message_id"]
            await visitor.until(lambda told, m=insult: line_of(told, m)["recalled"])
        await visitor.until(
            lambda told: any(
                p["name"] == "小刘" and p["muted"] > 500 for p in told["group"]["people"]
            )
        )
        muted = {"as": await visitor.number_of("小刘"), "action": "say", "text": "让我说"}
        status, _, body = await visitor.post(muted)
        assert (status, json.loads(body)) == (409, {"error": "正在被禁言"})

        # Newcomers who agree are let in, vague ones wait for an admin's answer to the notice.
        _, _, body = await visitor.post({"action": "newcomer"})
        newcomer = json.loads(body)["user_id"]
        agreeing = {"as": newcomer, "action": "ask_to_join", "answer": "愿意遵守群规"}
        assert (await visitor.post(agreeing))[0] == 200
        await visitor.until(
            lambda told: any(
                p["id"] == newcomer and p["role"] == "member" for p in told["group"]["people"]
            )
        )
        _, _, body = await visitor.post({"action": "newcomer"})
        vague = {"as": json.loads(body)["user_id"], "action": "ask_to_join", "answer": "看情况吧"}
        assert (await visitor.post(vague))[0] == 200
        notice = await visitor.bot_says("申请入群", "看情况吧")
        await visitor.act("小陈", "say", text="同意", reply_to=notice["message_id"])
        await visitor.until(
            lambda told: (
                [one["state"] for one in told["lines"] if one["kind"] == "request"]
                == ["approved", "approved"]
            )
        )

        # A private question is answered in private.
        await visitor.act("小王", "say", text="/帮助", private=True)
        assert (await visitor.bot_says("我能做这些"))["kind"] == "private"

        # The connection is dropped and made anew, and things go on.
        assert (await visitor.post({"action": "reconnect"}))[0] == 200
        await visitor.act("小张", "say", text="/互助")
        await visitor.bot_says("互助板", "已接满")
        assert bot.errors() == []


async def test_ten_thousand_characters_do_no_harm(start_bot: Start) -> None:
    async with start_bot(SANDBOX="on") as bot:
        visitor = Visitor(bot)
        await visitor.arrive()
        await visitor.act("小王", "say", text="字" * 10_000)
        await visitor.act("小王", "say", text="/帮助")
        await visitor.bot_says("我能做这些")
        too_long = {"as": await visitor.number_of("小王"), "action": "say", "text": "字" * 12_001}
        assert (await visitor.post(too_long))[0] == 422
        assert (await visitor.post({**too_long, "text": "a" * 200_000}))[0] == 413
        assert bot.errors() == []


async def test_a_new_group_begins_from_nothing(start_bot: Start) -> None:
    async with start_bot(SANDBOX="on") as bot:
        visitor = Visitor(bot)
        await visitor.arrive()
        for _ in range(2):
            before = await visitor.told()
            advert = (await visitor.act("小王", "say", text=ADVERT))["message_id"]
            await visitor.until(lambda told, m=advert: line_of(told, m)["recalled"])
            await visitor.bot_says("处理：警告")
            assert (await visitor.post({"action": "start_over"}))[0] == 200
            after = await visitor.told()
            assert after["run"] != before["run"]
            assert after["lines"] == []
        assert bot.errors() == []


async def test_page_is_complete_and_only_for_this_machine(start_bot: Start) -> None:
    async with start_bot(SANDBOX="on") as bot:
        visitor = Visitor(bot)
        await visitor.arrive()
        status, headers, body = await visitor.get("/sandbox")
        page = body.decode()
        assert status == 200
        assert "模拟群" in page
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        links = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert len(links) == 3
        for link in links:
            assert link.startswith("/sandbox/static/")
            assert (await visitor.get(link))[0] == 200
        for path in (
            "/sandbox/static/index.html",
            "/sandbox/static/..%2f..%2fserving.py",
            "/sandbox/x",
        ):
            assert (await visitor.get(path))[0] == 404

        for path in ("/sandbox", "/sandbox/feed?after=0", "/sandbox/static/sandbox.js"):
            assert (await visitor.get(path, Host="evil.example"))[0] == 403
        deed = {"as": await visitor.number_of("小王"), "action": "say", "text": "你好"}
        assert (await visitor.post(deed, Origin="http://evil.example"))[0] == 403
        assert (await visitor.post(deed, Sec_Fetch_Site="cross-site"))[0] == 403
        assert (await visitor.post(deed, Host="evil.example"))[0] == 403
        assert (await visitor.told())["lines"] == []
        assert (await visitor.post(deed, Origin=visitor.base, Sec_Fetch_Site="same-origin"))[
            0
        ] == 200
        for wrong in ({"action": "explode"}, [], {**deed, "as": "谁"}, {**deed, "more": 1}):
            assert (await visitor.post(wrong))[0] == 422
        assert (await visitor.post({**deed, "as": 1}))[0] == 409
        assert bot.errors() == []


async def test_waiting_page_does_not_delay_the_end(start_bot: Start) -> None:
    async with start_bot(SANDBOX="on") as bot:
        visitor = Visitor(bot)
        await visitor.arrive()
        await asyncio.sleep(1)  # until the bot has asked the gateway everything it wants to know
        waiting = asyncio.create_task(visitor.told((await visitor.told())["number"]))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        assert await bot.terminate(timeout=8) in (0, -15)
        assert (await waiting)["connected"] is False
        assert bot.errors() == []


async def test_nothing_is_there_when_it_is_off(tmp_path: Any) -> None:
    async with BotProcess(ROOT, data_dir=tmp_path / "data", env={"SANDBOX": "off"}) as bot:
        visitor = Visitor(bot)
        await asyncio.sleep(0.5)
        for path in ("/sandbox", "/sandbox/feed", "/sandbox/static/sandbox.js"):
            assert (await visitor.get(path))[0] == 404
        assert (await visitor.post({"action": "newcomer"}))[0] == 404
        assert "connected" not in bot.log_text()
        assert bot.errors() == []
