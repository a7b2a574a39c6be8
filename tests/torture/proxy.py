"""A network between telephones and a server that drops, delays, doubles, reorders and cuts what passes.

Every request has a connection of its own, and is read as a head and as many bytes as it announces. Whether it meets
with a fault, and how badly, is drawn by lot from a seed. What is only slow is slow by some tens of milliseconds, so
that many turns can be played; a stall outlasts the patience of the test's clients.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from tests.passing import END, request_of

_STALL_S = 30.0
_BAD_GATEWAY = b"HTTP/1.1 %d Bad\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<p>No"
_PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<p>Pay first.\n"
)


class Passing(NamedTuple):
    """One request on its way: `ask` brings bytes to the server and fetches the answer, `writer` leads to the client."""

    request: bytes
    writer: asyncio.StreamWriter
    chance: random.Random
    ask: Callable[[bytes], Awaitable[bytes]]
    later: Callable[[float, bytes], None]

    async def answer(self, answer: bytes) -> None:
        """Give an answer to the client, as it is."""
        self.writer.write(answer)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection to the client."""
        self.writer.transport.abort()

    def soon(self, least: float = 0.01, most: float = 0.08) -> float:
        """A moment of waiting, in seconds."""
        return self.chance.uniform(least, most)


Fault = Callable[[Passing], Awaitable[None]]


async def well(one: Passing) -> None:
    """Nothing happens to it."""
    await one.answer(await one.ask(one.request))


async def request_lost(one: Passing) -> None:
    """The server never hears of it."""
    one.reset()


async def request_cut_in_its_head(one: Passing) -> None:
    """The server gets half of the head."""
    head = one.request.index(END)
    with suppress(OSError):
        await one.ask(one.request[: one.chance.randrange(1, head)])
    one.reset()


async def request_cut_in_its_body(one: Passing) -> None:
    """The server gets a part of the body and then nothing."""
    start = one.request.index(END) + len(END)
    with suppress(OSError):
        await one.ask(one.request[: one.chance.randrange(start, max(start + 1, len(one.request)))])
    one.reset()


async def request_slow(one: Passing) -> None:
    """The server gets it later."""
    await asyncio.sleep(one.soon())
    await well(one)


async def request_stalls(one: Passing) -> None:
    """Nobody hears of it, and nobody says so."""
    await asyncio.sleep(_STALL_S)


async def request_twice(one: Passing) -> None:
    """The server gets it twice at the same moment."""
    answers = await asyncio.gather(one.ask(one.request), one.ask(one.request))
    await one.answer(one.chance.choice(answers))


async def request_four_times(one: Passing) -> None:
    """The server gets it four times at the same moment."""
    answers = await asyncio.gather(*(one.ask(one.request) for _ in range(4)))
    await one.answer(one.chance.choice(answers))


async def request_again_later(one: Passing) -> None:
    """All goes well, and when the person is further on the server gets it once more."""
    await well(one)
    one.later(one.soon(0.02, 0.3), one.request)


async def request_overtaken(one: Passing) -> None:
    """The client is told that it failed and sends it again; the first one reaches the server behind that."""
    one.reset()
    one.later(one.soon(0.02, 0.3), one.request)


async def request_taken_and_again_later(one: Passing) -> None:
    """The server has done it, nobody hears of that, and later it comes once more."""
    await one.ask(one.request)
    one.reset()
    one.later(one.soon(0.02, 0.3), one.request)


async def reply_lost(one: Passing) -> None:
    """The server has done it, and nobody hears of that."""
    await one.ask(one.request)
    one.reset()


async def reply_cut_in_its_head(one: Passing) -> None:
    """The answer breaks off in the head."""
    answer = await one.ask(one.request)
    await one.answer(answer[: one.chance.randrange(1, max(2, answer.find(END)))])
    one.reset()


async def reply_cut_in_its_body(one: Passing) -> None:
    """The answer breaks off in the body, or behind the head."""
    answer = await one.ask(one.request)
    start = answer.find(END) + len(END)
    await one.answer(answer[: one.chance.randrange(start, max(start + 1, len(answer)))])
    one.reset()


async def reply_ends_early_and_politely(one: Passing) -> None:
    """The answer breaks off in the body, and the connection is closed as if that was all."""
    answer = await one.ask(one.request)
    start = answer.find(END) + len(END)
    await one.answer(answer[: one.chance.randrange(start, max(start + 1, len(answer)))])


async def reply_slow(one: Passing) -> None:
    """The answer waits."""
    answer = await one.ask(one.request)
    await asyncio.sleep(one.soon())
    await one.answer(answer)


async def reply_in_slices(one: Passing) -> None:
    """The answer comes in small pieces."""
    answer = await one.ask(one.request)
    size = max(1, len(answer) // 8)
    for start in range(0, len(answer), size):
        await one.answer(answer[start : start + size])
        await asyncio.sleep(0.002)


async def reply_stalls(one: Passing) -> None:
    """The server has done it; half of the answer comes, and then nothing for a long time."""
    answer = await one.ask(one.request)
    await one.answer(answer[: len(answer) // 2])
    await asyncio.sleep(_STALL_S)


async def gateway_before(one: Passing) -> None:
    """A gateway answers instead of the server, which never hears of it."""
    await one.answer(_BAD_GATEWAY % one.chance.choice((502, 503, 504)))


async def gateway_after(one: Passing) -> None:
    """The server has done it, and a gateway answers instead."""
    await one.ask(one.request)
    await one.answer(_BAD_GATEWAY % one.chance.choice((502, 503, 504)))


async def portal(one: Passing) -> None:
    """The network of a café answers with a page of its own, as if all was well."""
    await one.answer(_PORTAL)


FAULTS: tuple[Fault, ...] = (
    request_lost,
    request_cut_in_its_head,
    request_cut_in_its_body,
    request_slow,
    request_stalls,
    request_twice,
    request_four_times,
    request_again_later,
    request_overtaken,
    request_taken_and_again_later,
    reply_lost,
    reply_cut_in_its_head,
    reply_cut_in_its_body,
    reply_ends_early_and_politely,
    reply_slow,
    reply_in_slices,
    reply_stalls,
    gateway_before,
    gateway_after,
    portal,
)


class Proxy:
    """The way to the server on `target` of this machine; telephones find it on `port`. `share` of the requests meet
    with one of the `faults`. `injected` counts them."""

    def __init__(self, target: int, faults: tuple[Fault, ...], *, share: float, seed: int) -> None:
        self.target, self.faults, self.share = target, faults, share
        self.port = 0
        self.injected: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._running: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Proxy]:
        """Let requests pass until the end; what was put off is delivered first."""
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
            await asyncio.sleep(0.4)
        finally:
            server.close()
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            await server.wait_closed()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await self._one(reader, writer)
        except (EOFError, OSError, asyncio.CancelledError):
            writer.transport.abort()
        self._running.discard(task)
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, request = await request_of(reader)
        fault: Fault = well
        if self._chance.random() < self.share:
            fault = self._chance.choice(self.faults)
            self.injected[fault.__name__] += 1
        await fault(Passing(request, writer, random.Random(self._chance.random()), self._ask, self._later))

    async def _ask(self, request: bytes) -> bytes:
        """Send bytes to the server, as many as there are, and read what comes back."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target, limit=1 << 20)
        try:
            writer.write(request)
            whole = END in request and len(request) >= _announced(request)
            if not whole:
                await writer.drain()
                return b""
            return await reader.read()
        finally:
            writer.close()

    def _later(self, seconds: float, request: bytes) -> None:
        async def bring() -> None:
            await asyncio.sleep(seconds)
            with suppress(OSError):
                await self._ask(request)

        task = asyncio.get_running_loop().create_task(bring())
        self._running.add(task)
        task.add_done_callback(self._running.discard)


def _announced(request: bytes) -> int:
    """How many bytes a request says that it has."""
    head = request[: request.index(END) + len(END)]
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return len(head) + (int(length[1]) if length else 0)
