"""A group to talk in. What depends on the kind of database is tested on the services."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nonebug import App

from pinbang import router
from tests.conftest import Clock
from tests.plugins.room import Room, opened_room


@pytest.fixture
async def room(
    app: App, sqlite_file: Path, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Room]:
    """A group with the bot in it; nothing may have gone wrong behind the scenes in the end."""
    router._hints.clear()
    async with opened_room(monkeypatch) as room:
        yield room
        assert room.errors == []
