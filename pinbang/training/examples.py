"""What the scores are trained on: the project's own corpus and data sets whose licence permits it.

The licence table is that of ../shared/data/README.md; NOTICE names the data sets.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pinbang.settings import ROOT

CORPUS = ROOT / "corpus"
PERMITTED = frozenset(
    {"cold", "swsr", "adqq_mc_group", "lccc_toy", "domain_handwritten", "synthetic_pii"}
)
"""Sources that may train something that ships."""
CHAT = frozenset({"lccc_toy", "adqq_mc_group"})
"""Permitted sources of what people say to each other in private and in groups."""
LABELS = ("clean", "ad", "abuse", "scam", "pii")


@dataclass(frozen=True)
class Example:
    """One labelled text and where it is from."""

    text: str
    label: str
    source: str


def own_corpus(folder: Path = CORPUS) -> Iterator[Example]:
    r"""Read `corpus/<label>/*.txt`: a message a line, `\n` for a line break, `#` for comments."""
    for label in LABELS:
        for path in sorted((folder / label).glob("*.txt")):
            for line in path.read_text("utf-8").splitlines():
                if line.strip() and not line.startswith("# "):
                    yield Example(line.replace("\\n", "\n"), label, f"own:{path.stem}")


def permitted_rows(folder: Path) -> Iterator[Example]:
    """Read the rows of `folder/*.jsonl` whose source may train a shipped model."""
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem.startswith("obfuscated"):
            continue
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["source"] in PERMITTED:
                yield Example(row["text"], row["label"], row["source"])
