"""The log of who looked at what, chained: no row of it can be changed, removed or put in without the key unnoticed.

Each event (a reading, an opening of another's case and that a lead has seen it, what came of a check, something done to
a login, two cases that became one) gets a number and a keyed hash over the hash before it and its own contents:
HMAC-SHA256 with a key that HKDF (RFC 5869) derives from the key file's pepper. The last number and hash stand, sealed
alike, in a row of their own, so that a cut end is seen too. All of it is written in the transaction of the event.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assistant.store import StoreError
from assistant.store.sealing import KeyFile

Kind = Literal["reading", "crossing", "seen", "check", "account", "merged", "closed"]

START: Final = bytes(32)
"""The hash before the first event."""

_INFO: Final = b"klarbild chain of the reading log, 1"

ROWS: Final[Mapping[str, str]] = {
    "reading": 'select at, user, "case", what from readings where id = ?',
    "crossing": 'select at, user, "case", unit, doing, until from crossings where id = ?',
    "account": "select at, by, what, whom, detail from account_log where id = ?",
}
"""The events whose contents lie in a table of their own: how they are read. The others carry theirs in ``note``."""

TABLES: Final[Mapping[str, str]] = {"reading": "readings", "crossing": "crossings", "account": "account_log"}

# Of a log that was kept before there was a chain, in the order of its moments: so it can be closed by a moment later.
_OLDER: Final = """
    select at, 0 as place, 'reading' as kind, id as row, '' as note from readings
    union all select at, 1, 'crossing', id, '' from crossings
    union all select at, 2, 'account', id, '' from account_log
    union all select seen, 3, 'seen', id, json_array(seen, seen_by) from crossings where seen <> ''
    union all select at, 4, 'check', reading, json_array(at, user, result) from checks
    union all select coalesce((select max(at) from readings), ''), 5, 'merged', 0, json_array(absorbed, "case")
        from merges
    order by at, place, row"""


class Head(NamedTuple):
    """Where the chain ends: the number of its last event and that one's hash. ``first`` and ``start``: the number and
    hash of the last event that was closed and erased (0 and `START`: none)."""

    number: int = 0
    hash: bytes = START
    first: int = 0
    start: bytes = START

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


class Event(NamedTuple):
    """One event as it is chained: its moment (ISO 8601), the number of its row, and what it says."""

    kind: str
    row: int
    at: str
    note: str
    contents: tuple[str | int, ...]


class Chain:
    """Writes the chain. ``keys`` gives its key; without (a store of a test or a tool) no chain is kept."""

    __slots__ = ("key",)

    def __init__(self, keys: KeyFile | None) -> None:
        self.key = b"" if keys is None else chain_key(keys)

    def add(self, connection: sqlite3.Connection, kind: Kind, row: int, *, at: str, note: str = "") -> None:
        """Chain an event whose row was just written, in the same transaction. Raises StoreError if the head of the
        chain is gone or was changed: then nothing is shown to anybody, because nothing could be held against it."""
        if not self.key:
            return
        head = read_head(connection, self.key)
        event = event_of(connection, kind, row, at, note)
        if head is None or event is None:
            raise StoreError("the log of readings cannot be continued; run: klarbild log verify")
        self._write(connection, self._append(connection, head, event))

    def _append(self, connection: sqlite3.Connection, head: Head, event: Event) -> Head:
        hash = hash_of(self.key, head.hash, event)
        values = (head.number + 1, event.kind, event.row, event.at, event.note, hash)
        connection.execute("insert into chain (id, kind, row, at, note, hash) values (?, ?, ?, ?, ?, ?)", values)
        return head._replace(number=head.number + 1, hash=hash)

    def _write(self, connection: sqlite3.Connection, head: Head) -> None:
        sql = "insert or replace into chain_head (id, count, hash, first, start, seal) values (1, ?, ?, ?, ?, ?)"
        connection.execute(sql, (*head, seal_of(self.key, head)))

    def take_in(self, connection: sqlite3.Connection) -> int | None:
        """Begin the chain of a database that has none with the rows of its log as they are now; how many there were.
        None, and nothing is written, if there is a chain already."""
        ready = "select 1 from sqlite_schema where name = 'chain_head'"
        if not self.key or not connection.execute(ready).fetchone() or _has_head(connection):
            return None
        connection.execute("begin immediate")
        head = Head()
        for at, _, kind, row, note in connection.execute(_OLDER).fetchall():
            event = event_of(connection, kind, row, at, note)
            if event is not None:
                head = self._append(connection, head, event)
        self._write(connection, head)
        connection.execute("commit")
        return head.number

    def close(self, connection: sqlite3.Connection, head: Head, *, before: str, at: str) -> int:
        """Erase the beginning of a log that is whole: all events before the first one whose moment is not before
        ``before``; how many there were. That it was done is an event too, and checks begin from the hash of the last
        one erased."""
        later = connection.execute("select min(id) from chain where at >= ?", (before,)).fetchone()[0]
        last = (head.number + 1 if later is None else later) - 1
        if last <= head.first:
            return 0
        start = connection.execute("select hash from chain where id = ?", (last,)).fetchone()[0]
        _erase_until(connection, last)
        closed = last - head.first
        note = msgspec.json.encode([last, closed, before]).decode()
        head = head._replace(first=last, start=start)
        event = Event("closed", last, at, note, ())
        self._write(connection, self._append(connection, head, event))
        return closed


def _erase_until(connection: sqlite3.Connection, last: int) -> None:
    for kind, table in TABLES.items():
        wanted = f"select row from chain where id <= {int(last)} and kind = '{kind}'"  # noqa: S608
        connection.execute(f"delete from {table} where id in ({wanted})")  # noqa: S608
    connection.execute("delete from checks where reading not in (select id from readings)")
    gone = "select json_extract(note, '$[0]') from chain where id <= ? and kind = 'merged'"
    connection.execute(f"delete from merges where absorbed in ({gone})", (last,))  # noqa: S608
    connection.execute("delete from chain where id <= ?", (last,))


def _has_head(connection: sqlite3.Connection) -> bool:
    return connection.execute("select 1 from chain_head").fetchone() is not None


def chain_key(keys: KeyFile) -> bytes:
    """The key of the chain, 32 bytes."""
    return HKDF(SHA256(), 32, None, _INFO).derive(keys.pepper)


def read_head(connection: sqlite3.Connection, key: bytes) -> Head | None:
    """The head of the chain; None if there is none, or it was not written with this key."""
    found = connection.execute("select count, hash, first, start, seal from chain_head").fetchone()
    if found is None:
        return None
    head = Head(*found[:4])
    return head if hmac.compare_digest(found[4], seal_of(key, head)) else None


def event_of(connection: sqlite3.Connection, kind: str, row: int, at: str, note: str) -> Event | None:
    """An event with the contents of its row; None if that row is gone."""
    sql = ROWS.get(kind)
    if sql is None:
        return Event(kind, row, at, note, ())
    contents = connection.execute(sql, (row,)).fetchone()
    return None if contents is None else Event(kind, row, at, note, tuple(contents))


def hash_of(key: bytes, before: bytes, event: Event) -> bytes:
    """The hash of an event behind the one before it."""
    return hmac.digest(key, b"event" + before + msgspec.json.encode(event), "sha256")


def seal_of(key: bytes, head: Head) -> bytes:
    """What proves that a head was written by this program."""
    return hmac.digest(key, b"head" + msgspec.json.encode([head.number, head.hash, head.first, head.start]), "sha256")
