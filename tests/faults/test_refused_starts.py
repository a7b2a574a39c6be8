"""What keeps the program from starting is told in one line, and changes nothing on the disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant.store.migrations import STEPS
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from tests.faults.disks import digests, environment, read_only, small_disk
from tests.faults.serving import serving
from tests.stores.conftest import MakeOpening

Harm = Callable[[Path, Path], None]


def start(data: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """`klarbild serve`, which is expected to end at once."""
    return subprocess.run(
        [*before, sys.executable, "-m", "assistant", "serve", "--port", "0", "--data", str(data)],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


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


def foreign_log(data: Path, other: Path) -> None:
    shutil.copy(other / "klarbild.db-wal", data)


HARMS: dict[Harm, tuple[str, ...]] = {
    no_key: ("klarbild.key is missing", "bring the file back"),
    wrong_key: ("klarbild.key is not the key of this database", "put the right key file back"),
    broken_key: ("klarbild.key is broken", "bring back a copy"),
    open_key: ("klarbild.key can be used by other users", "chmod 600"),
    damaged_page: ("klarbild.db is damaged", "klarbild restore"),
    wrong_index: ("klarbild.db is damaged", "klarbild restore"),
    cut_off: ("klarbild.db is damaged", "klarbild restore"),
    cut_within_a_page: ("klarbild.db is damaged", "klarbild restore"),
    not_a_database: ("klarbild.db is not a database", "klarbild restore"),
    another_program: ("klarbild.db: the database is of another program", "choose another --data"),
    newer_schema: (f"klarbild.db: the database has schema {len(STEPS) + 1}", "start the newer version"),
    foreign_log: ("klarbild.db-wal is not the log of klarbild.db", "move it away"),
}


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
async def test_a_harmed_directory_is_refused_in_one_line_and_left_as_it_is(
    tmp_path: Path, opening: MakeOpening, harm: Harm
) -> None:
    data, other = await filled(tmp_path / "data", opening), tmp_path / "other"
    crash(other)
    harm(data, other)
    before = digests(data)
    told = one_line(start(data))
    for part in HARMS[harm]:
        assert part in told
    assert str(data / "klarbild") in told or "this database" in told
    assert digests(data) == before


async def test_a_log_of_its_own_that_a_crash_left_behind_is_taken_in(tmp_path: Path) -> None:
    other = tmp_path / "other"
    for _ in range(2):
        crash(other)
        assert (other / "klarbild.db-wal").stat().st_size > 0
    store = SqliteStore.open(other)
    assert len(await store.readings("c")) == 2
    await store.close()


async def test_a_directory_on_a_read_only_disk_is_refused_in_one_line(tmp_path: Path, opening: MakeOpening) -> None:
    with small_disk(tmp_path / "disk", "16m") as disk:
        data = await filled(disk / "data", opening)
        before = digests(data)
        with read_only(disk):
            told = one_line(start(data))
            assert f"cannot write {data}" in told and "Read-only file system" in told
            fresh = one_line(start(disk / "fresh"))
            assert f"cannot write {disk / 'fresh'}" in fresh
        assert digests(data) == before


async def test_files_of_another_owner_are_refused_in_one_line(tmp_path: Path, opening: MakeOpening) -> None:
    powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    if os.getuid() or shutil.which("setpriv") is None:
        pytest.skip("needs root, to give files to somebody else, and setpriv, to have no power over them")
    data = await filled(tmp_path / "data", opening)
    before = digests(data)
    for name in ("klarbild.key", "klarbild.db", "klarbild.lock"):
        os.chown(data / name, 65534, 65534)
        told = one_line(start(data, *powerless))
        assert str(data / name) in told and ("Permission denied" in told or "its rights" in told)
        os.chown(data / name, 0, 0)
    assert digests(data) == before


def test_a_second_process_on_the_same_data_is_refused_in_one_line_and_the_first_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        before = digests(server.data)
        told = one_line(start(server.data))
        assert f"{server.data} is already served by another process" in told
        assert digests(server.data) == before
        assert server.get("/readyz")[0] == 200
