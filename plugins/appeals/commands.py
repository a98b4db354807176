"""Shell of appeals."""

from nonebot.adapters.onebot.v11 import GroupMessageEvent, MessageEvent
from nonebot.log import logger
from nonebot.matcher import Matcher

from pinbang.arguments import number_and_rest, number_only
from pinbang.clock import Now
from pinbang.commands import deputy_command, member_command
from pinbang.parameters import ThisAccount
from pinbang.refusal import UsageRefusal
from pinbang.router import ArgumentText
from pinbang.schedule import NotNowError
from pinbang.store.models import Case

from . import service, wording
from .rules import read_ruling

appeal = member_command(
    "申诉",
    usage="/申诉 编号 理由",
    brief="对处理不服，请别的管理员来看；只写 /申诉 看自己的",
    in_private=True,
)


@appeal.handle()
async def _(matcher: Matcher, event: MessageEvent, text: ArgumentText, now: Now) -> None:
    group_id = event.group_id if isinstance(event, GroupMessageEvent) else None
    if not text:
        cases = await service.open_cases_of(event.user_id, group_id)
        if not cases:
            raise UsageRefusal("你没有等待裁决的申诉。要申诉，编号在处理通知里。")
        await matcher.finish(wording.own(cases))
    number, reason = number_and_rest(text)
    made = await service.appeal(number, reason, group_id, event.user_id, now)
    try:
        await service.tell(made.id, now, mention=None if group_id is None else event.user_id)
    except NotNowError:
        logger.info(f"The appeal against case {number} is told once a gateway is back")
    if group_id is None:
        await matcher.finish(wording.received(await Case.get(id=number)))
    await matcher.finish()


appeals = deputy_command(
    "申诉列表", usage="/申诉列表 [页]", brief="看等待裁决的申诉", aliases=("待裁决",)
)


@appeals.handle()
async def _(matcher: Matcher, event: GroupMessageEvent, text: ArgumentText) -> None:
    page = number_only(text.removeprefix("第").removesuffix("页")) if text else 1
    shown = await service.waiting(event.group_id, page)
    if not shown.total:
        await matcher.finish("没有等待裁决的申诉。")
    reasons = {one.case_id: await service.shown_reason(one) for one in shown.appeals}
    await matcher.finish(
        wording.listing(shown.appeals, shown.cases, reasons, shown.page, shown.pages, shown.total)
    )


ruling = deputy_command(
    "裁决",
    usage="/裁决 编号 维持|撤销 [理由]",
    brief="裁决一个申诉；自己处理的由别人裁决",
)


@ruling.handle()
async def _(
    matcher: Matcher,
    event: GroupMessageEvent,
    account: ThisAccount,
    text: ArgumentText,
    now: Now,
) -> None:
    number, rest = number_and_rest(text)
    decided = read_ruling(rest)
    if decided is None:
        raise UsageRefusal("编号后面请写 维持 或 撤销。")
    await service.rule(number, event.group_id, event.user_id, decided, account, now)
    await matcher.finish()
