"""A program that answers, changes codes, sends and erases through the real service, and notes what was acknowledged.

    python -m tests.torture.working DIRECTORY ROUNDS [SYNCHRONOUS]

The data lie in DIRECTORY/data, and what was promised to people in DIRECTORY/notes: one JSON line each, written when the
service has returned. SYNCHRONOUS overrides what the store asks of SQLite (`normal`, `off`, `keyring.off` for the keys
alone): a fault put in on purpose.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from assistant.player import next_command
from assistant.service import Service
from tests.conftest import Clock
from tests.journeys.playing import SEVEN, journey
from tests.torture.edge import Watch, house

Note = Callable[..., None]


def digest(body: bytes) -> str:
    """What a note keeps of a sealed record."""
    return hashlib.sha256(body).hexdigest()[:24]


def noting(note: Note) -> Watch:
    """Has each write of a record and each erasure noted, before it is made and when it is promised."""

    async def watch(
        name: str, values: tuple[Any, ...], named: dict[str, Any], call: Callable[[], Awaitable[Any]]
    ) -> Any:
        if name == "append":
            talk, bodies, first = values[0], values[1], named["after"] + 1
            records = [[first + place, digest(body)] for place, body in enumerate(bodies)]
            note(what="tried", talk=talk, records=records)
            done = await call()
            note(what="kept", talk=talk, records=records)
            return done
        if name == "erase":
            note(what="erasing", talk=values[0])
            await call()
            note(what="erased", talk=values[0])
            return None
        return await call()

    return watch


async def person(service: Service, number: int, note: Note) -> None:
    """Somebody who tells their story; every third sends it, every third erases it, and all get a new code."""
    told = journey(SEVEN[number % len(SEVEN)])
    talk = await service.start(told.dialog, told.locale)
    asked: list[str] = []
    for turn in range(200):
        command = next_command(told, talk, asked)
        sends = type(command).__name__ == "Submit"
        if command is None or (sends and number % 3 != 0):
            break
        outcome = await service.act(talk.id, command, talk.state.seq)
        assert outcome.problem is None, (command, outcome.problem)
        talk = outcome.talk
        if outcome.began:
            note(what="code", talk=talk.id, code=talk.code)
        if sends:
            note(what="sent", talk=talk.id)
        if turn == 15 + number % 5:
            note(what="code", talk=talk.id, code="")
            note(what="code", talk=talk.id, code=await service.new_code(talk))
    if number % 3 == 1:
        await service.erase(talk)


async def work(directory: Path, rounds: int) -> None:
    """Rounds of six people at once; the store is closed and opened anew between them."""
    one = house()
    with (directory / "notes").open("ab", buffering=0) as notes:

        def note(**said: Any) -> None:
            notes.write(json.dumps(said).encode() + b"\n")

        for round in range(rounds):
            service = one.open(directory / "data", Clock(), noting(note))
            await asyncio.gather(*(person(service, round * 6 + place, note) for place in range(6)))
            await service.store.close()


class Weaker(sqlite3.Connection):
    """A connection on which less is synced than the program asks for."""

    level = ""
    times = 0

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        file, _, level = self.level.rpartition(".")
        asked = rf"({re.escape(f'{file}.' if file else '')}synchronous\s*=\s*)\w+"
        weaker = re.sub(asked, rf"\g<1>{level}", sql, flags=re.IGNORECASE)
        Weaker.times += weaker != sql
        return super().execute(weaker, *values)


def weaken(level: str) -> None:
    """Let every connection that is opened from now on sync less."""
    Weaker.level = level
    sqlite3.connect = functools.partial(sqlite3.connect, factory=Weaker)  # type: ignore[assignment]


def main() -> None:
    directory, rounds, *level = sys.argv[1:]
    if level:
        weaken(level[0])
    asyncio.run(work(Path(directory), int(rounds)))
    assert not level or Weaker.times, "the store did not say how much is to be synced"


if __name__ == "__main__":
    main()
