"""Shell of observe mode and back-tests."""

from datetime import timedelta

from nonebot.adapters.onebot.v11 import GroupMessageEvent
from nonebot.matcher import Matcher

from pinbang.clock import Now
from pinbang.commands import admin_command, deputy_command
from pinbang.groups import GroupRecord, load_group
from pinbang.guarding.policy import GuardPolicy, LadderPolicy
from pinbang.parameters import ThisAccount
from pinbang.refusal import UsageRefusal
from pinbang.router import ArgumentText
from pinbang.text.setting_values import Unreadable, show_value

from . import rules, service, wording

REPORTED_DAYS = 7
MAX_REPORTED_DAYS = 365

rehearse = admin_command(
    "演练",
    usage="/演练 [开|关] [判定]",
    brief="判定只记录、不处理；开了看 /演练报告",
)


@rehearse.handle()
async def _(
    matcher: Matcher, event: GroupMessageEvent, account: ThisAccount, text: ArgumentText
) -> None:
    record = await load_group(event.group_id, account.self_id)
    if not text:
        await matcher.finish(wording.state(record.policy(GuardPolicy)))
    try:
        on, named = rules.read_switch(text)
        result = await service.switch(record, named, event.user_id, on=on)
    except Unreadable as error:
        raise UsageRefusal(str(error)) from error
    record = await load_group(event.group_id, account.self_id)
    first_step = record.policy(LadderPolicy).steps[0].words
    await matcher.finish(wording.switched(result, record.policy(GuardPolicy), first_step))


report = deputy_command(
    "演练报告", usage="/演练报告 [天数]", brief="演练期间本来会处理什么", aliases=("演练结果",)
)


@report.handle()
async def _(
    matcher: Matcher, event: GroupMessageEvent, account: ThisAccount, text: ArgumentText, now: Now
) -> None:
    try:
        days, rest = rules.read_days(text, REPORTED_DAYS)
    except Unreadable as error:
        raise UsageRefusal(str(error)) from error
    if rest or days > MAX_REPORTED_DAYS:
        raise UsageRefusal(f"天数写 1 到 {MAX_REPORTED_DAYS}。")
    record = await load_group(event.group_id, account.self_id)
    since = now - timedelta(days=days)
    result = await service.report(event.group_id, since, record.policy(LadderPolicy))
    await matcher.finish(wording.report(result, days, record.policy(GuardPolicy)))


back_test = deputy_command(
    "回测",
    usage="/回测 天数 [设置 值]",
    brief="用最近保留的消息试现在的或想改的设置，例如 /回测 7 判定分数 0.7",
)


@back_test.handle()
async def _(
    matcher: Matcher, event: GroupMessageEvent, account: ThisAccount, text: ArgumentText, now: Now
) -> None:
    try:
        days, rest = rules.read_days(text, None)
        proposal = rules.read_proposal(rest, service.triable_titles())
    except Unreadable as error:
        raise UsageRefusal(str(error)) from error
    record = await load_group(event.group_id, account.self_id)

    async def tell(judged: int) -> None:
        await account.say(event.group_id, f"回测还在算，已经看了 {judged} 条，好了告诉你。")

    result = await service.back_test(record, days, proposal, now, tell)
    what = wording.tried(proposal, _present(record, proposal))
    sent = False
    if result.examples:
        words = wording.examples(result, what)
        sent = (await account.whisper(event.user_id, words, through=event.group_id)).done
    policy = record.policy(GuardPolicy)
    await matcher.finish(wording.compared(result, days, what, policy, examples_sent=sent))


def _present(record: GroupRecord, proposal: rules.Proposal) -> str:
    """Show the present value of the setting that is tried."""
    policy = record.policy(GuardPolicy)
    for key in service.TRIABLE:
        if GuardPolicy.model_fields[key].title == proposal.setting:
            return show_value(getattr(policy, key))
    return ""
