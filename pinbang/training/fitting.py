"""Fit one linear model a class over shared n-grams, and where its caution lies.

N-grams are weighted by how unevenly they stand in the class and outside it before a logistic
regression is fitted (“NB-SVM”, Wang and Manning 2012).
"""

import gzip
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from pinbang.moderation.scoring import (
    CLASSES,
    LENGTHS,
    PEAK,
    Model,
    grams,
    length_class,
    pack,
    shape,
    short_grams,
    sound_grams,
)
from pinbang.text.normalise import normalise
from pinbang.text.syllables import latin_phrases, sounding
from pinbang.training.examples import CHAT, Example

FALSE_POSITIVES = {"ad": 0.0015, "abuse": 0.0155, "scam": 0.005}
"""Share of clean examples, for abuse of chat, that may reach a class's caution score in
cross-validation."""
PLAIN = 0.001
"""The same for the score from which a class is plain."""
BY_LENGTH = ("abuse",)
"""Classes whose caution depends on the length of the text."""
STRENGTH = {"ad": 30.0, "abuse": 6.0, "scam": 30.0}
"""Inverse of the regularisation, as scikit-learn calls it C."""
OWN_ABUSE_WEIGHT = 0.15
"""Our own insults are short: at full weight they make every short address suspect."""
CHAT_WEIGHT = 2.0
CONTRAST_WEIGHT = 2.5
"""Of our own harmless lines written to sound like abuse."""
HEARD_WEIGHT = 0.3
"""Of a text that is learnt by its sound alone."""

NEVER = 100.0
"""Caution of texts too short to be told by tone."""

FEWEST = 3
"""Texts an n-gram must stand in to count."""
FEWEST_LATIN = 2
"""Texts, not abusive ones, a word in Latin letters must stand in to hide nothing; one of ours
will do."""
SMOOTHING = 0.5
"""Texts added to both counts of an n-gram, so that none is infinitely uneven."""
EVENNESS = {"abuse": 0.2}
"""Weight of an n-gram that tells nothing; 1 is added for one as uneven as the average. Classes left
out take all n-grams alike."""
SMALLEST_WEIGHT = 0.03
"""Weights nearer to zero than this are dropped from the file."""
PRECISION = 100
"""Weights are stored as whole numbers of 1/PRECISION."""
NEAR = {"ad": 1.5, "scam": 0.3, "abuse": 1.5}
"""How far below its caution a text of a class still counts: there it still earns points."""
OVERLOOKED = 0.005
"""Share of such texts that may be taken for plainly clean."""
FOLDS = 5
SEED = 20261123

_CONTRAST = ("own:civil_", "own:traps_abuse")
# A text of one of these labels says nothing for or against the class: jobs and loans that are
# promoted and those that cheat read alike.
_UNDECIDED = {"ad": {"scam"}, "abuse": set[str](), "scam": {"ad"}}


@dataclass(frozen=True)
class Fitted:
    """What `pinbang.moderation.scoring.Model` is made of, and how well it did."""

    bias: list[float]
    caution: list[list[float]]
    plain: list[float]
    clear: list[float]
    weights: dict[str, list[float]]
    characters: str
    latin: list[str]
    report: dict[str, dict[str, float]]


def fit(examples: Sequence[Example]) -> Fitted:
    """Fit all classes on `examples`."""
    shaped = [shape(normalise(example.text).text) for example in examples]
    sounds = [sounding(text) for text in shaped]
    cut = [sorted(grams(*both)) for both in zip(shaped, sounds, strict=True)]
    counts = Counter(gram for text in cut for gram in text)
    vocabulary = {
        gram: index
        for index, gram in enumerate(sorted(g for g, n in counts.items() if n >= FEWEST))
    }
    matrix = _matrix(cut, vocabulary)
    heard = _matrix([sorted({*sound_grams(text)}) for text in sounds], vocabulary)
    lengths = np.array([length_class(text) for text in sounds])
    bias: list[float] = []
    caution: list[list[float]] = []
    plain: list[float] = []
    columns: list[np.ndarray] = []
    report: dict[str, dict[str, float]] = {}
    for name in CLASSES:
        rows = np.array([i for i, one in enumerate(examples) if one.label not in _UNDECIDED[name]])
        some = [examples[i] for i in rows]
        target = np.array([one.label == name for one in some])
        sample = _Sample(matrix[rows], heard[rows], target, _sample_weights(some, name))
        scores = _cross_validated(sample, name)
        clean = np.array([one.label == "clean" for one in some])
        offsets = np.zeros(len(LENGTHS) + 1)
        if name in BY_LENGTH:
            talk = clean & np.array([_is_talk(one) for one in some])
            clean = talk if talk.any() else clean
            offsets = _length_offsets(scores, target, lengths[rows], some)
            offsets[0] = NEVER
        level = scores - offsets[lengths[rows]]
        threshold = float(np.quantile(level[clean], 1 - FALSE_POSITIVES[name]))
        coefficients, intercept = _regression(sample, name)
        bias.append(intercept)
        caution.append([threshold + float(offset) for offset in offsets])
        plain.append(float(np.quantile(level[clean], 1 - PLAIN)) - threshold)
        columns.append(coefficients)
        report[name] = {
            "positives": int(target.sum()),
            "negatives": int((~target).sum()),
            "caution": round(threshold, 3),
            "plain": round(plain[-1], 3),
            "cross_validated_recall": round(float((level[target] >= threshold).mean()), 4),
        }
    weights = {
        gram: [float(column[index]) for column in columns] for gram, index in vocabulary.items()
    }
    characters = "".join(sorted(g for g in counts if len(g) == 1 and "\u4e00" <= g <= "\u9fff"))
    latin = _latin(examples, shaped)
    never_clear = [-math.inf] * len(CLASSES)
    fitted = Fitted(bias, caution, plain, never_clear, weights, characters, latin, report)
    return replace(fitted, clear=_clear(fitted, examples))


def _model(fitted: Fitted) -> Model:
    return Model(
        PRECISION,
        (fitted.bias[0], fitted.bias[1], fitted.bias[2]),
        tuple(map(tuple, fitted.caution)),
        tuple(fitted.plain),
        tuple(fitted.clear),
        {gram: pack(values) for gram, values in _table(fitted).items()},
        frozenset(fitted.characters),
        frozenset(fitted.latin),
    )


def _clear(fitted: Fitted, examples: Sequence[Example]) -> list[float]:
    """Return the score by short n-grams below which texts of a class hardly ever get near caution.

    A class that hardly any text gets near has no such score.
    """
    model = _model(fitted)
    near: dict[str, list[float]] = {name: [] for name in CLASSES}
    for example in examples:
        text = normalise(example.text).text
        scores = model.scores(text)
        shaped = shape(text)
        glimpse = dict(zip(CLASSES, model.log_odds(model.known(short_grams(shaped))), strict=True))
        glimpse["abuse"] += model.hidden(text, shaped)
        for name in CLASSES:
            if scores[name] > -NEAR[name]:
                near[name].append(glimpse[name])
    return [
        float(np.quantile(near[name], OVERLOOKED)) if len(near[name]) > 1 / OVERLOOKED else -1e9
        for name in CLASSES
    ]


def _is_talk(example: Example) -> bool:
    return example.source in CHAT or example.source.startswith("own:")


def _latin(examples: Sequence[Example], shaped: Sequence[str]) -> list[str]:
    """List the words in Latin letters that stand in texts without abuse."""
    counts: Counter[str] = Counter()
    for example, text in zip(examples, shaped, strict=True):
        if example.label != "abuse":
            worth = FEWEST_LATIN if example.source.startswith("own:") else 1
            counts.update(dict.fromkeys(latin_phrases(text), worth))
    return sorted(p for p, count in counts.items() if count >= FEWEST_LATIN and len(p) > 1)


def _sample_weights(examples: Sequence[Example], name: str) -> np.ndarray:
    weights = np.ones(len(examples))
    if name == "abuse":
        for index, one in enumerate(examples):
            if one.label == "abuse" and one.source.startswith("own:"):
                weights[index] = OWN_ABUSE_WEIGHT
            elif one.source in CHAT:
                weights[index] = CHAT_WEIGHT
            elif one.source.startswith(_CONTRAST):
                weights[index] = CONTRAST_WEIGHT
    return weights


def _length_offsets(
    scores: np.ndarray, target: np.ndarray, lengths: np.ndarray, examples: Sequence[Example]
) -> np.ndarray:
    """Tell by how much a score must be higher in texts of each length to mean the same.

    The data sets tell how common abuse is at each length; our own lines were written, not found.
    """
    found = np.array([not one.source.startswith("own:") for one in examples])
    if len(set(target[found])) < 2:
        return np.zeros(len(LENGTHS) + 1)
    weight = np.array([CHAT_WEIGHT if one.source in CHAT else 1.0 for one in examples])
    columns = np.column_stack([scores, np.eye(len(LENGTHS) + 1)[lengths]])
    model = LogisticRegression(C=10.0, max_iter=1000, random_state=SEED)
    model.fit(columns[found], target[found], sample_weight=weight[found])
    slope, *by_length = model.coef_[0]
    return -np.array(by_length) / slope


def _matrix(cut: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> sparse.csr_matrix:
    """One row a text, 1/√n for each of its n known n-grams: what `Model.raw` divides by."""
    data: list[float] = []
    indices: list[int] = []
    ends = [0]
    for text in cut:
        known = [vocabulary[gram] for gram in text if gram in vocabulary]
        data += [1 / np.sqrt(len(known))] * len(known) if known else []
        indices += known
        ends.append(len(indices))
    return sparse.csr_matrix((data, indices, ends), shape=(len(cut), len(vocabulary)))


@dataclass(frozen=True)
class _Sample:
    """Texts to learn one class from: `heard` holds only the n-grams of their syllables."""

    features: sparse.csr_matrix
    heard: sparse.csr_matrix
    target: np.ndarray
    weight: np.ndarray

    def part(self, rows: np.ndarray) -> "_Sample":
        return _Sample(self.features[rows], self.heard[rows], self.target[rows], self.weight[rows])


def _regression(sample: _Sample, name: str) -> tuple[np.ndarray, float]:
    """Fit, and return the coefficients and the intercept.

    Every text is also learnt as somebody would read it who hears only its syllables: that is all
    that is left of one written in sound-alikes.
    """
    features, target, weight = cast(Any, sample.features), sample.target, sample.weight
    emphasis = np.ones(features.shape[1])
    if name in EVENNESS:
        seen = features.sign()
        shares = [
            (seen.T @ (weight * side) + SMOOTHING) / (weight * side).sum()
            for side in (target, ~target)
        ]
        uneven = np.abs(np.log(shares[0] / shares[1]))
        emphasis = EVENNESS[name] + uneven / uneven.mean()
    model = LogisticRegression(
        C=STRENGTH[name],
        class_weight="balanced",
        solver="liblinear",
        max_iter=400,
        tol=1e-3,
        random_state=SEED,
    )
    model.fit(
        sparse.vstack([features, sample.heard]) @ sparse.diags(emphasis),
        np.concatenate([target, target]),
        sample_weight=np.concatenate([weight, weight * HEARD_WEIGHT]),
    )
    fitted = cast(Any, model)
    return fitted.coef_[0] * emphasis, float(fitted.intercept_[0])


def _cross_validated(sample: _Sample, name: str) -> np.ndarray:
    scores = np.zeros(len(sample.target))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for learn, judge in folds.split(sample.features, sample.target):
        coefficients, intercept = _regression(sample.part(learn), name)
        features = cast(Any, sample.features)[judge]
        scores[judge] = features @ coefficients + intercept
        if name == "abuse":
            scores[judge] += PEAK * _peaks(features, coefficients)
    return scores


def _peaks(features: sparse.csr_matrix, coefficients: np.ndarray) -> np.ndarray:
    """Return the greatest coefficient among the n-grams of each row, at least 0."""
    ends, indices = features.indptr, cast(np.ndarray, features.indices)
    return np.array(
        [
            float(coefficients[indices[start:end]].max(initial=0.0))
            for start, end in zip(ends, ends[1:], strict=False)
        ]
    )


def _table(fitted: Fitted) -> dict[str, list[int]]:
    """Return the weights as the file holds them: whole numbers, none too small to matter."""
    return {
        gram: [round(value * PRECISION) for value in values]
        for gram, values in sorted(fitted.weights.items())
        if max(map(abs, values)) >= SMALLEST_WEIGHT
    }


def save(fitted: Fitted, path: Path) -> None:
    """Write the file that `load_model` reads; the same model gives the same bytes."""
    body = {
        "scale": PRECISION,
        "bias": [round(value, 4) for value in fitted.bias],
        "caution": [[round(value, 4) for value in values] for values in fitted.caution],
        "plain": [round(value, 4) for value in fitted.plain],
        "clear": [round(value, 4) for value in fitted.clear],
        "characters": fitted.characters,
        "latin": fitted.latin,
        "grams": _table(fitted),
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.encode())
