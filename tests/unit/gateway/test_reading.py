"""What every kind of message says, read from the frame as the gateway sends it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.gateway.account import forget_accounts
from pinbang.gateway.adapter import GatewayAdapter
from pinbang.gateway.events import GroupMessage, PrivateMessage
from pinbang.moderation.reading import MessageView, read_message
from pinbang.settings import ROOT
from tests.fixtures.events import cards, own_frames
from tests.fixtures.events.frame import GROUP, LINK, MEMBER, URL, Frame

SHARED = ROOT.parent / "shared" / "gateway" / "events"


@dataclass(frozen=True)
class Says:
    """What must be found in a message, its words aside."""

    words: bool = False
    mentions_bot: bool = False
    mentions_all: bool = False
    cards: tuple[str, ...] = ()
    images: int = 0
    files: int = 0
    forwards: int = 0
    markdown: bool = False
    replies: bool = False
    hosts: tuple[str, ...] = ()


WORDS, IMAGE, FILE = Says(words=True), Says(images=1), Says(files=1)
PDD, QQ = "mobile.yangkeduo.com", "m.q.qq.com"

KINDS: dict[str, Says] = {
    "group_after_card_change": WORDS,
    "group_anonymous": WORDS,
    "group_at_all": Says(words=True, mentions_all=True),
    "group_at_bot": Says(words=True, mentions_bot=True),
    "group_at_text": WORDS,
    "group_contact_segment": Says(cards=("group",)),
    "group_dice": Says(),
    "group_empty_message": Says(),
    "group_face": WORDS,
    "group_file": FILE,
    "group_file_segment": FILE,
    "group_forward": Says(forwards=1),
    "group_image": IMAGE,
    "group_image_sticker": IMAGE,
    "group_json_contact_friend": Says(cards=("person",)),
    "group_json_contact_group": Says(cards=("group",)),
    "group_json_invite": Says(cards=("invite",)),
    "group_json_mannounce": Says(cards=("announcement",)),
    "group_json_miniapp": Says(cards=("miniapp",), hosts=("b23.tv", QQ)),
    "group_json_miniapp_desktop_no_qqdocurl": Says(cards=("miniapp",), hosts=(QQ,)),
    "group_json_miniapp_pdd": Says(cards=("miniapp",), hosts=(PDD, QQ)),
    "group_json_multimsg": Says(cards=("forward",)),
    "group_json_structmsg_pdd": Says(cards=("share",), hosts=(PDD,)),
    "group_json_troopshare": Says(cards=("group",)),
    "group_markdown": Says(markdown=True, hosts=(PDD,)),
    "group_mface": IMAGE,
    "group_mface_as_image": IMAGE,
    "group_mface_as_text": WORDS,
    "group_pdd_link_text": Says(words=True, hosts=(PDD,)),
    "group_poke_segment": Says(),
    "group_record": Says(),
    "group_redbag": Says(),
    "group_reply": Says(words=True, replies=True),
    "group_reply_id_0": WORDS,
    "group_reply_source_lost": WORDS,
    "group_rps": Says(),
    "group_sender_role_absent": WORDS,
    "group_sender_role_unknown": WORDS,
    "group_text": WORDS,
    "group_video": Says(),
    "group_xml": Says(cards=("other",)),
    "private_friend": WORDS,
    "private_group_invite_card": Says(cards=("invite",)),
    "private_temp": WORDS,
    "private_temp_command": WORDS,
    "odd_half_an_emoji": Says(words=True, mentions_bot=True),
    "odd_one_segment_for_a_message": Says(cards=("group",)),
    "odd_segments_that_are_none": Says(cards=("group",)),
}
UNREAD = {"group_own_message", "group_string_ids"}

LOST_AS_STRING: dict[tuple[str, str], Says] = {
    # What is left of it: the segment, without the name or the address.
    ("lagrange", "group_file"): Says(),
    ("lagrange", "group_mface"): Says(),
}


def said(view: MessageView) -> Says:
    return Says(
        words=bool(view.text),
        mentions_bot=view.addressed,
        mentions_all=view.mentions_all,
        cards=tuple(card.kind for card in view.cards),
        images=len(view.image_urls),
        files=len(view.file_names),
        forwards=len(view.forwards),
        markdown=bool(view.markdown),
        replies=view.reply_to is not None,
        hosts=tuple(link.host for link in view.links if link.host),
    )


def view_of(frame: Frame) -> MessageView:
    forget_accounts()  # an account takes a message once
    event = GatewayAdapter.json_to_event(frame.payload)
    assert isinstance(event, GroupMessage | PrivateMessage)
    return event.view


def messages(frames: list[Frame]) -> Iterator[Frame]:
    for frame in frames:
        said = frame.payload.get("post_type") == "message" and frame.kind not in UNREAD
        if said and (not frame.kind.startswith("odd_") or frame.kind in KINDS):
            yield frame


def shared_frames() -> list[Frame]:
    frames: list[Frame] = []
    for path in sorted(SHARED.glob("*/*.json")):
        kind = path.stem.removesuffix(".stringfmt").removesuffix("_SYNTHETIC")
        as_string = path.stem.endswith(".stringfmt")
        frames.append(Frame(path.parent.name, kind, json.loads(path.read_text("utf-8")), as_string))
    return frames


def check(frame: Frame) -> None:
    assert frame.kind in KINDS, f"say in KINDS what a message of kind {frame.kind} says"
    expected = KINDS[frame.kind]
    if frame.as_string:
        expected = LOST_AS_STRING.get((frame.gateway, frame.kind), expected)
    view = view_of(frame)
    # A reply may mention somebody, in front of or behind the quote.
    assert said(view) == replace(expected, mentions_bot=view.addressed or expected.mentions_bot)
    assert view.addressed == (str(frame.payload["self_id"]) in _mentioned(frame))


def _mentioned(frame: Frame) -> str:
    """Tell whom the raw message mentions, without the reader under test."""
    message = frame.payload["message"]
    if isinstance(message, str):
        return " ".join(part.partition("]")[0] for part in message.split("[CQ:at,")[1:])
    parts = message if isinstance(message, list) else [message]
    ats = [part for part in parts if isinstance(part, dict) and part.get("type") == "at"]
    return " ".join(str(part["data"]) for part in ats)


@pytest.mark.parametrize("frame", [*messages(own_frames())], ids=str)
def test_our_own_frames_say_what_they_say(frame: Frame) -> None:
    check(frame)


@pytest.mark.replay
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not here: a clone that stands alone")
@pytest.mark.parametrize("frame", [*messages(shared_frames())], ids=str)
def test_recorded_frames_say_what_they_say(frame: Frame) -> None:
    check(frame)


def _pairs() -> list[tuple[Frame, Frame]]:
    pairs: list[tuple[Frame, Frame]] = []
    for frames in (own_frames(), shared_frames()):
        known = [*messages(frames)]
        arrays = {(one.gateway, one.kind): one for one in known if not one.as_string}
        pairs += [
            (arrays[key], string)
            for string in known
            if string.as_string and (key := (string.gateway, string.kind)) not in LOST_AS_STRING
        ]
    return pairs


@pytest.mark.parametrize(("array", "string"), _pairs(), ids=str)
def test_both_formats_say_the_same(array: Frame, string: Frame) -> None:
    as_array, as_string = view_of(array), view_of(string)
    for name in (
        "text", "reply_to", "mentions", "mentions_all", "addressed", "cards", "image_urls",
        "file_names", "forwards", "markdown", "readable", "role",
    ):  # fmt: skip
        assert getattr(as_string, name) == getattr(as_array, name), name


# -- the words themselves, from our own frames ---------------------------------------------------


def named(kind: str) -> list[Any]:
    return [pytest.param(f, id=str(f)) for f in messages(own_frames()) if f.kind == kind]


@pytest.mark.parametrize("frame", named("group_text"))
def test_text_is_read_as_it_was_written(frame: Frame) -> None:
    view = view_of(frame)
    assert view.text == "早上好,[南门]&<新来的>\n帮看看"
    assert (view.group_id, view.user_id, view.role) == (GROUP, MEMBER, "member")


@pytest.mark.parametrize("kind", ["group_sender_role_absent", "group_sender_role_unknown"])
def test_a_role_that_was_not_told_is_unknown(kind: str) -> None:
    assert {view_of(param.values[0]).role for param in named(kind)} == {None}


@pytest.mark.parametrize("frame", named("group_at_bot") + named("group_at_all"))
def test_mentions_are_no_words(frame: Frame) -> None:
    assert view_of(frame).text in ("在不在", "晚上见")


@pytest.mark.parametrize("frame", named("group_reply"))
def test_a_reply_names_what_it_quotes(frame: Frame) -> None:
    view = view_of(frame)
    assert view.reply_to in (501_001, -502_001, -503_001, -505_001)
    assert view.text == "好的呀"


@pytest.mark.parametrize("frame", named("group_image") + named("group_mface"))
def test_pictures_have_an_address(frame: Frame) -> None:
    if (frame.gateway, frame.kind) not in LOST_AS_STRING or not frame.as_string:
        assert view_of(frame).image_urls == (URL,)


@pytest.mark.parametrize("frame", named("group_file") + named("group_file_segment"))
def test_files_have_their_name(frame: Frame) -> None:
    if (frame.gateway, frame.kind) not in LOST_AS_STRING or not frame.as_string:
        assert view_of(frame).file_names == ("接龙表.xlsx",)


@pytest.mark.parametrize(
    ("kind", "title", "address"),
    [
        ("group_json_contact_group", "群名片: 周末拼单二群", cards.OTHER_GROUP),
        ("group_json_troopshare", "推荐群聊: 周末拼单二群", cards.OTHER_GROUP),
        ("group_json_contact_friend", "推荐联系人：老周", "uin=660010077"),
        ("group_json_invite", "[链接]邀请你加入群聊 邀请你加入群聊", "group/invite_join"),
        ("group_json_miniapp", "[QQ小程序]三分钟学会收纳 哔哩哔哩", "https://b23.tv/AbCdEf1"),
        ("group_json_miniapp_pdd", "[QQ小程序]拼多多 拼多多 差一位", LINK),
        ("group_json_structmsg_pdd", "[分享]帮我助力一下 帮我助力一下 就差你了", LINK),
        ("group_json_mannounce", "[群公告]周五晚上统一助力", ""),
    ],
)
def test_cards_have_a_title_and_an_address(kind: str, title: str, address: str) -> None:
    for param in named(kind):
        view = view_of(param.values[0])
        assert view.text == "", "what Lagrange writes beside a card is not the sender's"
        assert view.cards[0].title.startswith(title)
        assert address in view.cards[0].url


# -- whatever it says ----------------------------------------------------------------------------

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
_card_bodies = st.fixed_dictionaries(
    {},
    optional={
        "app": st.sampled_from(["com.tencent.contact.lua", "com.tencent.miniapp_01"]) | _values,
        "prompt": _values,
        "bizsrc": _values,
        "meta": st.dictionaries(
            st.text(max_size=6),
            st.dictionaries(st.sampled_from(["tag", "title", "jumpUrl", "url"]), _values) | _values,
            max_size=2,
        )
        | _values,
    },
)
_segments = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["text", "at", "reply", "image", "mface", "json", "xml", "contact", "share", "markdown",
             "file", "forward", "face"]
        )
        | _values,
        "data": st.dictionaries(
            st.sampled_from(["text", "qq", "id", "url", "data", "content", "name", "file", "type"]),
            _card_bodies.map(json.dumps) | _values,
        )
        | _values,
    }
)  # fmt: skip
_cq = st.lists(
    st.sampled_from(
        ["[CQ:", "at", ",", "qq=", "1", "]", "json", "data=", "&#44;", "&amp;", "=", "["]
    )
    | st.text(st.characters(), max_size=5),
    max_size=30,
).map("".join)


@given(message=st.lists(_segments | _values, max_size=6) | _segments | _cq | _values)
def test_reading_never_fails(message: Any) -> None:
    view = read_message(
        message, message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member"
    )
    assert isinstance(view.readable, str)
    assert all(isinstance(link.host, str) for link in view.links)
    assert all(isinstance(number, int) for number in view.mentions)
