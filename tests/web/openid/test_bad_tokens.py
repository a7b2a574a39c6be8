"""Tokens that are not to be believed let nobody in."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp.web import Application
from joserfc import jwk

from assistant.server.app import make_app
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client
from tests.web.desk_staff import cookie, user_of
from tests.web.openid.hostile_provider import CLIENT, Claims, Provider
from tests.web.openid.visits import employ, refused, visit


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
