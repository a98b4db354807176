"""A simulated OneBot v11 gateway that talks to a bot over a real websocket."""

import asyncio
from http import HTTPStatus
from types import TracebackType
from typing import Any

from typing_extensions import Self
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server, ServerConnection
from websockets.asyncio.server import serve as serve_websocket
from websockets.http11 import Request, Response

from . import happenings as h
from .actions import perform, pretend
from .dialer import Dialer
from .faults import Fault, FaultPlan, Slow
from .journal import Call, Journal
from .link import Frame, Link
from .profiles.profile import Profile
from .records import StoredMessage
from .refusals import Reason
from .session import MessageFormat, Session
from .wire import frames, meta_event
from .world import World

_NEVER_CARRIED_OUT = (Fault.TIMEOUT, Fault.CLOSE, Fault.OK_BUT_NOTHING)


class SimulatedGateway(Journal):
    """One QQ account, logged in to a `World` through a gateway of the given `Profile`.

    Used as ``async with`` it connects on entry, keeps the link up as the real gateways do (a link
    that the bot's side ends is opened again after the reconnect interval) and closes on exit.
    What happens while no bot is connected is lost to the bot, as in reality, but is in `entries`.

    Attributes:
        world: The world the account lives in.
        faults: The planned failures; see `fail_next`.
        lost: Event frames that reached nobody.
    """

    def __init__(
        self,
        world: World,
        profile: Profile,
        self_id: int = 10001,
        url: str = "ws://127.0.0.1:8080/onebot/v11/ws",
        token: str | None = None,
        heartbeat: float | None = None,
        *,
        message_format: MessageFormat | None = None,
        report_own: bool = True,
        answers_first: bool = False,
        reconnect_interval: float | None = None,
        announce_simulated: bool = False,
    ) -> None:
        """Start the gateway without connecting it.

        Args:
            world: Where the account lives.
            profile: Which gateway to be.
            self_id: The bot's account.
            url: Where the bot listens (reverse websocket).
            token: Sent as the real gateway does; demanded of bots in forward mode.
            heartbeat: Seconds between heartbeats; the profile's by default.
            message_format: Overrides the profile's default.
            report_own: Report the bot's own messages as ``message_sent``.
            answers_first: Answer a call before sending the events it caused, not after.
            reconnect_interval: Seconds; the profile's by default.
            announce_simulated: Put ``"simulated": true`` into ``get_version_info``.
        """
        super().__init__(self_id, profile.wire_id)
        self.world = world
        self.profile = profile
        self.url = url
        self.faults = FaultPlan()
        self.lost: list[Frame] = []
        self._token = token
        self._heartbeat = profile.heartbeat if heartbeat is None else heartbeat
        interval = profile.reconnect_interval if reconnect_interval is None else reconnect_interval
        self._dialer = Dialer(url, profile, self_id, token, interval, self._live)
        self._message_format: MessageFormat | None = message_format
        self._report_own = report_own
        self._answers_first = answers_first
        self._announce = announce_simulated
        self._session = Session(world, profile, self_id, message_format)
        self._links: list[Link] = []
        self._server: Server | None = None
        self._duplicates = 0
        self._losses = 0
        self._held: list[Frame] | None = None
        self._unsubscribe = world.subscribe(self._notice)

    # ---- the connection ----

    async def __aenter__(self) -> Self:
        """Connect."""
        try:
            await self.connect()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything."""
        await self.aclose()

    @property
    def connected(self) -> bool:
        """Whether a bot is at the other end."""
        return bool(self._links)

    async def connect(self, timeout: float = 20.0) -> None:
        """Connect to the bot and stay connected; ConnectionError when `timeout` seconds pass."""
        self._dialer.start()
        try:
            await self.until(lambda: self.connected, timeout)
        except AssertionError:
            await self.disconnect()
            raise ConnectionError(f"{self.url} not reached: {self._dialer.trouble}") from None

    async def disconnect(self) -> None:
        """Close the link properly and stay away until `connect`."""
        await self._dialer.stop(self._close_links)

    async def drop(self) -> None:
        """Break the link without a closing handshake and stay away until `connect`."""
        await self._dialer.stop(self._abort_links)

    async def reconnect(self, timeout: float = 20.0) -> None:
        """Break the link if there is one, and connect again."""
        await self.drop()
        await self.connect(timeout)

    async def restart(self, timeout: float = 20.0) -> None:
        """Restart the gateway: NapCat forgets message ids; a lost connection comes back."""
        was_connected = self._dialer.dialing
        await self.drop()
        self._session = Session(self.world, self.profile, self.self_id, self._message_format)
        if was_connected:
            await self.connect(timeout)

    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Wait for bots to connect (forward websocket) and return the port.

        A token is taken from the ``Authorization: Bearer`` header; without it the answer is 401.
        """
        self._server = server = await serve_websocket(
            self._live, host, port, process_request=self._check_token, max_size=None
        )
        return next(iter(server.sockets)).getsockname()[1]

    async def aclose(self) -> None:
        """End connections and servers and leave the world."""
        await self.disconnect()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    # ---- mischief ----

    def fail_next(
        self,
        action: str,
        fault: Fault | Slow,
        times: int | None = 1,
        match: dict[str, Any] | None = None,
    ) -> None:
        """Let `fault` strike the next fitting calls; see `FaultPlan.add`."""
        self.faults.add(action, fault, times, match)

    def duplicate_next(self, count: int = 1) -> None:
        """Deliver each of the next `count` events twice."""
        self._duplicates += count

    def lose_next(self, count: int = 1) -> None:
        """Swallow the next `count` events, as NapCat does with some batches of notices."""
        self._losses += count

    def send_raw(self, payload: Frame) -> None:
        """Deliver any frame as it is."""
        self._deliver(payload)

    def go_offline(self, message: str = "你的帐号在另一地点登录,你被迫下线") -> None:
        """Lose QQ but not the websocket: heartbeats say so, and NapCat reports ``bot_offline``."""
        self._session.online = False
        if self.profile.reports_offline:
            self._deliver({
                "time": int(self.world.now()),
                "self_id": self.self_id,
                "post_type": "notice",
                "notice_type": "bot_offline",
                "user_id": self.self_id,
                "tag": "下线通知",
                "message": message,
            })  # fmt: skip

    # ---- the shape of things on this gateway ----

    def id_of(self, message: StoredMessage) -> int:
        """The message's id as this gateway shows it."""
        return self.profile.wire_id(message.message_id)

    # ---- machinery ----

    async def _close_links(self) -> None:
        for link in list(self._links):
            await link.close()
        await self.until(lambda: not self._links)

    async def _abort_links(self) -> None:
        for link in list(self._links):
            link.abort()
        await self.until(lambda: not self._links)

    def _check_token(self, connection: ServerConnection, request: Request) -> Response | None:
        given = request.headers.get("Authorization", "")
        if self._token and given.partition(" ")[2] != self._token:
            return connection.respond(HTTPStatus.UNAUTHORIZED, "wrong token\n")
        return None

    async def _live(self, socket: Connection) -> None:
        link = Link(socket, self._answer)
        for sub_type in self.profile.lifecycle:
            link.send(meta_event(self._session, "lifecycle", sub_type=sub_type))
        beating = asyncio.create_task(self._beat(link))
        self._links.append(link)
        self.stir()
        try:
            await link.run()
        finally:
            beating.cancel()
            self._links.remove(link)
            self.stir()

    async def _beat(self, link: Link) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            interval = int(self._heartbeat * 1000)
            link.send(meta_event(self._session, "heartbeat", interval=interval))

    def _notice(self, happening: h.Happening) -> None:
        for frame in frames(happening, self._session):
            if frame["post_type"] == "message_sent" and not self._report_own:
                continue
            if self._held is not None:
                self._held.append(frame)
            else:
                self._deliver(frame)
        self.add(happening)

    def _deliver(self, frame: Frame) -> None:
        if self._losses or not self._links:
            self._losses = max(0, self._losses - 1)
            self.lost.append(frame)
            return
        copies = 2 if self._duplicates else 1
        self._duplicates = max(0, self._duplicates - 1)
        for link in self._links:
            for _ in range(copies):
                link.send(frame)

    async def _answer(self, link: Link, request: Frame) -> None:
        action, params = str(request.get("action", "")), request.get("params") or {}
        call = Call(action, params, self.world.now())
        fault = self.faults.take(action, params)
        self.add(call)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        if fault is Fault.CLOSE:
            link.abort()
        if fault is Fault.OK_BUT_NOTHING:
            self._reply(link, request, call, pretend(self._session, action), [])
        elif isinstance(fault, Fault) and isinstance(fault.value, Reason):
            body = self.profile.failure(
                action, fault.value, message_id=params.get("message_id", "")
            )
            self._reply(link, request, call, body, [])
        elif fault not in _NEVER_CARRIED_OUT:
            body, caused = self._carry_out(action, params)
            if fault is Fault.TIMEOUT_BUT_DONE:
                self._deliver_all(caused)
            else:
                self._reply(link, request, call, body, [] if fault is Fault.SILENT else caused)

    def _carry_out(self, action: str, params: dict[str, Any]) -> tuple[Frame, list[Frame]]:
        """Perform a call and hold back the events it causes."""
        self._held = caused = []
        try:
            body = perform(self._session, action, params)
        finally:
            self._held = None
        if self._announce and action == "get_version_info" and body["status"] == "ok":
            body["data"]["simulated"] = True
        return body, caused

    def _reply(
        self, link: Link, request: Frame, call: Call, body: Frame, caused: list[Frame]
    ) -> None:
        echo = {"echo": request["echo"]} if "echo" in request else {}
        if not self._answers_first:
            self._deliver_all(caused)
        link.send({**body, **echo})
        if self._answers_first:
            self._deliver_all(caused)
        call.answer = body
        self.stir()

    def _deliver_all(self, caused: list[Frame]) -> None:
        for frame in caused:
            self._deliver(frame)
