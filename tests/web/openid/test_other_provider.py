"""The whole way through a provider that others have written: discovery, code, token, claims, and out again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer

from assistant.server.app import make_app
from assistant.server.sessions import form_token
from assistant.service import Service, utc_now
from assistant.settings import Settings
from assistant.store import UserRow
from tests.conftest import Client, Clock
from tests.local_provider import provider_in, tell
from tests.web.desk_staff import cookie
from tests.web.desk_visits import NAME, page


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with provider_in(tmp_path_factory.mktemp("provider")) as one:
        yield one


@pytest.fixture
async def client(service: Service, clock: Clock, issuer: str) -> AsyncIterator[Client]:
    # Its tokens are of the present moment.
    clock.now = utc_now()
    service.settings = Settings(
        openid_issuer=issuer,
        openid_client_id="klarbild",
        openid_client_secret="secret",
        openid_roles_claim="groups",
        openid_role_map=(("kb-chef", "lead"),),
        openid_logout=True,
    )
    async with TestClient(TestServer(make_app(service, secure=False))) as made:
        yield made


async def authorize(issuer: str, address: str, subject: str, **claims: object) -> str:
    """Log in at the provider as somebody; where the browser is sent back."""
    await asyncio.to_thread(tell, issuer, subject, **claims)
    async with (
        ClientSession() as browser,
        browser.post(address, data={"sub": subject}, allow_redirects=False) as answer,
    ):
        assert answer.status == 302, await answer.text()
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"


async def test_somebody_with_a_role_comes_in_and_goes_out_again(client: Client, service: Service, issuer: str) -> None:
    there = await client.get("/desk/login/openid", allow_redirects=False)
    assert there.status == 303
    back = await authorize(
        issuer, there.headers["Location"], "subject-1", preferred_username=NAME, groups=["kb-chef", "everybody"]
    )
    answer = await client.get(back, allow_redirects=False)
    assert answer.status == 200, await answer.text()
    await page(client, "/desk")
    found = await service.store.user(NAME)
    assert found is not None
    assert found == UserRow(name=NAME, password="", role="lead", created=found.created, subject=f"{issuer} subject-1")
    out = await client.post("/desk/logout", data={"token": form_token(cookie(client))}, allow_redirects=False)
    assert f'href="{issuer}/oauth2/end_session?client_id=klarbild' in await out.text()
    await page(client, "/desk", status=303)


async def test_somebody_without_a_role_does_not_come_in(client: Client, service: Service, issuer: str) -> None:
    there = await client.get("/desk/login/openid", allow_redirects=False)
    back = await authorize(issuer, there.headers["Location"], "subject-2", preferred_username="stranger", groups=[])
    assert (await client.get(back, allow_redirects=False)).status == 403
    assert await service.store.users() == ()


async def test_who_says_no_at_the_provider_is_told_so(client: Client, issuer: str) -> None:
    there = await client.get("/desk/login/openid", allow_redirects=False)
    async with (
        ClientSession() as browser,
        browser.post(there.headers["Location"], data={"action": "deny"}, allow_redirects=False) as answer,
    ):
        back = urlsplit(answer.headers["Location"])
    state = urlsplit(there.headers["Location"]).query.partition("state=")[2].partition("&")[0]
    assert back.query.startswith("error=access_denied")
    # This provider forgets the state; without it nothing happens, and with it the page says what did.
    assert (await client.get(f"{back.path}?{back.query}", allow_redirects=False)).status == 403
    told = await client.get(f"{back.path}?{back.query}&state={state}", allow_redirects=False)
    assert "avbröts" in await told.text()
