"""Normalising: what is folded, what is left alone, and the promises about offsets."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinbang.text.normalise import fold, normalise

FOLDED = [
    ("ＡＢＣ１２３", "abc123"),
    ("加\u200b微\u2060信\ufeff", "加微信"),
    ("\u202e微信\u202c", "微信"),
    ("微\u0336信\u0336", "微信"),
    ("一起拼單發財", "一起拼单发财"),
    ("妳們裡面還有嗎", "你们里面还有吗"),
    ("①②③④⑤", "12345"),
    ("❶⓿❷", "102"),
    ("1️⃣3️⃣8️⃣", "138"),
    ("🔟个", "10个"),
    ("𝐯𝐱𝟏𝟐𝟑", "vx123"),
    ("🅥🅧", "vx"),
    ("🇻🇽", "vx"),
    ("ѵх", "vx"),
    ("ⅤⅩ", "vx"),
    ("v❤", "vx"),
    ("V💕信 abc12345", "vx abc12345"),
    ("v信", "vx"),
    ("薇信", "微信"),
    ("葳芯", "微信"),
    ("威❤信：abc12345", "微信:abc12345"),
    ("徽 信", "微信"),
    ("微·信", "微信"),
    ("微 x", "微信"),
    ("v-x", "vx"),
    ("加 v x", "加vx"),
    ("w e i x i n", "微信"),
    ("加weixin", "加微信"),
    ("卫星号：hello99", "微信号:hello99"),
    ("加🛰", "加微信"),
    ("🐧群", "qq群"),
    ("加🐧", "加qq"),
    ("企鹅裙 12345678", "qq群 12345678"),
    ("扣扣：1234567", "qq:1234567"),
    ("进裙", "进群"),
    ("加 裙 号", "加群号"),
    ("福利峮", "福利群"),
    ("彳攵亻言", "微信"),
    ("力口我", "加我"),
    ("加君羊", "加群"),
    ("纟工包", "红包"),
    ("➕微信", "加微信"),
    ("号码一三七零零一一二二三三", "号码13700112233"),
    ("柒柒捌捌玖玖", "778899"),
    ("1 3 7 0 0 1 1 2 2 3 3", "13700112233"),
    ("免.费.领.取", "免费领取"),
    ("免💰费送 红🌹包群 天🔥天发", "免费送 红包群 天天发"),
    ("珈群", "加群"),
    # framed digits and letters
    ("⑴⑶⑻", "138"),
    ("⒈⒊⒏", "138"),
    ("⒱⒳", "vx"),
    # pinyin and initials of contacts and offers
    ("jia wei xin hh_2087", "加微信 hh_2087"),
    ("jia-wei-xin：hh_2087", "加微信:hh_2087"),
    ("jiaweixin", "加微信"),
    ("速加weixin", "速加微信"),
    ("jia v：hh20871", "加v:hh20871"),
    ("jia qun 123456789", "加群 123456789"),
    ("进qun", "进群"),
    ("qun hao：123456789", "群号:123456789"),
    ("j w x 20871", "加微信 20871"),
    ("jq 123456789", "加群 123456789"),
    ("jq123456789", "加群123456789"),
    ("kou kou 20871234", "qq 20871234"),
    ("sao ma领", "扫码领"),
    ("mianfei领", "免费领"),
    ("m i a n f e i 领", "免费领"),
    ("发hb啦", "发红包啦"),
    ("100yuan", "100元"),
    # parts, look-alikes and sound-alikes within known words
    ("日寸间禾少到", "时间秒到"),
    ("王见金日结", "现金日结"),
    ("扫石马领", "扫码领"),
    ("免沸领荭苞", "免费领红包"),
    ("曰结", "日结"),
    ("兼zhi日jie", "兼职日结"),
    ("掏宝刷旦", "淘宝刷单"),
    ("鸿苞", "红包"),
    ("返礼抽将", "返利抽奖"),
    ("迗伱优恵", "送你优惠"),
    # signs strewn
    ("老+百+姓+大+药+房", "老百姓大药房"),
    ("加/微/信/领/红/包", "加微信领红包"),
    ("品^牌投注^站", "品牌投注站"),
    ("高丨仿丨表", "高仿表"),
    ("贷.款.不.上.征.信", "贷款不上征信"),
    ("公.积.金，加.我.咨.询", "公积金,加我咨询"),
    # digits
    ("一三八洞洞幺幺二二三三", "13800112233"),
    ("依三吧零零幺幺尔尔三三", "13800112233"),
    ("贰捌元 叁伍折", "28元 35折"),
    ("三oo元", "300元"),
    ("1oo元", "100元"),
    ("叁折", "3折"),
    ("m.q三dfw.com", "m.q3dfw.com"),
]
LEFT_ALONE = [
    "三人成团 砍一刀",
    "一家三口 二话不说",
    "二零二四年",
    "加裙子 买裙装",
    "这条裙子好看",
    "威信很高 维新变法",
    "紫薇心里想",
    "加微辣就好",
    "动力口罩",
    "昭君羊肉馆",
    "企鹅好可爱🐧",
    "卫星发射",
    "我❤你",
    "唯心主义",
    "v心理测试",
    "1 2 3 木头人",
    "3.5 元 2 件",
    "太好笑了😂姐妹们",
    "v1.2.3",
    "qq音乐会员",
    "女子动力火车",
    "小王见到你了",
    "今日寸步难行",
    "一次口服一粒",
    "出口马上就到",
    "水沸了再下面",
    "带宽不够用",
    "我又会了",
    "克服困难",
    "jiaqun 说他晚点来",
    "the mianfei project",
    "hongbao said hello",
    "mf doom 的歌",
    "周二10点 99一包",
    "陆陆续续到了",
    "七七八八凑一起",
    "三三两两",
    "五一放假 十五六个",
    "八点一刻",
    "大陆零食",
    "18l水 10l油",
    "周一/周二/周三/周四",
    "苹果、香蕉、葡萄、草莓",
    "好的.谢谢.辛苦了",
    "早😊大家好😊",
    "lol 666",
    "微信kf83501",
    "加微信hao_ac1",
    "wx jz20001",
    "我的u盘1tb",
    "edu邮箱",
    "免费拿|电热毯|剩0.01",
    "尾号**的账户,余额***元",
    "会员中心在二楼",
    "人人为我",
    "下雨了收衣服",
    "要求比较高",
]


@pytest.mark.parametrize(("text", "plain"), FOLDED)
def test_disguises_are_folded(text: str, plain: str) -> None:
    assert normalise(text).text == plain


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_writing_is_left_alone(text: str) -> None:
    assert normalise(text).text == text


def test_span_points_at_the_original_words() -> None:
    text = "来 威❤信：abc12345 领"
    normalised = normalise(text)
    start = normalised.text.index("微信")
    first, last = normalised.original_span(start, start + 2)
    assert text[first:last] == "威❤信"


def test_span_covers_dropped_characters_and_is_clamped() -> None:
    normalised = normalise("加\u200b微")
    assert normalised.original_span(0, 1) == (0, 2)
    assert normalised.original_span(-5, 99) == (0, 3)
    assert normalised.original_span(2, 1) == (3, 3)
    assert normalise("").original_span(0, 1) == (0, 0)


ODD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "加微信薇威徽❤vxwq裙群君羊力口彳攵亻言山🐧🛰企鹅扣+➕ ._-~·一二三零壹123abc\u200b️⃣佳号:"
        ),
    ),
    max_size=40,
)


@given(ODD)
@settings(max_examples=1500, deadline=None)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once
    folded = fold(text).text
    assert fold(folded).text == folded


@given(ODD)
@settings(max_examples=500, deadline=None)
def test_offsets_are_valid_and_never_go_back(text: str) -> None:
    normalised = normalise(text)
    assert normalised.length == len(text)
    assert len(normalised.offsets) == len(normalised.text)
    assert list(normalised.offsets) == sorted(normalised.offsets)
    assert all(0 <= offset < len(text) for offset in normalised.offsets)
    for start in range(len(normalised.text)):
        first, last = normalised.original_span(start, start + 1)
        assert 0 <= first < last <= len(text)


@given(ODD, st.integers(0, 50), st.integers(0, 50))
@settings(max_examples=500, deadline=None)
def test_a_longer_part_covers_what_its_parts_cover(text: str, start: int, size: int) -> None:
    normalised = normalise(text)
    end = min(start + size, len(normalised.text))
    first, last = normalised.original_span(start, end)
    assert 0 <= first <= last <= len(text)
    inner = [normalised.original_span(index, index + 1) for index in range(start, end)]
    assert all(first <= left and right <= last for left, right in inner)
    assert normalised.original_span(0, len(normalised.text))[1] == (len(text) if text else 0) or (
        not normalised.text
    )


def test_what_is_folded_quickly_is_folded_alike() -> None:
    for code in (*range(0x3000), *range(0xFE00, 0x10000), *range(0x1F000, 0x1FB00)):
        alone, beside = fold(chr(code)).text, fold(f"A，{chr(code)}").text
        assert beside == f"a,{alone}", hex(code)
        assert fold(alone).text == alone, hex(code)


@given(ODD)
@settings(max_examples=500, deadline=None)
def test_a_folded_character_comes_from_where_its_offset_points(text: str) -> None:
    folded = fold(text)
    for character, offset in zip(folded.text, folded.offsets, strict=True):
        assert character in fold(text[offset]).text


@pytest.mark.parametrize(
    ("text", "plain", "written"),
    [
        ("来呀 王见金 日结", "现金", "王见金"),
        ("请 jia wei xin 20871", "加微信", "jia wei xin"),
        ("快来免 沸领", "免", "免"),
        ("老+百+姓+大+药", "百姓", "百+姓"),
        ("打 幺三八洞洞幺幺二二三三", "138", "幺三八"),
    ],
)
def test_spans_point_at_the_disguise(text: str, plain: str, written: str) -> None:
    normalised = normalise(text)
    start = normalised.text.index(plain)
    first, last = normalised.original_span(start, start + len(plain))
    assert text[first:last].strip("+ ") == written


@pytest.mark.parametrize(
    "piece",
    ["加v x", "信v", "微·", "❤", "一二", "a b ", "\u200d", "彳山", "v ❤ ", "1", "你🔥", "jia wei ",
     "jiaweixin", "j", "免 沸", "加/", "加.", "^加", "幺", "o1", "依",
     "王见", "贰.", "a三", "+", "，", "w w w . ", "亻言", "免", "( ", "加微信"],
)  # fmt: skip
def test_hostile_text_of_ten_thousand_characters_stays_cheap(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    start = time.process_time()
    normalise(text)
    assert time.process_time() - start < 0.5  # measured 0.01 s; the rest is for slow machines


def test_pictures_that_stand_for_a_word_stay() -> None:
    text = "你🐴的你🐴没了你🐴"
    assert normalise(text).text == text
    assert normalise("加🍎微🍎信🍎聊").text == "加微信聊"
