"""Requests that are no HTTP, or too large to be read, are refused in a few words by the server as it runs."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from assistant.server import refusals
from assistant.server.app import make_app
from assistant.server.refusals import Runner
from assistant.service import Service

SECRET = "my-secret-words"


@pytest.fixture
async def port(service: Service) -> AsyncIterator[int]:
    runner = Runner(make_app(service, secure=True), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def answer_to(port: int, request: str) -> tuple[str, str, str]:
    """Status line, headers and body of what comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    first, _, headers = head.partition("\r\n")
    return first, headers, body


BROKEN = [
    f"GET / HTTP/1.1\r\nHost: x\r\nX-Long: {SECRET}{'x' * 9000}\r\n\r\n",
    f"GET /{SECRET}{'x' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n",
    f"{SECRET}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: x\r\n{SECRET}\r\n\r\n",
    f"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: {SECRET}\r\n\r\n",
]


@pytest.mark.parametrize("request_", BROKEN, ids=range(len(BROKEN)))
async def test_what_is_no_request_is_refused_without_repeating_it(
    port: int, request_: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        first, headers, body = await answer_to(port, request_)
    assert first.startswith("HTTP/1.") and " 400 " in first
    assert body == "400\n"
    for word in (SECRET, "aiohttp", "Python"):
        assert word.lower() not in (first + headers + body).lower()
        assert word not in caplog.text.replace("aiohttp.server", "")
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "Cache-Control", "Strict-Transport-Security"):
        assert f"\r\n{header}: " in f"\r\n{headers}"


async def test_a_sound_request_is_answered_as_ever(port: int) -> None:
    first, headers, _ = await answer_to(port, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert first == "HTTP/1.1 200 OK"
    assert "server:" not in headers.lower()


HALVES = ["", "G", "GET / HTTP/1.1\r\nHost: x\r\nX-More: ", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET / HT"]


@pytest.mark.parametrize("half", HALVES)
async def test_a_request_that_is_never_finished_is_given_up(
    port: int, half: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "HEAD_WITHIN_S", 0.2)
    monkeypatch.setattr(refusals, "IDLE_S", 0.5)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(half.encode())
    answers = await asyncio.wait_for(reader.read(), 20)
    assert answers.count(b"HTTP/1.1 ") == half.count("healthz")
    writer.close()
    await writer.wait_closed()


async def test_a_connection_is_kept_while_an_answer_is_made_and_for_the_next_request(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "HEAD_WITHIN_S", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        writer.write(b"POST /sv/begin HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
        await asyncio.sleep(0.3)
        writer.write(b"a=b")
        assert await asyncio.wait_for(reader.readline(), 20) == b"HTTP/1.1 303 See Other\r\n"
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        await reader.readexactly(int(re.findall(rb"Content-Length: (\d+)", head)[0]))
    writer.close()
    await writer.wait_closed()
