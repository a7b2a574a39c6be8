"""Sends bytes that are no good request to a running server, many at once, and looks at what becomes of it."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.security.process import Process, running
from tests.security.raw_requests import CANARY, Raw, requests
from tests.security.results import Result

AT_ONCE = 100
QUIET_S = 0.5
"""Nothing more is listened to after so long a silence behind an answer."""
WITHIN_S = 60.0
"""How long an answer may take on a busy machine; the server gives up after 15 seconds."""
MOST_MEMORY = 120 * 1024 * 1024
_STATUS = re.compile(rb"(?m)^HTTP/1\.[01] (\d{3}) ")


class Sent(NamedTuple):
    """What came of all. ``statuses``: how often each was answered; ``hung``: kinds that got no end; ``smuggled``: kinds
    of which more was answered than was asked; ``told``: what an answer or log should not have said; ``grown``: bytes of
    memory that the server holds more than before; ``alive``: whether it serves people as before."""

    statuses: Counter[int]
    hung: tuple[str, ...]
    smuggled: tuple[str, ...]
    told: tuple[str, ...]
    grown: int
    alive: bool


def raw_http(count: int) -> Result:
    """So many broken requests are sent."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(send(Path(folder), list(requests(count))))
    errors = sum(times for status, times in found.statuses.items() if status >= 500 and status != 503)
    lost = len(found.hung) + len(found.smuggled) + (not found.alive) + (found.grown > MOST_MEMORY)
    return Result(count, count, lost, len(found.told), errors)


async def send(folder: Path, tries: Sequence[Raw]) -> Sent:
    """Send them to a server of their own."""
    statuses, hung, smuggled, told = Counter[int](), list[str](), list[str](), list[str]()
    with running(folder) as server:
        # What is loaded and drawn once is no leak.
        await _is_served(server)
        before = server.memory()
        gate = asyncio.Semaphore(AT_ONCE)

        async def attempt(one: Raw) -> None:
            async with gate:
                answer = await _sent(server.port, one)
            if answer is None:
                hung.append(one.kind)
                return
            found = [int(status) for status in _STATUS.findall(answer)]
            statuses.update(found)
            if one.most and len([status for status in found if status >= 200]) > one.most:
                smuggled.append(f"{one.kind}: {one.bytes[:200]!r}")
            told.extend(_told(one.kind, answer))

        await asyncio.gather(*map(attempt, tries))
        grown, alive = server.memory() - before, await _is_served(server)
        server.stop()
        told += _told("the log", server.said.read_bytes())
    return Sent(statuses, tuple(hung), tuple(smuggled), tuple(told), grown, alive)


def _told(where: str, text: bytes) -> list[str]:
    """What no answer and no log may say: words that were sent, versions, traces."""
    words = (CANARY, b"Traceback", b"aiohttp/", b"Python/", b'File "')
    return [f"{where}: {word.decode()}" for word in words if word in text]


async def _sent(port: int, one: Raw) -> bytes | None:
    """What is answered until the server closes; None if it does not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(WITHIN_S):
            return await _exchanged(reader, writer, one)
    except TimeoutError:
        return None
    finally:
        writer.close()


async def _exchanged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, one: Raw) -> bytes:
    answer = bytearray()

    async def listen() -> None:
        while True:
            try:
                async with asyncio.timeout(QUIET_S if answer else None):
                    part = await reader.read(65536)
            except (ConnectionError, TimeoutError):
                return
            if not part:
                return
            answer.extend(part)

    listening = asyncio.create_task(listen())
    try:
        parts = [bytes([byte]) for byte in one.bytes] if one.drip else [one.bytes]
        for part in parts:
            writer.write(part)
            await writer.drain()
        if one.cut and writer.can_write_eof():
            writer.write_eof()
    except (ConnectionError, OSError):
        pass
    await listening
    return bytes(answer)


async def _is_served(server: Process) -> bool:
    """Whether a person gets all the way to the first question, and the desk asks for a login."""
    from tests.security.visiting import Visitor

    person = Visitor(server)
    async with person.session:
        started = (await person.send("/sv", "/sv/begin"))[0]
        status, body = await person.get("/chat")
        desk = (await person.get("/desk/login"))[0]
    return (started, status, desk) == (303, 200, 200) and b"protected_identity" in body
