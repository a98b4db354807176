"""Forwards (合并转发) that the gateway only names: asked for and judged beside everything else."""

import asyncio
import json
from typing import Any

import pytest

from pinbang.guarding.cases import evidence_of
from pinbang.kept_messages import flush, kept_message
from pinbang.store.models import Case
from plugins.guard import watching
from tests.plugins.guard.test_pictures import looked
from tests.plugins.room import ADMIN, GROUP, WANG, Refused, Room

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"


def forward(name: str = "7400") -> dict[str, Any]:
    return {"type": "forward", "data": {"id": name}}


def holds(room: Room, *texts: str, key: str = "message") -> None:
    """Let the gateway answer what is in every forward, in one of the shapes there are."""
    messages = [
        {"sender": {"user_id": 5}, key: [{"type": "text", "data": {"text": text}}]}
        for text in texts
    ]
    room.answers["get_forward_msg"] = lambda _: {"messages": messages}


@pytest.mark.parametrize("key", ["message", "content"])
async def test_an_ad_inside_is_recalled(room: Room, key: str) -> None:
    holds(room, "大家好", ADVERT, key=key)
    await room.hears(WANG, forward(), message_id=55)
    await looked()
    assert room.called("delete_msg") == [{"message_id": 55}]
    [told] = await room.hears(WANG, "/为什么 1")
    assert "留了微信等站外联系方式" in told
    case = await Case.get()
    assert watching.IN_FORWARD in evidence_of(case)
    assert "专业代砍" in case.text


async def test_a_forward_sent_as_a_card_is_asked_for_by_its_resource(room: Room) -> None:
    holds(room, ADVERT)
    card = {
        "app": "com.tencent.multimsg",
        "prompt": "[聊天记录]",
        "meta": {"detail": {"news": [{"text": "小明: 大家好"}], "resid": "R+6nRrnBLjxg"}},
    }
    await room.hears(WANG, {"type": "json", "data": {"data": json.dumps(card)}}, message_id=55)
    await looked()
    [call] = room.called("get_forward_msg")
    assert call["id"] == "R+6nRrnBLjxg"
    assert room.called("delete_msg") == [{"message_id": 55}]


async def test_harmless_ones_stay(room: Room) -> None:
    holds(room, "果园还差一点", "我来帮你浇水", "谢谢")
    assert await room.hears(WANG, forward()) == []
    await looked()
    assert len(room.called("get_forward_msg")) == 1
    assert room.called("delete_msg") == []


async def test_what_the_gateway_does_not_tell_stays(room: Room) -> None:
    def refuse(_: object) -> None:
        raise Refused(wording="消息不存在")

    room.answers["get_forward_msg"] = refuse
    await room.hears(WANG, forward())
    await looked()
    assert room.called("delete_msg") == []


async def test_what_came_with_the_message_is_not_asked_for(room: Room) -> None:
    content = [{"sender": {"user_id": 5}, "message": [{"type": "text", "data": {"text": ADVERT}}]}]
    await room.hears(WANG, {"type": "forward", "data": {"id": "7400", "content": content}})
    await looked()
    assert room.called("get_forward_msg") == []
    assert len(room.called("delete_msg")) == 1
    await flush()
    case = await Case.get()
    kept = await kept_message(GROUP, case.message_id)
    assert kept is not None
    assert kept.forwarded == ADVERT


async def test_a_slow_gateway_is_not_waited_for_long(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FORWARD_SECONDS", 0.01)

    async def never(_: object) -> str:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(room.account, "forward", never)
    await room.hears(WANG, forward())
    await looked()
    assert room.called("delete_msg") == []


async def test_at_most_three_are_asked_for(room: Room) -> None:
    holds(room, "大家好")
    await room.hears(WANG, *(forward(str(number)) for number in range(9)))
    await looked()
    assert [call["id"] for call in room.called("get_forward_msg")] == ["0", "1", "2"]


async def test_people_in_charge_forward_what_they_like(room: Room) -> None:
    holds(room, ADVERT)
    await room.hears(ADMIN, forward())
    await looked()
    assert room.called("get_forward_msg") == []
