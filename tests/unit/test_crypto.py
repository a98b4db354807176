"""Sealing texts: only the right key, at the right place, opens them."""

import base64
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang import crypto
from pinbang.crypto import KEY_BYTES, KEY_FILE, Keyring, UnreadableError, load_keyring
from pinbang.settings import StartupError

OLD, NEW = b"o" * KEY_BYTES, b"n" * KEY_BYTES
RING = Keyring([OLD])


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


WRITABLE = st.characters(exclude_categories=["Cs"])


@given(st.text(WRITABLE, max_size=400), st.text(WRITABLE, max_size=40))
def test_what_is_sealed_opens_again(text: str, place: str) -> None:
    sealed = RING.seal(text, place)
    assert RING.open(sealed, place) == text
    assert sealed != RING.seal(text, place)
    assert sealed.isascii()


def test_a_value_opens_only_at_its_place() -> None:
    sealed = RING.seal("秘密", "case.text")
    with pytest.raises(UnreadableError):
        RING.open(sealed, "case.evidence")


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(UnreadableError):
        Keyring([NEW]).open(RING.seal("秘密", "x"), "x")


@pytest.mark.parametrize("position", range(10, 60, 7))
def test_a_changed_value_does_not_open(position: int) -> None:
    sealed = RING.seal("一段不短的秘密文字", "x")
    other = "A" if sealed[position] != "A" else "B"
    with pytest.raises(UnreadableError):
        RING.open(sealed[:position] + other + sealed[position + 1 :], "x")


@pytest.mark.parametrize(
    "value", ["", "v1", "v1.", "v1..", "v1.a.b", "v2.a.b", "v1.深.AAAA", "v1.00000000."]
)
def test_what_was_never_sealed_does_not_open(value: str) -> None:
    with pytest.raises(UnreadableError):
        RING.open(value, "x")


def test_keys_are_rotated_by_putting_the_new_one_first() -> None:
    before = RING.seal("旧", "x")
    rotated = Keyring([NEW, OLD])
    assert rotated.open(before, "x") == "旧"
    after = rotated.seal("新", "x")
    assert Keyring([NEW]).open(after, "x") == "新"
    with pytest.raises(UnreadableError):
        RING.open(after, "x")
    assert Keyring([OLD, NEW]).open(after, "x") == "新"


def test_the_index_survives_rotation_and_tells_nothing() -> None:
    index = RING.blind_index("10001", "x")
    assert Keyring([NEW, OLD]).blind_index("10001", "x") == index
    assert "10001" not in index
    assert len({index, RING.blind_index("10002", "x"), RING.blind_index("10001", "y")}) == 3
    assert Keyring([NEW]).blind_index("10001", "x") != index


@pytest.mark.parametrize("keys", [[], [b""], [b"short"], [OLD, b"short"], [OLD + b"x"]])
def test_keys_of_another_length_are_refused(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32"):
        Keyring(keys)


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    sealed = load_keyring([], tmp_path).seal("秘密", "x")
    path = tmp_path / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert load_keyring([], tmp_path).open(sealed, "x") == "秘密"
    assert path.read_bytes() == before


def test_two_folders_get_two_keys(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        load_keyring([], tmp_path / name)
    assert (tmp_path / "a" / KEY_FILE).read_bytes() != (tmp_path / "b" / KEY_FILE).read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these modes")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    load_keyring([], tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(StartupError) as caught:
        load_keyring([], tmp_path)
    assert "chmod 600" in caught.value.remedy


@pytest.mark.parametrize("content", ["", "# nothing\n", "not base64!\n", encoded(b"short"), "钥匙"])
def test_a_key_file_without_a_key_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / KEY_FILE
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(StartupError, match=KEY_FILE) as caught:
        load_keyring([], tmp_path)
    assert path.read_text(encoding="utf-8") == content
    if content.strip("#\n "):
        assert content not in str(caught.value)


def test_a_file_may_hold_several_keys_and_comments(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    path.write_text(f"# newest first\n\n{encoded(NEW)}\n  {encoded(OLD)}  \n", encoding="ascii")
    path.chmod(0o600)
    ring = load_keyring([], tmp_path)
    assert ring.open(RING.seal("旧", "x"), "x") == "旧"
    assert Keyring([NEW]).open(ring.seal("新", "x"), "x") == "新"


def test_keys_from_the_settings_make_no_file(tmp_path: Path) -> None:
    ring = load_keyring([encoded(OLD)], tmp_path)
    assert ring.open(RING.seal("旧", "x"), "x") == "旧"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["x", "AAAA", encoded(OLD)[:-2], encoded(OLD + b"x"), "密钥"])
def test_a_wrong_key_in_the_settings_is_refused_without_repeating_it(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(StartupError, match="ENCRYPTION_KEYS") as caught:
        load_keyring([encoded(NEW), key], tmp_path)
    assert encoded(NEW) not in str(caught.value)


def test_before_the_keys_are_loaded_nothing_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_keyring", None)
    with pytest.raises(RuntimeError):
        crypto.keyring()
    monkeypatch.setattr(crypto, "_keyring", None)  # so that use_keyring is undone too
    crypto.use_keyring(RING)
    assert crypto.keyring() is RING
