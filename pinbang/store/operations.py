"""Steps of migrations that Tortoise lacks."""

from typing import Any

from tortoise.migrations.operations import AlterField


class DescribeField(AlterField):
    """Note that a field's description has changed, e.g. an enum's members; the table stays.

    Tortoise's AlterField rebuilds the table on SQLite and forgets the unique constraints over
    several columns.
    """

    async def database_forward(self, *args: Any, **kwargs: Any) -> None:
        """Leave the table alone."""

    async def database_backward(self, *args: Any, **kwargs: Any) -> None:
        """Leave the table alone."""
