"""A network that loses, cuts, holds and doubles what passes, as a test wishes: it stands between telephone and server.

It reads just enough HTTP/1.1 to tell one request from the next: a head, and as many bytes as it announces. Every
request has a connection of its own.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, NamedTuple

from tests.passing import END, request_of


class Fate(NamedTuple):
    """What becomes of a request: how often the server gets it, how much of the answer comes back, what it waits for
    before the server gets it, or before the answer goes back, and what somebody else answers ``instead``."""

    arrives: int = 1
    answer: Literal["whole", "half", "none"] = "whole"
    before: asyncio.Event | None = None
    after: asyncio.Event | None = None
    instead: bytes = b""


WELL = Fate()
LOST = Fate(arrives=0, answer="none")
"""The server never hears of it."""
UNHEARD = Fate(answer="none")
"""The server has done it, and nobody hears of that."""
CUT = Fate(answer="half")
"""The answer breaks off in the middle."""
TWICE = Fate(arrives=2)
"""The server gets it twice at the same moment."""


class Proxy:
    """A way to the server on ``port`` of this machine; ``address`` is where telephones find it.

    ``fate`` is that of every request for which there is no other; ``passed`` are the requests that came, as method
    and path. A browser sends a request that was lost on a connection opened in advance once more by itself, so a loss
    that somebody shall notice is a ``fate``, and not the ``next`` one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._fates: dict[str, deque[Fate]] = defaultdict(deque)
        self._running: set[asyncio.Task[None]] = set()
        self._news = asyncio.Condition()
        self.address = ""
        self.fate = WELL
        self.passed: list[tuple[str, str]] = []

    def next(self, *fates: Fate, method: str = "POST") -> None:
        """The fates of the next requests with this method, in order."""
        self._fates[method].extend(fates)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Proxy]:
        """Let requests pass until the end."""
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for task in self._running:
                task.cancel()
            await server.wait_closed()

    async def came(self, method: str, path: str, times: int) -> None:
        """Wait until so many of these requests have come."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: self.passed.count((method, path)) >= times)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await self._one(reader, writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            # A browser opens connections that it may need and closes those that it did not; what is held when a test
            # ends is not needed any more.
            writer.transport.abort()
        self._running.discard(task)
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, request = await request_of(reader)
        method, path, _ = head.decode("latin-1").split(" ", 2)
        async with self._news:
            self.passed.append((method, path))
            self._news.notify_all()
        fate = self._fates[method].popleft() if self._fates[method] else self.fate
        if fate.before is not None:
            await fate.before.wait()
        answers = await asyncio.gather(*(self._ask(request) for _ in range(fate.arrives)))
        if fate.after is not None:
            await fate.after.wait()
        if fate.answer == "none":
            writer.transport.abort()
            return
        answer = fate.instead or answers[-1]
        writer.write(answer if fate.answer == "whole" else _half(answer))
        await writer.drain()
        if fate.answer == "half":
            writer.transport.abort()

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            return await reader.read()
        finally:
            writer.close()


def _half(answer: bytes) -> bytes:
    """An answer that ends in the middle of its body, or of its head if it has none."""
    head, end, body = answer.partition(END)
    return head + end + body[: len(body) // 2] if body else head[: len(head) // 2]
