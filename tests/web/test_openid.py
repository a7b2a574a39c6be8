"""Coming in through the municipality's own login, and everything that must not let anybody in."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application
from joserfc import jwk, jws
from joserfc.errors import SecurityWarning

from assistant.server.app import make_app
from assistant.server.sessions import form_token
from assistant.service import Service
from assistant.settings import Settings
from assistant.store import UserRow
from tests.conftest import Client, Clock
from tests.faults.serving import free_port
from tests.web.desk_staff import cookie, doings, take_cookie, user_of
from tests.web.desk_visits import NAME, page, seen
from tests.web.hostile_provider import CLIENT, SECRET, Claims, Provider, provider_with

LAX = "klarbild-openid"
START = "/desk/login/openid"


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


# -- the good way ------------------------------------------------------------------------------------------------------


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


# -- tokens that are not to be believed --------------------------------------------------------------------------------


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def with_(**more: Any) -> Callable[[Claims], Claims]:
    return lambda claims: claims | more


def later(name: str, seconds: float) -> Callable[[Claims], Claims]:
    return lambda claims: claims | {name: claims["iat"] + seconds}


BAD_CLAIMS: dict[str, Callable[[Claims], Claims]] = {
    "another issuer": with_(iss="https://idp.example.org"),
    "an issuer with a slash more": lambda claims: claims | {"iss": claims["iss"] + "/"},
    "no issuer": without("iss"),
    "another audience": with_(aud="another client"),
    "an audience of others": with_(aud=["another client", "a third"]),
    "no audience": without("aud"),
    "several audiences and no azp": with_(aud=[CLIENT, "another client"]),
    "another azp": with_(azp="another client"),
    "another nonce": with_(nonce="x" * 43),
    "no nonce": without("nonce"),
    "a nonce that is a list": lambda claims: claims | {"nonce": [claims["nonce"]]},
    "expired": later("exp", -61),
    "no expiry": without("exp"),
    "an expiry that is no number": with_(exp="soon"),
    "an expiry that is not a number at all": with_(exp=float("nan")),
    "issued in the future": lambda claims: claims | {"iat": claims["iat"] + 61, "exp": claims["iat"] + 900},
    "no time of issue": without("iat"),
    "not yet": later("nbf", 61),
    "no subject": without("sub"),
    "an empty subject": with_(sub=""),
    "a subject that is a number": with_(sub=1),
    "a subject of 300 signs": with_(sub="x" * 300),
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
async def test_a_token_with_wrong_claims_lets_nobody_in(
    client: Client, provider: Provider, service: Service, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider.spoil = BAD_CLAIMS[name]
    await refused(client, await visit(client, provider), "gick inte att lita på")
    assert (await user_of(service)).subject == ""
    assert "person-1" not in caplog.text
    assert len([record for record in caplog.records if "OpenID Connect" in record.message]) == 1


async def test_a_small_difference_of_the_clocks_is_forgiven(client: Client, provider: Provider) -> None:
    provider.spoil = lambda claims: claims | {"iat": claims["iat"] + 59, "exp": claims["iat"] - 59}
    assert (await visit(client, provider)).status == 200


async def test_several_audiences_are_fine_if_we_are_the_party(client: Client, provider: Provider) -> None:
    provider.spoil = with_(aud=[CLIENT, "another client"], azp=CLIENT)
    assert (await visit(client, provider)).status == 200


def hs256_with_the_public_key(provider: Provider) -> Callable[[Claims], str]:
    """The oldest trick: the public key, which everybody knows, taken for a shared secret."""

    def sign(claims: Claims) -> str:
        body = ".".join(_encoded(part) for part in ({"alg": "HS256", "typ": "JWT", "kid": "first"}, claims))
        signature = hmac.digest(provider.keys[0].as_pem(private=False), body.encode(), "sha256")
        return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    return sign


def _encoded(part: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def wrong_signature(provider: Provider) -> Callable[[Claims], str]:
    other = jwk.RSAKey.generate_key(2048, {"kid": "first"}, private=True)
    return lambda claims: provider.signed(claims, key=other)


def changed_afterwards(provider: Provider) -> Callable[[Claims], str]:
    def sign(claims: Claims) -> str:
        head, _, signature = provider.signed(claims).split(".")
        body = provider.unsigned(claims | {"sub": "person-2"}).split(".")[1]
        return f"{head}.{body}.{signature}"

    return sign


def unknown_key(provider: Provider) -> Callable[[Claims], str]:
    other = jwk.RSAKey.generate_key(2048, {"kid": "nobody's"}, private=True)
    return lambda claims: provider.signed(claims, key=other)


def key_in_the_header(provider: Provider) -> Callable[[Claims], str]:
    other = jwk.RSAKey.generate_key(2048, {"kid": "first"}, private=True)
    return lambda claims: provider.signed(claims, key=other, jwk=other.as_dict(private=False))


BAD_SIGNATURES: dict[str, Callable[[Provider], Callable[[Claims], str]]] = {
    "alg none": lambda provider: provider.unsigned,
    "HS256 with the public key": hs256_with_the_public_key,
    "a wrong signature": wrong_signature,
    "changed afterwards": changed_afterwards,
    "an unknown key": unknown_key,
    "a key that the token brings itself": key_in_the_header,
    "no token at all": lambda provider: lambda claims: "nonsense",
    "a token of 40 kB": lambda provider: lambda claims: provider.signed(claims | {"more": "x" * 40_000}),
    "claims that are a list": lambda provider: lambda claims: provider.signed({}).replace(".e30.", ".W10."),
}


@pytest.mark.parametrize("name", BAD_SIGNATURES)
async def test_a_token_with_a_wrong_signature_lets_nobody_in(
    client: Client, provider: Provider, service: Service, name: str
) -> None:
    provider.sign = BAD_SIGNATURES[name](provider)
    await refused(client, await visit(client, provider), "gick inte att lita på")
    assert (await user_of(service)).subject == ""


async def test_keys_that_are_secret_or_weak_are_not_used(client: Client, provider: Provider) -> None:
    secret = jwk.OctKey.import_key("a shared secret of the provider", {"kid": "oct"})
    provider.published = [secret]
    provider.sign = lambda claims: provider.signed(claims, "HS256", secret)
    await refused(client, await visit(client, provider), "gick inte att lita på")


@pytest.mark.parametrize(
    ("setting", "claims", "comes_in"),
    [
        ({"openid_acr": ("loa3",)}, {"acr": "loa3"}, True),
        ({"openid_acr": ("loa3",)}, {"acr": "loa2"}, False),
        ({"openid_acr": ("loa3",)}, {}, False),
        ({"openid_amr": ("mfa", "hwk")}, {"amr": ["pwd", "mfa"]}, True),
        ({"openid_amr": ("mfa",)}, {"amr": ["pwd"]}, False),
        ({"openid_amr": ("mfa",)}, {"amr": "mfa"}, True),
        ({"openid_amr": ("mfa",)}, {}, False),
    ],
)
async def test_a_login_that_was_too_easy_at_the_provider_lets_nobody_in(
    aiohttp_client: Callable[[Application], Awaitable[Client]],
    service: Service,
    settings: Settings,
    provider: Provider,
    setting: dict[str, Any],
    claims: Claims,
    comes_in: bool,
) -> None:
    service.settings = msgspec.structs.replace(settings, **setting)
    await employ(service)
    client = await aiohttp_client(make_app(service, secure=False))
    provider.claims |= claims
    answer = await visit(client, provider)
    assert answer.status == (200 if comes_in else 403)
    assert (cookie(client) != "") is comes_in


# -- states that are not under way -------------------------------------------------------------------------------------

NOT_UNDER_WAY = "gäller inte längre"


async def test_a_code_and_state_work_once(client: Client, provider: Provider) -> None:
    back = provider.authorize(await leave(client))
    lax = cookie(client, LAX)
    assert (await come_back(client, back)).status == 200
    client.session.cookie_jar.clear()
    take_cookie(client, lax, LAX)
    await refused(client, await come_back(client, back), NOT_UNDER_WAY)


async def test_the_same_answer_sent_many_times_at_once_lets_in_once(client: Client, provider: Provider) -> None:
    back = provider.authorize(await leave(client))
    answers = await asyncio.gather(*(come_back(client, back) for _ in range(5)))
    assert sorted(one.status for one in answers) == [200, 403, 403, 403, 403]


async def test_a_code_that_was_used_already_lets_nobody_in(client: Client, provider: Provider) -> None:
    used = provider.authorize(await leave(client))
    await come_back(client, used)
    client.session.cookie_jar.clear()
    fresh = provider.authorize(await leave(client))
    code, state = used.partition("code=")[2].partition("&")[0], fresh.partition("state=")[2]
    answer = await come_back(client, f"{START}/callback?code={code}&state={state}")
    await refused(client, answer, "Försök igen om en stund", 502)


async def test_a_state_from_another_browser_does_nothing_and_stays_good_in_its_own(
    client: Client, provider: Provider
) -> None:
    back = provider.authorize(await leave(client))
    other: TestClient[Any, Any] = TestClient(client.server)
    answer = await other.get(back, allow_redirects=False)
    assert answer.status == 403
    assert NOT_UNDER_WAY in await answer.text()
    # Somebody else's cookie of the same kind is none of this login.
    await other.get(START, allow_redirects=False)
    assert (await other.get(back, allow_redirects=False)).status == 403
    await other.session.close()
    assert (await come_back(client, back)).status == 200


async def test_a_login_at_the_provider_takes_ten_minutes_at_most(
    client: Client, provider: Provider, clock: Clock
) -> None:
    back = provider.authorize(await leave(client))
    clock.forward(minutes=10)
    await refused(client, await come_back(client, back), NOT_UNDER_WAY)


@pytest.mark.parametrize(
    "query",
    ["", "code=1", "state=x", "code=1&state=x", "code=1&state={}&state={}", "code=1&state={}&more=" + "x" * 5000],
)
async def test_an_answer_with_a_wrong_state_does_nothing(client: Client, provider: Provider, query: str) -> None:
    state = provider.authorize(await leave(client)).partition("state=")[2]
    provider.asked.clear()
    answer = await come_back(client, f"{START}/callback?{query.replace('{}', state)}")
    await refused(client, answer, NOT_UNDER_WAY)
    assert provider.asked == []


async def test_two_tabs_of_one_browser_log_in_one_after_the_other(client: Client, provider: Provider) -> None:
    first, second = [provider.authorize(await leave(client)) for _ in range(2)]
    assert (await come_back(client, first)).status == 200
    await page(client, "/desk")
    assert (await come_back(client, second)).status == 403


async def test_a_cookie_that_somebody_planted_is_not_taken_over(client: Client) -> None:
    take_cookie(client, "planted" * 6, LAX)
    await leave(client)
    assert cookie(client, LAX) != "planted" * 6


async def test_who_breaks_off_at_the_provider_is_told_so(client: Client, provider: Provider) -> None:
    state = provider.authorize(await leave(client)).partition("state=")[2]
    answer = await come_back(client, f"{START}/callback?error=access_denied&error_description=<i>&state={state}")
    assert "<i>" not in await answer.text()
    await refused(client, answer, "avbröts")


@pytest.mark.parametrize(("says", "status"), [("ours", 200), ("another", 403), ("none", 403)])
async def test_an_answer_says_from_whom_it_is_where_the_provider_promises_that(
    client: Client, provider: Provider, says: str, status: int
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    back = provider.authorize(await leave(client))
    back += {"ours": f"&iss={provider.issuer}", "another": "&iss=https://idp.example.org", "none": ""}[says]
    assert (await come_back(client, back)).status == status


async def test_a_head_request_does_not_use_the_state_up(client: Client, provider: Provider) -> None:
    back = provider.authorize(await leave(client))
    assert (await client.head(back, allow_redirects=False)).status == 405
    assert (await come_back(client, back)).status == 200


# -- a provider that fails ---------------------------------------------------------------------------------------------

METADATA: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://idp.example.org"},
    "no keys": {"jwks_uri": None},
    "an address without TLS": {"token_endpoint": "http://idp.example.org/token"},
    "an address of another kind": {"authorization_endpoint": "javascript:alert(1)"},
    "an address with a password": {"userinfo_endpoint": "https://a:b@idp.example.org/"},
    "a number for an address": {"token_endpoint": 7},
}


@pytest.mark.parametrize("name", METADATA)
async def test_metadata_that_cannot_be_right_lead_nowhere(client: Client, provider: Provider, name: str) -> None:
    provider.metadata = METADATA[name]
    answer = await client.get(START, allow_redirects=False)
    await refused(client, answer, "Försök igen om en stund", 502)


FAILURES: dict[str, Callable[[], web.StreamResponse]] = {
    "a failure": lambda: web.Response(status=500),
    "a redirect": lambda: web.Response(status=302, headers={"Location": "https://idp.example.org/"}),
    "no JSON": lambda: web.Response(text="<html>"),
    "a list": lambda: web.json_response([]),
    "far too much": lambda: web.Response(body=b" " * 600_000 + b"{}"),
    "bytes that are no text": lambda: web.Response(body=b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_a_provider_that_fails_is_told_and_nobody_comes_in(
    client: Client, provider: Provider, path: str, name: str
) -> None:
    provider.answer = lambda asked: FAILURES[name]() if asked == path else None
    answer = await client.get(START, allow_redirects=False)
    if path != "/.well-known/openid-configuration":
        answer = await come_back(client, provider.authorize(answer.headers["Location"]))
    assert answer.status in (403, 502)
    assert cookie(client) == ""
    provider.answer = lambda asked: None
    assert (await visit(client, provider)).status == 200


async def test_a_provider_that_does_not_answer_holds_nobody_up(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.server.provider.WITHIN_S", 0.2)
    provider.silent.clear()
    answer = await client.get(START, allow_redirects=False)
    provider.silent.set()
    await refused(client, answer, "Försök igen om en stund", 502)


async def test_a_provider_that_is_not_there_is_told(client: Client, service: Service) -> None:
    service.settings = msgspec.structs.replace(service.settings, openid_issuer=f"http://127.0.0.1:{free_port()}")
    async with TestClient(TestServer(make_app(service, secure=False))) as without:
        assert (await without.get(START, allow_redirects=False)).status == 502


# -- who it is at the office -------------------------------------------------------------------------------------------


async def test_somebody_without_a_login_is_told_whom_to_ask(
    client: Client, provider: Provider, service: Service
) -> None:
    provider.claims["preferred_username"] = "stranger"
    await refused(client, await visit(client, provider), "Be en administratör")
    assert [one.name for one in await service.store.users()] == [NAME]


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
            openid_role_map={"kb-handlaggare": "caseworker", "kb-chef": "lead", "kb-admin": "admin"},
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
