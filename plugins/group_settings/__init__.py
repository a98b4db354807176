"""Admins set up the group in the chat: settings, deputies, trusted members."""

from nonebot.plugin import PluginMetadata

from . import commands as commands

__plugin_meta__ = PluginMetadata(
    name="群设置",
    description="管理员在群里改设置、任命协管和信任成员",
    usage="/设置；/设置 模块 项 值；/协管 添加 @某人；/信任 添加 @某人",
)
