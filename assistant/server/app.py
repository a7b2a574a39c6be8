"""The application: all routes, middlewares and what they share, on one service."""

from __future__ import annotations

import functools
from pathlib import Path

from aiohttp import web

from assistant.audio import FOLDER, Recordings
from assistant.casework import Casework
from assistant.checklist import CheckList
from assistant.desk import Desk
from assistant.inbox import Inbox
from assistant.invitations import Invitations
from assistant.pins import Pins
from assistant.server import (
    admission,
    api,
    applicant,
    archiving,
    copies,
    design,
    desk,
    desk_account,
    desk_admin,
    desk_api,
    desk_exports,
    desk_invitations,
    desk_lead,
    desk_life_line,
    desk_list,
    desk_login,
    desk_record,
    desk_record_api,
    desk_work,
    entrance,
    erasing,
    heads,
    health,
    invited,
    leaflets,
    metrics,
    openapi,
    openid,
    pages,
    posting,
    preview,
    resuming,
    rules,
    security_txt,
    sounds,
    tickets,
    translating,
)
from assistant.server.keys import (
    ADMISSION,
    AUDIO,
    CASEWORK,
    CHECKS,
    DEMO,
    DESK,
    ERASURE,
    HEADERS,
    INBOX,
    INVITATIONS,
    LAG,
    LIMITS,
    OPEN_PAGES,
    PAGES,
    PINS,
    SECURE,
    SERVICE,
    SESSIONS,
    SIGN_IN,
    STAFF,
    TRANSLATIONS,
)
from assistant.server.limits import Limits
from assistant.server.middlewares import LARGEST_BODY, MIDDLEWARES, add_headers, headers_for
from assistant.server.open_pages import OpenPages
from assistant.server.sessions import Sessions
from assistant.service import Service
from assistant.signing_in import SignIn
from assistant.staff import Staff


def make_app(service: Service, *, secure: bool, demo: bool = False, data: Path | None = None) -> web.Application:
    """The web application of a service. ``secure``: people reach it by https. ``demo``: everything in it is invented.
    ``data``: the data directory, whose recordings are read here.

    Closing the service's store is left to the caller."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=LARGEST_BODY)
    app[SERVICE] = service
    app[DESK] = Desk(service)
    app[INBOX] = Inbox(app[DESK])
    app[CASEWORK] = Casework(app[DESK])
    app[CHECKS] = CheckList(app[DESK])
    app[INVITATIONS] = Invitations(app[CASEWORK])
    app[SESSIONS] = sessions = Sessions(service.store, service.keys, clock=lambda: service.clock().timestamp())
    app[STAFF] = Staff(service.store, service.keys, service.clock, functools.partial(sessions.end_all, "desk"))
    app[ERASURE] = erasing.erasure_of(service, data)
    app[TRANSLATIONS] = translating.translations_of(service)
    app[SIGN_IN] = SignIn(app[STAFF], service.clock)
    app[PAGES] = pages.Pages(service.settings)
    app[AUDIO] = Recordings(data / FOLDER if data is not None else None)
    app[PINS] = Pins(service.store, service.keys)
    app[LIMITS] = Limits()
    app[ADMISSION] = admission.Admission(service.store.load, data, service.settings.reserve_mb * 1024 * 1024)
    app[LAG] = metrics.Lag()
    app[OPEN_PAGES] = OpenPages()
    app[SECURE] = secure
    app[DEMO] = demo
    app[HEADERS] = headers_for(secure=secure)
    for_applicants = (pages, applicant, copies, entrance, resuming, leaflets, tickets, sounds, invited)
    of_accounts = (desk_login, desk_account, desk_admin)
    of_casework = (desk_list, desk_work, desk_invitations, desk_lead)
    of_cases = (desk, *of_casework, desk_record, desk_life_line, desk_exports, archiving)
    for_programs = (api, desk_api, desk_record_api, openapi)
    for_builders = (design, preview)
    of_all = (health, metrics, security_txt, *for_applicants, *of_accounts)
    for part in (*of_all, *of_cases, *for_programs, *for_builders):
        app.add_routes(part.routes())
    openid.add_to(app)
    rules.keep_to(app)
    app.cleanup_ctx.extend(
        (posting.sender(data), metrics.watching, heads.teller, erasing.daily, translating.translating)
    )
    app.on_response_prepare.extend((add_headers, admission.close_connection))
    return app
