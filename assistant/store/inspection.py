"""What an operator, or a doctor, wants to know of a data directory; nothing is changed by looking."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from assistant.store import StoreError, connections, files, keyring
from assistant.store.failures import translated
from assistant.store.migrations import APPLICATION_ID, KEYRING_SINCE, STEPS, version
from assistant.store.soundness import RESTORE, log_of, opened, problem_of, uri_of, without_traces

SAFE_SQLITE = (3, 51, 3)
OLDEST_KEYS = """select owners.id, wrapped from keyring.keys join
    (select id, key from cases union all select id, key from conversations) as owners on owners.key = keys.id
    where wrapped <> zeroblob(length(wrapped)) order by keys.id limit 3"""
_TABLES = ("cases", "conversations", "records", "doings", "codes", "sessions", "users", "tokens", "readings")


def refuse_unsound(directory: Path) -> None:
    """Make sure that the files of a directory that nobody serves are whole, ours, not newer, and belong together.

    Raises StoreError with one line that names the file and the remedy. Changes nothing."""
    line = unsound(directory)
    if line:
        raise StoreError(line)


def unsound(directory: Path) -> str:
    """What is wrong with the files of a directory that nobody serves: a line with file and remedy, or blank."""
    lines = (
        problem_of(directory / name, application=APPLICATION_ID, newest=len(STEPS))
        for name in (files.DATABASE, files.KEYRING)
    )
    return next(filter(None, lines), "") or _mismatch(directory)


def _mismatch(directory: Path) -> str:
    """Why database and keyring do not belong together; blank if they do. Both are sound."""
    path, ring = directory / files.DATABASE, directory / files.KEYRING
    if not path.exists() or not path.stat().st_size:
        return ""
    with without_traces(path), without_traces(ring), opened(path) as connection:
        taken = int(connection.execute("pragma user_version").fetchone()[0])
        if taken < KEYRING_SINCE or not connection.execute("select 1 from cases limit 1").fetchone():
            return ""
        if not ring.exists() or not (ring.stat().st_size or log_of(ring)):
            return f"{ring} is missing or empty; put the one back that belongs to {path.name}, or {RESTORE}"
        connection.execute(f"attach database ? as {keyring.SCHEMA}", (uri_of(ring),))
        try:
            keyring.check(connection)
        except StoreError as error:
            return f"{directory}: {error}"
    return ""


def inspect(directory: Path) -> dict[str, Any]:
    """What an operator wants to know of a data directory, while it is served or not; writes no data.

    Keys: `sqlite`, `database` (path, None if there is none yet), `schema`, `newest_schema`, `quick_check`
    ("ok" or what is wrong), `counts` (rows per table), `oldest_keys` (some subjects and their wrapped keys),
    `problems` (data would be lost) and `notes`.
    """
    path = directory / files.DATABASE
    found: dict[str, Any] = {
        "sqlite": sqlite3.sqlite_version,
        "database": None,
        "newest_schema": len(STEPS),
        "problems": [],
        "notes": [],
    }
    if sqlite3.sqlite_version_info < SAFE_SQLITE:
        found["notes"].append(
            f"SQLite {sqlite3.sqlite_version} has a rare fault in write-ahead logs that 3.51.3 mends; "
            "it takes two programs that write, so let no other program write to this database"
        )
    if not path.exists():
        return found
    found["database"] = str(path)
    try:
        db = connections.reading(directory)
        with contextlib.closing(db):
            found |= _contents(db)
    except sqlite3.Error as error:
        found["problems"].append(f"{path}: {translated(error)}")
    else:
        if found["quick_check"] != "ok":
            found["problems"].append(f"{path}: damaged ({found['quick_check']}); restore a backup")
        if found["schema"] > len(STEPS):
            found["problems"].append(f"{path}: schema {found['schema']} is newer than this program")
    return found


def _contents(db: Database) -> dict[str, Any]:
    present = set(db.table_names())
    current = version(db) >= KEYRING_SINCE and any(
        row[1] == keyring.SCHEMA for row in db.execute("pragma database_list")
    )
    return {
        "schema": version(db),
        "quick_check": str(db.execute("pragma quick_check(1)").fetchone()[0]),
        "counts": {table: db.table(table).count for table in _TABLES if table in present},
        "oldest_keys": db.execute(OLDEST_KEYS).fetchall() if current else [],
    }
