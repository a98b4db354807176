"""Trained scores: how much a text reads like an ad, abuse or a scam, by plain look-ups.

A model is a table from n-grams to weights, one weight for each class, trained offline by
`pinbang.training` and shipped as a compressed file. The n-grams are of characters and of the
syllables they are read as, so that a word and its sound-alikes meet. All classes share the table:
a text is cut once.
"""

import gzip
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path
from types import MappingProxyType

from pinbang.text.syllables import SOUNDS, latin_phrases, phrase_syllables, sounding

MODEL_FILE = Path(__file__).with_name("model.json.gz")
CLASSES = ("ad", "scam", "abuse")
"""Abuse is last, so the greatest of several packed weights is that of the most abusive n-gram."""

AT_CAUTION = {"ad": 2.2, "scam": 0.6, "abuse": 1.4}
"""Points of a text exactly at its class's caution score; 1.33 reach the guard's threshold."""
PER_LOG_ODD = {"ad": 0.5, "scam": 0.4, "abuse": 0.5}
MOST = 3.0
"""No text earns more points than this for how it reads."""
FEWEST_HAN = 5
"""Chinese characters, among the first LITTLE, without which a text is not scored."""
LITTLE = 100
MAX_CHARACTERS = 600
"""Characters that are scored: the beginning and the end of a longer text."""

LENGTHS = (10, 13, 19, 27, 40, 60, 90)
"""Bounds, in syllables, between texts of different caution: a few words tell little by tone, and
what is shorter than the first bound nothing."""

PEAK = 0.6
"""Share of the most abusive n-gram's weight that is added to the score for abuse: one bad word
tells more than many that are a little so, of which a long harmless text has enough."""
HIDDEN_PINYIN = 4.0
HIDDEN_INITIALS = 5.0
HIDDEN_PICTURE = 2.0
HIDDEN_CHARACTERS = (0.0, 1.0, 5.0)
"""Log-odds for abuse of words hidden in Chinese text: in pinyin, by initials, by a picture in their
place, and behind no, one or several characters so rare that training never met them. People hide
what they may not say, but also write so for fun and use names and jargon that look alike, so none
of these is enough by itself."""

FAR_BELOW: Mapping[str, float] = MappingProxyType(dict.fromkeys(CLASSES, -100.0))
"""Scores of a text that is plainly clean."""

_LINK = re.compile(
    r"(?:https?://|www\.)[!-~]{1,300}|[a-z0-9\-]{2,40}\.(?:com|cn|net|top|cc|xyz|vip|me|io)[!-~]{0,300}"
)


def _plain_signs() -> dict[str, str]:
    """Read pictures as the words they stand for, and every digit as 0."""
    signs = dict.fromkeys("123456789", "0")
    path = Path(__file__).parent.parent / "text" / "emoji_words.txt"
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            word, _, pictures = line.partition(" ")
            signs.update(dict.fromkeys(pictures, word))
    return signs


_SIGNS = _plain_signs()
_HAN = "[\u4e00-\u9fff]"
_PICTURES = frozenset(sign for sign in _SIGNS if not sign.isascii())
_PICTURE = re.compile(f"(?<={_HAN})[{''.join(sorted(_PICTURES))}](?={_HAN})")
_LONG_NUMBER = re.compile(r"0{5,}")
_REPEATED = re.compile(r"(.)\1{3,}")
_BLANKS = re.compile(r"\s+")
_INITIALS = re.compile(r"[bcdfghjklmnpqrstwxyz]{2,5}")
_LEAST_PINYIN = 6
"""Letters of a single word that is taken for hidden pinyin; shorter ones are often foreign."""
_HAN_FROM, _HAN_TO = "\u4e00", "\u9fff"

_LANE = 21
_LANE_MASK = (1 << _LANE) - 1
_LANE_HALF = 1 << (_LANE - 1)
_LARGEST = 999
"""Weights, as whole numbers, are kept within ±_LARGEST: those of the 3,000 n-grams that a text can
have at most do not all come near it, so a lane holds their sum."""


def shape(text: str) -> str:
    """Reduce normalised text to what generalises.

    Links, digits and repetitions become signs, pictures the words they stand for.
    """
    if len(text) > MAX_CHARACTERS:
        text = f"{text[: MAX_CHARACTERS // 2]} {text[-MAX_CHARACTERS // 2 :]}"
    if "." in text or "http" in text:
        text = _LINK.sub("\x01", text)
    text = "".join(map(_SIGNS.get, text, text))
    if "00000" in text:
        text = _LONG_NUMBER.sub("\x02", text)
    text = _REPEATED.sub(r"\1\1\1", text)
    return f"\x03{_BLANKS.sub(' ', text.strip())}\x04"


def without_links(text: str) -> str:
    """Leave the links out of a normalised text, where they are known to be harmless."""
    return _LINK.sub(" ", text)


def short_grams(shaped: str) -> set[str]:
    """Return the distinct characters and pairs of characters of a shaped text."""
    return {*shaped, *map(add, shaped, shaped[1:])}


def long_grams(shaped: str, sounds: str) -> set[str]:
    """Return the distinct n-grams of a shaped text that are no `short_grams`.

    They are of 3 characters and of 2–3 syllables.
    """
    found = {*map(add, map(add, shaped, shaped[1:]), shaped[2:])}
    if sounds != shaped:
        found.update(sound_grams(sounds))
    return found


def grams(shaped: str, sounds: str) -> set[str]:
    """Return all distinct n-grams of a shaped text."""
    return short_grams(shaped) | long_grams(shaped, sounds)


def sound_grams(sounds: str) -> list[str]:
    """Return the n-grams of 2–3 syllables."""
    pairs = list(map(add, sounds, sounds[1:]))
    return [*pairs, *map(add, pairs, sounds[2:])]


def pack(weights: Sequence[int]) -> int:
    """Put one whole number a class into one integer, so that adding up is done for all at once."""
    return sum(
        max(-_LARGEST, min(_LARGEST, weight)) << (_LANE * lane)
        for lane, weight in enumerate(weights)
    )


def unpack(packed: int) -> tuple[int, int, int]:
    """Take a sum of packed integers apart again."""
    first = ((packed + _LANE_HALF) & _LANE_MASK) - _LANE_HALF
    packed = (packed - first) >> _LANE
    second = ((packed + _LANE_HALF) & _LANE_MASK) - _LANE_HALF
    return first, second, (packed - second) >> _LANE


def length_class(sounds: str) -> int:
    """Return the place among LENGTHS of a text, by the syllables in it."""
    return bisect_right(LENGTHS, sum(map(SOUNDS.__contains__, sounds)))


@dataclass(frozen=True)
class Model:
    """Weights of n-grams, packed, and what is needed to judge their sum.

    `bias`, `plain` and `clear` are in the order of CLASSES, `caution` by class and length. At its
    caution score a class stops mistaking clean texts for its own; `plain` above it, it hardly ever
    does. A text whose short n-grams alone score below `clear` never gets near caution. For all
    three see `pinbang.training`. `characters` and `latin` were met there, so they hide nothing.
    """

    scale: float
    bias: tuple[float, float, float]
    caution: tuple[tuple[float, ...], ...]
    plain: tuple[float, ...]
    clear: tuple[float, ...]
    weights: Mapping[str, int]
    characters: frozenset[str]
    latin: frozenset[str]

    def known(self, found: Iterable[str]) -> list[int]:
        """Return the packed weights of those n-grams that have any."""
        return list(filter(None, map(self.weights.get, found)))

    def log_odds(self, known: Sequence[int]) -> tuple[float, float, float]:
        """Return the log-odds of each class by the weights found, hidden words aside."""
        ad, scam, abuse = self.bias
        if not known:
            return ad, scam, abuse
        scale = self.scale * len(known) ** 0.5
        sums = unpack(sum(known))
        peak = max(0, unpack(max(known))[2]) * PEAK / self.scale
        return ad + sums[0] / scale, scam + sums[1] / scale, abuse + sums[2] / scale + peak

    def hidden(self, text: str, shaped: str) -> float:
        """Return the log-odds for abuse of words that seem hidden in a text, as is and shaped."""
        rare = sum(
            _HAN_FROM <= character <= _HAN_TO
            for character in set(shaped).difference(self.characters)
        )
        points = HIDDEN_CHARACTERS[min(rare, len(HIDDEN_CHARACTERS) - 1)]
        if not _PICTURES.isdisjoint(text) and _PICTURE.search(text) is not None:
            points += HIDDEN_PICTURE
        pinyin = initials = False
        for phrase in latin_phrases(shaped):
            if len(phrase) < 2 or phrase in self.latin:
                continue
            if _INITIALS.fullmatch(phrase) is not None:
                initials = True
            elif " " in phrase or len(phrase) >= _LEAST_PINYIN:
                pinyin = pinyin or len(phrase_syllables(phrase)) > 1
        return points + HIDDEN_PINYIN * pinyin + HIDDEN_INITIALS * initials

    def scores(self, text: str) -> Mapping[str, float]:
        """Return, for normalised text, how far each class is above its caution score (log-odds).

        What is plainly clean is only told to be far below.
        """
        shaped = shape(text)
        hidden = self.hidden(text, shaped)
        short = short_grams(shaped)
        known = self.known(short)
        ad, scam, abuse = self.log_odds(known)
        clear = self.clear
        if ad < clear[0] and scam < clear[1] and abuse + hidden < clear[2]:
            return FAR_BELOW
        sounds = sounding(shaped)
        length = length_class(sounds)
        known += self.known(long_grams(shaped, sounds) - short)
        ad, scam, abuse = self.log_odds(known)
        caution = self.caution
        return {
            "ad": ad - caution[0][length],
            "scam": scam - caution[1][length],
            "abuse": abuse + hidden - caution[2][length],
        }


def load_model(path: Path = MODEL_FILE) -> Model:
    """Read the file that `pinbang.training` writes: gzip of JSON, weights as whole numbers."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        body = json.load(file)
    return Model(
        float(body["scale"]),
        tuple(body["bias"]),
        tuple(map(tuple, body["caution"])),
        tuple(body["plain"]),
        tuple(body["clear"]),
        {gram: pack(values) for gram, values in body["grams"].items()},
        frozenset(body["characters"]),
        frozenset(body["latin"]),
    )


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """Return the model that comes with this version, read on first use."""
    return load_model()


@lru_cache(maxsize=64)
def shipped_scores(text: str) -> Mapping[str, float]:
    """Score a text by the shipped model; remembered, because several judges ask in turn.

    Empty where there is too little to tell anything by, as in 接 12 or 3号楼 501, and for other
    languages, of which the model knows next to nothing.
    """
    if sum(_HAN_FROM <= character <= _HAN_TO for character in text[:LITTLE]) < FEWEST_HAN:
        return {}
    return shipped_model().scores(text)


def trained_points(text: str, name: str) -> float:
    """Return the points that a normalised text earns for reading like class `name`."""
    above = shipped_scores(text).get(name)
    if above is None:
        return 0.0
    return max(0.0, min(MOST, AT_CAUTION[name] + PER_LOG_ODD[name] * above))


def reads_plainly(text: str, name: str) -> bool:
    """Tell whether a normalised text reads so much like class `name` that mistakes are rare."""
    above = shipped_scores(text).get(name)
    return above is not None and above >= shipped_model().plain[CLASSES.index(name)]
