"""The aid board: ask, accept, help, confirm."""

from nonebot.plugin import PluginMetadata

from . import commands as commands

__plugin_meta__ = PluginMetadata(
    name="互助",
    description="登记求助、接单、确认，一条不漏；自愿帮忙，不强求",
    usage="/求助 还差2人砍一刀 今晚12点前，或【互助】模板；/互助 看板；接 12、已帮 12、确认 12",
)
