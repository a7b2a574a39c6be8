"""Who it is at the office that comes through the municipality's own login."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp.web import Application

from assistant.server.app import make_app
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client
from tests.web.desk_staff import come_in, doings, send, user_of
from tests.web.desk_visits import NAME, page
from tests.web.openid.hostile_provider import Provider
from tests.web.openid.visits import employ, refused, visit


async def test_somebody_without_a_login_is_told_whom_to_ask(
    client: Client, provider: Provider, service: Service
) -> None:
    provider.claims["preferred_username"] = "stranger"
    await refused(client, await visit(client, provider), "Be en administratör")
    assert [one.name for one in await service.store.users()] == [NAME]


async def test_an_administrator_adds_somebody_who_comes_this_way(
    client: Client, other: Client, provider: Provider, service: Service
) -> None:
    await come_in(other, service, "admin", "chief")
    answer = await send(other, "/desk/admin", name="berit", role="lead", unit="", openid="yes")
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/admin/user?name=berit&done=added")
    provider.claims["preferred_username"] = "berit"
    assert (await visit(client, provider)).status == 200
    berit = await user_of(service, "berit")
    assert (berit.role, berit.password, berit.subject) == ("lead", "", f"{provider.issuer} person-1")


async def test_who_is_shut_out_does_not_come_in_this_way(client: Client, provider: Provider, service: Service) -> None:
    await visit(client, provider)
    await employ(service, subject=f"{provider.issuer} person-1", disabled=True)
    await page(client, "/desk", status=303)
    client.session.cookie_jar.clear()
    await refused(client, await visit(client, provider), "Be en administratör")


async def test_a_login_that_is_one_persons_never_becomes_anothers(
    client: Client, provider: Provider, service: Service
) -> None:
    await visit(client, provider)
    client.session.cookie_jar.clear()
    provider.claims["sub"] = "person-2"
    await refused(client, await visit(client, provider), "Be en administratör")
    assert (await user_of(service)).subject == f"{provider.issuer} person-1"


async def test_an_address_that_nobody_has_verified_is_no_name(
    aiohttp_client: Callable[[Application], Awaitable[Client]],
    service: Service,
    settings: Settings,
    provider: Provider,
) -> None:
    service.settings = msgspec.structs.replace(settings, openid_claim="email")
    await employ(service, "anna@example.org")
    client = await aiohttp_client(make_app(service, secure=False))
    provider.claims |= {"email": "anna@example.org", "email_verified": False}
    assert (await visit(client, provider)).status == 403
    provider.claims["email_verified"] = True
    assert (await visit(client, provider)).status == 200


async def test_what_is_not_in_the_token_is_asked_for(client: Client, provider: Provider) -> None:
    del provider.claims["preferred_username"]
    provider.userinfo = {"sub": "person-1", "preferred_username": NAME}
    assert (await visit(client, provider)).status == 200
    assert "/userinfo" in provider.asked


async def test_what_is_told_of_another_person_is_not_believed(client: Client, provider: Provider) -> None:
    del provider.claims["preferred_username"]
    provider.userinfo = {"sub": "person-2", "preferred_username": NAME}
    await refused(client, await visit(client, provider), "Försök igen om en stund", 502)


class TestRolesOfTheProvider:
    """Where roles come from the provider, they are what it says at every login."""

    @pytest.fixture
    async def client(
        self, aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service, settings: Settings
    ) -> Client:
        service.settings = msgspec.structs.replace(
            settings,
            openid_roles_claim="realm_access.roles",
            openid_role_map=(("kb-handlaggare", "caseworker"), ("kb-chef", "lead"), ("kb-admin", "admin")),
            openid_unit_claim="department",
        )
        return await aiohttp_client(make_app(service, secure=False))

    async def test_a_login_is_made_for_who_has_one_of_them(
        self, client: Client, provider: Provider, service: Service
    ) -> None:
        roles = ["other", "kb-handlaggare", "kb-chef"]
        provider.claims |= {"realm_access": {"roles": roles}, "department": " Enhet  norr "}
        assert (await visit(client, provider)).status == 200
        anna = await user_of(service)
        assert (anna.role, anna.unit, anna.password) == ("lead", "Enhet norr", "")
        assert await doings(service) == [("", "made", NAME, "lead")]

    @pytest.mark.parametrize("roles", [[], ["other"], None, "kb-chef-not", {"kb-chef": True}, [7, None]])
    async def test_without_one_of_them_nobody_comes_in(
        self, client: Client, provider: Provider, service: Service, roles: Any
    ) -> None:
        await employ(service)
        provider.claims["realm_access"] = {"roles": roles}
        await refused(client, await visit(client, provider), "Be en administratör")
        assert (await user_of(service)).subject == ""

    async def test_another_role_or_unit_at_the_provider_holds_from_the_next_login(
        self, client: Client, provider: Provider, service: Service
    ) -> None:
        provider.claims |= {"realm_access": {"roles": "kb-admin"}, "department": "North"}
        await visit(client, provider)
        assert (await user_of(service)).role == "admin"
        provider.claims |= {"realm_access": {"roles": ["kb-handlaggare"]}, "department": ["South", "North"]}
        await visit(client, provider)
        anna = await user_of(service)
        assert (anna.role, anna.unit) == ("caseworker", "South")
        provider.claims["realm_access"] = {"roles": []}
        client.session.cookie_jar.clear()
        await refused(client, await visit(client, provider), "Be en administratör")

    @pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\u202eb", 7, None])
    async def test_a_name_that_cannot_be_makes_no_login(
        self, client: Client, provider: Provider, service: Service, name: Any
    ) -> None:
        provider.claims |= {"realm_access": {"roles": ["kb-admin"]}, "preferred_username": name, "department": "x"}
        assert (await visit(client, provider)).status == 403
        assert await service.store.users() == ()
