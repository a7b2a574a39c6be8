"""The office's part of the SQLite store."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec

from assistant.store import CaseRow, Conflict, ConversationRow, SealedRecord, StoreError, keyring
from assistant.store.chain import Chain, Head, read_head
from assistant.store.log_check import check
from assistant.store.office import CaseQuery, CheckResult, Counts, CrossingRow, LoggedReading, Step
from assistant.store.statements import NAMES, change_case, end_invitations, insert_case, remove_case
from assistant.store.writer import Writer

T = TypeVar("T")

MOST_MESSAGES = 200
_WAITS = "place = 0 and status <> 'closed'"
_LATE = f"({_WAITS} and first_contact < :late_before)"
_AT_RISK = f"""({_WAITS} and first_contact >= :late_before and first_contact < :risk_before
    and (visit = '' or substr(visit, 1, 10) > date(first_contact, '+' || :days || ' days')))"""
_UNBOOKED = f"({_WAITS} and visit = '')"
_ONLY = {"urgent": "(urgent = 1 and status <> 'closed')", "late": _LATE, "at_risk": _AT_RISK, "unbooked": _UNBOOKED}
_SORTS = {
    "urgent": "urgent desc, place, first_contact, reference",
    "first_contact": "first_contact {way}, reference",
    # What has no visit yet stands last, whichever way.
    "visit": "visit = '', visit {way}, reference",
    "reference": "reference {way}",
    "assigned": "assigned = '', assigned {way}, first_contact, reference",
    "updated": "updated {way}, reference",
}


class Rows(Protocol):
    """How rows of a kind are read: the statement and its values."""

    def __call__(self, kind: Callable[..., T], sql: str, *values: Any) -> Awaitable[tuple[T, ...]]: ...


class SqliteOffice:
    """`OfficeStore` on the writer and the readers of a `SqliteStore`. `cases` and `conversations` begin a statement
    that reads such rows with their keys."""

    def __init__(self, writer: Writer, rows: Rows, cases: str, conversations: str, chain: Chain) -> None:
        self._writer, self._rows, self._chain = writer, rows, chain
        self._cases, self._conversations = cases, conversations

    async def make(self, row: CaseRow, bodies: Sequence[bytes]) -> None:
        # The key before the row that names it; see `keyring`.
        (key,) = await self._writer.submit(partial(keyring.put, wrapped=[row.wrapped_key]))
        try:
            await self._writer.submit(partial(_make, row=row, bodies=bodies, key=key))
        except Conflict:
            await self._writer.submit(partial(keyring.blank, keys=[key]))
            raise

    async def do(self, *steps: Step) -> None:
        await self._writer.submit(partial(_do_all, steps=steps))

    async def doings(self, case: str, *, after: int = 0) -> tuple[SealedRecord, ...]:
        sql = 'select seq, body from doings where "case" = ? and seq > ? order by seq'
        return await self._rows(SealedRecord, sql, case, after)

    async def merge(self, step: Step, *, absorbed: str, absorbed_after: int) -> None:
        work = partial(_merge, chain=self._chain, step=step, absorbed=absorbed, absorbed_after=absorbed_after)
        unused = await self._writer.submit(work)
        await self._writer.submit(partial(keyring.blank, keys=[unused]), truncate=True)

    async def by_reference(self, reference: str) -> CaseRow | None:
        found = await self._rows(CaseRow, f"{self._cases} where reference = ?", reference)
        return found[0] if found else None

    async def list(self, query: CaseQuery) -> tuple[CaseRow, ...]:
        where, values = _where(query)
        order = _SORTS[query.sort].format(way="desc" if query.descending else "asc")
        # The keys are fetched for the rows of the page only: joined before the sorting, every case's would be read.
        # Left alone, SQLite picks the index of the counts and sorts all that it finds.
        ordinary = query.sort == "urgent" and not query.status and query.units != ()
        index = "indexed by cases_list" if ordinary else ""
        inner = f"select id from cases {index} where {where} order by {order} limit :limit offset :offset"  # noqa: S608
        sql = f"{self._cases} where cases.id in ({inner}) order by {order}"
        return await self._rows(CaseRow, sql, values | {"limit": query.limit, "offset": query.offset})

    async def count(self, query: CaseQuery) -> Counts:
        where, values = _where(query, only=False)
        # Few cases are late, near their last day or urgent: each of these is a short stretch of an index.
        few = {
            "pressing": f"cases indexed by cases_list where {_ONLY['urgent']}",
            "late": f"cases indexed by cases_waiting where {_LATE}",
            "at_risk": f"cases indexed by cases_waiting where {_AT_RISK}",
        }
        parts = [f"(select count(*) from {source} and {where}) as {name}" for name, source in few.items()]  # noqa: S608
        sums = f"count(*) as cases, coalesce(sum({_UNBOOKED}), 0) as unbooked"
        sql = f"select {sums}, {', '.join(parts)} from cases where {where}"  # noqa: S608
        (found,) = await self._rows(_counts, sql, values)
        return found

    async def waiting_messages(self, units: Collection[str] | None = None) -> tuple[ConversationRow, ...]:
        of_units = f"and unit in ({', '.join('?' * len(units))})" if units is not None else ""
        open_case = f"""select 1 from cases where cases.id = "case" and status <> 'closed' {of_units}"""  # noqa: S608
        wanted = f"dialog = 'message' and handled is null and exists ({open_case})"
        sql = f"{self._conversations} where {wanted} order by conversations.key desc limit {MOST_MESSAGES}"
        return await self._rows(ConversationRow, sql, *(units or ()))

    async def cross(self, step: Step, row: CrossingRow) -> None:
        await self._writer.submit(partial(_cross, chain=self._chain, step=step, row=row))

    async def crossing(self, *, user: str, case: str, now: str) -> CrossingRow | None:
        wanted = f'user = :user and "case" in {NAMES} and until > :now'
        sql = f"select * from crossings where {wanted} order by id desc limit 1"  # noqa: S608
        found = await self._rows(CrossingRow, sql, {"user": user, "case": case, "now": now})
        return msgspec.structs.replace(found[0], case=case) if found else None

    async def crossings(self, *, since: str, until: str) -> tuple[CrossingRow, ...]:
        sql = "select * from crossings where at >= ? and at < ? order by id desc"
        found = await self._rows(CrossingRow, sql, since, until)
        now = await self._merged()
        return tuple(msgspec.structs.replace(one, case=_case_now(one.case, now)) for one in found)

    async def see_crossing(self, id: int, *, at: str, by: str) -> bool:
        return await self._writer.submit(partial(_see, chain=self._chain, id=id, at=at, by=by))

    async def readings_between(self, since: str, until: str) -> tuple[LoggedReading, ...]:
        sql = """select readings.id, readings.at, readings.user, "case", what, coalesce(checks.at, '') as checked_at,
                coalesce(checks.user, '') as checked_by, coalesce(result, '') as result
            from readings left join checks on checks.reading = readings.id
            where readings.at >= ? and readings.at < ? and "case" <> '' order by readings.id"""
        found = await self._rows(LoggedReading, sql, since, until)
        now = await self._merged()
        return tuple(msgspec.structs.replace(one, case=_case_now(one.case, now)) for one in found) if now else found

    async def _merged(self) -> dict[str, str]:
        return dict(await self._rows(_pair, 'select absorbed, "case" from merges'))

    async def check(self, reading: int, *, at: str, by: str, result: CheckResult) -> bool:
        return await self._writer.submit(partial(_check, chain=self._chain, reading=reading, values=(at, by, result)))

    async def log_head(self) -> Head | None:
        key = self._chain.key
        return await self._writer.submit(lambda connection: read_head(connection, key)) if key else None

    async def close_log(self, *, before: str, at: str) -> int:
        work = partial(_close_log, chain=self._chain, before=before, at=at)
        return await self._writer.submit(work, truncate=True)


def _counts(cases: int, unbooked: int, pressing: int, late: int, at_risk: int) -> Counts:
    return Counts(cases, pressing, late, at_risk, unbooked)


def _where(query: CaseQuery, *, only: bool = True) -> tuple[str, dict[str, Any]]:
    """The condition of a query and its values by name."""
    values: dict[str, Any] = {
        "late_before": query.late_before,
        "risk_before": query.risk_before,
        "days": query.days,
    }
    parts = [_in("status", query.status, values) if query.status else "status <> 'closed'"]
    if query.units is not None:
        parts.append(_in("unit", query.units, values))
    if query.assigned is not None:
        parts.append("assigned = :assigned")
        values["assigned"] = query.assigned
    if query.locale:
        parts.append("locale = :locale")
        values["locale"] = query.locale
    if only and query.only:
        parts.append(_ONLY[query.only])
    return " and ".join(parts), values


def _in(column: str, wanted: Sequence[str], values: dict[str, Any]) -> str:
    names = [f"{column}_{number}" for number in range(len(wanted))]
    values.update(zip(names, wanted, strict=True))
    return f"{column} in ({', '.join(f':{name}' for name in names)})"


def _make(connection: sqlite3.Connection, row: CaseRow, bodies: Sequence[bytes], key: int) -> None:
    if connection.execute("select 1 from cases where id = ?", (row.id,)).fetchone():
        raise Conflict("the case exists already")
    insert_case(connection, row, key)
    do_step(connection, Step(case=row.id, bodies=bodies, after=0))


def _do_all(connection: sqlite3.Connection, steps: Sequence[Step]) -> None:
    for step in steps:
        do_step(connection, step)


def do_step(connection: sqlite3.Connection, step: Step) -> None:
    """Write what the office does with one case. Raises Conflict."""
    last = step.after + len(step.bodies)
    moved = connection.execute("update cases set doings = ? where id = ? and doings = ?", (last, step.case, step.after))
    if moved.rowcount != 1:
        raise Conflict("somebody did something with the case meanwhile")
    for seq, body in enumerate(step.bodies, start=step.after + 1):
        connection.execute('insert into doings ("case", seq, body) values (?, ?, ?)', (step.case, seq, body))
    if step.change is not None:
        change_case(connection, step.case, step.change)
    if step.handled:
        connection.execute(
            """update conversations set handled = ? where "case" = ? and dialog = 'message' and handled is null""",
            (step.handled, step.case),
        )


def _merge(connection: sqlite3.Connection, chain: Chain, step: Step, absorbed: str, absorbed_after: int) -> int | None:
    """Merge, and give the number of the key of which no case is left."""
    if not connection.execute("select 1 from cases where id = ? and doings = ?", (absorbed, absorbed_after)).fetchone():
        raise Conflict("somebody did something with the other case meanwhile")
    do_step(connection, step)
    # The person is here under one reference or the other: nobody needs to begin any more.
    for case in (step.case, absorbed):
        end_invitations(connection, case, step.change.updated or "" if step.change is not None else "")
    for table in ("conversations", "invitations", "letters"):
        connection.execute(f'update {table} set "case" = ? where "case" = ?', (step.case, absorbed))  # noqa: S608
    unused = remove_case(connection, absorbed)
    # The log keeps the names it was written with: a row of it is never written again.
    connection.execute('insert into merges (absorbed, "case") values (?, ?)', (absorbed, step.case))
    day = step.change.updated or "" if step.change is not None else ""
    chain.add(connection, "merged", 0, at=day, note=_note(absorbed, step.case))
    return unused


def _cross(connection: sqlite3.Connection, chain: Chain, step: Step, row: CrossingRow) -> None:
    do_step(connection, step)
    made = connection.execute(
        'insert into crossings ("case", user, unit, doing, at, until) values (?, ?, ?, ?, ?, ?)',
        (row.case, row.user, row.unit, row.doing, row.at, row.until),
    )
    chain.add(connection, "crossing", made.lastrowid or 0, at=row.at)


def _see(connection: sqlite3.Connection, chain: Chain, id: int, at: str, by: str) -> bool:
    sql = "update crossings set seen = ?, seen_by = ? where id = ? and seen = ''"
    if connection.execute(sql, (at, by, id)).rowcount != 1:
        return False
    chain.add(connection, "seen", id, at=at, note=_note(at, by))
    return True


def _check(connection: sqlite3.Connection, chain: Chain, reading: int, values: tuple[str, str, str]) -> bool:
    sql = """insert or replace into checks (reading, at, user, result)
        select id, ?, ?, ? from readings where id = ?"""
    if connection.execute(sql, (*values, reading)).rowcount != 1:
        return False
    chain.add(connection, "check", reading, at=values[0], note=_note(*values))
    return True


def _close_log(connection: sqlite3.Connection, chain: Chain, before: str, at: str) -> int:
    found = check(connection, chain.key)
    if found.wrong:
        raise StoreError(f"the log of readings is not whole and stays as it is: {found.wrong}")
    return chain.close(connection, found.head, before=before, at=at)


def _note(*words: str) -> str:
    return msgspec.json.encode(words).decode()


def _pair(absorbed: str, case: str) -> tuple[str, str]:
    return absorbed, case


def _case_now(case: str, merged: dict[str, str]) -> str:
    """The case that a case is part of now."""
    while case in merged:
        case = merged[case]
    return case
