"""The network: every kind of fault between telephones and server; clients try again, and each reply counts once."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from tests.conftest import Clock
from tests.faults.serving import Server
from tests.torture.edge import House, house
from tests.torture.pages import Visitor
from tests.torture.people import Gone, Person, Talk, compare, copied, record_of, twice
from tests.torture.proxy import FAULTS, Fault, Proxy
from tests.torture.rows import Row, Scale

_SHARE = 0.15
"""How many of the requests meet with a fault."""
_TRIES = 6
_PATIENCE_S = 1.5
_AT_ONCE = 6
"""So many kinds of fault are played beside each other."""
_WANTED = 0.999
"""The share of turns that must be finished within `_TRIES` tries."""


class _Played:
    """What happened so far."""

    def __init__(self) -> None:
        self.turns = self.unfinished = self.faults = 0
        self.talks: list[Talk] = []
        self.visits: list[tuple[str, list[str]]] = []


async def _with_script(proxy: Proxy, turns: int, played: _Played) -> None:
    """Answer over the API as the page's script does: the same request again until its answer comes."""
    person = Person(f"{proxy.faults[0].__name__}")
    for _ in range(turns):
        for _ in range(_TRIES):
            try:
                await person.step(proxy.port, _PATIENCE_S)
                break
            except Gone:
                continue
        else:
            played.unfinished += 1
        played.turns += 1
    played.talks += person.talks


async def _without_script(proxy: Proxy, turns: int, seed: int, played: _Played) -> None:
    """Answer on the pages, one visit after the other."""
    left = turns
    while left > 0:
        async with Visitor(proxy.port, seed + left, _PATIENCE_S) as visitor:
            await visitor.begin(4 * _TRIES)
            more = True
            while left > 0 and more:
                left -= 1
                played.turns += 1
                try:
                    more = await visitor.step(_TRIES)
                except Gone:
                    played.unfinished += 1
                    break
                if not visitor.code:
                    await visitor.read_code(4 * _TRIES)
            if visitor.code:
                played.visits.append((visitor.code, visitor.told))


async def _one_fault(
    server: Server, fault: Fault, turns: int, seed: int, played: _Played, at_once: asyncio.Semaphore
) -> None:
    async with at_once, Proxy(server.port, (fault,), share=_SHARE, seed=seed).open() as proxy:
        await asyncio.gather(_with_script(proxy, turns, played), _without_script(proxy, turns, seed, played))
        played.faults += sum(proxy.injected.values())


async def _visits(
    data: Path, visits: list[tuple[str, list[str]]], one: House, copy: Path
) -> tuple[list[str], list[str]]:
    """What is missing and what is there twice of what the pages took."""
    copied(data, copy)
    lost, doubled = list[str](), list[str]()
    clock = Clock()
    service = one.open(copy, clock)
    for code, told in visits:
        records = await record_of(service, code)
        if isinstance(records, str):
            lost.append(f"a visit: {records} (of {len(told)} answers)")
            continue
        named = {f"{getattr(each.event, 'item', '')} {getattr(each.event, 'of', '')}".strip() for each in records}
        # What is asked at the gate is kept nowhere.
        lost += [f"a visit: {item}" for item in told[1:] if item not in named]
        doubled += [f"a visit: {what}" for what in twice(records)]
    await service.store.close()
    return lost, doubled


async def _all(folder: Path, turns: int, seed: int, one: House) -> Row:
    began, played = time.monotonic(), _Played()
    server = Server(folder / "data")
    await asyncio.to_thread(server.start)
    try:
        at_once = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for number, fault in enumerate(FAULTS):
                group.create_task(_one_fault(server, fault, turns, seed * 1000 + number, played, at_once))
    finally:
        await asyncio.to_thread(server.stop)
    found = await compare(server.data, played.talks, one, folder / "copy")
    lost, doubled = await _visits(server.data, played.visits, one, folder / "visits")
    wrong = sorted({*found.lost, *found.doubled, *lost, *doubled})[:10]
    if played.unfinished > (1 - _WANTED) * played.turns:
        wrong.append(f"{played.unfinished} of {played.turns} turns were not finished within {_TRIES} tries")
    return Row(
        "bad network",
        played.turns,
        "turns",
        faults=played.faults,
        lost=len(found.lost) + len(found.doubled) + len(lost) + len(doubled),
        # What the store refuses is a 503, and the same form is sent again.
        errors=sum("ERROR" in line and "StoreError" not in line for line in server.log.read_text("utf-8").splitlines()),
        seconds=time.monotonic() - began,
        wrong=tuple(wrong),
        note=f"{len(FAULTS)} kinds of fault; {played.unfinished} turns not finished within {_TRIES} tries; "
        f"{found.told:,} acknowledged by the API, {sum(len(told) for _, told in played.visits):,} by pages",
    )


def run(scale: Scale) -> Row:
    """The part `network` of the torture. The count is turns of each kind of fault, with script and without."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_all(Path(folder), scale.of(12, 500), scale.seed, house()))
