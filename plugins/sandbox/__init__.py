"""A simulated QQ group in a web page, for trying the bot without a QQ account.

scene.py: the group and its people · acting.py: what one can do at the page · feed.py: what the
page shows · stage.py: the running simulation · access.py: who may open the page · serving.py: the
routes · page/: the page itself. It runs only when the setting SANDBOX says so.
"""

from nonebot.plugin import PluginMetadata

from . import serving as serving

__plugin_meta__ = PluginMetadata(
    name="模拟群",
    description="没有 QQ 号也能试：在网页里的模拟群和机器人对话",
    usage="启动后用浏览器打开 http://127.0.0.1:8080/sandbox（设置 SANDBOX=on 或 off）",
)
