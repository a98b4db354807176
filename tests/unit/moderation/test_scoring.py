"""The trained score: what ships, what it leaves alone, and that it can be trained again."""

from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang.moderation.scoring import (
    CLASSES,
    FAR_BELOW,
    LENGTHS,
    MAX_CHARACTERS,
    Model,
    grams,
    length_class,
    load_model,
    pack,
    reads_plainly,
    shape,
    shipped_model,
    trained_points,
    unpack,
)
from pinbang.text.normalise import normalise
from pinbang.text.syllables import sounding
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


HATEFUL = "那个地方出来的人没一个好东西，全是小偷骗子，见一个就该赶走一个，恶心"


def test_what_reads_like_contempt_earns_a_verdict() -> None:
    assert trained_points(normalise(HATEFUL).text, "abuse") >= 1.33


def test_a_few_words_earn_none_by_tone_alone() -> None:
    assert trained_points("你们这些人啊", "abuse") < 1.33


def test_only_what_is_far_beyond_caution_reads_plainly() -> None:
    assert not reads_plainly("今天群里好安静，大家都去上班了吗", "abuse")
    assert not reads_plainly("接 12", "abuse")
    if reads_plainly(normalise(HATEFUL).text, "abuse"):
        assert trained_points(normalise(HATEFUL).text, "abuse") > 1.4


weights = st.lists(st.integers(-999, 999), min_size=len(CLASSES), max_size=len(CLASSES))


@given(st.lists(weights, max_size=300))
def test_packed_weights_add_up_like_single_ones(table: list[list[int]]) -> None:
    sums = tuple(map(sum, zip(*table, strict=True))) or (0,) * len(CLASSES)
    assert unpack(sum(map(pack, table))) == sums


@given(weights, weights)
def test_the_greater_packed_weight_is_the_more_abusive(one: list[int], other: list[int]) -> None:
    greatest = unpack(max(pack(one), pack(other)))
    assert greatest[-1] == max(one[-1], other[-1])


def test_weights_too_great_for_a_lane_are_cut_off() -> None:
    assert unpack(pack([10**6, -(10**6), 5])) == (999, -999, 5)


def model(**changes: object) -> Model:
    facts: dict[str, object] = {
        "scale": 100.0,
        "bias": (0.0, 0.0, 0.0),
        "caution": ((0.0,) * (len(LENGTHS) + 1),) * 3,
        "plain": (1.0, 1.0, 1.0),
        "clear": (-9.0, -9.0, -9.0),
        "weights": {"坏人": pack([0, 0, 300])},
        "characters": frozenset("你是坏人大家好今天也"),
        "latin": frozenset({"usb"}),
    }
    return Model(**{**facts, **changes})  # pyright: ignore[reportArgumentType]


def test_a_sound_alike_scores_by_its_sound() -> None:
    heard = model(weights={sounding("坏人"): pack([0, 0, 300])})
    for text in ("你是坏人", "你是坏仁", "你是 huai ren"):
        found = grams(shape(text), sounding(shape(text)))
        assert heard.log_odds(heard.known(found))[-1] > 0


@pytest.mark.parametrize("text", ["你是 da huai ren", "你是 hrx", "你是🐷大人", "你是砘覭"])
def test_a_hidden_word_counts_against_a_text(text: str) -> None:
    assert model().hidden(text, shape(text)) > 0


@pytest.mark.parametrize("text", ["你是坏人", "usb 坏 a", "note11 pro3", "大家好!"])
def test_known_words_and_names_hide_nothing(text: str) -> None:
    assert model().hidden(text, shape(text)) == 0


def test_pictures_are_read_as_words() -> None:
    assert shape("死\U0001f437") == shape("死猪")


def test_caution_goes_by_the_length() -> None:
    strict = (9.0, *(0.0,) * len(LENGTHS))
    careful = model(caution=((0.0,) * len(strict), (0.0,) * len(strict), strict))
    short, long = "你是坏人", "你是坏人大家好今天也好"
    assert length_class(sounding(shape(short))) == 0 < length_class(sounding(shape(long)))
    assert careful.scores(short)["abuse"] < 0 < careful.scores(long)["abuse"]


def test_what_is_plainly_clean_is_not_looked_at_closely() -> None:
    careless = model(clear=(9.0, 9.0, 9.0))
    assert careless.scores("你是坏人大家好今天也好") is FAR_BELOW
    assert careless.scores("你是坏人 da huai ren hrx") is FAR_BELOW
    wary = model(clear=(9.0, 9.0, 1.0))
    assert wary.scores("你是 da huai ren 大家好今天") is not FAR_BELOW


def test_few_texts_near_a_verdict_are_taken_for_plainly_clean() -> None:
    closely = replace(shipped_model(), clear=(-1e9, -1e9, -1e9))
    near: dict[str, list[bool]] = {name: [] for name in CLASSES}
    for example in own_corpus(CORPUS):
        text = normalise(example.text).text
        if example.label in near and closely.scores(text)[example.label] >= 0:
            near[example.label].append(shipped_model().scores(text) is FAR_BELOW)
    for name, overlooked in near.items():
        assert len(overlooked) > 500, name
        assert sum(overlooked) / len(overlooked) < 0.01, name


@pytest.mark.parametrize("piece", ["砍一刀", "ni hao ", "a", "12", "🐷", "\u7818", "x.com/", "哈"])
def test_ten_thousand_characters_are_no_work(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    started = process_time()
    shipped_model().scores(text)
    assert process_time() - started < 0.5


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
