"""Fetch pictures from QQ's media servers and from nowhere else.

The address of a picture comes out of a message, so a stranger may have written it. It is fetched
only from a host on the list beside this file (media_hosts.txt), only when every address that host
resolves to is a public one, and the connection is made to the very address that was checked: a
name that resolves differently the second time (DNS rebinding) gains nothing. Cookies, credentials
and the proxy settings of the environment are never used.

httpcore2 does exactly that much: one request, no redirects, no cookies, no environment, and it asks
a backend of ours to connect. It is the maintained successor of httpcore, the engine of httpx, and
brings one package along. httpx adds what had to be switched off again; aiohttp brings five packages
and connects to a literal address without asking its resolver.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urljoin, urlsplit

import httpcore2
from typing_extensions import override

from pinbang.moderation.lexicon import load_lines
from pinbang.text.links import belongs_to

MAX_BYTES = 8 * 1024 * 1024
TOTAL_SECONDS = 5.0
"""From the question for the host's address to the last byte, waiting for a free slot included."""
CONNECT_SECONDS = 2.0
"""For one address; a host may have several, and the first may be dead."""
MAX_CONNECTIONS = 8
MAX_REDIRECTS = 2
MAX_ADDRESS = 4096

_MAX_TRIES = 3
_DEFAULT_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = (
    ("Accept", "image/*"),
    ("Accept-Encoding", "identity"),
    ("User-Agent", "PinBang"),
    ("Connection", "close"),
)
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
_SIGNATURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF[\s\S]{4}WEBP|BM", re.DOTALL
)
"""How JPEG, PNG, GIF, WebP and BMP begin."""

# multimedia.nt.qq.com.cn agrees on no cipher of Python's default set, which has left out the plain
# RSA key exchange since 3.10 (LagrangeDev/Lagrange.Core#315). Certificates are still checked.
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:RSA+AESGCM:RSA+AES:!aNULL:!eNULL:!MD5:!DSS"

_MEDIA_HOSTS = frozenset(load_lines(Path(__file__).with_name("media_hosts.txt")))

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_EMBEDDED_IPV4 = ipaddress.ip_network("::/96")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Tell the addresses of a host, best first; raises OSError when there is none."""


class NotFetchedError(Exception):
    """A picture was not fetched; the text says why, without the address: that holds a key."""


@dataclass(frozen=True)
class _Source:
    scheme: str
    host: str
    port: int
    target: str


class Fetcher:
    """Fetches pictures; one for the process.

    `extra_hosts` are further `host:port` to fetch from, whatever address they have: for tests and
    the simulated group only. `resolve` and `backend` stand in for name service and network.
    """

    def __init__(
        self,
        extra_hosts: Iterable[str] = (),
        *,
        resolve: Resolve | None = None,
        backend: httpcore2.AsyncNetworkBackend | None = None,
        seconds: float = TOTAL_SECONDS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._extra = frozenset(split_host(entry) for entry in extra_hosts)
        self._seconds = seconds
        self._max_bytes = max_bytes
        # No connection is kept: each is made anew, to an address that has just been checked.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_ssl_context(),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=0,
            network_backend=_CheckingBackend(
                self._extra, resolve or _resolve, backend or _network()
            ),
        )

    async def fetch(self, address: str) -> bytes:
        """Return the picture at `address`; raise NotFetchedError when that may or can not be."""
        try:
            return await asyncio.wait_for(self._fetch(address), self._seconds)
        except asyncio.TimeoutError:
            raise NotFetchedError("too slow") from None
        except (
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
            httpcore2.TimeoutException,
            OSError,
            ValueError,
        ) as error:
            raise NotFetchedError(type(error).__name__) from error

    async def _fetch(self, address: str) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            found = await self._get(self._source(address))
            if isinstance(found, bytes):
                return found
            if address.lower().startswith("https:") and not urlsplit(
                urljoin(address, found)
            ).scheme.startswith("https"):
                raise NotFetchedError("redirected away from https")
            address = urljoin(address, found)
        raise NotFetchedError("redirected too often")

    def _source(self, address: str) -> _Source:
        """Take an address apart, or refuse it."""
        if len(address) > MAX_ADDRESS or not _PRINTABLE.fullmatch(address):
            raise NotFetchedError("not an address")
        parts = urlsplit(address)
        scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".").lower()
        if scheme not in _DEFAULT_PORTS:
            raise NotFetchedError("neither http nor https")
        if "@" in parts.netloc:
            raise NotFetchedError("credentials in the address")
        port = parts.port or _DEFAULT_PORTS[scheme]
        listed = port == _DEFAULT_PORTS[scheme] and belongs_to(host, _MEDIA_HOSTS)
        if not listed and (host, port) not in self._extra:
            raise NotFetchedError("host not on the list")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _Source(scheme, host, port, target)

    async def _get(self, source: _Source) -> bytes | str:
        """Return the picture, or where the server says it is."""
        url = httpcore2.URL(
            scheme=source.scheme, host=source.host, port=source.port, target=source.target
        )
        timeouts = {"connect": CONNECT_SECONDS}
        async with self._pool.stream(
            "GET", url, headers=_HEADERS, extensions={"timeout": timeouts}
        ) as response:
            headers = {name.lower(): value for name, value in response.headers}
            if response.status in _REDIRECTS and b"location" in headers:
                return headers[b"location"].decode("ascii")
            if response.status != 200:  # noqa: PLR2004 -- HTTP's word for "here it is"
                raise NotFetchedError(f"HTTP {response.status}")
            self._check_headers(headers)
            data = bytearray()
            async for chunk in response.aiter_stream():
                data += chunk
                if len(data) > self._max_bytes:
                    raise NotFetchedError("too big")
        if not _SIGNATURE.match(data):
            raise NotFetchedError("no picture")
        return bytes(data)

    def _check_headers(self, headers: dict[bytes, bytes]) -> None:
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > self._max_bytes:
            raise NotFetchedError("too big")
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise NotFetchedError("compressed")
        kind = headers.get(b"content-type", b"image/").lower()
        if not kind.startswith((b"image/", b"application/octet-stream")):
            raise NotFetchedError("no picture")


class _CheckingBackend(httpcore2.AsyncNetworkBackend):
    """Connects to hosts whose addresses are all public, at the addresses that were checked."""

    def __init__(
        self,
        trusted: frozenset[tuple[str, int]],
        resolve: Resolve,
        inner: httpcore2.AsyncNetworkBackend,
    ) -> None:
        self._trusted = trusted
        self._resolve = resolve
        self._inner = inner

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        if (host, port) not in self._trusted and not all(map(is_public, addresses)):
            raise NotFetchedError("address not public")
        failure: Exception = httpcore2.ConnectError()
        for address in addresses[:_MAX_TRIES]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


def _network() -> httpcore2.AsyncNetworkBackend:
    # Its type is lost on the way: httpcore2 has a stand-in for those who have no anyio.
    return cast(httpcore2.AsyncNetworkBackend, httpcore2.AnyIOBackend())


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _ssl_context() -> ssl.SSLContext:
    context = httpcore2.default_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    return context


def split_host(entry: str) -> tuple[str, int]:
    """Split `host:port` or `[address]:port`; raise ValueError when it is neither."""
    host, _, port = entry.strip().lower().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(entry)
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004
        raise ValueError(entry)
    return host, int(port)


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the internet's own, also inside an IPv6 wrapping.

    Private, loopback, link-local, multicast, reserved and documentation addresses are not, and
    neither is what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.scope_id or parsed.is_site_local or parsed.teredo or parsed in _EMBEDDED_IPV4:
            return False
        wrapped = parsed.ipv4_mapped or parsed.sixtofour
        if wrapped is None and parsed in _NAT64:
            wrapped = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved
