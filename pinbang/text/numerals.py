"""Read small whole numbers written in digits or in Chinese."""

_DIGITS = {
    **{character: value for value, character in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "两": 2,
    "俩": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}

NUMERAL = r"(?:\d{1,6}|[零〇一二两三四五六七八九十百千]{1,7})"
"""Pattern of what `read_number` understands."""


def read_number(text: str) -> int | None:
    """Return the value of `text`, such as 12, 十二, 二十 or 一百零五; None when it has none."""
    if text.isascii() and text.isdecimal():
        return int(text)
    total = 0
    digit: int | None = None
    last_unit = 10_000
    for character in text:
        unit = _UNITS.get(character)
        if unit is None:
            value = _DIGITS.get(character)
            if value is None or (digit not in (None, 0)):
                return None
            digit = value
            continue
        if unit >= last_unit or digit == 0:
            return None
        total += (1 if digit is None else digit) * unit
        last_unit, digit = unit, None
    if digit is None and not total:
        return None
    return total + (digit or 0)
