"""What people wrote is unreadable in the database's files and readable through the model."""

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from pinbang import crypto
from pinbang.store.config import CONNECTION
from pinbang.store.fields import UNREADABLE
from pinbang.store.models import AuditEntry, Case

SECRET = "我家住在幸福路十二号"
AT = datetime(2026, 11, 25, tzinfo=timezone.utc)


def case(**values: Any) -> dict[str, Any]:
    return {
        "group_id": 1,
        "user_id": 2,
        "message_id": 3,
        "account_id": 4,
        "judge": "ad",
        "label": "广告",
        "severity": 1,
        "step": 1,
        "measure": "warn",
        "evidence": "[]",
        "text": SECRET,
        "created_at": AT,
        **values,
    }


async def raw(column: str) -> str:
    rows = await get_connection(CONNECTION).execute_query_dict(
        f'SELECT "{column}" AS it FROM pinbang_case'  # noqa: S608 -- a name from this file
    )
    return rows[0]["it"]


async def test_a_text_comes_back_as_it_was(store: TortoiseContext) -> None:
    made = await Case.create(**case())
    assert made.text == SECRET
    assert (await Case.get(id=made.id)).text == SECRET


async def test_the_database_holds_no_plain_text(store: TortoiseContext) -> None:
    made = await Case.create(**case())
    await Case.filter(id=made.id).update(undone_reason=SECRET)
    await AuditEntry.create(at=AT, actor_id=1, action="x.y", note=SECRET)
    assert SECRET not in await raw("text")
    assert SECRET not in await raw("undone_reason")
    rows = await get_connection(CONNECTION).execute_query_dict("SELECT note FROM pinbang_audit")
    assert SECRET not in rows[0]["note"]
    assert (await Case.get(id=made.id)).undone_reason == SECRET


async def test_the_files_on_disk_hold_no_plain_text(sqlite_file: Path) -> None:
    await Case.create(**case(text=SECRET, label="标签在此"))
    written = b"".join(
        path.read_bytes() for path in sqlite_file.parent.glob(f"{sqlite_file.name}*")
    )
    assert "标签在此".encode() in written  # the search would have found it
    assert SECRET.encode() not in written
    assert SECRET.encode("utf-16-le") not in written


async def test_the_same_text_is_sealed_differently_each_time(store: TortoiseContext) -> None:
    first = await Case.create(**case(message_id=1))
    sealed = await raw("text")
    await first.delete()
    await Case.create(**case(message_id=2))
    assert await raw("text") != sealed


@pytest.mark.parametrize(
    "text",
    ["", "v1.", "v1.2 更新了", "v1.deadbeef.AAAA", "v1.a.b.c", "\0", "第一行\n第二行", "😀" * 900],
)
async def test_any_text_survives(store: TortoiseContext, text: str) -> None:
    made = await Case.create(**case(text=text))
    assert made.text == text
    again = await Case.get(id=made.id)
    assert again.text == text
    await again.save()
    assert (await Case.get(id=made.id)).text == text


async def test_a_lost_key_is_said_so(
    store: TortoiseContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await Case.create(**case())
    monkeypatch.setattr(crypto, "_keyring", crypto.Keyring([os.urandom(32)]))
    assert (await Case.get(id=made.id)).text == UNREADABLE


async def test_a_value_moved_to_another_column_does_not_open(store: TortoiseContext) -> None:
    made = await Case.create(**case())
    await get_connection(CONNECTION).execute_script("UPDATE pinbang_case SET evidence = text")
    assert (await Case.get(id=made.id)).evidence == UNREADABLE
