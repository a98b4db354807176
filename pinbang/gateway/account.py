"""One QQ account behind a gateway: what it says, does and knows."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import nonebot
from nonebot.adapters.onebot.v11 import Bot, MessageSegment
from nonebot.log import logger

from pinbang.gateway import proofs
from pinbang.gateway.calling import call
from pinbang.gateway.intake import Intake, Payload
from pinbang.gateway.kinds import GatewayKind, detect_kind
from pinbang.gateway.outbox import Outbox, Urgency
from pinbang.gateway.outcomes import DONE, Outcome, Reason, Status, failed, unconfirmed
from pinbang.gateway.pacing import NORMAL_PACE, Pace
from pinbang.gateway.people import (
    MemberInfo,
    PendingJoin,
    StrangerInfo,
    read_member,
    read_pending,
    read_stranger,
)
from pinbang.gateway.recent import RecentMessages
from pinbang.gateway.wording import Words, as_message
from pinbang.moderation.reading import MessageView, read_forward, read_message

CONFIRM_SECONDS = 5.0
"""How long the notice that proves an act is waited for."""
KICK_PAUSE_SECONDS = 1.0
"""Kicks in quick succession fail silently (go-cqhttp#2380)."""
MAX_MUTE_SECONDS = 30 * 24 * 3600
OWN_ROLE_SECONDS = 600.0
PROMOTION_SECONDS = 5.0
"""How soon an account that lacked the admin role is believed to have got it."""


class Account:
    """Everything the bot does as one QQ account; outlives reconnects."""

    def __init__(self, self_id: int, pace: Pace | None = NORMAL_PACE) -> None:
        self.self_id = self_id
        self.kind = GatewayKind.OTHER
        self.simulated = False
        self.nickname = ""
        self.recent = RecentMessages()
        self.proofs = proofs.Proofs()
        self.confirm_seconds = CONFIRM_SECONDS
        self._intake = Intake(warn=logger.warning)
        self._pace = pace
        self._outbox = self._new_outbox(pace)
        self._own_roles: dict[int, tuple[str, float]] = {}
        self._kicking: dict[int, asyncio.Lock] = {}

    def __repr__(self) -> str:
        return f"Account({self.self_id}, {self.kind.value})"

    @staticmethod
    def _new_outbox(pace: Pace | None) -> Outbox:
        return Outbox(pace, monotonic=time.monotonic, chance=random.Random())  # noqa: S311 -- jitter

    @property
    def bot(self) -> Bot | None:
        """The adapter's bot while the gateway is connected."""
        bot = nonebot.get_bots().get(str(self.self_id))
        return bot if isinstance(bot, Bot) else None

    # -- incoming ---------------------------------------------------------------------------

    def receive(self, payload: Mapping[str, Any]) -> Payload | None:
        """Take in one frame: note what it proves, drop repetitions and our own words."""
        frame = self._intake.accept(payload)
        if frame is None:
            return None
        match frame["post_type"]:
            case "notice":
                self.proofs.observe(frame)
                self._note_own_role(frame)
            case "message":
                self.recent.remember(frame)
            case "message_sent":
                self.recent.remember(frame)
                return None
        return frame

    def misread(self, frame: Mapping[str, Any]) -> None:
        """Note, for the operator, a frame in which the framework did not find what it needs."""
        self._intake.misread(frame)

    async def introduce(self) -> None:
        """Ask the gateway what it is and who we are; called after each connect."""
        version = await self._call("get_version_info")
        data = version.data.get("answer")
        if isinstance(data, Mapping):
            self.kind = detect_kind(data)
            simulated = bool(data.get("simulated"))
            if simulated and not self.simulated:
                self.simulated = True
                self._outbox = self._new_outbox(None)
        login = (await self._call("get_login_info")).data.get("answer")
        if isinstance(login, Mapping):
            self.nickname = str(login.get("nickname") or "")
        self._own_roles.clear()
        logger.info(f"Gateway {self.kind.value} connected as {self.self_id}")

    async def close(self) -> None:
        """Stop talking; what still waits is not sent."""
        await self._outbox.close()

    # -- talking ----------------------------------------------------------------------------

    async def say(
        self,
        group_id: int,
        words: Words,
        *,
        urgency: Urgency = Urgency.REPLY,
        reply_to: int | None = None,
        mention: int | None = None,
    ) -> Outcome:
        """Say something in a group; `data["message_id"]` of a done outcome is the message's id.

        Never repeated: a send that timed out may have arrived.
        """
        message = as_message(words)
        if mention is not None:
            message = MessageSegment.at(mention) + MessageSegment.text(" ") + message
        if reply_to is not None:
            message = MessageSegment.reply(reply_to) + message
        return await self._outbox.post(
            ("group", group_id),
            urgency,
            lambda: self._send("send_group_msg", message, group_id=group_id),
        )

    async def whisper(
        self,
        user_id: int,
        words: Words,
        *,
        urgency: Urgency = Urgency.REPLY,
        through: int | None = None,
    ) -> Outcome:
        """Say something to one person in private; to a stranger `through` a shared group."""
        message = as_message(words)
        target = {"user_id": user_id, **({"group_id": through} if through else {})}
        return await self._outbox.post(
            ("private", user_id),
            urgency,
            lambda: self._send("send_private_msg", message, **target),
        )

    async def _send(self, action: str, message: Any, **target: int) -> Outcome:
        outcome = await self._call(action, message=message, **target)
        answer = outcome.data.get("answer")
        message_id = answer.get("message_id") if isinstance(answer, Mapping) else None
        if not isinstance(message_id, int):
            return outcome
        in_group = action == "send_group_msg"
        self.recent.remember(
            {
                "time": int(time.time()),
                "message_type": "group" if in_group else "private",
                "message_id": message_id,
                "sender": {"user_id": self.self_id},
                "user_id": self.self_id,
                "message": [{"type": part.type, "data": dict(part.data)} for part in message],
                **({"group_id": target["group_id"]} if in_group else {}),
            }
        )
        return outcome.with_data({"message_id": message_id})

    # -- acting: never queued behind chat ------------------------------------------------------

    async def recall(self, group_id: int, message_id: int) -> Outcome:
        """Recall somebody's message, proven by its notice; only admins can."""
        if not await self._is_admin(group_id):
            return failed(Reason.NOT_ADMIN)
        return await self._prove(
            proofs.recalled(group_id, message_id),
            lambda: self._call("delete_msg", message_id=message_id),
        )

    async def mute(self, group_id: int, user_id: int, seconds: int) -> Outcome:
        """Mute a member for up to 30 days, proven by the notice or the member's record."""
        refusal = await self._preflight(group_id, user_id)
        if refusal is not None:
            return refusal
        duration = max(1, min(seconds, MAX_MUTE_SECONDS))

        async def shows() -> bool:
            member = await self.member(group_id, user_id, fresh=True)
            return member is not None and member.muted_until > time.time()

        return await self._prove(
            proofs.muted(group_id, user_id),
            lambda: self._call(
                "set_group_ban", group_id=group_id, user_id=user_id, duration=duration
            ),
            read_back=shows,
        )

    async def unmute(self, group_id: int, user_id: int) -> Outcome:
        """Lift a mute; a member who is not muted counts as done."""

        async def shows() -> bool:
            member = await self.member(group_id, user_id, fresh=True)
            return member is not None and member.muted_until <= time.time()

        return await self._prove(
            proofs.unmuted(group_id, user_id),
            lambda: self._call("set_group_ban", group_id=group_id, user_id=user_id, duration=0),
            read_back=shows,
        )

    async def kick(self, group_id: int, user_id: int, *, refuse_return: bool = False) -> Outcome:
        """Remove a member, proven by the notice or the member list."""
        refusal = await self._preflight(group_id, user_id)
        if refusal is not None:
            return refusal

        async def shows() -> bool:
            members = await self.members(group_id)
            return members is not None and all(one.user_id != user_id for one in members)

        lock = self._kicking.setdefault(group_id, asyncio.Lock())
        async with lock:
            outcome = await self._prove(
                proofs.departed(group_id, user_id),
                lambda: self._call(
                    "set_group_kick",
                    group_id=group_id,
                    user_id=user_id,
                    reject_add_request=refuse_return,
                ),
                read_back=shows,
            )
            if not self.simulated:
                await asyncio.sleep(KICK_PAUSE_SECONDS)
        return DONE if outcome.reason is Reason.NOT_A_MEMBER else outcome

    async def approve(self, group_id: int, user_id: int, flag: str) -> Outcome:
        """Let somebody in, proven by their arrival: SnowLuma may let in somebody else."""

        async def shows() -> bool:
            members = await self.members(group_id)
            return members is not None and any(one.user_id == user_id for one in members)

        return await self._prove(
            proofs.arrived(group_id, user_id),
            lambda: self._call("set_group_add_request", flag=flag, sub_type="add", approve=True),
            read_back=shows,
        )

    async def reject(self, flag: str, reason: str) -> Outcome:
        """Turn a join request down; no gateway proves it, so its word is taken."""
        return await self._call(
            "set_group_add_request", flag=flag, sub_type="add", approve=False, reason=reason
        )

    async def set_card(self, group_id: int, user_id: int, card: str) -> Outcome:
        """Set a member's card in the group."""
        return await self._call("set_group_card", group_id=group_id, user_id=user_id, card=card)

    # -- knowing ------------------------------------------------------------------------------

    async def member(
        self, group_id: int, user_id: int, *, fresh: bool = False
    ) -> MemberInfo | None:
        """Ask about a member; None when the gateway does not know.

        Still answers for people who have just been removed: use `members` to tell who is there.
        """
        outcome = await self._call(
            "get_group_member_info", group_id=group_id, user_id=user_id, no_cache=fresh
        )
        data = outcome.data.get("answer")
        return read_member(data) if isinstance(data, Mapping) else None

    async def members(self, group_id: int) -> list[MemberInfo] | None:
        """List who is in the group now; None when the gateway does not answer."""
        outcome = await self._call("get_group_member_list", group_id=group_id, no_cache=True)
        rows = outcome.data.get("answer")
        if not isinstance(rows, list) or not rows:
            return None
        return [read_member(row) for row in rows if isinstance(row, Mapping)]

    async def stranger(self, user_id: int) -> StrangerInfo:
        """Ask about an account that need not be a member."""
        outcome = await self._call("get_stranger_info", user_id=user_id)
        data = outcome.data.get("answer")
        return read_stranger(data) if isinstance(data, Mapping) else StrangerInfo(None, None)

    def own_words(self, message_id: int) -> str:
        """Return the text of a message of ours that is still remembered, else an empty one."""
        known = self.recent.get(message_id)
        if known is None or known.get("user_id") != self.self_id:
            return ""
        return read_message(
            known["message"],
            message_id=message_id,
            group_id=known.get("group_id", 0),
            user_id=self.self_id,
            self_id=self.self_id,
            time=known.get("time", 0),
            role=None,
        ).text

    async def message(self, group_id: int, message_id: int) -> MessageView | None:
        """Return a message of the group, remembered here or by the gateway; None when it is gone.

        `role` is what the sender was when he wrote it, as far as that is known.
        """
        outcome = await self._call("get_msg", message_id=message_id)
        row = outcome.data.get("answer")
        if not isinstance(row, Mapping) or str(row.get("group_id", group_id)) != str(group_id):
            return None
        sender = row.get("sender")
        known = sender if isinstance(sender, Mapping) else {}
        user_id = str(row.get("user_id") or known.get("user_id") or "")
        if row.get("message_type", "group") != "group" or not user_id.isdecimal():
            return None
        return read_message(
            row.get("message") or [],
            message_id=message_id,
            group_id=group_id,
            user_id=int(user_id),
            self_id=self.self_id,
            time=int(row.get("time") or 0),
            role=known.get("role"),
        )

    async def forward(self, forward_id: str) -> str:
        """Return what a person would read in a forward (合并转发), nested ones included.

        `forward_id` is what the message's segment names. "" when the gateway tells nothing.
        """
        # go-cqhttp and its heirs differ in what they call it; the others take either.
        outcome = await self._call("get_forward_msg", id=forward_id, message_id=forward_id)
        return read_forward(outcome.data.get("answer"))

    async def pending_joins(self) -> list[PendingJoin]:
        """List the join requests that wait at the gateway."""
        outcome = await self._call("get_group_system_msg")
        # SnowLuma's list carries flags of another form than its events (#217).
        usable = self.kind is not GatewayKind.SNOWLUMA
        return list(read_pending(outcome.data.get("answer"), usable_flags=usable))

    async def history(self, group_id: int, count: int = 50) -> list[MessageView]:
        """Return the group's last messages that the gateway still has, oldest first."""
        outcome = await self._call("get_group_msg_history", group_id=group_id, count=count)
        answer = outcome.data.get("answer")
        rows = answer.get("messages") if isinstance(answer, Mapping) else None
        if not isinstance(rows, list):
            return []
        return [
            read_message(
                row.get("message") or [],
                message_id=row["message_id"],
                group_id=group_id,
                user_id=int(row.get("user_id") or 0),
                self_id=self.self_id,
                time=int(row.get("time") or 0),
                role=None,
            )
            for row in rows
            if isinstance(row, Mapping) and isinstance(row.get("message_id"), int)
        ]

    async def groups(self) -> list[int]:
        """List the groups the account is in; empty when the gateway does not answer."""
        outcome = await self._call("get_group_list")
        rows = outcome.data.get("answer")
        if not isinstance(rows, list):
            return []
        return [row["group_id"] for row in rows if isinstance(row.get("group_id"), int)]

    async def own_role(self, group_id: int, *, max_age: float = OWN_ROLE_SECONDS) -> str | None:
        """Tell the account's own role in a group, as asked at most `max_age` seconds ago."""
        known = self._own_roles.get(group_id)
        if known and time.monotonic() - known[1] < max_age:
            return known[0]
        member = await self.member(group_id, self.self_id, fresh=True)
        if member is None or member.role is None:
            return None
        self._own_roles[group_id] = (member.role, time.monotonic())
        return member.role

    # -- inside -------------------------------------------------------------------------------

    async def _call(self, action: str, **params: Any) -> Outcome:
        bot = self.bot
        return failed(Reason.OFFLINE) if bot is None else await call(bot, action, **params)

    async def _is_admin(self, group_id: int) -> bool:
        """Tell whether the account may moderate; an unknown role counts as yes and is tried."""
        if await self.own_role(group_id) != "member":
            return True
        return await self.own_role(group_id, max_age=PROMOTION_SECONDS) != "member"

    async def _preflight(self, group_id: int, user_id: int) -> Outcome | None:
        """Refuse what QQ would refuse, or silently not do, because of roles."""
        if not await self._is_admin(group_id):
            return failed(Reason.NOT_ADMIN)
        own = await self.own_role(group_id)
        target = await self.member(group_id, user_id, fresh=True)
        if target is not None and (
            target.role == "owner" or (target.role == "admin" and own == "admin")
        ):
            return failed(Reason.TARGET_PROTECTED)
        return None

    async def _prove(
        self,
        proof: proofs.Proof,
        act: Callable[[], Awaitable[Outcome]],
        *,
        read_back: Callable[[], Awaitable[bool]] | None = None,
    ) -> Outcome:
        with self.proofs.awaiting(proof) as seen:
            outcome = await act()
            if outcome.failed:
                return DONE if seen.is_set() else outcome
            try:
                await asyncio.wait_for(seen.wait(), self.confirm_seconds)
            except asyncio.TimeoutError:
                if read_back is not None and await read_back():
                    return DONE
                return outcome if outcome.status is Status.UNCONFIRMED else unconfirmed()
        return DONE

    def _note_own_role(self, payload: Mapping[str, Any]) -> None:
        group_id = payload.get("group_id")
        if payload.get("user_id") == self.self_id and isinstance(group_id, int):
            self._own_roles.pop(group_id, None)


_accounts: dict[int, Account] = {}
_serving: dict[int, int] = {}
_pace: Pace | None = NORMAL_PACE


def use_pace(pace: Pace | None) -> None:
    """Set how fast accounts may talk; None lets them talk at once."""
    global _pace  # noqa: PLW0603 -- set once at start
    _pace = pace


def accounts() -> list[Account]:
    """Return every account that has connected, in order of first contact."""
    return list(_accounts.values())


def account_of(self_id: int | str) -> Account:
    """Return the account with this QQ number, known from its first frame on."""
    number = int(self_id)
    if number not in _accounts:
        _accounts[number] = Account(number, _pace)
    return _accounts[number]


def account_serving(group_id: int) -> Account | None:
    """Return the account that serves a group, or None when none is known to."""
    number = _serving.get(group_id)
    return None if number is None else _accounts.get(number)


def serve(group_id: int, account: Account) -> bool:
    """Tell whether `account` is the one that serves the group, taking it over if nobody does.

    With two accounts in one group each message arrives twice; only one may answer.
    """
    current = account_serving(group_id)
    if current is None or (current is not account and current.bot is None):
        _serving[group_id] = account.self_id
        return True
    return current is account


def leave(group_id: int, account: Account) -> None:
    """Note that the account no longer is in the group."""
    if _serving.get(group_id) == account.self_id:
        del _serving[group_id]


def forget_accounts() -> None:
    """Forget every account; between tests."""
    _accounts.clear()
    _serving.clear()
