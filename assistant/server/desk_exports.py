"""The summary in every form in which it is given out, at the desk and by the API; the log tells which was taken."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeAlias

import msgspec
from aiohttp import web

from assistant.desk import CaseDetail
from assistant.exports import docx as word
from assistant.exports import fhir
from assistant.exports.calendar import MEDIA as CALENDAR
from assistant.exports.calendar import visit_calendar
from assistant.exports.parts import shareable
from assistant.exports.pdf import PdfUnavailable, is_there, pdf
from assistant.exports.text import summary_text
from assistant.server import desk
from assistant.server.desk import Reader
from assistant.server.keys import PAGES, SERVICE
from assistant.server.pages import page_of, respond
from assistant.texts import Words
from assistant.twin_page import twin_page

VISIT_MINUTES: Final = 60
"""How long a first visit is in the calendar."""

Made: TypeAlias = Callable[[web.Request, CaseDetail, Words], Awaitable[bytes]]


class NothingSent(Exception):
    """The form needs answers, and nothing was sent yet, or the questions are no longer in the program."""


class Form(NamedTuple):
    """A form that the summary has. ``name`` stands in the reading log, ``ending`` behind the reference in the name of
    the file; without it the form is shown by the browser. ``in_words`` may be compressed on its way."""

    name: str
    media: str
    ending: str
    made: Made
    in_words: bool = False


async def _pdf(request: web.Request, detail: CaseDetail, words: Words) -> bytes:
    """One sheet, as it is printed. Raises PdfUnavailable."""
    pages = request.app[PAGES]
    page = shareable(desk.summary_of(request, words, detail))
    view = desk.sheet_view(detail, page) | {"user": None, "here": functools.partial(desk.here, request)}
    html = page_of(pages, "desk/summary.html", words, 200, view)
    return await pdf(html, style=str(pages.styles["pdf"]))


async def _docx(request: web.Request, detail: CaseDetail, words: Words) -> bytes:
    return await asyncio.to_thread(word.docx, desk.summary_of(request, words, detail), words)


async def _text(request: web.Request, detail: CaseDetail, words: Words) -> bytes:
    return summary_text(desk.summary_of(request, words, detail), words).encode()


async def _fhir(request: web.Request, detail: CaseDetail, words: Words) -> bytes:
    """Raises NothingSent."""
    found = fhir.bundle(detail, words, request.app[SERVICE].settings)
    if found is None:
        raise NothingSent
    return msgspec.json.encode(found)


PDF: Final = Form("pdf", "application/pdf", "pdf", _pdf)
DOCX: Final = Form("docx", word.MEDIA, "docx", _docx)
TEXT: Final = Form("text", "text/plain", "", _text, in_words=True)
FHIR: Final = Form("fhir", fhir.MEDIA, "fhir.json", _fhir, in_words=True)
FORMS: Final = (PDF, DOCX, TEXT, FHIR)


def is_offered(form: Form) -> bool:
    """Whether a form can be made here."""
    return form is not PDF or is_there()


async def file_of(request: web.Request, form: Form, detail: CaseDetail, words: Words) -> web.Response:
    """The summary in a form, as a response; a file is named by the reference alone. Raises PdfUnavailable and
    NothingSent."""
    body = await form.made(request, detail, words)
    headers = {}
    if form.ending:
        headers["Content-Disposition"] = f'attachment; filename="{detail.view.reference}.{form.ending}"'
    if form.in_words:
        return respond(request, body, form.media, headers=headers)
    return web.Response(body=body, content_type=form.media, headers=headers)


# -- at the desk -------------------------------------------------------------------------------------------------------


async def _given(request: web.Request, reader: Reader, *, form: Form) -> web.StreamResponse:
    detail = await desk.detail_of(request, reader, form.name)
    if detail is None:
        return await desk.missing(request, reader)
    try:
        return await file_of(request, form, detail, reader.words)
    except PdfUnavailable:
        return await _not_there(request, reader, detail, "no_pdf", 503)
    except NothingSent:
        return await _not_there(request, reader, detail, "nothing_sent", 404)


async def _not_there(
    request: web.Request, reader: Reader, detail: CaseDetail, reason: str, status: int
) -> web.StreamResponse:
    return await desk.page_of(request, reader, "not_there", status=status, case=detail.view, reason=reason)


async def visit(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The booked visit for a calendar."""
    detail = await desk.detail_of(request, reader, "calendar")
    if detail is None or not detail.view.visit:
        return await desk.missing(request, reader)
    service, view = request.app[SERVICE], detail.view
    body = visit_calendar(
        view.reference, view.visit, VISIT_MINUTES, service.settings, reader.words, now=service.clock()
    )
    headers = {"Content-Disposition": f'attachment; filename="{view.reference}.ics"'}
    return respond(request, body, CALENDAR, headers=headers)


async def twin(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The summary in two languages as a PDF, for a talk with an interpreter."""
    detail = await desk.detail_of(request, reader, "twin")
    if detail is None:
        return await desk.missing(request, reader)
    pages, service = request.app[PAGES], request.app[SERVICE]
    record = twin_page(detail, reader.words, service.words, service.settings)
    here = functools.partial(desk.here, request)
    view = {"user": None, "here": here, "case": detail.view, "page": record, "uncut": desk.uncut}
    html = page_of(pages, "desk/twin.html", reader.words, 200, view | {"whole_dates": desk.whole_dates})
    try:
        body = await pdf(html, style=str(pages.styles["pdf"]), one_sheet=False)
    except PdfUnavailable:
        return await _not_there(request, reader, detail, "no_pdf", 503)
    name = f'attachment; filename="{detail.view.reference}-2.pdf"'
    return web.Response(body=body, content_type=PDF.media, headers={"Content-Disposition": name})


def _route(address: str, form: Form) -> web.RouteDef:
    return web.get(f"/desk/cases/{{id}}/{address}", desk.inside(functools.partial(_given, form=form)))


def routes() -> list[web.RouteDef]:
    """The files of a case, for those who are logged in."""
    return [
        _route("summary.pdf", PDF),
        _route("summary.docx", DOCX),
        _route("text", TEXT),
        _route("fhir", FHIR),
        web.get("/desk/cases/{id}/visit.ics", desk.inside(visit)),
        web.get("/desk/cases/{id}/twin.pdf", desk.inside(twin)),
    ]
