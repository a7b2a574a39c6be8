"""What every store must do with logins, and what an older database keeps of them."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from assistant.store import Conflict, SessionRow, Store, UserRow, migrations, recovery
from assistant.store.accounts import DoingRow, UserChange
from assistant.store.sealing import KeyFile, TamperedError
from assistant.store.sqlite import SqliteStore

EVA = UserRow(name="eva", password="$argon2id$1", role="caseworker", created="2026-03-01")
ALI = UserRow(name="ali", password="$argon2id$2", role="admin", created="2026-03-01", subject="https://idp 1")


async def test_what_is_not_named_in_a_change_stays_as_it_is(store: Store) -> None:
    await store.accounts.add(EVA)
    assert await store.accounts.change("eva", UserChange(unit="North", totp=b"sealed"))
    assert await store.accounts.change("eva", UserChange(disabled=True))
    eva = await store.user("eva")
    assert eva is not None
    assert (eva.unit, eva.totp, eva.disabled, eva.password) == ("North", b"sealed", True, EVA.password)
    assert await store.accounts.change("eva", UserChange(totp=None))
    assert await store.accounts.change("eva", UserChange())
    eva = await store.user("eva")
    assert eva is not None
    assert (eva.totp, eva.unit, eva.disabled) == (None, "North", True)
    assert not await store.accounts.change("nobody", UserChange(unit="North"))


async def test_a_name_is_taken_once(store: Store) -> None:
    await store.accounts.add(EVA)
    with pytest.raises(Conflict):
        await store.accounts.add(UserRow(name="eva", password="", role="admin", created="2026-03-02"))
    assert await store.user("eva") == EVA


async def test_a_person_of_openid_connect_has_one_login(store: Store) -> None:
    await store.accounts.add(ALI)
    await store.accounts.add(EVA)
    assert await store.accounts.of_subject(ALI.subject) == ALI
    assert await store.accounts.of_subject("") is None
    assert await store.accounts.of_subject("https://idp 2") is None
    with pytest.raises(Conflict):
        await store.accounts.bind("eva", ALI.subject)
    with pytest.raises(Conflict):
        await store.put_user(UserRow(name="eva", password="", role="lead", created="", subject=ALI.subject))
    assert await store.users() == (ALI, EVA)


async def test_a_login_becomes_one_persons_and_stays_theirs(store: Store) -> None:
    await store.accounts.add(EVA)
    first = await asyncio.gather(store.accounts.bind("eva", "idp 1"), store.accounts.bind("eva", "idp 2"))
    assert sorted(first) == [False, True]
    assert not await store.accounts.bind("nobody", "idp 3")


async def test_a_time_step_is_used_once_and_never_an_earlier_one(store: Store) -> None:
    await store.accounts.add(EVA)
    assert await store.accounts.use_step("eva", 100)
    assert [await store.accounts.use_step("eva", step) for step in (100, 99, 101)] == [False, False, True]
    at_once = await asyncio.gather(*(store.accounts.use_step("eva", 102) for _ in range(20)))
    assert at_once.count(True) == 1


async def test_recovery_codes_are_used_once_and_are_nobody_elses(store: Store) -> None:
    await store.accounts.put_recovery_codes("eva", [b"1" * 32, b"2" * 32])
    await store.accounts.put_recovery_codes("ali", [b"3" * 32])
    assert not await store.accounts.use_recovery_code("eva", b"3" * 32, at="2026-03-05")
    at_once = await asyncio.gather(
        *(store.accounts.use_recovery_code("eva", b"1" * 32, at="2026-03-05") for _ in range(9))
    )
    assert at_once.count(True) == 1
    assert await store.accounts.recovery_codes_left("eva") == 1
    await store.accounts.put_recovery_codes("eva", [b"4" * 32])
    assert not await store.accounts.use_recovery_code("eva", b"2" * 32, at="2026-03-05")
    assert [await store.accounts.recovery_codes_left(name) for name in ("eva", "ali", "nobody")] == [1, 1, 0]


async def test_a_login_that_is_dropped_leaves_no_recovery_codes(store: Store) -> None:
    await store.accounts.add(EVA)
    await store.accounts.put_recovery_codes("eva", [b"1" * 32])
    await store.drop_user("eva")
    assert await store.accounts.recovery_codes_left("eva") == 0


async def test_the_last_doings_come_first(store: Store) -> None:
    rows = [DoingRow(at=f"2026-03-05T09:0{n}:00Z", by="ali", what="role", whom="eva", detail="lead") for n in range(5)]
    for row in rows:
        await store.accounts.log(row)
    assert await store.accounts.doings(limit=3) == (rows[4], rows[3], rows[2])


async def test_the_sessions_of_one_person_are_found_with_the_way_they_came(store: Store) -> None:
    mine = [
        SessionRow(hash=bytes([n]) * 32, kind="desk", subject="eva", created=1.0, seen=float(n), way="openid")
        for n in (1, 2)
    ]
    others = SessionRow(hash=b"\x09" * 32, kind="applicant", subject="eva", created=1.0, seen=9.0)
    for row in (*mine, others):
        await store.put_session(row)
    assert await store.sessions_of("desk", "eva") == (mine[1], mine[0])
    assert await store.sessions_of("desk", "ali") == ()


# -- an older database -------------------------------------------------------------------------------------------------


@pytest.fixture
def old_database(directory: Path) -> Path:
    """A database as the first step of the schema made it, with a login, a session and a token in it."""
    KeyFile.open(directory)
    with closing(sqlite3.connect(directory / "klarbild.db")) as connection:
        migrations.STEPS[0](Database(connection))
        connection.execute("pragma user_version = 1")
        connection.execute("insert into users values ('eva', '$argon2id$1', 'lead', '2026-03-01')")
        connection.execute("insert into sessions values (?, 'desk', 'eva', 1.0, 2.0)", (b"s" * 32,))
        connection.execute("insert into tokens values (?, 'system', 'lead', '2026-03-01')", (b"t" * 32,))
        connection.commit()
    return directory


async def test_an_older_database_opens_and_keeps_its_logins(old_database: Path) -> None:
    store = SqliteStore.open(old_database)
    assert await store.users() == (UserRow(name="eva", password="$argon2id$1", role="lead", created="2026-03-01"),)
    session = await store.session(b"s" * 32)
    assert session == SessionRow(hash=b"s" * 32, kind="desk", subject="eva", created=1.0, seen=2.0)
    assert [token.name for token in await store.tokens()] == ["system"]
    assert await store.accounts.change("eva", UserChange(totp=b"sealed", unit="North"))
    await store.close()
    with closing(sqlite3.connect(old_database / "klarbild.db")) as connection:
        assert connection.execute("pragma user_version").fetchone() == (len(migrations.STEPS),)
        loose = "select name from pragma_table_list where schema = 'main' and not strict and name <> 'sqlite_schema'"
        assert connection.execute(loose).fetchall() == []


async def test_a_program_that_is_too_old_says_so(old_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await SqliteStore.open(old_database).close()
    monkeypatch.setattr(migrations, "STEPS", migrations.STEPS[:1])
    with pytest.raises(Exception, match="start the newer version"):
        SqliteStore.open(old_database)


# -- secrets -----------------------------------------------------------------------------------------------------------


def test_a_secret_opens_for_its_own_name_only(directory: Path, tmp_path: Path) -> None:
    keys, secret = KeyFile.open(directory), bytes(range(20))
    sealed = keys.seal_secret("eva", secret)
    assert keys.open_secret("eva", sealed) == secret
    assert secret not in sealed
    assert keys.seal_secret("eva", secret) != sealed
    for name, other in (("ali", keys), ("eva", KeyFile.open(tmp_path / "other"))):
        with pytest.raises(TamperedError):
            other.open_secret(name, sealed)
    for changed in (b"", sealed[:10], sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed + b"x"):
        with pytest.raises(TamperedError):
            keys.open_secret("eva", changed)


def test_a_secret_is_no_wrapped_key(directory: Path) -> None:
    keys = KeyFile.open(directory)
    _, wrapped = keys.new_key("eva")
    with pytest.raises(TamperedError):
        keys.open_secret("eva", wrapped)


def test_a_recovery_code_has_80_random_bits_and_a_slow_hash_for_one_user(directory: Path) -> None:
    keys = KeyFile.open(directory)
    made = [recovery.new_code() for _ in range(300)]
    assert len(set(made)) == 300
    assert all(len(one) == 19 and recovery.normalize(one) == one.replace("-", "") for one in made)
    one = made[0]
    assert recovery.hash_code(one, "eva", keys) == recovery.hash_code(one.lower().replace("-", " "), "eva", keys)
    assert recovery.hash_code(one, "eva", keys) != recovery.hash_code(one, "ali", keys)
    with pytest.raises(ValueError, match="not a recovery code"):
        recovery.hash_code("123 456", "eva", keys)


@pytest.mark.parametrize("text", ["", "123456", "O" * 15, "U" * 16, "A" * 17, "x" * 200])
def test_what_is_no_recovery_code_is_none(text: str) -> None:
    assert recovery.normalize(text) is None


def test_letters_that_look_like_digits_are_forgiven() -> None:
    assert recovery.normalize("oOiI-lL00-1111-abcd") == "001111001111ABCD"
