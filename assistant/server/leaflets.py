"""Quiet pages around the conversation: the accessibility statement, the questions on paper, a day for the calendar."""

from __future__ import annotations

import datetime
from typing import Final

from aiohttp import web

from assistant.paper import paper_of
from assistant.reminder import reminder
from assistant.server.entrance import FIRST_DIALOG, LOCALE, words_named
from assistant.server.keys import PAGES, SERVICE
from assistant.server.pages import page_of, render, respond
from assistant.server.visitors import talk_of

WRITTEN: Final = "2026-11-22"
"""The day on which our own words of the accessibility statement were last changed."""


async def accessibility(request: web.Request) -> web.Response:
    """The accessibility statement (the law 2018:1937, sections 10 to 13, and the model of EU 2018/1523)."""
    settings = request.app[SERVICE].settings
    return render(
        request,
        "chat/accessibility.html",
        words_named(request),
        contact=settings.accessibility_contact.strip() or settings.office_phone,
        checked=settings.accessibility_checked,
        gaps=[gap for gap in settings.accessibility_gaps if gap.strip()],
        agency=settings.accessibility_agency,
        written=WRITTEN,
    )


async def questions(request: web.Request) -> web.Response:
    """The whole first visit on paper, for those who cannot or do not want to use a screen."""
    words, service, pages = words_named(request), request.app[SERVICE], request.app[PAGES]

    def draw() -> str:
        paper = paper_of(service.dialogs[FIRST_DIALOG], words, service.words("sv"), service.settings)
        return page_of(pages, "paper/questions.html", words, 200, {"paper": paper})

    text = pages.mould(("paper", words.language.tag, service.settings), draw).cast()
    return respond(request, text.encode(), "text/html", headers={"Content-Security-Policy": pages.policies["paper"]})


async def calendar_file(request: web.Request) -> web.Response:
    """The last day by which the first visit should be, for a calendar. Raises HTTPNotFound before all is sent."""
    talk, service = await talk_of(request), request.app[SERVICE]
    case = await service.store.case(talk.case) if talk is not None and talk.state.submitted_at else None
    if talk is None or case is None:
        raise web.HTTPNotFound
    within = datetime.timedelta(days=service.settings.first_visit_days)
    body = reminder(
        conversation=talk.id,
        day=datetime.date.fromisoformat(case.first_contact) + within,
        now=service.clock(),
        name=service.settings.service_name,
        phone=service.settings.office_phone,
        text=service.words(talk.state.locale).gettext("Call if you have no time for a visit yet."),
    )
    return respond(request, body, "text/calendar", headers={"Content-Disposition": 'attachment; filename="date.ics"'})


def routes() -> list[web.RouteDef]:
    """The routes of these pages."""
    return [
        web.get(f"/{LOCALE}/accessibility", accessibility),
        web.get(f"/{LOCALE}/questions", questions),
        web.get("/chat/reminder.ics", calendar_file),
    ]
