"""A long run: thousands of conversations through one server over a network that is bad now and then; nothing grows."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from assistant.store import files
from tests.faults.serving import Server
from tests.torture.edge import House, house
from tests.torture.people import Gone, Person, compare
from tests.torture.proxy import (
    Fault,
    Proxy,
    gateway_after,
    reply_cut_in_its_body,
    reply_lost,
    request_cut_in_its_body,
    request_four_times,
    request_lost,
    request_overtaken,
    request_taken_and_again_later,
    request_twice,
)
from tests.torture.rows import Row, Scale

_FAULTS: tuple[Fault, ...] = (
    request_lost,
    request_cut_in_its_body,
    request_twice,
    request_four_times,
    request_overtaken,
    request_taken_and_again_later,
    reply_lost,
    reply_cut_in_its_body,
    gateway_after,
)
"""What takes no time: a stall would only make the run longer."""
_SHARE = 0.01
_PEOPLE = 8
_TRIES = 20
_SAMPLES = 200
_ANSWERS_PER_VISIT = 40
_LARGEST_LOG = 64 * 1024 * 1024
_KB_PER_TALK = 12.0
"""What the server may grow by with each conversation once it is warm, in kibibytes. It remembers up to 2,000
conversations and 10,000 sessions, and fills these memories during the run; what grows without end would exceed this."""
_WARM = 0.5
"""The share of the run after which growth is judged: by then the memories of a full run are filled."""


class Sample(NamedTuple):
    """The server at one moment: finished conversations, resident memory and write-ahead logs in bytes, descriptors."""

    talks: int
    memory: int
    descriptors: int
    log: int


def slope(samples: list[Sample]) -> float:
    """Bytes of memory for each conversation, by the straight line through the samples that lies nearest to them."""
    talks = [float(one.talks) for one in samples]
    middle, level = sum(talks) / len(talks), sum(one.memory for one in samples) / len(samples)
    spread = sum((x - middle) ** 2 for x in talks)
    if not spread:
        return 0.0
    return sum((x - middle) * (one.memory - level) for x, one in zip(talks, samples, strict=True)) / spread


class _Run:
    """What is shared by the people of a run."""

    def __init__(self, server: Server, how_many: int) -> None:
        self.server, self.how_many = server, how_many
        self.begun = self.finished = self.unfinished = self.turns = 0
        self.process = psutil.Process(server.process.pid)
        self.samples = [self.look()]

    def look(self) -> Sample:
        """The server as it is now."""
        names = (f"{name}-wal" for name in (files.DATABASE, files.KEYRING))
        logs = sum(path.stat().st_size for name in names if (path := self.server.data / name).exists())
        return Sample(self.finished, self.process.memory_info().rss, self.process.num_fds(), logs)

    async def visits(self, person: Person, port: int) -> None:
        """Visit after visit, until enough were made by all together."""
        while self.begun < self.how_many:
            self.begun += 1
            await self._visit(person, port)
            self.finished += 1
            if self.finished % max(1, self.how_many // _SAMPLES) == 0:
                self.samples.append(self.look())

    async def _visit(self, person: Person, port: int) -> None:
        visits = len(person.talks)
        for _ in range(_ANSWERS_PER_VISIT * 10):
            if len(person.talks) > visits and person.talk is None:
                return
            for _ in range(_TRIES):
                try:
                    await person.step(port)
                    self.turns += 1
                    break
                except Gone:
                    continue
            else:
                self.unfinished += 1
                return
        raise AssertionError("a visit has no end")


async def _soak(folder: Path, how_many: int, one: House, *, seed: int, judge: bool) -> Row:
    began, server = time.monotonic(), Server(folder / "data")
    await asyncio.to_thread(server.start)
    people = [Person(f"s{number}") for number in range(_PEOPLE)]
    try:
        going = _Run(server, how_many)
        async with Proxy(server.port, _FAULTS, share=_SHARE, seed=seed).open() as proxy:
            await asyncio.gather(*(going.visits(person, proxy.port) for person in people))
        await asyncio.sleep(0.5)
        last = going.look()
    finally:
        await asyncio.to_thread(server.stop)
    found = await compare(server.data, [talk for person in people for talk in person.talks], one, folder / "copy")
    warm = [sample for sample in going.samples if sample.talks >= _WARM * how_many]
    growth = slope(warm) / 1024 if len(warm) > 2 else 0.0
    leaks = _leaks(going.samples, last, growth, judge=judge)
    return Row(
        "soak",
        going.finished,
        "conversations",
        faults=sum(proxy.injected.values()),
        lost=len(found.lost) + len(found.doubled) + going.unfinished,
        leaked=len(leaks),
        errors=server.log.read_text("utf-8").count("ERROR"),
        seconds=time.monotonic() - began,
        wrong=tuple([*found.lost, *found.doubled][:10]) + tuple(leaks),
        note=f"{going.turns:,} turns, {found.told:,} acknowledged commands; memory {going.samples[0].memory >> 20} to "
        f"{last.memory >> 20} MiB, {growth:+.2f} KiB per conversation once warm; {going.samples[0].descriptors} to "
        f"{last.descriptors} descriptors; largest write-ahead logs {max(one.log for one in going.samples) >> 10} KiB",
    )


def _leaks(samples: list[Sample], last: Sample, growth: float, *, judge: bool) -> list[str]:
    """What grew that must not. Memory is judged only where the run is long enough."""
    found = []
    if last.descriptors > samples[0].descriptors + 10:
        found.append(f"descriptors grew from {samples[0].descriptors} to {last.descriptors}")
    if max(one.log for one in samples) > _LARGEST_LOG:
        found.append("the write-ahead logs grew beyond 64 MiB")
    if judge and growth > _KB_PER_TALK:
        found.append(f"memory grew by {growth:.1f} KiB with each conversation")
    return found


def run(scale: Scale) -> Row:
    """The part `soak` of the torture."""
    with tempfile.TemporaryDirectory() as folder:
        how_many = scale.of(60, 10_000)
        return asyncio.run(_soak(Path(folder), how_many, house(), seed=scale.seed, judge=how_many >= 5_000))
