"""Coming in to the desk through the municipality's own login: OpenID Connect, authorization code flow with PKCE.

What is under way is in memory. The browser holds a cookie of its own for it, a Lax one: the session's is Strict, and
would not come back with a link from the provider. For the same reason the page after it is one of ours that goes on by
itself: a redirect would still count as the provider's.
"""

from __future__ import annotations

import datetime
import logging
import secrets
from collections import OrderedDict
from typing import NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from assistant import arrivals, openid
from assistant.server.desk import MAY_FOLLOW, cookie_name, here, words_of
from assistant.server.desk_login import come_in, drop_cookie, outside, set_cookie
from assistant.server.keys import LIMITS, OPENID, SECURE, SERVICE, SESSIONS, STAFF
from assistant.server.limits import coarse_address
from assistant.server.provider import Provider, ProviderError
from assistant.server.sessions import same, token_hash
from assistant.service import Service
from assistant.store import UserRow
from assistant.texts import Words

MINUTES = 10
"""How long a login may take at the provider."""

MOST_AN_HOUR = 2_000
"""How many logins are begun from one neighbourhood in an hour: a whole municipality may be one, in the morning."""

CALLBACK = "/desk/login/openid/callback"
_MOST_UNDER_WAY = 10_000
_LONGEST = 4_096
_STATUS = {"provider": 502, "many": 429}
_log = logging.getLogger("klarbild")


class _Login(NamedTuple):
    """A login that is under way at the provider, for the browser whose cookie has this hash."""

    browser: bytes
    nonce: str
    verifier: str
    redirect: str
    after: str
    words: Words
    session: str
    until: datetime.datetime


class OpenId:
    """The logins that are under way, and the provider."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.provider = Provider(service.settings, service.clock)
        self._under_way: OrderedDict[bytes, _Login] = OrderedDict()
        self._id_tokens: OrderedDict[bytes, str] = OrderedDict()

    def browser(self, cookie: str) -> str:
        """What a browser is known by while a login is under way: what it has got already (another tab), or a new one.
        Only what we gave out is taken, so that nobody can plant one."""
        self._forget_late_ones()
        known = any(one.browser == token_hash(cookie) for one in self._under_way.values())
        return cookie if known else secrets.token_urlsafe(32)

    async def begin(self, browser: str, *, redirect: str, after: str, words: Words, session: str) -> str:
        """The address at the provider where somebody logs in. Raises ProviderError."""
        document, settings = await self.provider.document(), self._service.settings
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        until = self._service.clock() + datetime.timedelta(minutes=MINUTES)
        login = _Login(token_hash(browser), nonce, verifier, redirect, after, words, session, until)
        self._under_way[token_hash(state)] = login
        while len(self._under_way) > _MOST_UNDER_WAY:
            self._under_way.popitem(last=False)
        asked = {
            "response_type": "code",
            "client_id": settings.openid_client_id,
            "redirect_uri": redirect,
            "scope": " ".join(settings.openid_scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": openid.challenge(verifier),
            "code_challenge_method": "S256",
        }
        if settings.openid_acr:
            asked["acr_values"] = " ".join(settings.openid_acr)
        return _with_query(document.authorization_endpoint, asked)

    def take(self, state: str, browser: str) -> _Login | None:
        """The login of this state, if it is under way in this browser. It is not under way any more then."""
        self._forget_late_ones()
        found = self._under_way.get(token_hash(state))
        if found is None or not same(found.browser.hex(), token_hash(browser).hex()):
            return None
        return self._under_way.pop(token_hash(state))

    async def user(self, request: web.Request, login: _Login, code: str) -> tuple[UserRow | None, str]:
        """Who came with this code (None: nobody of the office), and the token that says so.

        Raises ProviderError, TokenError and StoreError."""
        settings = self._service.settings
        tokens = await self.provider.tokens(code, login.verifier, login.redirect)
        expected = openid.Expected(
            issuer=settings.openid_issuer,
            client_id=settings.openid_client_id,
            nonce=login.nonce,
            acr=settings.openid_acr,
            amr=settings.openid_amr,
        )
        claims = await self.provider.claims(tokens.id_token, expected)
        if arrivals.wanted(settings, claims):
            claims = await self.provider.more_claims(tokens, claims["sub"]) | claims
        today = self._service.today().isoformat()
        found = await arrivals.arrive(self._service.store, request.app[STAFF], settings, claims, today)
        return found, tokens.id_token

    def remember(self, session: str, id_token: str) -> None:
        """Keep what the provider wants to see when this session logs out there, too."""
        if self._service.settings.openid_logout:
            self._id_tokens[token_hash(session)] = id_token
            while len(self._id_tokens) > _MOST_UNDER_WAY:
                self._id_tokens.popitem(last=False)

    async def way_out(self, session: str, after: str, request: web.Request) -> str:
        """The address at the provider where this session's person logs out (OpenID Connect RP-Initiated Logout 1.0);
        empty if it has none, or does not answer."""
        try:
            document = await self.provider.document()
        except ProviderError as error:
            _log.warning("OpenID Connect: %s", error)
            return ""
        if not document.end_session_endpoint:
            return ""
        asked = {
            "client_id": self._service.settings.openid_client_id,
            "post_logout_redirect_uri": public_address(request) + after,
        }
        id_token = self._id_tokens.pop(token_hash(session), "")
        return _with_query(document.end_session_endpoint, asked | ({"id_token_hint": id_token} if id_token else {}))

    def _forget_late_ones(self) -> None:
        now = self._service.clock()
        while self._under_way and next(iter(self._under_way.values())).until <= now:
            self._under_way.popitem(last=False)


def _with_query(address: str, fields: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(fields)}"


def public_address(request: web.Request) -> str:
    """The address that people reach this server by, without a path."""
    scheme = "https" if request.app[SECURE] else request.scheme
    return request.app[SERVICE].settings.public_url or f"{scheme}://{request.host}"


def _cookie(request: web.Request) -> str:
    return "__Host-klarbild-openid" if request.app[SECURE] else "klarbild-openid"


async def start(request: web.Request) -> web.StreamResponse:
    """Lead to the provider."""
    if not request.app[LIMITS].take("openid", coarse_address(request), MOST_AN_HOUR):
        return _refused(request, "many", "too many logins were begun from one neighbourhood")
    under_way = request.app[OPENID]
    after = request.query.get("next", "")
    browser = under_way.browser(request.cookies.get(_cookie(request), ""))
    try:
        address = await under_way.begin(
            browser,
            redirect=public_address(request) + CALLBACK,
            after=here(request, after if MAY_FOLLOW(after) else "/desk"),
            words=words_of(request),
            session=request.cookies.get(cookie_name(request), ""),
        )
    except ProviderError as error:
        return _refused(request, "provider", str(error))
    response = web.Response(status=303, headers={"Location": address})
    set_cookie(request, response, _cookie(request), browser, lax_for_s=MINUTES * 60)
    return response


async def come_back(request: web.Request) -> web.StreamResponse:
    """Take what the provider sends back: a code for the state that we gave, in the browser that we gave it to."""
    under_way, query = request.app[OPENID], request.query
    if any(len(query.getall(name)) > 1 for name in query) or len(request.query_string) > _LONGEST:
        return _refused(request, "state", "a parameter is there twice, or too long")
    login = under_way.take(query.get("state", ""), request.cookies.get(_cookie(request), ""))
    if login is None:
        return _refused(request, "state", "the state is not under way in this browser")
    try:
        document = await under_way.provider.document()
        if _from_another(query.get("iss"), document.issuer, document.authorization_response_iss_parameter_supported):
            return _refused(request, "token", "the answer is from another issuer", login.words)
        if not query.get("code"):
            return _refused(request, "denied", "the provider did not let somebody in", login.words)
        user, id_token = await under_way.user(request, login, query["code"])
    except ProviderError as error:
        return _refused(request, "provider", str(error), login.words)
    except openid.TokenError as error:
        return _refused(request, "token", str(error), login.words)
    if user is None:
        return _refused(request, "nobody", "somebody came who has no login here", login.words)
    response = outside(request, "continue", words=login.words, after=login.after)
    await request.app[SESSIONS].end(login.session)
    session = await come_in(request, response, user.name, "openid")
    under_way.remember(session, id_token)
    drop_cookie(request, response, _cookie(request))
    return response


def _from_another(issuer: str | None, ours: str, must_be_there: bool) -> bool:
    """Whether an answer says (RFC 9207) that it is from another provider, or does not say what it must."""
    return must_be_there if issuer is None else issuer != ours


def _refused(request: web.Request, kind: str, why: str, words: Words | None = None) -> web.StreamResponse:
    """A page that says what to do now. Why stands in the log, without anything that tells of a person."""
    _log.warning("OpenID Connect: %s", why)
    return outside(request, "openid_problem", status=_STATUS.get(kind, 403), words=words, kind=kind)


async def _close(app: web.Application) -> None:
    await app[OPENID].provider.close()


def add_to(app: web.Application) -> None:
    """Let people come in by OpenID Connect, if a provider is set."""
    service = app[SERVICE]
    if service.settings.openid_issuer:
        app[OPENID] = OpenId(service)
        # A HEAD must not use the state up.
        app.router.add_get("/desk/login/openid", start, allow_head=False)
        app.router.add_get(CALLBACK, come_back, allow_head=False)
        app.on_cleanup.append(_close)
