"""What each gateway answers, and what its calls do to the world."""

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
from pinbang.testing.actions import perform
from pinbang.testing.session import Session
from pinbang.testing.wire import frames
from tests.unit.testing.village import ADMIN, ALICE, BOB, BOT, GROUP, OWNER, Clock

NEWCOMER = 99
each_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)


class Phone:
    """Calls the API of a gateway of `profile` without a connection."""

    def __init__(self, world: World, profile: Profile) -> None:
        self.world = world
        self.session = Session(world, profile, BOT, "array")
        self.events: list[dict[str, Any]] = []
        world.subscribe(lambda happening: self.events.extend(frames(happening, self.session)))

    def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        return perform(self.session, action, params)

    def data(self, action: str, /, **params: Any) -> Any:
        answer = self.call(action, **params)
        assert answer["status"] == "ok", answer
        return answer["data"]

    def wire_id(self, user_id: int, words: str) -> int:
        message = self.world.say(GROUP, user_id, words)
        return self.session.profile.wire_id(message.message_id)


# ---- the shape of answers ----


@pytest.mark.parametrize(
    ("profile", "ok", "failed"),
    [
        (
            NAPCAT,
            {"status", "retcode", "data", "message", "wording", "stream"},
            {
                "status": "failed",
                "retcode": 1200,
                "data": None,
                "message": "消息不存在",
                "wording": "消息不存在",
                "stream": "normal-action",
            },
        ),
        (
            LLBOT,
            {"status", "retcode", "data", "message", "wording"},
            {
                "status": "failed",
                "retcode": 1200,
                "data": None,
                "message": "消息不存在",
                "wording": "消息不存在",
            },
        ),
        (
            SNOWLUMA,
            {"status", "retcode", "data"},
            {"status": "failed", "retcode": 100, "data": None, "wording": "message not found"},
        ),
        (
            GOCQHTTP,
            {"status", "retcode", "data", "message"},
            {
                "status": "failed",
                "retcode": 100,
                "data": None,
                "msg": "MESSAGE_NOT_FOUND",
                "wording": "消息不存在",
            },
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Profile) else "",
)
def test_answers(world: World, profile: Profile, ok: set[str], failed: dict[str, Any]) -> None:
    phone = Phone(world, profile)
    assert set(phone.call("get_login_info")) == ok
    assert phone.call("get_msg", message_id=5) == failed


@each_profile
def test_an_unknown_action_is_1404(world: World, profile: Profile) -> None:
    assert Phone(world, profile).call("make_coffee")["retcode"] == 1404


def test_go_cqhttp_lacks_newer_actions(world: World) -> None:
    phone = Phone(world, GOCQHTTP)
    for action in ("get_group_shut_list", "get_group_ignore_add_request"):
        assert phone.call(action, group_id=GROUP)["retcode"] == 1404


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (NAPCAT, "NapCat.Onebot"),
        (LLBOT, "LLOneBot"),
        (SNOWLUMA, "SnowLuma"),
        (GOCQHTTP, "go-cqhttp"),
    ],
)
def test_who_one_is_talking_to(world: World, profile: Profile, name: str) -> None:
    phone = Phone(world, profile)
    assert phone.data("get_version_info")["app_name"] == name
    assert phone.data("get_login_info") == {"user_id": BOT, "nickname": "小拼"}
    assert phone.data("get_status")["online"] is True
    assert phone.data("can_send_image") == {"yes": True}


# ---- sending ----


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("[CQ:at,qq=11] 你&amp;我&#44;一起", f"@{ALICE} 你&我,一起"),
        ({"type": "text", "data": {"text": "一段"}}, "一段"),
        (
            [{"type": "text", "data": {"text": "两"}}, {"type": "face", "data": {"id": 1}}],
            "两[face]",
        ),
    ],
)
def test_messages_may_be_strings_segments_or_lists(world: World, message: Any, said: str) -> None:
    phone = Phone(world, NAPCAT)
    phone.data("send_group_msg", group_id=str(GROUP), message=message)
    assert list(world.group(GROUP).messages.values())[-1].text == said


def test_auto_escape_leaves_cq_codes_alone(world: World) -> None:
    phone = Phone(world, NAPCAT)
    phone.data("send_msg", group_id=GROUP, message="[CQ:face,id=1]", auto_escape=True)
    assert list(world.group(GROUP).messages.values())[-1].text == "[CQ:face,id=1]"


@each_profile
def test_sending_returns_the_id_by_which_the_message_is_found(
    world: World, profile: Profile
) -> None:
    phone = Phone(world, profile)
    asked = phone.wire_id(ALICE, "在吗")
    answer = [{"type": "reply", "data": {"id": str(asked)}}, segments.text("在")]
    sent = phone.data("send_group_msg", group_id=GROUP, message=answer)
    found = phone.data("get_msg", message_id=str(sent["message_id"]))
    assert found["message"] == [
        {"type": "reply", "data": {"id": str(asked)}},
        {"type": "text", "data": {"text": "在"}},
    ]
    assert found["sender"]["nickname"] == "小拼"
    assert {"time", "message_type", "message_id", "real_id", "sender"} <= set(found)
    assert ("self_id" in found) is (profile is not SNOWLUMA)


def test_private_messages(world: World) -> None:
    phone = Phone(world, NAPCAT)
    phone.data("send_private_msg", user_id=ALICE, message="悄悄话")
    phone.data("send_msg", message_type="private", user_id=str(ALICE), message="悄悄话")
    assert [m.to_id for m in world.private_messages.values()] == [ALICE, ALICE]
    assert phone.call("send_private_msg", user_id=NEWCOMER, message="在吗")["status"] == "failed"


@each_profile
def test_forwards_can_be_sent_and_read_back(world: World, profile: Profile) -> None:
    phone = Phone(world, profile)
    nodes = [
        {"type": "node", "data": {"user_id": str(BOB), "nickname": "老鲍", "content": "第一条"}},
        {
            "type": "node",
            "data": {"name": "老鲍", "uin": BOB, "content": [segments.text("第二条")]},
        },
        {"type": "node", "data": {"id": str(phone.wire_id(ALICE, "原话"))}},
    ]
    phone.data("send_group_forward_msg", group_id=GROUP, messages=nodes)
    shown = phone.events[-1]["message"][0]["data"]["id"]
    messages = phone.data("get_forward_msg", id=shown)["messages"]
    words = [m[profile.forward_content][0]["data"]["text"] for m in messages]
    assert words == ["第一条", "第二条", "原话"]
    assert [m["sender"]["nickname"] for m in messages] == ["老鲍", "老鲍", "阿丽"]


def test_pictures_sent_as_data_get_a_name_and_can_be_fetched(world: World) -> None:
    phone = Phone(world, NAPCAT)
    picture = {"type": "image", "data": {"file": "base64://QUJD"}}
    phone.data("send_group_msg", group_id=GROUP, message=[picture])
    name = phone.events[-1]["message"][0]["data"]["file"]
    assert name.endswith(".jpg")
    assert phone.data("get_image", file=name)["file"] == name
    assert phone.call("get_image", file="other.jpg")["status"] == "failed"


@pytest.mark.parametrize(
    ("profile", "retcode"), [(NAPCAT, 1200), (LLBOT, 1200), (SNOWLUMA, 1400), (GOCQHTTP, 1400)]
)
def test_missing_parameters(world: World, profile: Profile, retcode: int) -> None:
    phone = Phone(world, profile)
    assert phone.call("send_group_msg", message="给谁")["retcode"] == retcode
    broken = [{"type": "at", "data": {}}]
    assert phone.call("send_group_msg", group_id=GROUP, message=broken)["retcode"] == retcode


@pytest.mark.parametrize(
    ("profile", "text"),
    [
        (NAPCAT, "sendMsg"),
        (LLBOT, "当前处于被禁言状态"),
        (GOCQHTTP, "请参考 go-cqhttp 端输出"),
    ],
)
def test_a_muted_bot_cannot_speak(world: World, profile: Profile, text: str) -> None:
    world.mute(GROUP, BOT, OWNER, 60)
    answer = Phone(world, profile).call("send_group_msg", group_id=GROUP, message="唔")
    assert answer["status"] == "failed"
    assert text in answer["wording"]


# ---- keeping order ----


def test_an_admin_bot_keeps_order(world: World, clock: Clock) -> None:
    phone = Phone(world, LLBOT)
    message = world.say(GROUP, ALICE, "广告")
    phone.data("delete_msg", message_id=str(LLBOT.wire_id(message.message_id)))
    phone.data("set_group_ban", group_id=GROUP, user_id=ALICE, duration=600)
    assert world.member(GROUP, ALICE).muted_until == clock.time + 600
    assert phone.data("get_group_shut_list", group_id=GROUP)[0]["user_id"] == ALICE
    phone.data("set_group_whole_ban", group_id=GROUP)
    phone.data("set_group_card", group_id=GROUP, user_id=ALICE, card="丽")
    phone.data("set_essence_msg", message_id=phone.wire_id(OWNER, "群规"))
    phone.data("set_group_kick", group_id=GROUP, user_id=ALICE, reject_add_request=True)
    assert message.recalled
    assert world.group(GROUP).whole_ban
    assert world.group(GROUP).blocked == {ALICE}
    kinds = [e["notice_type"] for e in phone.events if e["post_type"] == "notice"]
    assert kinds == [
        "group_recall",
        "group_ban",
        "group_ban",
        "group_card",
        "essence",
        "group_decrease",
    ]
    phone.data("set_group_leave", group_id=GROUP)
    assert BOT not in world.group(GROUP).members


def test_an_owner_bot_gives_titles_and_makes_admins(world: World) -> None:
    world.add_group(701, "机器村", owner_id=BOT)
    world.add_member(701, ALICE)
    phone = Phone(world, NAPCAT)
    phone.data("set_group_special_title", group_id=701, user_id=ALICE, special_title="红人")
    phone.data("set_group_admin", group_id=701, user_id=ALICE, enable=True)
    assert (world.member(701, ALICE).title, world.member(701, ALICE).role) == ("红人", "admin")
    phone.data("set_group_leave", group_id=701, is_dismiss=True)
    assert 701 not in world.groups


NOT_ADMIN = {
    NAPCAT.name: "ERR_NOT_GROUP_ADMIN",
    LLBOT.name: "ERR_NOT_GROUP_ADMIN",
    SNOWLUMA.name: "120101005",
    GOCQHTTP.name: "机器人权限不足",
}


@each_profile
def test_a_bot_without_rights_is_refused_in_the_gateways_words(
    world: World, profile: Profile
) -> None:
    world.demote(GROUP, BOT, OWNER)
    answer = Phone(world, profile).call("set_group_ban", group_id=GROUP, user_id=ALICE)
    assert answer["status"] == "failed"
    assert NOT_ADMIN[profile.name] in answer["wording"]
    assert answer.get("msg", "NOT_MANAGEABLE") == "NOT_MANAGEABLE"


@pytest.mark.parametrize(
    ("profile", "action", "params"),
    [
        (NAPCAT, "set_group_kick", {"user_id": ADMIN}),
        (GOCQHTTP, "set_group_whole_ban", {}),
        (NAPCAT, "set_essence_msg", {"message_id": None}),
        (LLBOT, "delete_msg", {"message_id": None}),
        (SNOWLUMA, "delete_msg", {"message_id": None}),
    ],
)
def test_some_calls_answer_ok_though_qq_refused(
    world: World, profile: Profile, action: str, params: dict[str, Any]
) -> None:
    world.demote(GROUP, BOT, OWNER)
    phone = Phone(world, profile)
    if "message_id" in params:
        params = {"message_id": phone.wire_id(OWNER, "群主的话")}
    phone.events.clear()
    assert phone.call(action, group_id=GROUP, **params)["status"] == "ok"
    assert phone.events == []


@pytest.mark.parametrize(
    ("profile", "wording"),
    [
        (NAPCAT, "Recall failed"),
        (LLBOT, "消息5不存在"),
        (SNOWLUMA, "message not found or not retractable"),
    ],
)
def test_recalling_an_unknown_message(world: World, profile: Profile, wording: str) -> None:
    assert Phone(world, profile).call("delete_msg", message_id=5)["wording"] == wording


def test_napcat_forgets_ids_beyond_its_memory_and_those_before_its_start(world: World) -> None:
    before = NAPCAT.wire_id(world.say(GROUP, ALICE, "早于启动").message_id)
    phone = Phone(world, NAPCAT)
    assert phone.call("get_msg", message_id=before)["retcode"] == 1200
    first = phone.wire_id(ALICE, "第一条")
    for number in range(4999):
        world.say(GROUP, ALICE, str(number))
    assert phone.data("get_msg", message_id=first)
    for number in range(5001):
        world.say(GROUP, ALICE, str(number))
    assert phone.call("get_msg", message_id=first)["retcode"] == 1200


# ---- reading ----


def test_history_counts_by_id_on_napcat_and_by_seq_elsewhere(world: World) -> None:
    napcat, llbot = Phone(world, NAPCAT), Phone(world, LLBOT)
    ids = [napcat.wire_id(ALICE, str(number)) for number in range(4)]
    until_second = napcat.data("get_group_msg_history", group_id=GROUP, message_seq=ids[1], count=2)
    assert [m["message_id"] for m in until_second["messages"]] == ids[:2]
    until_third = llbot.data("get_group_msg_history", group_id=GROUP, message_seq=103)
    assert [m["message_seq"] for m in until_third["messages"]] == [101, 102, 103]
    assert len(llbot.data("get_group_msg_history", group_id=GROUP)["messages"]) == 4


def test_an_empty_history_is_an_error_on_napcat(world: World) -> None:
    asked = {"group_id": GROUP}
    assert Phone(world, NAPCAT).call("get_group_msg_history", **asked)["retcode"] == 1200
    assert Phone(world, LLBOT).data("get_group_msg_history", **asked) == {"messages": []}


@pytest.mark.parametrize(
    ("profile", "levels"),
    [
        (NAPCAT, {"qqLevel": 40}),
        (LLBOT, {"level": 40}),
        (SNOWLUMA, {"level": 40, "qq_level": 40}),
        (GOCQHTTP, {"level": 40}),
    ],
)
def test_strangers(world: World, profile: Profile, levels: dict[str, int]) -> None:
    data = Phone(world, profile).data("get_stranger_info", user_id=ALICE)
    assert levels.items() <= data.items()
    assert ("reg_time" in data) is (profile in (NAPCAT, LLBOT))


@each_profile
def test_members_and_groups(world: World, profile: Profile) -> None:
    phone = Phone(world, profile)
    one = phone.data("get_group_member_info", group_id=GROUP, user_id=ALICE)
    assert (one["role"], one["card"], one["level"]) == ("member", "阿丽,[买菜]", "9")
    everyone = phone.data("get_group_member_list", group_id=GROUP)
    assert {m["user_id"] for m in everyone} == {OWNER, ADMIN, ALICE, BOB, BOT}
    assert phone.data("get_group_list") == [phone.data("get_group_info", group_id=GROUP)]
    assert phone.data("get_group_info", group_id=GROUP)["member_count"] == 5
    assert phone.call("get_group_info", group_id=1)["status"] == "failed"


@each_profile
def test_only_napcat_still_shows_people_who_left(world: World, profile: Profile) -> None:
    world.leave(GROUP, ALICE)
    answer = Phone(world, profile).call("get_group_member_info", group_id=GROUP, user_id=ALICE)
    assert (answer["status"] == "ok") is (profile is NAPCAT)


def test_asking_about_a_newcomer_puts_them_into_napcats_cache(world: World) -> None:
    phone = Phone(world, NAPCAT)
    world.join(GROUP, NEWCOMER)
    phone.data("get_group_member_info", group_id=GROUP, user_id=NEWCOMER)
    world.say(GROUP, NEWCOMER, "大家好")
    assert phone.events[-1]["sender"]["role"] == "member"


def test_napcat_may_leave_out_the_data(world: World) -> None:
    phone = Phone(world, NAPCAT)
    assert "data" not in phone.call("get_group_shut_list", group_id=GROUP)
    assert "data" not in phone.call("group_poke", group_id=GROUP, user_id=ALICE)
    world.mute(GROUP, ALICE, ADMIN, 60)
    assert phone.data("get_group_shut_list", group_id=GROUP)[0]["uin"] == str(ALICE)


# ---- requests ----


@each_profile
def test_a_request_is_approved_by_the_flag_of_its_event(world: World, profile: Profile) -> None:
    phone = Phone(world, profile)
    world.ask_to_join(GROUP, NEWCOMER)
    phone.data("set_group_add_request", flag=phone.events[-1]["flag"], sub_type="add")
    assert NEWCOMER in world.group(GROUP).members
    other = world.ask_to_join(GROUP, 98)
    phone.data("set_group_add_request", flag=phone.events[-1]["flag"], approve=False, reason="不行")
    assert (other.state, other.reason) == ("rejected", "不行")


@each_profile
def test_an_invitation_is_accepted(world: World, profile: Profile) -> None:
    world.add_group(701, "邻村", owner_id=ALICE)
    phone = Phone(world, profile)
    world.invite(701, BOT, ALICE)
    phone.data("set_group_add_request", flag=phone.events[-1]["flag"], sub_type="invite")
    assert BOT in world.group(701).members


@pytest.mark.parametrize(
    ("profile", "status", "wording"),
    [
        (NAPCAT, "failed", "No such request"),
        (LLBOT, "ok", ""),
        (SNOWLUMA, "failed", "invalid group request flag"),
        (GOCQHTTP, "failed", "FLAG不存在"),
    ],
)
def test_a_flag_that_leads_nowhere(
    world: World, profile: Profile, status: str, wording: str
) -> None:
    answer = Phone(world, profile).call("set_group_add_request", flag="nowhere", approve=True)
    assert (answer["status"], answer.get("wording", "")) == (status, wording)


@pytest.mark.parametrize(
    ("profile", "status"), [(NAPCAT, "ok"), (LLBOT, "failed"), (GOCQHTTP, "failed")]
)
def test_approving_twice(world: World, profile: Profile, status: str) -> None:
    phone = Phone(world, profile)
    world.ask_to_join(GROUP, NEWCOMER)
    flag = phone.events[-1]["flag"]
    phone.data("set_group_add_request", flag=flag)
    assert phone.call("set_group_add_request", flag=flag)["status"] == status


def test_snowluma_may_approve_somebody_else(world: World) -> None:
    phone = Phone(world, SNOWLUMA)
    gone = world.ask_to_join(GROUP, NEWCOMER)
    flag = phone.events[-1]["flag"]
    world.handle_request(gone.flag, ADMIN, approve=False)
    other = world.ask_to_join(GROUP, 98)
    phone.data("set_group_add_request", flag=flag)
    assert other.state == "approved"
    assert phone.call("set_group_add_request", flag=flag)["status"] == "failed"


def test_llbot_looks_up_bare_digits(world: World) -> None:
    phone = Phone(world, LLBOT)
    request = world.ask_to_join(GROUP, NEWCOMER, filtered=True)
    phone.data("set_group_add_request", flag=request.flag)
    assert request.state == "approved"
    assert phone.call("set_group_add_request", flag="123")["status"] == "failed"


def test_pending_requests_in_their_four_shapes(world: World) -> None:
    world.ask_to_join(GROUP, NEWCOMER, "新人", comment="我来了")
    world.ask_to_join(GROUP, 98, "可疑", filtered=True)
    napcat = Phone(world, NAPCAT).data("get_group_system_msg")
    assert [r["invitor_uin"] for r in napcat["join_requests"]] == [NEWCOMER]
    assert "requester_uin" not in napcat["join_requests"][0]
    assert napcat["join_requests"][0]["message"] == "我来了"
    llbot = Phone(world, LLBOT).data("get_group_system_msg")
    assert [r["requester_uin"] for r in llbot["join_requests"]] == [NEWCOMER, 98]
    snowluma = Phone(world, SNOWLUMA)
    (listed,) = snowluma.data("get_group_system_msg")
    assert listed["requester_uin"] == NEWCOMER
    assert snowluma.call("set_group_add_request", flag=listed["flag"])["status"] == "failed"
    gocq = Phone(world, GOCQHTTP).data("get_group_system_msg")
    assert gocq["invited_requests"] is None
    assert len(gocq["join_requests"]) == 2


def test_doubtful_requests_apart(world: World) -> None:
    world.ask_to_join(GROUP, NEWCOMER)
    doubtful = world.ask_to_join(GROUP, 98, filtered=True)
    (listed,) = Phone(world, NAPCAT).data("get_group_ignore_add_request")
    assert listed["request_id"] == int(doubtful.flag)
    refusal = Phone(world, LLBOT).call("get_group_ignore_add_request")
    assert "get_group_system_msg" in refusal["wording"]
    (listed,) = Phone(world, SNOWLUMA).data("get_group_ignore_add_request")
    assert "requester_uin" not in listed


def test_friend_requests_are_answered(world: World) -> None:
    phone = Phone(world, NAPCAT)
    world.ask_to_be_friends(NEWCOMER, BOT)
    phone.data("set_friend_add_request", flag=phone.events[-1]["flag"])
    assert world.are_friends(NEWCOMER, BOT)
