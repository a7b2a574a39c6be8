"""An identity provider that can be made to lie: a real HTTP server with keys of its own, for tests of signing in."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwk, jwt

from assistant import openid

CLIENT, SECRET = "klarbild desk", "s3cret: with a colon & more"
Claims = dict[str, Any]


class Provider:
    """What it says, and what it was asked. Tests change it before somebody comes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.issuer = ""
        self.public = False
        self.keys = [jwk.RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}, private=True)]
        self.published: list[Any] = list(self.keys)
        self.claims: Claims = {"sub": "person-1", "preferred_username": "anna"}
        self.userinfo: Claims | None = None
        self.metadata: dict[str, Any] = {}
        self.spoil: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = self.signed
        self.answer: Callable[[str], web.StreamResponse | None] = lambda path: None
        self.asked: list[str] = []
        self.silent = asyncio.Event()
        self.silent.set()
        self.codes: dict[str, tuple[str, str]] = {}
        self.challenges: dict[str, str] = {}

    def signed(self, claims: Claims, alg: str = "RS256", key: Any = None, **header: Any) -> str:
        key = self.keys[0] if key is None else key
        head = {"alg": alg, "kid": key.kid} | header
        return jwt.encode(head, claims, key, algorithms=[alg])

    def unsigned(self, claims: Claims) -> str:
        """The same with the algorithm ``none`` and no signature."""
        parts = ({"alg": "none", "typ": "JWT"}, claims)
        return (
            ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."
        )

    def authorize(self, address: str) -> str:
        """What a person does at the provider's page: the address to which the browser is sent back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = (asked["nonce"], asked["redirect_uri"])
        self.challenges[code] = asked["code_challenge"]
        back = urlsplit(asked["redirect_uri"]).path
        return f"{back}?code={code}&state={asked['state']}"

    # -- what it serves ------------------------------------------------------------------------------------------------

    async def document(self, request: web.Request) -> web.StreamResponse:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
        } | self.metadata
        return web.json_response({name: value for name, value in found.items() if value is not None})

    async def jwks(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.published]})

    async def token(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        nonce, redirect = self.codes.pop(form.get("code", ""), ("", ""))
        verified = openid.challenge(form.get("code_verifier", "")) == self.challenges.get(form.get("code", ""))
        known = self._is_public(request, form) if self.public else self._is_shown(request, form)
        if not (nonce and verified and known and form["redirect_uri"] == redirect):
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(self.clock())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce} | self.claims
        return web.json_response(
            {"id_token": self.sign(self.spoil(claims)), "access_token": "open sesame", "token_type": "Bearer"}
        )

    def _is_public(self, request: web.Request, form: dict[str, str]) -> bool:
        """Whether this is a client without a secret, which shows none."""
        shown = "Authorization" in request.headers or "client_secret" in form
        return not shown and form.get("client_id") == CLIENT

    def _is_shown(self, request: web.Request, form: dict[str, str]) -> bool:
        """Whether the secret is shown, in one of two ways."""
        basic = base64.b64encode(b"klarbild+desk:s3cret%3A+with+a+colon+%26+more").decode()
        return request.headers.get("Authorization") == f"Basic {basic}" or form.get("client_secret") == SECRET

    async def info(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == "Bearer open sesame"
        return web.json_response(self.userinfo or {"sub": self.claims["sub"]})


@web.middleware
async def _noted(request: web.Request, handler: Any) -> web.StreamResponse:
    provider = request.app[_PROVIDER]
    provider.asked.append(request.path)
    await provider.silent.wait()
    answer: web.StreamResponse = provider.answer(request.path) or await handler(request)
    return answer


_PROVIDER = web.AppKey("provider", Provider)


@asynccontextmanager
async def provider_with(clock: Callable[[], float]) -> AsyncIterator[Provider]:
    """A provider that listens on this machine."""
    made = Provider(clock)
    app = web.Application(middlewares=[_noted])
    app[_PROVIDER] = made
    app.router.add_get("/.well-known/openid-configuration", made.document)
    app.router.add_get("/keys", made.jwks)
    app.router.add_post("/token", made.token)
    app.router.add_get("/userinfo", made.info)
    async with TestServer(app) as server:
        made.issuer = str(server.make_url("")).rstrip("/")
        yield made
