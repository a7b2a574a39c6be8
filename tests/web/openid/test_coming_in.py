"""Coming in through the municipality's own login, and going out again."""

from __future__ import annotations

import json
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application
from joserfc import jwk, jws
from joserfc.errors import SecurityWarning

from assistant.server.app import make_app
from assistant.server.sessions import form_token
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client, Clock
from tests.web.desk_staff import cookie, doings, take_cookie, user_of
from tests.web.desk_visits import NAME, page, seen
from tests.web.openid.hostile_provider import Claims, Provider
from tests.web.openid.visits import LAX, START, come_back, employ, leave, visit


async def test_the_login_has_a_link_only_where_a_provider_is_set(
    aiohttp_client: Callable[[Application], Awaitable[Client]], client: Client, service: Service
) -> None:
    assert f'href="{START}"' in await page(client, "/desk/login")
    service.settings = Settings()
    without = await aiohttp_client(make_app(service, secure=False))
    assert START not in await page(without, "/desk/login")
    await page(without, START, status=404)
    await page(without, f"{START}/callback?code=1&state=2", status=404)


async def test_somebody_who_works_here_comes_in(client: Client, provider: Provider, service: Service) -> None:
    after = f"/desk/cases/{'a' * 32}/summary"
    answer = await visit(client, provider, f"{START}?next={after}")
    assert answer.status == 200
    # A redirect would still count as the provider's, and the Strict cookie would not be sent along.
    assert f'<meta http-equiv="refresh" content="0; url={after}">' in await answer.text()
    assert f'href="{after}"' in await answer.text()
    assert answer.cookies["klarbild-desk"]["samesite"] == "Strict"
    assert cookie(client, LAX) == ""
    assert "<h1>Cases</h1>" in await page(client, "/desk?locale=en")
    assert (await user_of(service)).subject == f"{provider.issuer} person-1"
    assert await doings(service) == [("", "bound", NAME, "")]


async def test_the_language_comes_along(client: Client, provider: Provider) -> None:
    answer = await visit(client, provider, f"{START}?locale=en")
    assert "url=/desk?locale=en" in await answer.text()
    assert "Continue to the desk" in await answer.text()


async def test_the_state_lies_in_a_lax_cookie_for_ten_minutes(client: Client) -> None:
    answer = await client.get(START, allow_redirects=False)
    lax = answer.cookies[LAX]
    assert (lax["samesite"], lax["httponly"], lax["max-age"]) == ("Lax", True, "600")


async def test_over_https_the_cookies_are_bound_to_the_host(
    aiohttp_client: Callable[[Application], Awaitable[Client]], client: Client, service: Service
) -> None:
    secure = await aiohttp_client(make_app(service, secure=True))
    answer = await secure.get(START, allow_redirects=False)
    assert answer.cookies[f"__Host-{LAX}"]["secure"]
    assert "redirect_uri=https%3A%2F%2F127.0.0.1" in answer.headers["Location"]


async def test_the_second_time_the_person_is_known_whatever_they_are_called(
    client: Client, provider: Provider, service: Service
) -> None:
    await visit(client, provider)
    provider.claims["preferred_username"] = "anna.married"
    client.session.cookie_jar.clear()
    assert (await visit(client, provider)).status == 200
    assert [one.name for one in await service.store.users()] == [NAME]


async def test_a_new_login_ends_the_session_before_it_on_this_device(
    client: Client, provider: Provider, service: Service
) -> None:
    await visit(client, provider)
    first = cookie(client)
    back = provider.authorize(await leave(client))
    client.session.cookie_jar.clear(lambda morsel: morsel.key == "klarbild-desk")
    assert (await come_back(client, back)).status == 200
    assert cookie(client) not in ("", first)
    take_cookie(client, first)
    await page(client, "/desk", status=303)


async def test_a_second_step_of_ours_is_not_asked_for(client: Client, provider: Provider, service: Service) -> None:
    service.settings = msgspec.structs.replace(service.settings, second_step="required")
    await visit(client, provider)
    await page(client, "/desk")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_the_secret_is_shown_as_the_provider_wants_it(client: Client, provider: Provider, method: str) -> None:
    provider.metadata = {"token_endpoint_auth_methods_supported": [method]}
    assert (await visit(client, provider)).status == 200


async def test_a_client_without_a_secret_shows_none(client: Client, provider: Provider, service: Service) -> None:
    service.settings = msgspec.structs.replace(service.settings, openid_client_secret="")
    provider.public = True
    async with TestClient(TestServer(make_app(service, secure=False))) as public:
        back = provider.authorize((await public.get(START, allow_redirects=False)).headers["Location"])
        assert (await public.get(back, allow_redirects=False)).status == 200


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("RS256", None),
        ("PS256", None),
        ("ES256", jwk.ECKey.generate_key("P-256", {"kid": "ec"}, private=True)),
        ("EdDSA", jwk.OKPKey.generate_key("Ed25519", {"kid": "ed"}, private=True)),
    ],
)
async def test_signatures_of_every_kind_that_is_allowed_are_understood(
    client: Client, provider: Provider, alg: str, key: Any
) -> None:
    provider.published = [*provider.keys, *([key] if key else [])]
    provider.sign = lambda claims: _signed_with(provider, claims, alg, key)
    assert (await visit(client, provider)).status == 200


def _signed_with(provider: Provider, claims: Claims, alg: str, key: Any) -> str:
    used = key or provider.keys[0]
    registry = jws.JWSRegistry(algorithms=[alg])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return jws.serialize_compact({"alg": alg, "kid": used.kid}, json.dumps(claims), used, registry=registry)


async def test_document_and_keys_are_asked_for_once_an_hour(client: Client, provider: Provider, clock: Clock) -> None:
    for _ in range(3):
        await visit(client, provider)
    assert (provider.asked.count("/.well-known/openid-configuration"), provider.asked.count("/keys")) == (1, 1)
    clock.forward(hours=1)
    await visit(client, provider)
    assert (provider.asked.count("/.well-known/openid-configuration"), provider.asked.count("/keys")) == (2, 2)


async def test_a_key_that_is_new_at_the_provider_is_looked_for_once(
    client: Client, provider: Provider, clock: Clock
) -> None:
    await visit(client, provider)
    new = jwk.RSAKey.generate_key(2048, {"kid": "second"}, private=True)
    provider.keys = provider.published = [new]
    clock.forward(minutes=2)
    assert (await visit(client, provider)).status == 200
    assert provider.asked.count("/keys") == 2


# -- out ---------------------------------------------------------------------------------------------------------------


async def log_out(client: Client) -> ClientResponse:
    form = {"token": form_token(cookie(client))}
    return await client.post("/desk/logout", data=form, allow_redirects=False)


async def test_logging_out_here_leaves_the_provider_alone_unless_set(client: Client, provider: Provider) -> None:
    await visit(client, provider)
    answer = await log_out(client)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/login")


async def test_logging_out_leads_to_the_provider_where_that_is_set(
    aiohttp_client: Callable[[Application], Awaitable[Client]],
    service: Service,
    settings: Settings,
    provider: Provider,
) -> None:
    service.settings = msgspec.structs.replace(settings, openid_logout=True)
    await employ(service)
    client = await aiohttp_client(make_app(service, secure=False))
    await visit(client, provider)
    session = cookie(client)
    answer = await log_out(client)
    told = await answer.text()
    # A page of ours: a form's redirect to another site is stopped by our own policy.
    assert answer.status == 200
    assert f'href="{provider.issuer}/logout?client_id=klarbild+desk&amp;post_logout_redirect_uri=http' in told
    assert "id_token_hint=ey" in told
    take_cookie(client, session)
    await page(client, "/desk", status=303)
    await visit(client, provider)
    provider.metadata = {"end_session_endpoint": None}
    assert "Log out" in await seen(client, "/desk?locale=en")
