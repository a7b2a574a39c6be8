"""A desk whose office has an identity provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp.web import Application

from assistant.server.app import make_app
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client, Clock
from tests.web.openid.hostile_provider import CLIENT, SECRET, Provider, provider_with
from tests.web.openid.visits import employ


@pytest.fixture
async def provider(clock: Clock) -> AsyncIterator[Provider]:
    async with provider_with(lambda: clock().timestamp()) as made:
        yield made


@pytest.fixture
def settings(provider: Provider) -> Settings:
    return Settings(openid_issuer=provider.issuer, openid_client_id=CLIENT, openid_client_secret=SECRET)


@pytest.fixture
async def client(
    aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service, settings: Settings
) -> Client:
    """A server whose office has a provider."""
    service.settings = settings
    await employ(service)
    return await aiohttp_client(make_app(service, secure=False))
