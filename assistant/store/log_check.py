"""Whether the log of readings is whole: what `klarbild log verify` tells. Reads only, while a server runs or not."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from assistant.store import StoreError, files
from assistant.store.chain import TABLES, Head, chain_key, event_of, hash_of, read_head
from assistant.store.failures import translated
from assistant.store.sealing import KeyFile

_CALLED = {
    "reading": "reading",
    "crossing": "opening of another's case",
    "seen": "note that an opening was seen",
    "check": "result of a check",
    "account": "entry about a login",
    "merged": "merging of two cases",
    "closed": "closing of older events",
}


class Found(NamedTuple):
    """What a check has found. ``wrong`` is one line about the first place that is not as it was written (empty: the
    log is whole); ``rows`` counts the events that were held against their hashes."""

    rows: int
    head: Head
    wrong: str = ""


def verify(directory: Path, keys: KeyFile, told: tuple[int, bytes] | None = None) -> Found:
    """Hold the log of a data directory against its chain. ``told``: number and hash of a head that was kept elsewhere.

    Raises StoreError for a directory without a database, or one whose log is not chained yet."""
    path = directory / files.DATABASE
    if not path.exists():
        raise StoreError(f"{path} is not there; name the data directory with --data")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as reader:
            reader.execute("begin")
            if not reader.execute("select 1 from sqlite_schema where name = 'chain_head'").fetchone():
                raise StoreError(f"{path} is older than the chain of its log; start the server once, and check then")
            return check(reader, chain_key(keys), told)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {translated(error)}") from error


def check(connection: sqlite3.Connection, key: bytes, told: tuple[int, bytes] | None = None) -> Found:
    """The same within a transaction that is open already."""
    head = read_head(connection, key)
    if head is None:
        return Found(0, Head(), "the end of the log was changed or taken away, or this is not its key file")
    rows, wrong = 0, ""
    states = _States()
    for rows, wrong in _events(connection, key, head, states, told):
        if wrong:
            return Found(rows, head, wrong)
    return Found(rows, head, wrong or _strangers(connection, states))


class _States:
    """What the events say that the tables hold now: the rows there are, and the latest word on each."""

    def __init__(self) -> None:
        self.rows: dict[str, set[int]] = {kind: set() for kind in TABLES}
        self.seen: dict[int, tuple[str, ...]] = {}
        self.checked: dict[int, tuple[str, ...]] = {}
        self.merged: dict[str, str] = {}

    def take(self, kind: str, row: int, note: str) -> None:
        if kind in self.rows:
            self.rows[kind].add(row)
        # A number may be given anew when older rows are erased: what was said before is about another row.
        if kind == "reading":
            self.checked.pop(row, None)
        elif kind == "crossing":
            self.seen.pop(row, None)
        elif kind == "seen" and row in self.rows["crossing"]:
            self.seen[row] = tuple(msgspec.json.decode(note))
        elif kind == "check" and row in self.rows["reading"]:
            self.checked[row] = tuple(msgspec.json.decode(note))
        elif kind == "merged":
            absorbed, case = msgspec.json.decode(note)
            self.merged[absorbed] = case


def _events(
    connection: sqlite3.Connection, key: bytes, head: Head, states: _States, told: tuple[int, bytes] | None
) -> Iterator[tuple[int, str]]:
    """Event by event: how many were looked at, and what is wrong with this one."""
    number, before = head.first, head.start
    yield 0, _against(told, number, before)
    later = connection.execute("select id, kind, row, at, note, hash from chain order by id")
    for id, kind, row, at, note, hash in later:
        what = f"{_CALLED.get(kind, 'event')} {row} (number {number + 1} of the log)"
        rows = number + 1 - head.first
        if id != number + 1:
            yield rows, f"number {number + 1} of the log is missing; the next one there is number {id}"
        if id > head.number:
            yield rows, f"{what} stands behind the end of the log: it was put in by something else"
        event = event_of(connection, kind, row, at, note)
        if event is None:
            yield rows, f"{what} was deleted"
        elif not hmac.compare_digest(hash, hash_of(key, before, event)):
            yield rows, f"{what} was changed, or stands in another's place"
        states.take(kind, row, note)
        number, before = id, hash
        yield rows, _against(told, number, before)
    rows = number - head.first
    if number < head.number:
        yield rows, f"the end was cut: numbers {number + 1} to {head.number} are missing"
    elif not hmac.compare_digest(before, head.hash):
        yield rows, f"number {number} of the log is not the one that the log ended with"
    if told is not None and told[0] > number:
        yield rows, f"the end was cut: the log ends with number {number}, and the head that was kept is {told[0]}"
    if told is not None and told[0] < head.first:
        yield rows, f"number {told[0]} was closed and erased; give the head of a later day"


def _against(told: tuple[int, bytes] | None, number: int, hash: bytes) -> str:
    if told is None or told[0] != number or hmac.compare_digest(told[1], hash):
        return ""
    return f"number {number} of the log is not the one whose head was kept: what stood there was written anew"


def _strangers(connection: sqlite3.Connection, states: _States) -> str:
    """What stands in the tables of the log, and no event tells of."""
    for kind, table in TABLES.items():
        for (id,) in connection.execute(f"select id from {table} order by id"):  # noqa: S608
            if id not in states.rows[kind]:
                return f"{_CALLED[kind]} {id} is not in the chain: it was put in by something else"
    held = {row[0]: tuple(row[1:]) for row in connection.execute("select reading, at, user, result from checks")}
    seen = "select id, seen, seen_by from crossings where seen <> ''"
    noted = {row[0]: tuple(row[1:]) for row in connection.execute(seen)}
    merged = {row[0]: row[1] for row in connection.execute('select absorbed, "case" from merges')}
    pairs = ((held, states.checked, "check"), (noted, states.seen, "seen"), (merged, states.merged, "merged"))
    for there, told, kind in pairs:
        if there != told:
            which = sorted(str(one) for one in {*there, *told} if there.get(one) != told.get(one))
            return f"the {_CALLED[kind]} {which[0]} is not what the chain tells"
    return ""
