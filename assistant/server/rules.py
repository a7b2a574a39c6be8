"""Who may use which route, and which of them change something. What is not listed here does not exist.

A route without a line in this table answers 404 whatever it is (deny by default; OWASP ASVS 5.0, 8.1.1). The handlers
keep the rules; a test asks every route as everybody and compares.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from aiohttp import web

Who = Literal["anyone", "link", "applicant", "program", "arriving", "desk", "case", "lead", "admin", "token"]
"""Somebody who may use a route:

- ``anyone``;
- ``link``: whoever holds the link of an invitation or ticket;
- ``applicant``: the session of a conversation, which opens no other one;
- ``program``: the bearer token of a conversation, which opens no other one;
- ``arriving``: a login of the desk, also before its password is changed or its second step set up;
- ``desk``: a login of the desk; ``case``: one whose case it is, or who told a reason within the hour;
- ``lead``, ``admin``: a login of the desk with this role;
- ``token``: a program of the office with a desk token of a caseworker or lead."""


class Rule(NamedTuple):
    """Who may use a route, and whether it changes anything: then a GET of it answers no HEAD."""

    who: Who
    changes: bool


ROUTES: Final[Mapping[Who, tuple[str, ...]]] = {
    "anyone": (
        "GET /",
        "GET /{locale}",
        "GET /{locale}/privacy",
        "GET /{locale}/accessibility",
        "GET /{locale}/questions",
        "POST /{locale}/begin",
        "GET /{locale}/apply-now",
        "POST /{locale}/apply-now",
        "GET /{locale}/continue",
        "POST /{locale}/continue",
        "POST /chat/leave",
        "POST /chat/closed",
        "GET /left",
        "GET /static/{name}",
        "GET /audio/{locale}/{name}.mp3",
        "GET /design",
        "GET /preview",
        "GET /preview/{locale}/{dialog}",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /.well-known/security.txt",
        "GET /api/openapi.json",
        "GET /api/summary.schema.json",
        "POST /api/v1/conversations",
        "GET /desk/login",
        "POST /desk/login",
        "GET /desk/login/code",
        "POST /desk/login/code",
        "GET /desk/login/openid",
        "GET /desk/login/openid/callback",
    ),
    "link": ("GET /i/{token}", "POST /i/{token}", "GET /t/{ticket}", "POST /t/{ticket}"),
    "applicant": (
        "GET /chat",
        "POST /chat",
        "GET /chat/answers",
        "GET /chat/language",
        "GET /chat/code",
        "POST /chat/code",
        "GET /chat/sent",
        "GET /chat/copy",
        "POST /chat/pin",
        "GET /chat/reminder.ics",
    ),
    "program": (
        "GET /api/v1/conversation",
        "DELETE /api/v1/conversation",
        "POST /api/v1/conversation/replies",
        "POST /api/v1/conversation/changes",
        "POST /api/v1/conversation/back",
        "POST /api/v1/conversation/items",
        "POST /api/v1/conversation/sections",
        "POST /api/v1/conversation/finish",
        "POST /api/v1/conversation/urgent",
        "POST /api/v1/conversation/confirm",
        "POST /api/v1/conversation/language",
        "POST /api/v1/conversation/submit",
        "GET /api/v1/conversation/summary",
    ),
    "arriving": (
        "POST /desk/logout",
        "GET /desk/account/password",
        "POST /desk/account/password",
        "GET /desk/account/second-step",
        "POST /desk/account/second-step",
    ),
    "desk": (
        "GET /desk",
        "POST /desk/claim",
        "GET /desk/cross",
        "POST /desk/cross",
        "GET /desk/account",
        "POST /desk/account",
        "GET /desk/invitations",
        "POST /desk/invitations",
    ),
    "case": (
        "GET /desk/cases/{id}",
        "GET /desk/cases/{id}/summary",
        "GET /desk/cases/{id}/sources",
        "GET /desk/cases/{id}/twin",
        "GET /desk/cases/{id}/life-line",
        "GET /desk/cases/{id}/summary.pdf",
        "GET /desk/cases/{id}/summary.docx",
        "GET /desk/cases/{id}/text",
        "GET /desk/cases/{id}/fhir",
        "GET /desk/cases/{id}/visit.ics",
        "GET /desk/cases/{id}/twin.pdf",
        "GET /desk/cases/{id}/work",
        "POST /desk/cases/{id}/work",
        "GET /desk/cases/{id}/history",
        "GET /desk/cases/{id}/invitation",
        "POST /desk/cases/{id}/invitation",
    ),
    "lead": (
        "GET /desk/lead/crossings",
        "POST /desk/lead/crossings",
        "GET /desk/lead/checks",
        "POST /desk/lead/checks",
        "GET /desk/cases/{id}/archive.zip",
    ),
    "admin": ("GET /desk/admin", "POST /desk/admin", "GET /desk/admin/user", "POST /desk/admin/user"),
    "token": (
        "GET /api/v1/cases",
        "GET /api/v1/cases/{id}",
        "GET /api/v1/cases/{id}/summary",
        "GET /api/v1/cases/{id}/twin",
    ),
}
"""Every route that there is, under the narrowest word for who may use it."""

# They end or begin a session, because whoever comes to them has been led there.
_GETS_THAT_CHANGE: Final = frozenset(("GET /left", "GET /desk/login/openid", "GET /desk/login/openid/callback"))

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        route: Rule(who, not route.startswith("GET ") or route in _GETS_THAT_CHANGE)
        for who, routes in ROUTES.items()
        for route in routes
    }
)
"""The rule of each route, by its method and address."""

_RULES: web.AppKey[Mapping[str, Rule]] = web.AppKey("rules")


def name_of(route: web.AbstractRoute) -> str:
    """A route as the table names it; empty for one that stands for no address. Whoever may GET may ask for the HEAD."""
    method = "GET" if route.method == "HEAD" else route.method
    return f"{method} {route.resource.canonical}" if route.resource is not None else ""


def keep_to(app: web.Application, rules: Mapping[str, Rule] = RULES) -> None:
    """Let an application answer only what these rules name."""
    app[_RULES] = rules


def without_rule(app: web.Application) -> list[str]:
    """The routes of an application that are there and answer nobody, because no rule names them."""
    return sorted({name for one in app.router.routes() if (name := name_of(one)) and name not in app[_RULES]})


@web.middleware
async def ruled(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer 404 for a route that no rule names, and 405 for a HEAD that would change something."""
    route = request.match_info.route
    name = name_of(route)
    if name:
        rule = request.app[_RULES].get(name)
        if rule is None:
            raise web.HTTPNotFound
        if request.method == "HEAD" and rule.changes:
            raise web.HTTPMethodNotAllowed("HEAD", ["GET"])
    return await handler(request)


def table(rules: Mapping[str, Rule] = RULES) -> Iterable[str]:
    """The rules as lines of a Markdown table."""
    yield "| Route | Who may | Changes something |"
    yield "|---|---|---|"
    for route, rule in rules.items():
        yield f"| `{route}` | {rule.who} | {'yes' if rule.changes else 'no'} |"
