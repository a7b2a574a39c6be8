"""Encryption of everything a person said, before it reaches a store.

A key file holds the key that wraps keys, and two secrets for resume codes (`keyfile` says where it lies). Each
conversation and each case has a key of its own, stored only wrapped. AES-256-GCM (NIST SP 800-38D)
throughout, with random 96-bit nonces: one key seals thousands of records, far below the bound of 2^32.

Records and wrapped keys are `version (1) | number of the wrapping key (2) | nonce (12) | ciphertext and
tag`, and are bound to their place by the associated data: no record can be moved or swapped. A key may be locked
before it is wrapped, with a secret that is not kept here (a resume code, the token of a session): then the key file
alone does not open it, and yet it can be wrapped anew with another key when keys are changed.
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Collection
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assistant.store import StoreError, files, keyfile
from assistant.store.keyfile import IN_THE_DIRECTORY, Contents, KeySource

VERSION = 1
_HEADER = struct.Struct(">BH")
_PLACE = struct.Struct(">Q")
_LENGTH = struct.Struct(">I")
_NONCE = 12
_START = _HEADER.size + _NONCE
_SIZES = (64, 256, 1024, 4096, 16384, 65536)
_WRAP = b"\x00wrapped key\x00"
_LOCK = b"\x00locked key\x00"
_SECRET = b"\x00secret of a login\x00"
_KEY = 32

BLANK = bytes(_START + _KEY + 16)
"""What lies in the place of a wrapped key that is not there: the office's, of a conversation that is not sent; any, of
one that was erased."""


class TamperedError(StoreError):
    """Sealed bytes that were changed, cut, moved to another place, or sealed with another key."""


class DataKey:
    """The key of one conversation or case; ``secret`` is its 32 bytes."""

    __slots__ = ("_cipher", "_header", "secret")

    def __init__(self, key: bytes, key_id: int) -> None:
        self.secret = key
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
    """The secrets of one office. Whoever holds them and the database can read everything that was sent.

    `key_id` is the number of the key that wraps what is wrapped from now on; older ones open what they wrapped.
    `pepper` and `code_salt` are 32 bytes each, for resume codes (see `codes.hash_code`).
    """

    __slots__ = ("_ciphers", "_source", "code_salt", "key_id", "pepper")

    def __init__(self, contents: Contents, source: KeySource) -> None:
        self._source = source
        self._take(contents)

    def _take(self, contents: Contents) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in contents.all_keys().items()}
        self.key_id = contents.key_id
        self.pepper = contents.pepper
        self.code_salt = contents.code_salt

    @classmethod
    def open(cls, directory: Path, source: KeySource = IN_THE_DIRECTORY) -> KeyFile:
        """Read the key file of a data directory; make it, and the directory, when there is no database yet.

        Open it before the store. Raises StoreError for a file that others can read, a broken one, and
        one that is missing beside a database.
        """
        files.private_directory(directory)
        source = source.of(directory)
        return cls(keyfile.load(source, made=(directory / files.DATABASE).exists()), source)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all keys that wrap, the oldest first."""
        return tuple(sorted(self._ciphers))

    @property
    def changeable(self) -> bool:
        """Whether the program itself can write the key file."""
        return self._source.file is not None

    def add_key(self) -> int:
        """Put a new wrapping key before the others, in the file first; its number. What is wrapped already stays so
        until it is wrapped anew (`rewrap`). Raises StoreError."""
        self._take(keyfile.change(self._source, keyfile.with_new_key))
        return self.key_id

    def drop_key(self, number: int) -> None:
        """Take an older wrapping key out of the file for good. What it wrapped must be wrapped anew before.

        Raises StoreError for the newest, and for one that is not there."""
        if number == self.key_id or number not in self._ciphers:
            told = "is the one that wraps now" if number == self.key_id else "is not there"
            raise StoreError(f"key {number} {told}; there are: {', '.join(map(str, self.numbers))}")
        self._take(keyfile.change(self._source, lambda contents: keyfile.without_key(contents, number)))

    # -- wrapping --------------------------------------------------------------------------------------------------

    def fresh_key(self) -> DataKey:
        """The key of a new conversation, wrapped for nobody yet."""
        return DataKey(secrets.token_bytes(_KEY), self.key_id)

    def new_key(self, subject: str) -> tuple[DataKey, bytes]:
        """A fresh key for a conversation or case, and the same key wrapped for the office."""
        key = self.fresh_key()
        return key, self.wrap(key, subject=subject)

    def wrap(self, key: DataKey, *, subject: str, secret: bytes = b"") -> bytes:
        """The key of a conversation or case as a store keeps it. With a secret (32 bytes, or a token of as much
        chance), which is kept nowhere, this file alone does not open it."""
        return self._wrapped(_locked(key.secret, subject, secret) if secret else key.secret, subject)

    def unwrap(self, wrapped: bytes, *, subject: str, secret: bytes = b"") -> DataKey:
        """The key of a conversation or case. Raises TamperedError if it is not the key of this one, or needs another
        secret."""
        key = self._unwrapped(wrapped, subject)
        if secret:
            key = _unlocked(key, subject, secret)
        elif len(key) != _KEY:
            raise _tampered(f"the key of {subject}")
        return DataKey(key, self.key_id)

    def rewrap(self, subject: str, wrapped: bytes) -> bytes:
        """The same key, locked or not, wrapped with the newest key. Raises TamperedError."""
        return self._wrapped(self._unwrapped(wrapped, subject), subject)

    def _wrapped(self, key: bytes, subject: str) -> bytes:
        header, nonce = _HEADER.pack(VERSION, self.key_id), os.urandom(_NONCE)
        return header + nonce + self._ciphers[self.key_id].encrypt(nonce, key, header + _WRAP + subject.encode())

    def _unwrapped(self, wrapped: bytes, subject: str) -> bytes:
        what = f"the key of {subject}"
        header = wrapped[: _HEADER.size]
        return _opened(self._cipher_of(wrapped, what), wrapped, header + _WRAP + subject.encode(), what)

    def _cipher_of(self, wrapped: bytes, what: str) -> AESGCM:
        header = wrapped[: _HEADER.size]
        if len(header) < _HEADER.size or not any(wrapped):
            raise _tampered(what)
        version, number = _HEADER.unpack(header)
        if version != VERSION or number not in self._ciphers:
            raise TamperedError(f"{what} belongs to another key file; bring back the {files.KEY} of this database")
        return self._ciphers[number]

    def seal_secret(self, name: str, secret: bytes) -> bytes:
        """Encrypt a secret of a login (20 bytes of a second step, say) for this user name and no other."""
        header, nonce = _HEADER.pack(VERSION, self.key_id), os.urandom(_NONCE)
        return header + nonce + self._ciphers[self.key_id].encrypt(nonce, secret, header + _SECRET + name.encode())

    def open_secret(self, name: str, sealed: bytes) -> bytes:
        """The secret of a login. Raises TamperedError if it was changed, or sealed for another name or key file."""
        what = f"the secret of {name}"
        return _opened(self._cipher_of(sealed, what), sealed, sealed[: _HEADER.size] + _SECRET + name.encode(), what)

    def reseal_secret(self, name: str, sealed: bytes) -> bytes:
        """The same secret of a login, sealed with the newest key. Raises TamperedError."""
        return self.seal_secret(name, self.open_secret(name, sealed))

    def check(self, stored: Collection[tuple[str, bytes]]) -> None:
        """Raise StoreError if this file opens none of the stored keys (subject, wrapped) that there are.

        One that opens is enough: a single damaged key must not keep everybody out.
        """
        if stored and not any(self._opens(wrapped, subject) for subject, wrapped in stored):
            raise StoreError(f"{files.KEY} is not the key of this database; put the right key file back")

    def _opens(self, wrapped: bytes, subject: str) -> bool:
        try:
            self._unwrapped(wrapped, subject)
        except TamperedError:
            return False
        return True


def number_of(wrapped: bytes) -> int:
    """The number of the key that wrapped or sealed these bytes."""
    return int(_HEADER.unpack(wrapped[: _HEADER.size])[1])


def header_of(number: int) -> bytes:
    """How everything begins that the key of this number has wrapped."""
    return _HEADER.pack(VERSION, number)


def _locked(key: bytes, subject: str, secret: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_lock(secret)).encrypt(nonce, key, _LOCK + subject.encode())


def _unlocked(locked: bytes, subject: str, secret: bytes) -> bytes:
    try:
        return AESGCM(_lock(secret)).decrypt(locked[:_NONCE], locked[_NONCE:], _LOCK + subject.encode())
    except (InvalidTag, ValueError):
        raise _tampered(f"the key of {subject}") from None


def _lock(secret: bytes) -> bytes:
    return HKDF(SHA256(), _KEY, None, b"klarbild lock of a key").derive(secret)


def _opened(cipher: AESGCM, sealed: bytes, place: bytes, what: str) -> bytes:
    try:
        return cipher.decrypt(sealed[_HEADER.size : _START], sealed[_START:], place)
    except (InvalidTag, ValueError):
        # Not chained: the operator needs no more, and a log must not get bytes.
        raise _tampered(what) from None


def _tampered(what: str) -> TamperedError:
    return TamperedError(f"{what} cannot be opened: it was changed or does not belong there; restore a backup")


def _padded(plain: bytes) -> bytes:
    needed = _LENGTH.size + len(plain)
    size = next((size for size in _SIZES if size >= needed), -(-needed // _SIZES[-1]) * _SIZES[-1])
    return _LENGTH.pack(len(plain)) + plain.ljust(size - _LENGTH.size, b"\x00")
