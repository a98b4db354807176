"""The trained score: what ships, what it leaves alone, and that it can be trained again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.moderation.scoring import (
    CLASSES,
    MAX_CHARACTERS,
    load_model,
    shape,
    shipped_model,
    trained_points,
)
from pinbang.text.normalise import normalise
from pinbang.training.examples import CORPUS, LABELS, Example, own_corpus
from pinbang.training.fitting import fit, save

ORDINARY = [
    "帮忙点一下果园，差两次浇水就能收了，谢谢大家",
    "还差1人成团 19.9两提抽纸 https://mobile.yangkeduo.com/goods2.html?ps=xYz12",
    "今天群里好安静，大家都去上班了吗",
    "刚才那个快递我已经签收了，箱子有点破但东西没事",
    "接 12",
    "/详情 999999999999",
]


@pytest.mark.parametrize("text", ORDINARY)
@pytest.mark.parametrize("name", CLASSES)
def test_ordinary_talk_earns_less_than_a_verdict(text: str, name: str) -> None:
    assert trained_points(normalise(text).text, name) < 1.33


def test_what_reads_like_an_advertisement_earns_one() -> None:
    text = "本店新到一批高仿名牌鞋包，支持一件代发，诚招代理，量大从优，欢迎咨询选购"
    assert trained_points(normalise(text).text, "ad") >= 1.33


@given(st.text())
def test_any_text_is_scored(text: str) -> None:
    scores = shipped_model().scores(normalise(text).text)
    assert list(scores) == list(CLASSES)


def test_of_a_long_text_only_the_ends_are_read() -> None:
    assert len(shape("砍一刀谢谢大家帮忙" * 1200)) <= MAX_CHARACTERS + 10


def test_the_corpus_holds_every_class_without_contradictions() -> None:
    labels: dict[str, str] = {}
    counts: dict[str, int] = dict.fromkeys(LABELS, 0)
    contradictions: list[str] = []
    for example in own_corpus(CORPUS):
        if labels.setdefault(example.text, example.label) != example.label:
            contradictions.append(example.text)
        counts[example.label] += 1
    assert contradictions == []
    assert min(counts[label] for label in ("clean", "ad", "abuse", "scam")) > 1500


def test_training_makes_a_model_that_can_be_read_again(tmp_path: Path) -> None:
    words = {
        "clean": "今天天气不错大家好",
        "ad": "加微信领优惠券",
        "abuse": "你是笨蛋滚开",
        "scam": "先交保证金再提现",
    }
    examples = [
        Example(f"{text}{number}号{text[: number % 5]}", label, "test")
        for label, text in words.items()
        for number in range(30)
    ]
    save(fit(examples), tmp_path / "model.json.gz")
    model = load_model(tmp_path / "model.json.gz")
    for label in CLASSES:
        own = model.scores(normalise(words[label]).text)
        assert own[label] > model.scores(normalise(words["clean"]).text)[label]
    first = (tmp_path / "model.json.gz").read_bytes()
    save(fit(examples), tmp_path / "model.json.gz")
    assert (tmp_path / "model.json.gz").read_bytes() == first
