"""Pure: who may use the page. It is for the person at this machine and nobody else."""

import ipaddress
from urllib.parse import urlsplit

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every answer."""


def against_caller(client: str | None, host: str | None) -> str | None:
    """Object to a caller from another machine, or to one under another name.

    The name (the Host header) counts because a foreign site can have its own name point here
    (DNS rebinding) and would then be read by the visitor's browser as that site.
    """
    if client is None or not _loopback(client):
        return "模拟群只能在运行机器人的这台电脑上打开"
    name = _host_name(host or "")
    if name != "localhost" and not _loopback(name):
        return "请用 http://127.0.0.1 或 http://localhost 打开模拟群"
    return None


def against_origin(origin: str | None, fetch_site: str | None, host: str | None) -> str | None:
    """Object to a deed that another web page asked the browser for.

    Programs that are no browsers send neither header.
    """
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return "只接受模拟群页面自己发出的操作"
    if origin is not None and origin.lower() not in (
        f"{scheme}://{(host or '').lower()}" for scheme in ("http", "https")
    ):
        return "只接受模拟群页面自己发出的操作"
    return None


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
