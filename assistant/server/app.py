"""The application: all routes, middlewares and what they share, on one service."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from assistant.audio import FOLDER, Recordings
from assistant.desk import Desk
from assistant.server import (
    api,
    applicant,
    design,
    desk,
    desk_api,
    desk_life_line,
    entrance,
    health,
    leaflets,
    openapi,
    pages,
    resuming,
    sounds,
    tickets,
)
from assistant.server.keys import AUDIO, DEMO, DESK, HEADERS, LIMITS, PAGES, SECURE, SERVICE, SESSIONS
from assistant.server.limits import Limits
from assistant.server.middlewares import LARGEST_BODY, MIDDLEWARES, add_headers, headers_for
from assistant.server.sessions import Sessions
from assistant.service import Service


def make_app(service: Service, *, secure: bool, demo: bool = False, data: Path | None = None) -> web.Application:
    """The web application of a service. ``secure``: people reach it by https. ``demo``: everything in it is invented.
    ``data``: the data directory, whose recordings are read here.

    Closing the service's store is left to the caller."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=LARGEST_BODY)
    app[SERVICE] = service
    app[DESK] = Desk(service)
    app[SESSIONS] = Sessions(service.store, clock=lambda: service.clock().timestamp())
    app[PAGES] = pages.Pages(service.settings)
    app[AUDIO] = Recordings(data / FOLDER if data is not None else None)
    app[LIMITS] = Limits()
    app[SECURE] = secure
    app[DEMO] = demo
    app[HEADERS] = headers_for(secure=secure)
    for_applicants = (pages, applicant, entrance, resuming, leaflets, tickets, sounds)
    for part in (health, *for_applicants, api, desk, desk_life_line, desk_api, openapi, design):
        app.add_routes(part.routes())
    app.on_response_prepare.append(add_headers)
    return app
