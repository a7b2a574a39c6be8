"""Too much at once: new conversations are refused before running ones, and memory and connections stay bounded."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from assistant.server import admission, middlewares, refusals
from assistant.server.admission import Admission, NotNow
from assistant.server.app import make_app
from assistant.server.keys import ADMISSION
from assistant.server.refusals import Runner
from assistant.service import Service
from assistant.store import Load
from assistant.store.inspection import inspect
from assistant.store.sqlite import SqliteStore
from tests.conftest import Client
from tests.faults.answering import START
from tests.faults.people import GONE, Talker, figures
from tests.faults.serving import serving
from tests.web.browser_without_script import Browser, Page
from tests.web.visits import the_talk, until

MB = 1024 * 1024
FLOOD = 10_000
GROWTH = 50 * MB


class Seconds:
    """Monotonic time that passes only when a test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def waiting(number: int) -> Callable[[], Load]:
    return lambda: Load(number, 0, 0)


async def test_a_burst_may_begin_and_then_so_many_a_second() -> None:
    clock = Seconds()
    door = Admission(waiting(0), None, 0, clock)
    for _ in range(int(admission.NEW_BURST)):
        door.check_beginning()
    with pytest.raises(NotNow):
        door.check_beginning()
    clock.now += 2
    for _ in range(int(admission.NEW_A_SECOND) * 2):
        door.check_beginning()
    with pytest.raises(NotNow) as refused:
        door.check_beginning()
    assert refused.value.headers["Retry-After"] == "20"
    assert door.refused["busy"] == 2
    # A clock that is set back gives nothing and breaks nothing.
    clock.now -= 3600
    with pytest.raises(NotNow):
        door.check_beginning()


@pytest.mark.parametrize("what", ["under way", "writes"])
async def test_while_much_is_under_way_nobody_begins_or_comes_back_and_talks_go_on(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    browser = Browser(client)
    await browser.begin("ar")
    await until(browser, "you")
    door = client.app[ADMISSION]
    held, blocked = threading.Event(), asyncio.get_running_loop().create_future()
    if what == "under way":
        monkeypatch.setattr(admission, "NEW_UNDER_WAY", -1)
    else:
        store = service.store
        assert isinstance(store, SqliteStore)
        monkeypatch.setattr(admission, "NEW_WAITING", 0)
        blocked = store.writer.submit(lambda connection: held.wait(10))
    # Whoever has a talk here reads its language, unless the address names one.
    for path, direction in (("/sv/begin", "ltr"), ("/i/nothing", "rtl")):
        answer = await client.post(path, headers={"Accept-Language": "sv"})
        page = Page(answer.status, path, await answer.text())
        assert (page.status, page.dir) == (503, direction) and answer.headers["Retry-After"] == "20"
    begun = await client.post("/api/v1/conversations", json=START)
    assert begun.status == 503 and begun.headers["Retry-After"] == "20"
    back = await client.post("/sv/continue", data={"code": "ABCD EFGH JKMN", "unsent": "do=reply", "seal": "x"})
    text = await back.text()
    assert back.status == 503 and back.headers["Retry-After"] == "20"
    assert 'value="ABCD EFGH JKMN"' in text and 'value="do=reply"' in text
    held.set()
    if what == "writes":
        await blocked
    page = await browser.reply({"answering_for": "self", "called_name": "Amal"})
    assert page.status == 200 and the_talk(service).known("called_name") == "Amal"
    assert (await client.get("/readyz")).status == 200
    assert door.refused["busy"] == 4


async def test_a_stranger_reads_in_swedish_that_too_many_are_here(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "NEW_UNDER_WAY", -1)
    answer = await client.post("/sv/begin")
    assert "Just nu är det för många här" in await answer.text()


async def test_beyond_the_most_that_is_worked_on_at_once_everybody_is_asked_to_wait_but_whoever_leaves(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "MOST_UNDER_WAY", 0)
    assert (await client.get("/sv")).status == 503
    assert (await client.post("/chat/leave", allow_redirects=False)).status == 303
    assert (await client.get("/left")).status == 200
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await client.get(path)).status == 200


async def test_every_route_that_begins_or_always_answers_is_there(client: Client) -> None:
    routes = {(one.method, one.resource.canonical) for one in client.app.router.routes() if one.resource is not None}
    for path in admission._BEGINNINGS:
        assert ("POST", path) in routes
    for path in admission._ALWAYS:
        assert {("GET", path), ("POST", path)} & routes, path
    for path in admission._KEEP_WORDS:
        assert ("POST", path) in routes


async def test_figures_are_told_on_this_machine_only(client: Client) -> None:
    told = await client.get("/metrics")
    assert told.status == 200 and told.content_type == "text/plain"
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert (await client.get("/metrics", headers={header: "127.0.0.1"})).status == 404


@pytest.mark.slow
def test_a_flood_of_new_conversations_leaves_memory_bounded_and_nothing_behind(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        talker = Talker(server)
        process = psutil.Process(server.process.pid)
        before = process.memory_info().rss
        rows = inspect(server.data)["counts"]
        statuses: list[int] = []

        def flood(times: int) -> None:
            for _ in range(times):
                try:
                    statuses.append(server.call("POST", "/sv/begin")[0])
                except GONE:
                    statuses.append(0)

        threads = [threading.Thread(target=flood, args=(FLOOD // 8,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        said = 0
        while any(thread.is_alive() for thread in threads):
            if talker.turn["step"]["kind"] not in ("ask", "ask_more", "open"):
                break
            assert talker.say() == 200, "a talk that runs is slowed, never refused"
            said += 1
        for thread in threads:
            thread.join()
        assert len(statuses) == FLOOD and set(statuses) <= {200, 503}, set(statuses)
        assert said > 0
        assert figures(server)['klarbild_refused_total{why="busy"}'] == statuses.count(503)
        grown = process.memory_info().rss - before
        assert grown < GROWTH, f"{grown / MB:.0f} MB"
        after = inspect(server.data)["counts"]
        # Whoever talked meanwhile may have sent the office a message: that is a conversation of the same case.
        assert {name: after[name] for name in ("cases", "sessions", "codes")} == {
            name: rows[name] for name in ("cases", "sessions", "codes")
        }


# -- connections that are only held -----------------------------------------------------------------------------------


@pytest.fixture
async def port(service: Service, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(refusals, "HEAD_WITHIN_S", 0.3)
    monkeypatch.setattr(refusals, "LINGER_S", 0.1)
    monkeypatch.setattr(middlewares, "BODY_WITHIN_S", 0.3)
    monkeypatch.setattr(refusals, "MOST_CONNECTIONS", 20)
    runner = Runner(make_app(service, secure=False), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


def test_what_is_only_held_is_closed_within_fifteen_seconds() -> None:
    assert refusals.HEAD_WITHIN_S <= 15
    assert refusals.HANDSHAKE_WITHIN_S <= 15
    assert middlewares.BODY_WITHIN_S + refusals.LINGER_S <= 15


HELD = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\n",
    "half a body": b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ndo=",
    "half a body in pieces": b"POST /chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndo=\r\n",
}


@pytest.mark.parametrize("sent", HELD.values(), ids=HELD)
async def test_a_request_that_does_not_come_to_its_end_is_closed(port: int, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    told = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    assert told.count(b"HTTP/1.1") == (b"POST" in sent)


async def test_a_second_head_that_drips_is_closed_like_the_first(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200")
    writer.write(b"GET / HT")
    assert await asyncio.wait_for(reader.read(), 30) == b""
    writer.close()


async def test_a_head_that_drips_is_closed_too(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n")
    closed: Awaitable[bytes] = asyncio.ensure_future(reader.read())
    for number in range(200):
        await asyncio.sleep(0.02)
        writer.write(b"X-%d: y\r\n" % number)
        if writer.is_closing() or reader.at_eof():
            break
    else:
        raise AssertionError("it was waited for, line by line")
    with contextlib.suppress(ConnectionResetError):
        assert await closed == b""
    writer.close()


async def test_a_connection_too_many_takes_the_place_of_the_one_that_waited_longest(port: int) -> None:
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
    reader, writer = lines[-1]
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (await asyncio.wait_for(reader.read(), 30)).startswith(b"HTTP/1.1 200")
    assert await asyncio.wait_for(lines[0][0].read(), 30) == b""
    for _, one in lines:
        one.close()


def test_there_are_fewer_connections_than_files_that_a_program_may_open() -> None:
    assert min(1024, resource.getrlimit(resource.RLIMIT_NOFILE)[0]) > refusals.MOST_CONNECTIONS
