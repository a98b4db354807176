"""Columns of our own: a text that only the bot can read, a key that comes from outside."""

import re
from typing import Any

from tortoise import fields
from tortoise.models import Model

from pinbang.crypto import UnreadableError, keyring

UNREADABLE = "（密钥不在，读不出来）"

# What `Keyring.seal` makes: at least 28 bytes in base64. People may well write "v1.2 更新了".
_SEALED = re.compile(r"v1\.[0-9a-f]{8}\.[A-Za-z0-9+/]{38,}={0,2}")


class GivenKeyField(fields.BigIntField):
    """A primary key that comes from outside, e.g. a group's number.

    A class of its own because Tortoise leaves `generated=False` out of the migrations it writes.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(primary_key=True, generated=False)
        super().__init__(**kwargs)


class SealedTextField(fields.TextField):
    """Text encrypted at rest, bound to its table and column; never usable in a filter."""

    def __init__(self, place: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place = place

    def describe(self, serializable: bool) -> dict[str, Any]:
        """Describe the column; the place it is bound to belongs to the description."""
        return {**super().describe(serializable), "place": self.place}

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """Seal the text on its way into the database."""
        del instance
        return None if value is None else keyring().seal(str(value), self.place)

    def to_python_value(self, value: Any) -> Any:
        """Open the text on its way out; a text that is not sealed is one just assigned."""
        if not isinstance(value, str) or not _SEALED.fullmatch(value):
            return value
        try:
            return keyring().open(value, self.place)
        except UnreadableError:
            return UNREADABLE
