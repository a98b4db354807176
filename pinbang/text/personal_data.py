"""Find phone numbers, identity and bank cards, addresses and the like in chat text.

Most long numbers in a Pinduoduo group are orders, parcels, goods, groups and prices. A number
counts by its shape and check digit; where the shape alone is weak, by the words before it. Spans
point into the text given; what stands there belongs in no evidence and no log.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pinbang.text.links import find_links, is_pinduoduo

PersonalKind = Literal[
    "phone",
    "id_card",
    "bank_card",
    "plate",
    "address",
    "verification_code",
    "receipt_code",
    "pickup_code",
    "email",
    "password",
    "name",
]


@dataclass(frozen=True)
class PersonalData:
    """A piece of personal data, standing at `text[start:end]` of a normalised text.

    `name` and `pickup_code` tell little by themselves and much beside another piece; names are
    reported only there. A `receipt_code` (收货码) hands over the goods, a `pickup_code` (取件码)
    needs the place as well.
    """

    kind: PersonalKind
    start: int
    end: int


MAX_FOUND = 40
"""More pieces than this in one text are not told apart any further."""

_Span = tuple[int, int]

_FEW_DIGITS = re.compile(r"\d(?:[^\n]{0,8}?\d){2}")
_NEAR = 14
"""Characters before a number in which a word may say what it is."""

# Words that say what a number is, when they stand before it with nothing but a particle between.
_TO_NUMBER = r"(?:号码?|编号)?(?:是|为|就是|有)?[ :=#,，、(（【\[]{0,3}$"
_OTHER_NUMBER = re.compile(
    r"(?:订单|单号|运单|快递单?|物流单?|商品|货|款|编|型|批|房间|房|群|裙|口令|邀请码?|助力码"
    r"|兑换码|券码?|优惠码|卡密|激活码|序列|流水|工单|案件|会员|积分|id|goods_id|sku|sn|imei|uid"
    r"|游戏|区服|直播间|店铺|机器人)" + _TO_NUMBER
)
_QQ_NUMBER = re.compile(
    r"(?:(?<![a-z])qq|扣扣|企鹅|(?<![a-z])q)(?:号码?)?(?:是|为)?[ :+]{0,3}$|qq音乐.{0,6}$"
)
_COUNTED = re.compile(r" ?(?:位|名|人|个|元|块|件|单|次|mah|毫安|米|斤|克|积分|金币|步|粉|%)")


def _named_otherwise(text: str, start: int) -> bool:
    before = text[max(0, start - _NEAR) : start]
    return _OTHER_NUMBER.search(before) is not None


# --- phone ---------------------------------------------------------------------------------------

_PHONE = re.compile(
    r"(?<![\d.])(?:(?:\+|00)?86[ \-]{0,2})?"
    r"(?P<number>[1li][3-9](?:[ \-.·/_,]?[\doli]){9})(?!\d|[.\-]\d|[a-z]{2})"
)
_PHONE_GROUPS = frozenset(
    {(11,), (3, 4, 4), (3, 3, 5), (3, 8), (7, 4), (4, 4, 3), (5, 6), (3, 2, 2, 2, 2), (4, 3, 4)}
)
_PHONE_CUE = re.compile(
    r"(?:手机|电话|号码|打给?|拨打?|联系|来电|致电|短信|tel|phone|本机|机主|微信|收件人|尾号|座机)"
)
_LETTER = re.compile(r"[a-z]")
_READ_AS_DIGITS = str.maketrans("oli", "011")
_SEPARATOR = re.compile(r"[ \-.·/_,]")
_MIN_REAL_DIGITS = 8
_LANDLINE = re.compile(
    r"(?:座机|家里电话|家庭电话|宅电|我家电话|办公电话)[ :是]{0,3}"
    r"(?P<number>0\d{2,3}[ \-]?\d{7,8}|\d{7,8})(?!\d)"
)


def _phones(text: str) -> Iterator[_Span]:
    for match in _PHONE.finditer(text):
        start, end = match.span("number")
        before = text[max(0, start - _NEAR) : start]
        if _named_otherwise(text, start) or _QQ_NUMBER.search(before):
            continue
        if _LETTER.match(text[match.start() - 1 : match.start()]) and not _letters_may_lead(before):
            continue
        if _COUNTED.match(text, end):
            continue
        if _is_phone(match["number"], cued=_PHONE_CUE.search(before) is not None):
            yield match.span()
    for match in _LANDLINE.finditer(text):
        yield match.span("number")


def _is_phone(number: str, *, cued: bool) -> bool:
    if sum(character.isdecimal() for character in number) < _MIN_REAL_DIGITS:
        return False
    if not cued and _LETTER.search(number):
        return False
    parts = _SEPARATOR.split(number.translate(_READ_AS_DIGITS))
    if parts[0][1:2] not in set("3456789"):
        return False
    return cued or tuple(map(len, parts)) in _PHONE_GROUPS or max(map(len, parts)) == 1


_LEADING_LETTERS = re.compile(r"(?:(?<![a-z])v|vx|wx|tel|phone|mobile|call)[ :+]{0,2}$")


def _letters_may_lead(before: str) -> bool:
    """Tell v138… and tel138… from parcels such as jd138…."""
    return _LEADING_LETTERS.search(before) is not None


# --- identity card -------------------------------------------------------------------------------

_ID_CARD = re.compile(
    r"(?<![\da-z])(?P<region>[1-9]\d{5})[ \-]?(?P<year>(?:18|19|20)\d{2})[ \-]?"
    r"(?P<month>0[1-9]|1[0-2])[ \-]?(?P<day>0[1-9]|[12]\d|3[01])[ \-]?(?P<rest>\d{3}[ \-]?[\dx])"
    r"(?![\da-z])"
)
_ID_CUE = re.compile(r"身份证|证件|实名|公民身份")
# First two digits: GB/T 2260.
_PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
# Weights and check characters: GB 11643-1999.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10x98765432"


def _id_cards(text: str) -> Iterator[_Span]:
    for match in _ID_CARD.finditer(text):
        number = re.sub(r"[ \-]", "", match.group())
        if number[:2] not in _PROVINCES or not _is_date(match):
            continue
        cued = _ID_CUE.search(text[max(0, match.start() - _NEAR) : match.end() + _NEAR])
        if cued or _id_checks(number):
            yield match.span()


def _is_date(match: re.Match[str]) -> bool:
    try:
        date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return False
    return True


def _id_checks(number: str) -> bool:
    """Tell whether the check character fits; digits count by any alphabet's value."""
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECKS[total % 11] == number[-1]


# --- bank card -----------------------------------------------------------------------------------

_BANK_CARD = re.compile(r"(?<![\d.a-z])(?P<number>[3-69](?:[ \-·]?\d){14,18})(?![\d.\-]|[a-z])")
_BANK_CUE = re.compile(
    r"(?:银行卡|卡号|储蓄卡|信用卡|账号|账户|帐号|帐户|打到|转到|转给|汇到|打款|收款|户名|开户"
    r"|(?:农|工|建|中|招|交|民生|兴业|邮储|浦发|光大)(?:商|业)?行?(?:银行)?卡?)"
)
_BANK_CUE_AFTER = re.compile(r"^.{0,6}?(?:户名|开户|(?:农|工|建|交|招|中)行|银行)")
_SHOP_CARD = re.compile(r"(?:会员|购物|礼品|充值|话费|公交|饭|油|点|校园|流量|电话|e)卡.{0,6}$")
_MIN_CARD, _MAX_CARD = 15, 19
_UNION_PAY = "62"
_CARD_LENGTHS = frozenset({16, 17, 18, 19})


def _bank_cards(text: str) -> Iterator[_Span]:
    for match in _BANK_CARD.finditer(text):
        number = re.sub(r"\D", "", match.group())
        if not _MIN_CARD <= len(number) <= _MAX_CARD or _named_otherwise(text, match.start()):
            continue
        before = text[max(0, match.start() - _NEAR) : match.start()]
        if _SHOP_CARD.search(before):
            continue
        sound = _luhn(number)
        cued = _BANK_CUE.search(before) is not None or (
            _BANK_CUE_AFTER.match(text[match.end() : match.end() + 10]) is not None
        )
        union_pay = number.startswith(_UNION_PAY) and len(number) in _CARD_LENGTHS
        if (union_pay and (sound or cued)) or (cued and sound):
            yield match.span()


def _luhn(number: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7812-1."""
    total = 0
    for place, character in enumerate(reversed(number)):
        digit = int(character)
        if place % 2:
            digit = digit * 2 - 9 * (digit > 4)
        total += digit
    return total % 10 == 0


# --- plate ---------------------------------------------------------------------------------------

_PLATE = re.compile(
    r"(?P<province>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])"
    r"[a-hj-np-z](?P<dot>[ ·•.\-]?)(?P<number>[a-hj-np-z0-9]{5,6})(?![a-z0-9])"
)
_PLATE_CUE = re.compile(r"车牌|车号|挪车|车主|的车|开车|开的")
# Words of their own: 新A款, 黑T恤, 云P2P, 宁X.
_WORDS = frozenset("新云黑吉贵青宁甘桂川")
_MIN_PLATE_DIGITS = 3


def _plates(text: str) -> Iterator[_Span]:
    for match in _PLATE.finditer(text):
        digits = sum(character.isdecimal() for character in match["number"])
        if digits < _MIN_PLATE_DIGITS:
            continue
        near = text[max(0, match.start() - _NEAR) : match.end() + 6]
        if match["province"] not in _WORDS or match["dot"] in {"·", "•"} or _PLATE_CUE.search(near):
            yield match.span()


# --- address -------------------------------------------------------------------------------------

_SMALL = r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})"
_DOOR = re.compile(
    rf"{_SMALL} ?单元 ?(?:[东西]户|\d{{1,2}}(?:楼|层)|\d{{2,4}}(?:室|户|号|房)?)"
    rf"|{_SMALL} ?(?:号楼|幢|栋|座|坊|弄|排|楼|层|号院|期|区)[ \-]{{0,2}}\d{{2,4}}"
    r"(?:室|户|房|号房)?(?![\d元块位人个mk])"
    r"|(?<!\d)[a-d]?\d{2,4}(?:室|户)(?!外|内|型|友|主)"
    r"|(?<!\d)\d{1,3}-\d{1,2}-\d{3,4}(?![\d\-])"
    r"|[村组屯庄寨队]\d{0,3}(?:组|队|社)?\d{1,4}号(?!楼|线)"
    r"|[路街巷弄]\d{1,5}号\d{2,4}(?:室|户|房)?(?!\d|[元块米])"
)
_ROAD = re.compile(
    r"[\u4e00-\u9fff](?:路|街|大道|巷|弄|胡同|道|坊|村|镇)[东西南北中]?[段侧]?\d{0,5}"
)
_REGION = re.compile(
    r"[\u4e00-\u9fff]{2}(?:省|市|自治区|自治州|县|旗|街道|镇|乡|新区|开发区|高新区)|[\u4e00-\u9fff]{1,3}(?<![小社校园厂景地])区"
)
_CITY = re.compile(
    "北京|上海|天津|重庆|广州|深圳|杭州|成都|武汉|南京|西安|郑州|长沙|苏州|青岛|济南|合肥|福州|厦门"
    "|沈阳|大连|哈尔滨|长春|昆明|贵阳|南宁|南昌|太原|石家庄|兰州|宁波|东莞|佛山|无锡|温州|临沂"
)
_ESTATE = re.compile(
    r"[\u4e00-\u9fff]{2}(?:小区|花园|公寓|苑|家园|大厦|广场|新村|新城|名城|府|庄园|华庭|公馆|山庄|里|湾|社区|宿舍)"
)
_BUILDING = re.compile(rf"{_SMALL} ?(?:号楼|幢|栋|座|号院|弄)|[a-h](?:座|栋)")
_ADDRESS_CUE = re.compile(
    r"地址|寄到|寄给|送到|送货|收货|收件|住(?:在|址)?|家在|我家|他家|她家|你家|家住|快递到|上门"
)
_ADDRESS_REACH = 48
_ENOUGH = 2


def _addresses(text: str) -> Iterator[_Span]:
    done = 0
    for match in _DOOR.finditer(text):
        first = max(done, match.start() - _ADDRESS_REACH)
        before = text[first : match.end()]
        signs = (sign.search(before) for sign in (_ROAD, _REGION, _CITY, _ESTATE))
        places = [sign.start() for sign in signs if sign is not None]
        named = _ADDRESS_CUE.search(before) is not None
        built = _BUILDING.search(before) is not None
        if len(places) + built + named >= _ENOUGH and (places or named):
            yield first + min(places, default=match.start() - first), match.end()
            done = match.end()


# --- codes, e-mail, passwords --------------------------------------------------------------------

_CODE = r"(?:\d[ \-]?){3,7}\d(?!\d)(?! ?[元块位人次个楼]|年|月|\.\d)"
_VERIFICATION = re.compile(
    rf"(?:验证码|校验码|动态码|动态密码|短信码|登录码|安全码)"
    rf"(?:已?发(?:送|来|过来)?了?|收到了?|给你了?|报你|就?是|为|来了|到了)?"
    rf"[ :,，。是为(（【\[\"“']{{0,4}}(?P<code>{_CODE})"
    rf"|(?<![\d.])(?P<front>\d{{4,8}})[)）】\]]?[ ,，]?(?:就?是|为|\()?[ ]?"
    r"(?:我的?|你的?|这个|收到的|短信|登录)?的?(?:验证码|校验码|动态码)"
)
_RECEIPT = re.compile(
    rf"(?:收货码|提货码|签收码|核销码|送达码)(?:是|为)?[ :]{{0,3}}(?P<code>{_CODE})"
)
_PICKUP = re.compile(
    r"(?:取件码|取货码|自提码)(?:是|为)?[ :]{0,3}(?P<code>(?:[a-z]?\d{1,6})(?:-\d{1,6}){0,3})"
)
_EMAIL = re.compile(
    r"(?<![a-z0-9._%+\-@])(?P<user>[a-z0-9][a-z0-9._%+\-]{1,63})"
    r"@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}"
)
_OFFICE = re.compile(r"(?:service|support|kefu|info|admin|contact|help|jubao|hr|office|no-?reply)")
_PASSWORD = re.compile(
    r"(?:密码|口令|pwd|password|pass|mm)(?:是|为|就是)?[ :]{0,3}"
    r"(?P<value>[a-z0-9!@#$%^&*_.]{6,20})(?![a-z0-9])"
)
_ACCOUNT = re.compile(
    r"账号|帐号|账户|邮箱|登录|登下|登一下|登我|微信|qq|拼多多|支付|银行|手机|身份|提现|小号|大号"
)
_OPEN_PASSWORD = re.compile(
    r"(?:wifi|无线|wi-fi|房间|开黑|解压|压缩|网盘|提取|百度|热点|会议|入会|门锁|充电|直播|红包|进房)"
)


def _codes(pattern: re.Pattern[str]) -> Callable[[str], Iterator[_Span]]:
    def find(text: str) -> Iterator[_Span]:
        for match in pattern.finditer(text):
            group = "front" if "front" in pattern.groupindex and match["front"] else "code"
            yield match.span(group)

    return find


def _emails(text: str) -> Iterator[_Span]:
    if "@" not in text:
        return
    for match in _EMAIL.finditer(text):
        if _OFFICE.match(match["user"]) is None:
            yield match.span()


def _passwords(text: str) -> Iterator[_Span]:
    for match in _PASSWORD.finditer(text):
        near = text[max(0, match.start() - 30) : match.start()]
        value = match["value"]
        if _OPEN_PASSWORD.search(near) or not any(character.isdecimal() for character in value):
            continue
        if _ACCOUNT.search(near) or (len(value) >= 8 and not value.isdecimal()):
            yield match.span("value")


# --- names beside them ---------------------------------------------------------------------------

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常"
    "武乔贺赖龚文"
)
_NAME = (
    r"(?:(?:欧阳|上官|司马|诸葛)[\u4e00-\u9fff]{1,2}"
    rf"|[{_SURNAMES}](?:先生|女士|小姐|阿姨|叔叔|师傅|[\u4e00-\u9fff]{{1,2}}))"
)
_LABELLED_NAME = re.compile(
    r"(?:收件人|收货人|联系人|姓名|户名|真名|本名|名字(?:叫|是)?|叫做?|我是|找)"
    rf"[ :是]{{0,2}}(?P<name>{_NAME})"
)
_NAME_BEFORE = re.compile(
    rf"(?:^|[\s,:;。(（、]|联系|给)(?P<name>{_NAME})(?:的?(?:电话|手机))?[ :,，]{{0,3}}$"
)
_NAME_AFTER = re.compile(rf"^[ ,，:(（找]{{1,3}}(?P<name>{_NAME})")
_NAME_REACH = 12
_CARRIES_NAME = frozenset({"phone", "id_card", "bank_card", "address"})


def _names(text: str, found: list[PersonalData]) -> Iterator[_Span]:
    carriers = [piece for piece in found if piece.kind in _CARRIES_NAME]
    if not carriers:
        return
    for match in _LABELLED_NAME.finditer(text):
        yield match.span("name")
    for piece in carriers:
        first = max(0, piece.start - _NAME_REACH)
        if (before := _NAME_BEFORE.search(text[first : piece.start])) is not None:
            yield first + before.start("name"), first + before.end("name")
        if (after := _NAME_AFTER.match(text[piece.end : piece.end + _NAME_REACH])) is not None:
            yield piece.end + after.start("name"), piece.end + after.end("name")


# In this order: what an earlier finder claims is not offered to a later one. Each is asked only
# about a text with as many digits and one of the pieces that all it finds has.
_FINDERS: tuple[
    tuple[PersonalKind, Callable[[str], Iterator[_Span]], int, re.Pattern[str]], ...
] = (
    ("email", _emails, 0, re.compile("@")),
    ("id_card", _id_cards, 17, re.compile("[1-9]")),
    ("bank_card", _bank_cards, _MIN_CARD, re.compile("[3-69]")),
    ("phone", _phones, 7, re.compile("[0-9]")),
    ("password", _passwords, 1, re.compile("[码令dsm]")),
    ("verification_code", _codes(_VERIFICATION), 4, re.compile("码")),
    ("receipt_code", _codes(_RECEIPT), 4, re.compile("码")),
    ("pickup_code", _codes(_PICKUP), 1, re.compile("码")),
    ("plate", _plates, _MIN_PLATE_DIGITS, re.compile("[a-hj-np-z]")),
    (
        "address",
        _addresses,
        0,
        re.compile(r"[\-单楼幢栋座坊弄排层院期区室户村组屯庄寨队路街巷]"),
    ),
)
_DIGIT = re.compile(r"\d")


def find_personal_data(text: str) -> list[PersonalData]:
    """Return the personal data in a normalised text, in order of appearance, without overlaps.

    Numbers of QQ, groups, orders, parcels, goods, rooms, coupons and hotlines, prices, times and
    whatever stands in a link are left out, and so is what is masked (138****0000). At most
    MAX_FOUND pieces are reported. Never raises.
    """
    if _FEW_DIGITS.search(text) is None and "@" not in text:
        return []
    plain = _without_links(text)
    found: list[PersonalData] = []
    taken = bytearray(len(plain))

    def claim(kind: PersonalKind, spans: Iterator[_Span]) -> None:
        for start, end in spans:
            if len(found) == MAX_FOUND:
                return
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append(PersonalData(kind, start, end))

    digits = len(_DIGIT.findall(plain))
    for kind, find, fewest, hint in _FINDERS:
        if digits >= fewest and hint.search(plain) is not None:
            claim(kind, find(plain))
    claim("name", _names(plain, found.copy()))
    return sorted(found, key=lambda piece: piece.start)


def _without_links(text: str) -> str:
    """Blank out links, keeping every other character's place."""
    if "." not in text and "//" not in text:
        return text
    parts: list[str] = []
    done = 0
    for link in find_links(text):
        if "@" in text[max(0, link.start - 1) : link.end] and not is_pinduoduo(link.host):
            continue  # an e-mail address
        parts += (text[done : link.start], "\x00" * (link.end - link.start))
        done = link.end
    parts.append(text[done:])
    return "".join(parts)
