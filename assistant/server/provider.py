"""Talking with the identity provider of the municipality: its document, its keys, and tokens for a code.

Every answer has to come within some seconds, be small, and be JSON. No redirect is followed, and no address is asked
that is neither https nor on this machine.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus

import aiohttp
import msgspec

from assistant import openid
from assistant.addresses import is_safe
from assistant.settings import Settings

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

T = TypeVar("T")

WITHIN_S = 10.0
LARGEST_ANSWER = 512 * 1024
KEPT = datetime.timedelta(hours=1)
"""How long the provider's document and keys are believed without being asked for again."""

AGAIN = datetime.timedelta(minutes=1)
"""How long is waited, at least, between two looks for a new key."""

DOCUMENT = "/.well-known/openid-configuration"


class ProviderError(Exception):
    """The provider cannot be used now; the text is one line for the log, and holds nothing that it sent."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a provider's metadata (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of the answer to a code (RFC 6749, section 5.1)."""

    id_token: str
    access_token: str = ""


class Provider:
    """The provider that the settings name."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime.datetime]) -> None:
        self._settings, self._clock = settings, clock
        self._document: tuple[Document, datetime.datetime] | None = None
        self._keys: tuple[KeySet, datetime.datetime] | None = None
        self._session: aiohttp.ClientSession | None = None
        self._asking: dict[str, asyncio.Future[Any]] = {}

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def document(self) -> Document:
        """The provider's metadata. Raises ProviderError."""
        now = self._clock()
        if self._document is None or now - self._document[1] >= KEPT:
            self._document = (await self._together("document", self._discover), now)
        return self._document[0]

    async def _together(self, what: str, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Ask once for all who want the same now: nobody waits behind others for a provider that does not answer."""
        asking = self._asking.get(what)
        if asking is None:
            asking = self._asking[what] = asyncio.ensure_future(ask())
            asking.add_done_callback(lambda _: self._asking.pop(what))
        # Shielded: whoever goes away does not take the answer from the others.
        answer: T = await asyncio.shield(asking)
        return answer

    async def _discover(self) -> Document:
        issuer = self._settings.openid_issuer
        found = _understood(await self._ask("GET", issuer.rstrip("/") + DOCUMENT), Document, "its metadata")
        if found.issuer != issuer:
            raise ProviderError("the provider calls itself by another name than openid_issuer")
        ends = [found.authorization_endpoint, found.token_endpoint, found.jwks_uri]
        ends += [one for one in (found.userinfo_endpoint, found.end_session_endpoint) if one]
        if not all(is_safe(one) for one in ends):
            raise ProviderError("the provider names an address that is not https")
        return found

    async def claims(self, token: str, expected: openid.Expected) -> dict[str, Any]:
        """The claims of an ID token. If its key is unknown, the keys are asked for once more.

        Raises TokenError and ProviderError."""
        try:
            return openid.claims_of(token, await self._known_keys(), expected, self._clock().timestamp())
        except openid.UnknownKeyError:
            if self._keys is None or self._clock() - self._keys[1] < AGAIN:
                raise
            self._keys = None
            return openid.claims_of(token, await self._known_keys(), expected, self._clock().timestamp())

    async def _known_keys(self) -> KeySet:
        now = self._clock()
        if self._keys is None or now - self._keys[1] >= KEPT:
            self._keys = (await self._together("keys", self._published_keys), now)
        return self._keys[0]

    async def _published_keys(self) -> KeySet:
        document = await self.document()
        return openid.key_set(await self._ask("GET", document.jwks_uri))

    async def tokens(self, code: str, verifier: str, redirect: str) -> Tokens:
        """Redeem a code (RFC 6749, section 4.1.3, and RFC 7636). Raises ProviderError."""
        document, settings = await self.document(), self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        headers = {}
        if not settings.openid_client_secret:
            form["client_id"] = settings.openid_client_id
        elif "client_secret_basic" in document.token_endpoint_auth_methods_supported:
            # Each half is encoded as in a form before they are joined (RFC 6749, section 2.3.1).
            name, secret = quote_plus(settings.openid_client_id), quote_plus(settings.openid_client_secret)
            headers["Authorization"] = aiohttp.encode_basic_auth(name, secret)
        else:
            form |= {"client_id": settings.openid_client_id, "client_secret": settings.openid_client_secret}
        answer = await self._ask("POST", document.token_endpoint, data=form, headers=headers)
        return _understood(answer, Tokens, "its answer to the code")

    async def more_claims(self, tokens: Tokens, subject: str) -> dict[str, Any]:
        """What the provider tells of the person beside the ID token; nothing, if it does not. Raises ProviderError."""
        document = await self.document()
        if not document.userinfo_endpoint or not tokens.access_token:
            return {}
        headers = {"Authorization": f"Bearer {tokens.access_token}"}
        found = await self._ask("GET", document.userinfo_endpoint, headers=headers)
        if not isinstance(found, dict) or found.get("sub") != subject:
            # Section 5.3.2: they would be somebody else's.
            raise ProviderError("the provider tells of another person than its token")
        return found

    async def _ask(
        self,
        method: str,
        address: str,
        *,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        if not is_safe(address):
            raise ProviderError("the address of the provider is not https")
        if self._session is None:
            # Neither cookies nor a proxy of the environment.
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=WITHIN_S), cookie_jar=aiohttp.DummyCookieJar()
            )
        try:
            async with self._session.request(
                method,
                address,
                data=data,
                headers={"Accept": "application/json", **(headers or {})},
                allow_redirects=False,
            ) as answer:
                body = bytearray()
                async for chunk in answer.content.iter_chunked(65_536):
                    body += chunk
                    if len(body) > LARGEST_ANSWER:
                        raise ProviderError("the provider answers with too much")
                if answer.status != 200:
                    raise ProviderError(f"the provider answers with status {answer.status}")
                return msgspec.json.decode(bytes(body))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ProviderError(f"the provider does not answer: {type(error).__name__}") from None
        except msgspec.DecodeError:
            raise ProviderError("the provider answers with something that is no JSON") from None


def _understood(value: Any, kind: type[T], what: str) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        raise ProviderError(f"the provider leaves something out of {what}") from None
