"""SIGKILL: a server under load is killed a moment after it acknowledged something, again and again."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

from tests.faults.serving import Server
from tests.torture.edge import House, house
from tests.torture.people import Gone, Person, compare
from tests.torture.rows import Row, Scale

_PEOPLE = 4
_MOST_ACKNOWLEDGED = 60
"""A server lives for so many acknowledged answers at most; for how many is drawn by lot."""


async def _life(server: Server, people: list[Person], chance: random.Random) -> None:
    """Let everybody answer at once, and kill the server 1 to 60 milliseconds after one of the acknowledgements."""
    enough, left = asyncio.Event(), chance.randint(1, _MOST_ACKNOWLEDGED)

    async def go_on(person: Person) -> None:
        nonlocal left
        try:
            while True:
                await person.step(server.port)
                left -= 1
                if left == 0:
                    enough.set()
        except Gone:
            # The server was killed. Whoever notices it some other way has found a fault, and the run ends.
            enough.set()

    async with asyncio.TaskGroup() as group:
        for person in people:
            group.create_task(go_on(person))
        await enough.wait()
        await asyncio.sleep(chance.uniform(0.001, 0.060))
        server.kill()


async def _lives(folder: Path, kills: int, seed: int, one: House) -> Row:
    chance, began = random.Random(seed), time.monotonic()
    server, people = Server(folder / "data"), [Person(f"p{number}") for number in range(_PEOPLE)]
    starts, lost, doubled = list[float](), list[str](), list[str]()
    for number in range(kills):
        started = time.monotonic()
        await asyncio.to_thread(server.start)
        starts.append(time.monotonic() - started)
        await _life(server, people, chance)
        # What goes on now and what has just ended; everything else is looked at in the end.
        found = await compare(
            server.data, [talk for person in people for talk in person.talks[-2:]], one, folder / f"c{number}"
        )
        lost, doubled = [*lost, *found.lost], [*doubled, *found.doubled]
    found = await compare(server.data, [talk for person in people for talk in person.talks], one, folder / "last")
    lost, doubled = [*lost, *found.lost], [*doubled, *found.doubled]
    errors = server.log.read_text("utf-8").count("ERROR")
    return Row(
        "kill -9",
        kills,
        "kills",
        faults=kills,
        lost=len(set(lost)) + len(set(doubled)),
        errors=errors,
        seconds=time.monotonic() - began,
        wrong=tuple(sorted({*lost, *doubled})[:10]),
        note=f"{found.told:,} acknowledged answers of {found.talks:,} conversations; "
        f"start {statistics.median(starts):.2f} s, at most {max(starts):.2f} s",
    )


def run(scale: Scale) -> Row:
    """The part `kill` of the torture."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_lives(Path(folder), scale.of(8, 1000), scale.seed, house()))
