"""Reading odd payloads: what gateways send beside plain text."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinbang.moderation.reading import (
    MAX_FORWARDED,
    MAX_TEXT,
    MessageView,
    read_forward,
    read_message,
)
from tests.fixtures.events import cards


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


# -- forwards --------------------------------------------------------------------------------------


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "data": {"text": words}}


def ark(card: str) -> dict[str, Any]:
    return {"type": "json", "data": {"data": card}}


def said(*segments: Any, key: str = "message") -> dict[str, Any]:
    """One message within a forward, as gateways write it."""
    return {"user_id": 7, "time": 5, "sender": {"user_id": 7, "nickname": "阿月"}, key: [*segments]}


def node(*segments: Any) -> dict[str, Any]:
    return {"type": "node", "data": {"user_id": "7", "nickname": "阿月", "content": [*segments]}}


def forward(*messages: Any) -> dict[str, Any]:
    return {"type": "forward", "data": {"id": "res1", "content": [*messages]}}


@pytest.mark.parametrize(
    "segment",
    [
        forward(said(text("早上好")), said(text("加微信 hh_2087"), key="content")),
        forward(node(text("早上好")), node(text("加微信 hh_2087"))),
        forward(said(text("早上好")), {"message": "加微信 hh_2087[CQ:face,id=1]"}),
        forward(said(text("早上好")), said(forward(said(text("加微信 hh_2087"))))),
        forward(said(text("早上好")), node(node(text("加微信 hh_2087")))),
    ],
)
def test_what_is_forwarded_is_read(segment: dict[str, Any]) -> None:
    view = read([segment])
    assert view.text == ""
    assert view.forwarded == "早上好\n加微信 hh_2087"
    assert view.readable == view.forwarded
    assert view.forwards[0] == "res1"


def test_a_bare_node_is_read() -> None:
    assert read([node(text("加微信 hh_2087"))]).forwarded == "加微信 hh_2087"


def test_own_words_stay_apart_from_forwarded_ones() -> None:
    view = read([text("大家看"), forward(said(text("别人说的")))])
    assert (view.text, view.forwarded) == ("大家看", "别人说的")
    assert view.readable == "大家看\n别人说的"


def test_cards_and_links_and_files_in_a_forward_are_found() -> None:
    file = {"type": "file", "data": {"name": "报价.xlsx"}}
    view = read([forward(said(text("看 example.com"), ark(cards.CONTACT_GROUP)), said(file))])
    assert [card.kind for card in view.cards] == ["group"]
    assert "周末拼单二群" in view.readable
    assert "报价.xlsx" in view.readable
    assert [link.host for link in view.links] == ["example.com"]


def test_mentions_and_pictures_in_a_forward_are_not_the_senders() -> None:
    everybody = {"type": "at", "data": {"qq": "all"}}
    picture = {"type": "image", "data": {"url": "https://example.com/1.png"}}
    view = read([forward(said(everybody, picture, {"type": "reply", "data": {"id": "9"}}))])
    assert (view.mentions_all, view.image_urls, view.reply_to) == (False, (), None)


def test_forwards_are_read_three_deep() -> None:
    deep = forward(said(text("四层")))
    for words in ("三层", "二层", "一层"):
        deep = forward(said(text(words)), said(deep))
    assert read([deep]).forwarded == "一层\n二层\n三层"


def test_only_so_much_of_a_forward_is_read() -> None:
    many = [said(forward(*(said(text("又一条")) for _ in range(50)))) for _ in range(50)]
    assert 0 < len(read([forward(*many)]).forwarded.split("\n")) <= MAX_FORWARDED
    view = read([forward(*(said(text("长" * 9000)) for _ in range(90)))])
    assert len(view.forwarded) == MAX_TEXT


@pytest.mark.parametrize(
    "answer",
    [
        {"messages": [said(text("早")), said(text("看 example.com"))]},
        {
            "messages": [
                said(text("早"), key="content"),
                said(text("看 example.com"), key="content"),
            ]
        },
        {"messages": [{"content": "早"}, {"content": "看 example.com[CQ:face,id=3]"}]},
        {"message": [node(text("早")), node(text("看 example.com"))]},
        {"status": "ok", "retcode": 0, "data": {"messages": [said(text("早\n看 example.com"))]}},
        {"messages": [said(forward(said(text("早")), said(text("看 example.com"))))]},
    ],
)
def test_answers_of_every_gateway_are_read(answer: dict[str, Any]) -> None:
    assert read_forward(answer) == "早\n看 example.com"


def test_an_answer_with_a_card_says_where_it_leads() -> None:
    words = read_forward({"messages": [said(ark(cards.MINIAPP)), said(ark(cards.CONTACT_GROUP))]})
    assert "三分钟学会收纳" in words
    assert "https://b23.tv/AbCdEf1" in words
    assert cards.OTHER_GROUP in words


_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["data", "messages", "message", "content", "type", "nodes", "text"]),
            inner | st.sampled_from(["node", "forward", "text", "json"]),
            max_size=4,
        )
    ),
    max_leaves=30,
)


@given(_junk)
@settings(max_examples=500, deadline=None)
def test_any_answer_is_survived(answer: Any) -> None:
    assert isinstance(read_forward(answer), str)
    assert isinstance(read([{"type": "forward", "data": answer}]).readable, str)


# -- cards and the like ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (cards.CONTACT_GROUP, "周末拼单二群"),
        (cards.CONTACT_FRIEND, "老周"),
        (cards.TROOPSHARE, "推荐群聊"),
        (cards.INVITE, "邀请你加入群聊"),
        (cards.MINIAPP, "三分钟学会收纳"),
        (cards.MINIAPP_FROM_DESKTOP, "三分钟学会收纳"),
        (cards.STRUCTMSG_PDD, "就差你了"),
        (cards.MULTIMSG, "甲: 早"),
        (cards.MANNOUNCE, "群公告 周五晚上"),
    ],
)
def test_what_a_card_shows_is_readable(card: str, words: str) -> None:
    view = read([ark(card)])
    assert words in view.readable
    assert words in view.normalised.text.replace(",", "，")


@pytest.mark.parametrize(
    ("segment", "words", "host"),
    [
        ({"type": "markdown", "data": {"content": "**看** [这里](https://example.com/a)"}},
         "看", "example.com"),
        ({"type": "file", "data": {"file": "报价 example.top.xlsx"}}, "报价", None),
        ({"type": "contact", "data": {"type": "group", "id": "905060708"}}, "905060708", None),
        ({"type": "share", "data": {"title": "领券", "content": "快来", "url": "https://example.com/a"}},
         "领券 快来", "example.com"),
        ({"type": "music", "data": {"type": "custom", "title": "神曲", "url": "https://example.com/a"}},
         "神曲", "example.com"),
        ({"type": "xml", "data": {"data":
          '<msg brief="推荐群聊：早市" url="https://example.com/a"><title>早市</title></msg>'}},
         "推荐群聊：早市", "example.com"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_readable_too(
    segment: dict[str, Any], words: str, host: str | None
) -> None:
    view = read([segment])
    assert words in view.readable
    if host is not None:
        assert host in [link.host for link in view.links]


def test_music_of_a_platform_is_no_card() -> None:
    assert read([{"type": "music", "data": {"type": "163", "id": "28949129"}}]).cards == ()
