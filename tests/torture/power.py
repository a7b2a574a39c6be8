"""Power cuts: thousands of disks as they may be left, each opened with the program and held against the promises."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from assistant.store import StoreError
from assistant.talks import NoSuchTalk
from tests.conftest import Clock
from tests.torture.disks import Disk, cuts, same
from tests.torture.edge import House, house
from tests.torture.recording import Entry, build, record, why_not
from tests.torture.rows import Mutant, Row, Scale
from tests.torture.working import digest

MUTANTS = ("normal", "off", "keyring.off")
"""What `synchronous` must never be: with the first, acknowledged replies are lost; with the second, the database; with
the third, which is for the file of keys alone, conversations that nobody can open any more."""
_ROUNDS = 2


class Promised:
    """What people were told before the power failed, by conversation."""

    def __init__(self, notes: bytes) -> None:
        self.kept: dict[str, set[tuple[int, str]]] = {}
        self.tried: dict[str, set[tuple[int, str]]] = {}
        self.codes: dict[str, str] = {}
        self.sent: set[str] = set()
        self.erasing: set[str] = set()
        self.erased: set[str] = set()
        for line in notes.splitlines():
            self._take(json.loads(line))

    def _take(self, said: Mapping[str, Any]) -> None:
        talk, records = said["talk"], {(number, body) for number, body in said.get("records", ())}
        match said["what"]:
            case "tried":
                self.tried.setdefault(talk, set()).update(records)
            case "kept":
                self.kept.setdefault(talk, set()).update(records)
            case "code":
                self.codes[talk] = said["code"]
            case "sent":
                self.sent.add(talk)
            case "erasing":
                self.erasing.add(talk)
            case "erased":
                self.erased.add(talk)


async def broken(data: Path, promised: Promised, one: House, chance: random.Random) -> list[str]:
    """What is not as it was promised in a data directory, a word for each thing."""
    try:
        service = one.open(data, Clock())
        try:
            found = [what for talk in promised.tried for what in await _talk(service.store, talk, promised)]
            talks = [talk for talk in promised.kept if promised.codes.get(talk) and talk not in promised.erasing]
            if talks:
                talk = chance.choice(sorted(talks))
                resumed = await service.resume(promised.codes[talk])
                if resumed is None or resumed.id != talk:
                    found.append("the code opens nothing")
                elif resumed.state.seq < max(number for number, _ in promised.kept[talk]):
                    found.append("the code opens less than was told")
        finally:
            await service.store.close()
    except (StoreError, sqlite3.Error, NoSuchTalk) as error:
        return [f"does not open ({str(error) or type(error).__name__})"]
    return found + _damage(data)


async def _talk(store: Any, talk: str, promised: Promised) -> list[str]:
    row, records = await store.conversation(talk), await store.read(talk)
    if row is None:
        if records:
            return ["records without a conversation"]
        return ["lost"] if promised.kept.get(talk) and talk not in promised.erasing else []
    if talk in promised.erased:
        return ["came back after it was erased"]
    stored = {(record.seq, digest(record.body)) for record in records}
    found = ["lost"] * bool(promised.kept.get(talk, set()) - stored)
    if [record.seq for record in records] != list(range(1, row.seq + 1)) or not stored <= promised.tried[talk]:
        found.append("torn")
    if talk in promised.sent and row.submitted is None:
        found.append("lost")
    return found


def _damage(data: Path) -> list[str]:
    found = []
    for path in sorted(data.glob("*.db")):
        with closing(sqlite3.connect(path)) as connection:
            (told,) = connection.execute("pragma integrity_check(1)").fetchone()
        found += [] if told == "ok" else [f"damaged ({told})"]
    return found


def put(files: Mapping[str, bytes], start: Path, folder: Path) -> None:
    """Write the files of a disk that were below `start` into a folder, readable by their owner only. What programs
    share in memory does not outlive them."""
    for path, content in files.items():
        if not path.endswith("-shm"):
            place = folder / Path(path).relative_to(start)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.touch(mode=0o600)
            place.write_bytes(content)


def _room() -> Path | None:
    """A folder in memory if there is one: the disks are many, and syncing them proves nothing."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else None


def judge(recording: Sequence[Entry], start: Path, how_many: int, one: House, seed: int) -> list[list[str]]:
    """What is broken on each of so many disks that a recording may leave."""
    disk, notes, chance, told = Disk(), bytearray(), random.Random(seed), []
    places = iter(cuts(recording, how_many, seed))
    place = next(places, None)
    numbers: set[int] = set()
    with asyncio.Runner() as runner:
        for number, entry in enumerate(recording):
            while place == number:
                left = disk.after_a_cut(chance)
                left.pop(str(start / "notes"), None)
                with tempfile.TemporaryDirectory(dir=_room()) as folder:
                    put(left, start, Path(folder))
                    told.append(runner.run(broken(Path(folder) / "data", Promised(bytes(notes)), one, chance)))
                place = next(places, None)
            if entry.kind == "O" and entry.data.decode() == str(start / "notes"):
                numbers.add(entry.fd)
            elif entry.kind == "C":
                numbers.discard(entry.fd)
            elif entry.kind == "W" and entry.fd in numbers:
                notes += entry.data
            disk.play(entry)
    return told


def recorded(folder: Path, level: str = "") -> tuple[Path, list[Entry]]:
    """Let the program work in a folder; where, and what it did. Raises AssertionError if something was not recorded."""
    start = folder / f"work-{level or 'full'}"
    start.mkdir()
    arguments = ["-m", "tests.torture.working", str(start), str(_ROUNDS), *([level] if level else [])]
    recording = record(build(folder), start, arguments)
    disk = Disk()
    for entry in recording:
        disk.play(entry)
    there = {str(path): path.read_bytes() for path in start.rglob("*") if path.is_file()}
    differing = same(disk.now(), there)
    assert not differing, f"not everything was recorded: {differing}"
    return start, recording


def run(scale: Scale) -> Row:
    """The part `power` of the torture."""
    began, how_many, one = time.monotonic(), scale.of(60, 3000), house()
    if why_not():
        return Row("power cuts", 0, "disks", wrong=(why_not(),))
    with tempfile.TemporaryDirectory() as folder:
        start, recording = recorded(Path(folder))
        told = judge(recording, start, how_many, one, scale.seed)
        syncs = sum(entry.kind == "S" for entry in recording)
        mutants = []
        for level in MUTANTS:
            weaker_start, weaker = recorded(Path(folder), level)
            found = judge(weaker, weaker_start, how_many, one, scale.seed)
            mutants.append(Mutant(f"synchronous={level}", sum(map(bool, found)), len(found)))
    return Row(
        "power cuts",
        how_many,
        "disks",
        faults=how_many,
        lost=sum(map(bool, told)),
        seconds=time.monotonic() - began,
        mutants=tuple(mutants),
        wrong=tuple(_counted(told)),
        note=f"{len(recording):,} writes and {syncs:,} syncs recorded",
    )


def _counted(told: Iterable[list[str]]) -> list[str]:
    """How many disks each fault was found on."""
    counts = Counter(what for found in told for what in set(found))
    return [f"{what}: on {times} disks" for what, times in counts.most_common()]
