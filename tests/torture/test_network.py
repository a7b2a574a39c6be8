"""A bad network makes nothing count twice or not at all; and each fault is what its name says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from assistant.core.record import Answered, Messaged, Recorded
from tests.torture import network, proxy
from tests.torture.people import Gone, ask, twice
from tests.torture.proxy import FAULTS, Fault, Proxy
from tests.torture.rows import scale_here

HEARD = {"ok": 1}


@pytest.mark.slow
def test_each_reply_counts_once_in_twenty_kinds_of_bad_network() -> None:
    row = network.run(scale_here())
    assert row.fine, row
    assert row.faults > 20
    assert len(FAULTS) == 20


class Counting:
    """A server that counts the whole requests it gets."""

    def __init__(self) -> None:
        self.whole = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            self.whole += 1
            body = b'{"ok": 1}'
            kind = b"Content-Type: application/json"
            writer.write(b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (kind, len(body), body))
        except (EOFError, OSError):
            pass
        writer.close()


@asynccontextmanager
async def counting() -> AsyncIterator[Counting]:
    found = Counting()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()
    await server.wait_closed()


ARRIVES: dict[Fault, tuple[int, bool]] = {
    proxy.request_lost: (0, False),
    proxy.request_cut_in_its_head: (0, False),
    proxy.request_cut_in_its_body: (0, False),
    proxy.request_slow: (1, True),
    proxy.request_stalls: (0, False),
    proxy.request_twice: (2, True),
    proxy.request_four_times: (4, True),
    proxy.request_again_later: (2, True),
    proxy.request_overtaken: (1, False),
    proxy.request_taken_and_again_later: (2, False),
    proxy.reply_lost: (1, False),
    proxy.reply_cut_in_its_head: (1, False),
    proxy.reply_cut_in_its_body: (1, False),
    proxy.reply_ends_early_and_politely: (1, False),
    proxy.reply_slow: (1, True),
    proxy.reply_in_slices: (1, True),
    proxy.reply_stalls: (1, False),
    proxy.gateway_before: (0, False),
    proxy.gateway_after: (1, False),
    proxy.portal: (0, False),
}
"""How often the server gets a request under each fault, and whether the client hears the answer."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.__name__))
async def test_a_fault_does_what_its_name_says(fault: Fault) -> None:
    async with counting() as server:
        async with Proxy(server.port, (fault,), share=1.0, seed=5).open() as between:
            try:
                heard = await ask(between.port, "POST", "/", {"said": "words"}, within=1.0) == (200, HEARD)
            except Gone:
                heard = False
        assert (server.whole, heard) == ARRIVES[fault]


async def test_without_a_fault_everything_passes_once() -> None:
    async with counting() as server:
        async with Proxy(server.port, FAULTS, share=0.0, seed=5).open() as between:
            for _ in range(5):
                assert await ask(between.port, "POST", "/", {"said": "words"}) == (200, HEARD)
        assert server.whole == 5
        assert not between.injected


def test_an_answer_that_is_there_twice_is_noticed() -> None:
    def said(seq: int, item: str) -> Recorded:
        return Recorded(seq=seq, at="2026-03-05T09:00:00Z", event=Answered(item=item, value="yes"))

    message = Recorded(seq=4, at="2026-03-05T09:00:00Z", event=Messaged(kind="call_me"))
    assert twice([said(1, "one"), said(2, "two"), message, message]) == []
    assert twice([said(1, "one"), said(2, "two"), said(3, "one")]) == ["Answered one"]
