"""Whom to tell of a weakness: ``/.well-known/security.txt`` as RFC 9116 describes it."""

from __future__ import annotations

import datetime
from typing import Final

from aiohttp import web

from assistant.server.keys import SERVICE

VALID: Final = datetime.timedelta(days=90)
"""How long a reader may believe the page; RFC 9116 advises less than a year."""


async def security_txt(request: web.Request) -> web.Response:
    """The contact that the municipality has set; without one there is no such page."""
    service = request.app[SERVICE]
    contact = service.settings.security_contact
    if not contact:
        raise web.HTTPNotFound
    expires = (service.clock().astimezone(datetime.UTC) + VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {contact if contact.startswith(('https:', 'http:')) else f'mailto:{contact}'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: sv, en",
    ]
    if service.settings.public_url.startswith("https:"):
        lines.append(f"Canonical: {service.settings.public_url}/.well-known/security.txt")
    return web.Response(text="".join(f"{line}\r\n" for line in lines))


def routes() -> list[web.RouteDef]:
    """The one route, open to everybody."""
    return [web.get("/.well-known/security.txt", security_txt)]
