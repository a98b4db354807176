"""Keeps insults, curses and harassment out of the group."""

from nonebot.plugin import PluginMetadata

from . import judges as judges

__plugin_meta__ = PluginMetadata(
    name="文明发言",
    description="识别辱骂、诅咒和歧视，玩笑、自嘲和引用不受影响",
    usage="自动工作，不需要命令",
)
