"""Requests that are no HTTP, or too large to be read, are refused in a few words by the server as it runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

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
