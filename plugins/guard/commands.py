"""Shell: ask why, take back, show the ladder."""

from nonebot.adapters.onebot.v11 import GroupMessageEvent, MessageEvent
from nonebot.matcher import Matcher

from pinbang.arguments import number_and_rest, number_only
from pinbang.clock import Now
from pinbang.commands import deputy_command, member_command
from pinbang.groups import load_group
from pinbang.guarding import enforcing, wording
from pinbang.guarding.policy import LadderPolicy
from pinbang.parameters import SenderRole, ThisAccount
from pinbang.roles import Role
from pinbang.router import ArgumentText

why = member_command(
    "为什么",
    usage="/为什么 编号",
    brief="看一次处理的理由（当事人和管理员）",
    aliases=("理由",),
    in_private=True,
)


@why.handle()
async def _(matcher: Matcher, event: MessageEvent, text: ArgumentText, role: SenderRole) -> None:
    number = number_only(text)
    group_id = event.group_id if isinstance(event, GroupMessageEvent) else None
    await matcher.finish(
        await enforcing.explain(number, group_id, event.user_id, in_charge=role >= Role.DEPUTY)
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
    undone = await enforcing.undo(number, event.group_id, event.user_id, reason, account, now)
    await account.say(event.group_id, undone.words, mention=undone.user_id)
    await matcher.finish()


ladder = member_command("阶梯", usage="/阶梯", brief="看违规怎么处理")


@ladder.handle()
async def _(matcher: Matcher, event: GroupMessageEvent, account: ThisAccount) -> None:
    policy = (await load_group(event.group_id, account.self_id)).policy(LadderPolicy)
    await matcher.finish(wording.ladder(policy))
