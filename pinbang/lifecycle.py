"""What runs beside the server: the database, due work, readiness, an orderly end."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import nonebot
from filelock import FileLock
from nonebot.drivers import Driver

from pinbang.gateway import accounts
from pinbang.groups import follow_changes
from pinbang.kept_messages import flush, write_kept_messages
from pinbang.logs import logger
from pinbang.schedule import run_schedule
from pinbang.settings import Settings
from pinbang.store.opening import open_database
from pinbang.text.tokenise import set_cache_dir, warm_up

if TYPE_CHECKING:
    from tortoise.context import TortoiseContext

READY_LINE = "PinBang 已就绪"
POLL_SECONDS = 0.05

ServingHook = Callable[[Settings], Awaitable[None]]

_serving_hooks: list[ServingHook] = []


def on_serving(hook: ServingHook) -> ServingHook:
    """Run `hook` once the port accepts connections."""
    _serving_hooks.append(hook)
    return hook


def install(settings: Settings, lock: FileLock | None) -> None:
    """Hook everything into NoneBot's driver; `lock` is held until the process ends."""
    driver: Driver = nonebot.get_driver()
    tasks: list[asyncio.Task[None]] = []
    opened: list[TortoiseContext] = []

    @driver.on_startup
    async def _start() -> None:
        opened.append(await open_database(settings.effective_database_url))
        set_cache_dir(_cache_folder(settings))
        await asyncio.to_thread(warm_up)
        tasks.append(asyncio.create_task(run_schedule(connected)))
        tasks.append(asyncio.create_task(write_kept_messages()))
        if not settings.on_sqlite:
            tasks.append(asyncio.create_task(follow_changes()))
        tasks.append(asyncio.create_task(_announce(settings)))

    @driver.on_shutdown
    async def _stop() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(Exception):  # a database away must not keep the bot from ending
            await flush()
        for account in accounts():
            await account.close()
        for context in opened:
            await context.close_connections()
        if lock is not None:
            lock.release()


def connected() -> list[int]:
    """List the accounts whose gateway is connected to this process."""
    return [account.self_id for account in accounts() if account.bot is not None]


def _cache_folder(settings: Settings) -> Path:
    folder = settings.data_path / "cache"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


async def _announce(settings: Settings) -> None:
    """Start what needs the port, then say where to connect, once that is true."""
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(local_host(settings), settings.port)
            writer.close()
            break
        await asyncio.sleep(POLL_SECONDS)
    for hook in _serving_hooks:
        try:
            await hook(settings)
        except Exception as error:  # noqa: BLE001 -- the bot works without what hooks start
            logger.opt(exception=error).error("Something beside the bot could not be started")
    for line in welcome(settings):
        logger.success(line)


def local_host(settings: Settings) -> str:
    """Return the address under which this machine reaches the port."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104


def base_address(settings: Settings, scheme: str) -> str:
    """Return `scheme://host:port` as written in a URL."""
    host = local_host(settings)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def welcome(settings: Settings) -> list[str]:
    """Tell the operator how to connect a gateway and where to try the bot out."""
    lines = [READY_LINE]
    if settings.onebot_ws_urls:
        lines.append(f"正在连接网关（正向 WebSocket）：{'、'.join(settings.onebot_ws_urls)}")
    token = "Token 填 ONEBOT_ACCESS_TOKEN 的值" if settings.onebot_access_token else "不用填 Token"
    lines.append(
        f"网关连到这里（反向 WebSocket）：{base_address(settings, 'ws')}/onebot/v11/ws，{token}"
    )
    if settings.sandbox_enabled:
        lines.append(
            f"没有 QQ 号也能试：用浏览器打开模拟群 {base_address(settings, 'http')}/sandbox"
        )
    return lines
