"""What gateways answer and prove, whichever of them it is, and what we make of texts."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import Message, MessageSegment

from pinbang.gateway import proofs
from pinbang.gateway.kinds import GatewayKind, detect_kind
from pinbang.gateway.people import (
    MemberInfo,
    PendingJoin,
    StrangerInfo,
    read_member,
    read_pending,
    read_stranger,
)
from pinbang.gateway.proofs import Proofs, proof_in
from pinbang.gateway.recent import RecentMessages
from pinbang.gateway.wording import MAX_CHARACTERS, as_message, clean, shorten


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NapCat.Onebot", GatewayKind.NAPCAT),
        ("LLOneBot", GatewayKind.LLBOT),
        ("LLBot", GatewayKind.LLBOT),
        ("SnowLuma", GatewayKind.SNOWLUMA),
        ("Lagrange.OneBot", GatewayKind.LAGRANGE),
        ("go-cqhttp", GatewayKind.GOCQHTTP),
        ("gensokyo", GatewayKind.GENSOKYO),
        ("SomethingNew", GatewayKind.OTHER),
        ("", GatewayKind.OTHER),
        (None, GatewayKind.OTHER),
    ],
)
def test_which_gateway_it_is(name: str | None, kind: GatewayKind) -> None:
    assert detect_kind({"app_name": name, "app_version": "1"}) is kind
    assert detect_kind({}) is GatewayKind.OTHER


ASKING: dict[str, Any] = {
    "group_id": 700, "group_name": "群", "message": "问题：你是谁？\n答案：我是小红",
}  # fmt: skip
NAPCAT = {
    "invited_requests": [],
    "InvitedRequest": [],
    "join_requests": [
        {**ASKING, "request_id": 178, "invitor_uin": 42, "invitor_nick": "小红", "checked": False}
    ],
}
LLBOT = {
    "invited_requests": [],
    "join_requests": [
        {
            **ASKING,
            "request_id": 178,
            "requester_uin": 42,
            "requester_nick": "小红",
            "checked": True,
        }
    ],
}
SNOWLUMA = [
    {**ASKING, "request_id": 178, "requester_uin": 42, "requester_nick": "小红", "flag": "1:700:u"}
]
GOCQHTTP = {
    "invited_requests": None,
    "join_requests": [
        {**ASKING, "request_id": "178", "requester_uin": "42", "requester_nick": "小红", "actor": 0}
    ],
}


@pytest.mark.parametrize(
    ("data", "usable", "flag", "checked"),
    [
        (NAPCAT, True, "178", False),
        (LLBOT, True, "178", True),
        (SNOWLUMA, False, None, False),
        (GOCQHTTP, True, "178", False),
    ],
)
def test_waiting_requests_of_every_gateway(
    data: Any, usable: bool, flag: str | None, checked: bool
) -> None:
    assert list(read_pending(data, usable_flags=usable)) == [
        PendingJoin(700, 42, "小红", ASKING["message"], flag, checked)
    ]


@pytest.mark.parametrize(
    "data",
    [
        None, "", 5, [], {}, {"join_requests": None}, {"join_requests": {}}, [None, 5, "x"],
        [{"group_id": 700}], [{"requester_uin": 42}], [{"group_id": 700, "requester_uin": 0}],
        [{"group_id": "x", "requester_uin": 42}],
    ],
)  # fmt: skip
def test_nothing_readable_is_nothing(data: Any) -> None:
    assert list(read_pending(data, usable_flags=True)) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["join_requests", "group_id", "requester_uin", "flag", "checked", "x"]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_no_answer_breaks_the_reader(data: Any) -> None:
    list(read_pending(data, usable_flags=True))


def test_members() -> None:
    full = {
        "user_id": 42,
        "nickname": "小红",
        "card": "红红",
        "role": "admin",
        "shut_up_timestamp": 9,
    }
    assert read_member(full) == MemberInfo(42, "小红", "红红", "admin", 9)
    assert read_member(full).name == "红红"
    bare = read_member({"user_id": "42", "card": None, "role": "unknown"})
    assert bare == MemberInfo(42, "", "", None, 0)
    assert bare.name == "42"


@pytest.mark.parametrize(
    ("data", "level", "registered"),
    [
        ({"qqLevel": 30, "reg_time": 1_500_000_000}, 30, 1_500_000_000),
        ({"level": 12, "reg_time": 0}, 12, None),
        ({"qq_level": 7}, 7, None),
        ({"level": 0, "qqLevel": 16}, 16, None),
        ({"level": "5"}, 5, None),
        ({"level": "?"}, None, None),
        ({}, None, None),
    ],
)
def test_strangers(data: dict[str, Any], level: int | None, registered: int | None) -> None:
    assert read_stranger(data) == StrangerInfo(level, registered)


def notice(kind: str, **more: Any) -> dict[str, Any]:
    return {"post_type": "notice", "notice_type": kind, "group_id": 700, "user_id": 42, **more}


@pytest.mark.parametrize(
    ("payload", "proof"),
    [
        (notice("group_recall", message_id=-5), proofs.recalled(700, -5)),
        (notice("group_ban", sub_type="ban", duration=600), proofs.muted(700, 42)),
        (notice("group_ban", sub_type="lift_ban", duration=0), proofs.unmuted(700, 42)),
        (notice("group_decrease", sub_type="kick"), proofs.departed(700, 42)),
        (notice("group_decrease", sub_type="leave"), proofs.departed(700, 42)),
        (notice("group_increase", sub_type="approve"), proofs.arrived(700, 42)),
        (notice("group_increase", sub_type="invite"), proofs.arrived(700, 42)),
        (notice("group_card"), None),
        ({}, None),
    ],
)
def test_what_a_notice_proves(payload: dict[str, Any], proof: proofs.Proof | None) -> None:
    assert proof_in(payload) == proof


async def test_a_proof_wakes_those_who_wait_for_it_and_nobody_else() -> None:
    known = Proofs()
    with (
        known.awaiting(proofs.muted(700, 42)) as mine,
        known.awaiting(proofs.muted(700, 42)) as also_mine,
        known.awaiting(proofs.muted(700, 43)) as somebody_elses,
        known.awaiting(proofs.muted(701, 42)) as elsewhere,
        known.awaiting(proofs.unmuted(700, 42)) as something_else,
    ):
        known.observe(notice("group_ban", sub_type="ban"))
        assert mine.is_set()
        assert also_mine.is_set()
        assert not somebody_elses.is_set()
        assert not elsewhere.is_set()
        assert not something_else.is_set()
        await asyncio.wait_for(mine.wait(), 1)
    with known.awaiting(proofs.muted(700, 42)) as later:
        assert not later.is_set()  # what was seen before proves nothing now


# -- texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("你好\n第二行\t完", "你好\n第二行\t完"),
        ("a\u202eb\u2066c\u200bd\ufeffe", "abcde"),
        ("a\0b\x07c\x1b[31m", "abc[31m"),
        ("\ud800x", "x"),
        ("👨\u200d👩\u200d👧 ok", "👨\u200d👩\u200d👧 ok"),
        ("[CQ:at,qq=all]", "[CQ:at,qq=all]"),
    ],
)
def test_what_hides_or_turns_text_round_is_dropped(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(max_size=200), st.integers(1, 50))
def test_a_shortened_text_is_one_clean_line(text: str, limit: int) -> None:
    line = shorten(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert clean(line) == line
    assert shorten(line, limit) == line


def test_shortening_shows_that_something_is_missing() -> None:
    assert shorten("一二三四五", 5) == "一二三四五"
    assert shorten("一二三四五六", 5) == "一二三四…"
    assert shorten(" 一 \n\n 二 ", 9) == "一 二"


@pytest.mark.parametrize("text", ["[CQ:at,qq=all]", "&#91;CQ:image,file=x&#93;", "@全体成员"])
def test_words_of_people_are_never_commands_to_the_gateway(text: str) -> None:
    message = as_message(text)
    assert [(part.type, part.data) for part in message] == [("text", {"text": text})]
    # What is sent is the array, in which nothing is parsed.
    assert json.loads(json.dumps([{"type": p.type, "data": p.data} for p in message]))


def test_long_texts_are_cut() -> None:
    [part] = as_message("长" * 10_000)
    assert len(part.data["text"]) == MAX_CHARACTERS
    assert part.data["text"].endswith("…")


def test_messages_built_by_us_are_left_as_they_are() -> None:
    built = MessageSegment.at(42) + MessageSegment.text(" 你好")
    assert as_message(built) == built
    assert as_message(MessageSegment.at(42)) == Message([MessageSegment.at(42)])


# -- recent messages ------------------------------------------------------------------------------


def message(number: int, user: int = 42, group: int | None = 700) -> dict[str, Any]:
    return {
        "message_id": number, "user_id": user, "group_id": group, "time": 1,
        "message_type": "group", "sender": {"user_id": user}, "message": [],
        "raw_message": "secret", "font": 0,
    }  # fmt: skip


def test_recent_messages_are_remembered_up_to_a_limit() -> None:
    recent = RecentMessages(limit=3)
    for number in (1, 2, 3):
        recent.remember(message(number))
    recent.remember(message(1))  # seen again: younger than 2 now
    recent.remember(message(4))
    assert recent.get(2) is None
    kept = recent.get(1)
    assert kept is not None
    assert kept["real_id"] == 1
    assert "raw_message" not in kept
    recent.remember({"message_id": "no number"})
    assert recent.by(700, 42) == [3, 1, 4]
    assert recent.by(701, 42) == []
    assert recent.by(700, 43) == []
