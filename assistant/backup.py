"""Backups: copies of the files of a data directory, sealed, and read back before anybody is told that there is one.

The wrapped keys lie in a file of their own, and its backup is a file of its own too (FILE.keys): kept for days where
that of the data is kept for weeks, so that what was erased is dark in every old copy. The key file is in neither.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from assistant import backup_file
from assistant.backup_file import Lock, Opener
from assistant.store import StoreError, files
from assistant.store.snapshots import PARTS, Contents, copy, examine

_SCRATCH: Final = ".backup-"
_STALE_S: Final = 24 * 60 * 60.0
_PIECE: Final = 1024 * 1024


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed in front of a database: its size in bytes, its SHA-256 in hex, and what it holds."""

    size: int
    sha256: str
    schema: int
    rows: dict[str, int]


class Made(NamedTuple):
    """A backup that is done. ``sha256`` is that of the sealed file; ``opened``: it was opened again and compared, not
    only read back."""

    path: Path
    part: str
    size: int
    sha256: str
    rows: dict[str, int]
    opened: bool


class Plain(NamedTuple):
    """A database out of a backup, and what was told of it when it was made."""

    path: Path
    head: backup_file.Head
    contents: Contents


def make(data: Path, target: Path, lock: Lock, opener: Opener, *, made: str, keys: bool = True) -> list[Made]:
    """Back up a data directory to ``target`` (and its keys to ``target``.keys, unless not wanted). ``made`` is the
    moment (UTC). Files that have these names are replaced, and only by what was read back. Raises StoreError."""
    if target.resolve().is_relative_to(data.resolve()):
        raise StoreError(f"{target} lies in the data directory; keep a backup away from it, on another machine")
    if target.is_dir() or not target.parent.is_dir():
        raise StoreError(f"cannot write {target}: name a file in a directory that is there")
    parts = [(name, ending) for name, ending in PARTS if (data / name).exists() and (keys or not ending)]
    set_ = secrets.token_hex(16)
    with scratch(data, _SCRATCH) as folder:
        copies = [(name, ending, _copied(data, name, folder)) for name, ending in parts]
        return [
            _sealed(plain, folder, Path(f"{target}{ending}"), lock, opener, set_, made) for _, ending, plain in copies
        ]


class _Copy(NamedTuple):
    path: Path
    contents: Contents


def _copied(data: Path, name: str, folder: Path) -> _Copy:
    copy(data, name, folder / name)
    return _Copy(folder / name, examine(folder / name))


def _sealed(plain: _Copy, folder: Path, target: Path, lock: Lock, opener: Opener, set_: str, made: str) -> Made:
    """Seal a copy beside the name it gets, read it back, and rename it."""
    part, half = plain.path.name, target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    size = plain.path.stat().st_size
    with plain.path.open("rb") as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    manifest = Manifest(size=size, sha256=whole, schema=plain.contents.schema, rows=plain.contents.rows)
    try:
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as sealed:
            digest = backup_file.write(
                sealed,
                lock,
                set=set_,
                part=part,
                made=made,
                program=metadata.version("klarbild"),
                plain=_with(manifest, plain.path),
            )
            sealed.flush()
            os.fsync(sealed.fileno())
        opened = _read_back(half, digest, opener, folder)
        half.replace(target)
        files.sync_directory(target.parent)
    except OSError as error:
        raise files.cannot_write(target, error) from error
    finally:
        half.unlink(missing_ok=True)
    return Made(target, part, target.stat().st_size, digest, manifest.rows, opened)


def _with(manifest: Manifest, path: Path) -> Iterator[bytes]:
    head = msgspec.json.encode(manifest)
    yield len(head).to_bytes(4, "big") + head
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _read_back(path: Path, digest: str, opener: Opener, folder: Path) -> bool:
    """Whether the file could be opened and compared; otherwise its bytes are those that were sealed. Raises StoreError
    if they are not."""
    if backup_file.digest_of(path) != digest:
        raise StoreError("the backup cannot be read back as it was written; look at the disk it is on")
    if not _opens(backup_file.read_head(path), opener):
        return False
    open_part(path, opener, folder / "again.db").path.unlink()
    return True


def _opens(head: backup_file.Head, opener: Opener) -> bool:
    return bool(opener.passphrase if head.way == "passphrase" else opener.private)


def open_part(path: Path, opener: Opener, target: Path) -> Plain:
    """Open a backup to ``target``, a new file for its owner only: whole, undamaged, and with as many rows as when it
    was made. Raises StoreError; then nothing is left of ``target``."""
    head = backup_file.read_head(path)
    try:
        try:
            manifest, whole = _write_plain(backup_file.read(path, opener), target)
        except (msgspec.DecodeError, StopIteration):
            raise StoreError(f"{path} was not made by this program") from None
        if target.stat().st_size != manifest.size or whole != manifest.sha256:
            raise StoreError(f"{path} does not hold what was put in it; take another backup")
        contents = examine(target)
        if contents != Contents(manifest.schema, manifest.rows):
            raise StoreError(f"{path} does not hold the rows that were put in it; take another backup")
    except OSError as error:
        target.unlink(missing_ok=True)
        raise files.cannot_write(target, error) from error
    except StoreError:
        target.unlink(missing_ok=True)
        raise
    return Plain(target, head, contents)


def _write_plain(plain: Iterator[bytes], target: Path) -> tuple[Manifest, str]:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        first, digest = next(plain), hashlib.sha256()
        length = int.from_bytes(first[:4], "big")
        while len(first) < 4 + min(length, _PIECE):
            first += next(plain)
        manifest = msgspec.json.decode(first[4 : 4 + length], type=Manifest)
        for piece in _chain(first[4 + length :], plain):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return manifest, digest.hexdigest()


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def verify(path: Path, opener: Opener, folder: Path) -> Plain:
    """Open a backup in a private folder and look whether all of it is there; nothing is left. Raises StoreError."""
    with scratch(folder, ".verify-") as inner:
        return open_part(path, opener, inner / "again.db")


@contextlib.contextmanager
def scratch(directory: Path, prefix: str) -> Iterator[Path]:
    """A folder in a directory that is its owner's only and gone at the end, with those that a crash left. Raises
    StoreError."""
    try:
        for old in directory.glob(f"{prefix}*"):
            if old.is_dir() and old.stat().st_mtime < time.time() - _STALE_S:
                shutil.rmtree(old, ignore_errors=True)
        folder = directory / f"{prefix}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise files.cannot_write(directory, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
