"""The writer thread: one commit for many, one failure for one, and no success before the disk has it."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.store import Conflict, StoreError
from assistant.store.sqlite import SqliteStore

from .conftest import MakeOpening


@contextmanager
def full_disk(log: Path) -> Iterator[None]:
    """No file of this process may grow beyond what the write-ahead log has reached."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_replies_that_wait_together_share_commits(store: SqliteStore, opening: MakeOpening) -> None:
    for number in range(20):
        await store.append(f"t{number}", [], after=0, opening=opening(f"t{number}"))
    commits, jobs = store.writer.commits, store.writer.jobs
    held = threading.Event()
    blocker = store.writer.submit(lambda connection: held.wait(10))

    async def talk(name: str) -> None:
        for seq in range(10):
            await store.append(name, [b"x"], after=seq)

    talks = [asyncio.ensure_future(talk(f"t{number}")) for number in range(20)]
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(blocker, *talks)
    assert store.writer.jobs - jobs == 201
    # The first replies all waited behind the held job, so at least 19 commits were saved.
    assert store.writer.commits - commits <= 201 - 19


async def test_one_batch_keeps_the_good_and_refuses_the_bad(store: SqliteStore, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    commits = store.writer.commits
    held = threading.Event()

    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("delete from records")
        connection.execute("insert into records values ('talk', 'not a number', 'not bytes')")

    def mistaken(connection: sqlite3.Connection) -> None:
        connection.execute("delete from records")
        raise ZeroDivisionError

    held_up = store.writer.submit(lambda connection: held.wait(10))
    waiting: list[asyncio.Future[Any]] = [
        asyncio.ensure_future(store.append("talk", [b"two"], after=1)),
        store.writer.submit(broken),
        asyncio.ensure_future(store.append("talk", [b"late"], after=1)),
        store.writer.submit(mistaken),
        asyncio.ensure_future(store.append("talk", [b"three"], after=2)),
    ]
    await asyncio.sleep(0)
    held.set()
    await held_up
    two, refused, late, mistake, three = await asyncio.gather(*waiting, return_exceptions=True)
    assert (two, three) == (2, 3)
    assert isinstance(refused, StoreError)
    assert isinstance(late, Conflict)
    assert isinstance(mistake, ZeroDivisionError)
    assert [record.body for record in await store.read("talk")] == [b"one", b"two", b"three"]
    assert store.writer.commits - commits <= 2


async def test_a_full_disk_refuses_every_waiting_reply_and_later_ones_are_saved(
    directory: Path, store: SqliteStore, opening: MakeOpening
) -> None:
    for number in range(5):
        name = f"t{number}"
        await store.append(name, [b"kept"], after=0, opening=opening(name))
    with full_disk(directory / "klarbild.db-wal"):
        answers = await asyncio.gather(
            *(store.append(f"t{number}", [b"x" * 2000], after=1) for number in range(5)), return_exceptions=True
        )
        assert await store.healthy() is False
    assert all(isinstance(answer, StoreError) for answer in answers)
    assert "disk" in str(answers[0])

    assert await store.healthy() is True
    for number in range(5):
        assert [record.body for record in await store.read(f"t{number}")] == [b"kept"]
        assert await store.append(f"t{number}", [b"x" * 2000], after=1) == 2


async def test_a_database_held_by_another_program_is_told_and_waited_out(
    directory: Path, store: SqliteStore, opening: MakeOpening
) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    await store.writer.submit(lambda connection: connection.execute("pragma busy_timeout = 1").close())
    other = sqlite3.connect(directory / "klarbild.db", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreError, match="another program holds the database"):
        await store.append("talk", [b"two"], after=1)
    other.execute("rollback")
    other.close()
    assert await store.append("talk", [b"two"], after=1) == 2


async def test_a_caller_who_gave_up_does_not_stop_the_others(store: SqliteStore, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    held = threading.Event()
    held_up = store.writer.submit(lambda connection: held.wait(10))
    impatient = asyncio.ensure_future(store.append("talk", [b"two"], after=1))
    patient = asyncio.ensure_future(store.append("talk", [b"three"], after=2))
    await asyncio.sleep(0)
    impatient.cancel()
    held.set()
    await held_up
    # The reply was on its way when the phone went silent: it is kept.
    assert await patient == 3
    assert [record.body for record in await store.read("talk")] == [b"one", b"two", b"three"]


def test_a_store_serves_more_than_one_event_loop_in_its_life(directory: Path, opening: MakeOpening) -> None:
    store = SqliteStore.open(directory)

    async def first() -> None:
        await store.append("talk", [b"one"], after=0, opening=opening("talk"))

    async def second() -> int:
        try:
            return await store.append("talk", [b"two"], after=1)
        finally:
            await store.close()

    asyncio.run(first())
    assert asyncio.run(second()) == 2
