"""Sealed bytes open only in their own place, and only with the key file that belongs to them."""

from __future__ import annotations

import base64
import json
import multiprocessing
import stat
from pathlib import Path

import pytest

from assistant.store import StoreError
from assistant.store.sealing import DataKey, KeyFile, TamperedError
from assistant.store.sqlite import SqliteStore
from tests.stores.conftest import MakeOpening

WORDS = b"Jag har ingen mat hemma"


@pytest.fixture
def keys(directory: Path) -> KeyFile:
    return KeyFile.open(directory)


@pytest.fixture
def key(keys: KeyFile) -> DataKey:
    return keys.new_key("talk")[0]


@pytest.mark.parametrize("length", [0, 1, 60, 61, 252, 253, 1020, 4092, 16_380, 65_532, 65_533, 200_000])
def test_whatever_is_sealed_opens_again(key: DataKey, length: int) -> None:
    plain = bytes(range(256)) * (length // 256 + 1)
    assert key.open("talk", 7, key.seal("talk", 7, plain[:length])) == plain[:length]


def test_trailing_zeros_of_a_text_are_not_taken_for_padding(key: DataKey) -> None:
    assert key.open("talk", 1, key.seal("talk", 1, b"a\x00\x00")) == b"a\x00\x00"


def test_the_length_of_a_sealed_text_tells_little(key: DataKey) -> None:
    def sizes(lengths: range | tuple[int, ...]) -> set[int]:
        return {len(key.seal("talk", 1, b"x" * length)) - 31 for length in lengths}

    assert sizes(range(61)) == {64}
    assert sizes((61, 252)) == {256}
    assert sizes((253, 1020)) == {1024}
    assert sizes((1021, 4092)) == {4096}
    assert sizes((4093, 16_380)) == {16_384}
    assert sizes((16_381, 65_532)) == {65_536}
    assert sizes((65_533, 131_068)) == {131_072}


def test_the_same_words_never_look_the_same(key: DataKey) -> None:
    assert len({key.seal("talk", 1, b"yes") for _ in range(100)}) == 100


def test_a_record_moved_to_another_number_or_conversation_is_refused(key: DataKey) -> None:
    sealed = key.seal("talk", 3, WORDS)
    for subject, seq in (("talk", 2), ("talk", 4), ("talk2", 3), ("tal", 3), ("", 3)):
        with pytest.raises(TamperedError):
            key.open(subject, seq, sealed)


def test_a_record_of_another_key_is_refused(keys: KeyFile, key: DataKey) -> None:
    other = keys.new_key("talk")[0]
    with pytest.raises(TamperedError):
        other.open("talk", 1, key.seal("talk", 1, WORDS))


def test_any_changed_or_missing_byte_is_noticed_and_nothing_of_the_words_is_told(key: DataKey) -> None:
    sealed = key.seal("talk", 1, WORDS)
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    cut = [sealed[:length] for length in range(len(sealed))]
    for broken in (*changed, *cut, sealed + b"\x00"):
        with pytest.raises(TamperedError, match=r"^record 1 of talk cannot be opened: [^\n]+$") as refused:
            key.open("talk", 1, broken)
        assert isinstance(refused.value, StoreError)
        assert "mat" not in str(refused.value)


def test_a_wrapped_key_opens_only_for_its_own_conversation(keys: KeyFile) -> None:
    key, wrapped = keys.new_key("talk")
    assert keys.unwrap(wrapped, subject="talk").open("talk", 1, key.seal("talk", 1, WORDS)) == WORDS
    with pytest.raises(TamperedError):
        keys.unwrap(wrapped, subject="other")
    for broken in (b"", wrapped[:-1], wrapped[:20], wrapped[:-1] + bytes([wrapped[-1] ^ 1])):
        with pytest.raises(TamperedError):
            keys.unwrap(broken, subject="talk")


def test_a_sealed_record_is_not_taken_for_a_wrapped_key(keys: KeyFile, key: DataKey) -> None:
    with pytest.raises(TamperedError):
        keys.unwrap(key.seal("talk", 1, b"k" * 32), subject="talk")


def test_another_key_file_opens_nothing(keys: KeyFile, tmp_path: Path) -> None:
    wrapped = keys.new_key("talk")[1]
    with pytest.raises(TamperedError):
        KeyFile.open(tmp_path / "elsewhere").unwrap(wrapped, subject="talk")


def test_a_key_wrapped_by_a_later_key_file_says_which_file_is_needed(directory: Path, keys: KeyFile) -> None:
    path = directory / "klarbild.key"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"key_id": 2}))
    wrapped = KeyFile.open(directory).new_key("talk")[1]
    with pytest.raises(TamperedError, match=r"another key file; bring back the klarbild\.key"):
        keys.unwrap(wrapped, subject="talk")


def test_the_key_file_is_made_once_for_its_owner_only(directory: Path) -> None:
    first = KeyFile.open(directory)
    path = directory / "klarbild.key"
    text = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in directory.iterdir()] == ["klarbild.key"]

    second = KeyFile.open(directory)
    assert path.read_text() == text
    assert (second.pepper, second.code_salt, second.key_id) == (first.pepper, first.code_salt, 1)
    secrets = [base64.b64decode(json.loads(text)[name]) for name in ("key", "pepper", "code_salt")]
    assert {len(secret) for secret in secrets} == {32}
    assert len(set(secrets)) == 3


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_key_file_that_others_can_use_is_refused_with_the_remedy(directory: Path, keys: KeyFile, mode: int) -> None:
    (directory / "klarbild.key").chmod(mode)
    with pytest.raises(StoreError, match="chmod 600"):
        KeyFile.open(directory)


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"key": "c2hvcnQ="}', "\x00\xff"])
def test_a_broken_key_file_is_refused_and_left_as_it_is(directory: Path, keys: KeyFile, text: str) -> None:
    path = directory / "klarbild.key"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError, match="broken") as refused:
        KeyFile.open(directory)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == text.encode("latin-1")


def test_a_short_secret_is_a_broken_key_file(directory: Path, keys: KeyFile) -> None:
    path = directory / "klarbild.key"
    contents = json.loads(path.read_text())
    for name in ("key", "pepper", "code_salt"):
        path.write_text(json.dumps(contents | {name: base64.b64encode(b"x" * 31).decode()}))
        with pytest.raises(StoreError, match="broken"):
            KeyFile.open(directory)


async def test_a_lost_key_file_is_not_replaced_beside_a_database(directory: Path, keys: KeyFile) -> None:
    await SqliteStore.open(directory).close()
    (directory / "klarbild.key").unlink()
    with pytest.raises(StoreError, match="missing"):
        KeyFile.open(directory)
    assert not (directory / "klarbild.key").exists()


@pytest.fixture
def other_keys(tmp_path: Path) -> KeyFile:
    """The key file of another server."""
    return KeyFile.open(tmp_path / "other")


async def test_the_key_file_of_another_server_does_not_open_a_database(
    directory: Path, keys: KeyFile, other_keys: KeyFile, opening: MakeOpening
) -> None:
    await SqliteStore.open(directory, keys=other_keys).close()
    store = SqliteStore.open(directory, keys=keys)
    first = opening("talk", key=keys.new_key("talk")[1], case_key=keys.new_key("case-1")[1])
    await store.append("talk", [b"sealed"], after=0, opening=first)
    await store.close()
    for _ in range(2):
        with pytest.raises(StoreError, match=r"^klarbild\.key is not the key of this database; put the right key file"):
            SqliteStore.open(directory, keys=other_keys)
    await SqliteStore.open(directory, keys=keys).close()


async def test_one_damaged_key_keeps_nobody_out(directory: Path, keys: KeyFile, opening: MakeOpening) -> None:
    store = SqliteStore.open(directory, keys=keys)
    first = opening("talk", key=keys.new_key("talk")[1], case_key=b"damaged")
    await store.append("talk", [b"sealed"], after=0, opening=first)
    await store.close()
    await SqliteStore.open(directory, keys=keys).close()


async def test_keys_that_were_erased_are_not_tried(
    directory: Path, keys: KeyFile, other_keys: KeyFile, opening: MakeOpening
) -> None:
    store = SqliteStore.open(directory, keys=keys)
    for number in range(3):
        first = opening(f"talk-{number}", case=f"case-{number}", key=keys.new_key(f"talk-{number}")[1])
        await store.append(f"talk-{number}", [b"sealed"], after=0, opening=first)
    await store.erase("talk-0")
    await store.erase("talk-1")
    await store.close()
    await SqliteStore.open(directory, keys=keys).close()
    with pytest.raises(StoreError, match="not the key of this database"):
        SqliteStore.open(directory, keys=other_keys)


def _pepper(directory: Path) -> bytes:
    return KeyFile.open(directory).pepper


def test_programs_that_start_at_once_agree_on_one_key_file(directory: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        peppers = pool.map(_pepper, [directory] * 8, chunksize=1)
    assert len(set(peppers)) == 1
    assert [entry.name for entry in directory.iterdir()] == ["klarbild.key"]


def test_no_key_shows_in_what_python_prints_of_it(directory: Path, keys: KeyFile, key: DataKey) -> None:
    contents = json.loads((directory / "klarbild.key").read_text())
    shown = f"{keys!r} {key!r} {keys} {key}"
    assert all(contents[name] not in shown for name in ("key", "pepper", "code_salt"))
    assert "b'" not in shown
