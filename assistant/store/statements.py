"""The writes of the SQLite store that take more than one statement, inside the writer's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from assistant.store import CaseChange, CaseRow, Conflict, ConversationRow, Opening, keyring
from assistant.store.chain import Chain

BLANK_LETTER = "body = zeroblob(length(body))"
"""What takes the words out of a letter that is sent or given up."""

NAMES = """(with recursive names (id) as (
    values (:case) union select absorbed from merges join names on merges."case" = names.id
) select id from names)"""
"""The ids under which the log knows the case ``:case``: its own, and those of the cases that it has taken in."""


class Turn(NamedTuple):
    """What `Store.append` was asked to write."""

    conversation: str
    bodies: Sequence[bytes]
    after: int
    opening: Opening | None
    change: CaseChange | None
    submitted: str | None
    keys: Keys | None = None


class Keys(NamedTuple):
    """The numbers that the keys of an opening have in the keyring; ``case`` is that of a case that exists, or a new
    one's; ``code`` None without a code."""

    case: int
    conversation: int
    code: int | None


def put_keys(connection: sqlite3.Connection, opening: Opening) -> Keys:
    """Keep the keys of an opening, before what names them is written."""
    case, conversation = opening.case, opening.conversation
    known = connection.execute("select key from cases where id = ?", (case.id,)).fetchone()
    case_key = known[0] if known else keyring.put(connection, [case.wrapped_key])[0]
    own = keyring.put(connection, [conversation.wrapped_key])[0]
    coded = keyring.put(connection, [conversation.code_wrapped])[0] if conversation.code_wrapped else None
    return Keys(case_key, own, coded)


def blank_unused(connection: sqlite3.Connection, keys: Keys) -> None:
    """Destroy the keys of an opening that was refused."""
    used = connection.execute("select 1 from cases where key = ?", (keys.case,)).fetchone()
    keyring.blank(connection, [keys.conversation, keys.code, None if used else keys.case])


def append(connection: sqlite3.Connection, turn: Turn) -> int:
    """Write a turn; two statements for an ordinary reply. Raises Conflict."""
    if turn.opening is not None and turn.keys is not None:
        _open(connection, turn.opening, turn.keys)
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


def _open(connection: sqlite3.Connection, opening: Opening, keys: Keys) -> None:
    case, conversation = opening.case, opening.conversation
    if connection.execute("select 1 from conversations where id = ?", (conversation.id,)).fetchone():
        raise Conflict("the conversation exists already")
    if connection.execute("select 1 from cases where id = ?", (case.id,)).fetchone():
        connection.execute("update cases set status = 'begun' where id = ? and status = 'invited'", (case.id,))
    else:
        insert_case(connection, case, keys.case)
    if opening.invitation:
        _use_up(connection, opening.invitation, conversation.opened)
    _insert(connection, "conversations", conversation, key=keys.conversation, code_key=keys.code)
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
    # Who has begun may have asked for care with messages by the time a letter is tried again.
    connection.execute(
        f"update letters set state = 'failed', problem = 'used', {BLANK_LETTER} "  # noqa: S608
        "where invitation = ? and state = 'queued'",
        (invitation,),
    )


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


def insert_case(connection: sqlite3.Connection, row: CaseRow, key: int) -> None:
    """Insert a case whose wrapped key has this number in the keyring."""
    _insert(connection, "cases", row, key=key)


def _insert(connection: sqlite3.Connection, table: str, row: CaseRow | ConversationRow, **keys: int | None) -> None:
    values = {name: value for name, value in msgspec.structs.asdict(row).items() if "wrapped" not in name} | keys
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


def blank_conversation(connection: sqlite3.Connection, conversation: str) -> None:
    """Destroy the keys of a conversation, before its rows go."""
    found = connection.execute("select key, code_key from conversations where id = ?", (conversation,)).fetchone()
    keyring.blank(connection, found or ())


def open_to_office(connection: sqlite3.Connection, conversation: str, wrapped: bytes) -> bool:
    """Put the key that is wrapped for the office in its place, before the conversation is sent; whether there was none
    before."""
    found = connection.execute("select key from conversations where id = ?", (conversation,)).fetchone()
    if found is None or not keyring.is_blank(connection, found[0]):
        return False
    keyring.overwrite(connection, found[0], wrapped)
    return True


def close_to_office(connection: sqlite3.Connection, conversation: str) -> None:
    """Take the office's key of a conversation away, unless it is sent."""
    found = connection.execute(
        "select key from conversations where id = ? and submitted is null", (conversation,)
    ).fetchone()
    keyring.blank(connection, found or ())


def erase(connection: sqlite3.Connection, conversation: str) -> int | None:
    """Remove a conversation whose keys are destroyed, and its case when nothing else is left of it; the number of that
    case's key, which must be destroyed next."""
    found = connection.execute('select "case" from conversations where id = ?', (conversation,)).fetchone()
    if found is None:
        return None
    case = str(found[0])
    connection.execute("delete from records where conversation = ?", (conversation,))
    connection.execute("delete from codes where conversation = ?", (conversation,))
    connection.execute("delete from pins where conversation = ?", (conversation,))
    connection.execute("delete from translations where conversation = ?", (conversation,))
    connection.execute("delete from sessions where kind = 'applicant' and subject = ?", (conversation,))
    connection.execute("delete from conversations where id = ?", (conversation,))
    if connection.execute('select 1 from conversations where "case" = ?', (case,)).fetchone():
        return None
    if connection.execute("select 1 from cases where id = ? and doings > 0", (case,)).fetchone():
        # The office has made it: it waits for the person to begin again.
        connection.execute("update cases set status = 'invited', card = null, urgent = 0 where id = ?", (case,))
        return None
    return remove_case(connection, case)


def remove_case(connection: sqlite3.Connection, case: str) -> int | None:
    """Remove a case and what the office did with it; the number of its key, which must be destroyed next. Its
    conversations are gone, or another's, before."""
    found = connection.execute("select key from cases where id = ?", (case,)).fetchone()
    for table in ("doings", "invitations", "letters"):
        connection.execute(f'delete from {table} where "case" = ?', (case,))  # noqa: S608
    connection.execute("delete from cases where id = ?", (case,))
    return int(found[0]) if found else None


def log_reading(connection: sqlite3.Connection, chain: Chain, values: tuple[str, str, str, str]) -> None:
    """Write who (moment, user, case, what) looked at what, and chain it."""
    sql = 'insert into readings (at, user, "case", what) values (?, ?, ?, ?)'
    chain.add(connection, "reading", _last(connection.execute(sql, values)), at=values[0])


def log_account(connection: sqlite3.Connection, chain: Chain, values: tuple[str, str, str, str, str]) -> None:
    """Write what (moment, by whom, what, to whom, detail) was done to a login, and chain it."""
    sql = "insert into account_log (at, by, what, whom, detail) values (?, ?, ?, ?, ?)"
    chain.add(connection, "account", _last(connection.execute(sql, values)), at=values[0])


def _last(cursor: sqlite3.Cursor) -> int:
    """The number of the row that was just inserted."""
    if cursor.lastrowid is None:
        raise AssertionError("an insert has a row")
    return cursor.lastrowid


def replace_code(
    connection: sqlite3.Connection, conversation: str, hash: bytes, expires: str, key: int | None
) -> int | None:
    """Put a new code, and the number of the key that it opens, in the place of the old ones; the number of the key
    that the old code opened."""
    old = connection.execute("select code_key from conversations where id = ?", (conversation,)).fetchone()
    if old is None:
        raise Conflict("there is no such conversation")
    connection.execute("delete from codes where conversation = ?", (conversation,))
    connection.execute(
        "insert into codes (hash, conversation, expires) values (?, ?, ?)", (hash, conversation, expires)
    )
    connection.execute("update conversations set code_key = ? where id = ?", (key, conversation))
    return old[0] if old[0] is None else int(old[0])


def blank_codes(connection: sqlite3.Connection, today: str) -> None:
    """Destroy the keys that codes past their day open, before these go."""
    rows = connection.execute(
        "select code_key from conversations join codes on codes.conversation = conversations.id where expires < ?",
        (today,),
    ).fetchall()
    keyring.blank(connection, [key for (key,) in rows])


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
