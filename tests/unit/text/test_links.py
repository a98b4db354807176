"""Finding addresses and telling Pinduoduo from imitations."""

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
]


@pytest.mark.parametrize(("text", "url", "host"), FOUND)
def test_finds_addresses(text: str, url: str | None, host: str) -> None:
    (link,) = find_links(text)
    assert link.host == host
    if url is not None:
        assert link.url == url
    assert 0 <= link.start < link.end <= len(text)


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
        ("baidu.com", False, False),
        ("taobao.com", False, False),
    ],
)
def test_pinduoduo_hosts(host: str, real: bool, imitation: bool) -> None:
    assert is_pinduoduo(host) is real
    assert looks_like_pinduoduo(host) is imitation
