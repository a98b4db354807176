"""Quality of the judges on labelled texts: `uv run python -m bench.quality --data DIR`.

DIR holds JSON Lines files with `text`, `label` (ad, abuse, scam, pii, clean), `source` and `note`.
Prints per file and class: precision, recall, F1 and the false-positive rate at the default setting
(what the guard would act on), the recall at 1 % and 0.1 % false positives by score alone, recall
per note, and how often clean texts are flagged by any judge; for cloaked texts of up to 30
characters that name their original (`orig`, the first 12 digits of its SHA-1), the recall beside
that of the originals. Needs no database and no gateway.
"""

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bot
from bench.machine import describe
from pinbang.logs import configure_logs
from pinbang.moderation.judging import Finding, decide, findings, registered_judges
from pinbang.moderation.reading import read_message
from pinbang.moderation.weighing import DEFAULT_THRESHOLD
from pinbang.settings import Settings

JUDGES = {
    "ad": ("ad",),
    "abuse": ("civility", "coercion"),
    "scam": ("scam",),
    "pii": ("privacy",),
}
"""Which judges' findings count as catching a label; an ad that only the scam judge objects to, or
the other way round, is counted as missed."""
CHAT = frozenset({"lccc_toy", "adqq_mc_group", "nus_sms_zh", "tg_spam"})
"""Sources whose clean rows are people talking to each other."""
SHORT = 30
"""Characters of a text whose cloaked form is compared with the plain one."""


@dataclass(frozen=True)
class Row:
    """One labelled text, what was found in it, and whether the guard would act."""

    label: str
    source: str
    note: str
    found: tuple[Finding, ...]
    decided: str | None
    text: str
    original: str | None

    def flagged(self, label: str) -> bool:
        """Whether a judge of that label would have the guard act."""
        return any(
            one.judge in JUDGES[label] and one.score >= DEFAULT_THRESHOLD for one in self.found
        )


def load_judges() -> None:
    """Load the plugins, whose judges register themselves; nothing is started or opened."""
    configure_logs("ERROR")
    bot.initialise(Settings(log_level="ERROR"))
    bot.load_plugins()


def judged(rows: Iterable[dict[str, Any]]) -> list[Row]:
    """Judge every row as a member's message."""
    result: list[Row] = []

    def failed(name: str, error: Exception) -> None:
        raise RuntimeError(f"judge {name} failed") from error

    for number, row in enumerate(rows):
        view = read_message(
            [{"type": "text", "data": {"text": row["text"]}}],
            message_id=number,
            group_id=1,
            user_id=2,
            self_id=3,
            time=0,
            role="member",
        )
        found = findings(view, on_failure=failed)
        decision = decide(found, threshold=DEFAULT_THRESHOLD)
        result.append(
            Row(
                row["label"],
                str(row.get("source") or ""),
                str(row.get("note") or ""),
                tuple(found),
                decision.finding.judge if decision else None,
                row["text"],
                row.get("orig"),
            )
        )
    return result


def figures(rows: list[Row], label: str) -> dict[str, Any]:
    """Compute the figures of one class in one file."""
    judges = JUDGES[label]

    def flagged(row: Row) -> bool:
        return row.flagged(label)

    def score(row: Row) -> float:
        return max((one.score for one in row.found if one.judge in judges), default=0.0)

    positive = [row for row in rows if row.label == label]
    clean = [row for row in rows if row.label == "clean"]
    chat = [row for row in clean if row.source in CHAT]
    hits = sum(map(flagged, positive))
    false = sum(map(flagged, clean))
    precision = hits / (hits + false) if hits + false else 0.0
    recall = hits / len(positive) if positive else 0.0
    by_note: dict[str, list[bool]] = defaultdict(list)
    for row in positive:
        by_note[row.note or row.source].append(flagged(row))
    by_source: dict[str, list[bool]] = defaultdict(list)
    for row in clean:
        by_source[row.source].append(flagged(row))
    ranked = sorted(map(score, clean), reverse=True)

    def recall_at(share: float) -> float:
        limit = ranked[int(len(ranked) * share)] if ranked else 0.0
        return sum(score(row) > limit for row in positive) / len(positive)

    return {
        "positive": len(positive),
        "clean": len(clean),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / (precision + recall), 4) if hits else 0.0,
        "false_positive_rate": round(false / len(clean), 4) if clean else 0.0,
        "false_positive_rate_on_chat": round(sum(map(flagged, chat)) / len(chat), 4)
        if chat
        else 0.0,
        "recall_at_1_percent": round(recall_at(0.01), 4),
        "recall_at_0.1_percent": round(recall_at(0.001), 4),
        "recall_by_note": {
            note: round(sum(marks) / len(marks), 3) for note, marks in sorted(by_note.items())
        },
        "false_positives_by_source": {
            source: round(sum(marks) / len(marks), 4) for source, marks in sorted(by_source.items())
        },
    }


def cloaked_beside_plain(files: dict[str, list[Row]]) -> dict[str, Any]:
    """Compare short cloaked texts with their originals, each cloaked text with its own."""
    plain: dict[str, Row] = {}
    for rows in files.values():
        for row in rows:
            if row.original is None:
                plain[hashlib.sha1(row.text.encode(), usedforsecurity=False).hexdigest()[:12]] = row
    report: dict[str, Any] = {}
    for name, rows in files.items():
        pairs = [
            (row, plain[row.original])
            for row in rows
            if row.original in plain and row.label != "clean" and len(row.text) <= SHORT
        ]
        if pairs:
            report[name] = {
                "texts": len(pairs),
                "recall_cloaked": round(sum(a.flagged(a.label) for a, _ in pairs) / len(pairs), 4),
                "recall_plain": round(sum(b.flagged(a.label) for a, b in pairs) / len(pairs), 4),
            }
    return report


def main() -> None:
    """Judge every file of a folder and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    load_judges()
    report: dict[str, Any] = {}
    files: dict[str, list[Row]] = {}
    for path in sorted(options.data.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines()
        rows = files[path.stem] = judged(json.loads(line) for line in lines if line.strip())
        labels = [label for label in JUDGES if any(row.label == label for row in rows)]
        clean = [row for row in rows if row.label == "clean"]
        report[path.stem] = {
            "clean_flagged_by_any_judge": f"{sum(row.decided is not None for row in clean)}"
            f" of {len(clean)}",
            **{label: figures(rows, label) for label in labels},
        }
    print(
        json.dumps(
            {
                "machine": describe(),
                "judges": list(registered_judges()),
                "files": report,
                "cloaked_up_to_30_characters": cloaked_beside_plain(files),
            },
            ensure_ascii=False,
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
