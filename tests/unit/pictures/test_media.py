"""The pictures of a message: fetched and read once, what cannot be had left out."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from pinbang.moderation.reading import MessageView, read_message
from pinbang.pictures import media
from pinbang.pictures.fetching import Fetcher, NotFetchedError
from pinbang.pictures.media import MAX_PICTURES, Pictures, media_of, use_fetcher
from pinbang.testing.pictures import AID_LINK, GROUP_LINK, code, png

FILES = {"group": png(code(GROUP_LINK)), "aid": png(code(AID_LINK)), "broken": b"GIF89a"}


class Shelf(Fetcher):
    """Has a few pictures, takes its time, and counts."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.taking = seconds
        self.fetched: list[str] = []

    async def fetch(self, address: str) -> bytes:
        self.fetched.append(address)
        await asyncio.sleep(self.taking)
        if address not in FILES:
            raise NotFetchedError("none")
        return FILES[address]


@pytest.fixture(autouse=True)
def _nobody_fetches() -> Iterator[None]:
    yield
    use_fetcher(None)


def showing(*addresses: str) -> MessageView:
    pictures = [{"type": "image", "data": {"url": address}} for address in addresses]
    return read_message(
        pictures, message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member"
    )


async def test_what_can_be_had_is_read() -> None:
    shelf = Shelf()
    pictures = Pictures(["group", "missing", "broken", "aid", "group"], shelf)
    assert await pictures.codes() == (GROUP_LINK, AID_LINK)
    assert shelf.fetched == ["group", "missing", "broken", "aid"]


async def test_all_who_ask_share_one_reading() -> None:
    shelf = Shelf(0.01)
    pictures = Pictures(["group"], shelf)
    assert await asyncio.gather(*(pictures.codes() for _ in range(5))) == [(GROUP_LINK,)] * 5
    assert shelf.fetched == ["group"]


async def test_a_slow_picture_does_not_cost_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mixed(Shelf):
        async def fetch(self, address: str) -> bytes:
            self.taking = 30 if address == "slow" else 0
            return await super().fetch(address)

    monkeypatch.setattr(media, "PICTURE_SECONDS", 0.2)
    begin = time.monotonic()
    assert await Pictures(["slow", "group"], Mixed()).codes() == (GROUP_LINK,)
    assert time.monotonic() - begin < 1


async def test_only_so_many_are_looked_at() -> None:
    shelf = Shelf()
    await Pictures([str(number) for number in range(50)], shelf).codes()
    assert len(shelf.fetched) == MAX_PICTURES


async def test_nothing_is_fetched_for_messages_without_pictures_or_when_nobody_fetches() -> None:
    assert media_of(showing("group")) is None
    use_fetcher(Shelf())
    assert media_of(showing()) is None
    found = media_of(showing("group"))
    assert found is not None
    assert await found.codes() == (GROUP_LINK,)
