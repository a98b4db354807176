"""Pictures in the group: looked at beside everything else, dealt with like any other message."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from pinbang.groups import forget_group, load_group, save_settings
from pinbang.guarding.policy import GuardPolicy
from pinbang.pictures.fetching import Fetcher, NotFetchedError
from pinbang.pictures.media import use_fetcher
from pinbang.store.models import Case
from pinbang.testing.pictures import AID_LINK, GROUP_LINK, code, png
from plugins.guard import watching
from tests.plugins.room import ADMIN, BOT, GROUP, WANG, Room

FILES = {"group": png(code(GROUP_LINK)), "aid": png(code(AID_LINK))}
ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"


class Shelf(Fetcher):
    """Has two pictures and hands them out when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.open.set()
        self.fetched: list[str] = []

    async def fetch(self, address: str) -> bytes:
        self.fetched.append(address)
        await self.open.wait()
        if address not in FILES:
            raise NotFetchedError("none")
        return FILES[address]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    use_fetcher(shelf)
    yield shelf
    use_fetcher(None)


def picture(address: str) -> dict[str, Any]:
    return {"type": "image", "data": {"file": "a.jpg", "url": address}}


async def looked() -> None:
    """Wait until no picture is being looked at."""
    while watching._looking:
        await asyncio.gather(*watching._looking)


async def test_a_group_code_is_recalled_and_warned_about(room: Room, shelf: Shelf) -> None:
    await room.hears(WANG, picture("group"), message_id=55)
    await looked()
    assert room.called("delete_msg") == [{"message_id": 55}]
    [warning] = room.said
    assert "不发广告、二维码和站外引流" in warning
    [told] = await room.hears(WANG, "/为什么 1")
    assert "图片里有加群二维码" in told


@pytest.mark.parametrize("address", ["aid", "missing"])
async def test_other_pictures_stay(room: Room, shelf: Shelf, address: str) -> None:
    await room.hears(WANG, "帮忙点一下", picture(address))
    await looked()
    assert room.calls == []
    assert shelf.fetched == [address]


async def test_nobody_waits_for_a_picture(room: Room, shelf: Shelf) -> None:
    shelf.open.clear()
    await room.hears(WANG, picture("group"))
    assert len(await room.hears(WANG, "/阶梯")) == 1
    assert room.called("delete_msg") == []
    shelf.open.set()
    await looked()
    assert len(room.called("delete_msg")) == 1


async def test_what_the_words_are_recalled_for_needs_no_second_look(
    room: Room, shelf: Shelf
) -> None:
    await room.hears(WANG, ADVERT, picture("group"))
    await looked()
    assert shelf.fetched == []
    assert await Case.all().count() == 1


async def test_pictures_of_people_in_charge_are_not_fetched(room: Room, shelf: Shelf) -> None:
    await room.hears(ADMIN, picture("group"))
    await looked()
    assert shelf.fetched == []


async def test_an_admin_whose_role_was_left_out_keeps_the_picture(room: Room, shelf: Shelf) -> None:
    await room.hears(ADMIN, picture("group"), sender={"user_id": ADMIN, "nickname": "管理员"})
    await looked()
    assert room.called("delete_msg") == []


@pytest.mark.parametrize(
    "change", [{"read_pictures": False}, {"enabled": False}, {"disabled_judges": ["广告"]}]
)
async def test_a_group_may_switch_it_off(
    room: Room, shelf: Shelf, change: dict[str, object]
) -> None:
    await load_group(GROUP, BOT)
    await save_settings(GROUP, GuardPolicy.model_validate(change), ADMIN, "测试")
    forget_group(GROUP)
    await room.hears(WANG, picture("group"))
    await looked()
    assert room.called("delete_msg") == []
    assert await Case.all().count() == 0


async def test_admins_switch_it_in_the_chat(room: Room, shelf: Shelf) -> None:
    await room.hears(ADMIN, "/设置 守护 识别图片 关")
    await room.hears(WANG, picture("group"))
    await looked()
    assert shelf.fetched == []


async def test_a_flood_of_pictures_is_not_piled_up(
    room: Room, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MAX_LOOKING", 3)
    shelf.open.clear()
    for _ in range(6):
        await room.hears(WANG, picture("aid"))
    assert len(watching._looking) == 3
    shelf.open.set()
    await looked()
