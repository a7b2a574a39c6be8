"""The log of who looked at what: whatever is done to it behind the program is found."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from assistant.store import StoreError
from assistant.store.chain import Head
from assistant.store.log_check import Found, verify
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from tests.security.log_rows import ROWS, fill, moment, tamper
from tests.security.log_rows import directory as directory  # noqa: PLC0414
from tests.security.log_rows import keys as keys  # noqa: PLC0414
from tests.security.log_rows import store as store  # noqa: PLC0414


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


async def test_a_log_without_events_is_whole(directory: Path, keys: KeyFile, store: SqliteStore) -> None:
    assert verify(directory, keys) == Found(0, Head())
