"""Recent messages, kept encrypted for some days: context, the history of a case, back-tests.

Written in batches beside everything else, so that a clean message costs no query; the last moments
before a crash are not kept. Deleted when their time is over, or when their sender takes them back.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

from nonebot.log import logger

from pinbang import clock
from pinbang.moderation.reading import MessageView, read_message
from pinbang.store.models import KeptMessage
from pinbang.store.transactions import is_transient, patiently, transactional

MAX_BODY = 8_000
"""Characters of a message that are kept."""
MAX_WAITING = 5_000
"""Messages that wait to be written; more than that are dropped, oldest first."""
BATCH = 200
FLUSH_SECONDS = 2.0

_KEPT: dict[str, tuple[str, ...]] = {
    "text": ("text",),
    "at": ("qq",),
    "reply": ("id",),
    "json": ("data",),
    "xml": ("data",),
    "contact": ("type", "id"),
    "share": ("url", "title", "content"),
    "markdown": ("content",),
}
"""What is kept of a message; of pictures, voices and videos nothing, of a file its name."""

_Key = tuple[int, int]

_waiting: list[MessageView] = []
_being_written: set[_Key] = set()
_dropped: set[_Key] = set()
"""What was to be forgotten while it was being written."""
_wake: asyncio.Event | None = None


def keep(view: MessageView) -> None:
    """Have a group message kept; returns at once, it is written within seconds."""
    _waiting.append(view)
    if len(_waiting) > MAX_WAITING:
        del _waiting[0]
    if _wake is not None and len(_waiting) >= BATCH:
        _wake.set()


async def write_kept_messages() -> None:
    """Write what waits, every few seconds, for ever."""
    global _wake  # noqa: PLW0603 -- one writer a process
    _wake = asyncio.Event()
    while True:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(_wake.wait(), FLUSH_SECONDS)
        _wake.clear()
        try:
            await flush()
        except Exception as error:  # noqa: BLE001 -- a database away now is back on a later round
            logger.warning(f"Messages could not be kept yet: {type(error).__name__}")


async def flush() -> None:
    """Write everything that waits now.

    A batch that cannot be written whatever the database says is given up, so that it does not stop
    all that come after it.
    """
    while _waiting:
        batch = _waiting[:BATCH]
        _being_written.update(map(_key, batch))
        try:
            await _write(batch)
            await _forget_again()
        except Exception as error:
            if is_transient(error):
                raise
            logger.opt(exception=error).error(f"{len(batch)} messages cannot be kept")
        finally:
            _being_written.clear()
        _dropped.clear()
        written = set(map(id, batch))
        _waiting[:] = [view for view in _waiting if id(view) not in written]


@transactional
async def _write(batch: Sequence[MessageView]) -> None:
    rows = {_key(view): _row(view) for view in batch}
    await KeptMessage.bulk_create(rows.values(), ignore_conflicts=True)


async def _forget_again() -> None:
    for group_id, message_id in list(_dropped):
        await KeptMessage.filter(group_id=group_id, message_id=message_id).delete()


def _key(view: MessageView) -> _Key:
    return view.group_id, view.message_id


def _row(view: MessageView) -> KeptMessage:
    segments: list[dict[str, object]] = [
        {"type": one.type, "data": {key: str(one.data[key]) for key in keys if key in one.data}}
        for one in view.segments
        if (keys := _KEPT.get(one.type))
    ]
    segments += [{"type": "file", "data": {"name": name}} for name in view.file_names]
    if view.forwarded:
        inside = [{"type": "text", "data": {"text": view.forwarded}}]
        segments.append({"type": "node", "data": {"content": inside}})
    body = json.dumps(segments, ensure_ascii=False)
    if len(body) > MAX_BODY:
        text = {"text": view.readable[: MAX_BODY // 2]}
        body = json.dumps([{"type": "text", "data": text}], ensure_ascii=False)
    sent_at = datetime.fromtimestamp(view.time, timezone.utc)
    return KeptMessage(
        group_id=view.group_id,
        message_id=view.message_id,
        user_id=view.user_id,
        account_id=view.self_id,
        role=view.role,
        sent_at=min(sent_at, clock.now()),  # one from the future would never be deleted
        body=body.encode("utf-8", "replace").decode("utf-8"),
    )


def _view(row: KeptMessage) -> MessageView:
    try:
        segments = json.loads(row.body)
    except ValueError:  # the key is gone
        segments = []
    return read_message(
        segments,
        message_id=row.message_id,
        group_id=row.group_id,
        user_id=row.user_id,
        self_id=row.account_id,
        time=int(row.sent_at.timestamp()),
        role=row.role,
    )


async def kept_message(group_id: int, message_id: int) -> MessageView | None:
    """Return a message of the group that is still kept, or None."""
    for view in reversed(_waiting):
        if view.message_id == message_id and view.group_id == group_id:
            return view
    row = await KeptMessage.get_or_none(group_id=group_id, message_id=message_id)
    return _view(row) if row else None


async def latest_of(group_id: int, user_id: int, limit: int) -> list[MessageView]:
    """Return a member's latest kept messages in the group, newest first, at most `limit`."""
    fresh = [
        view for view in reversed(_waiting) if (view.group_id, view.user_id) == (group_id, user_id)
    ]
    rows = (
        await KeptMessage.filter(group_id=group_id, user_id=user_id)
        .order_by("-sent_at", "-id")
        .limit(limit)
    )
    known = {view.message_id for view in fresh}
    return [*fresh, *(_view(row) for row in rows if row.message_id not in known)][:limit]


async def kept_since(
    group_id: int, since: datetime, *, after_id: int = 0, limit: int = 500
) -> tuple[list[MessageView], int]:
    """Return up to `limit` kept messages of the group from `since` on, in order of writing.

    The second value is passed as `after_id` for the next ones; 0 means that there are no more.
    """
    rows = (
        await KeptMessage.filter(group_id=group_id, sent_at__gte=since, id__gt=after_id)
        .order_by("id")
        .limit(limit)
    )
    return [_view(row) for row in rows], rows[-1].id if len(rows) == limit else 0


async def drop_message(group_id: int, message_id: int) -> None:
    """Forget a message whose sender took it back.

    Raises StoreUnavailableError when the database is away for long.
    """
    _drop_unwritten(lambda key: key == (group_id, message_id))
    kept = KeptMessage.filter(group_id=group_id, message_id=message_id)
    await patiently(lambda: kept.delete())


async def drop_older(group_id: int, days: int) -> int:
    """Delete what a group keeps longer than `days` days; 0 deletes all. Returns how many."""
    if not days:
        _drop_unwritten(lambda key: key[0] == group_id)
    limit = clock.now() - timedelta(days=days)
    return await KeptMessage.filter(group_id=group_id, sent_at__lte=limit).delete()


def _drop_unwritten(meant: Callable[[_Key], bool]) -> None:
    _waiting[:] = [view for view in _waiting if not meant(_key(view))]
    _dropped.update(key for key in _being_written if meant(key))


def forget_waiting() -> None:
    """Drop what waits to be written; between tests."""
    _waiting.clear()
    _being_written.clear()
    _dropped.clear()
