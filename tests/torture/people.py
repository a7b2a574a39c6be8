"""People who answer over the JSON API of a real server, try again as a telephone does, and keep what they were told."""

from __future__ import annotations

import asyncio
import datetime
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from assistant.core.record import Answered, Closed, Declined, Filled, Opened, Recorded, Submitted, decode
from assistant.service import Service
from assistant.store import StoreError
from tests.conftest import Clock
from tests.faults.answering import START, answer
from tests.torture.edge import House

_NOT_OURS = (502, 503, 504)


class Gone(Exception):
    """No whole answer came."""


async def ask(
    port: int, method: str, path: str, body: Any = None, token: str = "", within: float = 20.0
) -> tuple[int, Any]:
    """One request on a connection of its own: status and JSON of the answer. Raises Gone, also where somebody on the
    way answers instead of the server."""
    try:
        async with asyncio.timeout(within):
            status, said = await _ask(port, method, path, body, token)
    except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError) as error:
        raise Gone(type(error).__name__) from None
    if status in _NOT_OURS or isinstance(said, str):
        raise Gone(str(status))
    return status, said


async def _ask(port: int, method: str, path: str, body: Any, token: str) -> tuple[int, Any]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        sent = b"" if body is None else json.dumps(body).encode()
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {len(sent)}"]
        head += ["Connection: close", "Content-Type: application/json"]
        head += [f"Authorization: Bearer {token}"] if token else []
        writer.write("\r\n".join((*head, "", "")).encode() + sent)
        top = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        named = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in top[1:])}
        text = await reader.readexactly(int(named.get("content-length", 0)))
        kind = named.get("content-type", "")
        return int(top[0].split(" ")[1]), json.loads(text) if text and "json" in kind else text.decode()
    finally:
        writer.close()


class Told(NamedTuple):
    """A command that was acknowledged: the record stood at `seen` and stands at `seq` now."""

    path: str
    body: dict[str, Any]
    seen: int
    seq: int


class Person:
    """Somebody who walks through first visits. `mark` makes their words their own."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.talks: list[Talk] = []

    @property
    def talk(self) -> Talk | None:
        """The conversation that is under way."""
        return self.talks[-1] if self.talks and not self.talks[-1].done else None

    async def step(self, port: int, within: float = 20.0) -> None:
        """One request, the next one or the one that got no answer. Raises Gone."""
        talk = self.talk
        if talk is None:
            status, body = await ask(port, "POST", "/api/v1/conversations", START, within=within)
            assert status == 201, (status, body)
            self.talks.append(Talk(f"{self.mark}.{len(self.talks)}", body["token"], body["code"], body["turn"]))
            return
        await talk.step(port, within)
        if talk.over:
            self.talks.remove(talk)


class Talk:
    """One conversation as its telephone knows it. `over`: it was still at the gate and is gone, as it must be."""

    def __init__(self, mark: str, token: str, code: str, turn: dict[str, Any]) -> None:
        self.mark, self.token, self.code, self.turn = mark, token, code, turn
        self.told: list[Told] = []
        self.kept = self.done = self.over = False
        self.tries, self.most_tries = 0, 0
        self._pending: tuple[str, dict[str, Any]] | None = None

    async def step(self, port: int, within: float = 20.0) -> None:
        """Send the next answer, or once more the one that got no answer. Raises Gone."""
        if self._pending is None:
            self._pending = answer(self.turn, f"{self.mark}.{len(self.told)}")
        path, body = self._pending
        self.tries += 1
        self.most_tries = max(self.most_tries, self.tries)
        status, said = await ask(port, "POST", f"/api/v1/conversation/{path}", body, self.token, within)
        if status in (401, 404) and not self.kept:
            self.over = True
            return
        assert status == 200, (status, said, path, body)
        self.tries, self._pending = 0, None
        self.turn = said["turn"]
        if self.kept:
            self.told.append(Told(path, body, body["seen"], self.turn["seq"]))
        self.kept = True
        self.done = self.turn["step"]["kind"] == "done"


class Found(NamedTuple):
    """How many conversations and acknowledged commands were looked for, and what is not as it was told."""

    talks: int
    told: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]


async def compare(data: Path, talks: Iterable[Talk], house: House, copy: Path) -> Found:
    """Hold what telephones were told against the record, by resuming each conversation with its code. A copy of the
    data directory is read, so that the server's own files stay as they are."""
    copied(data, copy)
    clock = Clock()
    clock.now = datetime.datetime.now(datetime.UTC)
    kept = [talk for talk in talks if talk.kept]
    lost, doubled = list[str](), list[str]()
    service = house.open(copy, clock)
    for talk in kept:
        records = await record_of(service, talk.code)
        if isinstance(records, str):
            lost.append(f"{talk.mark}: {records}")
            continue
        lost += [f"{talk.mark}: {one.path} {one.seen}–{one.seq}" for one in talk.told if not _holds(records, one)]
        doubled += [f"{talk.mark}: {what}" for what in twice(records)]
    await service.store.close()
    shutil.rmtree(copy)
    return Found(len(kept), sum(len(talk.told) for talk in kept), tuple(lost), tuple(doubled))


def copied(data: Path, copy: Path) -> None:
    """Copy the files of a data directory; what programs share in memory, and sockets, are no part of it."""
    copy.mkdir(mode=0o700)
    for path in data.iterdir():
        if path.is_file() and not path.name.endswith("-shm"):
            shutil.copy2(path, copy / path.name)


async def record_of(service: Service, code: str) -> list[Recorded] | str:
    """The record that a code opens, or what is wrong with it."""
    try:
        talk = await service.resume(code)
    except StoreError:
        return "the record is damaged"
    if talk is None or talk.key is None:
        return "the code opens nothing"
    records = [decode(talk.key.open(talk.id, one.seq, one.body)) for one in await service.store.read(talk.id)]
    gaps = [one.seq for one in records] != list(range(1, len(records) + 1))
    return "the record has gaps" if gaps else records


def twice(records: Iterable[Recorded]) -> list[str]:
    """What a record says twice of somebody who never changes an answer."""
    named = Counter(
        f"{type(one.event).__name__} {getattr(one.event, 'item', '')} {getattr(one.event, 'of', '')}".strip()
        for one in records
        if isinstance(one.event, Answered | Filled | Declined | Submitted)
    )
    return [what for what, times in named.items() if times > 1]


def _holds(records: list[Recorded], told: Told) -> bool:
    """Whether a record holds what was acknowledged, where it was acknowledged."""
    return any(_says(one, told) for one in records if told.seen < one.seq <= told.seq)


def _says(one: Recorded, told: Told) -> bool:
    event, body = one.event, told.body
    match told.path:
        case "submit":
            return isinstance(event, Submitted)
        case "items":
            return isinstance(event, Closed) and event.repeat == body["repeat"]
        case "sections":
            return isinstance(event, Opened) and (event.section, event.open) == (body["section"], body["open"])
    if (getattr(event, "item", ""), getattr(event, "of", "")) != (body["item"], body["of"]):
        return False
    if isinstance(event, Answered):
        return bool(_plain(event.value) == body["value"])
    # A field that does not apply is not kept, whatever was sent with it.
    return isinstance(event, Filled) and all(
        _plain(value) == body["fields"][name] for name, value in event.values.items()
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
