"""SQLite's errors as what they mean to the program: somebody was first, a line for the operator, or the end."""

from __future__ import annotations

import sqlite3

from assistant.store import Conflict, StoreError

_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_LINES = {
    sqlite3.SQLITE_FULL: "the disk is full; nothing can be saved until there is room",
    sqlite3.SQLITE_IOERR: "the disk does not take or give data; look at the disk and the system log",
    sqlite3.SQLITE_READONLY: "the database cannot be written; check owner and rights of the data directory",
    sqlite3.SQLITE_PERM: "the database cannot be opened; check owner and rights of the data directory",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened; check that the data directory exists, and its rights",
    sqlite3.SQLITE_BUSY: "another program holds the database; close it and try again",
    sqlite3.SQLITE_LOCKED: "another program holds the database; close it and try again",
    sqlite3.SQLITE_CORRUPT: "the database is damaged; stop the program and restore a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a database; move it away or restore a backup",
}


def translated(error: sqlite3.Error) -> Conflict | StoreError:
    """The same failure without SQLite. Its messages name tables and columns, never values."""
    code = getattr(error, "sqlite_errorcode", None)
    if code in _TAKEN:
        return Conflict("an id, a reference or a code is already taken")
    # The low byte is the kind of failure, what stands above it is a detail.
    line = None if code is None else _LINES.get(code & 0xFF)
    return StoreError(line or f"the database refused: {error}")


def kind_of(error: BaseException) -> int:
    """SQLite's primary code of an error (`sqlite3.SQLITE_FULL`, say); 0 where there is none."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def leaves_doubt(error: BaseException) -> bool:
    """Whether nobody knows any more what the disk holds, or whether it gives back what it took.

    After a failed fsync Linux forgets which pages were not written, so a second one that succeeds proves nothing
    (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020). A full disk is not meant."""
    return kind_of(error) in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_sync(error: BaseException) -> bool:
    """Whether it is a failed fsync, which no lack of room explains away."""
    code = getattr(error, "sqlite_errorcode", None)
    return code in (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)
