"""`Accounts` in SQLite; see the protocol for what each method promises."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import UNSET

from assistant.store import UserRow
from assistant.store.accounts import DoingRow, UserChange
from assistant.store.chain import Chain
from assistant.store.statements import log_account, put_recovery_codes

T = TypeVar("T")


class Tables(Protocol):
    """What is wanted of a store: rows that are read, and jobs of the one thread that writes."""

    async def rows(self, kind: Callable[..., T], sql: str, *values: Any) -> tuple[T, ...]: ...

    def submit(self, work: Callable[[sqlite3.Connection], T]) -> Awaitable[T]: ...


class SqliteAccounts:
    """The logins of a store."""

    def __init__(self, tables: Tables, chain: Chain) -> None:
        self._tables, self._chain = tables, chain

    async def add(self, row: UserRow) -> None:
        names = row.__struct_fields__
        sql = f"insert into users ({', '.join(names)}) values ({', '.join('?' * len(names))})"  # noqa: S608
        await self._write(sql, *(getattr(row, name) for name in names))

    async def change(self, name: str, change: UserChange) -> bool:
        values = {key: value for key, value in msgspec.structs.asdict(change).items() if value is not UNSET}
        wanted = ", ".join(f"{key} = ?" for key in values) or "name = name"
        return await self._write(f"update users set {wanted} where name = ?", *values.values(), name) > 0  # noqa: S608

    async def of_subject(self, subject: str) -> UserRow | None:
        sql = "select * from users where subject = ? and subject <> ''"
        rows = await self._tables.rows(UserRow, sql, subject)
        return rows[0] if rows else None

    async def bind(self, name: str, subject: str) -> bool:
        return await self._write("update users set subject = ? where name = ? and subject = ''", subject, name) > 0

    async def use_step(self, name: str, step: int) -> bool:
        sql = "update users set totp_last = ? where name = ? and totp_last < ?"
        return await self._write(sql, step, name, step) > 0

    async def put_recovery_codes(self, name: str, hashes: Sequence[bytes]) -> None:
        await self._tables.submit(lambda connection: put_recovery_codes(connection, name, hashes))

    async def use_recovery_code(self, name: str, hash: bytes, *, at: str) -> bool:
        sql = "update recovery_codes set used = ? where user = ? and hash = ? and used is null"
        return await self._write(sql, at, name, hash) > 0

    async def recovery_codes_left(self, name: str) -> int:
        sql = "select hash from recovery_codes where user = ? and used is null"
        return len(await self._tables.rows(dict, sql, name))

    async def log(self, row: DoingRow) -> None:
        values = (row.at, row.by, row.what, row.whom, row.detail)
        await self._tables.submit(partial(log_account, chain=self._chain, values=values))

    async def doings(self, *, limit: int = 100) -> tuple[DoingRow, ...]:
        sql = "select at, by, what, whom, detail from account_log order by id desc limit ?"
        return await self._tables.rows(DoingRow, sql, limit)

    async def _write(self, sql: str, *values: Any) -> int:
        return await self._tables.submit(lambda connection: connection.execute(sql, values).rowcount)
