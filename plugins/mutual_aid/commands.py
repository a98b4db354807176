"""Shell of the aid board."""

from nonebot.adapters.onebot.v11 import GroupMessageEvent, Message, MessageSegment
from nonebot.matcher import Matcher

from pinbang.arguments import mentioned_person, number_and_rest, number_only
from pinbang.clock import Now
from pinbang.commands import CommandMatcher, member_command, phrase
from pinbang.gateway import Account, account_of
from pinbang.groups import load_group
from pinbang.moderation.reading import MessageView
from pinbang.parameters import SenderRole, ThisAccount, View
from pinbang.refusal import UsageRefusal
from pinbang.roles import Role
from pinbang.router import ArgumentText, PhraseMatch

from . import service, wording
from .config import AidPolicy

NUMBER = r"[\s:：]*[#＃]?(?P<number>\d{1,12})?\s*号?"
REMARK = (
    r"(?:(?:\s*(?:@|[,，。！!~～、](?!\d)|谢|感谢|多谢)|\s+(?![\d点时月日个件元块天人刀])).{0,60})?"
)
"""What may follow the number; 确认12点前能到吗 and 确认 2 件都收到了吗 mean something else."""


async def _register(
    text: str, view: MessageView, event: GroupMessageEvent, account: Account, now: Now
) -> None:
    card = next((card for card in view.cards if card.url), None)
    if card is not None:
        text = f"{text}\n{card.title} {card.url.split()[0]}"
    record = await load_group(event.group_id, account.self_id)
    asking = service.Asking(
        group_id=event.group_id,
        requester_id=event.user_id,
        account_id=account.self_id,
        message_id=event.message_id,
        written_at=service.moment(event.time),
    )
    request = await service.ask(text, asking, record, now)
    if request.answer_id is not None:
        return
    outcome = await account.say(
        event.group_id, wording.registered(request, now), mention=event.user_id
    )
    if isinstance(message_id := outcome.data.get("message_id"), int):
        await service.note_answer(request, message_id)


ask = member_command(
    "求助",
    usage="/求助 还差2人砍一刀 今晚12点前 链接",
    brief="登记一个求助，也可以发【互助】模板",
    aliases=("发布求助", "登记求助"),
)


@ask.handle()
async def _(
    event: GroupMessageEvent,
    matcher: Matcher,
    account: ThisAccount,
    view: View,
    text: ArgumentText,
    now: Now,
) -> None:
    if not text and not view.cards:
        raise UsageRefusal(f"写上要帮什么就行，或复制模板填写：\n{wording.FORM}")
    await _register(text, view, event, account, now)
    await matcher.finish()


form = phrase(
    "【",
    pattern=r"【\s*互助\s*】.*",
    usage="【互助】模板",
    brief="按模板登记求助：事项、链接、人数、截止、感谢",
)


@form.handle()
async def _(
    event: GroupMessageEvent, matcher: Matcher, account: ThisAccount, view: View, now: Now
) -> None:
    await _register(view.text, view, event, account, now)
    await matcher.finish()


async def _means_a_request(view: MessageView) -> bool:
    """Tell whether `接` and the like mean the board: with a number, or replying to a request."""
    return any(char.isdecimal() for char in view.text) or await _shown(view) is not None


async def _shown(view: MessageView) -> int | None:
    """Return the number of the request that the quoted message asks for or shows."""
    if view.reply_to is None:
        return None
    request = await service.request_shown_by(view.group_id, view.reply_to)
    if request is not None:
        return request.id
    return wording.number_shown(account_of(view.self_id).own_words(view.reply_to))


def _short_command(head: str, usage: str, brief: str, *, pattern: str) -> type[CommandMatcher]:
    return phrase(head, pattern=pattern, usage=usage, brief=brief, applies=_means_a_request)


async def _number(view: MessageView, match: dict[str, str | None]) -> int:
    if number := match.get("number"):
        return int(number)
    shown = await _shown(view)
    if shown is None:
        raise UsageRefusal("请写上求助的编号。")
    return shown


accept = _short_command(
    "接", "接 12", "接下 12 号求助（也可以直接回复求助“接”）", pattern=rf"接{NUMBER}"
)


@accept.handle()
async def _(
    event: GroupMessageEvent,
    matcher: Matcher,
    account: ThisAccount,
    view: View,
    match: PhraseMatch,
    now: Now,
) -> None:
    number = await _number(view, match)
    policy = (await load_group(event.group_id, account.self_id)).policy(AidPolicy)
    request = await service.pledge(number, event.group_id, event.user_id, policy, now)
    await account.say(event.group_id, wording.taken(request), mention=event.user_id)
    await matcher.finish()


helped = _short_command(
    "已帮", "已帮 12", "告诉发起人 12 号已经帮了", pattern=rf"已帮(?:忙|助)?{NUMBER}"
)


@helped.handle()
async def _(
    event: GroupMessageEvent,
    matcher: Matcher,
    account: ThisAccount,
    view: View,
    match: PhraseMatch,
    now: Now,
) -> None:
    number = await _number(view, match)
    request = await service.report_done(number, event.group_id, event.user_id, now)
    await account.say(event.group_id, wording.done(request), mention=request.requester_id)
    await matcher.finish()


confirm = _short_command(
    "确认", "确认 12 [@帮手]", "发起人确认 12 号已帮到", pattern=rf"确认{NUMBER}{REMARK}"
)


@confirm.handle()
async def _(
    event: GroupMessageEvent,
    matcher: Matcher,
    account: ThisAccount,
    view: View,
    match: PhraseMatch,
    now: Now,
) -> None:
    number = await _number(view, match)
    helper = mentioned_person(view, "")
    result = await service.confirm(number, event.group_id, event.user_id, helper, now)
    words = Message()
    for user_id in result.helpers:
        words += MessageSegment.at(user_id) + MessageSegment.text(" ")
    words += MessageSegment.text(wording.confirmed(result.request, len(result.helpers)))
    await account.say(event.group_id, words)
    await matcher.finish()


give_up = _short_command("放弃", "放弃 12", "接了帮不了时让出位置", pattern=rf"放弃{NUMBER}")


@give_up.handle()
async def _(event: GroupMessageEvent, matcher: Matcher, view: View, match: PhraseMatch) -> None:
    number = await _number(view, match)
    request = await service.withdraw(number, event.group_id, event.user_id)
    left = request.wanted - request.taken
    await matcher.finish(f"没关系，{number} 号的位置已让出，还差 {left} 人。")


cancel = member_command("取消", usage="/取消 12", brief="取消自己的求助（管理员可取消任何一个）")


@cancel.handle()
async def _(
    event: GroupMessageEvent,
    matcher: Matcher,
    account: ThisAccount,
    text: ArgumentText,
    role: SenderRole,
    now: Now,
) -> None:
    number, _ = number_and_rest(text)
    request, helpers = await service.cancel(
        number, event.group_id, event.user_id, in_charge=role >= Role.DEPUTY, now=now
    )
    words = Message()
    for user_id in helpers:
        words += MessageSegment.at(user_id) + MessageSegment.text(" ")
    words += MessageSegment.text(wording.cancelled(request, len(helpers)))
    await account.say(event.group_id, words)
    await matcher.finish()


details = member_command("详情", usage="/详情 12", brief="看一个求助的详情和进度")


@details.handle()
async def _(event: GroupMessageEvent, matcher: Matcher, text: ArgumentText, now: Now) -> None:
    request = await service.find(number_only(text), event.group_id)
    pledges = await service.helpers_of(request.id)
    await matcher.finish(wording.details(request, pledges, now))


board = member_command(
    "互助", usage="/互助 [我的] [页]", brief="看互助板，最急的在前", aliases=("互助板", "求助列表")
)


@board.handle()
async def _(event: GroupMessageEvent, matcher: Matcher, text: ArgumentText, now: Now) -> None:
    mine = text.startswith("我")
    rest = text.removeprefix("我的").removeprefix("我").strip() if mine else text
    page = number_only(rest.removeprefix("第").removesuffix("页")) if rest else 1
    if mine:
        shown = await service.own(event.group_id, event.user_id, page)
    else:
        shown = await service.board(event.group_id, page, now)
    if not shown.total:
        empty = "你没有进行中的求助或接单。" if mine else "现在没有等待帮助的求助。"
        await matcher.finish(f"{empty}需要帮忙就发 /求助 加上要帮什么。")
    title = (
        f"{'我的互助' if mine else '互助板'}（{shown.total} 个，第 {shown.page}/{shown.pages} 页）"
    )
    footer = "接单发：接 编号　看详情：/详情 编号"
    if shown.page < shown.pages:
        footer += f"　下一页：/互助 {'我的 ' if mine else ''}{shown.page + 1}"
    await matcher.finish(wording.board(shown.requests, title, footer, now))
