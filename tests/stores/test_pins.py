"""The PINs of a store: one for each conversation, counted before they are compared, gone with the conversation."""

from __future__ import annotations

import asyncio
from pathlib import Path

from assistant.store.codes import pin_hash
from assistant.store.pins import PinRow
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from tests.stores.conftest import MakeOpening

ROW = PinRow(conversation="talk-1", hash=b"h" * 32)


async def test_a_conversation_has_one_pin_and_what_is_not_there_has_none(
    store: SqliteStore, opening: MakeOpening
) -> None:
    assert not await store.pins.put(ROW)
    await store.append("talk-1", [b"a record"], after=0, opening=opening("talk-1"))
    assert await store.pins.put(ROW)
    assert not await store.pins.put(PinRow(conversation="talk-1", hash=b"other" * 6))
    assert await store.pins.get("talk-1") == ROW
    await store.pins.forget("talk-1")
    assert await store.pins.get("talk-1") is None
    assert await store.pins.put(ROW)


async def test_no_more_tries_are_counted_than_there_may_be(store: SqliteStore, opening: MakeOpening) -> None:
    await store.append("talk-1", [b"a record"], after=0, opening=opening("talk-1"))
    await store.pins.put(ROW)
    tried = await asyncio.gather(*(store.pins.try_("talk-1", most=5) for _ in range(20)))
    assert sum(tried) == 5
    await store.pins.was_right("talk-1")
    assert await store.pins.try_("talk-1", most=5)
    assert not await store.pins.try_("talk-2", most=5)


async def test_erasing_a_conversation_erases_its_pin(store: SqliteStore, opening: MakeOpening) -> None:
    await store.append("talk-1", [b"a record"], after=0, opening=opening("talk-1"))
    await store.pins.put(ROW)
    await store.erase("talk-1")
    assert await store.pins.get("talk-1") is None


async def test_tries_outlive_a_restart(directory: Path, opening: MakeOpening) -> None:
    first = SqliteStore.open(directory)
    await first.append("talk-1", [b"a record"], after=0, opening=opening("talk-1"))
    await first.pins.put(ROW)
    for _ in range(5):
        await first.pins.try_("talk-1", most=5)
    await first.close()
    second = SqliteStore.open(directory)
    assert not await second.pins.try_("talk-1", most=5)
    await second.close()


def test_the_same_pin_has_another_hash_in_another_conversation_and_with_another_key(tmp_path: Path) -> None:
    one, other = (KeyFile.open(tmp_path / name) for name in ("one", "other"))
    hashes = {pin_hash("4711", bound_to, keys) for bound_to in (b"talk-1", b"talk-2") for keys in (one, other)}
    assert len(hashes) == 4 and {len(each) for each in hashes} == {32}
    assert pin_hash("4711", b"talk-1", one) == pin_hash("4711", b"talk-1", one)
