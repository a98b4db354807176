"""Cutting into words."""

import subprocess
import sys
from pathlib import Path

from pinbang.text.tokenise import tokenise


def test_knows_the_words_of_the_group() -> None:
    assert tokenise("求助力 多多果园差一个新用户") == ("求助力", "多多果园", "差", "一个", "新用户")


def test_any_text_is_cut() -> None:
    assert tokenise("") == ()
    assert tokenise(" \n") == ()
    assert "".join(tokenise("abc\ud83d，。123")) == "abc\ud83d，。123"


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )


def test_cache_is_written_where_told_and_nothing_to_stderr(tmp_path: Path) -> None:
    done = _run(
        "from pinbang.text.tokenise import *;"
        f"set_cache_dir({str(tmp_path)!r}); warm_up(); tokenise('拼多多')"
    )
    assert done.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]


def test_no_cache_outside_a_folder_of_ours(tmp_path: Path) -> None:
    _run(
        f"import tempfile; tempfile.tempdir = {str(tmp_path)!r};"
        "from pinbang.text.tokenise import tokenise; assert tokenise('拼多多') == ('拼多多',)"
    )
    assert list(tmp_path.iterdir()) == []
