"""Who lives in the village, its clock, and a bot that is nothing but a websocket server."""

import asyncio
import itertools
import json
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers

GROUP, OWNER, ADMIN, ALICE, BOB, BOT = 700, 1, 2, 11, 12, 10001


class Clock:
    def __init__(self) -> None:
        self.time = 1_790_000_000.0

    def __call__(self) -> float:
        return self.time

    def pass_seconds(self, seconds: float) -> None:
        self.time += seconds


class TinyBot:
    """Accepts gateways, notes what they send, calls their API."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.handshakes: list[Headers] = []
        self.sockets: list[ServerConnection] = []
        self._stirred = asyncio.Event()
        self._echoes = itertools.count(1)
        self._server: Server | None = None
        self.port = 0

    async def open(self, port: int = 0) -> None:
        self._server = server = await serve(self._live, "127.0.0.1", port)
        self.port = next(iter(server.sockets)).getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    async def _live(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.handshakes.append(socket.request.headers)
        self.sockets.append(socket)
        try:
            async for text in socket:
                self.frames.append(json.loads(text))
                self._stirred.set()
        finally:
            self.sockets.remove(socket)
            self._stirred.set()

    async def send(self, action: str, /, **params: Any) -> str:
        echo = f"e{next(self._echoes)}"
        await self.sockets[-1].send(json.dumps({"action": action, "params": params, "echo": echo}))
        return echo

    async def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        echo = await self.send(action, **params)
        return await self.got(echo=echo)

    async def got(self, count: int = 1, **facts: Any) -> dict[str, Any]:
        """Wait for `count` frames with these facts and return the last."""
        while len(found := self.seen(**facts)) < count:
            self._stirred.clear()
            await asyncio.wait_for(self._stirred.wait(), 5)
        return found[count - 1]

    def seen(self, **facts: Any) -> list[dict[str, Any]]:
        return [f for f in self.frames if all(f.get(k) == v for k, v in facts.items())]
