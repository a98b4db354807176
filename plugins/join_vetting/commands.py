"""Shell: admins decide join requests by command or by replying to the notice."""

from nonebot.adapters.onebot.v11 import GroupMessageEvent
from nonebot.matcher import Matcher

from pinbang.arguments import number_and_rest, number_only
from pinbang.clock import Now
from pinbang.commands import deputy_command, phrase
from pinbang.gateway import Account, account_of
from pinbang.moderation.reading import MessageView
from pinbang.parameters import ThisAccount, View
from pinbang.refusal import Refusal, UsageRefusal
from pinbang.roles import Role
from pinbang.router import ArgumentText, PhraseMatch

from . import service, wording

MAX_REASON = 100


async def _asked_about(view: MessageView) -> int | None:
    """Return the number of the request that the quoted notice asks about.

    Gateways may number a message anew when they restart: then its own words tell.
    """
    if view.reply_to is None:
        return None
    request = await service.request_asked_by(view.group_id, view.reply_to)
    if request is not None:
        return request.id
    return wording.number_in_notice(account_of(view.self_id).own_words(view.reply_to))


async def _replies_to_notice(view: MessageView) -> bool:
    return await _asked_about(view) is not None


async def _decide(
    account: Account, event: GroupMessageEvent, number: int, approve: bool, reason: str, now: Now
) -> str:
    request = await service.decide(
        number, event.group_id, event.user_id, approve=approve, reason=reason[:MAX_REASON], now=now
    )
    outcome = await service.carry_out(request, account)
    verb = "通过" if approve else "拒绝"
    if outcome.done:
        return f"已{verb} {number} 号申请。"
    return f"{number} 号申请{verb}{outcome.words}。请在 QQ 里看一下。"


approve = deputy_command(
    "通过", usage="/通过 编号", brief="通过一个入群申请", aliases=("同意入群",)
)


@approve.handle()
async def _(
    matcher: Matcher, event: GroupMessageEvent, account: ThisAccount, text: ArgumentText, now: Now
) -> None:
    await matcher.finish(await _decide(account, event, number_only(text), True, "", now))


reject = deputy_command(
    "拒绝", usage="/拒绝 编号 理由", brief="拒绝一个入群申请", aliases=("拒绝入群",)
)


@reject.handle()
async def _(
    matcher: Matcher, event: GroupMessageEvent, account: ThisAccount, text: ArgumentText, now: Now
) -> None:
    number, reason = number_and_rest(text)
    await matcher.finish(await _decide(account, event, number, False, reason, now))


agree_in_reply = phrase(
    "同意",
    pattern=r"同意[。.!！]?",
    usage="回复入群通知：同意",
    brief="通过这个入群申请",
    role=Role.DEPUTY,
    applies=_replies_to_notice,
)

refuse_in_reply = phrase(
    "拒绝",
    pattern=r"拒绝[\s,，:：]*(?P<reason>.{0,200})",
    usage="回复入群通知：拒绝 理由",
    brief="拒绝这个入群申请",
    role=Role.DEPUTY,
    applies=_replies_to_notice,
)


async def _number_of(view: MessageView) -> int:
    number = await _asked_about(view)
    if number is None:
        raise Refusal("找不到这条通知对应的申请，请用 /通过 编号 或 /拒绝 编号 理由。")
    return number


@agree_in_reply.handle()
async def _(
    matcher: Matcher, event: GroupMessageEvent, account: ThisAccount, view: View, now: Now
) -> None:
    number = await _number_of(view)
    await matcher.finish(await _decide(account, event, number, True, "", now))


@refuse_in_reply.handle()
async def _(
    matcher: Matcher,
    event: GroupMessageEvent,
    account: ThisAccount,
    view: View,
    match: PhraseMatch,
    now: Now,
) -> None:
    number = await _number_of(view)
    reason = (match["reason"] or "").strip()
    await matcher.finish(await _decide(account, event, number, False, reason, now))


review = deputy_command("审核", usage="/审核 [页]", brief="看待审的入群申请", aliases=("待审",))


@review.handle()
async def _(matcher: Matcher, event: GroupMessageEvent, text: ArgumentText) -> None:
    page = number_only(text) if text else 1
    if page < 1:
        raise UsageRefusal("页数从 1 开始。")
    rows, total = await service.waiting(event.group_id, page)
    if not total:
        await matcher.finish("没有待审的入群申请。")
    pages = -(-total // service.PAGE)
    if not rows:
        raise Refusal(f"只有 {pages} 页。")
    lines = [f"待审 {total} 个（第 {page}/{pages} 页）", *map(wording.listing_line, rows)]
    lines.append("/通过 编号　/拒绝 编号 理由")
    await matcher.finish("\n".join(lines))
