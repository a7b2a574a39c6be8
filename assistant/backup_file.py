"""One sealed file of a backup: written for a public key or a passphrase, and refused if a single byte of it changed.

`KLARBILD-BACKUP-1` and a line end, four bytes of length, the head as JSON, then pieces of 64 KiB sealed with
AES-256-GCM. Each piece has its number as nonce, with a mark on the last one (STREAM; Hoang, Reyhanitabar, Rogaway,
Vizár 2015), so no piece can be taken away, moved or added. The key comes by HKDF-SHA256 (RFC 5869) out of X25519
(RFC 7748) with a pair made for this one file, or out of Argon2id (RFC 9106) with 64 MiB; the head is part of it, so the
head cannot be changed either.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assistant.store import StoreError, files

PIECE: Final = 64 * 1024
"""How many bytes are sealed at a time."""

SHORTEST_PASSPHRASE: Final = 16
"""How many characters a passphrase has at least: it can be guessed at leisure by whoever has the file."""

_MAGIC: Final = b"KLARBILD-BACKUP-1\n"
_LENGTH: Final = struct.Struct(">I")
_TAG: Final = 16
_LONGEST_HEAD: Final = 10_000
_PUBLIC: Final = "klarbild-backup-"
_CHANGED: Final = "was changed or cut off, or it is not opened by this key or passphrase"


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup tells to whoever has it: its set, which file it is of, when it was made (UTC), and for which key.

    ``own`` is the public key made for this file, or the salt; ``to`` the public key it is sealed for."""

    set: str
    part: str
    made: str
    program: str
    way: Literal["public_key", "passphrase"]
    own: bytes
    to: bytes = b""


class PrivateKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of a private key: JSON, with the key in base64."""

    about: str
    private: bytes
    public: str


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """What backups are sealed with: a public key as text, or a passphrase."""

    public: str = ""
    passphrase: str = ""


class Opener(msgspec.Struct, frozen=True, kw_only=True):
    """What backups are opened with; what is not known is empty."""

    private: bytes = b""
    passphrase: str = ""


# -- keys --------------------------------------------------------------------------------------------------------------


def new_pair(path: Path) -> str:
    """Write a new private key to a file for its owner only; the public key that goes with it. Raises StoreError, also
    if the file is there already."""
    private = X25519PrivateKey.generate()
    public = f"{_PUBLIC}{base64.urlsafe_b64encode(private.public_key().public_bytes_raw()).decode().rstrip('=')}"
    about = "Opens the backups of Klarbild. Keep it away from the server and from the backups, in two places."
    contents = PrivateKey(about=about, private=private.private_bytes_raw(), public=public)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(msgspec.json.format(msgspec.json.encode(contents)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise files.cannot_write(path, error) from None
    return public


def read_private(path: Path) -> bytes:
    """The private key of a file. Raises StoreError."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=PrivateKey)
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise StoreError(f"{path} is no private key of a backup; it is made by: klarbild backup keygen") from None
    if len(found.private) != 32:
        raise StoreError(f"{path} is no private key of a backup; it is made by: klarbild backup keygen")
    return found.private


def public_bytes(text: str) -> bytes:
    """The 32 bytes of a public key as it is printed. Raises StoreError."""
    try:
        found = base64.urlsafe_b64decode(text.removeprefix(_PUBLIC) + "=")
    except ValueError:
        found = b""
    if not text.startswith(_PUBLIC) or len(found) != 32:
        raise StoreError("backup_public_key is no key that klarbild backup keygen prints")
    return found


def _passphrase_key(passphrase: str, salt: bytes) -> bytes:
    return Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=64 * 1024).derive(passphrase.encode())


def _cipher(secret: bytes, head: bytes) -> AESGCM:
    info = b"klarbild backup 1 " + hashlib.sha256(head).digest()
    return AESGCM(HKDF(hashes.SHA256(), 32, None, info).derive(secret))


def _locked(lock: Lock) -> tuple[bytes, bytes, bytes]:
    """The secret that a new file is sealed with, what its head tells of it (``own``), and for whom it is (``to``)."""
    if lock.public:
        own, to = X25519PrivateKey.generate(), public_bytes(lock.public)
        return own.exchange(X25519PublicKey.from_public_bytes(to)), own.public_key().public_bytes_raw(), to
    if len(lock.passphrase) < SHORTEST_PASSPHRASE:
        raise StoreError(f"the passphrase is too short; take at least {SHORTEST_PASSPHRASE} characters")
    salt = os.urandom(16)
    return _passphrase_key(lock.passphrase, salt), salt, b""


def _opened(head: Head, opener: Opener, path: Path) -> bytes:
    if head.way == "passphrase":
        if not opener.passphrase:
            raise StoreError(f"{path} is sealed with a passphrase; set KLARBILD_BACKUP_PASSPHRASE")
        return _passphrase_key(opener.passphrase, head.own)
    if not opener.private:
        raise StoreError(f"{path} is sealed for a public key; give the private one with --private-key")
    private = X25519PrivateKey.from_private_bytes(opener.private)
    if private.public_key().public_bytes_raw() != head.to:
        raise StoreError(f"{path} is sealed for another key; give the private key that belongs to it")
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(head.own))
    except ValueError:
        raise StoreError(f"{path} {_CHANGED}") from None


# -- writing and reading -----------------------------------------------------------------------------------------------


def write(file: BinaryIO, lock: Lock, *, set: str, part: str, made: str, program: str, plain: Iterable[bytes]) -> str:
    """Seal bytes into a file that is open; the SHA-256 of all that was written, in hex. Raises StoreError for a key or
    passphrase that is none, and OSError."""
    secret, own, to = _locked(lock)
    way: Literal["public_key", "passphrase"] = "public_key" if lock.public else "passphrase"
    head = msgspec.json.encode(Head(set=set, part=part, made=made, program=program, way=way, own=own, to=to))
    cipher, digest = _cipher(secret, head), hashlib.sha256()
    for piece in (_MAGIC, _LENGTH.pack(len(head)), head):
        digest.update(piece)
        file.write(piece)
    for number, (piece, last) in enumerate(_marked(_pieces(plain))):
        sealed = cipher.encrypt(_nonce(number, last), piece, None)
        digest.update(sealed)
        file.write(sealed)
    return digest.hexdigest()


def read_head(path: Path) -> Head:
    """The head of a backup, which is proven only when the rest is opened. Raises StoreError."""
    with _open(path) as file:
        return _head(file, path)[0]


def read(path: Path, opener: Opener) -> Iterator[bytes]:
    """The bytes that were sealed. What was given out before an error is raised must not be used. Raises StoreError."""
    with _open(path) as file:
        head, raw = _head(file, path)
        cipher = _cipher(_opened(head, opener, path), raw)
        sealed, number = file.read(PIECE + _TAG), 0
        while True:
            following = file.read(PIECE + _TAG)
            try:
                yield cipher.decrypt(_nonce(number, not following), sealed, None)
            except (InvalidTag, ValueError):
                raise StoreError(f"{path} {_CHANGED}") from None
            if not following:
                return
            sealed, number = following, number + 1


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from None


def _head(file: BinaryIO, path: Path) -> tuple[Head, bytes]:
    start = file.read(len(_MAGIC) + _LENGTH.size)
    if start[: len(_MAGIC)] != _MAGIC or len(start) < len(_MAGIC) + _LENGTH.size:
        raise StoreError(f"{path} is no backup of this program")
    length = _LENGTH.unpack(start[len(_MAGIC) :])[0]
    raw = file.read(length) if length <= _LONGEST_HEAD else b""
    try:
        return msgspec.json.decode(raw, type=Head), raw
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise StoreError(f"{path} {_CHANGED}") from None


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _pieces(plain: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are full but for the last one."""
    kept = b""
    for some in plain:
        kept += some
        while len(kept) > PIECE:
            yield kept[:PIECE]
            kept = kept[PIECE:]
    yield kept


def _marked(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last one."""
    waiting = next(pieces)
    for piece in pieces:
        yield waiting, False
        waiting = piece
    yield waiting, True
