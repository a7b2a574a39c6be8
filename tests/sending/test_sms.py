"""Letters that go to a real gateway for text messages, and every way in which that goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from assistant.sending import transports
from assistant.sending.sms import GatewayTransport
from assistant.settings import Settings
from tests.faults.serving import free_port
from tests.sending.post_office import NUMBER, WORDS, failure_of, silent_server, text_message


class Gateway:
    """What the gateway answers, and what it was asked."""

    def __init__(self, status: int = 200, *, headers: dict[str, str] | None = None, endless: bool = False) -> None:
        self.status, self.headers, self.endless = status, headers or {}, endless
        self.asked: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.elsewhere = 0

    async def send(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((await request.json(), dict(request.headers)))
        answer = web.StreamResponse(status=self.status, headers=self.headers)
        await answer.prepare(request)
        while self.endless:
            try:
                await answer.write(b"x" * 65536)
            except ConnectionError:
                break
        return answer

    async def other(self, request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response()


@asynccontextmanager
async def running(gateway: Gateway) -> AsyncIterator[Settings]:
    """The settings that lead to the gateway, while it runs."""
    app = web.Application()
    app.router.add_post("/send", gateway.send)
    app.router.add_route("*", "/other", gateway.other)
    async with TestServer(app) as server:
        yield settings_for(str(server.make_url("/send")))


def settings_for(url: str) -> Settings:
    return Settings(sms_transport="http", sms_url=url, sms_token="hush", sms_from="Kommunen")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_text_message_is_handed_over_with_the_token(status: int) -> None:
    gateway = Gateway(status)
    async with running(gateway) as settings:
        await transports(settings, None)["sms"].send(text_message(to="070-174 06 05"))
    ((body, headers),) = gateway.asked
    assert body == {"to": "0701740605", "from": "Kommunen", "text": WORDS}
    assert headers["Authorization"] == "Bearer hush"
    assert headers["Content-Type"].startswith("application/json")
    assert "User-Agent" not in headers


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, ("refused", True)),
        (410, ("refused", True)),
        (422, ("refused", True)),
        (401, ("misconfigured", False)),
        (403, ("misconfigured", False)),
        (404, ("misconfigured", False)),
        (408, ("timeout", False)),
        (429, ("refused", False)),
        (500, ("refused", False)),
        (503, ("refused", False)),
    ],
)
async def test_a_message_that_is_refused_for_good_is_told_apart_from_one_to_try_again(
    status: int, told: tuple[str, bool]
) -> None:
    gateway = Gateway(status)
    async with running(gateway) as settings:
        assert await failure_of(GatewayTransport(settings), text_message()) == told
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nobody_is_led_elsewhere_with_a_number_and_a_token(status: int) -> None:
    gateway = Gateway(status, headers={"Location": "/other"})
    async with running(gateway) as settings:
        assert await failure_of(GatewayTransport(settings), text_message()) == ("misconfigured", False)
    assert gateway.elsewhere == 0


async def test_a_gateway_that_is_down_is_tried_again() -> None:
    down = settings_for(f"http://127.0.0.1:{free_port()}/send")
    assert await failure_of(GatewayTransport(down), text_message()) == ("unreachable", False)


async def test_a_gateway_that_says_nothing_is_left_in_time() -> None:
    async with silent_server() as port:
        transport = GatewayTransport(settings_for(f"http://127.0.0.1:{port}/send"), within=0.2)
        assert await failure_of(transport, text_message()) == ("timeout", False)


async def test_an_answer_without_end_is_not_read() -> None:
    gateway = Gateway(endless=True)
    async with running(gateway) as settings, asyncio.timeout(20):
        await GatewayTransport(settings).send(text_message())
    assert len(gateway.asked) == 1


async def test_a_number_that_cannot_be_right_never_reaches_the_gateway() -> None:
    gateway = Gateway()
    async with running(gateway) as settings:
        for wrong in ("112", "anna", "+46 70 174 06 05\r\nX-A: 1", "+467017406051234567"):
            assert await failure_of(GatewayTransport(settings), text_message(to=wrong)) == ("refused", True)
    assert gateway.asked == []


async def test_a_gateway_on_this_machine_may_need_no_token() -> None:
    gateway = Gateway()
    async with running(gateway) as settings:
        await GatewayTransport(Settings(sms_transport="http", sms_url=settings.sms_url)).send(text_message())
    assert "Authorization" not in gateway.asked[0][1]
    assert gateway.asked[0][0]["to"] == NUMBER
