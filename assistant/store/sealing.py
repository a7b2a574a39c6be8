"""Encryption of everything a person said, before it reaches a store.

A key file beside the database holds the key that wraps keys, and two secrets for resume codes. Each
conversation and each case has a key of its own, stored only wrapped. AES-256-GCM (NIST SP 800-38D)
throughout, with random 96-bit nonces: one key seals thousands of records, far below the bound of 2^32.

Records and wrapped keys are `version (1) | number of the wrapping key (2) | nonce (12) | ciphertext and
tag`, and are bound to their place by the associated data: no record can be moved or swapped.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import struct
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assistant.store import StoreError, files

VERSION = 1
_HEADER = struct.Struct(">BH")
_PLACE = struct.Struct(">Q")
_LENGTH = struct.Struct(">I")
_NONCE = 12
_START = _HEADER.size + _NONCE
_SIZES = (64, 256, 1024, 4096, 16384, 65536)
_WRAP = b"\x00wrapped key\x00"
_SECRET = b"\x00secret of a login\x00"

Secret = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class TamperedError(StoreError):
    """Sealed bytes that were changed, cut, moved to another place, or sealed with another key."""


class _Contents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The key file: JSON, with the secrets in base64."""

    about: str
    key_id: Annotated[int, msgspec.Meta(ge=1, le=0xFFFF)]
    key: Secret
    pepper: Secret
    code_salt: Secret


class DataKey:
    """The key of one conversation or case."""

    __slots__ = ("_cipher", "_header")

    def __init__(self, key: bytes, key_id: int) -> None:
        self._cipher = AESGCM(key)
        self._header = _HEADER.pack(VERSION, key_id)

    def seal(self, subject: str, seq: int, plain: bytes) -> bytes:
        """Encrypt what is record `seq` of `subject` (a conversation or case id) and of nothing else.

        The text is padded to 64, 256, 1024, 4096, 16384 or a multiple of 65536 bytes, so that the
        length tells little.
        """
        nonce = os.urandom(_NONCE)
        place = self._header + _PLACE.pack(seq) + subject.encode()
        return self._header + nonce + self._cipher.encrypt(nonce, _padded(plain), place)

    def open(self, subject: str, seq: int, sealed: bytes) -> bytes:
        """Decrypt record `seq` of `subject`. Raises TamperedError for anything else."""
        header = sealed[: _HEADER.size]
        place = header + _PLACE.pack(seq) + subject.encode()
        padded = _opened(self._cipher, sealed, place, f"record {seq} of {subject}")
        length = _LENGTH.unpack_from(padded)[0]
        return padded[_LENGTH.size : _LENGTH.size + length]


class KeyFile:
    """The secrets of one data directory. Whoever holds this file and the database can read everything.

    `pepper` and `code_salt` are 32 bytes each, for resume codes (see `codes.hash_code`).
    """

    __slots__ = ("_cipher", "code_salt", "key_id", "pepper")

    def __init__(self, contents: _Contents) -> None:
        self._cipher = AESGCM(contents.key)
        self.key_id = contents.key_id
        self.pepper = contents.pepper
        self.code_salt = contents.code_salt

    @classmethod
    def open(cls, directory: Path) -> KeyFile:
        """Read DIR/klarbild.key; make it, and the directory, when there is no database yet.

        Open it before the store. Raises StoreError for a file that others can read, a broken one, and
        one that is missing beside a database.
        """
        files.private_directory(directory)
        path = directory / files.KEY
        try:
            if not path.exists():
                if (directory / files.DATABASE).exists():
                    raise StoreError(
                        f"{path} is missing and {files.DATABASE} cannot be read without it; bring the file back"
                    )
                _create(path)
            return cls(_load(path))
        except OSError as error:
            raise StoreError(f"cannot use {path}: {error.strerror or type(error).__name__}") from error

    def new_key(self, subject: str) -> tuple[DataKey, bytes]:
        """A fresh key for a conversation or case, and the same key wrapped, which is what a store keeps."""
        key = secrets.token_bytes(32)
        header = _HEADER.pack(VERSION, self.key_id)
        nonce = os.urandom(_NONCE)
        wrapped = header + nonce + self._cipher.encrypt(nonce, key, header + _WRAP + subject.encode())
        return DataKey(key, self.key_id), wrapped

    def unwrap(self, wrapped: bytes, *, subject: str) -> DataKey:
        """The key of a conversation or case. Raises TamperedError if it is not the key of this one."""
        header = wrapped[: _HEADER.size]
        what = f"the key of {subject}"
        if len(header) == _HEADER.size and _HEADER.unpack(header) != (VERSION, self.key_id):
            raise TamperedError(f"{what} belongs to another key file; bring back the {files.KEY} of this database")
        return DataKey(_opened(self._cipher, wrapped, header + _WRAP + subject.encode(), what), self.key_id)

    def seal_secret(self, name: str, secret: bytes) -> bytes:
        """Encrypt a secret of a login (20 bytes of a second step, say) for this user name and no other."""
        header, nonce = _HEADER.pack(VERSION, self.key_id), os.urandom(_NONCE)
        return header + nonce + self._cipher.encrypt(nonce, secret, header + _SECRET + name.encode())

    def open_secret(self, name: str, sealed: bytes) -> bytes:
        """The secret of a login. Raises TamperedError if it was changed, or sealed for another name or key file."""
        return _opened(self._cipher, sealed, sealed[: _HEADER.size] + _SECRET + name.encode(), f"the secret of {name}")

    def check(self, stored: Collection[tuple[str, bytes]]) -> None:
        """Raise StoreError if this file opens none of the stored keys (subject, wrapped) that there are.

        One that opens is enough: a single damaged key must not keep everybody out.
        """
        if stored and not any(self._opens(wrapped, subject) for subject, wrapped in stored):
            raise StoreError(f"{files.KEY} is not the key of this database; put the right key file back")

    def _opens(self, wrapped: bytes, subject: str) -> bool:
        try:
            self.unwrap(wrapped, subject=subject)
        except TamperedError:
            return False
        return True


def _opened(cipher: AESGCM, sealed: bytes, place: bytes, what: str) -> bytes:
    try:
        return cipher.decrypt(sealed[_HEADER.size : _START], sealed[_START:], place)
    except (InvalidTag, ValueError):
        # Not chained: the operator needs no more, and a log must not get bytes.
        raise TamperedError(
            f"{what} cannot be opened: it was changed or does not belong there; restore a backup"
        ) from None


def _padded(plain: bytes) -> bytes:
    needed = _LENGTH.size + len(plain)
    size = next((size for size in _SIZES if size >= needed), -(-needed // _SIZES[-1]) * _SIZES[-1])
    return _LENGTH.pack(len(plain)) + plain.ljust(size - _LENGTH.size, b"\x00")


def _create(path: Path) -> None:
    """Write a new key file so that it is there whole or not at all, and never in place of another."""
    contents = _Contents(
        about="Secret. Keep a copy apart from the database: without it nothing that was said can be read.",
        key_id=1,
        key=secrets.token_bytes(32),
        pepper=secrets.token_bytes(32),
        code_salt=secrets.token_bytes(32),
    )
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(msgspec.json.format(msgspec.json.encode(contents)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails if somebody made the file meanwhile; then theirs is the one to read.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    files.sync_directory(path.parent)


def _load(path: Path) -> _Contents:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise StoreError(f"{path} can be used by other users of this machine; run: chmod 600 {path}")
        text = file.read(10_000)
    try:
        return msgspec.json.decode(text, type=_Contents)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise StoreError(f"{path} is broken; bring back a copy of it") from None
