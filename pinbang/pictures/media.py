"""What a message carries beside words, loaded when somebody asks for it."""

import asyncio
from collections.abc import Sequence

from pinbang.logs import logger
from pinbang.moderation.reading import MessageView
from pinbang.pictures.fetching import Fetcher, NotFetchedError
from pinbang.pictures.qr import decode

MAX_PICTURES = 20
"""As many as QQ puts into one message."""
PICTURE_SECONDS = 5.5
"""For fetching and reading one picture: less than an inquiry may take, so that the others count."""

_fetcher: Fetcher | None = None


def use_fetcher(fetcher: Fetcher | None) -> None:
    """Set who fetches pictures; without one, no message has any."""
    global _fetcher  # noqa: PLW0603 -- set once at start
    _fetcher = fetcher


def media_of(message: MessageView) -> "Pictures | None":
    """Return the pictures of a message; None when it has none or they are not to be fetched."""
    if _fetcher is None or not message.image_urls:
        return None
    return Pictures(message.image_urls, _fetcher)


class Pictures:
    """The pictures of one message; each is fetched and read once, however many ask."""

    def __init__(self, addresses: Sequence[str], fetcher: Fetcher) -> None:
        self._addresses = tuple(dict.fromkeys(addresses))[:MAX_PICTURES]
        self._fetcher = fetcher
        self._reading = asyncio.Lock()
        self._codes: tuple[str, ...] | None = None

    async def codes(self) -> tuple[str, ...]:
        """Return what the QR codes in all pictures say; what cannot be had is left out."""
        async with self._reading:
            if self._codes is None:
                read = await asyncio.gather(*map(self._read, self._addresses))
                self._codes = tuple(dict.fromkeys(code for codes in read for code in codes))
        return self._codes

    async def _read(self, address: str) -> tuple[str, ...]:
        try:
            return await asyncio.wait_for(self._fetch_and_decode(address), PICTURE_SECONDS)
        except asyncio.TimeoutError:
            logger.debug("A picture was not read: too slow")
        except NotFetchedError as reason:
            logger.debug(f"A picture was not fetched: {reason}")
        return ()

    async def _fetch_and_decode(self, address: str) -> tuple[str, ...]:
        return await decode(await self._fetcher.fetch(address))
