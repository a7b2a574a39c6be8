"""A program that appends for ever and prints each record the store has acknowledged, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from assistant.store import CaseRow, Conflict, ConversationRow, Opening
from assistant.store.sqlite import SqliteStore

TALKS = 8


def body(talk: str, seq: int) -> bytes:
    return f"{talk} {seq} ".encode() * 40


def _opening(talk: str) -> Opening:
    day = "2026-03-05"
    return Opening(
        case=CaseRow(
            id=f"case-{talk}",
            reference=f"EB-{talk}",
            first_contact=day,
            status="begun",
            locale="sv",
            urgent=False,
            wrapped_key=b"k",
            updated=day,
        ),
        conversation=ConversationRow(
            id=talk, case=f"case-{talk}", dialog="first_visit", version=1, wrapped_key=b"k", seq=0, opened=day
        ),
    )


async def _talk(store: SqliteStore, talk: str) -> None:
    row = await store.conversation(talk)
    if row is None:
        await store.append(talk, [], after=0, opening=_opening(talk))
    seq = 0 if row is None else row.seq
    while True:
        try:
            seq = await store.append(talk, [body(talk, seq + 1)], after=seq)
        except Conflict:
            return
        sys.stdout.write(f"{talk} {seq}\n")
        sys.stdout.flush()


async def _main(directory: Path) -> None:
    store = SqliteStore.open(directory)
    await asyncio.gather(*(_talk(store, f"t{number}") for number in range(TALKS)))


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
