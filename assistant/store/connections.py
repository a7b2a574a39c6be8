"""Connections to the two files of a data directory, set up so that what is committed is on the disk."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlite_utils import Database

from assistant.store import StoreError, files, keyring
from assistant.store.migrations import KEYRING_SINCE, migrate, recognize
from assistant.store.writer import BUSY_MS


def writing(directory: Path) -> sqlite3.Connection:
    """The one connection that writes; see `prepare`."""
    path = directory / files.DATABASE
    # An address, so that the keyring that is attached may be one, too.
    address = f"{path.resolve().as_uri()}?mode=rwc"
    return sqlite3.connect(address, uri=True, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)


def prepare(connection: sqlite3.Connection, directory: Path) -> None:
    """Bring the write connection and the tables to where the writer wants them. Raises StoreError."""
    db = _database(connection)
    _keyring(directory, taken=recognize(db))
    journal = connection.execute("pragma journal_mode = wal").fetchone()[0]
    if journal != "wal":
        raise StoreError("the data directory does not allow a write-ahead log; put it on a local disk")
    connection.execute("pragma synchronous = full")
    # What fsync means on a Mac unless told otherwise; other systems ignore it.
    connection.execute("pragma fullfsync = on")
    connection.execute("pragma secure_delete = on")
    connection.execute("pragma mmap_size = 0")
    keyring.attach(connection, directory / files.KEYRING)
    migrate(db)


def _keyring(directory: Path, *, taken: int) -> None:
    """Make the keyring's file, unless the database must have one."""
    path = directory / files.KEYRING
    if taken >= KEYRING_SINCE and not path.exists():
        raise StoreError(f"{path} is missing and {files.DATABASE} cannot be read without it; bring the file back")
    os.close(files.private_file(path))
    files.sync_directory(directory)


def reading(directory: Path) -> Database:
    """A connection that only reads."""
    connection = sqlite3.connect(
        f"{(directory / files.DATABASE).resolve().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("pragma wal_autocheckpoint = 0")
    connection.execute("pragma mmap_size = 0")
    if (directory / files.KEYRING).exists():
        keyring.attach(connection, directory / files.KEYRING, read_only=True)
    connection.execute("pragma query_only = on")
    return _database(connection)


def _database(connection: sqlite3.Connection) -> Database:
    # Plugins that happen to be installed have no business on these connections.
    return Database(connection, recursive_triggers=False, execute_plugins=False)
