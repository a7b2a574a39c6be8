"""Copies of the files of a store, taken while it is served or not, and whether a copy is whole.

A copy is made by SQLite itself, on a connection of its own that only reads: it is the database at one moment, with what
lies in the write-ahead log. Nothing is ever checkpointed from here (see `sqlite`).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final, NamedTuple

from assistant.store import StoreError, files
from assistant.store.failures import translated
from assistant.store.migrations import APPLICATION_ID, STEPS
from assistant.store.writer import BUSY_MS

PARTS: Final = ((files.DATABASE, ""), (files.KEYRING, ".keys"))
"""The files that a backup copies, in this order, each with the ending of the backup that holds it. The keys come last:
what is written first and copied last is never older than what needs it."""


class Contents(NamedTuple):
    """What a whole copy holds: the number of its schema, and how many rows each table has."""

    schema: int
    rows: dict[str, int]


def copy(directory: Path, name: str, target: Path) -> None:
    """Copy a database file of a data directory to ``target``, a new file for its owner only. Raises StoreError."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        source = sqlite3.connect(f"{(directory / name).resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_MS / 1000)
        with contextlib.closing(source):
            source.execute("pragma query_only = on")
            with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as made:
                source.backup(made)
                # So that the copy is one file.
                made.execute("pragma journal_mode = delete")
    except sqlite3.Error as error:
        raise StoreError(f"{directory / name}: {translated(error)}") from error


def examine(path: Path) -> Contents:
    """What a copy holds. Raises StoreError for one that is damaged, of another program, or newer than this one."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            if db.execute("pragma application_id").fetchone()[0] != APPLICATION_ID:
                raise StoreError(f"{path.name} is no database of this program")
            found = str(db.execute("pragma integrity_check(1)").fetchone()[0])
            if found != "ok":
                raise StoreError(f"{path.name} is damaged ({found})")
            schema = int(db.execute("pragma user_version").fetchone()[0])
            if schema > len(STEPS):
                raise StoreError(
                    f"{path.name} has schema {schema} and this program knows {len(STEPS)}; "
                    "use the newer version of Klarbild"
                )
            tables = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name"
            names = [name for (name,) in db.execute(tables)]
            count = 'select count(*) from "{}"'
            return Contents(schema, {one: int(db.execute(count.format(one)).fetchone()[0]) for one in names})
    except sqlite3.Error as error:
        raise StoreError(f"{path.name}: {translated(error)}") from error


def make_safe(path: Path) -> dict[str, int]:
    """Let nobody who was logged in when a copy was made be logged in again, and no letter that waited then be sent
    twice; how many sessions and letters there were. Raises StoreError."""
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("pragma secure_delete = on")
            tables = {name for (name,) in db.execute("select name from sqlite_schema where type = 'table'")}
            changes = {
                "sessions": "delete from sessions",
                "letters": "update letters set state = 'failed', problem = 'withdrawn', body = zeroblob(length(body))"
                " where state = 'queued'",
            }
            return {name: db.execute(change).rowcount for name, change in changes.items() if name in tables}
    except sqlite3.Error as error:
        raise StoreError(f"{path.name}: {translated(error)}") from error
