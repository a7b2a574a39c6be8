"""`InvitationStore` in SQLite; see the protocol for what each method promises."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from functools import partial

import msgspec

from assistant.store.invitations import InvitationRow, LetterChange, LetterRow
from assistant.store.office import Step
from assistant.store.sqlite_accounts import Tables
from assistant.store.sqlite_office import do_step
from assistant.store.statements import BLANK_LETTER, end_invitations


class SqliteInvitations:
    """The invitations and letters of a store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def put(self, step: Step, row: InvitationRow, letter: LetterRow | None = None) -> None:
        await self._tables.submit(partial(_put, step=step, row=row, letter=letter))

    async def withdraw(self, step: Step, *, today: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            do_step(connection, step)
            end_invitations(connection, step.case, today)

        await self._tables.submit(work)

    async def by_token(self, hash: bytes) -> InvitationRow | None:
        return await self._one("token", hash)

    async def by_code(self, hash: bytes) -> InvitationRow | None:
        return await self._one("code", hash)

    async def _one(self, column: str, hash: bytes) -> InvitationRow | None:
        found = await self._tables.rows(InvitationRow, f"select * from invitations where {column} = ?", hash)  # noqa: S608
        return found[0] if found else None

    async def of_case(self, case: str) -> tuple[InvitationRow, ...]:
        sql = 'select * from invitations where "case" = ? order by made desc, withdrawn, id'
        return await self._tables.rows(InvitationRow, sql, case)

    async def open(self, units: Collection[str] | None, *, limit: int = 200) -> tuple[InvitationRow, ...]:
        of_units = f"where unit in ({', '.join('?' * len(units))})" if units is not None else ""
        sql = f"""select * from invitations where used = '' and withdrawn = ''
            and "case" in (select id from cases {of_units}) order by made desc, id limit ?"""  # noqa: S608
        return await self._tables.rows(InvitationRow, sql, *(units or ()), limit)

    async def letters_of(self, cases: Sequence[str]) -> tuple[LetterRow, ...]:
        places = ", ".join("?" * len(cases))
        sql = f'select * from letters where "case" in ({places}) order by at desc, id'  # noqa: S608
        return await self._tables.rows(LetterRow, sql, *cases)

    async def due(self, now: str, *, limit: int = 50) -> tuple[LetterRow, ...]:
        sql = "select * from letters where state = 'queued' and due <= ? order by due, at limit ?"
        return await self._tables.rows(LetterRow, sql, now, limit)

    async def tried(self, letter: LetterRow, change: LetterChange) -> bool:
        blank = f", {BLANK_LETTER}" if change.state != "queued" else ""
        sql = f"""update letters set state = ?, due = ?, tries = ?, problem = ? {blank}
            where id = ? and state = 'queued' and tries = ?"""  # noqa: S608
        values = (change.state, change.due, change.tries, change.problem, letter.id, letter.tries)
        return await self._tables.submit(lambda connection: connection.execute(sql, values).rowcount) == 1

    async def try_now(self, letter: str, *, now: str) -> bool:
        sql = "update letters set due = ? where id = ? and state = 'queued'"
        return await self._tables.submit(lambda connection: connection.execute(sql, (now, letter)).rowcount) == 1


def _put(connection: sqlite3.Connection, step: Step, row: InvitationRow, letter: LetterRow | None) -> None:
    do_step(connection, step)
    end_invitations(connection, step.case, row.made)
    _insert(connection, "invitations", row)
    if letter is not None:
        _insert(connection, "letters", letter)


def _insert(connection: sqlite3.Connection, table: str, row: InvitationRow | LetterRow) -> None:
    values = msgspec.structs.asdict(row)
    columns, places = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
    connection.execute(f"insert into {table} ({columns}) values ({places})", list(values.values()))  # noqa: S608
