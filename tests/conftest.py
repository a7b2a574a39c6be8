"""The program as it is, on a data directory of its own, and a clock that stands still until a test moves it."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import hypothesis
import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from assistant import resources
from assistant.core.dialog import Dialog
from assistant.server.app import make_app
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_dialogs, load_rulebook
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.texts import Catalogs

# No test depends on how fast a machine is.
hypothesis.settings.register_profile("klarbild", deadline=None)
hypothesis.settings.load_profile("klarbild")

Client = TestClient[Request, Application]


SLOW = ("browser", "cli", "faults", "torture")
"""Folders of tests that start a browser or other processes: `make quick` leaves them out."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name in SLOW or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.slow)


class Clock:
    """A moment that passes only when a test says so."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 3, 5, 9, 0, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += datetime.timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def dialogs() -> Mapping[str, Dialog]:
    return load_dialogs()


@pytest.fixture(scope="session")
def catalogs() -> Catalogs:
    return Catalogs.load(resources.folder("locales"))


@asynccontextmanager
async def service_on(
    data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> AsyncIterator[Service]:
    """The use cases on a data directory, closed at the end."""
    keys = KeyFile.open(data)
    store = SqliteStore.open(data, keys=keys)
    yield Service(dialogs, store, keys, catalogs, Settings(), clock, load_rulebook(dialogs))
    await store.close()


@pytest.fixture
async def service(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> AsyncIterator[Service]:
    async with service_on(tmp_path / "data", dialogs, catalogs, clock) as made:
        yield made


@pytest.fixture
async def client(aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service) -> Client:
    return await aiohttp_client(make_app(service, secure=False))
