"""The writes of the SQLite store that take more than one statement, inside the writer's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from assistant.store import CaseChange, CaseRow, Conflict, ConversationRow, Opening

BLANK_LETTER = "body = zeroblob(length(body))"
"""What takes the words out of a letter that is sent or given up."""


class Turn(NamedTuple):
    """What `Store.append` was asked to write."""

    conversation: str
    bodies: Sequence[bytes]
    after: int
    opening: Opening | None
    change: CaseChange | None
    submitted: str | None


def append(connection: sqlite3.Connection, turn: Turn) -> int:
    """Write a turn; two statements for an ordinary reply. Raises Conflict."""
    if turn.opening is not None:
        _open(connection, turn.opening)
    last = turn.after + len(turn.bodies)
    moved = connection.execute(
        "update conversations set seq = ? where id = ? and seq = ?", (last, turn.conversation, turn.after)
    )
    if moved.rowcount != 1:
        raise Conflict("the record is not where the writer thought it was")
    for seq, body in enumerate(turn.bodies, start=turn.after + 1):
        connection.execute(
            "insert into records (conversation, seq, body) values (?, ?, ?)", (turn.conversation, seq, body)
        )
    if turn.submitted is not None:
        connection.execute("update conversations set submitted = ? where id = ?", (turn.submitted, turn.conversation))
    if turn.change is not None:
        _change(connection, turn.conversation, turn.change)
    return last


def _open(connection: sqlite3.Connection, opening: Opening) -> None:
    case, conversation = opening.case, opening.conversation
    if connection.execute("select 1 from conversations where id = ?", (conversation.id,)).fetchone():
        raise Conflict("the conversation exists already")
    if connection.execute("select 1 from cases where id = ?", (case.id,)).fetchone():
        connection.execute("update cases set status = 'begun' where id = ? and status = 'invited'", (case.id,))
    else:
        insert(connection, "cases", case)
    if opening.invitation:
        _use_up(connection, opening.invitation, conversation.opened)
    insert(connection, "conversations", conversation)
    if opening.code is not None:
        connection.execute(
            "insert into codes (hash, conversation, expires) values (?, ?, ?)",
            (opening.code, conversation.id, opening.code_expires),
        )


def _use_up(connection: sqlite3.Connection, invitation: str, today: str) -> None:
    used = connection.execute(
        "update invitations set used = ? where id = ? and used = '' and withdrawn = '' and until >= ?",
        (today, invitation, today),
    )
    if used.rowcount != 1:
        raise Conflict("the invitation does not work any more")


def end_invitations(connection: sqlite3.Connection, case: str, today: str) -> None:
    """Withdraw the invitations of a case that nobody has used, and give up the letters that would carry them."""
    connection.execute(
        """update invitations set withdrawn = ? where "case" = ? and used = '' and withdrawn = ''""", (today, case)
    )
    connection.execute(
        f"""update letters set state = 'failed', problem = 'withdrawn', {BLANK_LETTER}
            where "case" = ? and state = 'queued'""",  # noqa: S608
        (case,),
    )


def insert(connection: sqlite3.Connection, table: str, row: CaseRow | ConversationRow) -> None:
    """Insert a row, and its wrapped key into the table of keys."""
    key = connection.execute("insert into keys (wrapped) values (?)", (row.wrapped_key,)).lastrowid
    values = msgspec.structs.asdict(row) | {"key": key}
    del values["wrapped_key"]
    columns, places = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
    connection.execute(f"insert into {table} ({columns}) values ({places})", list(values.values()))  # noqa: S608


def _change(connection: sqlite3.Connection, conversation: str, change: CaseChange) -> None:
    found = connection.execute('select "case" from conversations where id = ?', (conversation,)).fetchone()
    change_case(connection, found[0], change)


def change_case(connection: sqlite3.Connection, case: str, change: CaseChange) -> None:
    """Give a case the values that a change names."""
    named = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
    if named:
        columns = ", ".join(f"{name} = ?" for name in named)
        connection.execute(f"update cases set {columns} where id = ?", (*named.values(), case))  # noqa: S608


def erase(connection: sqlite3.Connection, conversation: str) -> None:
    """Remove a conversation, and its case when nothing else is left of it."""
    found = connection.execute('select key, "case" from conversations where id = ?', (conversation,)).fetchone()
    if found is None:
        return
    key, case = found
    _blank(connection, key)
    connection.execute("delete from records where conversation = ?", (conversation,))
    connection.execute("delete from codes where conversation = ?", (conversation,))
    connection.execute("delete from pins where conversation = ?", (conversation,))
    connection.execute("delete from sessions where kind = 'applicant' and subject = ?", (conversation,))
    connection.execute("delete from conversations where id = ?", (conversation,))
    if not connection.execute('select 1 from conversations where "case" = ?', (case,)).fetchone():
        _forsake(connection, case)


def _forsake(connection: sqlite3.Connection, case: str) -> None:
    """Remove a case of which nothing is left; one that the office made waits for the person to begin again."""
    if connection.execute("select 1 from cases where id = ? and doings > 0", (case,)).fetchone():
        connection.execute("update cases set status = 'invited', card = null, urgent = 0 where id = ?", (case,))
        return
    remove_case(connection, case)


def remove_case(connection: sqlite3.Connection, case: str) -> None:
    """Remove a case, its key and what the office did with it. Its conversations are gone, or another's, before."""
    for (case_key,) in connection.execute("select key from cases where id = ?", (case,)).fetchall():
        _blank(connection, case_key)
    for table in ("doings", "invitations", "letters"):
        connection.execute(f'delete from {table} where "case" = ?', (case,))  # noqa: S608
    connection.execute("delete from cases where id = ?", (case,))


def _blank(connection: sqlite3.Connection, key: int) -> None:
    """Overwrite a wrapped key where it lies; see `migrations` for why it is not deleted."""
    connection.execute("update keys set wrapped = zeroblob(length(wrapped)) where id = ?", (key,))


def replace_code(connection: sqlite3.Connection, conversation: str, hash: bytes, expires: str) -> None:
    """Put a new code in the place of the old one."""
    connection.execute("delete from codes where conversation = ?", (conversation,))
    put = connection.execute(
        "insert into codes (hash, conversation, expires) select ?, id, ? from conversations where id = ?",
        (hash, expires, conversation),
    )
    if put.rowcount != 1:
        raise Conflict("there is no such conversation")


def put_recovery_codes(connection: sqlite3.Connection, name: str, hashes: Sequence[bytes]) -> None:
    """Put these recovery codes in the place of all others of a login."""
    connection.execute("delete from recovery_codes where user = ?", (name,))
    rows = [(name, hash) for hash in hashes]
    connection.executemany("insert into recovery_codes (user, hash) values (?, ?)", rows)


def drop_user(connection: sqlite3.Connection, name: str) -> bool:
    """Remove a login and whatever it has open."""
    connection.execute("delete from recovery_codes where user = ?", (name,))
    connection.execute("delete from sessions where kind = 'desk' and subject = ?", (name,))
    return connection.execute("delete from users where name = ?", (name,)).rowcount > 0
