"""Observe mode with a report, and back-tests over the messages that are still kept."""

from nonebot.plugin import PluginMetadata

from . import commands as commands

__plugin_meta__ = PluginMetadata(
    name="演练",
    description="只记录、不处理地试跑判定，或拿最近的消息回测现在的或想改的设置",
    usage="/演练 开；/演练报告；/演练 关；/回测 7",
)
