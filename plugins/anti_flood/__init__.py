"""Keeps the group readable."""

from nonebot.plugin import PluginMetadata

from . import judges as judges

__plugin_meta__ = PluginMetadata(
    name="防刷屏",
    description="识别重复发送、连续刷屏、超长消息和 @全体，正常聊天和多图不受影响",
    usage="自动工作，不需要命令",
)
