"""A small closed-loop client: many conversations at once, each sending its next request when the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import psutil


class Line:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)

    async def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """One request; status, headers and body of its answer."""
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join((*head, "", "")).encode() + body)
        top = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in top[1:])}
        answer = await self.reader.readexactly(int(found.get("content-length", 0)))
        return int(top[0].split(" ")[1]), found, answer

    def close(self) -> None:
        self.writer.close()


@dataclass(frozen=True)
class Measured:
    """What a run came to."""

    turns: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        """Turns per second."""
        return self.turns / self.seconds

    @property
    def cpu_per_turn(self) -> float:
        """Milliseconds of the server's processor time for one turn."""
        return 1000 * self.cpu / max(1, self.turns)


class Talk(Protocol):
    """One whole conversation: begun before the clock starts, then taken turn by turn."""

    async def begin(self, line: Line) -> Mapping[str, str]:
        """Begin a conversation; the headers that its turns are sent with."""
        ...

    async def go_on(self, line: Line, headers: Mapping[str, str], turn: Callable[[], None]) -> None:
        """Take it to its last question; ``turn`` is called after each turn."""
        ...


async def run(talk: Talk, port: int, pid: int, *, people: int, talks: int) -> Measured:
    """``people`` connections take ``talks`` conversations each, one after the other; only turns are measured."""
    server = psutil.Process(pid)
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1

    async def prepare() -> tuple[Line, list[Mapping[str, str]]]:
        line = Line(port)
        await line.open()
        return line, [await talk.begin(line) for _ in range(talks)]

    async def person(line: Line, begun: list[Mapping[str, str]]) -> None:
        for headers in begun:
            await talk.go_on(line, headers, turn)
        line.close()

    prepared = [await prepare() for _ in range(people)]
    before, started = server.cpu_times(), time.perf_counter()
    await asyncio.gather(*(person(line, begun) for line, begun in prepared))
    took, after = time.perf_counter() - started, server.cpu_times()
    return Measured(turns, took, after.user + after.system - before.user - before.system)
