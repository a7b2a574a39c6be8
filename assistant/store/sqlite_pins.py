"""`PinStore` in SQLite; see the protocol for what each method promises."""

from __future__ import annotations

from typing import Any

from assistant.store.pins import PinRow
from assistant.store.sqlite_accounts import Tables


class SqlitePins:
    """The PINs of a store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, conversation: str) -> PinRow | None:
        found = await self._tables.rows(PinRow, "select * from pins where conversation = ?", conversation)
        return found[0] if found else None

    async def put(self, row: PinRow) -> bool:
        sql = """insert into pins (conversation, hash, tries) select id, ?, ? from conversations where id = ?
            on conflict (conversation) do nothing"""
        return await self._changed(sql, row.hash, row.tries, row.conversation) == 1

    async def try_(self, conversation: str, *, most: int) -> bool:
        sql = "update pins set tries = tries + 1 where conversation = ? and tries < ?"
        return await self._changed(sql, conversation, most) == 1

    async def was_right(self, conversation: str) -> None:
        await self._changed("update pins set tries = 0 where conversation = ?", conversation)

    async def forget(self, conversation: str) -> None:
        await self._changed("delete from pins where conversation = ?", conversation)

    async def _changed(self, sql: str, *values: Any) -> int:
        return await self._tables.submit(lambda connection: connection.execute(sql, values).rowcount)
