"""`TranslationStore` in SQLite; see the protocol for what each method promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.store.sqlite_accounts import Tables
from assistant.store.translations import TranslationRow


class SqliteTranslations:
    """The translations of a store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def queue(self, conversation: str, *, due: str) -> bool:
        # Only of a conversation that is there: whoever was erased meanwhile stays so.
        sql = """insert into translations (conversation, body, state, due, tries, seq)
            select id, x'', 'queued', ?, 0, 0 from conversations where id = ?
            on conflict (conversation) do update set state = 'queued', due = excluded.due, tries = 0
            where state <> 'queued'"""
        return await self._changed(sql, due, conversation) == 1

    async def due(self, now: str, *, limit: int) -> tuple[TranslationRow, ...]:
        sql = "select * from translations where state = 'queued' and due <= ? order by due, conversation limit ?"
        return await self._tables.rows(TranslationRow, sql, now, limit)

    async def of(self, conversations: Sequence[str]) -> tuple[TranslationRow, ...]:
        places = ", ".join("?" * len(conversations))
        sql = f"select * from translations where conversation in ({places})"  # noqa: S608
        return await self._tables.rows(TranslationRow, sql, *conversations)

    async def keep(self, row: TranslationRow) -> bool:
        sql = "update translations set body = ?, state = ?, due = ?, tries = ?, seq = ? where conversation = ?"
        return await self._changed(sql, row.body, row.state, row.due, row.tries, row.seq, row.conversation) == 1

    async def waiting(self) -> int:
        (found,) = await self._tables.rows(_number, "select count(*) as n from translations where state = 'queued'")
        return found

    async def _changed(self, sql: str, *values: Any) -> int:
        return await self._tables.submit(lambda connection: connection.execute(sql, values).rowcount)


def _number(n: int) -> int:
    return n
