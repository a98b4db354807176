"""The simulated group: who is in it, what a visitor may do, and who may visit."""

from random import Random
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from pinbang.refusal import Refusal
from pinbang.testing import Reason, Refused
from plugins.sandbox.access import against_caller, against_origin
from plugins.sandbox.acting import MAX_TEXT, AnyDeed, Newcomer, PersonsDeed, act
from plugins.sandbox.scene import BOT_ID, MAX_NEWCOMERS, QUESTION, Scene

REAL_NUMBERS_END = 2**32
DEEDS: TypeAdapter[PersonsDeed] = TypeAdapter(Annotated[PersonsDeed, Field(discriminator="action")])


class Clock:
    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return Scene(now=clock, random=Random(7))


def named(scene: Scene, name: str) -> int:
    return next(one["id"] for one in scene.snapshot()["people"] if one["name"] == name)


def do(scene: Scene, name: str, action: str, **more: Any) -> dict[str, Any]:
    deed = DEEDS.validate_python({"as": named(scene, name), "action": action, **more})
    return act(scene, deed)


def test_group_has_owner_admin_members_and_the_bot_as_admin(scene: Scene) -> None:
    people = scene.snapshot()["people"]
    assert [one["role"] for one in people] == ["owner", "admin", *["member"] * 5, "admin"]
    assert people[-1]["bot"]
    assert people[-1]["id"] == BOT_ID
    assert [one["initial"] for one in people] == list("周陈王李张刘美拼")


def test_no_number_can_be_a_real_one(scene: Scene) -> None:
    newcomer = scene.newcomer()
    scene.start_over()
    numbers = [one["id"] for one in scene.snapshot()["people"]]
    assert min(*numbers, newcomer, scene.group_id) > REAL_NUMBERS_END


def test_says_and_mentions_by_name(scene: Scene) -> None:
    done = do(scene, "小王", "say", text="@小李 帮我看看 @没有这个人")
    message = scene.world.message(done["message_id"])
    assert [one["type"] for one in message.segments] == ["at", "text"]
    assert message.segments[0]["data"]["qq"] == str(named(scene, "小李"))
    assert message.segments[1]["data"]["text"] == " 帮我看看 @没有这个人"


def test_replies_to_a_message_that_is_there(scene: Scene) -> None:
    first = do(scene, "小王", "say", text="在吗")["message_id"]
    answer = do(scene, "小李", "say", text="在", reply_to=first)["message_id"]
    assert scene.world.message(answer).segments[0] == {"type": "reply", "data": {"id": str(first)}}
    do(scene, "小王", "recall", message_id=first)
    with pytest.raises(Refused) as refused:
        do(scene, "小李", "say", text="在", reply_to=first)
    assert refused.value.reason is Reason.UNKNOWN_MESSAGE


def test_whispers_to_the_bot(scene: Scene) -> None:
    done = do(scene, "小王", "say", text="/帮助", private=True)
    assert scene.world.message(done["message_id"]).to_id == BOT_ID


@pytest.mark.parametrize("card", ["group", "mini_program"])
def test_sends_a_card(scene: Scene, card: str) -> None:
    done = do(scene, "小王", "card", card=card)
    assert scene.world.message(done["message_id"]).segments[0]["type"] == "json"


def test_blank_message_is_refused(scene: Scene) -> None:
    with pytest.raises(Refused) as refused:
        do(scene, "小王", "say", text=" \n ")
    assert refused.value.reason is Reason.EMPTY_MESSAGE


def test_muted_person_cannot_speak_and_the_rest_is_counted_down(scene: Scene, clock: Clock) -> None:
    scene.world.mute(scene.group_id, named(scene, "小王"), BOT_ID, 600)
    clock.time += 60
    shown = next(one for one in scene.snapshot()["people"] if one["name"] == "小王")
    assert shown["muted"] == 540
    with pytest.raises(Refused) as refused:
        do(scene, "小王", "say", text="让我说")
    assert refused.value.reason is Reason.MUTED
    clock.time += 541
    do(scene, "小王", "say", text="我回来了")


def test_newcomer_asks_once_and_an_admin_decides(scene: Scene) -> None:
    newcomer = act(scene, Newcomer(action="newcomer"))["user_id"]
    name = scene.who(newcomer).name
    with pytest.raises(Refused) as refused:
        do(scene, name, "say", text="我还没进群")
    assert refused.value.reason is Reason.NOT_IN_GROUP
    do(scene, name, "ask_to_join", answer="愿意")
    (request,) = scene.group.requests.values()
    assert request.comment == f"问题：{QUESTION}\n答案：愿意"
    with pytest.raises(Refusal, match="已经申请过了"):
        do(scene, name, "ask_to_join", answer="愿意")
    with pytest.raises(Refused) as refused:
        do(scene, "小王", "decide", flag=request.flag, approve=True)
    assert refused.value.reason is Reason.NOT_ADMIN
    do(scene, "小陈", "decide", flag=request.flag, approve=True)
    assert newcomer in scene.group.members
    do(scene, name, "leave")
    assert newcomer not in scene.group.members


def test_newcomers_have_different_names_and_are_not_endless(scene: Scene) -> None:
    names = {scene.who(scene.newcomer()).name for _ in range(MAX_NEWCOMERS)}
    assert len(names) == MAX_NEWCOMERS
    with pytest.raises(Refusal, match="换一个新群"):
        scene.newcomer()


def test_nobody_acts_as_the_bot_or_a_stranger(scene: Scene) -> None:
    for user_id in (BOT_ID, 1):
        deed = DEEDS.validate_python({"as": user_id, "action": "say", "text": "我是机器人"})
        with pytest.raises(Refused) as refused:
            act(scene, deed)
        assert refused.value.reason is Reason.NO_SUCH_PERSON


def test_starting_over_brings_other_people_into_another_group(scene: Scene) -> None:
    before, group_id = {one["id"] for one in scene.snapshot()["people"]}, scene.group_id
    scene.newcomer()
    scene.start_over()
    after = {one["id"] for one in scene.snapshot()["people"]}
    assert before & after == {BOT_ID}
    assert scene.group_id != group_id
    assert list(scene.world.groups) == [scene.group_id]


@pytest.mark.parametrize(
    "deed",
    [
        {"action": "say", "as": 1, "text": ""},
        {"action": "say", "as": 1, "text": "字" * (MAX_TEXT + 1)},
        {"action": "say", "text": "谁说的"},
        {"action": "say", "as": 1, "text": "多余的", "more": 1},
        {"action": "ask_to_join", "as": 1, "answer": "愿" * 501},
        {"action": "explode", "as": 1},
        {},
    ],
)
def test_malformed_deed_is_not_accepted(deed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(AnyDeed).validate_python(deed)


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "127.3.2.1"]
)
def test_this_machine_is_let_in(client: str, host: str) -> None:
    assert against_caller(client, host) is None


@pytest.mark.parametrize(
    ("client", "host"),
    [
        ("127.0.0.1", "evil.example:8080"),
        ("127.0.0.1", "127.0.0.1.evil.example"),
        ("127.0.0.1", "localhost@evil.example"),
        ("127.0.0.1", "192.168.1.5:8080"),
        ("127.0.0.1", "[::1"),
        ("127.0.0.1", ""),
        ("127.0.0.1", None),
        ("192.168.1.7", "127.0.0.1:8080"),
        ("::ffff:10.0.0.1", "localhost"),
        (None, "localhost"),
    ],
)
def test_others_are_turned_away(client: str | None, host: str | None) -> None:
    assert against_caller(client, host) is not None


@pytest.mark.parametrize(
    ("origin", "site", "fine"),
    [
        (None, None, True),
        ("http://127.0.0.1:8080", "same-origin", True),
        ("http://127.0.0.1:8080", None, True),
        ("http://evil.example", "cross-site", False),
        ("http://evil.example", None, False),
        ("http://127.0.0.1:9999", None, False),
        (None, "same-site", False),
        ("null", None, False),
    ],
)
def test_deeds_come_from_the_page_itself(origin: str | None, site: str | None, fine: bool) -> None:
    assert (against_origin(origin, site, "127.0.0.1:8080") is None) is fine
