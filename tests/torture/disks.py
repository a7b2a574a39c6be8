"""What may lie on a disk after the power was cut, rebuilt from a recording.

What was synced is there. Of what was not, each sector of 512 bytes holds what it held at some moment since: its last
content, an earlier one, or nothing new at all. A file has a size that it had since it was synced, and is cut to it as a
whole: truncating changes where a file ends, and no sector. Names that were made, moved or removed are on the disk from
the sync of their directory on; before that, some of them in their order. POSIX promises a new name to nobody who has
synced the file alone.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence

from tests.torture.recording import Entry

SECTOR = 512
_KEPT = (0.0, 0.1, 0.5, 0.9, 1.0)


class _File:
    """A file: what is on the disk for certain, and the writes (offset, bytes) and truncations (size, None) since."""

    def __init__(self) -> None:
        self.synced = bytearray()
        self.since: list[tuple[int, bytes | None]] = []

    def sync(self) -> None:
        for offset, written in self.since:
            _do(self.synced, offset, written)
        self.since.clear()

    def now(self) -> bytes:
        """Its content as programs see it."""
        content = bytearray(self.synced)
        for offset, written in self.since:
            _do(content, offset, written)
        return bytes(content)

    def after_a_cut(self, chance: random.Random, kept: float) -> bytes:
        """Its content on one disk of the many that there may be. `kept` is the share of sectors that were written."""
        if not self.since:
            return bytes(self.synced)
        last = len(self.since)
        moments: dict[int, int] = {}
        content = bytearray(self.synced)
        size, sized = len(content), _moment(chance, kept, last)
        for number, (offset, written) in enumerate(self.since):
            if written is None:
                if number < sized:
                    size = offset
                    _do(content, offset, None)
                continue
            end = offset + len(written)
            if number < sized:
                size = max(size, end)
            content.extend(bytes(max(0, end - len(content))))
            for sector in range(offset // SECTOR, -(-end // SECTOR)):
                if sector not in moments:
                    moments[sector] = _moment(chance, kept, last)
                if number < moments[sector]:
                    start, stop = max(offset, sector * SECTOR), min(end, (sector + 1) * SECTOR)
                    content[start:stop] = written[start - offset : stop - offset]
        del content[size:]
        content.extend(bytes(size - len(content)))
        return bytes(content)


def _moment(chance: random.Random, kept: float, last: int) -> int:
    """How many of the writes since the last sync something has seen."""
    if chance.random() < kept:
        return last
    return 0 if chance.random() < 0.5 else chance.randrange(last + 1)


def _do(content: bytearray, offset: int, written: bytes | None) -> None:
    if written is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(written)] = written


class Disk:
    """The files below a directory while a recording is played, and what would be left of them at any moment."""

    def __init__(self) -> None:
        self._names: dict[str, _File] = {}
        self._sure: dict[str, _File] = {}
        self._late: dict[str, list[tuple[str, _File | None]]] = {}
        self._open: dict[int, str | _File] = {}

    def play(self, entry: Entry) -> None:
        """Let one thing happen."""
        match entry.kind:
            case "O":
                self._opened(entry)
            case "C":
                self._open.pop(entry.fd, None)
            case "W" | "T":
                file = self._open[entry.fd]
                assert isinstance(file, _File)
                file.since.append((entry.number, entry.data if entry.kind == "W" else None))
            case "S":
                self._synced(self._open[entry.fd])
            case "R" | "L":
                old, _, new = entry.data.decode().partition("\0")
                file = self._names[old]
                self._name(new, file)
                if entry.kind == "R":
                    self._name(old, None)
            case "U":
                self._name(entry.data.decode(), None)

    def _opened(self, entry: Entry) -> None:
        path = entry.data.decode()
        if path not in self._names and not entry.number & os.O_CREAT:
            self._open[entry.fd] = path
            return
        if path not in self._names:
            self._name(path, _File())
        file = self._names[path]
        if entry.number & os.O_TRUNC and file.now():
            file.since.append((0, None))
        self._open[entry.fd] = file

    def _name(self, path: str, file: _File | None) -> None:
        if file is None:
            self._names.pop(path, None)
        else:
            self._names[path] = file
        self._late.setdefault(os.path.dirname(path), []).append((path, file))

    def _synced(self, what: str | _File) -> None:
        if isinstance(what, _File):
            what.sync()
            return
        for path, file in self._late.pop(what, ()):
            _set(self._sure, path, file)

    def now(self) -> dict[str, bytes]:
        """Path and content of each file as programs see them."""
        return {path: file.now() for path, file in self._names.items()}

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Path and content of each file on one of the disks that there may be if the power fails now."""
        names = dict(self._sure)
        for late in self._late.values():
            for path, file in late[: chance.choice((0, len(late), chance.randrange(len(late) + 1)))]:
                _set(names, path, file)
        kept = chance.choice(_KEPT)
        return {path: file.after_a_cut(chance, kept) for path, file in names.items()}


def _set(names: dict[str, _File], path: str, file: _File | None) -> None:
    if file is None:
        names.pop(path, None)
    else:
        names[path] = file


def cuts(recording: Sequence[Entry], how_many: int, seed: int) -> list[int]:
    """The numbers of entries before which the power fails, in order; half of them fall on the moment before a sync or
    the one behind it, where most is at stake."""
    chance = random.Random(seed)
    syncs = [number for number, entry in enumerate(recording) if entry.kind == "S"]
    places = [
        chance.choice(syncs) + chance.randrange(2)
        if syncs and chance.random() < 0.5
        else chance.randrange(len(recording))
        for _ in range(how_many)
    ]
    return sorted(places)


def same(rebuilt: Mapping[str, bytes], found: Mapping[str, bytes]) -> list[str]:
    """The paths whose content differs between a rebuilt disk and the real one: what was not recorded."""
    return sorted(path for path in rebuilt.keys() | found.keys() if rebuilt.get(path) != found.get(path))
