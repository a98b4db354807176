"""What people do in the simulated QQ, under QQ's rules."""

from . import happenings as h
from . import rules
from .records import Content, FriendRequest, JoinRequest, Member, Role, Segment, StoredMessage
from .refusals import Reason, Refused
from .state import State


class World(State):
    """A QQ in memory, without any I/O.

    Operations are synchronous, take the acting person's QQ number and raise `Refused` when QQ
    would not allow them. Whatever happens is told to every subscriber, in order. The `add_*`
    methods set the scene: they are bound by no rule and nothing "happens".
    """

    # ---- talking ----

    def say(self, group_id: int, user_id: int, content: Content) -> StoredMessage:
        """Say something in a group; refused to people who are muted."""
        group, speaker = self.group(group_id), self.actor(group_id, user_id)
        _insist(rules.against_speaking(speaker, group.whole_ban, self.now()))
        group.last_seq += 1
        message = self._message(group.last_seq, group_id, user_id, None, content)
        speaker.last_sent_time = message.time
        self._keep(group.messages, message)
        self._tell(h.GroupMessageSent(message))
        return message

    def say_private(
        self, user_id: int, to_id: int, content: Content, *, group_id: int | None = None
    ) -> StoredMessage:
        """Write to one person: a friend, or a stranger with whom one shares a group.

        Strangers talk through the group `group_id`, by default the first one they share.
        """
        self.add_person(user_id)
        friends = self.are_friends(user_id, to_id)
        if not friends and group_id is None:
            group_id = self._shared_group(user_id, to_id)
        self._private_seq += 1
        message = self._message(
            self._private_seq, None if friends else group_id, user_id, to_id, content
        )
        self._keep(self.private_messages, message)
        self._tell(h.PrivateMessageSent(message, friends))
        return message

    def recall(self, message_id: int, operator_id: int) -> None:
        """Take a message back: one's own within two minutes, or as an admin."""
        message = self.message(message_id)
        if message.recalled:
            raise Refused(Reason.ALREADY_RECALLED)
        age = self.now() - message.time
        if message.to_id is not None or message.group_id is None:
            _insist(None if message.user_id == operator_id else Reason.NOT_ADMIN)
            _insist(Reason.TOO_OLD if age > rules.RECALL_WINDOW else None)
        else:
            operator = self.actor(message.group_id, operator_id)
            author = self.group(message.group_id).members.get(message.user_id)
            _insist(rules.against_recalling(operator, message.user_id, author, age))
        message.recalled = True
        self._tell(h.MessageRecalled(message, operator_id))

    def upload_file(
        self, group_id: int, user_id: int, name: str, *, size: int = 2048, file_id: str = ""
    ) -> StoredMessage:
        """Send a file to the group: a message, and the notice that a file came in."""
        file_id = file_id or f"/{self._random.getrandbits(32):08x}"
        segment: Segment = {"type": "file", "data": {"id": file_id, "name": name, "size": size}}
        message = self.say(group_id, user_id, segment)
        self._tell(h.FileUploaded(group_id, user_id, file_id, name, size))
        return message

    def poke(self, user_id: int, target_id: int, group_id: int | None = None) -> None:
        """Nudge somebody, in a group or in private."""
        if group_id is not None:
            self.actor(group_id, user_id)
            self.member(group_id, target_id)
        self._tell(h.Poked(group_id, user_id, target_id))

    def like(self, message_id: int, user_id: int, emoji_id: str = "76", on: bool = True) -> None:
        """Put an emoji under a group message, or remove it."""
        message = self._group_message(message_id, user_id)
        likers = message.likes.setdefault(emoji_id, set())
        (likers.add if on else likers.discard)(user_id)
        self._tell(h.EmojiLiked(message, user_id, emoji_id, len(likers), on))

    def set_essence(self, message_id: int, operator_id: int, on: bool = True) -> None:
        """Put a message on the list of essential ones, or take it off; admins only."""
        message = self._group_message(message_id, operator_id)
        _insist(rules.against_managing(self.actor(message.group_id or 0, operator_id)))
        message.essence = on
        self._tell(h.EssenceChanged(message, operator_id, on))

    # ---- coming and going ----

    def ask_to_join(
        self,
        group_id: int,
        user_id: int,
        nickname: str = "",
        *,
        question: str | None = None,
        answer: str = "",
        comment: str = "",
        invitor_id: int = 0,
        filtered: bool = False,
    ) -> JoinRequest:
        r"""Ask to become a member.

        With a `question` (the group's entry question) and an `answer` the comment reads
        ``问题：…\n答案：…``; without, `comment` is a free verification message. `invitor_id` is
        the plain member who brought the person; `filtered` puts the request on the list of
        doubtful ones, as QQ does with accounts it distrusts.
        """
        group = self.group(group_id)
        if user_id in group.members:
            raise Refused(Reason.ALREADY_A_MEMBER)
        if user_id in group.blocked:
            raise Refused(Reason.BLOCKED)
        if question is not None:
            comment = f"问题：{question}\n答案：{answer}"
        person = self.add_person(user_id, nickname)
        request = JoinRequest(
            self._flag(), "add", group_id, user_id, person.nickname, comment,
            int(self.now()), invitor_id, filtered,
        )  # fmt: skip
        group.requests[request.flag] = request
        self._tell(h.JoinRequested(request))
        return request

    def invite(self, group_id: int, user_id: int, inviter_id: int) -> JoinRequest:
        """Ask somebody to come; the one who is asked decides with `handle_request`."""
        self.actor(group_id, inviter_id)
        group, person = self.group(group_id), self.add_person(user_id)
        if user_id in group.members:
            raise Refused(Reason.ALREADY_A_MEMBER)
        request = JoinRequest(
            self._flag(), "invite", group_id, user_id, person.nickname, "",
            int(self.now()), inviter_id,
        )  # fmt: skip
        group.requests[request.flag] = request
        self._tell(h.JoinRequested(request))
        return request

    def handle_request(
        self, flag: str, operator_id: int, approve: bool = True, reason: str = ""
    ) -> None:
        """Decide a join request as an admin, or an invitation as the invited person."""
        request = self.join_request(flag)
        if request.kind == "add":
            _insist(rules.against_managing(self.actor(request.group_id, operator_id)))
        elif operator_id != request.user_id:
            raise Refused(Reason.NO_SUCH_REQUEST)
        if request.state != "pending":
            raise Refused(Reason.ALREADY_HANDLED)
        request.state = "approved" if approve else "rejected"
        request.handled_by, request.reason = operator_id, reason
        self._tell(h.RequestHandled(request))
        if approve and request.user_id not in self.group(request.group_id).members:
            by = request.invitor_id or operator_id
            self._enter(request.group_id, request.user_id, by, invited=bool(request.invitor_id))

    def join(
        self, group_id: int, user_id: int, nickname: str = "", *, inviter_id: int = 0
    ) -> Member:
        """Become a member at once, as in a group open to all or brought in by an admin."""
        self.add_person(user_id, nickname)
        if user_id in self.group(group_id).members:
            raise Refused(Reason.ALREADY_A_MEMBER)
        return self._enter(group_id, user_id, inviter_id, invited=bool(inviter_id))

    def leave(self, group_id: int, user_id: int) -> None:
        """Leave; the owner cannot."""
        member = self.actor(group_id, user_id)
        _insist(Reason.OWNER_CANNOT_LEAVE if member.role == "owner" else None)
        self._exit(group_id, user_id)
        self._tell(h.MemberLeft(group_id, user_id))

    def kick(self, group_id: int, user_id: int, operator_id: int, *, block: bool = False) -> None:
        """Remove somebody; `block` also refuses their requests from then on."""
        operator, target = self.actor(group_id, operator_id), self.member(group_id, user_id)
        _insist(rules.against_measures(operator, target))
        self._exit(group_id, user_id)
        if block:
            self.group(group_id).blocked.add(user_id)
        self._tell(h.MemberKicked(group_id, user_id, operator_id))

    def disband(self, group_id: int, operator_id: int) -> None:
        """Dissolve the group; the owner only."""
        _insist(rules.against_owning(self.actor(group_id, operator_id)))
        members = frozenset(self.groups.pop(group_id).members)
        self._tell(h.GroupDisbanded(group_id, operator_id, members))

    def ask_to_be_friends(self, user_id: int, to_id: int, comment: str = "") -> FriendRequest:
        """Ask an account to become friends."""
        self.add_person(user_id)
        request = FriendRequest(self._flag(), user_id, to_id, comment, int(self.now()))
        self.friend_requests[request.flag] = request
        self._tell(h.FriendRequested(request))
        return request

    def handle_friend_request(self, flag: str, approve: bool = True) -> None:
        """Decide a request for friendship."""
        request = self.friend_requests.get(flag)
        if request is None:
            raise Refused(Reason.NO_SUCH_REQUEST)
        _insist(Reason.ALREADY_HANDLED if request.state != "pending" else None)
        request.state = "approved" if approve else "rejected"
        if approve:
            self.befriend(request.user_id, request.to_id)

    # ---- keeping order ----

    def mute(self, group_id: int, user_id: int, operator_id: int, seconds: int) -> None:
        """Silence somebody for up to 30 days; 0 seconds lifts the mute."""
        operator, target = self.actor(group_id, operator_id), self.member(group_id, user_id)
        _insist(rules.against_measures(operator, target))
        _insist(None if 0 <= seconds <= rules.LONGEST_MUTE else Reason.BAD_DURATION)
        target.muted_until = self.now() + seconds if seconds else 0.0
        self._tell(h.MemberMuted(group_id, user_id, operator_id, seconds))

    def unmute(self, group_id: int, user_id: int, operator_id: int) -> None:
        """Let somebody speak again."""
        self.mute(group_id, user_id, operator_id, 0)

    def mute_all(self, group_id: int, operator_id: int, on: bool = True) -> None:
        """Silence all plain members until it is lifted."""
        _insist(rules.against_managing(self.actor(group_id, operator_id)))
        self.group(group_id).whole_ban = on
        self._tell(h.WholeBanChanged(group_id, operator_id, on))

    def promote(self, group_id: int, user_id: int, operator_id: int) -> None:
        """Make somebody an admin; the owner only."""
        self._set_role(group_id, user_id, operator_id, "admin")

    def demote(self, group_id: int, user_id: int, operator_id: int) -> None:
        """Make an admin a plain member; the owner only."""
        self._set_role(group_id, user_id, operator_id, "member")

    def set_card(
        self, group_id: int, user_id: int, card: str, operator_id: int | None = None
    ) -> None:
        """Change a name in the group: one's own, or as an admin somebody else's."""
        actor = self.actor(group_id, operator_id or user_id)
        target = self.member(group_id, user_id)
        _insist(rules.against_card(actor, target))
        old, target.card = target.card, card
        self._tell(h.CardChanged(group_id, user_id, old, card))

    def set_title(self, group_id: int, user_id: int, title: str, operator_id: int) -> None:
        """Give somebody a special title; the owner only."""
        _insist(rules.against_owning(self.actor(group_id, operator_id)))
        self.member(group_id, user_id).title = title
        self._tell(h.TitleChanged(group_id, user_id, title))

    def _group_message(self, message_id: int, user_id: int) -> StoredMessage:
        message = self.message(message_id)
        if message.group_id is None or message.to_id is not None:
            raise Refused(Reason.UNKNOWN_MESSAGE)
        self.actor(message.group_id, user_id)
        return message

    def _shared_group(self, user_id: int, other_id: int) -> int:
        for group in self.groups.values():
            if user_id in group.members and other_id in group.members:
                return group.group_id
        raise Refused(Reason.NOT_FRIENDS)

    def _enter(self, group_id: int, user_id: int, operator_id: int, *, invited: bool) -> Member:
        group = self.group(group_id)
        member = Member(self.people[user_id], join_time=int(self.now()))
        group.members[user_id] = member
        how = "invite" if invited else "approve"
        self._tell(h.MemberJoined(group_id, user_id, operator_id, how))
        return member

    def _exit(self, group_id: int, user_id: int) -> None:
        group = self.group(group_id)
        group.former[user_id] = group.members.pop(user_id)

    def _set_role(self, group_id: int, user_id: int, operator_id: int, role: Role) -> None:
        operator, target = self.actor(group_id, operator_id), self.member(group_id, user_id)
        _insist(rules.against_owning(operator))
        _insist(Reason.TARGET_IS_OWNER if target.role == "owner" else None)
        if target.role != role:
            target.role = role
            self._tell(h.AdminChanged(group_id, user_id, role == "admin"))


def _insist(reason: Reason | None) -> None:
    if reason is not None:
        raise Refused(reason)
