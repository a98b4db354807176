"""Messages kept for some days: what of them, for how long, and what is forgotten at once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from pinbang import kept_messages
from pinbang.groups import load_group, save_settings
from pinbang.guarding.policy import GuardPolicy
from pinbang.kept_messages import (
    drop_message,
    drop_older,
    flush,
    keep,
    kept_message,
    kept_since,
    latest_of,
    write_kept_messages,
)
from pinbang.moderation.reading import MessageView, read_message
from pinbang.schedule import do_next
from pinbang.store import StoreUnavailableError
from pinbang.store.config import CONNECTION
from pinbang.store.models import DueWork, KeptMessage
from tests.conftest import Clock

GROUP, OTHER, WANG, LI, BOT, ADMIN = 700, 701, 11, 12, 10001, 600200
SECRET = "我家住在幸福路十二号"


def view(number: int, frozen: Clock, message: Any = SECRET, **more: Any) -> MessageView:
    facts: dict[str, Any] = {
        "group_id": GROUP, "user_id": WANG, "self_id": BOT, "role": "member",
        "time": int(frozen.now.timestamp()),
    }  # fmt: skip
    return read_message(message, message_id=number, **{**facts, **more})


def segment(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


async def numbers() -> list[int]:
    return [row.message_id for row in await KeptMessage.all().order_by("id")]


async def stored() -> str:
    """Everything the database holds of the messages, in clear."""
    return "".join(row.body for row in await KeptMessage.all())


async def test_a_message_comes_back_as_it_was_read(store: TortoiseContext, frozen: Clock) -> None:
    card = '{"app":"com.tencent.troopsharecard","prompt":"推荐群聊: 拼单群","meta":{"contact":{}}}'
    message = [
        segment("reply", id="5"),
        segment("at", qq="12"),
        segment("text", text=SECRET),
        segment("json", data=card),
        segment("file", name="价目表.xlsx", url="https://media/x"),
    ]
    said = view(1, frozen, message)
    keep(said)
    assert await kept_message(GROUP, 1) == said  # not written yet, known nevertheless
    await flush()
    kept = await kept_message(GROUP, 1)
    assert kept is not None
    assert (kept.text, kept.reply_to, kept.mentions) == (SECRET, 5, (12,))
    assert (kept.cards, kept.file_names, kept.role) == (said.cards, said.file_names, "member")
    assert (kept.time, kept.user_id, kept.self_id) == (said.time, WANG, BOT)
    assert await kept_message(OTHER, 1) is None
    assert await kept_message(GROUP, 2) is None


async def test_the_database_holds_no_plain_text(store: TortoiseContext, frozen: Clock) -> None:
    keep(view(1, frozen))
    await flush()
    rows = await get_connection(CONNECTION).execute_query_dict(
        "SELECT body FROM pinbang_kept_message"
    )
    assert SECRET not in rows[0]["body"]
    assert SECRET in await stored()


@pytest.mark.parametrize("kind", ["image", "mface", "record", "video", "file"])
async def test_nothing_is_kept_of_addresses_of_media(
    store: TortoiseContext, frozen: Clock, kind: str
) -> None:
    media = segment(kind, url="https://media/secret", file="https://media/secret", path="/secret")
    keep(view(1, frozen, [segment("text", text="看"), media]))
    keep(view(2, frozen, f"看[CQ:{kind},url=https://media/secret,path=/secret]"))
    await flush()
    kept = await stored()
    assert "看" in kept
    if kind != "file":  # where the name of a file stands in the place of its address
        assert "secret" not in kept


async def test_a_shares_picture_and_an_ats_name_are_not_kept(
    store: TortoiseContext, frozen: Clock
) -> None:
    share = segment("share", url="https://a.example", title="题", image="https://media/secret")
    keep(view(1, frozen, [share, segment("at", qq="12", name="小王secret")]))
    await flush()
    assert "a.example" in await stored()
    assert "secret" not in await stored()


async def test_messages_are_written_in_batches_and_once(
    store: TortoiseContext, frozen: Clock
) -> None:
    for number in [*range(1, 451), 1, 2]:
        keep(view(number, frozen))
    await flush()
    keep(view(3, frozen, "同一条又来了"))
    await flush()
    assert await numbers() == list(range(1, 451))


async def test_what_is_too_long_keeps_its_text(store: TortoiseContext, frozen: Clock) -> None:
    card = '{"app":"x","prompt":"卡片","meta":' + '"' + "长" * 20_000 + '"}'
    keep(view(1, frozen, [segment("text", text="开头" + "字" * 9_000), segment("json", data=card)]))
    await flush()
    kept = await kept_message(GROUP, 1)
    assert kept is not None
    assert kept.text.startswith("开头")
    assert len((await KeptMessage.get()).body) <= kept_messages.MAX_BODY


@pytest.mark.parametrize("odd", ["\ud83d", "a\0b", {"x": ["\ud83d"]}, None, 5])
async def test_odd_content_stops_nothing(store: TortoiseContext, frozen: Clock, odd: Any) -> None:
    keep(view(1, frozen, [segment("text", text=odd), segment("markdown", content=odd)]))
    keep(view(2, frozen))
    await flush()
    assert await numbers() == [1, 2]


async def test_a_batch_that_cannot_be_written_does_not_stop_the_next(
    store: TortoiseContext, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = kept_messages._write
    failures: list[Exception] = [ValueError("broken"), StoreUnavailableError()]

    async def sometimes(batch: Sequence[MessageView]) -> None:
        if failures:
            raise failures.pop(0)
        await write(batch)

    monkeypatch.setattr(kept_messages, "_write", sometimes)
    keep(view(1, frozen))
    await flush()  # given up
    keep(view(2, frozen))
    with pytest.raises(StoreUnavailableError):
        await flush()  # waits for the database
    await flush()
    assert await numbers() == [2]


async def test_the_writer_goes_on_when_the_database_was_away(
    store: TortoiseContext, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_messages, "FLUSH_SECONDS", 0.01)
    write, tried = kept_messages._write, asyncio.Event()
    written = asyncio.Event()

    async def later(batch: Sequence[MessageView]) -> None:
        if not tried.is_set():
            tried.set()
            raise StoreUnavailableError
        await write(batch)
        written.set()

    monkeypatch.setattr(kept_messages, "_write", later)
    keep(view(1, frozen))
    writer = asyncio.create_task(write_kept_messages())
    await asyncio.wait_for(written.wait(), 10)
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)
    assert await numbers() == [1]


async def test_what_waits_is_bounded(frozen: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_messages, "MAX_WAITING", 3)
    for number in range(5):
        keep(view(number, frozen))
    assert [one.message_id for one in kept_messages._waiting] == [2, 3, 4]


async def test_a_members_latest_messages(store: TortoiseContext, frozen: Clock) -> None:
    for number in range(1, 4):
        keep(view(number, frozen))
        frozen.advance(minutes=1)
    keep(view(4, frozen, user_id=LI))
    keep(view(5, frozen, group_id=OTHER))
    await flush()
    keep(view(6, frozen))
    assert [one.message_id for one in await latest_of(GROUP, WANG, 3)] == [6, 3, 2]
    assert [one.message_id for one in await latest_of(GROUP, LI, 3)] == [4]


async def test_a_groups_messages_since_a_moment_page_by_page(
    store: TortoiseContext, frozen: Clock
) -> None:
    keep(view(1, frozen))
    frozen.advance(days=1)
    since = frozen.now
    for number in range(2, 7):
        keep(view(number, frozen))
    keep(view(7, frozen, group_id=OTHER))
    await flush()
    seen: list[int] = []
    page, after = await kept_since(GROUP, since, limit=2)
    while True:
        seen += [one.message_id for one in page]
        if not after:
            break
        page, after = await kept_since(GROUP, since, after_id=after, limit=2)
    assert seen == [2, 3, 4, 5, 6]


# -- forgetting -----------------------------------------------------------------------------------


async def test_a_message_taken_back_is_forgotten(store: TortoiseContext, frozen: Clock) -> None:
    for number in (1, 2):
        keep(view(number, frozen))
    await flush()
    for number in (3, 4):
        keep(view(number, frozen))
    await drop_message(GROUP, 1)
    await drop_message(GROUP, 3)
    await drop_message(OTHER, 2)
    await flush()
    assert await numbers() == [2, 4]


async def test_one_taken_back_while_it_is_written_is_forgotten_too(
    store: TortoiseContext, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = kept_messages._write

    async def meanwhile(batch: Sequence[MessageView]) -> None:
        await drop_message(GROUP, 1)  # finds nothing in the database yet
        await write(batch)

    monkeypatch.setattr(kept_messages, "_write", meanwhile)
    keep(view(1, frozen))
    keep(view(2, frozen))
    await flush()
    assert await numbers() == [2]
    assert await kept_message(GROUP, 1) is None


async def test_old_messages_are_deleted(store: TortoiseContext, frozen: Clock) -> None:
    keep(view(1, frozen))
    keep(view(2, frozen, group_id=OTHER))
    frozen.advance(days=6, hours=23)
    keep(view(3, frozen))
    await flush()
    assert await drop_older(GROUP, 7) == 0
    frozen.advance(hours=1)
    assert await drop_older(GROUP, 7) == 1
    assert await numbers() == [2, 3]
    assert await drop_older(GROUP, 0) == 1


async def test_a_message_from_the_future_is_not_kept_for_ever(
    store: TortoiseContext, frozen: Clock
) -> None:
    keep(view(1, frozen, time=2**32 - 1))
    await flush()
    frozen.advance(days=7)
    assert await drop_older(GROUP, 7) == 1


async def deletion_round() -> None:
    """Do all work that is due now."""
    while not await do_next([]):
        pass


async def test_each_group_deletes_after_its_own_time_every_hour(
    store: TortoiseContext, frozen: Clock
) -> None:
    await load_group(GROUP, BOT)
    await load_group(OTHER, BOT)
    await save_settings(OTHER, GuardPolicy(keep_days=2), ADMIN, "")
    for group_id in (GROUP, OTHER):
        keep(view(1, frozen, group_id=group_id))
    await flush()
    await deletion_round()
    assert await KeptMessage.all().count() == 2
    for hours, left in [(47, 2), (1, 1), (24 * 5 - 1, 1), (1, 0)]:
        frozen.advance(hours=hours)
        await deletion_round()
        assert await KeptMessage.all().count() == left
    [work] = await DueWork.all()
    assert work.due_at - frozen.now == timedelta(hours=1)


async def test_switching_it_off_deletes_at_once(store: TortoiseContext, frozen: Clock) -> None:
    await load_group(GROUP, BOT)
    keep(view(1, frozen))
    await flush()
    keep(view(2, frozen))
    keep(view(3, frozen, group_id=OTHER))
    await save_settings(GROUP, GuardPolicy(keep_days=0), ADMIN, "")
    await deletion_round()
    await flush()
    assert await numbers() == [3]
