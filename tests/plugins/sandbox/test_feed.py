"""The feed: what the page is told, in which state, and how much of it is kept."""

import json
from random import Random
from typing import Any

import pytest

from pinbang.testing import Call, World, segments
from plugins.sandbox.feed import MAX_CALLS, MAX_LINES, Feed
from plugins.sandbox.scene import BOT_ID, Scene

XIAOWANG, ADMIN = 9_900_000_021, 9_900_000_012


@pytest.fixture
def scene() -> Scene:
    return Scene(now=lambda: 1_800_000_000.0, random=Random(7))


@pytest.fixture
def world(scene: Scene) -> World:
    return scene.world


@pytest.fixture
def feed(scene: Scene) -> Feed:
    feed = Feed(scene.who)
    scene.world.subscribe(lambda event: feed.happened(event, scene.world.now()))
    return feed


def last(feed: Feed) -> dict[str, Any]:
    return feed.after(0)["lines"][-1]


def call(action: str, **params: Any) -> Call:
    return Call(action, params, 1_800_000_000.0)


def test_message_with_its_sender(feed: Feed, scene: Scene, world: World) -> None:
    world.say(scene.group_id, ADMIN, [segments.text("大家好 "), segments.at("all")])
    line = last(feed)
    assert line["text"] == "大家好 @全体成员"
    assert line["sender"] == {
        "id": ADMIN, "name": "小陈", "role": "admin", "initial": "陈", "bot": False
    }  # fmt: skip
    assert line["time"] == 1_800_000_000
    json.dumps(line)


def test_words_are_handed_on_as_they_are(feed: Feed, scene: Scene, world: World) -> None:
    world.say(scene.group_id, XIAOWANG, "<img src=x onerror=alert(1)>&amp;")
    assert last(feed)["text"] == "<img src=x onerror=alert(1)>&amp;"


def test_quotation_shows_whom_and_what(feed: Feed, scene: Scene, world: World) -> None:
    first = world.say(scene.group_id, XIAOWANG, "还差一个人\n谁来")
    world.say(scene.group_id, BOT_ID, [segments.reply(first), segments.text("好的")])
    assert last(feed)["quote"] == {"name": "小王", "text": "还差一个人 谁来"}
    assert last(feed)["text"] == "好的"


def test_recall_changes_the_line_in_place(feed: Feed, scene: Scene, world: World) -> None:
    advert = world.say(scene.group_id, XIAOWANG, "加微信领券")
    world.say(scene.group_id, XIAOWANG, "别的话")
    seen = feed.number
    world.recall(advert.message_id, BOT_ID)
    (changed,) = feed.after(seen)["lines"]
    assert changed["key"] == f"m{advert.message_id}"
    assert changed["recalled"] == "拼帮撤回"
    assert [line["text"] for line in feed.after(0)["lines"]] == ["加微信领券", "别的话"]
    assert feed.after(feed.number)["lines"] == []


def test_private_message_names_both(feed: Feed, world: World) -> None:
    world.say_private(BOT_ID, XIAOWANG, "你的申诉收到了")
    line = last(feed)
    assert (line["kind"], line["sender"]["bot"], line["to"]["name"]) == ("private", True, "小王")


def test_mutes_kicks_and_departures_in_words(feed: Feed, scene: Scene, world: World) -> None:
    world.mute(scene.group_id, XIAOWANG, BOT_ID, 600)
    world.unmute(scene.group_id, XIAOWANG, ADMIN)
    world.mute_all(scene.group_id, ADMIN)
    world.kick(scene.group_id, XIAOWANG, BOT_ID)
    world.leave(scene.group_id, XIAOWANG + 1)
    assert [line["text"] for line in feed.after(0)["lines"]] == [
        "拼帮 把 小王 禁言 10 分钟",
        "小陈 解除了 小王 的禁言",
        "小陈 开启了全员禁言",
        "拼帮 把 小王 移出了群",
        "小李 退群了",
    ]


def test_join_request_and_what_became_of_it(feed: Feed, scene: Scene, world: World) -> None:
    for approve, state in ((True, "approved"), (False, "rejected")):
        scene.ask_to_join(newcomer := scene.newcomer(), "看情况")
        assert (last(feed)["kind"], last(feed)["state"]) == ("request", "pending")
        (request,) = (one for one in scene.group.requests.values() if one.user_id == newcomer)
        world.handle_request(request.flag, BOT_ID, approve, "" if approve else "下次再来")
        line = next(one for one in feed.after(0)["lines"] if one["key"] == f"r{request.flag}")
        assert (line["state"], line["by"]) == (state, "拼帮")
    assert line["reason"] == "下次再来"
    assert [one["text"] for one in feed.after(0)["lines"] if one["kind"] == "event"] == [
        "小赵 进了群，由 拼帮 通过"
    ]


def test_calls_with_their_outcome(feed: Feed, scene: Scene, world: World) -> None:
    message = world.say(scene.group_id, XIAOWANG, "加微信领券")
    good = call("delete_msg", message_id=message.message_id)
    bad = call("set_group_ban", group_id=scene.group_id, user_id=XIAOWANG, duration=600)
    open_ = call("get_status")
    for one in (good, bad, open_):
        feed.called(one)
    good.answer = {"status": "ok", "retcode": 0, "data": None}
    bad.answer = {"status": "failed", "retcode": 200, "wording": "没有管理权限"}
    seen = feed.number
    feed.answered()
    assert len(feed.after(seen)["calls"]) == 2
    shown = [
        (line["title"], line["params"], line["outcome"], line["trouble"], line["asks"])
        for line in feed.after(0)["calls"]
    ]
    assert shown == [
        ("撤回消息", "小王：加微信领券", "ok", "", False),
        ("禁言", "小王　10 分钟", "failed", "没有管理权限", False),
        ("问网关状态", "", "waiting", "", True),
    ]


def test_only_the_latest_is_kept(feed: Feed, scene: Scene, world: World) -> None:
    for index in range(MAX_LINES + 20):
        world.say(scene.group_id, XIAOWANG, f"第 {index} 句")
        feed.called(call("get_status"))
    told = feed.after(0)
    assert len(told["lines"]) == MAX_LINES
    assert len(told["calls"]) == MAX_CALLS
    assert told["lines"][0]["text"] == "第 20 句"
    feed.answered()
    assert len(feed._unanswered) == MAX_CALLS


def test_long_parameters_are_cut(feed: Feed) -> None:
    feed.called(call("send_group_msg", message=[segments.text("字" * 10_000)]))
    assert len(feed.after(0)["calls"][0]["params"]) == 300


def test_reader_of_another_run_is_told_everything(feed: Feed, scene: Scene, world: World) -> None:
    world.say(scene.group_id, XIAOWANG, "你好")
    assert len(feed.after(feed.number + 100)["lines"]) == 1


def test_cleared_feed_is_empty_and_counts_on(feed: Feed, scene: Scene, world: World) -> None:
    world.say(scene.group_id, XIAOWANG, "你好")
    before = feed.number
    feed.clear()
    assert feed.number > before
    assert feed.after(0) == {"lines": [], "calls": []}
