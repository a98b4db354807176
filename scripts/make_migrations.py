"""Write the migrations that the models ask for: `uv run python scripts/make_migrations.py`.

Tortoise's own command needs a configuration in a module; ours is built from the plugins present.
"""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tortoise.context import TortoiseContext  # noqa: E402
from tortoise.migrations.autodetector import MigrationAutodetector  # noqa: E402

import bot  # noqa: E402
from pinbang.settings import Settings  # noqa: E402
from pinbang.store.config import database_config  # noqa: E402


async def write() -> list[str]:
    """Write what is missing and return the files' paths."""
    config = database_config("sqlite://:memory:")
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None  # noqa: S101 -- init has just made them
        return await MigrationAutodetector(context.apps, config["apps"]).write()


if __name__ == "__main__":
    bot.initialise(Settings(log_level="WARNING"))
    bot.load_plugins()
    for path in asyncio.run(write()) or ["nothing to write"]:
        print(path)
