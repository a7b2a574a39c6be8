"""No kill takes an acknowledged answer; and whoever lost one would be told."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.store.files import DATABASE
from tests.faults.serving import serving
from tests.torture import kill
from tests.torture.edge import house
from tests.torture.people import Found, Person, compare
from tests.torture.rows import scale_here


@pytest.mark.slow
def test_no_kill_loses_an_acknowledged_answer() -> None:
    row = kill.run(scale_here())
    assert row.fine, row
    assert row.count >= 8


def test_an_answer_that_is_missing_in_the_middle_of_a_record_is_noticed(tmp_path: Path) -> None:
    person = Person("p")
    with serving(tmp_path / "data") as server:
        for _ in range(9):
            asyncio.run(person.step(server.port))
    found = asyncio.run(compare(tmp_path / "data", person.talks, house(), tmp_path / "before"))
    assert found == Found(talks=1, told=7, lost=(), doubled=())
    missing = person.talks[0].told[3]
    with closing(sqlite3.connect(tmp_path / "data" / DATABASE)) as connection:
        connection.execute("delete from records where seq > ? and seq <= ?", (missing.seen, missing.seq))
        connection.commit()
    found = asyncio.run(compare(tmp_path / "data", person.talks, house(), tmp_path / "after"))
    assert found.lost == ("p.0: the record is damaged",)
