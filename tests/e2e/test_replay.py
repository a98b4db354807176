"""Every kind of frame, through the real adapter and the real bot process.

The table says for each kind what the bot must make of it. Our own frames are always sent; those
recorded from gateways are where ../shared is present. A frame keeps its shape and words; ids that
a gateway would not give twice are made new for each time it is sent.
"""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from enum import Enum
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pinbang.settings import ROOT
from pinbang.testing import (
    GOCQHTTP,
    LLBOT,
    NAPCAT,
    SNOWLUMA,
    BotProcess,
    Call,
    Fault,
    Profile,
    SimulatedGateway,
    Slow,
    World,
)
from tests.fixtures.events import GATEWAYS, napcat, odd, own_frames
from tests.fixtures.events.frame import Frame, Payload

pytestmark = pytest.mark.e2e

SHARED = ROOT.parent / "shared" / "gateway" / "events"
OWNER, WITNESS = 7_001, 7_002


class Must(Enum):
    """What the bot does about a frame."""

    NOTHING = "call nothing that changes anything"
    RECALL = "recall the message once and say why once"
    ANSWER = "answer once"
    ANSWER_IF_ADDRESSED = "answer once when the message mentions the bot, else nothing"
    WHISPER = "answer once, in private"
    HOLD = "ask the admins once, decide nothing"
    APPROVE = "let in once"
    REJECT = "turn down once"


N, A, R, H = Must.NOTHING, Must.ANSWER, Must.RECALL, Must.HOLD

KINDS: dict[str, Must] = {
    # Messages in the group.
    "group_after_card_change": N,
    "group_anonymous": N,
    "group_at_all": R,
    "group_at_bot": A,
    "group_at_text": N,
    "group_contact_segment": R,
    "group_dice": N,
    "group_empty_message": N,
    "group_face": N,
    "group_file": N,
    "group_file_segment": N,
    "group_forward": N,
    "group_image": N,
    "group_image_sticker": N,
    "group_json_contact_friend": N,
    "group_json_contact_group": R,
    "group_json_invite": R,
    "group_json_mannounce": N,
    "group_json_miniapp": N,
    "group_json_miniapp_desktop_no_qqdocurl": N,
    "group_json_miniapp_pdd": N,
    "group_json_multimsg": N,
    "group_json_structmsg_pdd": N,
    "group_json_troopshare": R,
    "group_markdown": N,
    "group_mface": N,
    "group_mface_as_image": N,
    "group_mface_as_text": N,
    "group_own_message": N,
    "group_pdd_link_text": N,
    "group_poke_segment": N,
    "group_record": N,
    "group_redbag": N,
    "group_reply": Must.ANSWER_IF_ADDRESSED,
    "group_reply_id_0": N,
    "group_reply_source_lost": N,
    "group_rps": N,
    "group_sender_role_absent": N,
    "group_sender_role_unknown": N,
    "group_string_ids": N,
    "group_text": N,
    "group_video": N,
    "group_xml": N,
    # Private messages.
    "private_friend": N,
    "private_group_invite_card": N,
    "private_temp": N,
    "private_temp_command": Must.WHISPER,
    # What the account itself said.
    "message_sent_group": N,
    "message_sent_self_normal": N,
    # Signs of life.
    "meta_event_heartbeat": N,
    "meta_event_lifecycle_connect": N,
    "meta_event_lifecycle_enable": N,
    "meta_heartbeat": N,
    "meta_lifecycle": N,
    # Notices: they prove acts and close requests; nothing is said about them.
    "notice_bot_offline": N,
    "notice_bot_online": N,
    "notice_client_status": N,
    "notice_essence_add": N,
    "notice_essence_delete": N,
    "notice_file_gone": N,
    "notice_flash_file": N,
    "notice_friend_add": N,
    "notice_friend_recall": N,
    "notice_group_admin_set": N,
    "notice_group_admin_unset": N,
    "notice_group_ban": N,
    "notice_group_ban_ban": N,
    "notice_group_ban_ban_whole": N,
    "notice_group_ban_lift_ban": N,
    "notice_group_ban_lift_ban_whole": N,
    "notice_group_card": N,
    "notice_group_decrease_disband": N,
    "notice_group_decrease_kick": N,
    "notice_group_decrease_kick_me": N,
    "notice_group_decrease_leave": N,
    "notice_group_dismiss": N,
    "notice_group_increase_approve": N,
    "notice_group_increase_approve_operator0": N,
    "notice_group_increase_approve_self": N,
    "notice_group_increase_invite": N,
    "notice_group_increase_invite_operator0": N,
    "notice_group_increase_invite_self": N,
    "notice_group_increase_self": N,
    "notice_group_msg_emoji_like_add": N,
    "notice_group_msg_emoji_like_remove": N,
    "notice_group_name": N,
    "notice_group_recall": N,
    "notice_group_reject": N,
    "notice_group_upload": N,
    "notice_group_whole_ban": N,
    "notice_honor": N,
    "notice_input_status": N,
    "notice_lucky_king": N,
    "notice_notify_gray_tip": N,
    "notice_notify_poke_friend": N,
    "notice_notify_poke_group": N,
    "notice_notify_profile_like": N,
    "notice_notify_title": N,
    "notice_poke_group": N,
    "notice_poke_recall": N,
    "notice_profile_like_no_user_id": N,
    "notice_reaction": N,
    "notice_title": N,
    # Requests: join requests are decided or held, invitations and friends are for people.
    "request_friend": N,
    "request_group_add": H,
    "request_group_add_agreeing": Must.APPROVE,
    "request_group_add_doubt": H,
    "request_group_add_empty": H,
    "request_group_add_invited_by_member": H,
    "request_group_add_null_comment": H,
    "request_group_add_plain": H,
    "request_group_add_refusing": Must.REJECT,
    "request_group_invite": N,
    "request_group_invite_empty_flag": N,
    # Frames that are a little wrong are read all the same.
    "odd_anonymous_is_empty": A,
    "odd_bare_message": A,
    "odd_digits_in_strings": A,
    "odd_half_an_emoji": A,
    "odd_level_is_a_number": A,
    "odd_no_sender": A,
    "odd_one_segment_for_a_message": R,
    "odd_own_words_with_ids_as_strings": N,
    "odd_reply_of_a_reply": A,
    "odd_request_with_numbers": H,
    "odd_segments_that_are_none": R,
    "odd_sender_id_is_no_number": A,
    "odd_sender_is_null": A,
    "odd_several_type_keys": A,
    "odd_sub_type_is_null": A,
    "odd_text_without_text": A,
    "odd_time_in_the_far_future": A,
    # Those nothing can be made of are named in the log, see below.
    "odd_group_id_is_a_list": N,
    "odd_group_message_without_group": N,
    "odd_ids_past_every_column": N,
    "odd_message_id_is_missing": N,
    "odd_message_of_a_channel": N,
    "odd_no_account": N,
    "odd_no_type": N,
    "odd_notice_without_a_group": N,
    "odd_post_type_is_new": N,
    "odd_post_type_is_null": N,
    "odd_request_of_a_new_kind": N,
}

PROFILES = {"napcat": NAPCAT, "llbot": LLBOT, "snowluma": SNOWLUMA, "gocqhttp": GOCQHTTP}
MENU = "我能做这些"


def shared_frames(gateway: str) -> Iterator[Frame]:
    for path in sorted((SHARED / gateway).glob("*.json")):
        name = path.stem
        kind = name.removesuffix(".stringfmt").removesuffix("_SYNTHETIC")
        yield Frame(gateway, kind, json.loads(path.read_text("utf-8")), name.endswith(".stringfmt"))


def shared_gateways() -> list[str]:
    return [path.name for path in sorted(SHARED.glob("*")) if path.is_dir()]


SOURCES = [
    *(pytest.param("own", gateway, id=f"own-{gateway}") for gateway in GATEWAYS),
    *(
        pytest.param("shared", gateway, id=f"shared-{gateway}", marks=pytest.mark.replay)
        for gateway in shared_gateways()
    ),
]


def frames_of(source: str, gateway: str) -> list[Frame]:
    if source == "shared":
        return list(shared_frames(gateway))
    return [frame for frame in own_frames() if frame.gateway == gateway]


@pytest.fixture(scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    """One bot for all frames: what one of them spoils the next one shows."""
    async with BotProcess(ROOT, data_dir=tmp_path_factory.mktemp("replay")) as process:
        yield process


class Stage:
    """A simulated QQ with the groups of some frames, and a witness in one of them."""

    def __init__(self, bot: BotProcess, gateway: SimulatedGateway, home: int) -> None:
        self.bot = bot
        self.gateway = gateway
        self.home = home

    async def witnessed(self) -> None:
        """Have an admin ask for the menu and get it: whatever came before has been taken in."""
        before = self.gateway.mark()
        self.gateway.world.say(self.home, WITNESS, "/帮助")
        await self.gateway.said(self.home, MENU, after=before)

    async def play(self, frame: Frame, *, times: int = 1) -> list[str]:
        """Send a frame and tell what the bot did otherwise than it must."""
        must = KINDS[frame.kind]
        payload = anew(frame.payload)
        self._let_in(payload)
        before = self.gateway.mark()
        await _EXPECT[_meant(must, payload)](self.gateway, payload, times)
        await self.witnessed()
        done = _acts(self.gateway.entries[before:])
        wanted = Counter({**_ACTS[_meant(must, payload)]})
        return [] if done == wanted else [f"{frame}: must {must.value}, but did {dict(done)}"]

    def _let_in(self, payload: Payload) -> None:
        """Make the speaker a member, as somebody who speaks is one."""
        user_id, group_id = payload.get("user_id"), payload.get("group_id")
        if payload.get("post_type") != "message" or user_id == self.gateway.self_id:
            return
        world, user_id = self.gateway.world, _number(user_id)
        if user_id and (group := world.groups.get(_number(group_id))):
            world.add_member(group.group_id, user_id)
        elif user_id:
            world.add_person(user_id)


@asynccontextmanager
async def staged(bot: BotProcess, frames: list[Frame], profile: Profile) -> AsyncIterator[Stage]:
    """Connect a gateway whose world has the groups of the frames, with the bot as an admin."""
    self_id = Counter(_number(f.payload.get("self_id")) for f in frames).most_common(1)[0][0]
    groups = Counter(_number(f.payload.get("group_id")) for f in frames)
    del groups[0]
    world = World(random=Random(next(_ids)))  # no two stages share message ids
    for group_id in groups:
        world.add_group(group_id, f"群{group_id}", owner_id=OWNER)
        world.add_member(group_id, WITNESS, "看门的", role="admin")
        world.add_member(group_id, self_id, "拼帮", role="admin")
    async with SimulatedGateway(world, profile, self_id, url=bot.url) as gateway:
        stage = Stage(bot, gateway, groups.most_common(1)[0][0])
        await gateway.called("get_group_system_msg")
        await stage.witnessed()
        yield stage


def _number(value: Any) -> int:
    """Read an id; 0 for what is none."""
    return int(value) if str(value).isdecimal() and len(str(value)) < 19 else 0


_ids = count(900_000_001)


def anew(payload: Payload) -> Payload:
    """Give a frame the ids of a new happening by a new person; everything else stays."""
    fresh = deepcopy(payload)
    number, kind = next(_ids), payload.get("post_type")
    message_id = payload.get("message_id")
    if kind == "message" and isinstance(message_id, int):
        fresh["message_id"] = -number if message_id < 0 else number
    if kind == "request" and payload.get("flag"):
        fresh["flag"] = _new_flag(payload["flag"], number)
    person = payload.get("user_id")
    of_others = _number(person) and _number(person) != _number(payload.get("self_id"))
    if kind in ("message", "request") and of_others:
        fresh["user_id"] = str(number) if isinstance(person, str) else number
        if isinstance(fresh.get("sender"), dict) and fresh["sender"].get("user_id") == person:
            fresh["sender"]["user_id"] = number
    return fresh


def _new_flag(flag: Any, number: int) -> Any:
    """Change the longest number in a flag that is not a group's, or the name at its end."""
    if isinstance(flag, int):
        return flag + number
    numbers = [part for part in re.findall(r"\d+", flag) if len(part) > 9]
    return (
        flag.replace(max(numbers, key=len), str(10**15 + number)) if numbers else f"{flag}{number}"
    )


def _addressed(payload: Payload) -> bool:
    at = re.escape(str(payload["self_id"]))
    written = json.dumps(payload.get("message"), ensure_ascii=False)
    return re.search(rf'"qq": "?{at}\b|\[CQ:at,qq={at}\b', written) is not None


def _meant(must: Must, payload: Payload) -> Must:
    if must is Must.ANSWER_IF_ADDRESSED:
        return Must.ANSWER if _addressed(payload) else Must.NOTHING
    return must


# -- what to wait for, by what must happen -------------------------------------------------------

Gateway = SimulatedGateway


def _send(gateway: Gateway, payload: Payload, times: int) -> None:
    for _ in range(times):
        gateway.send_raw(payload)


async def _nothing(gateway: Gateway, payload: Payload, times: int) -> None:
    _send(gateway, payload, times)


async def _answer(gateway: Gateway, payload: Payload, times: int) -> None:
    before = gateway.mark()
    _send(gateway, payload, times)
    await gateway.said(int(payload["group_id"]), "/帮助", after=before)


async def _whisper(gateway: Gateway, payload: Payload, times: int) -> None:
    before = gateway.mark()
    _send(gateway, payload, times)
    via = {"group_id": payload["group_id"]} if "group_id" in payload else {}
    await gateway.called("send_private_msg", user_id=payload["user_id"], after=before, **via)


async def _recall(gateway: Gateway, payload: Payload, times: int) -> None:
    message_id, group_id = payload["message_id"], int(payload["group_id"])
    gateway.fail_next("delete_msg", Fault.OK_BUT_NOTHING, match={"message_id": message_id})
    before = gateway.mark()
    _send(gateway, payload, times)
    await gateway.called("delete_msg", message_id=message_id, after=before)
    gateway.send_raw({
        "time": payload["time"], "self_id": payload["self_id"], "post_type": "notice",
        "notice_type": "group_recall", "group_id": group_id, "user_id": payload["user_id"],
        "operator_id": payload["self_id"], "message_id": message_id,
    })  # fmt: skip
    said = await gateway.said(group_id, "已撤回", "警告", after=before)
    assert f"@{payload['user_id']}" in said.text


async def _hold(gateway: Gateway, payload: Payload, times: int) -> None:
    before = gateway.mark()
    _send(gateway, payload, times)
    said = await gateway.said(int(payload["group_id"]), "申请入群", after=before)
    assert str(payload["user_id"]) not in said.text
    if payload.get("invitor_id"):
        assert "邀请人" in said.text


async def _approve(gateway: Gateway, payload: Payload, times: int) -> None:
    flag = payload["flag"]
    gateway.fail_next("set_group_add_request", Fault.OK_BUT_NOTHING, match={"flag": flag})
    before = gateway.mark()
    _send(gateway, payload, times)
    await gateway.called("set_group_add_request", flag=flag, approve=True, after=before)
    gateway.send_raw({
        "time": payload["time"], "self_id": payload["self_id"], "post_type": "notice",
        "notice_type": "group_increase", "sub_type": "approve", "operator_id": payload["self_id"],
        "group_id": payload["group_id"], "user_id": payload["user_id"],
    })  # fmt: skip


async def _reject(gateway: Gateway, payload: Payload, times: int) -> None:
    flag = payload["flag"]
    gateway.fail_next("set_group_add_request", Fault.OK_BUT_NOTHING, match={"flag": flag})
    before = gateway.mark()
    _send(gateway, payload, times)
    call = await gateway.called("set_group_add_request", flag=flag, approve=False, after=before)
    assert call.params["reason"]


_EXPECT: dict[Must, Callable[[Gateway, Payload, int], Awaitable[None]]] = {
    Must.NOTHING: _nothing,
    Must.ANSWER: _answer,
    Must.WHISPER: _whisper,
    Must.RECALL: _recall,
    Must.HOLD: _hold,
    Must.APPROVE: _approve,
    Must.REJECT: _reject,
}
_ACTS: dict[Must, dict[str, int]] = {
    Must.NOTHING: {},
    Must.ANSWER: {"send_group_msg": 1},
    Must.WHISPER: {"send_private_msg": 1},
    Must.RECALL: {"delete_msg": 1, "send_group_msg": 1},
    Must.HOLD: {"send_group_msg": 1},
    Must.APPROVE: {"set_group_add_request": 1},
    Must.REJECT: {"set_group_add_request": 1},
}


def _acts(entries: list[Any]) -> Counter[str]:
    """Count the calls that change something, the answer to the witness left out."""
    calls = [entry for entry in entries if isinstance(entry, Call)]
    acts = Counter(call.action for call in calls if not call.action.startswith("get_"))
    acts["send_group_msg"] -= sum(_shows_the_menu(call) for call in calls)
    return +acts


def _shows_the_menu(call: Call) -> bool:
    return call.action == "send_group_msg" and MENU in json.dumps(call.params, ensure_ascii=False)


# -- the tests ------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
@pytest.mark.parametrize(("source", "gateway"), SOURCES)
async def test_every_frame_is_made_the_right_thing_of(
    bot: BotProcess, source: str, gateway: str, times: int
) -> None:
    frames = frames_of(source, gateway)
    unknown = sorted({str(frame) for frame in frames if frame.kind not in KINDS})
    assert not unknown, f"these kinds have no row in KINDS, say what the bot must do: {unknown}"
    if times > 1:  # exactly the same frame again, as a gateway or QQ delivers one twice
        frames = [f for f in frames if f.payload["post_type"] in ("message", "request")]
    wrong: list[str] = []
    began = len(bot.lines)
    async with staged(bot, frames, PROFILES.get(gateway, GOCQHTTP)) as stage:
        for frame in frames:
            try:
                wrong += await stage.play(frame, times=times)
            except AssertionError as error:
                wrong.append(f"{frame}: must {KINDS[frame.kind].value}; {error}")
        await stage.witnessed()
    log = bot.lines[began:]
    wrong += [f"in the log: {line}" for line in bot.errors() if line in log]
    wrong += [f"in the log: {words}" for words in _words(frames) if words in "\n".join(log)]
    assert not wrong, "\n".join(wrong)
    assert bot.returncode is None


def _words(frames: list[Frame]) -> set[str]:
    """What people wrote in the frames, apart from what is too short to be told from the bot's."""
    found = {str(frame.payload.get("comment") or "") for frame in frames}
    for frame in frames:
        message = frame.payload.get("message")
        for part in message if isinstance(message, list) else [message]:
            data = part.get("data") if isinstance(part, dict) else {"text": part}
            found |= {str(value).strip() for value in (data or {}).values()}
    return {words for words in found if len(words) > 3 and not words.isascii()}


def test_every_row_has_a_frame_of_our_own() -> None:
    assert set(KINDS) == {frame.kind for frame in own_frames()}


@pytest.mark.replay
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not here: a clone that stands alone")
def test_all_shared_frames_are_sent() -> None:
    sent = [frame for gateway in shared_gateways() for frame in shared_frames(gateway)]
    assert len(sent) == len(json.loads((SHARED / "INDEX.json").read_text("utf-8"))) > 0


@pytest.fixture
async def stage(bot: BotProcess) -> AsyncIterator[Stage]:
    frames = [Frame("napcat", "group_text", napcat.FRAMES["group_text"])]
    began = len(bot.lines)
    async with staged(bot, frames, NAPCAT) as ready:
        yield ready
        await ready.witnessed()
    assert [line for line in bot.errors() if line in bot.lines[began:]] == []


async def test_what_is_no_event_is_survived(stage: Stage) -> None:
    answers = [{"echo": echo} for echo in ("1", [], None, "9" * 5000, "x")]
    events = [{"post_type": "message"}, {"post_type": []}, {"post_type": "", "self_id": "x"}]
    strange: list[Any] = ["", "x", 5, 1.5, None, True, [], [1], {}, *answers, *events]
    before = stage.gateway.mark()
    for payload in strange:
        stage.gateway.send_raw(payload)
        await stage.witnessed()
    assert not _acts(stage.gateway.entries[before:])


async def test_what_nothing_is_made_of_is_named_once_in_the_log(tmp_path: Path) -> None:
    unread = {
        "odd_no_type": "message.normal",
        "odd_message_of_a_channel": "message.guild.channel",
        "odd_group_message_without_group": "message.group.normal",
        "odd_post_type_is_new": "gossip.x",
        "odd_notice_without_a_group": "notice.group_increase",
        "odd_group_id_is_a_list": "非数字的群号或 QQ 号",
    }
    async with BotProcess(ROOT, data_dir=tmp_path) as bot:
        frames = [Frame("odd", kind, odd.FRAMES[kind]) for kind in unread]
        async with staged(bot, frames, NAPCAT) as stage:
            for frame in frames * 2:
                stage.gateway.send_raw(frame.payload)
            await stage.witnessed()
        told = {name: sum(name in line for line in bot.lines) for name in unread.values()}
        assert told == dict.fromkeys(unread.values(), 1)
        assert "在不在" not in bot.log_text()
        assert bot.errors() == []


@pytest.mark.parametrize("quoted", ["404404", "0", "", "x"])
async def test_quoting_something_lost_does_not_delay_moderation(stage: Stage, quoted: str) -> None:
    stage.gateway.fail_next("get_msg", Slow(60), times=None)
    quote = {"type": "reply", "data": {"id": quoted}}
    card = napcat.FRAMES["group_json_troopshare"]
    payload = {**card, "message": [quote, *card["message"]]}
    assert await stage.play(Frame("napcat", "group_json_troopshare", payload)) == []
    assert not [call for call in stage.gateway.calls if call.action == "get_msg"]


@pytest.mark.parametrize("sender", [{}, {"role": "unknown"}, {"role": ""}])
async def test_an_admin_whose_role_was_not_told_is_left_alone(
    stage: Stage, sender: dict[str, str]
) -> None:
    payload = anew({**napcat.FRAMES["group_json_troopshare"], "sender": sender})
    stage.gateway.world.add_member(stage.home, payload["user_id"], "副群主", role="admin")
    before = stage.gateway.mark()
    stage.gateway.send_raw(payload)
    await stage.gateway.called("get_group_member_info", user_id=payload["user_id"], after=before)
    await stage.witnessed()
    assert not _acts(stage.gateway.entries[before:])
