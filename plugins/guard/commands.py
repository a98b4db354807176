"""Shell: ask why, take back, show the ladder and a member's record."""

import re
import unicodedata

from nonebot.adapters.onebot.v11 import GroupMessageEvent, MessageEvent
from nonebot.matcher import Matcher

from pinbang.arguments import mentioned_person, number_and_rest, number_only
from pinbang.clock import Now
from pinbang.commands import deputy_command, member_command
from pinbang.gateway import Account
from pinbang.groups import load_group
from pinbang.guarding import records, undoing, wording
from pinbang.guarding.policy import LadderPolicy
from pinbang.guarding.records import record_of
from pinbang.members import current_role
from pinbang.moderation.reading import MessageView
from pinbang.parameters import SenderRole, ThisAccount, View
from pinbang.refusal import Refusal, UsageRefusal
from pinbang.roles import Role
from pinbang.router import ArgumentText

why = member_command(
    "为什么",
    usage="/为什么 编号",
    brief="看一次处理的理由（当事人和管理员；管理员私聊我还能看原文）",
    aliases=("理由",),
    in_private=True,
)


@why.handle()
async def _(matcher: Matcher, event: MessageEvent, text: ArgumentText, role: SenderRole) -> None:
    number = number_only(text)
    if not isinstance(event, GroupMessageEvent):
        await matcher.finish(await records.explain_in_private(number, event.user_id))
    in_charge = role >= Role.DEPUTY
    await matcher.finish(
        await records.explain(number, event.group_id, event.user_id, in_charge=in_charge)
    )


undo = deputy_command("撤销", usage="/撤销 编号 [理由]", brief="撤销一次处理，解除禁言并不计违规")


@undo.handle()
async def _(
    matcher: Matcher,
    event: GroupMessageEvent,
    account: ThisAccount,
    text: ArgumentText,
    now: Now,
) -> None:
    number, reason = number_and_rest(text)
    undone = await undoing.undo(number, event.group_id, event.user_id, reason, account, now)
    await account.say(
        event.group_id, undone.words, mention=undone.user_id if undone.present else None
    )
    await matcher.finish()


ladder = member_command("阶梯", usage="/阶梯", brief="看违规怎么处理")


@ladder.handle()
async def _(matcher: Matcher, event: GroupMessageEvent, account: ThisAccount) -> None:
    policy = (await load_group(event.group_id, account.self_id)).policy(LadderPolicy)
    await matcher.finish(wording.ladder(policy))


_PAGE_ONLY = re.compile(r"(?:第\s*)?(?P<page>\d{1,3})?\s*页?")
_GROUP_FIRST = re.compile(r"(?:群\s*)?(?P<group>\d{5,12})(?P<rest>(?:\D.*)?)")
_NUMBER_FIRST = re.compile(r"@?\s*\d{5,11}(?P<rest>(?:\D.*)?)")

record = member_command(
    "记录",
    usage="/记录 [@某人] [页]",
    brief="看自己的处理记录和现在到第几级；管理员可以看别人的，私聊看自己各群的",
    aliases=("违规记录",),
    in_private=True,
)


@record.handle()
async def _(
    matcher: Matcher,
    event: MessageEvent,
    account: ThisAccount,
    view: View,
    text: ArgumentText,
    now: Now,
) -> None:
    if isinstance(event, GroupMessageEvent):
        person, page = await _whose(view, text, account)
        found = await record_of(person, event.group_id, account.self_id, page, now)
        own = person == event.user_id
        who, again = ("你", "/记录") if own else (f"{wording.short_number(person)} ", "/记录 @某人")
        await matcher.finish(wording.record(found, f"{who}在本群", again))
    group_id, page = _which_group(text)
    found = await record_of(event.user_id, group_id, account.self_id, page, now)
    where, again = (f"群 {group_id} ", f"/记录 {group_id}") if group_id else ("各群", "/记录")
    await matcher.finish(wording.record(found, f"你在{where}", again))


async def _whose(view: MessageView, text: str, account: Account) -> tuple[int, int]:
    """Read whose record is asked for, and which page; only those in charge see another's."""
    words = unicodedata.normalize("NFKC", text).strip()
    person = mentioned_person(view, "")
    if person is None and (match := _NUMBER_FIRST.fullmatch(words)):
        person, words = mentioned_person(view, words), match["rest"].strip()
    page = _page(words, "请 @ 要查的人，或者写他的 QQ 号。")
    if person is None or person == view.user_id:
        return view.user_id, page
    if await current_role(account, view.group_id, view.user_id) < Role.DEPUTY:
        raise Refusal("只有协管和管理员能看别人的记录。看自己的发 /记录")
    return person, page


def _which_group(text: str) -> tuple[int | None, int]:
    """Read which group and page somebody asks for in private; None takes all groups."""
    words = unicodedata.normalize("NFKC", text).strip()
    match = _GROUP_FIRST.fullmatch(words)
    group_id = int(match["group"]) if match else None
    rest = match["rest"].strip() if match else words
    return group_id, _page(rest, "私聊里写 /记录，或者 /记录 群号；看别人的请在群里发。")


def _page(words: str, hint: str) -> int:
    match = _PAGE_ONLY.fullmatch(words)
    if match is None:
        raise UsageRefusal(hint)
    return max(1, int(match["page"] or 1))
