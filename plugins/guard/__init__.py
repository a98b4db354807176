"""Judges every group message once and enforces once: cases, reasons, undo."""

from nonebot.plugin import PluginMetadata

from . import commands as commands
from . import incoming as incoming
from . import watching as watching

__plugin_meta__ = PluginMetadata(
    name="守护",
    description="撤回广告和辱骂，按次数从警告到移出；每次处理都有编号，可查可撤",
    usage="/为什么 编号 看理由；管理员 /撤销 编号 收回处理；/阶梯 看处理标准",
)
