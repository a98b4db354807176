"""Train the shipped model: `uv run python -m pinbang.training [--data DIR] [--out FILE]`."""

import argparse
import json
from collections import Counter
from pathlib import Path

from pinbang.moderation.scoring import MODEL_FILE
from pinbang.training.examples import Example, own_corpus, permitted_rows
from pinbang.training.fitting import fit, save


def main() -> None:
    """Train on the project's corpus, and on the permitted rows of `--data` when given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of labelled *.jsonl files")
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    options = parser.parse_args()
    examples: dict[str, Example] = {}
    for example in own_corpus():
        examples.setdefault(example.text, example)
    if options.data:
        for example in permitted_rows(options.data):
            examples.setdefault(example.text, example)
    fitted = fit(list(examples.values()))
    save(fitted, options.out)
    sources = Counter(f"{one.source}/{one.label}" for one in examples.values())
    print(
        json.dumps(
            {
                "examples": dict(sorted(sources.items())),
                "classes": fitted.report,
                "bytes": options.out.stat().st_size,
            },
            ensure_ascii=False,
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
