"""What holds for every request: headers, size and time of bodies, whence a form may come, and errors as kind pages.

Order, from the outside: errors, arriving (see `admission`), rules of the routes, origin, body, working. Headers are
added when a response is sent, whoever made it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from assistant.logs import told
from assistant.server import pages, problems
from assistant.server.admission import NotNow, arriving, working
from assistant.server.keys import HEADERS, OPEN_PAGES, SECURE, SERVICE
from assistant.server.open_pages import name_page
from assistant.server.rules import ruled
from assistant.server.visitors import talk_of, token_of, words_for, words_of_reader
from assistant.slowly import TooBusy
from assistant.store import StoreError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST_BODY = 64 * 1024
BODY_WITHIN_S = 10.0
RETRY_SOON = {"Retry-After": "30"}
"""For whoever met a disk that does not take anything just now."""
_SOON = {"Retry-After": "5"}
_log = logging.getLogger("klarbild")

_ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, noarchive",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_OF_A_FRAGMENT = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))
_WHEN_SECURE = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload"}


def headers_for(*, secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers of every response (OWASP Secure Headers, MDN Observatory); a handler may set its own of a name."""
    return tuple((_ALWAYS | _WHEN_SECURE if secure else _ALWAYS).items())


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Complete the headers of a response that is about to be sent, and say nothing of versions.

    A fragment goes to a script of a page that has them all: it carries only those that guard it by itself, because a
    person on a prepaid telephone pays for every byte of every turn. Its media type is no page for any browser, so a
    policy for pages would guard nothing; and no other site gets one, since the cookie is not sent with its requests."""
    headers = response.headers
    headers.popall("Server", None)
    for name, value in _OF_A_FRAGMENT if response.content_type == pages.FRAGMENT else request.app[HEADERS]:
        headers.setdefault(name, value)
    name_page(request.app[OPEN_PAGES], token_of(request), response)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as a page that helps on, in the reader's language; as a problem document for programs."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return await _answer(request, error)
    except TooBusy:
        return await _answer(request, web.HTTPServiceUnavailable(headers=_SOON))
    except StoreError as error:
        # Its text is one line for the operator, and names nothing but ids.
        _tell(request, error, line=f": {error}")
        return await _answer(request, web.HTTPServiceUnavailable(headers=RETRY_SOON))
    except Exception as error:
        _tell(request, error)
        return await _answer(request, web.HTTPInternalServerError())


async def _answer(request: web.Request, error: web.HTTPException) -> web.Response:
    if request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json"):
        return problems.problem_of(error)
    at_desk = request.path.startswith("/desk")
    kept = False
    try:
        words = request.app[SERVICE].words("sv") if at_desk else await words_of_reader(request)
        if not at_desk and isinstance(error, NotNow):
            talk = await talk_of(request)
            kept = talk is not None and talk.kept
    except StoreError:
        words = words_for(request)
    view: dict[str, Any] = {"home": "/desk" if at_desk else "/chat", "why": getattr(error, "why", ""), "kept": kept}
    response = pages.render(request, "chat/error.html", words, status=error.status, **view)
    for name in ("Allow", "Retry-After"):
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return response


def _tell(request: web.Request, error: Exception, line: str = "") -> None:
    """Log where something went wrong: the route's template, the kind of error and the line, never anybody's words."""
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "-"
    _log.error("%s %s: %s%s", request.method, route, told(error), line)


@web.middleware
async def origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site sends in a person's name. A browser too old to tell is met by the form's own token."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and not request.path.startswith("/api/"):
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        sender = request.headers.get("Origin")
        if site not in ("same-origin", "none") or (sender is not None and not _our_own(request, sender)):
            raise web.HTTPForbidden
    return await handler(request)


def _our_own(request: web.Request, sender: str) -> bool:
    known = request.app[SERVICE].settings.public_url
    try:
        parts = urlsplit(sender)
    except ValueError:
        return False
    # Whoever can write into plain HTTP on the way here must not send forms to where people come by https.
    ours = parts.netloc == request.host and (parts.scheme == "https" or not request.app[SECURE])
    return ours or (bool(known) and sender == known)


@web.middleware
async def body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Read the body here, at most ``LARGEST_BODY`` bytes within ``BODY_WITHIN_S`` seconds."""
    if request.can_read_body:
        if (request.content_length or 0) > LARGEST_BODY:
            raise web.HTTPRequestEntityTooLarge(LARGEST_BODY)
        try:
            await _read(request)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (web.RequestPayloadError, ConnectionError):
            # It is not packed as it says, or ends too early: the telephone is gone, and nobody reads the answer.
            raise web.HTTPBadRequest from None
    return await handler(request)


async def _read(request: web.Request) -> None:
    if request.content.is_eof():
        # A small form is here whole with its headers: nothing to wait for.
        await request.read()
        return
    async with asyncio.timeout(BODY_WITHIN_S):
        await request.read()


MIDDLEWARES = (errors, arriving, ruled, origin, body, working)
