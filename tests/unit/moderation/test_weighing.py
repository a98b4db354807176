"""Adding up clues, and loading what is looked for."""

from pathlib import Path

import pytest

from pinbang.moderation.lexicon import load_expressions
from pinbang.moderation.weighing import DEFAULT_THRESHOLD, Clue, squash, weigh


def test_every_point_halves_the_doubt() -> None:
    assert [squash(points) for points in (-1, 0, 1, 2)] == [0, 0, 0.5, 0.75]
    assert squash(1.32) < DEFAULT_THRESHOLD < squash(1.33)


def test_relief_does_not_touch_firm_clues() -> None:
    firm, soft = Clue(1, "a", firm=True), Clue(1, "b")
    assert weigh([firm, soft], relief=5) == squash(1)
    assert weigh([firm, soft], relief=0.5) == squash(1.5)
    assert weigh([]) == 0


def test_expressions_are_loaded_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("# comment\n\nNUM元\nabc\n", "utf-8")
    pattern = load_expressions(file, {"NUM": r"\d"})
    assert pattern.search("5元")
    assert pattern.search("xabc")
    assert not pattern.search("NUM元")


@pytest.mark.parametrize("line", ["a*", "(", "a|"])
def test_a_line_that_matches_everything_or_is_broken_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "x.txt"
    file.write_text(line, "utf-8")
    with pytest.raises(ValueError, match=r"x\.txt"):
        load_expressions(file)
