"""A group's own words, kept by its admins in the chat, and a dry run that shows all evidence."""

from nonebot.plugin import PluginMetadata

from . import commands as commands

__plugin_meta__ = PluginMetadata(
    name="词库",
    description="本群自己的词：命中就算广告、辱骂或诈骗，也可以放行；试判一句话会怎么处理",
    usage="/词库 添加 广告 某词；/词库 查看；/试判 一句话",
)
