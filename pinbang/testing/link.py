"""One open websocket between a simulated gateway and a bot."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]


class Link:
    """Sends frames in order and has every call answered in a task of its own."""

    def __init__(
        self, socket: Connection, on_call: Callable[["Link", Frame], Coroutine[Any, Any, None]]
    ) -> None:
        """Wrap an open `socket`; `on_call` handles one call and sends its answer."""
        self._socket = socket
        self._on_call = on_call
        self._outbox: asyncio.Queue[str | None] = asyncio.Queue()
        self._answering: set[asyncio.Task[None]] = set()

    def send(self, frame: Frame) -> None:
        """Queue a frame; one that cannot be delivered any more is lost."""
        text = json.dumps(frame, ensure_ascii=False)
        if not text.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in text):
            text = json.dumps(frame)  # half an emoji: gateways write it as an escape
        self._outbox.put_nowait(text)

    async def run(self) -> None:
        """Serve the link until it ends, however it ends."""
        writer = asyncio.create_task(self._write())
        try:
            async for text in self._socket:
                task = asyncio.create_task(self._on_call(self, json.loads(text)))
                self._answering.add(task)
                task.add_done_callback(self._answered)
        except ConnectionClosed:
            pass
        finally:
            unfinished = (writer, *self._answering)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    async def close(self) -> None:
        """Say goodbye after everything queued has been sent."""
        self._outbox.put_nowait(None)
        await self._socket.wait_closed()

    def abort(self) -> None:
        """Break the link without a word, as when a cable is pulled."""
        self._socket.transport.abort()

    async def _write(self) -> None:
        try:
            while (text := await self._outbox.get()) is not None:
                await self._socket.send(text)
        except ConnectionClosed:
            return
        await self._socket.close()

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._answering.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": "the simulated gateway failed to answer a call", "exception": error}
            )
