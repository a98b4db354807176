"""Keeps advertisements and invitations to other places out of the group."""

from nonebot.plugin import PluginMetadata

from . import inquiries as inquiries
from . import judges as judges

__plugin_meta__ = PluginMetadata(
    name="防广告",
    description="识别广告、群名片、图片里的二维码和站外引流，不影响正常的互助求助",
    usage="自动工作，不需要命令",
)
