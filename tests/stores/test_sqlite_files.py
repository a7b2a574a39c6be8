"""What lies in the data directory, who may open it, and what an erased conversation leaves: nothing."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant.store import CaseChange, StoreError
from assistant.store.inspection import inspect
from assistant.store.migrations import STEPS
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore

from .conftest import MakeOpening


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o277])
async def test_the_files_are_for_their_owner_only_whatever_the_umask_says(tmp_path: Path, umask: int) -> None:
    directory = tmp_path / "fresh" / "data"
    directory.parent.mkdir()
    before = os.umask(umask)
    try:
        KeyFile.open(directory)
        store = SqliteStore.open(directory)
        await store.healthy()
        assert mode(directory) == 0o700
        assert {path.name: mode(path) for path in directory.iterdir()} == {
            "keyring.db": 0o600,
            "keyring.db-shm": 0o600,
            "keyring.db-wal": 0o600,
            "klarbild.db": 0o600,
            "klarbild.db-shm": 0o600,
            "klarbild.db-wal": 0o600,
            "klarbild.key": 0o600,
            "klarbild.lock": 0o600,
        }
        await store.close()
    finally:
        os.umask(before)


async def test_a_restored_database_that_others_can_read_is_closed_to_them(directory: Path) -> None:
    await SqliteStore.open(directory).close()
    (directory / "klarbild.db").chmod(0o644)
    await SqliteStore.open(directory).close()
    assert mode(directory / "klarbild.db") == 0o600


async def test_a_second_server_is_refused_and_the_first_goes_on(directory: Path, store: SqliteStore) -> None:
    with pytest.raises(StoreError, match="already served by another process"):
        SqliteStore.open(directory)
    assert await store.healthy()
    await store.close()
    await SqliteStore.open(directory).close()


async def test_reopening_finds_everything(directory: Path, opening: MakeOpening) -> None:
    first = SqliteStore.open(directory)
    await first.append("talk", [b"one", b"two"], after=0, opening=opening("talk", code=b"h" * 32))
    await first.close()
    assert not (directory / "klarbild.db-wal").exists()

    again = SqliteStore.open(directory)
    row = await again.conversation("talk")
    assert row is not None
    assert row.seq == 2
    assert [record.body for record in await again.read("talk")] == [b"one", b"two"]
    assert await again.find_code(b"h" * 32, today="2026-03-05") == "talk"
    assert await again.append("talk", [b"three"], after=2) == 3
    await again.close()


async def test_the_writer_waits_for_the_disk_and_blanks_what_it_deletes(store: SqliteStore) -> None:
    def settings(connection: sqlite3.Connection) -> dict[str, object]:
        names = ("synchronous", "journal_mode", "secure_delete", "mmap_size", "application_id")
        return {name: connection.execute(f"pragma {name}").fetchone()[0] for name in names}

    assert await store.writer.submit(settings) == {
        "synchronous": 2,
        "journal_mode": "wal",
        "secure_delete": 1,
        "mmap_size": 0,
        "application_id": 0x4B4C4152,
    }


async def test_every_table_is_strict_so_that_no_text_lands_where_sealed_bytes_belong(
    directory: Path, store: SqliteStore, opening: MakeOpening
) -> None:
    with closing(sqlite3.connect(directory / "klarbild.db")) as connection:
        tables = connection.execute("select name, strict from pragma_table_list where schema = 'main'").fetchall()
    assert {name for name, strict in tables if not strict} == {"sqlite_schema"}
    with pytest.raises(TypeError):
        await store.append("talk", ["plain text"], after=0, opening=opening("talk"))  # type: ignore[list-item]


async def test_a_database_of_a_newer_program_is_refused(directory: Path) -> None:
    await SqliteStore.open(directory).close()
    with closing(sqlite3.connect(directory / "klarbild.db")) as connection:
        connection.execute(f"pragma user_version = {len(STEPS) + 1}")
    with pytest.raises(StoreError, match="newer version"):
        SqliteStore.open(directory)
    assert inspect(directory)["problems"]


def test_a_database_of_another_program_is_left_alone(directory: Path) -> None:
    directory.mkdir()
    with closing(sqlite3.connect(directory / "klarbild.db")) as connection:
        connection.execute("create table recipes (name)")
    with pytest.raises(StoreError, match="another program"):
        SqliteStore.open(directory)


def test_a_file_that_is_no_database_is_told_in_one_line(directory: Path) -> None:
    directory.mkdir()
    (directory / "klarbild.db").write_bytes(b"something else entirely " * 200)
    with pytest.raises(StoreError, match="not a database") as refused:
        SqliteStore.open(directory)
    assert "\n" not in str(refused.value)
    assert inspect(directory)["problems"]


def test_a_directory_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(StoreError, match="file"):
            SqliteStore.open(place)


def test_a_failed_start_lets_go_of_the_lock(directory: Path) -> None:
    directory.mkdir()
    (directory / "klarbild.db").write_bytes(b"something else entirely " * 200)
    for _ in range(2):
        with pytest.raises(StoreError, match="not a database"):
            SqliteStore.open(directory)


async def test_no_word_that_was_said_lies_in_the_files(
    directory: Path, on_disk: Callable[[], bytes], opening: MakeOpening
) -> None:
    canary = "jag bor hos min syster Kanariefågel".encode()
    keys = KeyFile.open(directory)
    store = SqliteStore.open(directory)
    key, wrapped = keys.new_key("talk")
    case_key, case_wrapped = keys.new_key("case-1")
    first = opening("talk", key=wrapped, case_key=case_wrapped)
    await store.append("talk", [key.seal("talk", 1, canary)], after=0, opening=first)
    for seq in range(2, 60):
        card = CaseChange(card=case_key.seal("case-1", 0, canary))
        await store.append("talk", [key.seal("talk", seq, canary)], after=seq - 1, change=card)

    while_open = on_disk()
    await store.close()
    for raw in (while_open, on_disk()):
        assert wrapped in raw
        for part in (canary, canary[:12], canary[-12:]):
            assert part not in raw

    store = SqliteStore.open(directory)
    records = await store.read("talk")
    row = await store.conversation("talk")
    assert row is not None
    opened = KeyFile.open(directory).unwrap(row.wrapped_key, subject="talk")
    assert {opened.open("talk", record.seq, record.body) for record in records} == {canary}
    await store.close()


async def test_an_erased_key_is_gone_from_database_and_log(
    store: SqliteStore, on_disk: Callable[[], bytes], opening: MakeOpening
) -> None:
    key, case_key, code = os.urandom(63), os.urandom(63), os.urandom(32)
    first = opening("talk", key=key, case_key=case_key, code=code)
    await store.append("talk", [b"sealed"], after=0, opening=first)
    await store.append("talk", [b"sealed"], after=1)
    raw = on_disk()
    assert all(secret in raw for secret in (key, case_key, code))

    await store.erase("talk")
    raw = on_disk()
    assert not any(secret in raw for secret in (key, case_key, code))


@pytest.mark.parametrize("seed", [5, 7, 8])
async def test_no_copy_of_an_erased_key_stays_behind_in_a_busy_database(
    store: SqliteStore, on_disk: Callable[[], bytes], opening: MakeOpening, seed: int
) -> None:
    # Three patterns in which SQLite left copies of deleted rows when keys were columns of rows that grow.
    chance = random.Random(seed)
    keys: dict[str, tuple[bytes, bytes]] = {}

    async def open_one() -> None:
        talk = chance.randbytes(11).hex()
        keys[talk] = (chance.randbytes(63), chance.randbytes(63))
        first = opening(talk, case=f"k{talk}", key=keys[talk][0], case_key=keys[talk][1])
        await store.append(talk, [], after=0, opening=first)

    async def change_card(talk: str) -> None:
        card = chance.randbytes(chance.choice([97, 289, 1057]))
        await store.append(talk, [], after=0, change=CaseChange(card=card))

    await asyncio.gather(*(open_one() for _ in range(300)))
    talks = list(keys)
    chance.shuffle(talks)
    for _ in range(2):
        await asyncio.gather(*(change_card(talk) for talk in talks))
    gone, kept = talks[:150], talks[150:]
    await asyncio.gather(*(store.erase(talk) for talk in gone))

    raw = on_disk()
    assert [talk for talk in gone if keys[talk][0] in raw or keys[talk][1] in raw] == []
    assert all(keys[talk][0] in raw and keys[talk][1] in raw for talk in kept)


async def test_a_long_read_puts_the_cleaning_of_the_log_off_but_not_away(
    directory: Path, store: SqliteStore, on_disk: Callable[[], bytes], opening: MakeOpening
) -> None:
    key = os.urandom(63)
    await store.append("talk", [b"sealed"], after=0, opening=opening("talk", key=key))
    with closing(sqlite3.connect(directory / "keyring.db", isolation_level=None)) as backup:
        backup.execute("begin")
        backup.execute("select count(*) from keys").fetchone()
        await store.erase("talk")
        assert await store.conversation("talk") is None
        assert key in on_disk()
        assert await store.healthy()
        backup.execute("rollback")
    await store.close()
    assert key not in on_disk()


async def test_the_doctor_sees_versions_counts_and_health(
    directory: Path, store: SqliteStore, opening: MakeOpening
) -> None:
    await store.append("talk", [b"one", b"two"], after=0, opening=opening("talk"))
    found = inspect(directory)
    assert found["sqlite"] == sqlite3.sqlite_version
    assert (found["schema"], found["newest_schema"], found["quick_check"]) == (len(STEPS), len(STEPS), "ok")
    assert found["counts"]["records"] == 2
    assert found["counts"]["conversations"] == 1
    assert found["problems"] == []
    assert bool(found["notes"]) == (sqlite3.sqlite_version_info < (3, 51, 3))


async def test_the_doctor_finds_a_damaged_database(directory: Path, opening: MakeOpening) -> None:
    store = SqliteStore.open(directory)
    for number in range(40):
        name = f"talk-{number}"
        await store.append(name, [b"x" * 900] * 10, after=0, opening=opening(name, case=f"case-{number}"))
    await store.close()
    path = directory / "klarbild.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:20_480] + os.urandom(len(whole) - 40_960) + whole[-20_480:])
    assert inspect(directory)["problems"]


def test_the_doctor_of_an_empty_place_makes_nothing(directory: Path) -> None:
    found = inspect(directory)
    assert (found["database"], found["problems"]) == (None, [])
    assert not directory.exists()
