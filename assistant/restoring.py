"""Bringing a data directory back from a backup: into an empty place, whole, or not at all.

Whatever is wrong with the backup, the keys or the list of what is erased, nothing of it stays when it is found.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from assistant.backup import Plain, open_part, scratch
from assistant.backup_file import Opener
from assistant.settings import FILE as SETTINGS
from assistant.starting import open_keys
from assistant.store import StoreError, files
from assistant.store.erased import FILE as ERASED
from assistant.store.erased import ErasedList, read_marks
from assistant.store.snapshots import PARTS, make_safe
from assistant.store.sqlite import SqliteStore

_MAY_BE_THERE: Final = frozenset((files.KEY, SETTINGS, files.LOCK, "lost+found"))
"""What an empty place may hold: the key file and the settings, which are in no backup."""


class Restored(NamedTuple):
    """What was brought back. ``erased``: how many cases and conversations were erased again (None: no list was given);
    ``keys`` says why nothing of it can be opened yet, empty if it can."""

    made: str
    rows: dict[str, int]
    sessions: int
    letters: int
    erased: int | None
    keys: str = ""


def restore(
    backup: Path, directory: Path, opener: Opener, *, keys: Path | None = None, erased: Path | None = None
) -> Restored:
    """Bring a data directory back. ``keys``: the backup of the keys (not given: the file beside it, if there is one);
    ``erased``: the list of what was erased since. Blocks, and has an event loop of its own. Raises StoreError; then the
    directory is as it was."""
    marks = read_marks(erased) if erased is not None else None
    with _place(directory), scratch(directory, ".restore-") as folder:
        plains = _opened(backup, keys, opener, folder)
        before = {one.name for one in directory.iterdir()}
        counts = [make_safe(one.path) for one in plains]
        # The keys first: a database without them is one that cannot be opened.
        for plain in reversed(plains):
            plain.path.replace(directory / plain.head.part)
        if erased is not None:
            shutil.copyfile(erased, directory / ERASED)
            (directory / ERASED).chmod(0o600)
        files.sync_directory(directory)
        try:
            again, missing = asyncio.run(_erased_again(directory, marks))
        except BaseException:
            for one in directory.iterdir():
                if one.name not in before:
                    one.unlink()
            raise
    return Restored(
        made=plains[0].head.made,
        rows=plains[0].contents.rows,
        sessions=sum(one.get("sessions", 0) for one in counts),
        letters=sum(one.get("letters", 0) for one in counts),
        erased=again if marks is not None else None,
        keys=missing,
    )


@contextmanager
def _place(directory: Path) -> Iterator[None]:
    """A directory that is empty, or is made. What was made goes again if it stays empty."""
    fresh = not directory.exists()
    files.private_directory(directory)
    try:
        found = sorted(one.name for one in directory.iterdir() if one.name not in _MAY_BE_THERE)
        if found:
            raise StoreError(f"{directory} is not empty ({found[0]}); restore into a new directory")
        yield
    finally:
        if fresh and not any(directory.iterdir()):
            directory.rmdir()


def _opened(backup: Path, keys: Path | None, opener: Opener, folder: Path) -> list[Plain]:
    """The databases of a backup, in the order in which they were copied. Raises StoreError if they do not belong
    together."""
    (first, _), *others = PARTS
    found = [_part(backup, first, opener, folder)]
    for name, ending in others:
        path = keys or Path(f"{backup}{ending}")
        if keys is None and not path.exists():
            continue
        plain = _part(path, name, opener, folder)
        if plain.head.set != found[0].head.set and plain.head.made < found[0].head.made:
            raise StoreError(f"{path} is older than {backup}; take the keys of the same backup, or later ones")
        found.append(plain)
    return found


def _part(path: Path, name: str, opener: Opener, folder: Path) -> Plain:
    plain = open_part(path, opener, folder / name)
    if plain.head.part != name:
        raise StoreError(f"{path} is a backup of {plain.head.part}, not of {name}")
    return plain


async def _erased_again(directory: Path, marks: frozenset[str] | None) -> tuple[int, str]:
    """Bring the database up to date, erase what stands on the list, and say why that could not be done (only without a
    list: then the key file may come later). Raises StoreError."""
    try:
        keys = open_keys(directory)
    except StoreError as error:
        if marks is not None:
            raise StoreError(f"{error}; without it the list of what is erased cannot be read") from None
        return 0, str(error)
    store = SqliteStore.open(directory, keys=keys)
    try:
        return await _erase(store, ErasedList(directory, keys, str), marks) if marks else 0, ""
    finally:
        await store.close()


async def _erase(store: SqliteStore, listed: ErasedList, marks: frozenset[str]) -> int:
    store.retention.erased = None  # They stand on the list already.
    cases, talks = (listed.marked(ids, marks) for ids in await store.retention.ids())
    for conversation in talks:
        await store.erase(conversation)
    for case in cases:
        await store.retention.erase_case(case, updated_before="9999-99-99")
    return len(cases) + len(talks)
