"""The log of who looked at what as an office keeps it: upgrades, crashes, one row for each opening, and its head."""

from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.colleagues import Colleague
from assistant.desk import Desk
from assistant.server import heads
from assistant.server.app import make_app
from assistant.service import Service
from assistant.store import StoreError, migrations
from assistant.store.log_check import verify
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from tests.cli.conftest import Run, one_line
from tests.cli.conftest import run as run  # noqa: PLC0414
from tests.conftest import Client
from tests.faults.serving import serving
from tests.security.log_rows import directory as directory  # noqa: PLC0414
from tests.security.log_rows import keys as keys  # noqa: PLC0414
from tests.security.log_rows import moment, tamper
from tests.torture.rows import scale_here
from tests.web.office_visits import ANNA, give, hire_all, sent

ROUNDS = scale_here().of(3, 50)


# -- an older database, crashes, every opening -------------------------------------------------------------------------


async def test_the_rows_of_an_older_database_are_taken_into_the_chain(
    directory: Path, keys: KeyFile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    steps = [step.__name__ for step in migrations.STEPS]
    with monkeypatch.context() as older:
        older.setattr(migrations, "STEPS", migrations.STEPS[: steps.index("_chained_log")])
        SqliteStore.open(directory)._shut()
    with closing(sqlite3.connect(directory / "klarbild.db")) as connection:
        connection.executemany(
            'insert into readings (at, user, "case", what) values (?, ?, ?, ?)',
            [(moment(number), "anna", "mine", "summary") for number in range(30)],
        )
        connection.execute(
            'insert into crossings ("case", user, unit, doing, at, until, seen, seen_by) '
            "values ('mine', 'sara', '', 1, ?, ?, ?, 'karin')",
            (moment(3), moment(63), moment(9)),
        )
        connection.execute("insert into checks values (4, ?, 'karin', 'fine')", (moment(29),))
        connection.commit()
    with pytest.raises(StoreError, match="older than the chain"):
        verify(directory, keys)
    with caplog.at_level(logging.INFO, "klarbild.audit"):
        await SqliteStore.open(directory, keys=keys).close()
        await SqliteStore.open(directory, keys=keys).close()
    told = [one.getMessage() for one in caplog.records if one.name == "klarbild.audit"]
    assert told == ["the chain of the log begins, with 33 rows that were there before"]
    assert verify(directory, keys)[0::2] == (33, "")
    tamper(directory, "delete from crossings")
    assert "opening of another's case 1 " in verify(directory, keys).wrong


WRITES = """
    import asyncio, sys
    from pathlib import Path
    from assistant.store.sealing import KeyFile
    from assistant.store.sqlite import SqliteStore

    async def write():
        data = Path(sys.argv[1])
        store = SqliteStore.open(data, keys=KeyFile.open(data))
        async def one(user):
            for number in range(100_000):
                await store.log_reading(at="2026-03-01T10:00:00Z", user=user, case=str(number), what="summary")
                print(user, number, flush=True)
        await asyncio.gather(*(one(f"user-{each}") for each in range(8)))

    asyncio.run(write())
"""


@pytest.mark.slow
def test_a_process_that_is_killed_between_two_rows_never_breaks_the_chain(directory: Path, keys: KeyFile) -> None:
    told: list[tuple[str, str]] = []
    for round in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITES), str(directory)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(40 + 17 * (round % 10))]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines(keepends=True)
        process.wait()
        process.stdout.close()
        told += [(user, number) for user, number in (line.split() for line in lines if line.endswith("\n"))]
        found = verify(directory, keys)
        assert found.wrong == ""
        assert found.rows >= len(told)
    with closing(sqlite3.connect(directory / "klarbild.db")) as connection:
        kept = connection.execute('select user, "case" from readings').fetchall()
    missing = [one for one in set(told) if kept.count(one) < told.count(one)]
    assert missing == []


async def test_a_thousand_openings_are_a_thousand_rows(service: Service, tmp_path: Path) -> None:
    await hire_all(service)
    talk = await sent(service)
    await give(service, talk.case, "anna")
    desk, before = Desk(service), len(await service.store.readings(talk.case))
    found = verify(tmp_path / "data", service.keys)
    opened = [await desk.open(talk.case, ANNA) for _ in range(1_000)]
    assert all(one is not None for one in opened)
    assert len(await service.store.readings(talk.case)) - before == 1_000
    after = verify(tmp_path / "data", service.keys)
    assert (after.rows - found.rows, after.wrong) == (1_000, "")


async def test_an_opening_that_is_refused_is_no_row(service: Service, tmp_path: Path) -> None:
    await hire_all(service)
    talk = await sent(service)
    await give(service, talk.case, "anna")
    before = verify(tmp_path / "data", service.keys).rows
    stranger = Colleague("nils", "caseworker", "South")
    assert [await Desk(service).open(talk.case, stranger) for _ in range(1_000)] == [None] * 1_000
    assert verify(tmp_path / "data", service.keys).rows == before


# -- what the operator gets --------------------------------------------------------------------------------------------


async def test_the_head_is_told_to_the_log_at_the_start_each_minute_and_at_the_end(
    aiohttp_client: Callable[[Any], Awaitable[Client]],
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(heads, "EVERY_S", 0.01)

    def told() -> list[str]:
        return [one.getMessage() for one in caplog.records if one.name == "klarbild.audit"]

    async def head() -> str:
        found = await service.store.office.log_head()
        assert found is not None
        return f"head {found.number} {found.hash.hex()}"

    await service.store.log_reading(at=moment(0), user="anna", case="mine", what="summary")
    with caplog.at_level(logging.INFO, "klarbild.audit"):
        client = await aiohttp_client(make_app(service, secure=False))
        assert told() == [await head()]
        await service.store.log_reading(at=moment(0), user="anna", case="mine", what="summary")
        for _ in range(1_000):
            await asyncio.sleep(0.01)
            if len(told()) > 1:
                break
        assert told()[1] == await head()
        monkeypatch.setattr(heads, "EVERY_S", 3600.0)
        await asyncio.sleep(0.05)
        await service.store.log_reading(at=moment(1), user="anna", case="mine", what="summary")
        await client.close()
        assert told()[-1] == await head()
        assert len(told()) == 3


def test_the_operator_is_told_whether_the_log_is_whole(run: Run, directory: Path) -> None:
    with serving(directory):
        run("user", "add", "anna", "--role", "lead", "--data", directory, KLARBILD_PASSWORD="a long enough password")
        whole = run("log", "verify", "--data", directory)
    assert whole.returncode == 0, whole.stderr
    rows, head = whole.stdout.splitlines()
    assert rows == "1 rows, whole"
    number, hash = head.removeprefix("head ").split(":")
    assert run("log", "verify", "--head", f"{number}:{hash}", "--data", directory).returncode == 0
    # As the server's log writes it.
    assert run("log", "verify", "--head", f"{number} {hash}", "--data", directory).returncode == 0
    wrong = run("log", "verify", "--head", f"{number}:{'0' * 64}", "--data", directory)
    assert "written anew" in one_line(wrong)
    tamper(directory, "update account_log set by = 'nobody'")
    assert one_line(run("log", "verify", "--data", directory)) == (
        "entry about a login 1 (number 1 of the log) was changed, or stands in another's place\n"
    )


def test_what_is_done_by_the_command_line_is_chained_without_a_server_too(run: Run, directory: Path) -> None:
    for name in ("anna", "nils"):
        given = ("user", "add", name, "--role", "lead", "--data", directory)
        assert run(*given, KLARBILD_PASSWORD="a long enough password").returncode == 0
    assert run("log", "verify", "--data", directory).stdout.startswith("2 rows, whole\n")


@pytest.mark.parametrize("head", ["x", "1", "1:ab", "-", "1:" + "z" * 64])
def test_a_head_that_is_none_is_refused(run: Run, directory: Path, head: str) -> None:
    KeyFile.open(directory)
    assert "a head is written like" in one_line(run("log", "verify", "--head", head, "--data", directory))


def test_looking_at_a_directory_without_a_database_makes_nothing(run: Run, directory: Path) -> None:
    assert "is not there" in one_line(run("log", "verify", "--data", directory))
    assert not directory.exists()
