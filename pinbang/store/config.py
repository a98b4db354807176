"""Describe the database to Tortoise: one app for the shared tables, one for each plugin's."""

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pinbang.settings import ROOT, StartupError

SHARED_APP = "pinbang"
CONNECTION = "default"
_POSTGRES = {"postgres", "postgresql", "asyncpg"}


def plugin_apps(root: Path = ROOT) -> list[str]:
    """Name the plugins under `plugins/` that have tables of their own, in order."""
    return sorted(path.parent.name for path in (root / "plugins").glob("*/models.py"))


def database_config(url: str) -> dict[str, Any]:
    """Build Tortoise's configuration for `url`; raise StartupError for a URL it cannot use."""
    apps: dict[str, Any] = {
        SHARED_APP: {
            "models": ["pinbang.store.models"],
            "migrations": "pinbang.store.migrations",
            "default_connection": CONNECTION,
        }
    }
    for name in plugin_apps():
        package = f"plugins.{name}"
        apps[name] = {"models": [f"{package}.models"], "default_connection": CONNECTION}
        if importlib.util.find_spec(f"{package}.migrations"):
            apps[name]["migrations"] = f"{package}.migrations"
    return {
        "connections": {CONNECTION: _connection_url(url)},
        "apps": apps,
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection_url(url: str) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme == "sqlite":
        # Several seconds of patience for a backup tool or a second process that holds the file;
        # FULL also survives a power cut, NORMAL only a killed process.
        query.setdefault("busy_timeout", "3000")
        query.setdefault("synchronous", "FULL")
        return f"sqlite://{url.removeprefix('sqlite://').partition('?')[0]}?{urlencode(query)}"
    if parts.scheme in _POSTGRES:
        query.setdefault("maxsize", "10")
        return urlunsplit(parts._replace(scheme="asyncpg", query=urlencode(query)))
    raise StartupError(
        f"DATABASE_URL 的类型“{parts.scheme or url[:20]}”不支持",
        "请用 sqlite:// 或 postgres://用户:密码@主机:端口/库名，留空就是 SQLite",
    )
