"""Judge whether a message shows somebody's personal data to the whole group.

One's own data is taken back for the sender's sake: light, without a strike. Showing somebody
else's, a swindler's included, is an offence. Evidence names the kind of data, never the data.
"""

import re

from pinbang.moderation.judging import Finding, Severity, judge
from pinbang.moderation.reading import MessageView
from pinbang.text.personal_data import PersonalData, PersonalKind, find_personal_data

_LABEL = "泄露个人信息"
_SCORE, _SURE_SCORE = 0.8, 0.95

# A pick-up code without the place, and a name without a number, tell nothing.
_WORDS: dict[PersonalKind, str] = {
    "id_card": "有身份证号",
    "bank_card": "有银行卡号",
    "phone": "有手机号或电话",
    "address": "有详细住址",
    "password": "有账号密码",
    "verification_code": "有验证码",
    "receipt_code": "有收货码",
    "email": "有邮箱地址",
    "plate": "有车牌号",
}
_BESIDE: dict[PersonalKind, str] = {"name": "有真实姓名", "pickup_code": "有取件码"}

_EXPOSING = "把别人的个人信息发到群里"
_EXPOSED = re.compile(
    r"曝光|人肉|开盒|挂(?:出来|一下|人|他|她|这)|骗子|骗(?:了|我|人|钱)|真名|本名|打爆|轰炸|呼死"
    r"|(?:去|都|一起|给我|帮我)(?:骂|堵|找|问候|骚扰)(?:他|她|这|那)|不是(?:好人|好东西)|老赖|欠钱|渣男|小三"
    r"|(?:这|那)(?:个)?(?:人|货|家伙|女的|男的)(?:的|叫|住|电话|手机|家)"
)
_SOMEBODYS = re.compile(
    r"(?:他|她|它|你|您|楼上|楼主|群主|管理员?|前任|前男友|前女友|对方|卖家|商家|老板|邻居|同事|人家|某人)"
    r"(?:家|妈|爸|本人)?(?:的|家)?(?:真实)?(?:手机号?|电话|号码|联系方式|身份证|证件|银行卡|卡号|住址|地址|家住|住|车牌|车|邮箱|密码|名字)"
    r"|(?:他|她)叫|(?:他|她)们?(?:家)?住"
)
# What follows a mention: @小雨 的电话 ….
_MENTIONED = re.compile(r"^的 ?(?:手机|电话|号码|身份证|银行卡|卡号|住址|地址|家|车)")
_OWN = re.compile(
    r"我(?:的|家|这边|们家)?(?:手机|电话|号|身份证|证件|银行卡|.行卡|卡号|收货|地址|住|邮箱|车)"
)


@judge("privacy", title="隐私", rule="不在群里发手机号、住址等个人信息")
def shows_personal_data(message: MessageView) -> Finding | None:
    """Object to phone numbers, identity and bank cards, addresses, codes and the like.

    QQ numbers, orders, parcels, goods and prices pass; so does a pick-up code by itself.
    """
    text = message.normalised.text
    pieces = find_personal_data(text)
    seen = {piece.kind for piece in pieces}
    evidence = [word for kind, word in _WORDS.items() if kind in seen]
    if not evidence:
        return None
    evidence += [word for kind, word in _BESIDE.items() if kind in seen]
    rest = _without(text, pieces)
    exposed = _EXPOSED.search(rest) is not None
    if message.mentions and _MENTIONED.search(text.lstrip()) is not None:
        exposed = True
    if exposed or (_SOMEBODYS.search(rest) is not None and _OWN.search(rest) is None):
        severity, strike = Severity.MEDIUM, True
        evidence.append(_EXPOSING)
    else:
        severity, strike = Severity.LIGHT, False
    score = _SURE_SCORE if len(evidence) > 1 else _SCORE
    return Finding("privacy", _LABEL, severity, score, tuple(evidence), strike)


def _without(text: str, pieces: list[PersonalData]) -> str:
    """Return what is said around the data: a name or a street must not be read as an accusation."""
    parts: list[str] = []
    done = 0
    for piece in pieces:
        parts.append(text[done : piece.start])
        done = piece.end
    parts.append(text[done:])
    return " ".join(parts).strip()
