"""What somebody does with a browser who logs in through the municipality."""

from __future__ import annotations

from typing import Any

from aiohttp import ClientResponse

from assistant.service import Service
from assistant.store import UserRow
from tests.conftest import Client
from tests.web.desk_staff import cookie
from tests.web.desk_visits import NAME, page
from tests.web.openid.hostile_provider import Provider

LAX = "klarbild-openid"
START = "/desk/login/openid"


async def employ(service: Service, name: str = NAME, **fields: Any) -> None:
    """Somebody who works here, and has no password."""
    await service.store.put_user(
        UserRow(**{"name": name, "password": "", "role": "caseworker", "created": ""} | fields)
    )


async def leave(client: Client, path: str = START) -> str:
    """Follow the link on the login page; the address at the provider."""
    answer = await client.get(path, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


async def come_back(client: Client, address: str) -> ClientResponse:
    return await client.get(address, allow_redirects=False)


async def visit(client: Client, provider: Provider, path: str = START) -> ClientResponse:
    """The whole way there and back."""
    return await come_back(client, provider.authorize(await leave(client, path)))


async def refused(client: Client, answer: ClientResponse, told: str, status: int = 403) -> None:
    """Nobody came in, and the page says what to do."""
    assert answer.status == status
    assert told in await answer.text()
    assert cookie(client) == ""
    await page(client, "/desk", status=303)
