"""What may be fetched and what may not, with name service and network under control."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpcore2
import pytest

from pinbang.pictures.fetching import Fetcher, NotFetchedError, _network, is_public, split_host
from pinbang.testing.pictures import GROUP_LINK, code, png

PICTURE = png(code(GROUP_LINK))
PUBLIC, OTHER_PUBLIC = "203.205.254.1", "2402:4e00::1"

Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


def response(body: bytes = PICTURE, status: str = "200 OK", **headers: str) -> Answer:
    given = {"content-type": "image/png", "content-length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)

    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)

    return answer


def moved(to: str, status: str = "302 Found") -> Answer:
    return response(b"", status, location=to)


class Network(httpcore2.AsyncNetworkBackend):
    """Leads every address to one local server and notes which it was asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[tuple[str, int]] = []
        self.dead: set[str] = set()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: object = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.asked.append((host, port))
        if host in self.dead:
            raise httpcore2.ConnectError
        return await _network().connect_tcp("127.0.0.1", self.port)


class Internet:
    """A name service, a network and a server that gives one answer after another."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.answers: list[Answer] = []
        self.requests: list[str] = []
        self.network: Network

    async def resolve(self, host: str, port: int) -> list[str]:
        answers = self.names.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def fetcher(self, *extra: str, seconds: float = 5.0, max_bytes: int = 1_000_000) -> Fetcher:
        return Fetcher(
            extra,
            resolve=self.resolve,
            backend=self.network,
            seconds=seconds,
            max_bytes=max_bytes,
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(request)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            await answer(request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def opened() -> AsyncIterator[Internet]:
    internet = Internet()
    server = await asyncio.start_server(internet.serve, "127.0.0.1", 0)
    internet.network = Network(server.sockets[0].getsockname()[1])
    try:
        yield internet
    finally:
        server.close()


@pytest.fixture
async def internet() -> AsyncIterator[Internet]:
    async with opened() as internet:
        internet.answers = [response()]
        yield internet


async def refused(fetcher: Fetcher, address: str) -> str:
    with pytest.raises(NotFetchedError) as caught:
        await fetcher.fetch(address)
    return str(caught.value)


HOSTS = [
    "multimedia.nt.qq.com.cn",
    "gchat.qpic.cn",
    "c2cpicdw.qpic.cn",
    "gxh.vip.qq.com",
    "p.qlogo.cn",
    "q.qlogo.cn",
]


@pytest.mark.parametrize("host", HOSTS)
async def test_pictures_of_qq_are_fetched(internet: Internet, host: str) -> None:
    fetcher = internet.fetcher()
    assert await fetcher.fetch(f"http://{host}/download?appid=1407&fileid=x") == PICTURE
    assert await fetcher.fetch(f"http://{host.upper()}.:80/a") == PICTURE
    first, second = internet.requests
    assert first.startswith("GET /download?appid=1407&fileid=x HTTP/1.1")
    assert f"host: {host}\r\n" in first.lower()
    assert second.startswith("GET /a ")
    assert internet.network.asked == [(PUBLIC, 80)] * 2


async def test_nothing_about_us_is_sent(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    internet.answers = [response(set_cookie="a=b")]
    fetcher = internet.fetcher()
    await fetcher.fetch("http://gchat.qpic.cn/1")
    await fetcher.fetch("http://gchat.qpic.cn/2")
    for request in internet.requests:
        sent = {line.partition(":")[0].lower() for line in request.split("\r\n")[1:] if line}
        assert sent == {"host", "accept", "accept-encoding", "user-agent", "connection"}


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/a.png",
        "http://gchat.qpic.cn.example.com/a.png",
        "http://evilqpic.cn/a.png",
        "http://qq.com/a.png",
        "http://mail.qq.com/a.png",
        "http://127.0.0.1/a.png",
        "http://[::1]/a.png",
        "http://2130706433/a.png",
        "http://localhost/a.png",
        "http://gchat.qpic.cn:8080/a.png",
        "http://gchat.qpic.cn:443/a.png",
        "https://gchat.qpic.cn:80/a.png",
        "http://user@gchat.qpic.cn/a.png",
        "http://user:pass@gchat.qpic.cn/a.png",
        "http://gchat.qpic.cn@example.com/a.png",
        "http://example.com\\@gchat.qpic.cn/a.png",
        "http://example.com#@gchat.qpic.cn/a.png",
        "http://gchat.qpic.cn\r\n.example.com/a.png",
        "http://gchat.qpic.cn/a.png HTTP/1.1\r\nX: y",
        "http://gchat。qpic。cn/a.png",
        "http://gchat.qpic.cn:99999/a.png",
        "http://gchat.qpic.cn:x/a.png",
        "http://[::1/a.png",
        "//gchat.qpic.cn/a.png",
        "gchat.qpic.cn/a.png",
        "ftp://gchat.qpic.cn/a.png",
        "file:///etc/passwd",
        "base64://iVBORw0KGgo=",
        "0F8A.png",
        "",
        "http://gchat.qpic.cn/" + "a" * 5000,
    ],
)
async def test_other_addresses_are_not_fetched(internet: Internet, address: str) -> None:
    await refused(internet.fetcher(), address)
    assert internet.network.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        (OTHER_PUBLIC, True),
        ("::ffff:203.205.254.1", True),
        ("64:ff9b::cbcd:fe01", True),
        ("127.0.0.1", False),
        ("127.9.9.9", False),
        ("0.0.0.0", False),  # noqa: S104
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("198.18.0.5", False),
        ("192.0.2.1", False),
        ("224.0.0.251", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fd12:3456::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("gchat.qpic.cn", False),
        ("", False),
    ],
)
async def test_only_public_addresses_are_connected_to(
    internet: Internet, address: str, public: bool
) -> None:
    assert is_public(address) is public
    # One bad address among good ones is enough to be refused.
    internet.names["gchat.qpic.cn"] = [[PUBLIC, address]]
    fetcher = internet.fetcher()
    if public:
        assert await fetcher.fetch("http://gchat.qpic.cn/") == PICTURE
    else:
        assert await refused(fetcher, "http://gchat.qpic.cn/") == "address not public"
        assert internet.network.asked == []


async def test_the_connection_goes_to_the_address_that_was_checked(internet: Internet) -> None:
    internet.names["gchat.qpic.cn"] = [[PUBLIC], ["127.0.0.1"]]
    fetcher = internet.fetcher()
    assert await fetcher.fetch("http://gchat.qpic.cn/") == PICTURE
    assert internet.network.asked == [(PUBLIC, 80)]
    # The name now leads inside; the next picture is checked anew, on a connection of its own.
    assert await refused(fetcher, "http://gchat.qpic.cn/") == "address not public"
    assert len(internet.network.asked) == 1


async def test_a_dead_address_is_passed_over(internet: Internet) -> None:
    internet.names["gchat.qpic.cn"] = [[OTHER_PUBLIC, PUBLIC]]
    internet.network.dead = {OTHER_PUBLIC}
    assert await internet.fetcher().fetch("http://gchat.qpic.cn/") == PICTURE
    internet.network.dead = {OTHER_PUBLIC, PUBLIC}
    assert await refused(internet.fetcher(), "http://gchat.qpic.cn/") == "ConnectError"


async def test_a_redirect_on_the_list_is_followed(internet: Internet) -> None:
    internet.answers = [moved("http://c2cpicdw.qpic.cn/b?x=1"), moved("/c"), response()]
    assert await internet.fetcher().fetch("http://gchat.qpic.cn/a") == PICTURE
    assert [request.split()[1] for request in internet.requests] == ["/a", "/b?x=1", "/c"]


@pytest.mark.parametrize(
    "to",
    [
        "http://example.com/a.png",
        "http://127.0.0.1/a.png",
        "http://169.254.169.254/latest/meta-data",
        "//example.com/a.png",
        "http://gchat.qpic.cn:22/",
        "http://user@gchat.qpic.cn/",
        "file:///etc/passwd",
        "ftp://gchat.qpic.cn/",
        "http://[::1",
        "\\\\example.com",
    ],
)
async def test_a_redirect_elsewhere_is_not(internet: Internet, to: str) -> None:
    internet.answers = [moved(to), response()]
    await refused(internet.fetcher(), "http://gchat.qpic.cn/a")
    assert len(internet.network.asked) == 1 or to.startswith("\\\\")


async def test_a_redirect_to_a_host_that_leads_inside_is_not(internet: Internet) -> None:
    internet.names["p.qlogo.cn"] = [["::ffff:10.0.0.1"]]
    internet.answers = [moved("http://p.qlogo.cn/a"), response()]
    assert await refused(internet.fetcher(), "http://gchat.qpic.cn/") == "address not public"


async def test_redirects_end(internet: Internet) -> None:
    internet.answers = [moved("/again")]
    assert await refused(internet.fetcher(), "http://gchat.qpic.cn/") == "redirected too often"
    assert len(internet.requests) == 3


def flood(claimed: str | None) -> Answer:
    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        length = f"content-length: {claimed}\r\n" if claimed else ""
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n{length}\r\n".encode())
        for _times in range(10_000):
            writer.write(b"\x89PNG\r\n\x1a\n" * 1000)
            await writer.drain()

    return answer


@pytest.mark.parametrize("claimed", [None, "90000000", "99999999999999999999"])
async def test_what_is_too_big_is_broken_off(internet: Internet, claimed: str | None) -> None:
    internet.answers = [flood(claimed)]
    assert await refused(internet.fetcher(), "http://gchat.qpic.cn/") == "too big"


async def silence(_: str, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def drip(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n")
    for byte in PICTURE:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("answer", [silence, drip])
async def test_what_is_too_slow_is_broken_off(internet: Internet, answer: Answer) -> None:
    fetcher = internet.fetcher(seconds=0.3)
    internet.answers = [answer]
    begin = time.monotonic()
    # More at once than there are connections: all are given up in time, and nothing stays behind.
    reasons = await asyncio.gather(*(refused(fetcher, "http://qpic.cn/") for _ in range(20)))
    assert set(reasons) == {"too slow"}
    assert time.monotonic() - begin < 2
    internet.answers = [response()]
    assert await fetcher.fetch("http://qpic.cn/") == PICTURE


async def test_a_name_service_that_hangs_is_not_waited_for(internet: Internet) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.sleep(30)
        return [PUBLIC]

    fetcher = Fetcher(resolve=resolve, backend=internet.network, seconds=0.1)
    assert await refused(fetcher, "http://gchat.qpic.cn/") == "too slow"


async def test_a_name_nobody_knows(internet: Internet) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    fetcher = Fetcher(resolve=resolve, backend=internet.network)
    assert await refused(fetcher, "http://gchat.qpic.cn/") == "OSError"
    internet.names["gchat.qpic.cn"] = [[]]
    assert await refused(internet.fetcher(), "http://gchat.qpic.cn/") == "ConnectError"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(status="404 Not Found"), "HTTP 404"),
        (response(status="206 Partial Content"), "HTTP 206"),
        (response(b"", "302 Found"), "HTTP 302"),
        (response(content_type="text/html"), "no picture"),
        (response(b"<html>expired</html>"), "no picture"),
        (response(b""), "no picture"),
        (response(content_encoding="gzip"), "compressed"),
    ],
)
async def test_what_is_no_picture_is_not_taken(
    internet: Internet, answer: Answer, reason: str
) -> None:
    internet.answers = [answer]
    assert await refused(internet.fetcher(), "http://gchat.qpic.cn/") == reason


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff\xe0", b"GIF87a", b"GIF89a", b"RIFF1234WEBP", b"BM"]
)
@pytest.mark.parametrize("kind", ["image/jpeg", "application/octet-stream", ""])
async def test_pictures_are_known_by_their_beginning(
    internet: Internet, head: bytes, kind: str
) -> None:
    internet.answers = [response(head + b"\n" * 50, content_type=kind)]
    assert await internet.fetcher().fetch("http://gchat.qpic.cn/") == head + b"\n" * 50


@pytest.mark.parametrize(
    "garbage", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9"]
)
async def test_a_server_that_speaks_no_http(internet: Internet, garbage: bytes) -> None:
    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)

    internet.answers = [answer]
    assert await refused(internet.fetcher(), "http://gchat.qpic.cn/") == "RemoteProtocolError"


async def test_the_reason_does_not_give_the_address_away(internet: Internet) -> None:
    internet.answers = [response(status="403 Forbidden")]
    for host in ("gchat.qpic.cn", "example.com"):
        assert "secret" not in await refused(internet.fetcher(), f"http://{host}/?rkey=secret")


async def test_extra_hosts_may_be_anywhere(internet: Internet) -> None:
    internet.names |= {"127.0.0.1": [["127.0.0.1"]], "::1": [["::1"]]}
    fetcher = internet.fetcher("127.0.0.1:8090", "[::1]:8091")
    assert await fetcher.fetch("http://127.0.0.1:8090/a.png") == PICTURE
    assert await fetcher.fetch("http://[::1]:8091/a.png") == PICTURE
    for address in ("http://127.0.0.1/", "http://127.0.0.1:8091/", "http://[::1]:8090/"):
        assert await refused(fetcher, address) == "host not on the list"


def test_extra_hosts_are_written_with_a_port() -> None:
    assert split_host(" Pictures.local:80 ") == ("pictures.local", 80)
    assert split_host("[::1]:8080") == ("::1", 8080)
    for wrong in ("localhost", "localhost:", ":80", "::1:80", "a:0", "a:65536", "a:八", ""):
        with pytest.raises(ValueError, match=f"^{re.escape(wrong)}$"):
            split_host(wrong)
