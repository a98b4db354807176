"""Encrypt what people wrote before it reaches the database: AES-256-GCM with named keys.

A ciphertext is `v1.<key id>.<base64 of nonce and sealed text>`; the place it belongs to is bound
as associated data, so that a value cannot be moved to another column. The first key encrypts, the
others only decrypt, which is how keys are rotated.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pinbang.settings import StartupError

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_FILE = "encryption.keys"


class UnreadableError(Exception):
    """A value that no present key opens."""


class Keyring:
    """Keys that seal and open texts."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"each key must have {KEY_BYTES} bytes")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])
        self._index_key = hmac.digest(keys[-1], b"pinbang blind index", hashlib.sha256)

    def seal(self, text: str, place: str) -> str:
        """Encrypt `text` for `place` (table.column)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), place.encode())
        return f"v1.{self._current}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Decrypt what `seal` made for the same place; raise UnreadableError otherwise."""
        try:
            version, key_id, body = sealed.split(".", 2)
            raw = base64.b64decode(body, validate=True)
            if version != "v1":
                raise UnreadableError(f"unknown format {version!r}")
            opened = self._ciphers[key_id].decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()
            )
        except (ValueError, KeyError, InvalidTag) as error:
            raise UnreadableError(f"no key opens this value of {place}") from error
        return opened.decode()

    def knows(self, sealed: str) -> bool:
        """Tell whether the key that sealed this value is present."""
        parts = sealed.split(".", 2)
        return len(parts) == 3 and parts[1] in self._ciphers

    def blind_index(self, text: str, place: str) -> str:
        """Return a keyed digest of `text` to look it up by without storing it."""
        return hmac.new(self._index_key, f"{place}\0{text}".encode(), hashlib.sha256).hexdigest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"pinbang key id" + key).hexdigest()[:8]


_keyring: Keyring | None = None


def use_keyring(keyring: Keyring) -> None:
    """Make `keyring` the one that stored texts are sealed with."""
    global _keyring  # noqa: PLW0603 -- set once at start
    _keyring = keyring


def keyring() -> Keyring:
    """Return the process's keys; raise RuntimeError before they are loaded."""
    if _keyring is None:
        raise RuntimeError("encryption keys are not loaded yet")
    return _keyring


def load_keyring(configured: Sequence[str], data_dir: Path) -> Keyring:
    """Take the keys from the settings, else from the data folder, making one on first start.

    Raises StartupError for a key that is no 32 bytes in base64, or a key file others can read.
    """
    if configured:
        return Keyring([_decode(key, "ENCRYPTION_KEYS") for key in configured])
    path = data_dir / KEY_FILE
    if not path.exists():
        _create(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise StartupError(f"密钥文件 {path.name} 别人也能读", f"请执行 chmod 600 {path}")
    lines = [line.strip() for line in path.read_text("ascii", errors="replace").splitlines()]
    keys = [_decode(line, path.name) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise StartupError(
            f"密钥文件 {path.name} 是空的", "请从备份恢复它；没有它已存的内容读不出来"
        )
    return Keyring(keys)


def _create(path: Path) -> None:
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"# PinBang encryption keys, newest first. Back this file up.\n{key}\n")
        file.flush()
        os.fsync(file.fileno())


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StartupError(
            f"{where} 里有一个密钥不对：应是 32 字节的 base64",
            "可用 openssl rand -base64 32 生成；已有数据请填回原来的密钥",
        )
    return key
