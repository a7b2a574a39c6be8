"""One Chromium for all tests of this folder, and for each test a program of its own with telephones that reach it.

Chromium is driven from the loop that started it, so everything here runs on the loop of the session.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, async_playwright

from assistant.core.dialog import Dialog
from assistant.server.app import make_app
from assistant.service import Service
from assistant.texts import Catalogs
from tests.browser.bad_network import Proxy
from tests.browser.phone import Phones
from tests.chromium import CHROMIUM
from tests.conftest import Client, Clock, service_on

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def service(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> AsyncIterator[Service]:
    async with service_on(tmp_path / "data", dialogs, catalogs, clock) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def client(service: Service) -> AsyncIterator[Client]:
    """The server that the telephones reach, and a quick way to it without any browser."""
    async with TestClient(TestServer(make_app(service, secure=False))) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def phones(chromium: Browser, client: Client) -> AsyncIterator[Phones]:
    made = Phones(chromium, str(client.make_url("")))
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def network(client: Client) -> AsyncIterator[Proxy]:
    """A way to the server that can be made as bad as a test needs."""
    assert client.port is not None
    async with Proxy(client.port).open() as made:
        yield made
