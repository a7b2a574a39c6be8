"""The translations of a store: one row for each conversation, tried when it is due, gone with the conversation."""

from __future__ import annotations

import msgspec

from assistant.store.sqlite import SqliteStore
from assistant.store.translations import TranslationRow
from tests.stores.conftest import MakeOpening

NOW, LATER = "2026-03-05T09:00:00Z", "2026-03-05T10:00:00Z"


async def begin(store: SqliteStore, opening: MakeOpening, *ids: str) -> None:
    for id in ids:
        await store.append(id, [b"a record"], after=0, opening=opening(id, case=f"case of {id}"))


async def test_what_is_not_there_never_waits_and_what_waits_waits_once(
    store: SqliteStore, opening: MakeOpening
) -> None:
    assert not await store.translations.queue("talk-1", due=NOW)
    await begin(store, opening, "talk-1")
    assert await store.translations.queue("talk-1", due=NOW)
    assert not await store.translations.queue("talk-1", due=LATER)
    assert await store.translations.due(NOW, limit=9) == (
        TranslationRow(conversation="talk-1", state="queued", due=NOW),
    )
    assert await store.translations.waiting() == 1


async def test_the_oldest_are_tried_first_and_none_before_it_is_due(store: SqliteStore, opening: MakeOpening) -> None:
    await begin(store, opening, "talk-1", "talk-2", "talk-3")
    await store.translations.queue("talk-1", due=LATER)
    await store.translations.queue("talk-2", due=NOW)
    await store.translations.queue("talk-3", due="2026-03-05T08:00:00Z")
    assert [one.conversation for one in await store.translations.due(NOW, limit=9)] == ["talk-3", "talk-2"]
    assert [one.conversation for one in await store.translations.due(LATER, limit=1)] == ["talk-3"]


async def test_what_is_done_waits_again_when_it_is_wanted_and_keeps_what_there_was(
    store: SqliteStore, opening: MakeOpening
) -> None:
    await begin(store, opening, "talk-1")
    await store.translations.queue("talk-1", due=NOW)
    (row,) = await store.translations.due(NOW, limit=9)
    done = msgspec.structs.replace(row, body=b"sealed", state="done", tries=3, seq=7)
    assert await store.translations.keep(done)
    assert await store.translations.due(LATER, limit=9) == ()
    assert await store.translations.of(["talk-1", "talk-2"]) == (done,)
    assert await store.translations.queue("talk-1", due=LATER)
    (again,) = await store.translations.of(["talk-1"])
    assert again == msgspec.structs.replace(done, state="queued", due=LATER, tries=0)


async def test_erasing_a_conversation_erases_its_translations_for_good(
    store: SqliteStore, opening: MakeOpening
) -> None:
    await begin(store, opening, "talk-1", "talk-2")
    for id in ("talk-1", "talk-2"):
        await store.translations.queue(id, due=NOW)
    row, other = await store.translations.due(NOW, limit=9)
    await store.erase("talk-1")
    assert not await store.translations.keep(msgspec.structs.replace(row, body=b"sealed", state="done"))
    assert await store.translations.of(["talk-1", "talk-2"]) == (other,)
