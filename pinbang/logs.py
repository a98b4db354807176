"""Set up logging: one line an event, no message texts, no variables in tracebacks."""

import logging
import sys
from typing import TYPE_CHECKING

from nonebot.log import LoguruHandler, default_format, logger, logger_id

if TYPE_CHECKING:
    from loguru import Record

__all__ = ["configure_logs", "logger"]

_EVENT_MODULES = frozenset({"message", "matcher"})
"""NoneBot's modules that log each event with all that people wrote in it."""
_PLUGIN_MODULE = "manager"
"""NoneBot's module that loads plugins."""


def _in_one_line(record: logging.LogRecord) -> bool:
    """Name the fault instead of tracing it: a database server that is away is reported often."""
    if record.exc_info and record.exc_info[0]:
        record.msg = f"{record.getMessage()} ({record.exc_info[0].__name__})"
        record.args, record.exc_info = (), None
    return True


def configure_logs(level: str) -> None:
    """Log to standard output from `level` on.

    Tracebacks come without values of variables (`diagnose`), because those hold what people wrote.
    """
    verbose = level in {"TRACE", "DEBUG"}

    def wanted(record: "Record") -> bool:
        if record["name"] == "nonebot" and record["module"] in _EVENT_MODULES:
            return record["level"].no >= logger.level("WARNING").no
        if not verbose and "websocket" in record["message"].lower():
            record["exception"] = None  # a gateway that is away is tried again every few seconds
        # A plugin that cannot be imported ends the start with one line that names the reason.
        return verbose or record["module"] != _PLUGIN_MODULE or record["exception"] is None

    logger.remove(logger_id)
    logger.add(
        sys.stdout,
        level=level,
        format=default_format,
        filter=wanted,
        diagnose=False,
        backtrace=False,
    )
    # Database drivers log statements with their values at DEBUG: members' words must not get there.
    for name in ("tortoise", "aiosqlite", "asyncpg", "asyncio"):
        quiet = logging.getLogger(name)
        quiet.setLevel(logging.WARNING)
        handler = LoguruHandler()
        if name == "asyncpg":
            handler.addFilter(_in_one_line)
        quiet.handlers = [handler]
        quiet.propagate = False
