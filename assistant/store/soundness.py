"""Whether a database file can be trusted, looked at before anything in the data directory is changed.

Up to `WHOLE_CHECK_BYTES` every index is held against its table (`integrity_check`); a larger file is read once from end
to end (`quick_check`), which finds damaged and missing pages but not an index that tells of other rows. Neither sees a
changed byte within a sealed record: reading it does, since it carries its own proof.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from assistant.store.failures import kind_of, translated

WHOLE_CHECK_BYTES = 1024 * 1024 * 1024
RESTORE = "restore a backup of it: klarbild restore (docs/operations.md)"
_LOG_HEADER = 32
_IDENTITY = "select value from identity"
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def problem_of(path: Path, *, application: int, newest: int) -> str:
    """What is wrong with a database file that nobody else has open: one line with the file and the remedy, blank for a
    sound one or none. Changes nothing."""
    if not path.exists() or not path.stat().st_size:
        # SQLite would take the log for an old one, and throw it away.
        lost = f"{path} is missing or empty beside {path.name}-wal, which holds what was said"
        return f"{lost}; bring the file back, or {RESTORE}" if log_of(path) else ""
    try:
        with without_traces(path), opened(path) as connection:
            strange = _strange(connection, application, newest)
            if strange:
                return f"{path}: {strange}"
            if _is_foreign(path, connection):
                return _foreign(path)
            found = _damage(connection, path)
    except sqlite3.Error as error:
        if kind_of(error) not in _DAMAGED:
            return f"{path}: {translated(error)}"
        what = "is not a database" if kind_of(error) == sqlite3.SQLITE_NOTADB else "is damaged"
        return _unreadable(path, what)
    return _unreadable(path, f"is damaged ({found})") if found else ""


def _unreadable(path: Path, what: str) -> str:
    """A damaged file: its log is to blame if the file is whole without it."""
    if log_of(path) and _whole_without_log(path):
        return _foreign(path)
    return f"{path} {what}; nothing was changed; {RESTORE}"


def _foreign(path: Path) -> str:
    log = path.with_name(f"{path.name}-wal")
    return f"{log} is not the log of {path.name}: it came from another database; move it away, or {RESTORE}"


def _strange(connection: sqlite3.Connection, application: int, newest: int) -> str:
    taken = int(connection.execute("pragma user_version").fetchone()[0])
    found = int(connection.execute("pragma application_id").fetchone()[0])
    tables = connection.execute("select 1 from sqlite_master limit 1").fetchone()
    if found != application and (taken or found or tables):
        return "the database is of another program; move it away or choose another --data"
    if taken > newest:
        return f"the database has schema {taken} and this program knows {newest}; start the newer version of Klarbild"
    return ""


def _damage(connection: sqlite3.Connection, path: Path) -> str:
    check = "integrity_check" if path.stat().st_size <= WHOLE_CHECK_BYTES else "quick_check"
    told = str(connection.execute(f"pragma {check}(1)").fetchone()[0])
    return "" if told == "ok" else " ".join(told.split())


def _is_foreign(path: Path, connection: sqlite3.Connection) -> bool:
    """Whether the log makes another database of the file: each is given a name of its own when it is made."""
    if not log_of(path):
        return False
    alone = _identity_without_log(path)
    if not alone:
        return False
    with contextlib.suppress(sqlite3.Error):
        return _identity(connection) != alone
    return False


def _identity(connection: sqlite3.Connection) -> bytes:
    row = connection.execute(_IDENTITY).fetchone()
    # Nothing stands there yet if the power failed while the log was written into the file; the log has it then.
    return bytes(row[0]) if row and row[0] else b""


def _identity_without_log(path: Path) -> bytes:
    with contextlib.suppress(sqlite3.Error), opened(path, immutable=True) as connection:
        return _identity(connection)
    return b""


def _whole_without_log(path: Path) -> bool:
    with contextlib.suppress(sqlite3.Error), opened(path, immutable=True) as connection:
        return not _damage(connection, path)
    return False


def log_of(path: Path) -> int:
    """How many bytes of transactions lie in the log beside a database file."""
    log = path.with_name(f"{path.name}-wal")
    return max(0, log.stat().st_size - _LOG_HEADER) if log.exists() else 0


def uri_of(path: Path, *, immutable: bool = False) -> str:
    """The address of a database file that is only read, and leaves no trace where it has no log."""
    alone = immutable or not log_of(path)
    return f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"


@contextlib.contextmanager
def opened(path: Path, *, immutable: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection that only reads; an immutable one sees the file alone, without its log, and leaves no trace."""
    uri = uri_of(path, immutable=immutable)
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=2.0, isolation_level=None)) as connection:
        connection.execute("pragma query_only = on")
        connection.execute("pragma mmap_size = 0")
        yield connection


@contextlib.contextmanager
def without_traces(path: Path) -> Iterator[None]:
    """Take away the shared memory that a reader of a log makes, if it was not there before."""
    shared = path.with_name(f"{path.name}-shm")
    there = shared.exists()
    try:
        yield
    finally:
        if not there:
            with contextlib.suppress(OSError):
                shared.unlink(missing_ok=True)
