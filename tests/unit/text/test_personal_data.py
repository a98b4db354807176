"""Personal data in text: kinds and places, whatever the disguise. All numbers are made up."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinbang.text.normalise import normalise
from pinbang.text.personal_data import MAX_FOUND, find_personal_data


def kinds(text: str) -> list[str]:
    return [piece.kind for piece in find_personal_data(normalise(text).text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话 13612340001", ["phone"]),
        ("１３６　１２３４　０００１", ["phone"]),
        ("一三六一二三四零零零一", ["phone"]),
        ("1 3 6 1 2 3 4 0 0 0 1", ["phone"]),
        ("①③⑥①②③④⓪⓪⓪①", ["phone"]),
        ("身份证110101199003070003", ["id_card"]),
        ("卡号6222021234567890128", ["bank_card"]),
        ("粤B·12345", ["plate"]),
        ("验证码 384756", ["verification_code"]),
        ("取件码 5-3-2021", ["pickup_code"]),
        ("收货码 556677", ["receipt_code"]),
        ("xiaohua2000@163.com", ["email"]),
        ("账号abc 密码qwe123456", ["password"]),
        ("成都市锦江区春熙路5号1栋2单元701", ["address"]),
        ("王小花 13412340016", ["name", "phone"]),
        ("姓名王小花", []),
        ("订单240316-557788990011223", []),
        ("138****5678", []),
        ("QQ 13800138001", []),
        ("https://p.pinduoduo.com/13912345678", []),
    ],
)
def test_kinds(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


def identity(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


def test_an_identity_number_needs_its_check_digit_or_a_word() -> None:
    sound = identity("44030619921115001")
    broken = sound[:-1] + ("0" if sound[-1] != "0" else "1")
    assert kinds(sound) == ["id_card"]
    assert "id_card" not in kinds(broken)
    assert kinds(f"证件号{broken}") == ["id_card"]
    assert "id_card" not in kinds(identity("44030619921345001"))  # month 13


def test_a_card_number_needs_its_check_digit_or_a_word() -> None:
    def luhn(body: str) -> str:
        return next(body + str(d) for d in range(10) if sum_luhn(body + str(d)) % 10 == 0)

    def sum_luhn(number: str) -> int:
        return sum(
            digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4)
            for place, digit in enumerate(map(int, reversed(number)))
        )

    sound = luhn("621700123456789012")
    broken = sound[:-1] + str((int(sound[-1]) + 1) % 10)
    assert kinds(sound) == ["bank_card"]
    assert kinds(broken) == []
    assert kinds(f"卡号 {broken}") == ["bank_card"]


def test_spans_cover_the_data_and_nothing_else() -> None:
    text = normalise("收件人：赵敏 电话：13900003225 地址：深圳宝安区河西路32号5栋501").text
    found = {piece.kind: text[piece.start : piece.end] for piece in find_personal_data(text)}
    assert found["phone"] == "13900003225"
    assert found["name"] == "赵敏"
    assert found["address"].endswith("5栋501")


ALPHABET = st.sampled_from(
    "0123456789 -.:+@xXl王号路栋单元室验证码密码省市区京A卡订单我的\n一三零微信/"
)


@settings(max_examples=400, deadline=None)
@given(st.text() | st.text(ALPHABET, max_size=120))
def test_never_raises_and_spans_are_valid(text: str) -> None:
    for shown in (text, normalise(text).text):
        pieces = find_personal_data(shown)
        end = 0
        for piece in pieces:
            assert end <= piece.start < piece.end <= len(shown)
            end = piece.end
        assert len(pieces) <= MAX_FOUND


@pytest.mark.parametrize(
    "piece", ["1", "13800138000 ", "12号3栋405室", "a@b.", "62 ", "验证码1", "京a1", "1-", "密码a"]
)
def test_hostile_text_does_not_stall(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    started = time.perf_counter()
    find_personal_data(text)
    assert time.perf_counter() - started < 0.5  # 50 ms on an idle machine
