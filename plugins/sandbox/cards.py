"""Two cards people send in such groups, made up."""

from pinbang.testing import segments
from pinbang.testing.records import Segment


def group_card() -> Segment:
    """Somebody recommends another group: an advertisement."""
    return segments.card({
        "app": "com.tencent.troopsharecard",
        "view": "contact",
        "prompt": "推荐群聊: 内部优惠券一群",
        "meta": {
            "contact": {
                "nickname": "内部优惠券一群",
                "contact": "天天领券，进群就送",
                "tag": "推荐群聊",
                "jumpUrl": "https://qun.example.invalid/join?group=100001",
            }
        },
    })  # fmt: skip


def mini_program_card() -> Segment:
    """Pinduoduo's mini program, as people share it who need help: nothing wrong with it."""
    return segments.card({
        "app": "com.tencent.miniapp_01",
        "view": "view_8C8E89B49BE609866298ADDFF2DBABA4",
        "prompt": "[QQ小程序]帮我砍一刀，马上就成了",
        "meta": {
            "detail_1": {
                "title": "拼多多",
                "desc": "帮我砍一刀，马上就成了",
                "qqdocurl": "https://mobile.yangkeduo.com/goods2.html?ps=SandBox1",
            }
        },
    })  # fmt: skip
