"""Finding addresses and telling Pinduoduo from imitations."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinbang.text.links import find_links, is_pinduoduo, looks_like_pinduoduo

FOUND = [
    (
        "看 https://p.pinduoduo.com/Ab3dEf9k 谢谢",
        "https://p.pinduoduo.com/Ab3dEf9k",
        "p.pinduoduo.com",
    ),
    ("HTTP://Example.COM/Path", "HTTP://Example.COM/Path", "example.com"),
    ("hxxp://bad.top/a", "hxxp://bad.top/a", "bad.top"),
    ("打开example.cn领券", "example.cn", "example.cn"),
    ("www . example . com", "www.example.com", "www.example.com"),
    ("example。com/Ab", "example.com/Ab", "example.com"),
    ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", "example.com"),
    ("example点com", "example.com", "example.com"),
    ("http://example.com:8080/x，好", "http://example.com:8080/x", "example.com"),
    ("https://pinduoduo.com@evil.com/x", "https://pinduoduo.com@evil.com/x", "evil.com"),
    ("https://evil.com\\@pinduoduo.com/", None, "evil.com"),
    ("http://xn--fiqs8s.com", "http://xn--fiqs8s.com", "xn--fiqs8s.com"),
    ("https://example.com/a。下一句", "https://example.com/a", "example.com"),
    ("(example.com/a)", "example.com/a", "example.com"),
    ("exam\u200bple.com", "example.com", "example.com"),
    ("http://http://example.com", None, "example.com"),
    ("https：／／t.cn/Ab", "https://t.cn/Ab", "t.cn"),
    ("http://1.2.3.4/x", "http://1.2.3.4/x", "1.2.3.4"),
    ("рinduoduo.com", "рinduoduo.com", "рinduoduo.com"),
    ("www丶example丶com", "www.example.com", "www.example.com"),
    ("example•top/a", "example.top/a", "example.top"),
    ("example[.]com/a", "example.com/a", "example.com"),
    ("example(dot)com", "example.com", "example.com"),
    ("example dot com", "example.com", "example.com"),
    ("hxxps[:]//example[.]com/a", None, "example.com"),
    ("ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ", "example.com", "example.com"),
    ("🅔🅧🅐🅜🅟🅛🅔.🅒🅞🅜", "example.com", "example.com"),
    ("http：//拼多多.top/a", "http://拼多多.top/a", "拼多多.top"),
    ("http://0x7f000001/a", None, "0x7f000001"),
    ("https://user:word@example.com/a", None, "example.com"),
]
WRITTEN = [
    ("看 w w w . a b c d . c o m 哦", "w w w . a b c d . c o m", "www.abcd.com"),
    ("打开ｅｘａｍｐｌｅ．ｃｏｍ／Ａｂ领", "ｅｘａｍｐｌｅ．ｃｏｍ／Ａｂ", "example.com"),
    ("来hxxp://example.top/a。好", "hxxp://example.top/a", "example.top"),
    ("进example 点 com领", "example 点 com", "example.com"),
    ("用exam\u200bple。com/x 吧", "exam\u200bple。com/x", "example.com"),
    ("（www . example . cn）", "www . example . cn", "www.example.cn"),
    ("a🅱️c.com!", "a🅱️c.com", "abc.com"),
]
NONE = [
    "3.5元",
    "到手9.9.",
    "v1.2.3 更新",
    "看 file.txt 和 node.js",
    "me@example.com",
    "好的。",
    "我用iphone。so easy",
    "点com",
    "。com",
    "2.5kg",
    "一点 点 点",
    "192.168.1.1",
    "1.5米",
    "第3.me",
    "a b c d e",
    "1 2 3 . 4 5 元",
    "A . B . C 三个选项",
    "一点点com",
    "半点top都没有",
]


@pytest.mark.parametrize(("text", "url", "host"), FOUND)
def test_finds_addresses(text: str, url: str | None, host: str) -> None:
    (link,) = find_links(text)
    assert link.host == host
    if url is not None:
        assert link.url == url
    assert 0 <= link.start < link.end <= len(text)


@pytest.mark.parametrize(("text", "written", "host"), WRITTEN)
def test_a_link_is_where_it_was_written(text: str, written: str, host: str) -> None:
    (link,) = find_links(text)
    assert (text[link.start : link.end], link.host) == (written, host)


@pytest.mark.parametrize(
    "piece",
    ["https://example.com/a ", "a.com ", "http://", "a.", "点com。", "www . ", "a b . ", "/ / ",
     "a@a.", "[.]", "xn--", ".com", "//", "丶com", "http://a.b", "-", "a-"],
)  # fmt: skip
def test_hostile_text_of_ten_thousand_characters_stays_cheap(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    start = time.process_time()
    for link in find_links(text):
        looks_like_pinduoduo(link.host)
    assert time.process_time() - start < 0.5  # measured 0.02 s; the rest is for slow machines


@pytest.mark.parametrize("text", NONE)
def test_leaves_other_dots_alone(text: str) -> None:
    assert list(find_links(text)) == []


def test_several_links_come_in_order() -> None:
    hosts = [link.host for link in find_links("a.com/1 https://b.cn/2 c。com")]
    assert hosts == ["a.com", "b.cn", "c.com"]


@given(st.text(max_size=60) | st.text("htp:/.。点com @\\-a1", max_size=60))
@settings(max_examples=500, deadline=None)
def test_links_never_overlap_and_lie_in_the_text(text: str) -> None:
    end = 0
    for link in find_links(text):
        assert end <= link.start < link.end <= len(text)
        end = link.end


@pytest.mark.parametrize(
    ("host", "real", "imitation"),
    [
        ("pinduoduo.com", True, False),
        ("mobile.yangkeduo.com", True, False),
        ("P.PINDUODUO.COM.", True, False),
        ("file-link.pinduoduo.com", False, False),
        ("pinduoduo.com.evil.cn", False, True),
        ("pinduodou.com", False, True),
        ("yangkedou.com", False, True),
        ("p1nduodu0.top", False, True),
        ("evilpinduoduo.com", False, True),
        ("pdd-hb.top", False, True),
        ("рinduoduo.com", False, True),
        ("рinduоduо.com", False, True),
        ("pinduoduó.com", False, True),
        ("xn--induoduo-4bh.com", False, True),
        ("拼多多.top", False, True),
        ("xn--cssa207e.top", False, True),
        ("xn--\udc80.com", False, False),
        ("pinduoduo-hb.top", False, True),
        ("p-i-n-d-u-o-d-u-o.top", False, True),
        ("yangke-duo.com", False, True),
        ("pinduoshou.com", False, False),
        ("m.pinduoduo.com.cn", False, True),
        ("duoduo.com", False, False),
        ("baidu.com", False, False),
        ("taobao.com", False, False),
    ],
)
def test_pinduoduo_hosts(host: str, real: bool, imitation: bool) -> None:
    assert is_pinduoduo(host) is real
    assert looks_like_pinduoduo(host) is imitation
