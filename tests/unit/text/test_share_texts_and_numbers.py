"""Share texts of Pinduoduo, and contacts."""

import pytest

from pinbang.text.normalise import normalise
from pinbang.text.numbers import find_contacts
from pinbang.text.share_texts import find_share_text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("帮点 https://mobile.yangkeduo.com/goods2.html?ps=x", "link"),
        ("￥7hG3kPq1z￥ 复制打开拼多多帮我助力", "code"),
        ("拼多多口令：Ab12Cd34", "code"),
        ("助力口令 ￥7hG3kPq1z￥", "code"),
        ("就差你了，快帮我点一下", "phrase"),
        ("在吗？给你发红包了，记得领啊", "phrase"),
        ("复制这条消息，打开拼多多", "phrase"),
        ("￥7hG3kPq1z￥ 打开手机淘宝", None),
        ("今天天气不错", None),
        ("https://file-link.pinduoduo.com/x", None),
    ],
)
def test_share_texts(text: str, kind: str | None) -> None:
    found = find_share_text(text)
    assert (found and found.kind) == kind


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("微信号：hello_99", ["wechat"]),
        ("加V：abc12345", ["wechat"]),
        ("加薇 jz20001", ["wechat"]),
        ("vx13800001234", ["wechat"]),
        ("加Q12345678", ["qq"]),
        ("扣扣 12345678", ["qq"]),
        ("加群 633 210 987", ["group"]),
        ("🐧裙号：781200569", ["group"]),
        ("电话 138-0000-1234", ["phone"]),
        ("+86 13800001234", ["phone"]),
        ("订单号240611-183920471123456", []),
        ("商品编号 512309871123", []),
        ("微信支付 100 元", []),
        ("微信iphone15能用吗", []),
        ("进群3天了", []),
        ("qq音乐会员", []),
    ],
)
def test_contacts(text: str, kinds: list[str]) -> None:
    assert [contact.kind for contact in find_contacts(normalise(text).text)] == kinds
