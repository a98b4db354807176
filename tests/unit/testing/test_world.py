from collections.abc import Callable
from typing import Any

import pytest

from pinbang.testing import Reason, Refused, World, happenings, rules, segments
from tests.unit.testing.village import ADMIN, ALICE, BOB, BOT, GROUP, OWNER, Clock

NEWCOMER = 99


def refused(deed: Callable[[], Any]) -> Reason:
    with pytest.raises(Refused) as refusal:
        deed()
    return refusal.value.reason


@pytest.mark.parametrize(
    ("actor", "target", "reason"),
    [
        (OWNER, ADMIN, None),
        (OWNER, ALICE, None),
        (ADMIN, ALICE, None),
        (ADMIN, BOT, Reason.TARGET_IS_ADMIN),
        (ADMIN, OWNER, Reason.TARGET_IS_OWNER),
        (OWNER, OWNER, Reason.TARGET_IS_OWNER),
        (ALICE, BOB, Reason.NOT_ADMIN),
        (ADMIN, NEWCOMER, Reason.NOT_A_MEMBER),
        (NEWCOMER, ALICE, Reason.NOT_IN_GROUP),
    ],
)
def test_who_may_kick_and_mute_whom(
    world: World, actor: int, target: int, reason: Reason | None
) -> None:
    deeds: list[Callable[[], None]] = [
        lambda: world.mute(GROUP, target, actor, 60),
        lambda: world.kick(GROUP, target, actor),
    ]
    for deed in deeds:
        if reason is None:
            deed()
        else:
            assert refused(deed) is reason


@pytest.mark.parametrize(
    ("author", "operator", "age", "reason"),
    [
        (ALICE, ALICE, 120, None),
        (ALICE, ALICE, 121, Reason.TOO_OLD),
        (ALICE, BOB, 1, Reason.NOT_ADMIN),
        (ALICE, ADMIN, 86_400, None),
        (ADMIN, ADMIN, 86_400, None),
        (BOT, ADMIN, 1, Reason.TARGET_IS_ADMIN),
        (OWNER, ADMIN, 1, Reason.TARGET_IS_OWNER),
        (ADMIN, OWNER, 86_400, None),
    ],
)
def test_who_may_recall_what(
    world: World, clock: Clock, author: int, operator: int, age: int, reason: Reason | None
) -> None:
    message = world.say(GROUP, author, "一条消息")
    clock.pass_seconds(age)
    if reason is None:
        world.recall(message.message_id, operator)
        assert message.recalled
        again = refused(lambda: world.recall(message.message_id, operator))
        assert again is Reason.ALREADY_RECALLED
    else:
        assert refused(lambda: world.recall(message.message_id, operator)) is reason
        assert not message.recalled


def test_messages_of_people_who_left_can_be_recalled(world: World) -> None:
    message = world.say(GROUP, ALICE, "再见")
    world.leave(GROUP, ALICE)
    world.recall(message.message_id, ADMIN)
    assert message.recalled


def test_muted_people_cannot_speak_until_time_or_an_admin_lifts_it(
    world: World, clock: Clock
) -> None:
    world.mute(GROUP, ALICE, ADMIN, 60)
    assert refused(lambda: world.say(GROUP, ALICE, "唔")) is Reason.MUTED
    clock.pass_seconds(60)
    world.say(GROUP, ALICE, "好了")
    world.mute(GROUP, ALICE, ADMIN, 60)
    world.unmute(GROUP, ALICE, ADMIN)
    world.say(GROUP, ALICE, "又好了")


def test_a_mute_of_everybody_spares_those_who_manage(world: World) -> None:
    world.mute_all(GROUP, ADMIN)
    assert refused(lambda: world.say(GROUP, ALICE, "唔")) is Reason.MUTED
    world.say(GROUP, ADMIN, "安静")
    world.mute_all(GROUP, ADMIN, on=False)
    world.say(GROUP, ALICE, "谢谢")


@pytest.mark.parametrize(
    ("seconds", "allowed"),
    [(0, True), (rules.LONGEST_MUTE, True), (-1, False), (rules.LONGEST_MUTE + 1, False)],
)
def test_a_mute_lasts_thirty_days_at_most(world: World, seconds: int, allowed: bool) -> None:
    if allowed:
        world.mute(GROUP, ALICE, ADMIN, seconds)
    else:
        assert refused(lambda: world.mute(GROUP, ALICE, ADMIN, seconds)) is Reason.BAD_DURATION


@pytest.mark.parametrize(
    ("given", "comment"),
    [
        ({"question": "谁介绍的", "answer": "阿丽"}, "问题：谁介绍的\n答案：阿丽"),
        ({"comment": "我是新来的"}, "我是新来的"),
        ({}, ""),
    ],
)
def test_what_a_join_request_says(world: World, given: dict[str, Any], comment: str) -> None:
    request = world.ask_to_join(GROUP, NEWCOMER, "新人", **given)
    assert (request.comment, request.state) == (comment, "pending")


def test_a_request_is_decided_once_and_by_an_admin(world: World) -> None:
    request = world.ask_to_join(GROUP, NEWCOMER, "新人")
    assert refused(lambda: world.handle_request(request.flag, ALICE)) is Reason.NOT_ADMIN
    world.handle_request(request.flag, ADMIN)
    assert (request.state, request.handled_by) == ("approved", ADMIN)
    assert world.member(GROUP, NEWCOMER).nickname == "新人"
    assert refused(lambda: world.handle_request(request.flag, ADMIN)) is Reason.ALREADY_HANDLED
    assert refused(lambda: world.handle_request("0", ADMIN)) is Reason.NO_SUCH_REQUEST
    assert refused(lambda: world.ask_to_join(GROUP, NEWCOMER)) is Reason.ALREADY_A_MEMBER


def test_a_rejection_keeps_its_reason_and_one_may_ask_again(world: World) -> None:
    request = world.ask_to_join(GROUP, NEWCOMER)
    world.handle_request(request.flag, ADMIN, approve=False, reason="答案不对")
    assert (request.state, request.reason) == ("rejected", "答案不对")
    assert NEWCOMER not in world.group(GROUP).members
    assert world.ask_to_join(GROUP, NEWCOMER).flag != request.flag


def test_a_kick_for_good_ends_further_requests(world: World) -> None:
    world.kick(GROUP, ALICE, ADMIN, block=True)
    assert refused(lambda: world.ask_to_join(GROUP, ALICE)) is Reason.BLOCKED


def test_an_invitation_is_for_the_invited_to_decide(world: World) -> None:
    request = world.invite(GROUP, NEWCOMER, ALICE)
    assert refused(lambda: world.handle_request(request.flag, ADMIN)) is Reason.NO_SUCH_REQUEST
    world.handle_request(request.flag, NEWCOMER)
    assert NEWCOMER in world.group(GROUP).members


def test_owner_only_deeds(world: World) -> None:
    deeds: list[Callable[[], None]] = [
        lambda: world.promote(GROUP, ALICE, ADMIN),
        lambda: world.demote(GROUP, BOT, ADMIN),
        lambda: world.set_title(GROUP, ALICE, "红人", ADMIN),
        lambda: world.disband(GROUP, ADMIN),
    ]
    for deed in deeds:
        assert refused(deed) is Reason.NOT_OWNER
    assert refused(lambda: world.leave(GROUP, OWNER)) is Reason.OWNER_CANNOT_LEAVE
    world.promote(GROUP, ALICE, OWNER)
    assert world.member(GROUP, ALICE).role == "admin"
    world.disband(GROUP, OWNER)
    assert refused(lambda: world.say(GROUP, ALICE, "人呢")) is Reason.NO_SUCH_GROUP


def test_strangers_need_a_common_group_to_whisper(world: World) -> None:
    assert world.say_private(ALICE, BOT, "在吗").group_id == GROUP
    assert refused(lambda: world.say_private(NEWCOMER, BOT, "在吗")) is Reason.NOT_FRIENDS
    world.befriend(NEWCOMER, BOT)
    assert world.say_private(NEWCOMER, BOT, "在吗").group_id is None


def test_everything_that_happens_is_told_in_order(world: World) -> None:
    told: list[happenings.Happening] = []
    stop = world.subscribe(told.append)
    message = world.say(GROUP, ALICE, [segments.at(BOT), segments.text(" 看")])
    world.set_card(GROUP, ALICE, "丽")
    world.like(message.message_id, BOB)
    world.set_essence(message.message_id, ADMIN)
    world.poke(ALICE, BOT, GROUP)
    world.upload_file(GROUP, BOB, "账本.xlsx", size=10)
    stop()
    world.say(GROUP, ALICE, "没人听")
    assert [type(t).__name__ for t in told] == [
        "GroupMessageSent",
        "CardChanged",
        "EmojiLiked",
        "EssenceChanged",
        "Poked",
        "GroupMessageSent",
        "FileUploaded",
    ]
    assert message.text == f"@{BOT} 看"


def test_old_messages_are_forgotten(clock: Clock) -> None:
    world = World(now=clock, messages_kept=2)
    world.add_group(GROUP, "小村", owner_id=OWNER)
    kept = [world.say(GROUP, OWNER, str(n)) for n in range(3)]
    assert refused(lambda: world.message(kept[0].message_id)) is Reason.UNKNOWN_MESSAGE
    assert world.message(kept[2].message_id) is kept[2]
    assert kept[2].seq == kept[1].seq + 1


def test_an_empty_message_and_an_unknown_fact_are_refused(world: World) -> None:
    assert refused(lambda: world.say(GROUP, ALICE, [])) is Reason.EMPTY_MESSAGE
    with pytest.raises(TypeError, match="shoe_size"):
        world.add_person(5, shoe_size=43)
