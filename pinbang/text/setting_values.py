"""Read and show the values of settings as people write them."""

import re
import unicodedata
from typing import cast

YES = frozenset({"是", "开", "开启", "打开", "要", "on", "yes", "true", "1"})
NO = frozenset({"否", "关", "关闭", "不", "不要", "off", "no", "false", "0"})
NOTHING = frozenset({"无", "空", "没有", "清空"})


class Unreadable(ValueError):  # noqa: N818 -- an answer to an admin, not a fault
    """A value that is not of the setting's kind; the text says what to write."""


def read_value(text: str, present: object) -> object:
    """Read what an admin wrote as a value of the kind that `present` is."""
    words = unicodedata.normalize("NFKC", text).strip()
    if isinstance(present, bool):
        if words.casefold() in YES:
            return True
        if words.casefold() in NO:
            return False
        raise Unreadable("请写“开”或“关”")
    if isinstance(present, int | float):
        match = re.fullmatch(r"(-?\d{1,9}(?:\.\d{1,6})?)\s*(?:天|小时|个|人|分)?", words)
        if match is None or (isinstance(present, int) and "." in match[1]):
            raise Unreadable("请写一个数字" if isinstance(present, float) else "请写一个整数")
        return int(match[1]) if isinstance(present, int) else float(match[1])
    if isinstance(present, list):
        if words in NOTHING:
            return []
        return [part for part in re.split(r"[\s,，、]+", words) if part]
    return words


def show_value(value: object) -> str:
    """Write a setting's value as an admin would."""
    if isinstance(value, bool):
        return "开" if value else "关"
    if isinstance(value, list):
        items = cast(list[object], value)
        return "、".join(map(str, items)) or "无"
    return f"{value:g}" if isinstance(value, float) else str(value)
