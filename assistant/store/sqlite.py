"""The store of one office: one SQLite file, one thread that writes, two that read.

A reply is on the disk when `append` returns: WAL with `synchronous=FULL`, and the answer waits for COMMIT.
SQLite before 3.51.3 can damage a WAL when two connections checkpoint at once; here only the writer ever
checkpoints, a lock file keeps a second process out, and readers are read-only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
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
    Conflict,
    ConversationRow,
    Load,
    Opening,
    ReadingRow,
    SealedRecord,
    SessionKind,
    SessionRow,
    StoreError,
    TokenRow,
    UserRow,
    connections,
    files,
    keyring,
    statements,
)
from assistant.store.chain import Chain
from assistant.store.erased import ErasedList
from assistant.store.failures import translated
from assistant.store.inspection import OLDEST_KEYS, refuse_unsound
from assistant.store.sealing import KeyFile
from assistant.store.sqlite_accounts import SqliteAccounts
from assistant.store.sqlite_invitations import SqliteInvitations
from assistant.store.sqlite_office import SqliteOffice
from assistant.store.sqlite_pins import SqlitePins
from assistant.store.sqlite_retention import SqliteRetention, settle
from assistant.store.sqlite_translations import SqliteTranslations
from assistant.store.writer import Writer

T = TypeVar("T")
Values: TypeAlias = Sequence[Any] | dict[str, Any]

READERS = 2
HEALTHY_WITHIN_S = 5.0
_CASES = """select cases.id, reference, first_contact, status, locale, urgent, keys.wrapped as wrapped_key, card,
        updated, unit, assigned, visit, held, doings
    from cases join keyring.keys on keys.id = cases.key"""
_CONVERSATIONS = """select conversations.id, "case", dialog, version, keys.wrapped as wrapped_key, seq, opened,
        submitted, handled, coalesce(coded.wrapped, x'') as code_wrapped
    from conversations join keyring.keys on keys.id = conversations.key
    left join keyring.keys as coded on coded.id = code_key"""
_TRUTHS = ("urgent", "disabled")
_audit = logging.getLogger("klarbild.audit")


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
        chain: Chain,
    ) -> None:
        self.writer, self._chain = writer, chain
        self.accounts = SqliteAccounts(self, chain)
        self.invitations = SqliteInvitations(self)
        self.pins = SqlitePins(self)
        self.translations = SqliteTranslations(self)
        self._idle: queue.SimpleQueue[Database] = queue.SimpleQueue()
        for reader in readers:
            self._idle.put(reader)
        self._threads = ThreadPoolExecutor(len(readers), thread_name_prefix="klarbild-reader")
        self._closing = closing
        self._today = today
        self._latest_day = ""
        self._closed = False
        self.office = SqliteOffice(writer, self.rows, _CASES, _CONVERSATIONS, chain)
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
            refuse_unsound(directory)
            os.close(files.private_file(path))
            files.sync_directory(directory)
            try:
                connection = connections.writing(directory)
                stack.callback(connection.close)
                connections.prepare(connection, directory)
                keyring.check(connection)
                if keys is not None:
                    keys.check(connection.execute(OLDEST_KEYS).fetchall())
                settle(connection)
                chain = Chain(keys)
                older = chain.take_in(connection)
                if older:
                    _audit.warning("the chain of the log begins, with %d rows that were there before", older)
                writer = Writer(connection)
                stack.callback(writer.stop)
                # Closed before the writer: the last connection to go removes the log, and that is its task.
                readers = [stack.enter_context(connections.reading(directory)) for _ in range(READERS)]
            except sqlite3.Error as error:
                raise StoreError(f"{path}: {translated(error)}") from error
            store = cls(writer, readers, stack.pop_all(), today, chain)
            store.retention.erased = ErasedList(directory, keys, today) if keys is not None else None
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
        office_key: bytes = b"",
    ) -> int:
        if not all(isinstance(body, bytes) for body in bodies):
            raise TypeError("a store keeps sealed bytes only")
        if opening is not None and opening.conversation.id != conversation:
            raise ValueError("an opening opens the conversation it comes with")
        if change is not None and change.updated is None:
            change = msgspec.structs.replace(change, updated=self._today())
        turn = statements.Turn(conversation, bodies, after, opening, change, submitted)
        if office_key:
            return await self._sent(turn, office_key)
        return await (self._opened(turn, opening) if opening else self._appended(turn))

    def _appended(self, turn: statements.Turn) -> asyncio.Future[int]:
        return self.writer.submit(partial(statements.append, turn=turn))

    async def _sent(self, turn: statements.Turn, office_key: bytes) -> int:
        """Write a turn that sends a conversation: the office's key first."""
        opening = partial(statements.open_to_office, conversation=turn.conversation, wrapped=office_key)
        opened = await self.writer.submit(opening)
        try:
            return await self._appended(turn)
        except Conflict:
            if opened:
                await self.writer.submit(partial(statements.close_to_office, conversation=turn.conversation))
            raise

    async def _opened(self, turn: statements.Turn, opening: Opening) -> int:
        """Write a turn that opens a conversation: the keys first."""
        keys = await self.writer.submit(partial(statements.put_keys, opening=opening))
        try:
            return await self._appended(turn._replace(keys=keys))
        except Conflict:
            await self.writer.submit(partial(statements.blank_unused, keys=keys))
            raise

    async def read(self, conversation: str, *, after: int = 0) -> tuple[SealedRecord, ...]:
        sql = "select seq, body from records where conversation = ? and seq > ? order by seq"
        return await self.rows(SealedRecord, sql, conversation, after)

    async def conversation(self, id: str) -> ConversationRow | None:
        return await self._row(ConversationRow, f"{_CONVERSATIONS} where conversations.id = ?", id)

    async def conversations_of(self, case: str) -> tuple[ConversationRow, ...]:
        sql = f'{_CONVERSATIONS} where "case" = ? order by conversations.key'
        return await self.rows(ConversationRow, sql, case)

    async def case(self, id: str) -> CaseRow | None:
        return await self._row(CaseRow, f"{_CASES} where cases.id = ?", id)

    async def cases(self, *, status: Collection[str] = (), limit: int = 2000) -> tuple[CaseRow, ...]:
        wanted = f"where status in ({', '.join('?' * len(status))})" if status else ""
        sql = f"{_CASES} {wanted} order by urgent desc, updated desc, cases.id limit ?"
        return await self.rows(CaseRow, sql, *status, limit)

    async def erase(self, conversation: str) -> None:
        await self.retention.erase(conversation)

    async def find_code(self, hash: bytes, *, today: str) -> str | None:
        # A clock that is set back must not bring a code to life again.
        self._latest_day = max(self._latest_day, today)
        sql = "select conversation from codes where hash = ? and expires >= ?"
        found = await self._query(sql, (hash, self._latest_day))
        return str(found[0]["conversation"]) if found else None

    async def replace_code(self, conversation: str, hash: bytes, *, expires: str, wrapped: bytes = b"") -> None:
        (key,) = await self.writer.submit(partial(keyring.put, wrapped=[wrapped])) if wrapped else (None,)
        work = partial(statements.replace_code, conversation=conversation, hash=hash, expires=expires, key=key)
        try:
            unused = await self.writer.submit(work)
        except Conflict:
            await self.writer.submit(partial(keyring.blank, keys=[key]))
            raise
        await self.writer.submit(partial(keyring.blank, keys=[unused]), truncate=True)

    async def forget_codes(self, *, today: str) -> int:
        await self.writer.submit(partial(statements.blank_codes, today=today), truncate=True)
        return await self._write("delete from codes where expires < ?", today)

    async def rewrap(self, place: str, number: int, change: Callable[[str, bytes], bytes], *, most: int = 500) -> int:
        return await self.writer.submit(
            partial(keyring.rewrap, place=place, number=number, change=change, most=most), truncate=True
        )

    async def wrapped_by(self, number: int) -> int:
        return await self.writer.submit(partial(keyring.count, number=number))

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
        await self.writer.submit(partial(statements.log_reading, chain=self._chain, values=(at, user, case, what)))

    async def readings(self, case: str) -> tuple[ReadingRow, ...]:
        wanted = f'"case" in {statements.NAMES}'
        sql = f'select at, user, :case as "case", what from readings where {wanted} order by id'  # noqa: S608
        return await self.rows(ReadingRow, sql, {"case": case})

    async def healthy(self) -> bool:
        sql = "insert into health values (1, 1) on conflict (id) do update set writes = writes + 1"
        try:
            async with asyncio.timeout(HEALTHY_WITHIN_S):
                return await self._write(sql) == 1
        except (StoreError, TimeoutError):
            return False

    def failure(self) -> str:
        return self.writer.failure

    def load(self) -> Load:
        return Load(self.writer.waiting, self.writer.commits, self.writer.jobs)

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
