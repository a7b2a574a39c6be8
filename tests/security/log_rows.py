"""A log of readings with everything in it that can be there, and what somebody with a shell may do to it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.store import CaseRow
from assistant.store.accounts import DoingRow
from assistant.store.office import CrossingRow, Step
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore


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
