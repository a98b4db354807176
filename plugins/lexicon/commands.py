"""Shell of the lexicon and of trying messages out."""

from datetime import datetime

from nonebot.adapters.onebot.v11 import GroupMessageEvent, MessageEvent
from nonebot.matcher import Matcher

from pinbang import clock
from pinbang.clock import Now
from pinbang.commands import admin_command, deputy_command
from pinbang.gateway import Account
from pinbang.groups import load_group
from pinbang.guarding.policy import GuardPolicy
from pinbang.parameters import SenderRole, ThisAccount, View
from pinbang.refusal import Refusal, UsageRefusal
from pinbang.roles import Role
from pinbang.router import ArgumentText

from . import rules, service, wording

EXPORTED = 2000
"""Words that one export sends."""

lexicon = admin_command(
    "词库",
    usage="/词库 [添加|删除|查看|导入|导出] [类别] [词]",
    brief="本群自己的词：算广告、辱骂、诈骗，或者放行",
)


@lexicon.handle()
async def _(
    matcher: Matcher, event: GroupMessageEvent, account: ThisAccount, text: ArgumentText, now: Now
) -> None:
    try:
        await matcher.finish(await _answer(event, account, text, now))
    except rules.Unreadable as error:
        raise Refusal(str(error)) from error


async def _answer(event: GroupMessageEvent, account: Account, text: str, now: datetime) -> str:
    group_id, admin_id = event.group_id, event.user_id
    record = await load_group(group_id, account.self_id)
    action, rest = rules.split_action(text)
    match action:
        case "添加" | "导入":
            read = rules.read_addition if action == "添加" else rules.read_import
            request = read(rest, clock.local(now))
            addition = await service.add(group_id, admin_id, request, now)
            threshold = record.policy(GuardPolicy).threshold
            return wording.added(addition, request.category, threshold)
        case "删除":
            selections = rules.read_selections(rest)
            return wording.removed(await service.remove(group_id, admin_id, selections))
        case "查看":
            category, page = rules.read_page(rest)
            listing = await service.listing(group_id, category, page, now)
            return wording.listed(listing, category)
        case "导出":
            category, page = rules.read_page(rest)
            return await _export(account, group_id, admin_id, category, page, now)
        case _ if text:
            raise UsageRefusal("没看懂。" + wording.HOW_TO)
        case _:
            return wording.overview(await service.sizes(group_id, now))


async def _export(
    account: Account, group_id: int, admin_id: int, category: str, page: int, now: datetime
) -> str:
    listing = await service.listing(group_id, category, page, now, per_page=EXPORTED)
    if not listing.total:
        return wording.listed(listing, category)
    for message in wording.exported(listing.entries):
        outcome = await account.whisper(admin_id, message, through=group_id)
        if not outcome.done:
            return "没能确认私聊送到了。没收到就先加我好友，或允许群里的临时会话，再发一次。"
    sent = f"已把 {len(listing.entries)} 个词私聊发给你，原样发到群里就能导入。"
    if listing.page < listing.pages:
        following = " ".join(part for part in ("/词库 导出", category, str(page + 1)) if part)
        sent += f"\n一共 {listing.total} 个，接着发：{following}"
    return sent


trial = deputy_command(
    "试判",
    usage="/试判 一句话",
    brief="试一句话会怎么判，列出所有依据；也可以回复一条消息",
    in_private=True,
)


@trial.handle()
async def _(
    matcher: Matcher,
    event: MessageEvent,
    account: ThisAccount,
    view: View,
    text: ArgumentText,
    role: SenderRole,
) -> None:
    in_group = isinstance(event, GroupMessageEvent)
    if not in_group and role < Role.SUPERUSER:
        raise Refusal("请在群里用 /试判，私聊里只有机器人主人能用。")
    meant = await service.message_meant(view, text, account)
    if not (meant.readable or meant.cards):
        raise UsageRefusal("写上要试的话，或者回复一条消息只发 /试判。")
    record = await service.rules_for(view.group_id, account.self_id)
    quoted = meant.message_id != view.message_id
    await matcher.finish(wording.trial(service.try_out(meant, record), quoted=quoted))
