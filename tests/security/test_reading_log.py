"""The log of who looked at what: whatever is done to it behind the program is found, and nothing else breaks it."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.colleagues import Colleague
from assistant.desk import Desk
from assistant.server import heads
from assistant.server.app import make_app
from assistant.service import Service
from assistant.store import CaseRow, StoreError, migrations
from assistant.store.accounts import DoingRow
from assistant.store.chain import Head
from assistant.store.log_check import Found, verify
from assistant.store.office import CrossingRow, Step
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from tests.cli.conftest import Run, one_line
from tests.cli.conftest import run as run  # noqa: PLC0414 (a fixture)
from tests.conftest import Client
from tests.faults.serving import serving
from tests.web.office_visits import ANNA, give, hire_all, sent

ROUNDS = int(os.environ.get("KLARBILD_TORTURE", "3"))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def keys(directory: Path) -> KeyFile:
    return KeyFile.open(directory)


@pytest.fixture
async def store(directory: Path, keys: KeyFile) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore.open(directory, keys=keys)
    yield opened
    await opened.close()


def moment(number: int) -> str:
    return f"2026-03-{1 + number // 60:02}T10:{number % 60:02}:00Z"


async def fill(store: SqliteStore, keys: KeyFile, readings: int = 20) -> None:
    """A log with everything in it that can be there."""
    for name in ("mine", "other"):
        await store.office.make(case(name, keys), [])
    for number in range(readings):
        await store.log_reading(at=moment(number), user=f"user-{number % 3}", case="mine", what="summary")
    await store.log_reading(at=moment(readings), user="anna", case="other", what="history")
    crossing = CrossingRow(case="other", user="sara", unit="North", doing=1, at=moment(30), until=moment(90))
    await store.office.cross(Step(case="other", bodies=[b"reason"], after=0), crossing)
    await store.office.see_crossing(1, at=moment(31), by="karin")
    await store.office.check(3, at=moment(32), by="karin", result="ask")
    await store.office.check(3, at=moment(33), by="karin", result="fine")
    await store.accounts.log(DoingRow(at=moment(34), by="karin", what="added", whom="lena"))
    await store.office.merge(Step(case="mine", bodies=[b"merged"], after=0), absorbed="other", absorbed_after=1)
    await store.log_reading(at=moment(40), user="anna", case="mine", what="print")


def case(id: str, keys: KeyFile) -> CaseRow:
    return CaseRow(
        id=id,
        reference=f"EB-{id}",
        first_contact="2026-03-01",
        status="sent",
        locale="sv",
        urgent=False,
        wrapped_key=keys.new_key(id)[1],
        updated="2026-03-01",
    )


ROWS = 28
"""How many events `fill` makes."""


def tamper(directory: Path, *statements: str) -> None:
    """What somebody with a shell does to the database, beside the program."""
    with closing(sqlite3.connect(directory / "klarbild.db")) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
        connection.commit()


async def test_a_log_that_nobody_touched_is_whole_while_it_is_written_and_afterwards(
    directory: Path, keys: KeyFile, store: SqliteStore
) -> None:
    await fill(store, keys)
    found = verify(directory, keys)
    assert (found.rows, found.wrong) == (ROWS, "")
    assert await store.office.log_head() == found.head
    await store.close()
    assert verify(directory, keys) == found


SWAP = [
    "update readings set user = 'x' where id = 5",
    "update readings set user = (select user from readings where id = 6) where id = 5",
    "update readings set user = 'user-1' where id = 6",
]
TAMPERED = {
    "edit": (["update readings set user = 'somebody' where id = 5"], "reading 5 "),
    "edit the moment": (["update readings set at = '2026-03-01T09:00:00Z' where id = 5"], "reading 5 "),
    "edit which case": (["""update readings set "case" = 'another' where id = 5"""], "reading 5 "),
    "delete in the middle": (["delete from readings where id = 5"], "reading 5 .* was deleted"),
    "delete in the middle with its link": (
        ["delete from readings where id = 5", "delete from chain where id = 5"],
        "number 5 of the log is missing",
    ),
    "delete the last": (["delete from readings where id = 22"], "reading 22 .* was deleted"),
    "delete the last with its link": (
        ["delete from readings where id = 22", f"delete from chain where id = {ROWS}"],
        f"the end was cut: numbers {ROWS} to {ROWS} are missing",
    ),
    "swap two": (SWAP, "reading 5 .* was changed, or stands in another's place"),
    "swap two links": (
        [
            "update chain set id = 99 where id = 5",
            "update chain set id = 5 where id = 6",
            "update chain set id = 6 where id = 99",
        ],
        "number 5 of the log",
    ),
    "truncate": (
        ["delete from readings where id > 10", "delete from chain where id > 10", "delete from checks"],
        f"the end was cut: numbers 11 to {ROWS} are missing",
    ),
    "truncate and move the end": (
        [
            "delete from readings where id > 10",
            "delete from chain where id > 10",
            "update chain_head set count = 10, hash = (select hash from chain where id = 10)",
        ],
        "the end of the log was changed",
    ),
    "insert one": (
        ["insert into readings (at, user, \"case\", what) values ('2026-03-01T10:00:00Z', 'anna', 'mine', 'print')"],
        "reading 23 is not in the chain",
    ),
    "insert one with a link": (
        [
            "insert into readings (at, user, \"case\", what) values ('2026-03-01T10:00:00Z', 'anna', 'mine', 'print')",
            f"""insert into chain select {ROWS} + 1, kind, 23, at, note, hash from chain where id = {ROWS}""",
        ],
        "was put in by something else",
    ),
    "take the end away": (["delete from chain_head"], "the end of the log was changed or taken away"),
    "edit who crossed": (["update crossings set user = 'nils'"], "opening of another's case 1 "),
    "unsee": (["update crossings set seen = '', seen_by = ''"], "note that an opening was seen 1 "),
    "edit a result": (["update checks set result = 'ask'"], "result of a check 3 "),
    "take a result away": (["delete from checks"], "result of a check 3 "),
    "put in a result": (
        ["insert into checks (reading, at, user, result) values (4, '2026-03-02T10:00:00Z', 'karin', 'fine')"],
        "result of a check 4 ",
    ),
    "edit what was done to a login": (["update account_log set by = 'nils'"], "entry about a login 1 "),
    "separate merged cases": (["delete from merges"], "merging of two cases other "),
    "edit a note": (["update chain set note = replace(note, 'karin', 'lena') where kind = 'seen'"], "an opening was"),
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_whatever_is_done_to_the_log_is_found(
    directory: Path, keys: KeyFile, store: SqliteStore, how: str
) -> None:
    await fill(store, keys)
    await store.close()
    statements, told = TAMPERED[how]
    tamper(directory, *statements)
    found = verify(directory, keys)
    assert found.wrong
    with pytest.raises(AssertionError, match=told):
        raise AssertionError(found.wrong)


async def test_any_one_byte_of_the_log_that_changes_is_found(
    directory: Path, keys: KeyFile, store: SqliteStore
) -> None:
    await fill(store, keys)
    await store.close()
    chosen = random.Random(5)
    columns = [
        (table, column, id)
        for table, key, names in (
            ("readings", "id", ("at", "user", '"case"', "what")),
            ("crossings", "id", ("at", "user", '"case"', "unit", "until", "seen", "seen_by")),
            ("account_log", "id", ("at", "by", "what", "whom")),
            ("checks", "reading", ("at", "user")),
            ("merges", "absorbed", ('"case"',)),
            ("chain", "id", ("at", "kind", "note", "hash")),
            ("chain_head", "id", ("hash", "seal", "start")),
        )
        for column in names
        for id in (f"{key} = (select {key} from {table} order by random() limit 1)",)
    ]
    missed = []
    for table, column, which in chosen.sample(columns, len(columns)):
        copy = directory.with_name("copy")
        shutil.copytree(directory, copy)
        blob = column in ("hash", "seal", "start")
        other = f"zeroblob(31) || x'01'" if blob else f"{column} || 'x'"  # noqa: F541
        tamper(copy, f"update {table} set {column} = {f'cast({other} as blob)' if blob else other} where {which}")
        if not verify(copy, keys).wrong:
            missed.append((table, column))
        shutil.rmtree(copy)
    assert missed == []


async def test_a_log_written_anew_with_its_key_does_not_hold_the_head_that_another_host_keeps(
    directory: Path, keys: KeyFile, store: SqliteStore
) -> None:
    await fill(store, keys)
    kept = await store.office.log_head()
    assert kept is not None
    for number in (50, 51, 52):
        await store.log_reading(at=moment(number), user="anna", case="mine", what="print")
    await store.close()
    assert verify(directory, keys, (kept.number, kept.hash)).wrong == ""
    # With the key file, somebody can make the whole chain anew without the row that tells of them.
    tamper(directory, "delete from readings where id = 5", "delete from chain_head", "delete from chain")
    await SqliteStore.open(directory, keys=keys).close()
    assert verify(directory, keys).wrong == ""
    assert "written anew" in verify(directory, keys, (kept.number, kept.hash)).wrong
    assert "the end was cut" in verify(directory, keys, (kept.number + 50, kept.hash)).wrong


async def test_an_older_copy_of_the_database_does_not_hold_a_later_head(
    directory: Path, keys: KeyFile, store: SqliteStore
) -> None:
    await fill(store, keys)
    await store.close()
    shutil.copytree(directory, directory.with_name("older"))
    again = SqliteStore.open(directory, keys=keys)
    await again.log_reading(at=moment(50), user="anna", case="mine", what="print")
    head = await again.office.log_head()
    await again.close()
    assert head is not None
    assert verify(directory.with_name("older"), keys, (head.number, head.hash)).wrong == (
        f"the end was cut: the log ends with number {ROWS}, and the head that was kept is {ROWS + 1}"
    )


async def test_another_key_file_opens_no_log(
    directory: Path, keys: KeyFile, store: SqliteStore, tmp_path: Path
) -> None:
    await fill(store, keys)
    assert "key file" in verify(directory, KeyFile.open(tmp_path / "another")).wrong


async def test_nothing_is_read_while_the_end_of_the_log_is_not_what_was_written(
    directory: Path, keys: KeyFile, store: SqliteStore
) -> None:
    await fill(store, keys)
    tamper(directory, "update chain_head set count = count - 1")
    with pytest.raises(StoreError, match="klarbild log verify"):
        await store.log_reading(at=moment(50), user="anna", case="mine", what="print")
    assert len(await store.readings("mine")) == 22


# -- closing what is old -----------------------------------------------------------------------------------------------


async def test_old_events_are_erased_and_what_follows_still_proves_whole(
    directory: Path, keys: KeyFile, store: SqliteStore
) -> None:
    await fill(store, keys)
    before = verify(directory, keys).head
    assert await store.office.close_log(before=moment(10), at=moment(60)) == 10
    assert (await store.readings("mine"))[0].at == moment(10)
    found = verify(directory, keys)
    assert (found.rows, found.head.first, found.wrong) == (ROWS - 10 + 1, 10, "")
    assert verify(directory, keys, (before.number, before.hash)).wrong == ""
    assert "was closed and erased" in verify(directory, keys, (9, b"x" * 32)).wrong
    assert await store.office.close_log(before=moment(10), at=moment(60)) == 0


async def test_everything_can_be_closed_and_the_log_goes_on(directory: Path, keys: KeyFile, store: SqliteStore) -> None:
    await fill(store, keys)
    assert await store.office.close_log(before="2027-01-01T00:00:00Z", at=moment(60)) == ROWS
    assert await store.readings("mine") == ()
    assert verify(directory, keys).rows == 1
    await store.log_reading(at=moment(70), user="anna", case="mine", what="print")
    await store.office.check(1, at=moment(71), by="karin", result="fine")
    assert verify(directory, keys)[0::2] == (3, "")
    tamper(directory, "delete from readings")
    assert "was deleted" in verify(directory, keys).wrong


async def test_a_log_that_was_tampered_with_is_not_tidied_up(
    directory: Path, keys: KeyFile, store: SqliteStore
) -> None:
    await fill(store, keys)
    tamper(directory, "update readings set user = 'somebody' where id = 5")
    with pytest.raises(StoreError, match="stays as it is: reading 5 "):
        await store.office.close_log(before=moment(10), at=moment(60))
    assert len(await store.readings("mine")) == 22


async def test_what_is_closed_cannot_be_widened_by_hand(directory: Path, keys: KeyFile, store: SqliteStore) -> None:
    await fill(store, keys)
    await store.office.close_log(before=moment(10), at=moment(60))
    tamper(
        directory,
        "delete from readings where id <= 12",
        "update chain_head set first = 12, start = (select hash from chain where id = 12)",
        "delete from chain where id <= 12",
    )
    assert "the end of the log was changed" in verify(directory, keys).wrong


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


@pytest.mark.parametrize("head", ["x", "1", "1:ab", "-", "1:" + "z" * 64])
def test_a_head_that_is_none_is_refused(run: Run, directory: Path, head: str) -> None:
    KeyFile.open(directory)
    assert "a head is written like" in one_line(run("log", "verify", "--head", head, "--data", directory))


def test_looking_at_a_directory_without_a_database_makes_nothing(run: Run, directory: Path) -> None:
    assert "is not there" in one_line(run("log", "verify", "--data", directory))
    assert not directory.exists()


async def test_a_log_without_events_is_whole(directory: Path, keys: KeyFile, store: SqliteStore) -> None:
    assert verify(directory, keys) == Found(0, Head())
