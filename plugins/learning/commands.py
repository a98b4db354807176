"""Shell: 误判 and 漏判, what is remembered, and how it is forgotten."""

from nonebot.adapters.onebot.v11 import GroupMessageEvent
from nonebot.matcher import Matcher

from pinbang.arguments import number_and_rest, number_only
from pinbang.clock import Now
from pinbang.commands import deputy_command, phrase
from pinbang.gateway import Account, account_of
from pinbang.moderation.reading import MessageView
from pinbang.parameters import ThisAccount, View
from pinbang.refusal import UsageRefusal
from pinbang.roles import Role
from pinbang.router import ArgumentText, PhraseMatch

from . import service, wording
from .rules import AD, NAME_PATTERN, NAMES, Category, case_shown, named_category

MAX_REASON = 200


async def _case_replied_to(view: MessageView) -> int | None:
    """Return the number of the case that the quoted message of ours is about."""
    if view.reply_to is None:
        return None
    account = account_of(view.self_id)
    words = account.own_words(view.reply_to)
    if not words:  # said before the last restart
        message = await account.message(view.group_id, view.reply_to)
        words = message.text if message and message.user_id == account.self_id else ""
    return case_shown(words)


async def _is_about_a_case(view: MessageView) -> bool:
    return await _case_replied_to(view) is not None


async def _is_a_reply(view: MessageView) -> bool:
    return view.reply_to is not None


async def _put_right(
    account: Account, event: GroupMessageEvent, number: int, reason: str, now: Now
) -> None:
    corrected = await service.misjudged(
        number, event.group_id, event.user_id, reason[:MAX_REASON], account, now
    )
    await account.say(event.group_id, corrected.words, mention=corrected.user_id)


misjudged = deputy_command(
    "误判", usage="/误判 编号 [理由]", brief="撤销一次判错的处理、道歉，并在本群记住"
)


@misjudged.handle()
async def _(
    matcher: Matcher,
    event: GroupMessageEvent,
    account: ThisAccount,
    view: View,
    text: ArgumentText,
    now: Now,
) -> None:
    try:
        number, reason = number_and_rest(text)
    except UsageRefusal:
        shown = await _case_replied_to(view)
        if shown is None:
            raise
        number, reason = shown, text
    await _put_right(account, event, number, reason, now)
    await matcher.finish()


misjudged_in_reply = phrase(
    "误判",
    pattern=r"误判(?:了|啦)?[\s,，:：。.!！]*(?P<reason>.{0,200})",
    usage="回复处理通知：误判 [理由]",
    brief="撤销这次处理、道歉，并在本群记住",
    role=Role.DEPUTY,
    applies=_is_about_a_case,
)


@misjudged_in_reply.handle()
async def _(
    matcher: Matcher,
    event: GroupMessageEvent,
    account: ThisAccount,
    view: View,
    match: PhraseMatch,
    now: Now,
) -> None:
    number = await _case_replied_to(view)
    if number is None:
        raise UsageRefusal("看不出是哪一次处理，请写上编号：/误判 编号")
    await _put_right(account, event, number, (match["reason"] or "").strip(), now)
    await matcher.finish()


async def _act(
    account: Account, event: GroupMessageEvent, view: MessageView, named: Category | None, now: Now
) -> str:
    if view.reply_to is None:
        raise UsageRefusal("请回复漏掉的那条消息来发。")
    return await service.missed(event.group_id, view.reply_to, named, event.user_id, account, now)


def _category(text: str) -> Category | None:
    if not text:
        return None
    named = named_category(text)
    if named is None:
        raise UsageRefusal(f"没有这一类，可以写：{NAMES}。")
    return named


missed = deputy_command(
    "漏判", usage="/漏判 [类别]", brief=f"回复漏掉的消息：按违规处理并记住（{NAMES}）"
)


@missed.handle()
async def _(
    matcher: Matcher,
    event: GroupMessageEvent,
    account: ThisAccount,
    view: View,
    text: ArgumentText,
    now: Now,
) -> None:
    await matcher.finish(await _act(account, event, view, _category(text), now))


missed_in_reply = phrase(
    "漏判",
    pattern=rf"漏判[\s,，:：]*(?P<kind>{NAME_PATTERN})?[。.!！]?",
    usage="回复消息：漏判 [类别]",
    brief="按违规处理这条消息并记住",
    role=Role.DEPUTY,
    applies=_is_a_reply,
)


@missed_in_reply.handle()
async def _(
    matcher: Matcher,
    event: GroupMessageEvent,
    account: ThisAccount,
    view: View,
    match: PhraseMatch,
    now: Now,
) -> None:
    await matcher.finish(await _act(account, event, view, _category(match["kind"] or ""), now))


advert = deputy_command("广告", usage="/广告", brief="回复一条广告：处理并记住")


@advert.handle()
async def _(
    matcher: Matcher,
    event: GroupMessageEvent,
    account: ThisAccount,
    view: View,
    text: ArgumentText,
    now: Now,
) -> None:
    if text:
        raise UsageRefusal("后面不用写内容，回复那条消息发 /广告 就行。")
    await matcher.finish(await _act(account, event, view, AD, now))


remembered = deputy_command(
    "学习记录", usage="/学习记录 [页]", brief="看本群记住的误判和漏判", aliases=("学习",)
)


@remembered.handle()
async def _(matcher: Matcher, event: GroupMessageEvent, text: ArgumentText) -> None:
    page = number_only(text.removeprefix("第").removesuffix("页")) if text else 1
    shown = await service.listed(event.group_id, page)
    if not shown.total:
        await matcher.finish(
            "本群还没有学习记录。\n判错了回复我的通知“误判”，漏掉了回复那条消息“漏判”。"
        )
    await matcher.finish(wording.listing(shown.lessons, shown.page, shown.pages, shown.total))


unlearn = deputy_command(
    "撤销学习", usage="/撤销学习 编号", brief="收回一条学习记录，马上生效", aliases=("忘记",)
)


@unlearn.handle()
async def _(matcher: Matcher, event: GroupMessageEvent, text: ArgumentText, now: Now) -> None:
    lesson = await service.unlearn(event.group_id, number_only(text), event.user_id, now)
    await matcher.finish(wording.unlearnt(lesson))
