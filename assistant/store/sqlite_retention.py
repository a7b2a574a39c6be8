"""`RetentionStore` in SQLite; see the protocol for what each method promises."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from assistant.store import CaseRow, ConversationRow, StoreError, keyring, statements
from assistant.store.erased import ErasedList
from assistant.store.retention import Limits
from assistant.store.writer import Writer

T = TypeVar("T")

_CODE_WORKS = "exists (select 1 from codes where conversation = conversations.id and expires >= :today)"
# A session that is used is written down once a minute; see `assistant.server.sessions`.
_OPEN_NOW = """exists (select 1 from sessions where kind = 'applicant' and subject = conversations.id
    and seen >= :applicant_seen - 120 and created >= :applicant_created)"""
_DUE = f"""select id from conversations where submitted is null and dialog <> 'message' and opened < :draft_before
    and not {_CODE_WORKS} and not {_OPEN_NOW}"""  # noqa: S608
_DRAFTS = f"{_DUE} order by opened, id limit :limit"

_SESSIONS = """((kind = 'applicant' and (seen < :applicant_seen or created < :applicant_created))
    or (kind = 'desk' and (seen < :desk_seen or created < :desk_created)))"""
_ENDED = "coalesce(nullif(used, ''), nullif(withdrawn, ''), until)"
_SWEPT: Final = {
    "sessions": f"sessions where {_SESSIONS}",
    "codes": "codes where expires < :today",
    "letters": f"""letters where substr(at, 1, 10) < :ended_before and not exists
        (select 1 from invitations where invitations.id = invitation and {_ENDED} >= :ended_before)""",  # noqa: S608
    "invitations": f"invitations where {_ENDED} < :ended_before",
}
"""What is removed by its day alone, in this order: a letter is looked up beside its invitation."""

# The log goes on knowing a case by the name that it had before another one took it in.
_HELD = """with recursive names (id) as (
        select id from cases union select absorbed from merges join names on merges."case" = names.id
    ) select min(at) as id from readings where at < ? and "case" in (select id from names)"""


class Files(Protocol):
    """What is wanted of a store: its writer, rows that are read, and how it removes a conversation."""

    writer: Writer

    def rows(self, kind: Callable[..., T], sql: str, *values: Any) -> Awaitable[tuple[T, ...]]: ...

    async def case(self, id: str) -> CaseRow | None: ...

    async def conversations_of(self, case: str) -> tuple[ConversationRow, ...]: ...

    async def forget_codes(self, *, today: str) -> int: ...


class SqliteRetention:
    """What is erased by rule in a store. `cases` begins a statement that reads such rows with their keys; `erased` is
    the list of what is gone (None: none is kept)."""

    def __init__(self, files: Files, cases: str) -> None:
        self._files, self._cases = files, cases
        self.erased: ErasedList | None = None

    async def write_down(self, *ids: str) -> None:
        erased = self.erased
        if erased is not None:
            # By the one thread that writes, so that lines never mix.
            await self._files.writer.submit(lambda _: _add(erased, ids))

    async def erase(self, conversation: str) -> None:
        """What `Store.erase` does, with the list of what is erased first."""
        await self.write_down(conversation)
        writer = self._files.writer
        await writer.submit(partial(statements.blank_conversation, conversation=conversation))
        unused = await writer.submit(partial(statements.erase, conversation=conversation))
        await writer.submit(partial(keyring.blank, keys=[unused]), truncate=True)

    async def drafts(self, limits: Limits, *, limit: int) -> tuple[str, ...]:
        return await self._files.rows(_id, _DRAFTS, limits._asdict() | {"limit": limit})

    async def cases(self, *, updated_before: str, behind: str, limit: int) -> tuple[CaseRow, ...]:
        sql = f"{self._cases} where updated < ? and cases.id > ? order by cases.id limit ?"
        return await self._files.rows(CaseRow, sql, updated_before, behind, limit)

    async def erase_case(self, case: str, *, updated_before: str) -> bool:
        row = await self._files.case(case)
        if row is None or row.updated >= updated_before:
            return row is None
        await self.write_down(case)
        for one in await self._files.conversations_of(case):
            await self.erase(one.id)
        work = partial(_remove, case=case, updated_before=updated_before)
        removed, unused = await self._files.writer.submit(work)
        await self._files.writer.submit(partial(keyring.blank, keys=[unused]), truncate=True)
        return removed

    async def ids(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        cases = await self._files.rows(_id, "select id from cases")
        return cases, await self._files.rows(_id, "select id from conversations")

    async def count(self, limits: Limits) -> dict[str, int]:
        # The codes of drafts go with their drafts, which are counted by themselves.
        swept = _SWEPT | {"codes": f"{_SWEPT['codes']} and conversation not in ({_DUE})"}
        counts = ", ".join(f"(select count(*) from {rows}) as {kind}" for kind, rows in swept.items())  # noqa: S608
        found: tuple[dict[str, int], ...] = await self._files.rows(dict, f"select {counts}", limits._asdict())
        return found[0]

    async def sweep(self, limits: Limits) -> dict[str, int]:
        found: dict[str, int] = {}
        for kind, swept in _SWEPT.items():
            if kind == "codes":
                # What a code opens goes with it.
                found[kind] = await self._files.forget_codes(today=limits.today)
                continue
            work = partial(_delete, sql=f"delete from {swept}", values=limits._asdict())  # noqa: S608
            found[kind] = await self._files.writer.submit(work, truncate=True)
        return found

    async def log_end(self, *, before: str) -> str:
        (first,) = await self._files.rows(_id, _HELD, before)
        return str(first) if first else before

    async def log_rows(self, *, before: str) -> int:
        sql = """select count(*) as id from chain
            where id < coalesce((select min(id) from chain where at >= ?), 9223372036854775807)"""
        (found,) = await self._files.rows(_id, sql, before)
        return int(found)


def settle(connection: sqlite3.Connection) -> None:
    """Finish what a power cut left half done: erase what has no key any more, destroy keys of which no row is left."""
    for conversation in keyring.lost(connection):
        connection.execute("begin immediate")
        statements.erase(connection, conversation)
        connection.execute("commit")
    keyring.blank(connection, keyring.orphans(connection))


def _add(erased: ErasedList, ids: tuple[str, ...]) -> None:
    try:
        erased.add(ids)
    except OSError as error:
        raise StoreError(f"cannot write {erased.path}: {error.strerror or type(error).__name__}") from error


def _remove(connection: sqlite3.Connection, case: str, updated_before: str) -> tuple[bool, int | None]:
    """Whether the case is gone, and the number of its key, which must be destroyed next."""
    newer = "select 1 from cases where id = ? and updated >= ?"
    if connection.execute(newer, (case, updated_before)).fetchone():
        return False, None
    if connection.execute('select 1 from conversations where "case" = ?', (case,)).fetchone():
        return False, None
    return True, statements.remove_case(connection, case)


def _delete(connection: sqlite3.Connection, sql: str, values: dict[str, Any]) -> int:
    return connection.execute(sql, values).rowcount


def _id(id: str) -> str:
    return id
