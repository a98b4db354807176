"""Inquiries: asked all at once, bounded in time, shielded from each other."""

import asyncio
import time

import pytest

from pinbang.moderation import inquiring
from pinbang.moderation.inquiring import Media, inquire, inquiry, registered_inquiries
from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.reading import MessageView, read_message

VIEW = read_message([], message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member")
FOUND = Finding("good", "广告", Severity.LIGHT, 0.9, ("看到了",))


class Nothing:
    async def codes(self) -> tuple[str, ...]:
        return ()


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, type[Exception]]]:
    monkeypatch.setattr(inquiring, "_inquiries", {})

    @inquiry("broken", title="坏的", rule="规则")
    async def broken(message: MessageView, media: Media) -> Finding | None:
        raise RuntimeError

    @inquiry("slow", title="慢的", rule="规则")
    async def slow(message: MessageView, media: Media) -> Finding | None:
        await asyncio.sleep(30)
        return FOUND

    @inquiry("good", title="好的", rule="规则")
    async def good(message: MessageView, media: Media) -> Finding | None:
        return FOUND

    @inquiry("content", title="满意", rule="规则")
    async def content(message: MessageView, media: Media) -> Finding | None:
        return None

    return []


async def asked(failures: list[tuple[str, type[Exception]]], *disabled: str) -> list[Finding]:
    return await inquire(
        VIEW,
        Nothing(),
        disabled=disabled,
        on_failure=lambda name, error: failures.append((name, type(error))),
        seconds=0.1,
    )


async def test_neither_bugs_nor_slowness_silence_the_others(
    failures: list[tuple[str, type[Exception]]],
) -> None:
    begin = time.monotonic()
    assert await asked(failures) == [FOUND]
    assert time.monotonic() - begin < 1
    assert failures == [("broken", RuntimeError), ("slow", asyncio.TimeoutError)]


async def test_one_can_be_left_out(failures: list[tuple[str, type[Exception]]]) -> None:
    assert await asked(failures, "good", "slow") == []
    assert [name for name, _ in failures] == ["broken"]


async def test_giving_up_ends_the_inquiries(failures: list[tuple[str, type[Exception]]]) -> None:
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asked(failures), 0.01)


def test_a_second_registration_replaces_the_first(failures: list[object]) -> None:
    async def other(message: MessageView, media: Media) -> Finding | None:
        return None

    inquiry("good", title="新的", rule="规则")(other)
    assert registered_inquiries()["good"].function is other
    assert list(registered_inquiries()) == ["broken", "slow", "good", "content"]
