"""Shell of the group's set-up."""

from nonebot.adapters.onebot.v11 import GroupMessageEvent
from nonebot.matcher import Matcher

from pinbang.arguments import mentioned_person
from pinbang.commands import CommandMatcher, admin_command
from pinbang.gateway import Account
from pinbang.groups import load_group, sections
from pinbang.members import current_role, give_role
from pinbang.parameters import ThisAccount, View
from pinbang.refusal import Refusal, UsageRefusal
from pinbang.roles import Role, may_act_on
from pinbang.router import ArgumentText

from . import service

settings = admin_command("设置", usage="/设置 [模块] [项 值]", brief="看和改本群的设置")


@settings.handle()
async def _(
    matcher: Matcher, event: GroupMessageEvent, account: ThisAccount, text: ArgumentText
) -> None:
    record = await load_group(event.group_id, account.self_id)
    parts = text.split(maxsplit=2)
    if not parts:
        headings = "、".join(section.heading for section in sections())
        await matcher.finish(f"可以设置：{headings}\n看一组：/设置 {sections()[0].heading}")
    if len(parts) == 1:
        await matcher.finish(service.listing(record, service.find_section(parts[0])))
    if len(parts) == 2:
        _, info = service.find_field(service.find_section(parts[0]), parts[1])
        raise UsageRefusal(f"{info.title}：{info.description}。后面写上要改成的值。")
    changed = await service.change(record, parts[0], parts[1], parts[2], event.user_id)
    await matcher.finish(
        f"{changed.heading}的{changed.title}：{changed.before} → {changed.after}，现在起生效。\n"
        f"改回来：/设置 {changed.heading} {changed.title} {changed.before}"
    )


def _standing_command(name: str, role: Role, brief: str) -> type[CommandMatcher]:
    command = admin_command(name, usage=f"/{name} [添加|移除 @某人]", brief=brief)

    @command.handle()
    async def _(
        matcher: Matcher,
        event: GroupMessageEvent,
        account: ThisAccount,
        view: View,
        text: ArgumentText,
    ) -> None:
        await matcher.finish(await _give_or_list(account, event, view, text, role))

    return command


async def _give_or_list(
    account: Account, event: GroupMessageEvent, view: View, text: str, role: Role
) -> str:
    if not text and not view.mentions:
        record = await load_group(event.group_id, account.self_id)
        people = [str(user_id) for user_id, own in record.standings.items() if own is role]
        return f"{role.title}：{'、'.join(people)}" if people else f"本群还没有{role.title}。"
    taking = text.startswith(("移除", "取消", "删除", "撤"))
    person = mentioned_person(view, text)
    if person is None:
        raise UsageRefusal("请 @ 要任命的人。")
    if person == account.self_id:
        raise Refusal("我自己就不用了。")
    actor = await current_role(account, event.group_id, event.user_id)
    target = await current_role(account, event.group_id, person)
    if not may_act_on(actor, target):
        raise Refusal(f"对方是{target.title}，不能由你来变更。")
    if await account.member(event.group_id, person) is None and not taking:
        raise Refusal("对方不在本群。")
    if taking and target is not role:
        raise Refusal(f"对方不是{role.title}。")
    changed = await give_role(
        event.group_id, person, Role.MEMBER if taking else role, event.user_id
    )
    if not changed:
        return f"对方已经是{role.title}了。"
    return f"已取消{role.title}。" if taking else f"已设为{role.title}。"


deputies = _standing_command(
    "协管", Role.DEPUTY, "任命协管：能审入群、查和撤处理、取消求助，但不能改设置"
)
trusted = _standing_command("信任", Role.TRUSTED, "信任成员：判得宽一些，不会一次就移出")
