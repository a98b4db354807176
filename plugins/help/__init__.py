"""The menu: what the bot can do for the person who asks."""

from nonebot.plugin import PluginMetadata

from . import commands as commands

__plugin_meta__ = PluginMetadata(
    name="帮助",
    description="看机器人能做什么",
    usage="/帮助；/帮助 模块名",
)
