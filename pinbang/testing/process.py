"""The bot as a real process, for end-to-end tests and benchmarks."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

READY_LINE = "PinBang 已就绪"
"""What the bot logs once it has started completely."""

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")
_ERROR = re.compile(r"\b(?:ERROR|CRITICAL)\b|Traceback")
_SHOWN = 40
_POLL = 0.05


def free_port() -> int:
    """Return a loopback TCP port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class BotProcess:
    """One run after another of ``bot.py``, on the same port and the same data.

    The environment holds PATH, HOME, the language and the settings given here, nothing else.
    Used as ``async with`` it starts, waits until the bot is ready, and kills it on exit.

    Attributes:
        port: Where the bot listens on 127.0.0.1.
        lines: Its log, all runs, standard output and error together.
    """

    def __init__(
        self,
        root: Path,
        *,
        data_dir: Path,
        env: Mapping[str, str] | None = None,
        port: int | None = None,
        database_url: str | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Describe the process without starting it.

        Args:
            root: The folder of ``bot.py``.
            data_dir: Becomes DATA_DIR.
            env: Further settings; they win over everything else.
            port: A free one by default.
            database_url: Becomes DATABASE_URL.
            cwd: Where to start it; `root` by default.
        """
        self.port = free_port() if port is None else port
        self.lines: list[str] = []
        self._root = root
        self._cwd = root if cwd is None else cwd
        self._env = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self._env |= {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATA_DIR": str(data_dir),
            "SANDBOX": "off",
            "PACING": "off",
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }
        if database_url is not None:
            self._env["DATABASE_URL"] = database_url
        self._env |= env or {}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._run_began = 0
        self._stirred = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Start the bot and wait until it is ready."""
        await self.start()
        try:
            await self.ready()
        except BaseException:
            await self.kill()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill the bot if it still runs."""
        await self.kill()

    @property
    def url(self) -> str:
        """Where a gateway connects (reverse websocket)."""
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    @property
    def pid(self) -> int:
        """The process id of the present run; 0 when there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def returncode(self) -> int | None:
        """How the last run ended; None while it lasts or before the first."""
        return None if self._process is None else self._process.returncode

    async def start(self) -> None:
        """Start a run."""
        self._run_began = len(self.lines)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(self._root / "bot.py"),
            cwd=self._cwd,
            env=self._env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=2**22,
        )
        self._reader = asyncio.create_task(self._read(self._process))

    async def ready(self, timeout: float = 60.0) -> None:
        """Wait until the log says so and the port accepts connections."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout
        await self.logged(READY_LINE, timeout=timeout)
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                if clock() > deadline or self.returncode is not None:
                    raise AssertionError(self._complaint("listens", timeout)) from None
                await asyncio.sleep(_POLL)
            else:
                writer.close()
                return

    async def logged(self, *containing: str, timeout: float = 30.0) -> str:
        """Wait for a log line of this run with all of `containing`, and return it.

        AssertionError with the end of the log when it does not come or the process ends.
        """

        def find() -> str | None:
            run = self.lines[self._run_began :]
            return next((line for line in run if all(c in line for c in containing)), None)

        return await self._until(find, f"logs {containing}", timeout)

    async def ended(self, timeout: float = 30.0) -> int:
        """Wait until the process ends by itself and return its exit status."""
        process = self._running()
        try:
            await asyncio.wait_for(process.wait(), timeout)
        except asyncio.TimeoutError:
            raise AssertionError(self._complaint("ends", timeout)) from None
        return await self._finish(process)

    async def kill(self) -> None:
        """End it with SIGKILL, if it runs."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        if self._process is not None:
            await self._finish(self._process)

    async def terminate(self, timeout: float = 30.0) -> int:
        """Ask it to stop with SIGTERM and return its exit status."""
        self._running().send_signal(signal.SIGTERM)
        return await self.ended(timeout)

    async def restart(self, timeout: float = 60.0) -> None:
        """Kill it, start it again and wait until it is ready."""
        await self.kill()
        await self.start()
        await self.ready(timeout)

    def log_text(self) -> str:
        """The whole log."""
        return "\n".join(self.lines)

    def errors(self) -> list[str]:
        """Log lines at ERROR or CRITICAL, and heads of tracebacks."""
        return [line for line in self.lines if _ERROR.search(line)]

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        async for line in process.stdout:
            self.lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
            self._stirred.set()
        await process.wait()
        self._stirred.set()

    async def _until(self, find: Callable[[], str | None], what: str, timeout: float) -> str:
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout
        while (found := find()) is None:
            if self._reader is None or self._reader.done():
                raise AssertionError(self._complaint(what, timeout))
            self._stirred.clear()
            try:
                await asyncio.wait_for(self._stirred.wait(), max(0.0, deadline - clock()))
            except asyncio.TimeoutError:
                raise AssertionError(self._complaint(what, timeout)) from None
        return found

    async def _finish(self, process: asyncio.subprocess.Process) -> int:
        status = await process.wait()
        if self._reader is not None:
            await self._reader
        return status

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("the bot has not been started")
        return self._process

    def _complaint(self, what: str, timeout: float) -> str:
        state = "runs" if self.returncode is None else f"ended with {self.returncode}"
        tail = "\n".join(self.lines[-_SHOWN:])
        return f"within {timeout:g} s no sign that the bot {what} (it {state}); log:\n{tail}"
