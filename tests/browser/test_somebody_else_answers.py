"""A network that answers by itself, a server that is starting, no network at all: the words wait, and are sent once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from assistant.core.dialog import Dialog
from assistant.server.app import make_app
from assistant.service import Service
from assistant.texts import Catalogs
from tests.browser.bad_network import UNHEARD, WELL, Fate, Proxy
from tests.browser.losing import (
    AGAIN,
    NEXT,
    asked,
    lose,
    stop_the_clock,
    times,
    when_the_network_is_back,
)
from tests.browser.phone import GO, IN_CHROMIUM, Phones
from tests.browser.records import events
from tests.conftest import Client, Clock, service_on
from tests.web.visits import the_talk

pytestmark = IN_CHROMIUM


def own_answer(status: str, *headers: str, body: str = "<!doctype html><title>WiFi</title><h1>Log in</h1>") -> Fate:
    """What a network in between says by itself."""
    head = "\r\n".join((f"HTTP/1.1 {status}", "Connection: close", *headers))
    return Fate(arrives=0, instead=f"{head}\r\n\r\n{body}".encode())


HTML = "Content-Type: text/html; charset=utf-8"
IN_BETWEEN = {
    "a page to log in": own_answer("200 OK", HTML),
    "511": own_answer("511 Network Authentication Required", HTML),
    "a page that looks like ours": own_answer("200 OK", HTML, body='<div id="turn"><h1 id="q">Log in</h1></div>'),
    "a redirect to another host": own_answer("302 Found", "Location: http://portal.invalid/login", HTML),
    "502": own_answer("502 Bad Gateway", HTML),
    "503 while the server starts": own_answer("503 Service Unavailable", HTML, "Retry-After: 5"),
    "a turn that breaks off without a sign": own_answer(
        "200 OK", "Content-Type: text/vnd.klarbild.turn+html", body='<div id="turn"><h1 id="q">Log in</h1><p>'
    ),
    "nothing at all": own_answer("200 OK", "Content-Type: text/vnd.klarbild.turn+html", body=""),
}


@pytest.mark.parametrize("fate", IN_BETWEEN.values(), ids=IN_BETWEEN.keys())
async def test_what_somebody_else_answers_is_not_shown_and_the_words_wait(
    phones: Phones, network: Proxy, client: Client, service: Service, fate: Fate
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill({"called_name": "Amal"})
    await lose(phone, network, fate)
    await phone.look()
    assert (phone.item, phone.path) == ("you", "/chat") and "Log in" not in phone.drawn.text
    assert await phone.page.input_value("[name='field.called_name']") == "Amal"
    network.fate = WELL
    await when_the_network_is_back(phone)
    await phone.page.wait_for_selector(NEXT)
    assert times(await events(service, the_talk(service)), "you") == 1


@asynccontextmanager
async def serving(service: Service) -> AsyncIterator[int]:
    """The server on this service, until it is stopped; its port."""
    async with TestServer(make_app(service, secure=False)) as server:
        assert server.port
        yield server.port


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "unheard"])
async def test_words_that_wait_while_the_server_is_started_again_are_counted_once(
    phones: Phones, tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock, heard: bool
) -> None:
    data = tmp_path / "restarted"
    async with AsyncExitStack() as stack:
        async with service_on(data, dialogs, catalogs, clock) as first, serving(first) as port:
            network = await stack.enter_async_context(Proxy(port).open())
            phone = await phones.new(script=True, base=network.address)
            await phone.page.clock.install(time=0)
            await phone.begin("sv")
            await phone.until("you")
            await stop_the_clock(phone)
            await phone.fill()
            if heard:
                await lose(phone, network, UNHEARD)
            talk = the_talk(first)
        if not heard:
            # The way to the server ends at a closed door.
            await lose(phone, network, WELL)
        network.fate = WELL
        async with service_on(data, dialogs, catalogs, clock) as second, serving(second) as network.port:
            async with phone.turning():
                await phone.tap(AGAIN)
            assert phone.item == "urgent_needs"
            assert times(await events(second, talk), "you") == 1


async def test_who_is_offline_goes_on_when_the_telephone_says_that_it_is_online(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill()
    await phone.page.context.set_offline(True)
    await phone.tap(GO)
    await phone.page.wait_for_selector(AGAIN, state="visible")
    await phone.page.context.set_offline(False)
    await phone.page.wait_for_selector(NEXT)
    assert times(await events(service, the_talk(service)), "you") == 1
