"""Trained scores: how much a text reads like an ad, abuse or a scam, by plain look-ups.

A model is a table from character n-grams to weights, one weight for each class, trained offline by
`pinbang.training` and shipped as a compressed file. All classes share the table, so a text is cut
into n-grams once.
"""

import gzip
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MODEL_FILE = Path(__file__).with_name("model.json.gz")
CLASSES = ("ad", "abuse", "scam")
MAX_CHARACTERS = 600
"""Characters that are scored: the beginning and the end of a longer text."""
LONGEST = 3
"""Characters of the longest n-gram."""

_LINK = re.compile(
    r"(?:https?://|www\.)[!-~]{1,300}|[a-z0-9\-]{2,40}\.(?:com|cn|net|top|cc|xyz|vip|me|io)[!-~]{0,300}"
)
_DIGIT = re.compile(r"\d")
_LONG_NUMBER = re.compile(r"0{5,}")
_REPEATED = re.compile(r"(.)\1{3,}")
_BLANKS = re.compile(r"\s+")


def shape(text: str) -> str:
    """Reduce normalised text to what generalises: links, digits and repetitions become signs."""
    if len(text) > MAX_CHARACTERS:
        text = f"{text[: MAX_CHARACTERS // 2]} {text[-MAX_CHARACTERS // 2 :]}"
    text = _LINK.sub("\x01", text)
    text = _DIGIT.sub("0", text)
    text = _LONG_NUMBER.sub("\x02", text)
    text = _REPEATED.sub(r"\1\1\1", text)
    return f"\x03{_BLANKS.sub(' ', text.strip())}\x04"


def without_links(text: str) -> str:
    """Leave the links out of a normalised text, where they are known to be harmless."""
    return _LINK.sub(" ", text)


def grams(shaped: str) -> Iterator[str]:
    """Yield the distinct n-grams of a shaped text."""
    found: set[str] = set(shaped)
    for length in range(2, LONGEST + 1):
        found.update(shaped[start : start + length] for start in range(len(shaped) - length + 1))
    yield from found


@dataclass(frozen=True)
class Model:
    """Weights of n-grams, the bias and the caution score of each class, in the order of CLASSES.

    At its caution score a class stops mistaking clean texts for its own: see `pinbang.training`.
    """

    bias: tuple[float, ...]
    caution: tuple[float, ...]
    weights: dict[str, tuple[float, ...]]

    def scores(self, text: str) -> dict[str, float]:
        """Return, for normalised text, how far each class is above its caution score (log-odds)."""
        ad = abuse = scam = 0.0
        known = 0
        get = self.weights.get
        for gram in grams(shape(text)):
            entry = get(gram)
            if entry is not None:
                known += 1
                ad += entry[0]
                abuse += entry[1]
                scam += entry[2]
        scale = 1.0 / math.sqrt(known) if known else 0.0
        sums = (ad, abuse, scam)
        return {
            name: bias + total * scale - caution
            for name, bias, caution, total in zip(
                CLASSES, self.bias, self.caution, sums, strict=True
            )
        }


def load_model(path: Path = MODEL_FILE) -> Model:
    """Read a model file: gzip of {"bias": […], "scale": s, "grams": {n-gram: [whole numbers]}}."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        body = json.load(file)
    scale = float(body["scale"])
    return Model(
        tuple(body["bias"]),
        tuple(body["caution"]),
        {gram: tuple(value / scale for value in values) for gram, values in body["grams"].items()},
    )


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """Return the model that comes with this version, read on first use."""
    return load_model()


FEWEST_HAN = 5
LITTLE = 100

AT_CAUTION = 1.4
"""Points of a text exactly at its class's caution score; 1.33 reach the guard's threshold."""
PER_LOG_ODD = 0.8
MOST = 3.0


def trained_points(text: str, name: str) -> float:
    """Return the points that a normalised text earns for reading like class `name`.

    A few words with a number are too little to tell anything by: 接 12, 3号楼 501; and the model
    knows next to nothing of other languages.
    """
    if sum("\u4e00" <= character <= "\u9fff" for character in text[:LITTLE]) < FEWEST_HAN:
        return 0.0
    above = shipped_scores(text)[name]
    return max(0.0, min(MOST, AT_CAUTION + PER_LOG_ODD * above))


@lru_cache(maxsize=64)
def shipped_scores(text: str) -> dict[str, float]:
    """Score a text by the shipped model; remembered, because several judges ask in turn."""
    return shipped_model().scores(text)
