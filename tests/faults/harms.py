"""Data directories that are not as they should be: what was done to each, and what an operator must be told of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from assistant.store.migrations import STEPS
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from tests.stores.conftest import MakeOpening

Harm = Callable[[Path, Path], None]
"""What harms a data directory; ``other`` is another one, of a program that died."""


async def filled(data: Path, opening: MakeOpening, talks: int = 40) -> Path:
    """A data directory with its own key file and some conversations, closed in good order."""
    keys = KeyFile.open(data)
    store = SqliteStore.open(data, keys=keys)
    for number in range(talks):
        name, case = f"talk-{number}", f"case-{number}"
        first = opening(name, case=case, key=keys.new_key(name)[1], case_key=keys.new_key(case)[1])
        await store.append(name, [os.urandom(900)] * 5, after=0, opening=first)
    await store.close()
    return data


_CRASH = """
import asyncio, os, sys
from pathlib import Path
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore

async def main():
    data = Path(sys.argv[1])
    keys = KeyFile.open(data)
    store = SqliteStore.open(data, keys=keys)
    await store.log_reading(at="2026-03-05T09:00:00Z", user="anna", case="c", what="summary")
    os._exit(0)

asyncio.run(main())
"""


def crash(data: Path) -> None:
    """A program that reads a case in a directory of its own, and dies: what it wrote lies in the log."""
    subprocess.run([sys.executable, "-c", _CRASH, str(data)], check=True)


def no_key(data: Path, other: Path) -> None:
    (data / "klarbild.key").unlink()


def wrong_key(data: Path, other: Path) -> None:
    shutil.copy(other / "klarbild.key", data)


def broken_key(data: Path, other: Path) -> None:
    (data / "klarbild.key").write_text("{")


def open_key(data: Path, other: Path) -> None:
    (data / "klarbild.key").chmod(0o644)


def no_keyring(data: Path, other: Path) -> None:
    (data / "keyring.db").unlink()


def keyring_of_another(data: Path, other: Path) -> None:
    for name in ("keyring.db", "keyring.db-wal"):
        shutil.copy(other / name, data)


def damaged_keyring(data: Path, other: Path) -> None:
    with (data / "keyring.db").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4096))


def damaged_page(data: Path, other: Path) -> None:
    with (data / "klarbild.db").open("r+b") as file:
        file.seek(5 * 4096)
        file.write(os.urandom(4096))


def wrong_index(data: Path, other: Path) -> None:
    """A page of an index takes the place of another one: each page is sound by itself."""
    with closing(sqlite3.connect(data / "klarbild.db")) as connection:
        first, second = (
            connection.execute("select rootpage from sqlite_master where name = ?", (name,)).fetchone()[0]
            for name in ("cases_list", "cases_counts")
        )
    path = data / "klarbild.db"
    with path.open("r+b") as file:
        file.seek((first - 1) * 4096)
        page = file.read(4096)
        file.seek((second - 1) * 4096)
        file.write(page)


def cut_off(data: Path, other: Path) -> None:
    os.truncate(data / "klarbild.db", 9 * 4096)


def cut_within_a_page(data: Path, other: Path) -> None:
    os.truncate(data / "klarbild.db", 9 * 4096 + 100)


def not_a_database(data: Path, other: Path) -> None:
    (data / "klarbild.db").write_bytes(b"something else entirely " * 400)


def another_program(data: Path, other: Path) -> None:
    (data / "klarbild.db").unlink()
    with closing(sqlite3.connect(data / "klarbild.db")) as connection:
        connection.execute("create table recipes (name)")


def newer_schema(data: Path, other: Path) -> None:
    with closing(sqlite3.connect(data / "klarbild.db")) as connection:
        connection.execute(f"pragma user_version = {len(STEPS) + 1}")


def no_database(data: Path, other: Path) -> None:
    """The file is gone, and its log is still there."""
    shutil.copy(other / "klarbild.db-wal", data)
    (data / "klarbild.db").unlink()


def emptied_database(data: Path, other: Path) -> None:
    shutil.copy(other / "klarbild.db-wal", data)
    os.truncate(data / "klarbild.db", 0)


def foreign_log(data: Path, other: Path) -> None:
    shutil.copy(other / "klarbild.db-wal", data)


HARMS: dict[Harm, tuple[str, ...]] = {
    no_key: ("klarbild.key is missing", "bring the file back"),
    wrong_key: ("klarbild.key is not the key of this database", "put the right key file back"),
    broken_key: ("klarbild.key is broken", "bring back a copy"),
    open_key: ("klarbild.key can be used by other users", "chmod 600"),
    no_keyring: ("keyring.db is missing", "put the one back that belongs to klarbild.db"),
    keyring_of_another: ("keyring.db is older than the database", "put the one back"),
    damaged_keyring: ("keyring.db is damaged", "klarbild restore"),
    damaged_page: ("klarbild.db is damaged", "klarbild restore"),
    wrong_index: ("klarbild.db is damaged", "klarbild restore"),
    cut_off: ("klarbild.db is damaged", "klarbild restore"),
    cut_within_a_page: ("klarbild.db is damaged", "klarbild restore"),
    not_a_database: ("klarbild.db is not a database", "klarbild restore"),
    another_program: ("klarbild.db: the database is of another program", "choose another --data"),
    newer_schema: (f"klarbild.db: the database has schema {len(STEPS) + 1}", "start the newer version"),
    no_database: ("klarbild.db is missing or empty beside klarbild.db-wal", "bring the file back"),
    emptied_database: ("klarbild.db is missing or empty beside klarbild.db-wal", "klarbild restore"),
    foreign_log: ("klarbild.db-wal is not the log of klarbild.db", "move it away"),
}
"""Each harm, and what must stand in the line that tells of it: the file, and the remedy. A new one is a new line."""
