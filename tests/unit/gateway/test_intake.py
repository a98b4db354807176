"""Frames straightened: what is kept, dropped and reported, and what the framework makes of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import Event as AnyEvent
from nonebot.adapters.onebot.v11 import (
    FriendRequestEvent,
    GroupBanNoticeEvent,
    GroupIncreaseNoticeEvent,
    GroupRequestEvent,
    MetaEvent,
    NoticeEvent,
    NotifyEvent,
    PokeNotifyEvent,
)
from nonebot.log import logger

from pinbang.gateway.account import account_of, forget_accounts
from pinbang.gateway.adapter import GatewayAdapter, _warn_once
from pinbang.gateway.events import GroupMessage, PrivateMessage
from pinbang.gateway.intake import MAX_TOPICS, Intake
from tests.fixtures.events import own_frames
from tests.fixtures.events.frame import AT, BOT, GROUP, MEMBER, Frame, join_request, segment, text
from tests.fixtures.events.lagrange import group as lagrange_group
from tests.fixtures.events.napcat import group, private
from tests.fixtures.events.odd import FRAMES as ODD

DROPPED = {
    # Our own words, whatever the gateway calls them.
    "group_own_message",
    "message_sent_group",
    "message_sent_self_normal",
    "odd_own_words_with_ids_as_strings",
    # Ids that are no numbers.
    "group_string_ids",
    "odd_group_id_is_a_list",
    "odd_ids_past_every_column",
    # Nothing can be made of these.
    "odd_group_message_without_group",
    "odd_message_id_is_missing",
    "odd_message_of_a_channel",
    "odd_no_account",
    "odd_no_type",
    "odd_post_type_is_null",
}

EVENTS: dict[str, type[AnyEvent]] = {
    "group_": GroupMessage,
    "private_": PrivateMessage,
    "meta_": MetaEvent,
    "notice_": NoticeEvent,
    "notice_notify_": NotifyEvent,
    "notice_notify_profile_like": NoticeEvent,  # neither a person nor a group
    "notice_notify_poke_": PokeNotifyEvent,
    "notice_group_ban_": GroupBanNoticeEvent,
    "notice_group_increase_": GroupIncreaseNoticeEvent,
    "request_friend": FriendRequestEvent,
    "request_group_": GroupRequestEvent,
    "odd_": GroupMessage,
    "odd_notice_": NoticeEvent,
    "odd_request_with_numbers": GroupRequestEvent,
    "odd_request_of_a_new_kind": AnyEvent,
    "odd_post_type_is_new": AnyEvent,
}
"""What the framework makes of a kind: the longest beginning counts."""


def event_type(kind: str) -> type[AnyEvent]:
    return EVENTS[max((start for start in EVENTS if kind.startswith(start)), key=len)]


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What is logged from WARNING on."""
    lines: list[str] = []
    _warn_once.cache_clear()
    sink = logger.add(lambda line: lines.append(str(line)), level="WARNING", format="{message}")
    yield lines
    logger.remove(sink)


@pytest.mark.parametrize("frame", own_frames(), ids=str)
def test_each_kind_becomes_its_event_or_is_dropped(frame: Frame, log: list[str]) -> None:
    event = GatewayAdapter.json_to_event(frame.payload)
    if frame.kind in DROPPED:
        assert event is None
    else:
        assert isinstance(event, event_type(frame.kind))
    named = frame.kind in ODD and event is None and "own_words" not in frame.kind
    unread = frame.kind in {"odd_notice_without_a_group", "odd_post_type_is_new"}
    strange = named or unread or frame.kind == "group_string_ids"
    message = str(frame.payload["post_type"]).startswith("message")
    as_string = message and isinstance(frame.payload["message"], str)
    assert len(log) == (1 if strange or as_string else 0), log
    assert all("在不在" not in line for line in log)


@pytest.mark.parametrize("frame", own_frames(), ids=str)
def test_a_frame_is_not_changed_in_place(frame: Frame) -> None:
    before = repr(frame.payload)
    GatewayAdapter.json_to_event(frame.payload)
    assert repr(frame.payload) == before


class TestMessages:
    def test_are_taken_once(self) -> None:
        account = account_of(BOT)
        frame = group(text("早"))
        assert account.receive(frame)
        assert account.receive(dict(frame)) is None
        assert account.receive({**frame, "time": AT + 1}), "ids of 32 bits come round again"
        assert account.receive({**frame, "user_id": MEMBER + 1})

    @pytest.mark.parametrize("change", [{"message_id": "501001"}, {"user_id": str(MEMBER)}])
    def test_are_the_same_whether_ids_are_numbers_or_digits(self, change: dict[str, Any]) -> None:
        account = account_of(BOT)
        assert account.receive(group(text("早")))
        assert account.receive(group(text("早"), **change)) is None

    def test_of_our_own_are_remembered_to_know_what_a_reply_means(self) -> None:
        account = account_of(BOT)
        own = lagrange_group(text("求助 3 号"), user_id=str(BOT), message_id=-7)
        assert account.receive(own) is None
        assert account.own_words(-7) == "求助 3 号"

    def test_of_our_own_without_words_are_no_trouble(self) -> None:
        account = account_of(BOT)
        own = {"post_type": "message_sent", "message_type": "group", "self_id": BOT,
               "user_id": BOT, "group_id": GROUP, "message_id": 8}  # fmt: skip
        assert account.receive(own) is None
        assert account.own_words(8) == ""

    @pytest.mark.parametrize("role", ["unknown", "", None, 3])
    def test_do_not_tell_a_role_that_is_none(self, role: object) -> None:
        frame = group(text("早"), sender={"user_id": MEMBER, "role": role})
        event = GatewayAdapter.json_to_event(frame)
        assert isinstance(event, GroupMessage)
        assert event.view.role is None

    def test_keep_good_segments_beside_odd_ones(self) -> None:
        frame = group(
            message=[None, {"type": 3}, text("早"), segment("text", text=5), {"type": "at"}]
        )
        event = GatewayAdapter.json_to_event(frame)
        assert isinstance(event, GroupMessage)
        event.message.reduce()  # the first thing the framework does
        assert event.view.text == "早5"

    def test_lose_halves_of_emoji_and_nul(self) -> None:
        sender = {"user_id": MEMBER, "nickname": "月\udc00", "role": "member"}
        event = GatewayAdapter.json_to_event(group(text("早\ud83d\0上"), sender=sender))
        assert isinstance(event, GroupMessage)
        assert event.view.text == "早?上"
        assert event.sender.nickname == "月?"

    def test_quote_of_something_unknown_is_not_asked_for(self) -> None:
        known = group(text("早"))
        assert GatewayAdapter.json_to_event(known)
        quotes = [segment("reply", id=number) for number in ("501001", "404", "", "0")]
        event = GatewayAdapter.json_to_event(group(*quotes, text("好"), message_id=501_009))
        assert isinstance(event, GroupMessage)
        asked = [part.data["id"] for part in event.message if part.type == "reply"]
        assert asked == ["501001"]
        assert len(event.original_message) == 5, "moderation sees the message as it was sent"

    def test_through_a_group_stay_private(self) -> None:
        event = GatewayAdapter.json_to_event(private(text("在"), sub_type="group", group_id=GROUP))
        assert isinstance(event, PrivateMessage)
        assert event.view.group_id == 0


class TestReports:
    def test_the_string_format_is_reported_once(self, log: list[str]) -> None:
        for number in range(3):
            GatewayAdapter.json_to_event(group(message="早", message_id=number))
        assert len(log) == 1
        assert "array" in log[0]

    def test_each_kind_that_cannot_be_read_is_reported_once(self, log: list[str]) -> None:
        for _ in range(2):
            GatewayAdapter.json_to_event(ODD["odd_notice_without_a_group"])
            GatewayAdapter.json_to_event(ODD["odd_post_type_is_new"])
        assert ["notice.group_increase" in line for line in log] == [True, False]
        assert "gossip.x" in log[1]

    def test_names_of_kinds_do_not_carry_words_into_the_log(self) -> None:
        lines: list[str] = []
        intake = Intake(warn=lines.append)
        intake.misread({"post_type": "notice", "notice_type": "我的手机号", "sub_type": "a b"})
        assert lines == ["网关发来的事件缺少必要的内容，没有处理：notice.?.?"]

    def test_their_number_has_a_limit(self) -> None:
        lines: list[str] = []
        intake = Intake(warn=lines.append)
        for number in range(MAX_TOPICS * 2):
            intake.misread({"post_type": "notice", "notice_type": f"n{number}"})
        assert len(lines) == MAX_TOPICS


class TestRequests:
    @pytest.mark.parametrize(("comment", "read"), [(None, ""), (5, "5"), ("好\ud800", "好?")])
    def test_have_a_comment(self, comment: Any, read: str) -> None:
        event = GatewayAdapter.json_to_event(join_request("1", comment))
        assert isinstance(event, GroupRequestEvent)
        assert event.comment == read

    def test_have_a_flag_of_letters(self) -> None:
        event = GatewayAdapter.json_to_event(join_request("", "") | {"flag": 17})
        assert isinstance(event, GroupRequestEvent)
        assert event.flag == "17"

    def test_are_passed_on_twice_for_one_flag_may_serve_for_two(self) -> None:
        frame = join_request(f"add:{GROUP}:u", "")
        assert account_of(BOT).receive(frame)
        assert account_of(BOT).receive(frame)


# -- whatever a gateway may send -----------------------------------------------------------------

_TYPES = ("message_type", "notice_type", "request_type", "meta_event_type")
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from([BOT, GROUP, str(GROUP), "--5", "٣", "1" * 5000, -(2**63)])
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
_segments = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["text", "at", "reply", "json", "image", "file", "x"])
            | _scalars,
            "data": st.dictionaries(
                st.sampled_from(["text", "qq", "id", "data", "url", "file", "name"]), _values
            )
            | _values,
        },
    )
    | _values,
    max_size=5,
)
_details = st.sampled_from(
    ["group", "private", "notify", "group_increase", "group_ban", "friend", "heartbeat"]
)
_OTHERS = (
    *("group_id", "user_id", "message_id", "operator_id", "target_id", "flag", "comment"),
    *("raw_message", "font", "anonymous", "reply", "to_me", "original_message", "duration"),
    *("status", "interval", "file"),
)
_POST_TYPES = ["message", "message_sent", "notice", "request", "meta_event"]
_senders = st.dictionaries(st.sampled_from(["user_id", "role", "age", "level", "card"]), _values)
frames_of_any_kind = st.fixed_dictionaries(
    {"post_type": st.sampled_from(_POST_TYPES)},
    optional={
        "self_id": st.just(BOT) | _scalars,
        "time": st.just(AT) | _scalars,
        **dict.fromkeys(_TYPES, _details | _scalars),
        "sub_type": st.sampled_from(["normal", "add", "poke", "kick_me"]) | _values,
        "message": _segments | _values,
        "sender": _senders | _values,
        **dict.fromkeys(_OTHERS, _values),
    },
)


@given(payload=frames_of_any_kind | st.dictionaries(st.text(max_size=12), _values) | _values)
def test_no_frame_closes_the_connection(payload: Any) -> None:
    forget_accounts()
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="ERROR", format="{message}")
    try:
        event = GatewayAdapter.json_to_event(payload)
        assert lines == []
        if isinstance(event, GroupMessage | PrivateMessage):
            event.message.reduce()
            assert event.view.user_id == event.user_id
            str(event.view.links)
        if isinstance(payload, dict):
            account_of(BOT).receive(payload)
    finally:
        logger.remove(sink)
