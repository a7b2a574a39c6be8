"""The keyring: a file of its own, in step with the database whatever happens between the two."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from assistant.store import SessionRow, StoreError, UserRow
from assistant.store.keyfile import with_new_key
from assistant.store.keyring import PLACES
from assistant.store.migrations import STEPS
from assistant.store.sealing import BLANK, KeyFile, number_of
from assistant.store.sqlite import SqliteStore
from tests.stores.conftest import MakeOpening


def change(directory: Path, file: str, *statements: str) -> None:
    """What a power cut, or an attacker, may leave in a file."""
    with closing(sqlite3.connect(directory / file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def keys_of(directory: Path) -> list[bytes]:
    with closing(sqlite3.connect(directory / "keyring.db")) as connection:
        return [row[0] for row in connection.execute("select wrapped from keys order by id")]


async def test_keys_are_in_the_keyring_and_not_in_the_database(
    directory: Path, store: SqliteStore, opening: MakeOpening
) -> None:
    await store.append("talk", [b"sealed"], after=0, opening=opening("talk", key=b"K" * 63, case_key=b"C" * 63))
    await store.close()
    assert keys_of(directory) == [b"C" * 63, b"K" * 63]
    assert b"K" * 63 not in (directory / "klarbild.db").read_bytes()


async def test_a_refused_opening_leaves_no_key(directory: Path, store: SqliteStore, opening: MakeOpening) -> None:
    await store.append("talk", [b"sealed"], after=0, opening=opening("talk"))
    with pytest.raises(Exception, match="exists already"):
        await store.append("talk", [b"sealed"], after=0, opening=opening("talk", key=b"twin" * 9))
    await store.close()
    assert b"twin" not in (directory / "keyring.db").read_bytes()


async def test_a_key_whose_rows_were_never_written_is_destroyed_at_the_next_start(
    directory: Path, store: SqliteStore, opening: MakeOpening
) -> None:
    await store.append("talk", [b"sealed"], after=0, opening=opening("talk", key=b"K" * 63))
    await store.close()
    change(directory, "keyring.db", "insert into keys (wrapped) values (x'0100015041574e')")
    await SqliteStore.open(directory).close()
    assert keys_of(directory)[-2:] == [b"K" * 63, bytes(7)]


async def test_an_erasing_that_was_cut_short_is_finished_at_the_next_start(
    directory: Path, store: SqliteStore, opening: MakeOpening, on_disk: Callable[[], bytes]
) -> None:
    await store.append("gone", [b"sealed words"], after=0, opening=opening("gone", case_key=b"C" * 63))
    await store.append("kept", [b"other words"], after=0, opening=opening("kept", case="case-2"))
    await store.close()
    change(directory, "keyring.db", "update keys set wrapped = zeroblob(length(wrapped)) where id = 2")
    store = SqliteStore.open(directory)
    assert await store.conversation("gone") is None and await store.case("case-1") is None
    assert await store.conversation("kept") is not None
    await store.close()
    assert b"sealed words" not in on_disk() and b"C" * 63 not in on_disk()


async def test_a_keyring_that_is_older_than_the_database_stops_the_start(
    directory: Path, store: SqliteStore, opening: MakeOpening
) -> None:
    await store.append("talk", [b"sealed"], after=0, opening=opening("talk"))
    await store.close()
    change(directory, "keyring.db", "delete from keys where id = 2")
    before = (directory / "klarbild.db").read_bytes()
    with pytest.raises(StoreError, match=r"keyring\.db is older than the database"):
        SqliteStore.open(directory)
    assert (directory / "klarbild.db").read_bytes() == before


async def test_a_missing_keyring_stops_the_start_and_none_is_made(directory: Path, store: SqliteStore) -> None:
    await store.close()
    (directory / "keyring.db").unlink()
    with pytest.raises(StoreError, match=r"keyring\.db is missing.*bring the file back$"):
        SqliteStore.open(directory)
    assert not (directory / "keyring.db").exists()


def test_the_keyring_of_another_program_is_left_alone(directory: Path) -> None:
    directory.mkdir(mode=0o700)
    with closing(sqlite3.connect(directory / "keyring.db")) as connection:
        connection.execute("create table recipes (name text)")
    with pytest.raises(StoreError, match="of another program"):
        SqliteStore.open(directory)


async def test_a_database_from_before_the_keyring_brings_its_keys_along(directory: Path) -> None:
    keys = KeyFile.open(directory)
    key, wrapped = keys.new_key("talk")
    case_wrapped = keys.new_key("case")[1]
    with closing(sqlite3.connect(directory / "klarbild.db", isolation_level=None)) as connection:
        for step in STEPS[:4]:
            step(Database(connection))
        connection.execute("pragma user_version = 4")
        connection.executemany("insert into keys (wrapped) values (?)", [(case_wrapped,), (wrapped,)])
        columns = "(id, reference, first_contact, status, locale, urgent, key, updated)"
        connection.execute(f"insert into cases {columns} values ('case', 'R', '2026-03-01', 'begun', 'sv', 0, 1, 'x')")
        columns = '(id, "case", dialog, version, key, seq, opened)'
        connection.execute(f"insert into conversations {columns} values ('talk', 'case', 'd', 1, 2, 1, '2026-03-01')")
        connection.execute("insert into records values ('talk', 1, ?)", (key.seal("talk", 1, b"words"),))
    store = SqliteStore.open(directory, keys=keys)
    row = await store.conversation("talk")
    assert row is not None and row.opens_to_office and row.code_wrapped == b""
    (record,) = await store.read("talk")
    assert keys.unwrap(row.wrapped_key, subject="talk").open("talk", 1, record.body) == b"words"
    await store.close()
    assert wrapped not in (directory / "klarbild.db").read_bytes()


# -- another wrapping key ----------------------------------------------------------------------------------------------


async def filled(store: SqliteStore, keys: KeyFile, opening: MakeOpening, talks: int) -> None:
    """Conversations of two kinds, a session and a login with a second step."""
    for number in range(talks):
        id, case = f"talk-{number}", f"case-{number}"
        key = keys.fresh_key()
        own = opening(
            id,
            case=case,
            code=number.to_bytes(32, "big"),
            key=keys.wrap(key, subject=id) if number % 2 else BLANK,
            case_key=keys.new_key(case)[1],
            code_key=keys.wrap(key, subject=id, secret=b"code" * 8),
        )
        await store.append(id, [key.seal(id, 1, b"words")], after=0, opening=own)
    locked = keys.wrap(keys.fresh_key(), subject="talk-0", secret=b"token" * 8)
    await store.put_session(
        SessionRow(hash=b"s" * 32, kind="applicant", subject="talk-0", created=1, seen=1, wrapped_key=locked)
    )
    await store.put_user(
        UserRow(name="eva", password="", role="lead", created="2026-03-01", totp=keys.seal_secret("eva", b"t" * 20))
    )


async def readable(store: SqliteStore, keys: KeyFile, talks: int) -> int:
    """How many conversations and cases open now."""
    found = 0
    for number in range(talks):
        row, case = await store.conversation(f"talk-{number}"), await store.case(f"case-{number}")
        assert row is not None and case is not None
        key = keys.unwrap(row.code_wrapped, subject=row.id, secret=b"code" * 8)
        (record,) = await store.read(row.id)
        assert key.open(row.id, 1, record.body) == b"words"
        assert row.opens_to_office == bool(number % 2)
        if row.opens_to_office:
            assert keys.unwrap(row.wrapped_key, subject=row.id).secret == key.secret
        keys.unwrap(case.wrapped_key, subject=case.id)
        found += 1
    return found


async def test_everything_opens_at_every_step_of_a_change_and_nothing_needs_the_old_key_after_it(
    directory: Path, opening: MakeOpening
) -> None:
    keys = KeyFile.open(directory)
    store = SqliteStore.open(directory, keys=keys)
    await filled(store, keys, opening, 12)
    assert keys.add_key() == 2
    assert keys.numbers == (1, 2) and await store.wrapped_by(1) == 12 + 6 + 12 + 1 + 1
    for place in PLACES:
        renew = keys.reseal_secret if place == "logins" else keys.rewrap
        while await store.rewrap(place, 1, renew, most=5):
            # As another process finds it that was started just now.
            assert await readable(store, KeyFile.open(directory), 12) == 12
    assert await store.wrapped_by(1) == 0
    keys.drop_key(1)
    alone = KeyFile.open(directory)
    assert alone.numbers == (2,)
    assert await readable(store, alone, 12) == 12
    session, user = await store.session(b"s" * 32), await store.user("eva")
    assert session is not None and user is not None and user.totp is not None
    alone.unwrap(session.wrapped_key, subject="talk-0", secret=b"token" * 8)
    assert alone.open_secret("eva", user.totp) == b"t" * 20
    await store.close()


async def test_the_newest_key_and_one_that_is_not_there_cannot_be_dropped(directory: Path) -> None:
    keys = KeyFile.open(directory)
    before = (directory / "klarbild.key").read_bytes()
    for number, told in ((1, "is the one that wraps now"), (7, "is not there; there are: 1")):
        with pytest.raises(StoreError, match=told):
            keys.drop_key(number)
    assert (directory / "klarbild.key").read_bytes() == before


async def test_what_another_key_wraps_says_which_number_it_has(directory: Path) -> None:
    keys = KeyFile.open(directory)
    assert number_of(keys.new_key("talk")[1]) == 1
    keys.add_key()
    assert number_of(keys.new_key("talk")[1]) == 2


def test_a_key_file_has_at_most_65535_keys(directory: Path) -> None:
    from msgspec.structs import replace

    from assistant.store.keyfile import new_contents

    with pytest.raises(StoreError, match="no number left"):
        with_new_key(replace(new_contents(), key_id=0xFFFF))


def test_where_there_is_no_key_none_opens(directory: Path) -> None:
    keys = KeyFile.open(directory)
    assert len(keys.new_key("talk")[1]) == len(BLANK)
    with pytest.raises(StoreError, match="cannot be opened"):
        keys.unwrap(BLANK, subject="talk")
