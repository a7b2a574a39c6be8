"""A database of every released version opens in this program with all that was in it; a newer one is left alone.

``released/first.sql`` is a database of the first released schema as SQL: a visit that was sent, a draft, a message to
the office, a login, a token and a reading, all invented, sealed with ``first.key``. ``schema_N.sql`` is what N released
steps make; a step that is released is never edited, so these files never change.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from assistant.core.dialog import Dialog
from assistant.desk import Desk
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_rulebook
from assistant.store import StoreError
from assistant.store.inspection import inspect
from assistant.store.migrations import STEPS
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.texts import Catalogs
from tests.conftest import Clock
from tests.faults.disks import digests

RELEASED = Path(__file__).with_name("released")
VERSIONS = sorted(int(re.findall(r"\d+", path.name)[0]) for path in RELEASED.glob("schema_*.sql"))
SENT, DRAFT = "RX2YT52JH5TD", "Q29GX8AKCR2B"

# What only a later version can hold: rows that must be there after the upgrade, too.
LATER: dict[int, tuple[str, ...]] = {
    2: (
        "insert into checks values (1, '2026-03-06T09:00:00Z', 'karin', 'fine')",
        "update cases set unit = 'Mottagningen', assigned = 'anna', visit = '2026-03-12T13:00' where status = 'sent'",
    ),
    3: (
        "update users set unit = 'Mottagningen' where name = 'anna'",
        "insert into account_log values (1, '2026-03-06T09:00:00Z', 'anna', 'hired', 'karin', '')",
    ),
    4: (
        """insert into invitations select 'invitation', id, x'01', x'02', 'sv', '2026-03-06T09:00:00Z', '2026-03-20',
            '', '' from cases where status = 'sent'""",
    ),
}


def released(directory: Path, version: int) -> Path:
    """A data directory as a program of this released version left it."""
    directory.mkdir(mode=0o700)
    shutil.copy(RELEASED / "first.key", directory / "klarbild.key")
    (directory / "klarbild.key").chmod(0o600)
    with closing(sqlite3.connect(directory / "klarbild.db", isolation_level=None)) as connection:
        connection.executescript((RELEASED / "first.sql").read_text("utf-8"))
        for number, step in enumerate(STEPS[1:version], start=2):
            step(Database(connection))
            connection.execute(f"pragma user_version = {number}")
            for statement in LATER[number]:
                connection.execute(statement)
    return directory


@pytest.mark.parametrize("version", VERSIONS)
def test_a_released_step_is_never_edited(version: int) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for step in STEPS[:version]:
            step(Database(connection))
        sql = "select sql from sqlite_master where sql is not null order by type desc, name"
        made = [row[0] for row in connection.execute(sql)]
    assert ";\n".join(made) + ";\n" == (RELEASED / f"schema_{version}.sql").read_text("utf-8")


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_released_database_opens_with_all_that_was_in_it(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock, version: int
) -> None:
    data = released(tmp_path / "data", version)
    assert inspect(data)["schema"] == version
    keys = KeyFile.open(data)
    store = SqliteStore.open(data, keys=keys)
    service = Service(dialogs, store, keys, catalogs, Settings(), clock, load_rulebook(dialogs))

    sent = await service.resume(SENT)
    assert sent is not None and sent.state.submitted_at
    assert sent.reference == "MWC-QMT" and sent.state.seq == 44
    assert sent.known("called_name") == called()
    draft = await service.resume(DRAFT)
    assert draft is not None and draft.state.locale == "ar" and not draft.state.submitted_at

    detail = await Desk(service).case(sent.case, reader="anna")
    assert detail is not None
    assert [one.what for one in await store.readings(sent.case)] == ["summary", "case"]
    user = await store.user("anna")
    assert user is not None and (user.role, user.unit) == ("lead", "Mottagningen" if version >= 3 else "")
    assert await store.token(b"t" * 32) is not None
    row = await store.case(sent.case)
    assert row is not None and row.visit == ("2026-03-12T13:00" if version >= 2 else "")
    rows = {row.reference: row.status for row in await store.cases()}
    assert len(rows) == 3 and rows["MWC-QMT"] == "sent"
    await store.close()

    counts = inspect(data)["counts"]
    assert (counts["conversations"], counts["users"], counts["tokens"]) == (3, 1, 1)
    with closing(sqlite3.connect(data / "klarbild.db")) as connection:
        for number, table in ((2, "checks"), (3, "account_log"), (4, "invitations")):
            if version >= number:
                assert connection.execute(f"select count(*) from {table}").fetchone() == (1,)
    assert (inspect(data)["schema"], inspect(data)["quick_check"]) == (len(STEPS), "ok")

    # And once more: an upgrade is not repeated.
    store = SqliteStore.open(data, keys=KeyFile.open(data))
    assert len(await store.read(sent.id)) == 44
    await store.close()


def called() -> str:
    text = (Path(__file__).parents[1] / "journeys" / "careful.yaml").read_text("utf-8")
    found = re.search(r"called_name: (.+)", text)
    assert found is not None
    return found[1].strip().strip("'\"")


def test_every_version_before_this_one_was_released_or_is_new_with_it() -> None:
    assert list(range(1, len(VERSIONS) + 1)) == VERSIONS
    assert len(VERSIONS) <= len(STEPS)


@pytest.mark.parametrize("beyond", [1, 7])
async def test_an_older_program_refuses_a_newer_database_with_one_line_and_leaves_every_byte(
    tmp_path: Path, beyond: int
) -> None:
    data = released(tmp_path / "data", 1)
    keys = KeyFile.open(data)
    await SqliteStore.open(data, keys=keys).close()
    with closing(sqlite3.connect(data / "klarbild.db")) as connection:
        connection.execute(f"pragma user_version = {len(STEPS) + beyond}")
    before = digests(data)
    with pytest.raises(StoreError, match="start the newer version of Klarbild") as refused:
        SqliteStore.open(data, keys=keys)
    assert "\n" not in str(refused.value) and str(data / "klarbild.db") in str(refused.value)
    assert digests(data) == before


async def test_a_newer_database_that_a_crash_left_with_its_log_is_left_alone_too(tmp_path: Path) -> None:
    data = released(tmp_path / "data", 1)
    keys = KeyFile.open(data)
    await SqliteStore.open(data, keys=keys).close()
    path = data / "klarbild.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma wal_autocheckpoint = 0")
        connection.execute(f"pragma user_version = {len(STEPS) + 1}")
        copies = {name: (data / name).read_bytes() for name in ("klarbild.db", "klarbild.db-wal")}
    for name, content in copies.items():
        (data / name).write_bytes(content)
    before = digests(data)
    assert "klarbild.db-wal" in before
    with pytest.raises(StoreError, match="start the newer version"):
        SqliteStore.open(data, keys=keys)
    assert digests(data) == before
