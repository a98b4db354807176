"""Keeps mutual help voluntary."""

from nonebot.plugin import PluginMetadata

from . import judges as judges

__plugin_meta__ = PluginMetadata(
    name="防强迫",
    description="识别强迫别人助力、威胁和逼人回助，友好的请求和互帮不受影响",
    usage="自动工作，不需要命令",
)
