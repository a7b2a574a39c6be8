"""Where the secrets of an office lie: a file of the data directory, another file (a systemd credential, say), the
environment, or what a command prints (of a key management service). Only a file can be made or changed here.

The text is JSON with the secrets in base64. `key` wraps from now on; `older` holds the keys before it, by number.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from assistant.store import StoreError, files

VARIABLE = "KLARBILD_KEYS"
"""The environment variable that may hold the text of a key file."""

COMMAND_WITHIN_S = 30.0
_CREDENTIALS = "CREDENTIALS_DIRECTORY"
_LONGEST = 100_000
_ABOUT = "Secret. Keep a copy apart from the database: without it nothing that was said can be read."

Secret = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Number = Annotated[int, msgspec.Meta(ge=1, le=0xFFFF)]


class Contents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a key file holds."""

    about: str
    key_id: Number
    key: Secret
    pepper: Secret
    code_salt: Secret
    older: dict[Number, Secret] = {}

    def all_keys(self) -> dict[int, bytes]:
        """Every wrapping key by its number."""
        return {**self.older, self.key_id: self.key}


class KeySource(NamedTuple):
    """Where the text is: one of these; none means DIR/klarbild.key. ``command``: a program and its arguments."""

    file: Path | None = None
    text: str = ""
    command: tuple[str, ...] = ()

    def of(self, directory: Path) -> KeySource:
        """The same, with the file of this data directory if no place is named."""
        return self if any(self) else KeySource(file=directory / files.KEY)


IN_THE_DIRECTORY = KeySource()


def source(key_file: str, key_command: tuple[str, ...], environ: Mapping[str, str] = os.environ) -> KeySource:
    """Where the settings, systemd (`LoadCredential=klarbild.key`) or the environment say that the secrets are."""
    if key_command:
        return KeySource(command=key_command)
    if key_file:
        return KeySource(file=Path(key_file))
    credential = Path(environ[_CREDENTIALS]) / files.KEY if environ.get(_CREDENTIALS) else None
    if credential is not None and credential.exists():
        return KeySource(file=credential)
    return KeySource(text=environ.get(VARIABLE, ""))


def load(source: KeySource, *, made: bool) -> Contents:
    """Read the secrets; make the file if it is missing and no database was ``made``. Raises StoreError."""
    if source.text:
        return _understood(source.text.encode(), VARIABLE)
    if source.command:
        return _understood(_printed(source.command), f"what {source.command[0]} prints")
    path = source.file or Path(files.KEY)
    try:
        if not path.exists():
            if made:
                raise StoreError(
                    f"{path} is missing and {files.DATABASE} cannot be read without it; bring the file back"
                )
            _create(path)
        return _understood(_read(path), str(path))
    except OSError as error:
        raise StoreError(f"cannot use {path}: {error.strerror or type(error).__name__}") from error


def new_contents() -> Contents:
    """Fresh secrets."""
    return Contents(
        about=_ABOUT,
        key_id=1,
        key=secrets.token_bytes(32),
        pepper=secrets.token_bytes(32),
        code_salt=secrets.token_bytes(32),
    )


def with_new_key(contents: Contents) -> Contents:
    """The same with a new wrapping key before the others."""
    number = max(contents.all_keys()) + 1
    if number > 0xFFFF:
        raise StoreError("there is no number left for another key")
    return msgspec.structs.replace(contents, key_id=number, key=secrets.token_bytes(32), older=contents.all_keys())


def without_key(contents: Contents, number: int) -> Contents:
    """The same without one of the older keys."""
    older = {one: key for one, key in contents.older.items() if one != number}
    return msgspec.structs.replace(contents, older=older)


def written(contents: Contents) -> str:
    """The text of a key file."""
    return msgspec.json.format(msgspec.json.encode(contents)).decode()


def change(source: KeySource, change: Callable[[Contents], Contents]) -> Contents:
    """Write the file anew with what a change makes of it: whole, or as it was. Raises StoreError where there is no
    file that can be written."""
    if source.file is None:
        raise StoreError("the secrets are not in a file; change them where they are kept, and start again")
    try:
        changed = change(_understood(_read(source.file), str(source.file)))
        draft = _draft(source.file, changed)
        try:
            draft.replace(source.file)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(f"cannot change {source.file}: {error.strerror or type(error).__name__}") from error
    files.sync_directory(source.file.parent)
    return changed


def _understood(text: bytes, where: str) -> Contents:
    try:
        return msgspec.json.decode(text, type=Contents)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise StoreError(f"{where} is broken; bring back a copy of it") from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise StoreError(f"{path} can be used by other users of this machine; run: chmod 600 {path}")
        return file.read(_LONGEST)


def _printed(command: tuple[str, ...]) -> bytes:
    """What the command of a key management service prints. What it says on its error stream is shown to the operator
    by the system, and goes to no log of ours."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=COMMAND_WITHIN_S, check=True)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise StoreError(f"key_command: {command[0]} did not end within {COMMAND_WITHIN_S:.0f} seconds") from None
    except subprocess.CalledProcessError as error:
        raise StoreError(f"key_command: {command[0]} ended with exit code {error.returncode}") from None
    except OSError as error:
        raise StoreError(f"key_command: cannot run {command[0]}: {error.strerror}") from None
    return done.stdout


def _create(path: Path) -> None:
    """Write a new key file so that it is there whole or not at all, and never in place of another."""
    draft = _draft(path, new_contents())
    try:
        # A link, unlike a rename, fails if somebody made the file meanwhile; then theirs is the one to read.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    files.sync_directory(path.parent)


def _draft(path: Path, contents: Contents) -> Path:
    """A private file beside another, on the disk."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(written(contents).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink()
        raise
    return draft
