"""Shell of the menu."""

from nonebot import get_loaded_plugins
from nonebot.adapters.onebot.v11 import GroupMessageEvent, MessageEvent
from nonebot.matcher import Matcher

from pinbang.commands import commands, member_command
from pinbang.parameters import SenderRole
from pinbang.refusal import Refusal
from pinbang.roles import Role
from pinbang.router import ArgumentText

from . import rules

ORDER = ("互助", "入群审核", "守护", "群设置", "帮助")
"""What people look for first; other modules follow by name."""

show_help = member_command(
    "帮助",
    usage="/帮助 [模块]",
    brief="看我能做什么",
    aliases=("菜单", "help", "功能"),
    in_private=True,
)


def _modules(role: Role, in_group: bool) -> list[rules.Module]:
    entries: dict[str | None, list[rules.Entry]] = {}
    for command in commands():
        if command.role > role or not (command.in_group if in_group else command.in_private):
            continue
        entries.setdefault(command.plugin_id, []).append(
            rules.Entry(command.name, command.usage, command.brief, command.aliases)
        )
    modules: list[rules.Module] = []
    for plugin in get_loaded_plugins():
        if plugin.metadata is None or plugin.id_ not in entries:
            continue
        shown = tuple(entries[plugin.id_])
        modules.append(rules.Module(plugin.metadata.name, plugin.metadata.description, shown))
    rank = {name: index for index, name in enumerate(ORDER)}
    return sorted(modules, key=lambda module: (rank.get(module.name, len(rank)), module.name))


@show_help.handle()
async def _(matcher: Matcher, event: MessageEvent, role: SenderRole, text: ArgumentText) -> None:
    in_group = isinstance(event, GroupMessageEvent)
    modules = _modules(role, in_group)
    if not text:
        await matcher.finish(rules.overview(modules, role.title))
    module = rules.find_module(modules, text)
    if module is None:
        names = "、".join(module.name for module in modules)
        raise Refusal(f"没有“{text[:20]}”这个模块。有：{names}")
    await matcher.finish(rules.detail(module))
