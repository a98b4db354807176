"""Lets members object to a sanction, and somebody else than who acted decide."""

from nonebot.plugin import PluginMetadata

from . import commands as commands
from . import watching as watching

__plugin_meta__ = PluginMetadata(
    name="申诉",
    description="对处理不服可以申诉，由没有参与处理的管理员或协管裁决",
    usage="/申诉 编号 理由，群里、私聊都行；管理员 /申诉列表、/裁决",
)
