"""Reading odd payloads: what gateways send beside plain text."""

import json
from typing import Any

import pytest

from pinbang.moderation.reading import MessageView, read_message


def read(message: Any) -> MessageView:
    return read_message(
        message, message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member"
    )


def test_what_gateways_write_beside_cards_is_not_the_senders() -> None:
    note = "当前版本不支持该消息类型，请使用最新版本手机QQ查看"
    view = read(
        [{"type": "text", "data": {"text": note}}, {"type": "json", "data": {"data": "{}"}}]
    )
    assert view.text == ""


@pytest.mark.parametrize(
    "segment",
    [None, "x", 5, {}, {"type": "at"}, {"type": "at", "data": {"qq": "9" * 5000}},
     {"type": "text", "data": None}, {"type": "json", "data": {"data": "[" * 9000}},
     {"type": "reply", "data": {"id": None}}],
)  # fmt: skip
def test_odd_segments_are_survived(segment: Any) -> None:
    view = read([segment])
    assert view.text == ""
    assert view.mentions == ()


def test_a_person_whose_name_has_group_in_it_is_a_person() -> None:
    card = {
        "app": "com.tencent.contact.lua", "prompt": "推荐联系人：群主小王",
        "meta": {"contact": {"tag": "推荐好友"}},
    }  # fmt: skip
    view = read([{"type": "json", "data": {"data": json.dumps(card)}}])
    assert view.cards[0].kind == "person"


@pytest.mark.parametrize(
    ("xml", "kind"),
    [
        ('<msg serviceID="15" brief="推荐群聊：x" actionData="group:1"/>', "group"),
        ('<msg serviceID="14" actionData="AppCmd://OpenContactInfo/?uin=1"/>', "person"),
        ('<msg serviceID="1" brief="[分享]"/>', "other"),
    ],
)
def test_old_cards_in_xml_tell_their_kind(xml: str, kind: str) -> None:
    assert read([{"type": "xml", "data": {"data": xml}}]).cards[0].kind == kind
