"""Which gateway is on the other end, as far as it makes a difference to us."""

from collections.abc import Mapping
from enum import Enum
from typing import Any


class GatewayKind(str, Enum):
    """The gateways whose quirks we know; the value is the name people know it by."""

    NAPCAT = "NapCat"
    LLBOT = "LLBot"
    SNOWLUMA = "SnowLuma"
    LAGRANGE = "Lagrange.OneBot"
    GOCQHTTP = "go-cqhttp"
    GENSOKYO = "Gensokyo"
    OTHER = "OneBot v11"


_APP_NAMES = {
    "napcat": GatewayKind.NAPCAT,
    "llonebot": GatewayKind.LLBOT,
    "llbot": GatewayKind.LLBOT,
    "llonebot/llbot": GatewayKind.LLBOT,
    "snowluma": GatewayKind.SNOWLUMA,
    "lagrange": GatewayKind.LAGRANGE,
    "go-cqhttp": GatewayKind.GOCQHTTP,
    "gensokyo": GatewayKind.GENSOKYO,
}


def detect_kind(version: Mapping[str, Any]) -> GatewayKind:
    """Name the gateway from the data of its get_version_info answer."""
    name = str(version.get("app_name") or "").lower()
    for prefix, kind in _APP_NAMES.items():
        if name.startswith(prefix):
            return kind
    return GatewayKind.OTHER
