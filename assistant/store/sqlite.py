"""The store of one office: one SQLite file, one thread that writes, two that read.

A reply is on the disk when `append` returns: WAL with `synchronous=FULL`, and the answer waits for COMMIT.
SQLite before 3.51.3 can damage a WAL when two connections checkpoint at once; here only the writer ever
checkpoints, a lock file keeps a second process out, and readers are read-only.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
from sqlite_utils import Database

from assistant.store import (
    CaseChange,
    CaseRow,
    ConversationRow,
    Opening,
    ReadingRow,
    SealedRecord,
    SessionKind,
    SessionRow,
    StoreError,
    TokenRow,
    UserRow,
    files,
    statements,
)
from assistant.store.erased import FILE as ERASED
from assistant.store.erased import ErasedList
from assistant.store.failures import translated
from assistant.store.migrations import STEPS, migrate, version
from assistant.store.sealing import KeyFile
from assistant.store.sqlite_accounts import SqliteAccounts
from assistant.store.sqlite_invitations import SqliteInvitations
from assistant.store.sqlite_office import SqliteOffice
from assistant.store.sqlite_retention import SqliteRetention
from assistant.store.writer import BUSY_MS, Writer

T = TypeVar("T")
Values: TypeAlias = Sequence[Any] | dict[str, Any]

READERS = 2
HEALTHY_WITHIN_S = 5.0
SAFE_SQLITE = (3, 51, 3)
_CASES = """select cases.id, reference, first_contact, status, locale, urgent, wrapped as wrapped_key, card, updated,
        unit, assigned, visit, held, doings
    from cases join keys on keys.id = cases.key"""
_CONVERSATIONS = """select conversations.id, "case", dialog, version, wrapped as wrapped_key, seq, opened, submitted,
        handled
    from conversations join keys on keys.id = conversations.key"""
# The rows of what was erased are gone, so none of these keys is blanked.
_OLDEST_KEYS = """select owners.id, wrapped from keys join
    (select id, key from cases union all select id, key from conversations) as owners on owners.key = keys.id
    order by keys.id limit 3"""
_TABLES = ("cases", "conversations", "records", "doings", "codes", "sessions", "users", "tokens", "readings")
_TRUTHS = ("urgent", "disabled")


def local_day() -> str:
    """Today where the server stands, as an ISO day."""
    return datetime.now().astimezone().date().isoformat()


class SqliteStore:
    """`Store` in DIR/klarbild.db; see the protocol for what each method promises."""

    def __init__(
        self,
        writer: Writer,
        readers: Sequence[Database],
        closing: contextlib.ExitStack,
        today: Callable[[], str],
    ) -> None:
        self.writer = writer
        self.accounts = SqliteAccounts(self)
        self.invitations = SqliteInvitations(self)
        self._idle: queue.SimpleQueue[Database] = queue.SimpleQueue()
        for reader in readers:
            self._idle.put(reader)
        self._threads = ThreadPoolExecutor(len(readers), thread_name_prefix="klarbild-reader")
        self._closing = closing
        self._today = today
        self._closed = False
        self.office = SqliteOffice(writer, self.rows, _CASES, _CONVERSATIONS)
        self.retention = SqliteRetention(self, _CASES)

    @classmethod
    def open(cls, directory: Path, *, today: Callable[[], str] = local_day, keys: KeyFile | None = None) -> SqliteStore:
        """Open or make the store of a data directory; blocks for some milliseconds.

        `today` dates a change of a case that does not say its day; `keys` must be those of the database. Raises
        StoreError when they are not, when another process serves the directory, it cannot be written, or the
        database is damaged, newer, or not ours.
        """
        files.private_directory(directory)
        path = directory / files.DATABASE
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, files.lock(directory))
            os.close(files.private_file(path))
            files.sync_directory(directory)
            try:
                connection = _write_connection(path)
                stack.callback(connection.close)
                _prepare(connection)
                if keys is not None:
                    keys.check(connection.execute(_OLDEST_KEYS).fetchall())
                writer = Writer(connection)
                stack.callback(writer.stop)
                # Closed before the writer: the last connection to go removes the log, and that is its task.
                readers = [stack.enter_context(_reader(path)) for _ in range(READERS)]
            except sqlite3.Error as error:
                raise StoreError(f"{path}: {translated(error)}") from error
            store = cls(writer, readers, stack.pop_all(), today)
            store.retention.erased = ErasedList(directory / ERASED, keys, today) if keys is not None else None
            return store

    async def append(
        self,
        conversation: str,
        bodies: Sequence[bytes],
        *,
        after: int,
        opening: Opening | None = None,
        change: CaseChange | None = None,
        submitted: str | None = None,
    ) -> int:
        if not all(isinstance(body, bytes) for body in bodies):
            raise TypeError("a store keeps sealed bytes only")
        if opening is not None and opening.conversation.id != conversation:
            raise ValueError("an opening opens the conversation it comes with")
        if change is not None and change.updated is None:
            change = msgspec.structs.replace(change, updated=self._today())
        turn = statements.Turn(conversation, bodies, after, opening, change, submitted)
        return await self.writer.submit(partial(statements.append, turn=turn))

    async def read(self, conversation: str, *, after: int = 0) -> tuple[SealedRecord, ...]:
        sql = "select seq, body from records where conversation = ? and seq > ? order by seq"
        return await self.rows(SealedRecord, sql, conversation, after)

    async def conversation(self, id: str) -> ConversationRow | None:
        return await self._row(ConversationRow, f"{_CONVERSATIONS} where conversations.id = ?", id)

    async def conversations_of(self, case: str) -> tuple[ConversationRow, ...]:
        sql = f'{_CONVERSATIONS} where "case" = ? order by conversations.key'
        return await self.rows(ConversationRow, sql, case)

    async def unsubmitted(self, *, opened_before: str, limit: int = 500) -> tuple[ConversationRow, ...]:
        sql = f"{_CONVERSATIONS} where submitted is null and dialog <> 'message' and opened < ? order by opened limit ?"
        return await self.rows(ConversationRow, sql, opened_before, limit)

    async def case(self, id: str) -> CaseRow | None:
        return await self._row(CaseRow, f"{_CASES} where cases.id = ?", id)

    async def cases(self, *, status: Collection[str] = (), limit: int = 2000) -> tuple[CaseRow, ...]:
        wanted = f"where status in ({', '.join('?' * len(status))})" if status else ""
        sql = f"{_CASES} {wanted} order by urgent desc, updated desc, cases.id limit ?"
        return await self.rows(CaseRow, sql, *status, limit)

    async def erase(self, conversation: str) -> None:
        await self.retention.write_down(conversation)
        await self.writer.submit(partial(statements.erase, conversation=conversation), truncate=True)

    async def find_code(self, hash: bytes, *, today: str) -> str | None:
        sql = "select conversation from codes where hash = ? and expires >= ?"
        found = await self._query(sql, (hash, today))
        return str(found[0]["conversation"]) if found else None

    async def replace_code(self, conversation: str, hash: bytes, *, expires: str) -> None:
        await self.writer.submit(
            partial(statements.replace_code, conversation=conversation, hash=hash, expires=expires)
        )

    async def forget_codes(self, *, today: str) -> int:
        return await self._write("delete from codes where expires < ?", today)

    async def put_session(self, row: SessionRow) -> None:
        await self._put("sessions", row, "hash")

    async def session(self, hash: bytes) -> SessionRow | None:
        return await self._row(SessionRow, "select * from sessions where hash = ?", hash)

    async def touch_session(self, hash: bytes, seen: float) -> None:
        await self._write("update sessions set seen = ? where hash = ?", seen, hash)

    async def end_session(self, hash: bytes) -> None:
        await self._write("delete from sessions where hash = ?", hash)

    async def end_sessions_of(self, kind: SessionKind, subject: str) -> None:
        await self._write("delete from sessions where kind = ? and subject = ?", kind, subject)

    async def sessions_of(self, kind: SessionKind, subject: str) -> tuple[SessionRow, ...]:
        sql = "select * from sessions where kind = ? and subject = ? order by seen desc, hash"
        return await self.rows(SessionRow, sql, kind, subject)

    async def forget_sessions(self, kind: SessionKind, *, seen_before: float, created_before: float) -> int:
        sql = "delete from sessions where kind = ? and (seen < ? or created < ?)"
        return await self._write(sql, kind, seen_before, created_before)

    async def put_user(self, row: UserRow) -> None:
        await self._put("users", row, "name")

    async def user(self, name: str) -> UserRow | None:
        return await self._row(UserRow, "select * from users where name = ?", name)

    async def users(self) -> tuple[UserRow, ...]:
        return await self.rows(UserRow, "select * from users order by name")

    async def drop_user(self, name: str) -> bool:
        return await self.writer.submit(partial(statements.drop_user, name=name))

    async def put_token(self, row: TokenRow) -> None:
        await self._put("tokens", row, "hash")

    async def token(self, hash: bytes) -> TokenRow | None:
        return await self._row(TokenRow, "select * from tokens where hash = ?", hash)

    async def tokens(self) -> tuple[TokenRow, ...]:
        return await self.rows(TokenRow, "select * from tokens order by name, created")

    async def drop_token(self, name: str) -> bool:
        return await self._write("delete from tokens where name = ?", name) > 0

    async def log_reading(self, *, at: str, user: str, case: str, what: str) -> None:
        sql = 'insert into readings (at, user, "case", what) values (?, ?, ?, ?)'
        await self._write(sql, at, user, case, what)

    async def readings(self, case: str) -> tuple[ReadingRow, ...]:
        sql = 'select at, user, "case", what from readings where "case" = ? order by id'
        return await self.rows(ReadingRow, sql, case)

    async def healthy(self) -> bool:
        sql = "insert into health values (1, 1) on conflict (id) do update set writes = writes + 1"
        try:
            async with asyncio.timeout(HEALTHY_WITHIN_S):
                return await self._write(sql) == 1
        except (StoreError, TimeoutError):
            return False

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._threads.shutdown()
        self._closing.close()

    async def _write(self, sql: str, *values: Any) -> int:
        """One statement as a write of its own; how many rows it changed."""
        return await self.writer.submit(lambda connection: connection.execute(sql, values).rowcount)

    async def _put(self, table: str, row: SessionRow | UserRow | TokenRow, key: str) -> None:
        names = row.__struct_fields__
        columns, places = ", ".join(names), ", ".join("?" * len(names))
        # Not "or replace": that removes a row whose subject is the same, too.
        again = ", ".join(f"{name} = excluded.{name}" for name in names)
        sql = f"insert into {table} ({columns}) values ({places}) on conflict ({key}) do update set {again}"  # noqa: S608
        await self._write(sql, *(getattr(row, name) for name in names))

    async def _row(self, kind: Callable[..., T], sql: str, *values: Any) -> T | None:
        rows = await self.rows(kind, sql, *values)
        return rows[0] if rows else None

    def submit(self, work: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """A write of several statements, all or nothing."""
        return self.writer.submit(work)

    async def rows(self, kind: Callable[..., T], sql: str, *values: Any) -> tuple[T, ...]:
        """The rows of a query; its values one after another, or all in one dict by their names."""
        named = values[0] if len(values) == 1 and isinstance(values[0], dict) else values
        return tuple(kind(**row) for row in await self._query(sql, named))

    async def _query(self, sql: str, values: Values) -> list[dict[str, Any]]:
        if self._closed:
            raise StoreError("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._fetch, sql, values)

    def _fetch(self, sql: str, values: Values) -> list[dict[str, Any]]:
        db = self._idle.get()
        try:
            return _truth(db.query(sql, values))
        except sqlite3.Error as error:
            raise translated(error) from error
        finally:
            self._idle.put(db)


def _truth(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """SQLite keeps truth as 0 and 1."""
    return [row | {name: bool(row[name]) for name in _TRUTHS if name in row} for row in rows]


def _database(connection: sqlite3.Connection) -> Database:
    # Plugins that happen to be installed have no business on these connections.
    return Database(connection, recursive_triggers=False, execute_plugins=False)


def _write_connection(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)


def _prepare(connection: sqlite3.Connection) -> None:
    """Bring the write connection and the tables to where the writer wants them."""
    journal = connection.execute("pragma journal_mode = wal").fetchone()[0]
    if journal != "wal":
        raise StoreError("the data directory does not allow a write-ahead log; put it on a local disk")
    connection.execute("pragma synchronous = full")
    # What fsync means on a Mac unless told otherwise; other systems ignore it.
    connection.execute("pragma fullfsync = on")
    connection.execute("pragma secure_delete = on")
    connection.execute("pragma mmap_size = 0")
    migrate(_database(connection))


def _reader(path: Path) -> Database:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("pragma query_only = on")
    connection.execute("pragma wal_autocheckpoint = 0")
    connection.execute("pragma mmap_size = 0")
    return _database(connection)


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
        db = _reader(path)
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
    return {
        "schema": version(db),
        "quick_check": str(db.execute("pragma quick_check(1)").fetchone()[0]),
        "counts": {table: db.table(table).count for table in _TABLES if table in present},
        "oldest_keys": db.execute(_OLDEST_KEYS).fetchall() if present.issuperset(_TABLES) else [],
    }
