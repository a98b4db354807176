"""What a QR code may lead to. All addresses are made up."""

import pytest

from pinbang.moderation.judging import Finding, Severity
from pinbang.moderation.reading import read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from plugins.anti_ad.inquiries import shows_a_code


class Codes:
    def __init__(self, *codes: str) -> None:
        self._codes = codes

    async def codes(self) -> tuple[str, ...]:
        return self._codes


async def found(*codes: str, text: str = "") -> Finding | None:
    view = read_message(
        [{"type": "text", "data": {"text": text}}, {"type": "image", "data": {"url": "x"}}],
        message_id=1,
        group_id=2,
        user_id=3,
        self_id=4,
        time=5,
        role="member",
    )
    return await shows_a_code(view, Codes(*codes))


async def objected(*codes: str, text: str = "") -> Finding | None:
    finding = await found(*codes, text=text)
    return finding if finding is not None and finding.score >= DEFAULT_THRESHOLD else None


CLEAN = [
    "https://mobile.yangkeduo.com/goods2.html?ps=abcDEF12",
    "https://p.pinduoduo.com/AbCd1234",
    "HTTPS://P.PINDUODUO.COM/ABCD1234",
    "mobile.yangkeduo.com/group.html?id=1",
    "￥9kLm2Nq8x￥ 复制这条消息打开拼多多帮我助力",
    "https://file-link.pinduoduo.com/parcel/123",
    "https://mp.weixin.qq.com/s/abc",
    "https://www.jd.com/p/1",
    "https://item.taobao.com/item.htm?id=1",
    "https://docs.qq.com/form/page/abc",
    "SF1234567890123",
    "6901234567892",
    "WIFI:T:WPA;S:home;P:12345678;;",
    "otpauth://totp/x?secret=abc",
    "2026年11月25日 生产批次 0312",
    "你好",
    " ",
    "",
]


@pytest.mark.parametrize("code", CLEAN)
async def test_a_code_is_left_alone(code: str) -> None:
    assert await found(code) is None


async def test_a_picture_without_codes_is_left_alone() -> None:
    assert await found(text="加群看头像") is None


AWAY = "站外引流"
OFFENDING = [
    ("https://qm.qq.com/q/AbCdEfGh12", AWAY, "加群二维码"),
    ("https://qm.qq.com/cgi-bin/qm/qr?k=abc&jump_from=webapi", AWAY, "加群二维码"),
    ("http://qun.qq.com/qrcode/index?data=abc", AWAY, "加群二维码"),
    ("https://weixin.qq.com/g/AwYAAabc", AWAY, "加群二维码"),
    ("HTTPS://WEIXIN.QQ.COM/G/AWYAAABC", AWAY, "加群二维码"),
    ("https://work.weixin.qq.com/gm/abc", AWAY, "加群二维码"),
    ("https://u.wechat.com/MAbc123", AWAY, "加好友二维码"),
    ("https://work.weixin.qq.com/ca/cawcde123", AWAY, "加好友二维码"),
    ("https://work.weixin.qq.com/u/vcabc?v=5", AWAY, "加好友二维码"),
    ("BEGIN:VCARD\nFN:王\nTEL:1\nEND:VCARD", AWAY, "加好友二维码"),
    ("https://t.me/+AbCdEf", AWAY, "通向别的群或私人联系方式"),
    ("https://chat.whatsapp.com/abc", AWAY, "通向别的群或私人联系方式"),
    ("wxp://f2f0AbCdEf", "收款码", "收款二维码"),
    ("weixin://wxpay/bizpayurl?pr=abc", "收款码", "收款二维码"),
    ("https://qr.alipay.com/fkx12345abc", "收款码", "收款二维码"),
    ("HTTPS://QR.ALIPAY.COM/FKX12345ABC", "收款码", "收款二维码"),
    ("https://qr.95516.com/00010000/abc", "收款码", "收款二维码"),
    ("https://www.pinduodou.com/act?x=1", "仿冒拼多多", "仿冒拼多多"),
    ("https://mobile.yangkeduo.com@evil.example.com/", "仿冒拼多多", "仿冒拼多多"),
    ("https://dwz.cn/AbCd12", AWAY, "短链接"),
    ("https://task.zhuanqian888.xyz/reg?i=1", AWAY, "白名单以外的网站"),
    ("http://203.205.254.1/app.apk", AWAY, "白名单以外的网站"),
]


@pytest.mark.parametrize(("code", "label", "reason"), OFFENDING)
async def test_a_code_that_leads_elsewhere_is_objected_to(
    code: str, label: str, reason: str
) -> None:
    finding = await objected(code)
    assert finding is not None
    assert finding.judge == "ad"
    assert finding.label == label
    assert any(reason in piece for piece in finding.evidence)
    # Nothing is quoted: neither address nor name.
    assert all(piece.startswith("图片里") and piece.isprintable() for piece in finding.evidence)
    assert not any(character.isascii() for piece in finding.evidence for character in piece)


async def test_an_official_account_alone_is_only_a_clue() -> None:
    assert await found("http://weixin.qq.com/r/abc") is not None
    assert await objected("http://weixin.qq.com/r/abc") is None


async def test_a_pinduoduo_code_does_not_excuse_another() -> None:
    finding = await objected(CLEAN[0], OFFENDING[0][0])
    assert finding is not None
    assert finding.evidence == ("图片里有加群二维码",)


async def test_several_kinds_add_up_and_the_gravest_names_them() -> None:
    group, payment = await objected(OFFENDING[0][0]), await objected("wxp://f2f0AbCdEf")
    both = await objected(OFFENDING[0][0], "wxp://f2f0AbCdEf")
    assert group is not None
    assert payment is not None
    assert both is not None
    assert group.severity is Severity.LIGHT
    assert payment.severity is both.severity is Severity.MEDIUM
    assert both.score > group.score
    assert len(both.evidence) == 2


async def test_words_of_aid_speak_for_an_unknown_website_only() -> None:
    asking = "帮我助力一下，还差一个人"
    assert await objected("https://act.xyz123.com/h?c=1", text=asking) is None
    assert await objected("https://qm.qq.com/q/AbCdEfGh12", text=asking) is not None
    assert await objected("wxp://f2f0AbCdEf", text=asking) is not None
