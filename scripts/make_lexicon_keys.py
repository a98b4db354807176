"""Write which pairs of characters a lexicon's expressions cannot do without.

`python scripts/make_lexicon_keys.py plugins/anti_scam/lexicon` reads every `NAME.txt` there and
writes `keys/NAME.txt`. A text that contains none of the pairs cannot match, which is much cheaper
to see than by searching. Digits stand as 0. Rare pairs are preferred, by the corpus of clean texts.
A file with an expression that can do without any pair gets no keys.
"""

import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sre_parse  # the standard library's own reader of expressions, private since 3.11

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pinbang.moderation.lexicon import load_lines  # noqa: E402

_MOST = 3000
"""Strings that a part of an expression may stand for and still be written out."""


def _strings(op: Any, value: Any) -> set[str] | None:
    """Return all strings a part can be; a run of digits is one 0. None when they are too many."""
    match str(op):
        case "LITERAL":
            return {_digit_as_0(chr(value))}
        case "IN":
            return _one_of(value)
        case "SUBPATTERN":
            return _of_sequence(value[3])
        case "BRANCH":
            parts = [_of_sequence(part) for part in value[1]]
            return None if None in parts else set().union(*(part or set() for part in parts))
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _repeated(*value)
        case "ASSERT" | "ASSERT_NOT" | "AT":
            return {""}
        case _:
            return None


def _digit_as_0(character: str) -> str:
    return "0" if "1" <= character <= "9" else character


def _one_of(members: Any) -> set[str] | None:
    found: set[str] = set()
    for op, value in members:
        if str(op) == "LITERAL":
            found.add(_digit_as_0(chr(value)))
        elif str(value) == "CATEGORY_DIGIT":
            found.add("0")
        else:
            return None
    return found


def _repeated(least: int, most: Any, part: Any) -> set[str] | None:
    strings = _of_sequence(part)
    if strings == {"0"}:
        return {"0"} if least else {"", "0"}
    if strings is None or most != 1:
        return None
    return strings if least else {"", *strings}


def _of_sequence(parts: Any) -> set[str] | None:
    whole = {""}
    for op, value in parts:
        strings = _strings(op, value)
        if strings is None or len(whole) * len(strings) > _MOST:
            return None
        whole = {before + after for before in whole for after in strings}
    return whole


def needed(parts: Any) -> list[set[str]]:
    """Return sets of strings; every match contains at least one string of each set."""
    items = list(parts)
    found: list[set[str]] = []
    for first in range(len(items)):
        run = {""}
        for op, value in items[first:]:
            strings = _strings(op, value)
            if strings is None or len(run) * len(strings) > _MOST:
                break
            run = {before + after for before in run for after in strings}
            found.append(run)
        op, value = str(items[first][0]), items[first][1]
        if op == "SUBPATTERN":
            found += needed(value[3])
        elif op == "BRANCH":
            choices = [[s for s in needed(part) if all(len(t) > 1 for t in s)] for part in value[1]]
            if all(choices):
                found.append(set().union(*(min(choice, key=len) for choice in choices)))
        elif op in {"MAX_REPEAT", "MIN_REPEAT"} and value[0]:
            found += needed(value[2])
    return [strings for strings in found if strings and all(len(s) > 1 for s in strings)]


def pairs_of(expression: str, frequency: Counter[str]) -> set[str]:
    """Return pairs of characters of which every match contains one; none when there are none."""

    def rarest(string: str) -> str:
        pairs = (string[i : i + 2] for i in range(len(string) - 1))
        return min(pairs, key=lambda pair: (frequency[pair], pair))

    choices = [{rarest(string) for string in strings} for strings in needed(parsed(expression))]
    return min(choices, key=lambda c: (sum(frequency[p] + 1 for p in c), sorted(c)), default=set())


def parsed(expression: str) -> Any:
    """Return the standard library's reading of an expression."""
    return sre_parse.parse(expression)


def suffices(expression: str, keys: Iterable[str]) -> bool:
    """Tell whether every match of `expression` contains one of `keys`."""
    known = tuple(keys)
    return any(
        all(any(key in string for key in known) for string in strings)
        for strings in needed(parsed(expression))
    )


def _frequency() -> Counter[str]:
    frequency: Counter[str] = Counter()
    for path in sorted((ROOT / "corpus" / "clean").glob("*.txt")):
        for line in load_lines(path):
            text = re.sub(r"\d", "0", line.lower())
            frequency.update({text[i : i + 2] for i in range(len(text) - 1)})
    return frequency


def expand(expression: str, names: dict[str, str]) -> str:
    """Put in what the words in capitals stand for."""
    for name, meaning in names.items():
        expression = expression.replace(name, f"(?:{meaning})")
    return expression


def main(folder: Path) -> None:
    """Write the keys of every file in `folder`."""
    frequency = _frequency()
    names_file = folder / "names.txt"
    lines = load_lines(names_file) if names_file.is_file() else []
    names = dict(line.split("=", 1) for line in lines)
    (folder / "keys").mkdir(exist_ok=True)
    for path in sorted(folder.glob("*.txt")):
        if path == names_file:
            continue
        target = folder / "keys" / path.name
        needs = [pairs_of(expand(line, names), frequency) for line in load_lines(path)]
        if not all(needs):
            target.unlink(missing_ok=True)
            print(f"{path.name}: no keys")
            continue
        text = "".join(f"{key}\n" for key in sorted(set[str]().union(*needs)))
        target.write_text(f"# Written by scripts/make_lexicon_keys.py.\n{text}", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
