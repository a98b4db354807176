"""Keeps swindles out of the group."""

from nonebot.plugin import PluginMetadata

from . import judges as judges

__plugin_meta__ = PluginMetadata(
    name="防诈骗",
    description="识别刷单返利、先交钱、要验证码、冒充客服等诈骗，提醒和询问不受影响",
    usage="自动工作，不需要命令",
)
