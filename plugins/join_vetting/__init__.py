"""Decides join requests by their answer; holds the unclear ones for admins."""

from nonebot.plugin import PluginMetadata

from . import commands as commands
from . import incoming as incoming

__plugin_meta__ = PluginMetadata(
    name="入群审核",
    description="看入群问题的回答：愿意守规的放行，拒绝的婉拒，说不清的留给管理员",
    usage="回复通知“同意”或“拒绝 理由”；或 /通过 编号、/拒绝 编号 理由；/审核 看待审",
)
