"""Newcomers are judged more strictly until they are known, trusted members more mildly."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from pinbang.groups import forget_group, load_group
from pinbang.guarding import newcomers
from pinbang.guarding.familiarity import FORGOTTEN_AFTER
from pinbang.guarding.newcomers import (
    Newcomers,
    forget_old_newcomers,
    get_to_know,
    welcome,
    written,
)
from pinbang.members import give_role
from pinbang.moderation import judging
from pinbang.moderation.judging import Finding, Judge, Severity
from pinbang.moderation.reading import MessageView, read_message
from pinbang.roles import Role
from pinbang.store import StoreUnavailableError
from pinbang.store.models import Case, Newcomer
from tests.conftest import Clock
from tests.fixtures.events import own_frames
from tests.fixtures.events.frame import Frame
from tests.plugins.room import ADMIN, BOT, GROUP, LI, WANG, Room

ODD, BAD, WORST = "有点怪的话", "明显的坏话", "最坏的话"
SCORES = {ODD: 0.57, BAD: 0.7, WORST: 0.95}
ARRIVALS = [
    frame
    for frame in own_frames()
    if frame.payload.get("notice_type") == "group_increase" and frame.gateway != "odd"
]


def _odd(view: MessageView) -> Finding | None:
    score = SCORES.get(view.text)
    if score is None:
        return None
    severity = Severity.SEVERE if view.text == WORST else Severity.MEDIUM
    return Finding("ad", "怪话", severity, score, ("听着怪", "看着怪"))


@pytest.fixture(autouse=True)
def _judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """One judge that is sure of one text, nearly sure of another."""
    judges = {**judging.registered_judges(), "ad": Judge("ad", "广告", "好好说话", _odd)}
    monkeypatch.setattr(judging, "_judges", judges)


async def joins(room: Room, user_id: int, **more: Any) -> None:
    await room.receives(
        {
            "post_type": "notice",
            "notice_type": "group_increase",
            "sub_type": "approve",
            "group_id": GROUP,
            "user_id": user_id,
            "operator_id": 0,
            **more,
        }
    )


async def accused(room: Room, user_id: int, text: str = ODD) -> bool:
    before = await Case.all().count()
    await room.hears(user_id, text)
    await written()
    return await Case.all().count() > before


async def test_a_newcomers_first_messages_are_judged_more_strictly(
    room: Room, frozen: Clock
) -> None:
    assert not await accused(room, LI)
    await joins(room, WANG)
    assert await accused(room, WANG)
    frozen.advance(days=1, seconds=1)
    assert await accused(room, WANG)  # a day later, but only his second message
    frozen.advance(minutes=5)
    await room.hears(WANG, "大家好")
    assert not await accused(room, WANG)


async def test_the_first_day_is_strict_however_much_is_said(room: Room, frozen: Clock) -> None:
    await joins(room, WANG)
    for number in range(5):
        await room.hears(WANG, f"第{number}句不一样的话")
        frozen.advance(minutes=10)
    assert await accused(room, WANG)
    frozen.advance(days=1)
    assert not await accused(room, WANG)
    assert await Newcomer.all().count() == 0


async def test_a_group_may_judge_newcomers_like_everybody(room: Room) -> None:
    await joins(room, WANG)
    await room.hears(ADMIN, "/设置 守护 新人从严 关")
    assert not await accused(room, WANG)


@pytest.mark.parametrize("frame", ARRIVALS, ids=str)
async def test_every_gateways_arrival_is_understood(
    room: Room, frozen: Clock, frame: Frame
) -> None:
    payload = {**frame.payload, "self_id": BOT, "group_id": GROUP}
    if frame.payload["user_id"] == frame.payload["self_id"]:
        payload["user_id"] = BOT
    await room.receives(payload)
    noted = [row.user_id for row in await Newcomer.all()]
    assert noted == [one for one in [payload["user_id"]] if one != BOT]


async def test_an_arrival_told_twice_counts_once(room: Room, frozen: Clock) -> None:
    await joins(room, WANG)
    await room.hears(WANG, "大家好")
    frozen.advance(seconds=2)
    await joins(room, WANG, sub_type="invite", operator_id=LI)
    await written()
    [row] = await Newcomer.all()
    assert row.messages == 1


async def test_who_comes_back_starts_anew(room: Room, frozen: Clock) -> None:
    await joins(room, WANG)
    for number in range(3):
        await room.hears(WANG, f"第{number}句不一样的话")
    frozen.advance(days=3)
    await room.hears(WANG, "好久不见")
    assert not await accused(room, WANG)
    await room.receives(
        {
            "post_type": "notice", "notice_type": "group_decrease", "sub_type": "leave",
            "group_id": GROUP, "user_id": WANG, "operator_id": WANG,
        }
    )  # fmt: skip
    await joins(room, WANG)
    assert await accused(room, WANG)


async def test_what_is_known_survives_a_restart(room: Room, frozen: Clock) -> None:
    await joins(room, WANG)
    await room.hears(WANG, "大家好")
    await written()
    forget_group(GROUP)
    record = await load_group(GROUP, BOT)
    assert record.part(Newcomers) == {WANG: (frozen.now, 1)}
    assert await accused(room, WANG)


async def test_messages_that_arrive_together_are_all_counted(room: Room, frozen: Clock) -> None:
    await joins(room, WANG)
    await asyncio.gather(*(room.hears(WANG, f"第{number}句不一样的话") for number in range(3)))
    await written()
    [row] = await Newcomer.all()
    assert row.messages == 3
    frozen.advance(days=1, seconds=1)
    assert not await accused(room, WANG)


async def test_counts_that_overtake_each_other_or_a_return_change_nothing(
    room: Room, frozen: Clock
) -> None:
    await joins(room, WANG)
    await newcomers._count(GROUP, WANG, frozen.now, 3)
    await newcomers._count(GROUP, WANG, frozen.now, 2)
    assert (await Newcomer.get()).messages == 3
    came_first = frozen.now
    frozen.advance(days=1)
    await joins(room, WANG)
    await newcomers._count(GROUP, WANG, came_first, 3)
    assert (await Newcomer.get()).messages == 0


async def test_nobody_waits_for_the_database(
    room: Room, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailableError

    await joins(room, WANG)
    record = await load_group(GROUP, BOT)
    monkeypatch.setattr(newcomers, "_count", away)
    monkeypatch.setattr(newcomers, "_note", away)
    view = read_message(
        "大家好", message_id=1, group_id=GROUP, user_id=WANG, self_id=BOT, time=1, role="member"
    )
    for _ in range(3):
        get_to_know(view, record)
    await welcome(GROUP, LI, frozen.now)
    await written()
    assert record.part(Newcomers) == {WANG: (frozen.now, 3), LI: (frozen.now, 0)}


async def test_a_clock_that_is_ahead_makes_nobody_new_for_ever(room: Room, frozen: Clock) -> None:
    await joins(room, WANG, time=int((frozen.now + timedelta(days=900)).timestamp()))
    assert (await Newcomer.get()).joined_at == frozen.now


async def test_old_arrivals_are_deleted(room: Room, frozen: Clock) -> None:
    await joins(room, WANG)
    frozen.advance(days=1)
    await joins(room, LI)
    await forget_old_newcomers(frozen.now - timedelta(days=1) + FORGOTTEN_AFTER)
    assert [row.user_id for row in await Newcomer.all()] == [LI]


# -- trusted members ------------------------------------------------------------------------------


async def test_trusted_members_are_judged_mildly_and_never_removed_at_once(room: Room) -> None:
    await load_group(GROUP, BOT)
    await give_role(GROUP, WANG, Role.TRUSTED, ADMIN)
    assert not await accused(room, WANG, BAD)
    assert await accused(room, LI, BAD)
    assert await accused(room, WANG, WORST)
    assert WANG in room.roles
    assert (await Case.all().order_by("-id").first()).measure == "warn"  # pyright: ignore[reportOptionalMemberAccess]
    assert await accused(room, LI, WORST)
    assert LI not in room.roles


async def test_admins_read_what_trust_means(room: Room) -> None:
    [help_text] = await room.hears(ADMIN, "/帮助 群设置")
    assert "判得宽一些，不会一次就移出" in help_text
