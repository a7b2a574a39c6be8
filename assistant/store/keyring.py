"""The wrapped keys, in a file of their own: destroying a key must reach every copy, and this file's backups are kept
for days where those of the database are kept for weeks.

A transaction that spans two write-ahead logs is not atomic, so no write here touches both files: keys are written
first, and what names them after they are on the disk; a key is blanked first, and the rows it opened go after that.
Whatever a power cut leaves between the two is put right at the next start (`settle`).

A wrapped key stays in the place where it was first written until it is blanked there. SQLite blanks what it deletes
(`secure_delete`), but when pages of a tree are split or joined it leaves copies of rows behind. Rows that are only
added at the end and overwritten at the same length are never moved.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from assistant.store import StoreError
from assistant.store.migrations import APPLICATION_ID
from assistant.store.sealing import header_of

SCHEMA = "keyring"
_OWNERS = """select id as subject, key from cases union all select id, key from conversations
    union all select id, code_key from conversations where code_key is not null"""


class _Place(NamedTuple):
    """Where something lies that the key file has wrapped: whose it is, its row, and the bytes."""

    rows: str
    change: str


_PLACES = {
    "keys": _Place(
        f"""select owners.subject, keys.id, wrapped from keyring.keys
            join ({_OWNERS}) as owners on owners.key = keys.id where substr(wrapped, 1, 3) = ?""",  # noqa: S608
        "update keyring.keys set wrapped = ? where id = ?",
    ),
    "sessions": _Place(
        """select subject, hash, wrapped_key from sessions where substr(wrapped_key, 1, 3) = ?""",
        "update sessions set wrapped_key = ? where hash = ?",
    ),
    "logins": _Place(
        "select name, name, totp from users where substr(totp, 1, 3) = ?",
        "update users set totp = ? where name = ?",
    ),
}
PLACES = tuple(_PLACES)
"""The kinds of what the key file wraps: the keys of cases and conversations, those of sessions, second steps."""


def attach(connection: sqlite3.Connection, path: Path, *, read_only: bool = False) -> None:
    """Let a connection see the keyring, too; a writing one makes its table."""
    mode = "ro" if read_only else "rwc"
    connection.execute(f"attach database ? as {SCHEMA}", (f"{path.resolve().as_uri()}?mode={mode}",))
    connection.execute(f"pragma {SCHEMA}.mmap_size = 0")
    if read_only:
        return
    if connection.execute(f"pragma {SCHEMA}.journal_mode = wal").fetchone()[0] != "wal":
        raise StoreError("the data directory does not allow a write-ahead log; put it on a local disk")
    connection.execute(f"pragma {SCHEMA}.synchronous = full")
    connection.execute(f"pragma {SCHEMA}.secure_delete = on")
    if connection.execute(f"pragma {SCHEMA}.application_id").fetchone()[0] != APPLICATION_ID:
        if connection.execute("select 1 from keyring.sqlite_schema").fetchone():
            raise StoreError(f"{path} is of another program; move it away or choose another --data")
        connection.execute(f"pragma {SCHEMA}.application_id = {APPLICATION_ID}")
    connection.execute(
        f"create table if not exists {SCHEMA}.keys (id integer primary key, wrapped blob not null) strict"
    )
    _take_over(connection)


def _take_over(connection: sqlite3.Connection) -> None:
    """Copy the keys that an older version kept in the database; the step that drops them there comes after it."""
    if connection.execute("select 1 from main.sqlite_schema where name = 'keys'").fetchone():
        connection.execute(
            """insert into keyring.keys select id, wrapped from main.keys
                where id not in (select id from keyring.keys)"""
        )


def put(connection: sqlite3.Connection, wrapped: Iterable[bytes]) -> list[int]:
    """Keep wrapped keys; their numbers."""
    return [
        int(connection.execute("insert into keyring.keys (wrapped) values (?)", (one,)).lastrowid or 0)
        for one in wrapped
    ]


def overwrite(connection: sqlite3.Connection, key: int, wrapped: bytes) -> None:
    """Put a wrapped key in the place of another of the same length."""
    changed = connection.execute(
        "update keyring.keys set wrapped = ? where id = ? and length(wrapped) = ?", (wrapped, key, len(wrapped))
    )
    if changed.rowcount != 1:
        raise StoreError(f"the keyring has no place for key {key}; restore a backup")


def is_blank(connection: sqlite3.Connection, key: int) -> bool:
    """Whether there is no key in a place."""
    found = connection.execute("select wrapped from keyring.keys where id = ?", (key,)).fetchone()
    return found is None or not any(found[0])


def blank(connection: sqlite3.Connection, keys: Sequence[int | None]) -> None:
    """Destroy keys where they lie."""
    connection.executemany(
        "update keyring.keys set wrapped = zeroblob(length(wrapped)) where id = ?",
        [(key,) for key in keys if key is not None],
    )


def check(connection: sqlite3.Connection) -> None:
    """Raise StoreError if the database names keys that the keyring has never had: they do not belong together."""
    last = connection.execute("select coalesce(max(id), 0) from keyring.keys").fetchone()[0]
    named = connection.execute(f"select coalesce(max(key), 0) from ({_OWNERS})").fetchone()[0]  # noqa: S608
    if named > last:
        raise StoreError("keyring.db is older than the database, or missing; put the one back that belongs to it")


def lost(connection: sqlite3.Connection) -> list[str]:
    """The conversations whose keys are all destroyed, while their rows are still there: erasing was cut short."""
    rows = connection.execute(
        """select conversations.id from conversations
            join keyring.keys as own on own.id = key left join keyring.keys as coded on coded.id = code_key
            where own.wrapped = zeroblob(length(own.wrapped))
              and (coded.id is null or coded.wrapped = zeroblob(length(coded.wrapped)))
              and not exists (select 1 from sessions where subject = conversations.id and length(wrapped_key) > 0)"""
    )
    return [row[0] for row in rows]


def orphans(connection: sqlite3.Connection) -> list[int]:
    """The keys that no row names: their rows were never written, or are erased."""
    rows = connection.execute(
        f"""select id from keyring.keys where wrapped <> zeroblob(length(wrapped))
            and id not in (select key from ({_OWNERS}))"""  # noqa: S608
    )
    return [row[0] for row in rows]


def rewrap(
    connection: sqlite3.Connection, place: str, number: int, change: Callable[[str, bytes], bytes], most: int
) -> int:
    """Wrap anew what the key of this number has wrapped in a place, at most so many; how many there were.

    ``change`` gets whose it is and the bytes, and gives as many bytes back."""
    where = _PLACES[place]
    found = connection.execute(f"{where.rows} limit ?", (header_of(number), most)).fetchall()
    connection.executemany(where.change, [(change(subject, wrapped), id) for subject, id, wrapped in found])
    return len(found)


def count(connection: sqlite3.Connection, number: int) -> int:
    """How much the key of this number has wrapped."""
    counts = (
        connection.execute(f"select count(*) from ({place.rows})", (header_of(number),)).fetchone()[0]  # noqa: S608
        for place in _PLACES.values()
    )
    return sum(counts)
