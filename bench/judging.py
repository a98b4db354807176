"""Speed of reading and judging beside one cut by jieba: `uv run python -m bench.judging`.

Over a fixed set of messages from `corpus/` (95 % harmless), in one process on one core, it times
for each message one `jieba.lcut(HMM=False)` and the whole of `read_message`, all judges and
`decide`, and prints JSON: median and 99th percentile of both in microseconds and their ratios,
what each judge costs, how time grows from 1,000 to 10,000 characters of hostile texts, and from
1,000 to 60,000 terms in a group's own lexicon, and the memory taken. Needs no database and no
gateway.
"""

import argparse
import gc
import importlib
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.machine import describe
from bench.quality import load_judges
from pinbang.moderation.judging import decide, findings, registered_judges
from pinbang.moderation.reading import MessageView, read_message
from pinbang.moderation.terms import CATEGORIES, Term, Terms
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from pinbang.text.tokenise import tokenise, warm_up

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
MESSAGES = 2400
BAD_SHARE = 0.05
ROUNDS = 15
SMALL, LARGE = 1_000, 10_000
FEW_TERMS, MANY_TERMS = 1_000, 60_000

LONG_TEXTS = {
    "chat": "今天的果园浇水了吗，谢谢大家帮忙，已经砍成了。这个牌子的纸巾好用不，多少钱买的？",
    "digits": "1",
    "counting": "1234567890",
    "spaced_digits": "1 3 8 ",
    "phone_numbers": "13800001234 ",
    "one_letter": "a",
    "one_han": "加",
    "chinese_numerals": "一二三四五六七八九零",
    "ten_thousands": "十百千万",
    "dots": ".",
    "dotted_letters": "a.",
    "links": "https://example.com/a ",
    "bare_links": "a.com ",
    "schemes": "http://",
    "chinese_dots": "点com。",
    "emojis": "😂🔥❤👍",
    "keycaps": "1\ufe0f\u20e3",
    "brackets": "（【「『([{",
    "quotes": "“”\"'",
    "split_characters": "彳山攵亻言力口",
    "contact": "加微信",
    "contact_cues": "微信号是 vx qq 群",
    "spread_contact": "加 v x ",
    "pinyin": "jiaweixin",
    "spaced_pinyin": "jia wei xin ",
    "latin_words": "hello world ",
    "spaces": " ",
    "newlines": "\n",
    "zero_width": "\u200b\u200d",
    "traditional": "一起拼單發財",
    "repeated_insult": "你个傻",
    "repeated_offer": "兼职日结刷单返利",
    "codes": "验证码是 ",
    "addresses": "北京市朝阳区幸福路3号楼2单元",
    "at_signs": "a@a.",
    "question_marks": "？！",
    "tildes": "a~b|c^",
}
"""Pieces that are repeated to make the long texts."""


def messages() -> list[str]:
    """Choose the messages, always the same ones."""
    chance = random.Random(20261123)  # noqa: S311 -- repeatable on purpose
    bad = int(MESSAGES * BAD_SHARE)
    chosen = chance.sample(list(_lines("clean")), MESSAGES - bad)
    chosen += chance.sample(
        [line for kind in ("ad", "abuse", "scam") for line in _lines(kind)], bad
    )
    chance.shuffle(chosen)
    return chosen


def _lines(kind: str) -> Iterator[str]:
    for path in sorted((CORPUS / kind).glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line.replace("\\n", "\n")


def read(text: str) -> MessageView:
    """Read a member's message."""
    return read_message(
        [{"type": "text", "data": {"text": text}}],
        message_id=1,
        group_id=1,
        user_id=2,
        self_id=3,
        time=0,
        role="member",
    )


def failed(name: str, error: Exception) -> None:
    """Stop at the first judge that raises: its time would mean nothing."""
    raise RuntimeError(f"judge {name} failed") from error


def judge_text(text: str) -> None:
    """Do all that a message costs before the guard acts or lets it pass."""
    decide(findings(read(text), on_failure=failed), threshold=DEFAULT_THRESHOLD)


def alternately(
    functions: Sequence[Callable[[str], object]], texts: Sequence[str], rounds: int
) -> list[list[float]]:
    """Return for each function and text the shortest time of some rounds, in seconds.

    In a round each function does all texts in turn, so that what else the machine does slows all
    of them alike, and nothing is answered from the caches that the judges of one message share.
    """
    times = [[float("inf")] * len(texts) for _ in functions]
    for _ in range(rounds):
        for row, function in zip(times, functions, strict=True):
            for index, text in enumerate(texts):
                started = time.perf_counter()
                function(text)
                row[index] = min(row[index], time.perf_counter() - started)
    return times


def microseconds(times: Sequence[float]) -> dict[str, float]:
    """Return median, 99th percentile and mean."""
    ordered = sorted(times)
    return {
        "median_us": round(statistics.median(ordered) * 1e6, 1),
        "p99_us": round(ordered[int(len(ordered) * 0.99)] * 1e6, 1),
        "mean_us": round(statistics.fmean(ordered) * 1e6, 1),
    }


def beside_jieba(texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """Compare judging with one cut of the same texts."""
    jieba = importlib.import_module("jieba")

    def cut(text: str) -> object:
        return jieba.lcut(text, HMM=False)

    cut_times, judge_times = alternately((cut, judge_text), texts, rounds)
    cutting, judging = microseconds(cut_times), microseconds(judge_times)
    return {
        "messages": len(texts),
        "mean_characters": round(statistics.fmean(map(len, texts)), 1),
        "jieba": cutting,
        "reading_and_judging": judging,
        "ratio_of_medians": round(judging["median_us"] / cutting["median_us"], 2),
        "ratio_of_p99": round(judging["p99_us"] / cutting["p99_us"], 2),
        "ratio_of_means": round(judging["mean_us"] / cutting["mean_us"], 2),
    }


def by_part(texts: Sequence[str], rounds: int) -> dict[str, float]:
    """Return the mean microseconds that each step adds, in the order in which they run."""
    steps: list[tuple[str, Callable[[MessageView], object]]] = [
        ("normalise", lambda view: view.normalised),
        *((name, entry.function) for name, entry in registered_judges().items()),
    ]
    totals = dict.fromkeys(["read", *(name for name, _ in steps)], 0.0)
    for text in texts:
        shortest = dict.fromkeys(totals, float("inf"))
        # The small caches that judges share hold one text at a time; let this one find them empty.
        for _ in range(rounds):
            _forget()
            started = time.perf_counter()
            view = read(text)
            ended = time.perf_counter()
            shortest["read"] = min(shortest["read"], ended - started)
            for name, step in steps:
                started = ended
                step(view)
                ended = time.perf_counter()
                shortest[name] = min(shortest[name], ended - started)
        for name, took in shortest.items():
            totals[name] += took
    return {name: round(took / len(texts) * 1e6, 1) for name, took in totals.items()}


_OTHERS = tuple(f"别的话第{number}句，说点什么好呢" for number in range(70))


def _forget() -> None:
    """Push everything out of the judges' small caches."""
    for text in _OTHERS:
        judge_text(text)


def long_texts(rounds: int) -> dict[str, Any]:
    """Time hostile texts of both lengths in milliseconds, and name the dearest judge."""
    figures: dict[str, Any] = {}
    for name, piece in LONG_TEXTS.items():
        took: dict[int, float] = {}
        for size in (SMALL, LARGE):
            text = (piece * (size // len(piece) + 1))[:size]
            variants = [text[:-3] + f"{number:03}" for number in range(rounds)]
            took[size] = min(alternately((judge_text,), variants, 1)[0]) * 1e3
        text = (piece * (LARGE // len(piece) + 1))[:LARGE]
        parts = _parts_of(text)
        dearest = max(parts, key=lambda part: parts[part])
        figures[name] = {
            "ms_1000": round(took[SMALL], 2),
            "ms_10000": round(took[LARGE], 2),
            "dearest": f"{dearest} {parts[dearest] * 1e3:.1f} ms",
        }
    return figures


def lexicon_growth(texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """Compare judging in a group with few words of its own and in one with very many."""
    groups = [Terms(list(_terms(count))) for count in (FEW_TERMS, MANY_TERMS)]
    for terms in groups:
        terms.prepare()

    def with_terms(terms: Terms) -> Callable[[str], object]:
        def judge(text: str) -> object:
            view = read(text)
            found = terms.adjust(view, findings(view, on_failure=failed))
            return decide(found, threshold=DEFAULT_THRESHOLD)

        return judge

    few, many = map(
        microseconds, alternately([with_terms(terms) for terms in groups], texts, rounds)
    )
    return {
        f"terms_{FEW_TERMS}": few,
        f"terms_{MANY_TERMS}": many,
        "ratio_of_medians": round(many["median_us"] / few["median_us"], 3),
        "ratio_of_p99": round(many["p99_us"] / few["p99_us"], 3),
    }


def _terms(count: int) -> Iterator[Term]:
    """Make words of two to four characters, some of which the messages contain."""
    chance = random.Random(count)  # noqa: S311 -- repeatable on purpose
    characters = sorted(set("".join(messages())) & set(map(chr, range(0x4E00, 0xA000))))
    seen: set[str] = set()
    while len(seen) < count:
        word = "".join(chance.choices(characters, k=chance.choice((2, 3, 3, 4))))
        if word not in seen:
            seen.add(word)
            yield Term(len(seen), chance.choice(CATEGORIES), word, is_pattern=False)


def _parts_of(text: str) -> dict[str, float]:
    _forget()
    parts: dict[str, float] = {}
    started = time.perf_counter()
    view = read(text)
    _ = view.normalised
    parts["reading"] = time.perf_counter() - started
    for name, entry in registered_judges().items():
        started = time.perf_counter()
        entry.function(view)
        parts[name] = time.perf_counter() - started
    return parts


def resident() -> float | None:
    """Return this process's resident memory in MiB, where the system tells."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    for line in status.read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return None


def grown(before: float | None) -> float | None:
    """Return how much resident memory has grown, in MiB."""
    gc.collect()
    now = resident()
    return None if before is None or now is None else round(now - before, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    texts = messages()
    start = resident()
    load_judges()
    plugins = grown(start)
    for text in texts:
        judge_text(text)
    judged = grown(start)
    warm_up()
    tokenise(texts[0])
    memory = {
        "framework_and_plugins_mib": plugins,
        "and_judging_all_messages_mib": judged,
        "and_jieba_mib": grown(start),
    }
    clean = list(_lines("clean"))[::8]
    report = {
        "machine": describe(),
        "beside_jieba": beside_jieba(texts, options.rounds),
        "mean_us_per_clean_message": by_part(clean, 2),
        "lexicon_growth": lexicon_growth(texts, options.rounds),
        "long_texts": long_texts(options.rounds),
        "memory": memory,
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
