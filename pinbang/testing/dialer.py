"""Keeps a reverse websocket to the bot open, the way gateways do."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake

from .profiles.profile import Profile


class Dialer:
    """Connects, and connects again after each loss, until told to stop.

    Attributes:
        trouble: Why the last attempt failed; "" if none did.
    """

    def __init__(
        self,
        url: str,
        profile: Profile,
        self_id: int,
        token: str | None,
        interval: float,
        live: Callable[[ClientConnection], Awaitable[None]],
    ) -> None:
        """Prepare to call `live` with every open connection; `interval` seconds between tries."""
        self.trouble = ""
        self._url = url
        self._profile = profile
        self._headers = {"X-Self-ID": str(self_id), "X-Client-Role": "Universal"}
        if token or profile.bare_auth:
            self._headers["Authorization"] = f"{profile.auth_scheme} {token or ''}".strip()
        self._interval = interval
        self._live = live
        self._task: asyncio.Task[None] | None = None

    @property
    def dialing(self) -> bool:
        """Whether it keeps the connection up."""
        return self._task is not None

    def start(self) -> None:
        """Begin to connect, if not begun yet."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_connected())

    async def stop(self, say_goodbye: Callable[[], Awaitable[None]]) -> None:
        """End the connection with `say_goodbye` and make no new one."""
        task, self._task = self._task, None
        await say_goodbye()
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _keep_connected(self) -> None:
        while self._task is not None:
            try:
                socket = await connect(
                    self._url,
                    additional_headers=self._headers,
                    user_agent_header=self._profile.user_agent,
                    open_timeout=self._profile.handshake_timeout,
                    max_size=None,
                    proxy=None,
                )
            except (OSError, InvalidHandshake, asyncio.TimeoutError) as trouble:
                self.trouble = str(trouble) or type(trouble).__name__
            else:
                try:
                    await self._live(socket)
                finally:
                    await socket.close()
            await asyncio.sleep(self._interval)
