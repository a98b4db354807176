"""Lets admins say what was judged wrongly: puts it right and remembers it in this group."""

from nonebot.plugin import PluginMetadata

from . import commands as commands
from . import watching as watching

__plugin_meta__ = PluginMetadata(
    name="学习",
    description="判错了、漏掉了都可以告诉我：马上改正，并在本群记住，随时可以收回",
    usage="回复我的处理通知“误判”；回复漏掉的消息“漏判”；/学习记录 看记住了什么",
)
