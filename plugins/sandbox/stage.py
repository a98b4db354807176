"""The running simulation: a scene, its gateway to this very bot, and the feed of both."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from random import SystemRandom
from typing import Any

from typing_extensions import override

from pinbang.lifecycle import base_address
from pinbang.logs import logger
from pinbang.refusal import Refusal
from pinbang.settings import Settings
from pinbang.testing import NAPCAT, Call, SimulatedGateway, World
from pinbang.testing.happenings import Happening

from .acting import AnyDeed, Reconnect, StartOver, act
from .feed import Feed
from .scene import BOT_ID, Scene

ENTRIES_KEPT = 500
RECONNECT_SECONDS = 2.0
CONNECT_SECONDS = 10.0
POLL_SECONDS = 20.0
AWAY_POLL_SECONDS = 2.0
"""A poll without a gateway is short: no broken link can tell it that the bot is shutting down."""


class WatchedGateway(SimulatedGateway):
    """A gateway that tells `on_entry` each happening and call, and `on_stir` any other change.

    It runs as long as the bot does, so it forgets what is old.
    """

    def __init__(
        self,
        world: World,
        *,
        url: str,
        token: str | None,
        on_entry: Callable[[Happening | Call], None],
        on_stir: Callable[[], None],
    ) -> None:
        self._on_entry = on_entry
        self._on_stir = on_stir
        super().__init__(
            world, NAPCAT, BOT_ID, url, token,
            reconnect_interval=RECONNECT_SECONDS, announce_simulated=True,
        )  # fmt: skip

    @override
    def add(self, entry: Happening | Call) -> None:
        self._on_entry(entry)
        super().add(entry)

    @override
    def stir(self) -> None:
        super().stir()
        del self.entries[:-ENTRIES_KEPT]
        del self.lost[:-ENTRIES_KEPT]
        self._on_stir()


class Stage:
    """What visitors see and do; `run` names the group they are in, as numbers begin anew."""

    def __init__(self, settings: Settings) -> None:
        self.run = secrets.token_hex(8)
        self.scene = Scene(random=SystemRandom())
        self.feed = Feed(self.scene.who)
        self._changed = asyncio.Event()
        self._was_connected = False
        self._connecting = asyncio.Lock()
        self.gateway = WatchedGateway(
            self.scene.world,
            url=f"{base_address(settings, 'ws')}/onebot/v11/ws",
            token=settings.onebot_access_token or None,
            on_entry=self._note,
            on_stir=self._look,
        )

    async def open(self) -> None:
        """Connect to the bot; a failure is only reported, the page has a button for it."""
        try:
            await self.gateway.connect(CONNECT_SECONDS)
        except ConnectionError as error:
            logger.warning(f"The simulated gateway is not connected: {error}")

    async def close(self) -> None:
        """End the simulation."""
        await self.gateway.aclose()
        self._ring()

    async def carry_out(self, deed: AnyDeed) -> dict[str, Any]:
        """Do what the visitor asks for; Refused when QQ would not allow it."""
        match deed:
            case Reconnect():
                await self._reconnect()
                return {}
            case StartOver():
                self.scene.start_over()
                self.feed.clear()
                self.run = secrets.token_hex(8)
                await self._reconnect()
                return {}
            case _:
                facts = act(self.scene, deed)
                self.feed.touch()
                self._ring()
                return facts

    async def changes(self, after: int) -> dict[str, Any]:
        """Return what is new after the number `after`, waiting a while for something to be."""
        if after == self.feed.number:
            changed = self._changed
            patience = POLL_SECONDS if self.gateway.connected else AWAY_POLL_SECONDS
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(changed.wait(), patience)
        return {
            "run": self.run,
            "number": self.feed.number,
            "connected": self.gateway.connected,
            "group": self.scene.snapshot(),
            **self.feed.after(after),
        }

    async def _reconnect(self) -> None:
        if self._connecting.locked():
            raise Refusal("正在重新连接，请稍等")
        async with self._connecting:
            with contextlib.suppress(ConnectionError):
                await self.gateway.reconnect(CONNECT_SECONDS)

    def _note(self, entry: Happening | Call) -> None:
        if isinstance(entry, Call):
            self.feed.called(entry)
        else:
            self.feed.happened(entry, self.scene.world.now())
        self._ring()

    def _look(self) -> None:
        before = self.feed.number
        self.feed.answered()
        if self.gateway.connected != self._was_connected:
            self._was_connected = self.gateway.connected
            self.feed.touch()
        if self.feed.number != before:
            self._ring()

    def _ring(self) -> None:
        """Wake everybody who waits for changes."""
        event, self._changed = self._changed, asyncio.Event()
        event.set()
