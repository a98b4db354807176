"""Cut text into words with jieba, taught the vocabulary of Pinduoduo groups."""

import importlib
import logging
import warnings
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

_WORDS = Path(__file__).with_name("words.txt")


class _Tokenizer(Protocol):
    """The part of jieba's tokenizer that is used here."""

    tmp_dir: str | None
    FREQ: dict[str, int]
    total: int
    initialized: bool

    def lcut(self, sentence: str, *, HMM: bool) -> list[str]: ...  # noqa: N803
    def initialize(self) -> None: ...
    def add_word(self, word: str, freq: int | None = None) -> None: ...
    def get_dict_file(self) -> Any: ...
    def gen_pfdict(self, f: Any) -> tuple[dict[str, int], int]: ...


@cache
def _jieba() -> _Tokenizer:
    """Import jieba on first use: it takes a quarter of a second and warns about itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module("jieba")
    # The module sets its own level on import and writes progress to stderr.
    logging.getLogger("jieba").setLevel(logging.WARNING)
    return cast(_Tokenizer, module.dt)


@cache
def _ready() -> _Tokenizer:
    """Load the dictionary and our words.

    jieba reads its cache with marshal, from the shared temporary folder unless told otherwise;
    whoever can write there could run code here. Without a folder of our own it gets no cache.
    """
    tokenizer = _jieba()
    if tokenizer.tmp_dir is None:
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
        tokenizer.initialized = True
    else:
        tokenizer.initialize()
    for line in _WORDS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            tokenizer.add_word(line.strip(), 20_000)
    return tokenizer


def set_cache_dir(path: Path | str) -> None:
    """Keep jieba's dictionary cache in `path`, a folder only we can write to.

    Call it before the first `tokenise`; later calls change nothing until the next start.
    """
    _jieba().tmp_dir = str(path)


def warm_up() -> None:
    """Load the dictionary now (about half a second), so that no message has to wait for it."""
    _ready()


def tokenise(text: str) -> tuple[str, ...]:
    """Return the words of `text` in order, blanks left out; new words are not guessed."""
    return tuple(word for word in _ready().lcut(text, HMM=False) if not word.isspace())
