"""A small closed-loop client: many conversations at once, each sending its next request when the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

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


Talk = Callable[[Line, Callable[[], None]], Awaitable[None]]
"""One whole conversation on a connection; it calls its second argument after each turn."""


async def run(talk: Talk, port: int, pid: int, *, people: int, seconds: float) -> Measured:
    """Keep ``people`` conversations going for ``seconds`` and count the turns."""
    server = psutil.Process(pid)
    turns = 0
    end = time.perf_counter() + seconds

    def turn() -> None:
        nonlocal turns
        turns += 1
        if time.perf_counter() > end:
            raise TimeoutError

    async def person() -> None:
        line = Line(port)
        await line.open()
        try:
            while True:
                await talk(line, turn)
        except TimeoutError:
            pass
        finally:
            line.close()

    before, started = server.cpu_times(), time.perf_counter()
    await asyncio.gather(*(person() for _ in range(people)))
    took, after = time.perf_counter() - started, server.cpu_times()
    return Measured(turns, took, after.user + after.system - before.user - before.system)
