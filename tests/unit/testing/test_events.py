"""The shape of each gateway's events, against what is known of the real programs."""

from collections.abc import Callable
from typing import Any

import pytest

from pinbang.testing import (
    GOCQHTTP,
    LLBOT,
    NAPCAT,
    PROFILES,
    SNOWLUMA,
    Profile,
    World,
    segments,
)
from pinbang.testing.session import MessageFormat, Session
from pinbang.testing.wire import frames, meta_event
from tests.unit.testing.village import ADMIN, ALICE, BOB, BOT, GROUP, OWNER

NEWCOMER = 99
each_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)


class Tap:
    """Collects the event frames of a gateway of `profile`."""

    def __init__(
        self, world: World, profile: Profile, message_format: MessageFormat | None = None
    ) -> None:
        self.session = Session(world, profile, BOT, message_format)
        self.frames: list[dict[str, Any]] = []
        world.subscribe(lambda happening: self.frames.extend(frames(happening, self.session)))

    @property
    def last(self) -> dict[str, Any]:
        return self.frames[-1]

    def message(self) -> Any:
        return self.last["message"]


# ---- group messages ----


@each_profile
def test_what_every_group_message_has(world: World, profile: Profile) -> None:
    tap = Tap(world, profile, "array")
    message = world.say(GROUP, ALICE, "大家好")
    event = tap.last
    assert event["post_type"] == "message"
    assert event["message_type"] == "group"
    assert event["sub_type"] == "normal"
    assert event["self_id"] == BOT
    assert (event["group_id"], event["user_id"]) == (GROUP, ALICE)
    assert event["time"] == message.time
    assert event["message_id"] == profile.wire_id(message.message_id)
    assert event["message"] == [{"type": "text", "data": {"text": "大家好"}}]
    assert event["sender"]["role"] == "member"
    assert event["sender"]["card"] == "阿丽,[买菜]"


@pytest.mark.parametrize(
    ("profile", "present", "absent"),
    [
        (
            NAPCAT,
            {"font": 14, "group_name": "拼单村", "message_format": "array", "real_seq": "101"},
            ["anonymous"],
        ),
        (
            LLBOT,
            {"font": 14, "group_name": "拼单村", "message_format": "array", "message_seq": 101},
            ["anonymous", "real_seq"],
        ),
        (
            SNOWLUMA,
            {"font": 0, "anonymous": None, "message_seq": 101},
            ["group_name", "message_format"],
        ),
        (
            GOCQHTTP,
            {"font": 0, "anonymous": None, "message_seq": 101},
            ["group_name", "message_format"],
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Profile) else "",
)
def test_keys_that_come_and_go(
    world: World, profile: Profile, present: dict[str, Any], absent: list[str]
) -> None:
    tap = Tap(world, profile, "array")
    world.say(GROUP, ALICE, "大家好")
    assert present.items() <= tap.last.items()
    assert not set(absent) & set(tap.last)


@pytest.mark.parametrize(
    ("profile", "keys"),
    [
        (NAPCAT, {"user_id", "nickname", "card", "role"}),
        (LLBOT, {"user_id", "nickname", "card", "role", "level", "title"}),
        (SNOWLUMA, {"user_id", "nickname", "card", "role", "sex", "age"}),
        (GOCQHTTP, {"user_id", "nickname", "card", "role", "level", "title", "sex", "age", "area"}),
    ],
    ids=lambda value: value.name if isinstance(value, Profile) else "",
)
def test_what_is_known_of_a_sender(world: World, profile: Profile, keys: set[str]) -> None:
    tap = Tap(world, profile)
    world.say(GROUP, ALICE, "大家好")
    assert set(tap.last["sender"]) == keys
    if profile is LLBOT:
        assert tap.last["sender"]["level"] == "9"


@pytest.mark.parametrize(
    ("profile", "signs"), [(NAPCAT, {1}), (LLBOT, {1, -1}), (SNOWLUMA, {1, -1}), (GOCQHTTP, {-1})]
)
def test_the_sign_of_message_ids(world: World, profile: Profile, signs: set[int]) -> None:
    tap = Tap(world, profile)
    for number in range(40):
        world.say(GROUP, ALICE, str(number))
    ids = [frame["message_id"] for frame in tap.frames]
    assert {1 if i > 0 else -1 for i in ids} == signs
    assert len(set(ids)) == 40
    assert all(abs(i) < 2**31 for i in ids)
    if profile is NAPCAT:
        assert tap.last["message_seq"] == tap.last["real_id"] == tap.last["message_id"]


@each_profile
def test_own_messages_come_back_as_message_sent(world: World, profile: Profile) -> None:
    tap = Tap(world, profile)
    world.say(GROUP, BOT, "我说的")
    assert (tap.last["post_type"], tap.last["user_id"]) == ("message_sent", BOT)


def test_napcat_does_not_know_the_role_of_newcomers_and_shows_stale_ones(world: World) -> None:
    tap = Tap(world, NAPCAT)
    world.join(GROUP, NEWCOMER, "新人")
    world.say(GROUP, NEWCOMER, "大家好")
    assert "role" not in tap.last["sender"]
    tap.session.learn(GROUP, NEWCOMER)
    world.say(GROUP, NEWCOMER, "大家好")
    assert tap.last["sender"]["role"] == "member"
    world.promote(GROUP, NEWCOMER, OWNER)
    world.say(GROUP, NEWCOMER, "我升了")
    assert tap.last["sender"]["role"] == "member"
    tap.session.learn(GROUP, NEWCOMER)
    world.say(GROUP, NEWCOMER, "真的")
    assert tap.last["sender"]["role"] == "admin"


def test_other_gateways_know_roles(world: World) -> None:
    tap = Tap(world, LLBOT)
    world.join(GROUP, NEWCOMER, "新人")
    world.promote(GROUP, NEWCOMER, OWNER)
    world.say(GROUP, NEWCOMER, "大家好")
    assert tap.last["sender"]["role"] == "admin"


# ---- segments ----

PICTURE = segments.image("AB12.jpg", "https://pictures.invalid/AB12?a=1&b=2", sticker=True)


@pytest.mark.parametrize(
    ("profile", "said", "shown"),
    [
        (NAPCAT, segments.at(BOT), {"qq": str(BOT)}),
        (LLBOT, segments.at(BOT), {"qq": str(BOT), "name": "小拼"}),
        (LLBOT, segments.at("all"), {"qq": "all"}),
        (NAPCAT, segments.face(14), {"id": "14", "raw": {"faceIndex": 14, "faceType": 1}}),
        (LLBOT, segments.face(14), {"id": "14", "sub_type": 1}),
        (SNOWLUMA, segments.face(14), {"id": "14"}),
        (NAPCAT, segments.dice(4), {"result": "4"}),
        (GOCQHTTP, segments.dice(4), {"value": "4"}),
        (LLBOT, segments.markdown("# 标题"), {"content": "# 标题"}),
    ],
)
def test_small_segments(
    world: World, profile: Profile, said: dict[str, Any], shown: dict[str, Any]
) -> None:
    tap = Tap(world, profile, "array")
    world.say(GROUP, ALICE, said)
    assert tap.message() == [{"type": said["type"], "data": shown}]


@pytest.mark.parametrize("said", [segments.markdown("# 标题"), segments.dice(4)])
def test_snowluma_never_receives_some_segments(world: World, said: dict[str, Any]) -> None:
    tap = Tap(world, SNOWLUMA, "array")
    world.say(GROUP, ALICE, said)
    assert tap.message() == []


@pytest.mark.parametrize(
    ("profile", "keys", "sub_type"),
    [
        (NAPCAT, {"file", "url", "summary", "sub_type", "file_size"}, ("sub_type", 1)),
        (LLBOT, {"file", "url", "subType", "file_size"}, ("subType", 1)),
        (SNOWLUMA, {"file", "url", "summary", "sub_type"}, ("sub_type", 1)),
        (GOCQHTTP, {"file", "url", "subType"}, ("subType", "1")),
    ],
)
def test_pictures(
    world: World, profile: Profile, keys: set[str], sub_type: tuple[str, Any]
) -> None:
    tap = Tap(world, profile, "array")
    world.say(GROUP, ALICE, PICTURE)
    data = tap.message()[0]["data"]
    assert set(data) == keys
    assert data[sub_type[0]] == sub_type[1]
    assert data["file"] == ("ab12.image" if profile is GOCQHTTP else "AB12.jpg")


@pytest.mark.parametrize(
    ("profile", "kind"),
    [(NAPCAT, "image"), (LLBOT, "mface"), (SNOWLUMA, "image"), (GOCQHTTP, "text")],
)
def test_market_faces(world: World, profile: Profile, kind: str) -> None:
    tap = Tap(world, profile, "array")
    world.say(GROUP, ALICE, segments.market_face("[加油]"))
    (segment,) = tap.message()
    assert segment["type"] == kind
    assert segment["data"].get("summary", segment["data"].get("text")) == "[加油]"
    assert ("emoji_id" in segment["data"]) is (kind != "text")


@pytest.mark.parametrize(
    ("profile", "data"),
    [
        (NAPCAT, {"file": "账.pdf", "file_id": "/f1", "file_size": "7"}),
        (LLBOT, {"file": "账.pdf", "url": "", "file_id": "/f1", "path": "", "file_size": "7"}),
        (GOCQHTTP, {"path": "/f1", "name": "账.pdf", "size": "7", "busid": "102"}),
    ],
)
def test_a_file_arrives_twice(world: World, profile: Profile, data: dict[str, Any]) -> None:
    tap = Tap(world, profile, "array")
    world.upload_file(GROUP, ALICE, "账.pdf", size=7, file_id="/f1")
    message, notice = tap.frames
    assert message["message"] == [{"type": "file", "data": data}]
    assert notice["notice_type"] == "group_upload"
    assert notice["file"]["name"] == "账.pdf"
    assert ("url" in notice["file"]) is (profile is GOCQHTTP)


def test_forwards_are_named_after_their_message_on_napcat(world: World) -> None:
    napcat, llbot = Tap(world, NAPCAT, "array"), Tap(world, LLBOT, "array")
    world.say(GROUP, ALICE, segments.forward((ALICE, "阿丽", "原话")))
    assert napcat.message()[0]["data"]["id"].isdigit()
    assert not llbot.message()[0]["data"]["id"].isdigit()


def test_a_reply_to_a_forgotten_message_is_dropped_on_napcat(world: World) -> None:
    old = world.say(GROUP, BOB, "很久以前")
    answer = [segments.reply(old), segments.text("对")]
    napcat, llbot = Tap(world, NAPCAT, "array"), Tap(world, LLBOT, "array")
    world.say(GROUP, ALICE, answer)
    assert [s["type"] for s in napcat.message()] == ["text"]
    assert llbot.message()[0]["data"]["id"] == str(LLBOT.wire_id(old.message_id))


# ---- string format ----


@pytest.mark.parametrize(
    ("profile", "written"),
    [
        (NAPCAT, "a,&#91;b&#93;&amp;[CQ:image,summary=&#91;动画表情&#93;,file=AB12.jpg,sub_type=1,url=https://pictures.invalid/AB12?a=1&amp;b=2,file_size=1024]"),
        (LLBOT, " a,&#91;b&#93;&amp;[CQ:image,file=AB12.jpg,subType=1,url=https://pictures.invalid/AB12?a=1&amp;b=2,file_size=1024]"),
        (SNOWLUMA, " a&#44;&#91;b&#93;&amp;[CQ:image,file=AB12.jpg,url=https://pictures.invalid/AB12?a=1&amp;b=2]"),
        (GOCQHTTP, " a,&#91;b&#93;&amp;[CQ:image,file=ab12.image,subType=1,url=https://pictures.invalid/AB12?a=1&amp;b=2]"),
    ],
)  # fmt: skip
def test_messages_as_strings(world: World, profile: Profile, written: str) -> None:
    tap = Tap(world, profile, "string")
    world.say(GROUP, ALICE, [segments.text(" a,[b]&"), PICTURE])
    assert tap.last["message"] == tap.last["raw_message"] == written


def test_objects_are_written_as_json_and_empty_values_left_out_by_napcat(world: World) -> None:
    tap = Tap(world, NAPCAT, "string")
    world.say(GROUP, ALICE, [segments.face(1), segments.image("A.jpg", "")])
    assert tap.message() == (
        '[CQ:face,id=1,raw={"faceIndex":1&#44;"faceType":1}]'
        "[CQ:image,file=A.jpg,sub_type=0,file_size=1024]"
    )


def test_go_cqhttp_sends_strings_by_default(world: World) -> None:
    assert isinstance(_say_hello(Tap(world, GOCQHTTP), world), str)
    assert isinstance(_say_hello(Tap(world, NAPCAT), world), list)


def _say_hello(tap: Tap, world: World) -> Any:
    world.say(GROUP, ALICE, "你好")
    return tap.message()


# ---- private messages ----


@each_profile
def test_private_messages_of_friends_and_of_strangers(world: World, profile: Profile) -> None:
    tap = Tap(world, profile)
    world.say_private(ALICE, BOT, "在吗")
    assert (tap.last["message_type"], tap.last["sub_type"]) == ("private", "group")
    assert ("group_id" in tap.last) is (profile is NAPCAT)
    world.befriend(ALICE, BOT)
    assert (tap.last["notice_type"], tap.last["user_id"]) == ("friend_add", ALICE)
    message = world.say_private(ALICE, BOT, "在吗")
    assert tap.last["sub_type"] == "friend"
    world.recall(message.message_id, ALICE)
    assert tap.last["notice_type"] == "friend_recall"
    before = len(tap.frames)
    world.say_private(ALICE, BOB, "这不关机器人的事")
    assert len(tap.frames) == before


# ---- notices ----


def notice(tap: Tap, *names: str) -> tuple[Any, ...]:
    assert tap.last["post_type"] == "notice"
    assert tap.last["group_id"] == GROUP
    return tuple(tap.last.get(name) for name in names)


@pytest.mark.parametrize(
    ("profile", "approved", "invited"),
    [
        (NAPCAT, ("approve", ADMIN), ("invite", BOB)),
        (LLBOT, ("approve", ADMIN), ("invite", BOB)),
        (SNOWLUMA, ("approve", NEWCOMER), ("invite", BOB)),
        (GOCQHTTP, ("approve", 0), ("approve", 0)),
    ],
)
def test_joining(
    world: World, profile: Profile, approved: tuple[str, int], invited: tuple[str, int]
) -> None:
    tap = Tap(world, profile)
    world.handle_request(world.ask_to_join(GROUP, NEWCOMER).flag, ADMIN)
    what = ("notice_type", "sub_type", "operator_id")
    assert notice(tap, *what) == ("group_increase", *approved)
    world.join(GROUP, 98, inviter_id=BOB)
    assert notice(tap, *what) == ("group_increase", *invited)


@pytest.mark.parametrize(
    ("profile", "operator"), [(NAPCAT, 0), (LLBOT, ALICE), (SNOWLUMA, 0), (GOCQHTTP, ALICE)]
)
def test_leaving_and_being_kicked(world: World, profile: Profile, operator: int) -> None:
    tap = Tap(world, profile)
    what = ("notice_type", "sub_type", "operator_id", "user_id")
    world.leave(GROUP, ALICE)
    assert notice(tap, *what) == ("group_decrease", "leave", operator, ALICE)
    world.kick(GROUP, BOB, ADMIN)
    assert notice(tap, *what) == ("group_decrease", "kick", ADMIN, BOB)
    world.kick(GROUP, BOT, OWNER)
    assert notice(tap, *what) == ("group_decrease", "kick_me", OWNER, BOT)
    before = len(tap.frames)
    world.say(GROUP, ADMIN, "机器人听不到了")
    assert len(tap.frames) == before


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        (NAPCAT, ("group_decrease", "disband", BOT, OWNER)),
        (LLBOT, ("group_dismiss", None, OWNER, None)),
        (SNOWLUMA, ("group_decrease", "disband", BOT, OWNER)),
    ],
)
def test_disbanding(world: World, profile: Profile, shown: tuple[Any, ...]) -> None:
    tap = Tap(world, profile)
    world.disband(GROUP, OWNER)
    assert notice(tap, "notice_type", "sub_type", "user_id", "operator_id") == shown


@pytest.mark.parametrize(
    ("profile", "duration"),
    [(NAPCAT, -1), (LLBOT, -1), (SNOWLUMA, 4294967295), (GOCQHTTP, 268435455)],
)
def test_mutes(world: World, profile: Profile, duration: int) -> None:
    tap = Tap(world, profile)
    what = ("sub_type", "user_id", "operator_id", "duration")
    world.mute(GROUP, ALICE, ADMIN, 600)
    assert notice(tap, *what) == ("ban", ALICE, ADMIN, 600)
    world.unmute(GROUP, ALICE, ADMIN)
    assert notice(tap, *what) == ("lift_ban", ALICE, ADMIN, 0)
    world.mute_all(GROUP, ADMIN)
    assert notice(tap, *what) == ("ban", 0, ADMIN, duration)
    world.mute_all(GROUP, ADMIN, on=False)
    assert notice(tap, *what) == ("lift_ban", 0, ADMIN, 0)


@pytest.mark.parametrize(("profile", "told"), [(NAPCAT, False), (LLBOT, True), (SNOWLUMA, True)])
def test_mutes_of_people_not_in_the_cache(world: World, profile: Profile, told: bool) -> None:
    tap = Tap(world, profile)
    world.join(GROUP, NEWCOMER)
    world.mute(GROUP, NEWCOMER, ADMIN, 60)
    assert (tap.last["notice_type"] == "group_ban") is told


@each_profile
def test_recalls(world: World, profile: Profile) -> None:
    tap = Tap(world, profile)
    message = world.say(GROUP, ALICE, "说错了")
    world.recall(message.message_id, ADMIN)
    shown = notice(tap, "notice_type", "user_id", "operator_id", "message_id")
    assert shown == ("group_recall", ALICE, ADMIN, profile.wire_id(message.message_id))


def test_card_changes(world: World) -> None:
    llbot, napcat, snowluma = Tap(world, LLBOT), Tap(world, NAPCAT), Tap(world, SNOWLUMA)
    world.set_card(GROUP, BOB, "鲍师傅")
    assert notice(llbot, "notice_type", "card_old", "card_new") == ("group_card", "", "鲍师傅")
    assert napcat.frames == snowluma.frames == []
    world.say(GROUP, BOB, "改名了")
    assert [f["post_type"] for f in napcat.frames] == ["notice", "message"]
    assert napcat.frames[0]["card_new"] == "鲍师傅"
    assert [f["post_type"] for f in snowluma.frames] == ["message"]


@pytest.mark.parametrize(
    ("profile", "added", "deleted"),
    [(NAPCAT, True, False), (LLBOT, True, True), (SNOWLUMA, True, True), (GOCQHTTP, True, True)],
)
def test_essence(world: World, profile: Profile, added: bool, deleted: bool) -> None:
    message = world.say(GROUP, ALICE, "群规")
    tap = Tap(world, profile)
    world.set_essence(message.message_id, ADMIN)
    assert bool(tap.frames) is added
    assert ("user_id" in tap.last) is (profile is not GOCQHTTP)
    assert ("random" in tap.last) is (profile is SNOWLUMA)
    tap.frames.clear()
    world.set_essence(message.message_id, ADMIN, on=False)
    assert bool(tap.frames) is deleted


def test_go_cqhttp_is_silent_about_its_own_essence(world: World) -> None:
    message = world.say(GROUP, ALICE, "群规")
    tap = Tap(world, GOCQHTTP)
    world.set_essence(message.message_id, BOT)
    assert tap.frames == []


def test_emoji_likes(world: World) -> None:
    message = world.say(GROUP, ALICE, "好消息")
    taps = {p.name: Tap(world, p) for p in PROFILES}
    world.like(message.message_id, BOB, "76")
    assert taps["NapCat"].last["is_add"] is True
    assert taps["NapCat"].last["likes"] == [{"emoji_id": "76", "count": 1}]
    assert "is_add" not in taps["SnowLuma"].last
    assert taps["SnowLuma"].last["sub_type"] == "add"
    assert taps["go-cqhttp"].frames == []
    world.like(message.message_id, BOB, "76", on=False)
    assert taps["LLBot"].last["is_add"] is False
    assert taps["SnowLuma"].last["sub_type"] == "remove"


@pytest.mark.parametrize(
    ("profile", "extra"),
    [(NAPCAT, "raw_info"), (LLBOT, "raw_info"), (SNOWLUMA, "action"), (GOCQHTTP, "sender_id")],
)
def test_pokes(world: World, profile: Profile, extra: str) -> None:
    tap = Tap(world, profile)
    world.poke(ALICE, BOT, GROUP)
    assert notice(tap, "notice_type", "sub_type", "target_id") == ("notify", "poke", BOT)
    assert extra in tap.last
    world.poke(ALICE, BOT)
    assert "group_id" not in tap.last


@each_profile
def test_admins_and_titles(world: World, profile: Profile) -> None:
    tap = Tap(world, profile)
    world.promote(GROUP, ALICE, OWNER)
    assert notice(tap, "notice_type", "sub_type") == ("group_admin", "set")
    world.demote(GROUP, ALICE, OWNER)
    assert notice(tap, "notice_type", "sub_type") == ("group_admin", "unset")
    tap.frames.clear()
    world.set_title(GROUP, ALICE, "红人", OWNER)
    assert bool(tap.frames) is (profile is not SNOWLUMA)


# ---- requests ----


@pytest.mark.parametrize(
    ("profile", "flag", "invitor"),
    [
        (NAPCAT, lambda digits: digits, None),
        (LLBOT, lambda digits: f"{GROUP}|{digits}|1|0", 0),
        (SNOWLUMA, lambda _: f"add:{GROUP}:u_", None),
        (GOCQHTTP, lambda digits: digits, 0),
    ],
)
def test_join_requests(
    world: World, profile: Profile, flag: Callable[[str], str], invitor: int | None
) -> None:
    tap = Tap(world, profile)
    request = world.ask_to_join(GROUP, NEWCOMER, question="谁介绍的", answer="阿丽")
    event = tap.last
    assert (event["post_type"], event["request_type"], event["sub_type"]) == (
        "request",
        "group",
        "add",
    )
    assert event["comment"] == "问题：谁介绍的\n答案：阿丽"
    assert event["flag"].startswith(flag(request.flag))
    assert event.get("invitor_id") == invitor
    assert request.flag.isdigit()


def test_llbot_marks_doubtful_requests_and_those_brought_by_members(world: World) -> None:
    tap = Tap(world, LLBOT)
    doubtful = world.ask_to_join(GROUP, NEWCOMER, filtered=True)
    assert tap.last["flag"] == f"{GROUP}|{doubtful.flag}|1|1"
    brought = world.ask_to_join(GROUP, 98, invitor_id=ALICE)
    assert tap.last["flag"] == f"{GROUP}|{brought.flag}|22|0"
    assert tap.last["invitor_id"] == ALICE


@each_profile
def test_invitations_of_the_bot(world: World, profile: Profile) -> None:
    tap = Tap(world, profile)
    world.add_group(701, "邻村", owner_id=ALICE)
    world.invite(701, BOT, ALICE)
    assert (tap.last["sub_type"], tap.last["group_id"], tap.last["user_id"]) == (
        "invite",
        701,
        ALICE,
    )


def test_requests_are_told_to_admins_only(world: World) -> None:
    world.demote(GROUP, BOT, OWNER)
    tap = Tap(world, NAPCAT)
    world.ask_to_join(GROUP, NEWCOMER)
    assert tap.frames == []


@each_profile
def test_friend_requests(world: World, profile: Profile) -> None:
    tap = Tap(world, profile)
    world.ask_to_be_friends(NEWCOMER, BOT, "我是新来的")
    assert (tap.last["request_type"], tap.last["comment"]) == ("friend", "我是新来的")


# ---- meta events ----


@each_profile
def test_meta_events(world: World, profile: Profile) -> None:
    session = Session(world, profile, BOT, None)
    beat = meta_event(session, "heartbeat", interval=5000)
    assert beat["status"]["online"] is True
    assert ("stat" in beat["status"]) is (profile is GOCQHTTP)
    connect = meta_event(session, "lifecycle", sub_type="connect")
    assert ("status" in connect) is (profile is SNOWLUMA)
