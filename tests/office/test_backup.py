"""Backups and bringing them back: what is in them, what is not, and what a restore refuses."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from assistant import backup
from assistant.backup_file import Lock, Opener, new_pair, read_private
from assistant.core.dialog import Dialog
from assistant.restoring import Restored, restore
from assistant.service import Service
from assistant.store import SessionRow, StoreError
from assistant.store.erased import FILE as ERASED
from assistant.store.files import KEYRING
from assistant.store.invitations import InvitationRow, LetterRow
from assistant.store.migrations import APPLICATION_ID, STEPS
from assistant.store.office import Step
from assistant.texts import Catalogs
from tests.conftest import Clock
from tests.office.keeping import CALL_ME, begins, eraser, office_on, on_disk, sends

LOCK = Lock(passphrase="correct horse battery staple")
OPENER = Opener(passphrase=LOCK.passphrase)
MADE = "2026-03-05T09:00:00Z"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


async def backed_up(data: Path, target: Path, *, made: str = MADE) -> Path:
    await asyncio.to_thread(backup.make, data, target, LOCK, OPENER, made=made)
    return target


async def restored(
    file: Path, to: Path, data: Path, *, keys: Path | None = None, erased: Path | None = None
) -> Restored:
    """A restore as an operator does it: the key file is brought first."""
    bring_key(data, to)
    return await asyncio.to_thread(restore, file, to, OPENER, keys=keys, erased=erased)


def bring_key(data: Path, to: Path) -> None:
    to.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(data / "klarbild.key", to / "klarbild.key")


def plain_files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_every_conversation_comes_back_and_opens(
    service: Service, data: Path, place: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    sent, draft = await sends(service), await begins(service)
    await service.message(CALL_ME, "sv")
    file = await backed_up(data, place / "backup")
    found = await restored(file, place / "data", data)
    assert (found.rows["cases"], found.rows["conversations"], found.keys, found.erased) == (3, 3, "", None)
    async with office_on(place / "data", dialogs, catalogs, clock) as again:
        assert (await again.talk(sent.id)).state.submitted_at
        resumed = await again.resume(draft.code)
        assert resumed is not None
        assert resumed.state.facts == draft.state.facts
        assert len(await again.store.cases()) == 3


async def test_a_backup_holds_nothing_in_plain_and_not_the_key_file(service: Service, data: Path, place: Path) -> None:
    sent = await sends(service)
    case = await service.store.case(sent.case)
    talk = await service.store.conversation(sent.id)
    assert case is not None
    assert talk is not None
    file = await backed_up(data, place / "backup")
    sealed, key = on_disk(place), (data / "klarbild.key").read_bytes()
    in_the_database = (b"SQLite format 3", sent.id.encode(), sent.reference.encode())
    of_the_keys = (case.wrapped_key, talk.wrapped_key)
    assert not [one for one in (*in_the_database, *of_the_keys) if one in sealed]
    inner, keys = place / "inner.db", place / "keys.db"
    backup.open_part(file, OPENER, inner)
    backup.open_part(place / "backup.keys", OPENER, keys)
    assert all(one in inner.read_bytes() for one in in_the_database)
    assert all(one in keys.read_bytes() for one in of_the_keys)
    # What was erased is dark in a copy of the data as soon as its keys are gone: they are only in the other one.
    assert not [one for one in of_the_keys if one in inner.read_bytes()]
    secrets = [one for one in key.split(b'"') if len(one) > 40 and b" " not in one]
    assert len(secrets) == 3
    assert not [one for one in secrets if one in inner.read_bytes()]


async def test_nothing_is_left_of_making_a_backup_and_it_is_its_owners(
    service: Service, data: Path, place: Path
) -> None:
    await sends(service)
    before = plain_files(data)
    file = await backed_up(data, place / "backup")
    assert plain_files(data) == before
    assert plain_files(place) == {"backup", "backup.keys"}
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_copy_that_a_crash_left_goes_with_the_next_backup(service: Service, data: Path, place: Path) -> None:
    left = data / ".backup-crashed"
    left.mkdir()
    (left / "klarbild.db").write_bytes(b"half")
    await backed_up(data, place / "one")
    assert left.exists()
    os.utime(left, (0, 0))
    await backed_up(data, place / "two")
    assert not left.exists()


async def test_a_backup_that_fails_leaves_the_one_before(service: Service, data: Path, place: Path) -> None:
    file = await backed_up(data, place / "backup")
    whole = file.read_bytes()
    with pytest.raises(StoreError, match="too short"):
        backup.make(data, file, Lock(passphrase="short"), OPENER, made=MADE)
    with pytest.raises(StoreError, match="lies in the data directory"):
        backup.make(data, data / "backup", LOCK, OPENER, made=MADE)
    with pytest.raises(StoreError, match="in a directory that is there"):
        backup.make(data, place / "none" / "backup", LOCK, OPENER, made=MADE)
    assert file.read_bytes() == whole
    assert plain_files(place) == {"backup", "backup.keys"}


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(data: Path, place: Path) -> None:
    data.mkdir()
    with closing(sqlite3.connect(data / "klarbild.db")) as db:
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        db.execute("create table words (word text)")
        db.executemany("insert into words values (?)", [(f"word {n}" * 50,) for n in range(200)])
        db.commit()
    raw = bytearray((data / "klarbild.db").read_bytes())
    raw[4096 * 3 : 4096 * 3 + 100] = b"\xff" * 100
    (data / "klarbild.db").write_bytes(raw)
    with pytest.raises(StoreError, match="damaged"):
        backup.make(data, place / "backup", LOCK, OPENER, made=MADE)
    assert plain_files(place) == set()
    assert plain_files(data) == {"klarbild.db"}


async def test_with_the_public_key_alone_it_is_read_back_and_with_the_private_one_opened(
    service: Service, data: Path, place: Path
) -> None:
    await sends(service)
    public = new_pair(place / "private")
    (blind, *_) = backup.make(data, place / "backup", Lock(public=public), Opener(), made=MADE)
    assert not blind.opened
    private = Opener(private=read_private(place / "private"))
    (seen, *_) = backup.make(data, place / "backup", Lock(public=public), private, made=MADE)
    assert seen.opened
    assert seen.sha256 != blind.sha256
    found = backup.verify(place / "backup", private, place)
    assert found.contents.rows == seen.rows
    assert plain_files(place) >= {"private", "backup"}
    assert not [name for name in plain_files(place) if name.startswith(".")]


# -- bringing it back --------------------------------------------------------------------------------------------------


async def test_nobody_who_was_logged_in_is_logged_in_again_and_no_letter_goes_out_twice(
    service: Service, data: Path, place: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    talk = await sends(service)
    now = clock.now.timestamp()
    await service.store.put_session(
        SessionRow(hash=b"a" * 32, kind="applicant", subject=talk.id, created=now, seen=now)
    )
    await service.store.put_session(SessionRow(hash=b"d" * 32, kind="desk", subject="anna", created=now, seen=now))
    invitation = InvitationRow(
        id="one", case=talk.case, token=b"t", code=b"c", locale="sv", made="2026-03-05", until="2026-03-19"
    )
    letter = LetterRow(
        id="letter",
        case=talk.case,
        invitation="one",
        channel="sms",
        body=b"sealed words",
        state="queued",
        due=service.now(),
        at=service.now(),
    )
    await service.store.invitations.put(Step(case=talk.case, bodies=[b"x"], after=0), invitation, letter)
    file = await backed_up(data, place / "backup")
    found = await restored(file, place / "data", data)
    assert (found.sessions, found.letters) == (2, 1)
    async with office_on(place / "data", dialogs, catalogs, clock) as again:
        assert await again.store.session(b"a" * 32) is None
        assert await again.store.session(b"d" * 32) is None
        assert await again.store.invitations.due("9999") == ()
    assert b"sealed words" not in b"".join(path.read_bytes() for path in (place / "data").iterdir())


async def test_what_was_erased_since_stays_erased(
    service: Service, data: Path, place: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    service.settings = service.settings.__class__(retention_exception="none")
    old = await sends(service)
    clock.forward(days=6 * 366)
    draft, own, kept = await begins(service), await begins(service), await begins(service)
    file = await backed_up(data, place / "backup")
    await service.erase(await service.talk(own.id))
    await service.new_code(await service.talk(kept.id))
    clock.forward(days=31)
    await service.new_code(await service.talk(kept.id))
    found = await eraser(service).run()
    assert (found.cases, found.drafts) == (1, 1)
    without = await restored(file, place / "without", data)
    assert without.erased is None
    again = await restored(file, place / "with", data, erased=data / ERASED)
    assert again.erased == 4
    gone = (old.id, draft.id, own.id)
    for name, there in (("without", 3), ("with", 0)):
        async with office_on(place / name, dialogs, catalogs, clock) as brought:
            assert sum([await brought.store.conversation(one) is not None for one in gone]) == there
            assert await brought.store.conversation(kept.id) is not None
    assert (place / "with" / ERASED).read_bytes() == (data / ERASED).read_bytes()


async def test_a_list_is_of_no_use_without_the_key_file_and_that_is_told_before_anything_is_there(
    service: Service, data: Path, place: Path
) -> None:
    await service.erase(await begins(service))
    file = await backed_up(data, place / "backup")
    with pytest.raises(StoreError, match="without it the list of what is erased cannot be read"):
        await asyncio.to_thread(restore, file, place / "data", OPENER, erased=data / ERASED)
    assert not (place / "data").exists()


async def test_without_the_key_file_it_comes_back_closed_and_says_so(service: Service, data: Path, place: Path) -> None:
    await sends(service)
    file = await backed_up(data, place / "backup")
    found = await asyncio.to_thread(restore, file, place / "data", OPENER)
    assert "klarbild.key is missing" in found.keys
    assert plain_files(place / "data") == {"klarbild.db"} | ({KEYRING} & plain_files(place / "data"))


async def test_another_key_file_is_refused_and_leaves_the_place_empty(
    service: Service, data: Path, place: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    await sends(service)
    file = await backed_up(data, place / "backup")
    async with office_on(place / "another", dialogs, catalogs, clock):
        pass
    with pytest.raises(StoreError, match="not the key of this database"):
        await restored(file, place / "data", place / "another")
    assert plain_files(place / "data") == {"klarbild.key"}
    assert (await restored(file, place / "data", data)).keys == ""


async def test_a_place_that_is_not_empty_is_refused_and_not_touched(service: Service, data: Path, place: Path) -> None:
    file = await backed_up(data, place / "backup")
    full = place / "full"
    full.mkdir()
    (full / "klarbild.db").write_bytes(b"somebody's")
    (full / "klarbild.toml").write_text("")
    with pytest.raises(StoreError, match=r"is not empty \(klarbild\.db\); restore into a new directory"):
        await asyncio.to_thread(restore, file, full, OPENER)
    assert (full / "klarbild.db").read_bytes() == b"somebody's"
    assert plain_files(full) == {"klarbild.db", "klarbild.toml"}


async def test_a_newer_backup_is_refused_and_an_older_one_is_brought_up_to_date(
    service: Service, data: Path, place: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    await sends(service)
    file = await backed_up(data, place / "backup")
    newer = place / "newer"
    newer.mkdir()
    backup.open_part(file, OPENER, newer / "klarbild.db")
    with closing(sqlite3.connect(newer / "klarbild.db")) as db:
        db.execute(f"pragma user_version = {len(STEPS) + 1}")
        db.commit()
    with pytest.raises(StoreError, match="use the newer version of Klarbild"):
        backup.make(newer, place / "of newer", LOCK, OPENER, made=MADE)
    oldest = place / "oldest"
    oldest.mkdir()
    with closing(sqlite3.connect(oldest / "klarbild.db", isolation_level=None)) as db:
        from sqlite_utils import Database

        STEPS[0](Database(db))
        db.execute("pragma user_version = 1")
    backup.make(oldest, place / "of oldest", LOCK, OPENER, made=MADE)
    await restored(place / "of oldest", place / "data", data)
    async with office_on(place / "data", dialogs, catalogs, clock) as again:
        assert await again.store.cases() == ()
        assert await again.store.invitations.due("9999") == ()


# -- the keys in a file of their own -----------------------------------------------------------------------------------


async def test_the_keys_are_a_file_of_their_own_that_can_be_left_out(service: Service, data: Path, place: Path) -> None:
    await sends(service)
    made = backup.make(data, place / "backup", LOCK, OPENER, made=MADE)
    assert [(one.path.name, one.part) for one in made] == [("backup", "klarbild.db"), ("backup.keys", KEYRING)]
    backup.make(data, place / "alone", LOCK, OPENER, made=MADE, keys=False)
    assert plain_files(place) == {"backup", "backup.keys", "alone"}


async def test_keys_that_are_older_than_the_data_are_refused_and_later_ones_taken(
    service: Service, data: Path, place: Path
) -> None:
    await sends(service)
    for name, made in (("old", "2026-03-01T00:00:00Z"), ("new", "2026-03-09T00:00:00Z")):
        backup.make(data, place / name, LOCK, OPENER, made=made)
    with pytest.raises(StoreError, match=r"old\.keys is older than"):
        await restored(place / "new", place / "data", data, keys=place / "old.keys")
    assert plain_files(place / "data") == {"klarbild.key"}
    await restored(place / "old", place / "data", data, keys=place / "new.keys")
    assert plain_files(place / "data") >= {"klarbild.db", KEYRING}


async def test_a_backup_of_the_keys_is_none_of_the_data(service: Service, data: Path, place: Path) -> None:
    backup.make(data, place / "backup", LOCK, OPENER, made=MADE)
    with pytest.raises(StoreError, match=r"is a backup of keyring\.db, not of klarbild\.db"):
        await restored(place / "backup.keys", place / "data", data)
