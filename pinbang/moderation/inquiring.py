"""Inquiries: judges that have to fetch something first, such as the pictures of a message."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pinbang.moderation.judging import Finding, JudgeFailure
from pinbang.moderation.reading import MessageView

INQUIRY_SECONDS = 6.0
"""After this an inquiry is given up; the message stays."""


class Media(Protocol):
    """What a message carries beside words; loaded on first use, shared by all inquiries."""

    async def codes(self) -> tuple[str, ...]:
        """Return what the QR codes in the pictures say; what cannot be had is left out."""
        ...


InquiryFunction = Callable[[MessageView, Media], Awaitable[Finding | None]]


@dataclass(frozen=True)
class Inquiry:
    """A registered inquiry; `title` is its Chinese name, `rule` the group rule it enforces."""

    name: str
    title: str
    rule: str
    function: InquiryFunction


_inquiries: dict[str, Inquiry] = {}


def inquiry(name: str, *, title: str, rule: str) -> Callable[[InquiryFunction], InquiryFunction]:
    """Register an asynchronous judge of messages with pictures.

    It runs beside everything else, after the judges let the message pass, and is given up after
    INQUIRY_SECONDS. It may share its name and title with a judge; whoever switches that off
    switches off both. A second registration under the name replaces the first.
    """

    def register(function: InquiryFunction) -> InquiryFunction:
        _inquiries[name] = Inquiry(name, title, rule, function)
        return function

    return register


def registered_inquiries() -> Mapping[str, Inquiry]:
    """Return the inquiries by name, in order of registration."""
    return _inquiries


async def inquire(
    message: MessageView,
    media: Media,
    *,
    disabled: Iterable[str] = (),
    on_failure: JudgeFailure,
    seconds: float = INQUIRY_SECONDS,
) -> list[Finding]:
    """Run every inquiry that is not disabled, all at once.

    One that raises, or takes longer than `seconds` (TimeoutError of asyncio), is reported and
    skipped.
    """
    off = frozenset(disabled)

    async def ask(entry: Inquiry) -> Finding | None:
        try:
            return await asyncio.wait_for(entry.function(message, media), seconds)
        except Exception as error:  # noqa: BLE001 -- one inquiry's bug must not silence the others
            on_failure(entry.name, error)
            return None

    chosen = [entry for name, entry in _inquiries.items() if name not in off]
    found = await asyncio.gather(*map(ask, chosen))
    return [finding for finding in found if finding is not None]
