"""Keeps members' personal data out of the group."""

from nonebot.plugin import PluginMetadata

from . import judges as judges

__plugin_meta__ = PluginMetadata(
    name="隐私",
    description="群里出现手机号、身份证号、银行卡号、住址、验证码等会撤回；自己发的只提醒，不计违规",
    usage="自动工作，不需要命令",
)
