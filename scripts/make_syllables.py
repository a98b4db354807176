"""Write how characters sound, for finding words written by sound-alikes.

`uv run --with pypinyin==0.55.0 python scripts/make_syllables.py` writes two files in pinbang/text:
syllables.txt, a syllable without its tone a line, then the characters read so, those of everyday
writing first, after `|` the rest; and ordinary_words.txt, words that sound like one of lures.txt
and mean what they say. pypinyin's readings (MIT) come from the Unihan database; words and the order
of characters are jieba's (MIT).
"""

from collections import Counter, defaultdict
from pathlib import Path

import jieba  # type: ignore[import-untyped]
from pypinyin import lazy_pinyin  # type: ignore[import-not-found]

ROOT = Path(__file__).resolve().parent.parent
TEXT = ROOT / "pinbang" / "text"
CHARACTERS, EVERYDAY = 7000, 3000


def _counts() -> tuple[Counter[str], set[str]]:
    counts: Counter[str] = Counter()
    words: set[str] = set()
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines():
        word, count, *_ = line.split()
        words.add(word)
        for character in word:
            counts[character] += int(count)
    return counts, words


def main() -> None:
    """Write both files."""
    counts, words = _counts()
    ranked = [c for c, _ in counts.most_common() if "\u4e00" <= c <= "\u9fff"][:CHARACTERS]
    by_syllable: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for rank, character in enumerate(ranked):
        [syllable] = lazy_pinyin(character)
        by_syllable[syllable.replace("ü", "v")][rank >= EVERYDAY].append(character)
    lines = ["# Written by scripts/make_syllables.py; readings from pypinyin (MIT)."]
    for syllable, (everyday, rest) in sorted(by_syllable.items()):
        lines.append(f"{syllable} {''.join(everyday)}|{''.join(rest)}")
    (TEXT / "syllables.txt").write_text("\n".join(lines) + "\n", "utf-8")
    sounds: dict[str, str] = {
        c: syllable for syllable, groups in by_syllable.items() for group in groups for c in group
    }
    lures = [
        line.split()[0]
        for line in (TEXT / "lures.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    heard = {tuple(sounds[c] for c in lure): lure for lure in lures}
    ordinary = sorted(
        word for word in words if heard.get(tuple(sounds.get(c, "") for c in word), word) != word
    )
    heading = "# Ordinary words that sound like one of lures.txt: scripts/make_syllables.py."
    (TEXT / "ordinary_words.txt").write_text("\n".join([heading, *ordinary]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
