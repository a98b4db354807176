"""Start PinBang: check everything that can be wrong, put the parts together, serve."""

import asyncio
import json
import os
import socket
import sys
from typing import TYPE_CHECKING

import nonebot

from pinbang import clock, crypto
from pinbang.gateway.account import use_pace
from pinbang.logs import configure_logs, logger
from pinbang.pictures.fetching import Fetcher
from pinbang.pictures.media import use_fetcher
from pinbang.settings import ROOT, Settings, StartupError, load_settings, read_environment

if TYPE_CHECKING:
    from loguru import Message

API_TIMEOUT_SECONDS = 10.0
"""How long a gateway call may take; one that is under way delays the shutdown by that much."""
PING_SECONDS = 5.0
"""Ping interval and patience: a half-open link blocks the reconnect until they run out."""


def main() -> None:
    """Run the bot until it is told to stop; exit with one clear line when it cannot start."""
    os.chdir(ROOT)
    try:
        settings = load_settings(read_environment())
        configure_logs(settings.log_level)
        prepare(settings)
    except StartupError as error:
        sys.exit(f"启动失败：{error}。")
    nonebot.run(ws_ping_interval=PING_SECONDS, ws_ping_timeout=PING_SECONDS)


def prepare(settings: Settings) -> None:
    """Do everything that can fail before the server runs; raises StartupError."""
    # Deferred: these import NoneBot's parts, which need to come after the settings are checked.
    from pinbang.store.opening import claim_data_folder, prepare_database

    lock = claim_data_folder(settings)
    check_port(settings)
    crypto.use_keyring(crypto.load_keyring(settings.encryption_keys, settings.data_path))
    clock.use_zone(settings.timezone)
    if settings.pacing == "off":
        use_pace(None)
    use_fetcher(Fetcher(settings.picture_hosts))
    initialise(settings)
    load_plugins()
    asyncio.run(prepare_database(settings))

    from pinbang.lifecycle import install

    install(settings, lock)


def initialise(settings: Settings) -> None:
    """Hand the settings to NoneBot, which reads `.env` too but takes lists as JSON only."""
    for name, value in (
        ("SUPERUSERS", settings.superusers),
        ("COMMAND_START", settings.command_start),
        ("ONEBOT_WS_URLS", settings.onebot_ws_urls),
    ):
        os.environ[name] = json.dumps(value)
    nonebot.init(
        driver="~fastapi+~websockets",
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        superusers=set(settings.superusers),
        command_start=set(settings.command_start),
        api_timeout=API_TIMEOUT_SECONDS,
        onebot_access_token=settings.onebot_access_token or None,
        onebot_ws_urls=set(settings.onebot_ws_urls),
        fastapi_openapi_url=None,
        fastapi_docs_url=None,
        fastapi_redoc_url=None,
    )
    from pinbang.gateway.adapter import GatewayAdapter

    nonebot.get_driver().register_adapter(GatewayAdapter)


def load_plugins() -> None:
    """Load the plugins; NoneBot only logs one that fails, so compare what should be there."""
    failures: dict[str, BaseException] = {}

    def note(message: "Message") -> None:
        exception = message.record["exception"]
        if exception is not None and exception.value is not None:
            failures[message.record["message"]] = exception.value

    sink = logger.add(note, level="ERROR", filter=lambda record: record["exception"] is not None)
    try:
        nonebot.load_from_toml(str(ROOT / "pyproject.toml"))
    finally:
        logger.remove(sink)
    loaded = {plugin.id_ for plugin in nonebot.get_loaded_plugins()}
    missing = sorted(nonebot.get_available_plugin_names() - loaded)
    if missing:
        reason = next(
            (
                f"{type(error).__name__}: {error}"
                for text, error in failures.items()
                if missing[0] in text
            ),
            "原因见上面的日志",
        )
        raise StartupError(
            f"插件 {missing[0]} 加载失败（{reason[:200]}）",
            "请修好或移走 plugins 下的这个插件；LOG_LEVEL=DEBUG 可看完整报错",
        )


def check_port(settings: Settings) -> None:
    """Raise StartupError when the port cannot be listened on."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise StartupError(
            f"端口 {settings.host}:{settings.port} 用不了（{error.strerror or error}）",
            "可能已有一个 PinBang 或别的程序在用；换一个端口就设 PORT，例如 PORT=8090",
        ) from error


if __name__ == "__main__":
    main()
