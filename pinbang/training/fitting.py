"""Fit one linear model a class over shared character n-grams, and where its caution lies."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from pinbang.moderation.scoring import CLASSES, grams, shape
from pinbang.text.normalise import normalise
from pinbang.training.examples import Example

FEWEST = 2
"""Texts an n-gram must stand in to count."""
SMALLEST_WEIGHT = 0.02
"""Weights nearer to zero than this are dropped from the file."""
PRECISION = 200
"""Weights are stored as whole numbers of 1/PRECISION."""
FALSE_POSITIVES = {"ad": 0.0015, "abuse": 0.004, "scam": 0.0008}
"""Share of clean examples that may reach a class's caution score in cross-validation."""
STRENGTH = {"ad": 30.0, "abuse": 12.0, "scam": 30.0}
"""Inverse of the regularisation, as scikit-learn calls it C."""
FOLDS = 5
SEED = 20261123

# A text of one of these labels says nothing for or against the class: jobs and loans that are
# promoted and those that cheat read alike.
_UNDECIDED = {"ad": {"scam"}, "abuse": set[str](), "scam": {"ad"}}


@dataclass(frozen=True)
class Fitted:
    """Weights by n-gram in the order of CLASSES, biases, and the caution score of each class."""

    bias: list[float]
    caution: list[float]
    weights: dict[str, list[float]]
    report: dict[str, dict[str, float]]


def fit(examples: Sequence[Example]) -> Fitted:
    """Fit all classes on `examples`."""
    shaped = [list(grams(shape(normalise(example.text).text))) for example in examples]
    counts = Counter(gram for text in shaped for gram in text)
    vocabulary = {
        gram: index
        for index, gram in enumerate(sorted(g for g, n in counts.items() if n >= FEWEST))
    }
    matrix = _matrix(shaped, vocabulary)
    bias: list[float] = []
    caution: list[float] = []
    columns: list[np.ndarray] = []
    report: dict[str, dict[str, float]] = {}
    for name in CLASSES:
        rows = np.array([i for i, one in enumerate(examples) if one.label not in _UNDECIDED[name]])
        target = np.array([examples[i].label == name for i in rows])
        features = matrix[rows]
        scores = _cross_validated(features, target, STRENGTH[name])
        clean = np.array([examples[i].label == "clean" for i in rows])
        threshold = float(np.quantile(scores[clean], 1 - FALSE_POSITIVES[name]))
        model = _regression(STRENGTH[name]).fit(features, target)
        bias.append(float(model.intercept_[0]))
        caution.append(threshold)
        columns.append(model.coef_[0])
        report[name] = {
            "positives": int(target.sum()),
            "negatives": int((~target).sum()),
            "caution": round(threshold, 3),
            "cross_validated_recall": round(float((scores[target] >= threshold).mean()), 4),
        }
    weights = {
        gram: [float(column[index]) for column in columns] for gram, index in vocabulary.items()
    }
    return Fitted(bias, caution, weights, report)


def _matrix(shaped: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> sparse.csr_matrix:
    """One row a text, 1/√n for each of its n known n-grams: what `Model.scores` divides by."""
    data: list[float] = []
    indices: list[int] = []
    ends = [0]
    for text in shaped:
        known = [vocabulary[gram] for gram in text if gram in vocabulary]
        data += [1 / np.sqrt(len(known))] * len(known) if known else []
        indices += known
        ends.append(len(indices))
    return sparse.csr_matrix((data, indices, ends), shape=(len(shaped), len(vocabulary)))


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(
        C=strength, class_weight="balanced", solver="liblinear", max_iter=400, random_state=SEED
    )


def _cross_validated(
    features: sparse.csr_matrix, target: np.ndarray, strength: float
) -> np.ndarray:
    scores = np.zeros(len(target))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for learn, judge in folds.split(features, target):
        model = _regression(strength).fit(features[learn], target[learn])
        scores[judge] = model.decision_function(features[judge])
    return scores


def save(fitted: Fitted, path: Path) -> None:
    """Write the file that `load_model` reads; the same model gives the same bytes."""
    table = {
        gram: [round(value * PRECISION) for value in values]
        for gram, values in sorted(fitted.weights.items())
        if max(map(abs, values)) >= SMALLEST_WEIGHT
    }
    body = {
        "bias": [round(value, 4) for value in fitted.bias],
        "caution": [round(value, 4) for value in fitted.caution],
        "scale": PRECISION,
        "grams": table,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.encode())
