"""A closed case for the archive: as a zip file for the leads of the desk, as a folder for the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from assistant.archive import Archived, archived, zipped
from assistant.desk import CaseDetail, Desk
from assistant.exports import fhir
from assistant.exports.parts import shareable
from assistant.exports.pdf import PdfUnavailable, pdf
from assistant.exports.text import summary_text
from assistant.references import reference_of
from assistant.server import control
from assistant.server.desk import Reader, detail_of, inside, missing, sheet_view
from assistant.server.keys import PAGES, SERVICE
from assistant.server.pages import Pages, page_of
from assistant.service import Service
from assistant.store import StoreError
from assistant.summary_page import summary_page
from assistant.texts import Words

READER: Final = "klarbild archive"
"""Who the log of readings says has read a case that the command line took out."""

_ADDRESS: Final = "/archive"
_WHAT: Final = "archive"


async def taken_out(service: Service, pages: Pages, detail: CaseDetail, words: Words) -> Archived:
    """A case that was opened, as it goes to the archive. What is for the eyes of the office only stands in the record,
    not in the summaries."""
    page = summary_page(detail, words, service.settings, service.dialogs.values())
    forms = {"summary.txt": summary_text(page, words).encode()}
    without = []
    sheet = sheet_view(detail, shareable(page)) | {"user": None, "here": str}
    try:
        html = page_of(pages, "desk/summary.html", words, 200, sheet)
        forms["summary.pdf"] = await pdf(html, style=str(pages.styles["pdf"]))
    except PdfUnavailable:
        without.append("summary.pdf")
    bundle = fhir.bundle(detail, words, service.settings)
    if bundle is None:
        without.append("fhir.json")
    else:
        forms["fhir.json"] = msgspec.json.encode(bundle)
    return archived(detail, forms, made=service.now(), missing=without)


# -- at the desk -------------------------------------------------------------------------------------------------------


async def take(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Everything of a closed case in one file, for a lead."""
    row = await request.app[SERVICE].store.case(request.match_info["id"])
    if reader.colleague.role != "lead" or row is None or row.status != "closed":
        return await missing(request, reader)
    detail = await detail_of(request, reader, _WHAT)
    if detail is None:
        return await missing(request, reader)
    found = await taken_out(request.app[SERVICE], request.app[PAGES], detail, reader.words)
    headers = {"Content-Disposition": f'attachment; filename="{found.reference}.zip"'}
    return web.Response(body=await asyncio.to_thread(zipped, found), content_type="application/zip", headers=headers)


def routes() -> list[web.RouteDef]:
    """The route of the archive."""
    return [web.get("/desk/cases/{id}/archive.zip", inside(take))]


# -- for the command line ----------------------------------------------------------------------------------------------


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    reference: str


async def of_reference(service: Service, reference: str) -> Archived:
    """The closed case of a reference, as it goes to the archive. Raises StoreError if there is none, or it is open."""
    row = await service.store.office.by_reference(reference_of(reference))
    if row is None:
        raise StoreError("there is no case with this reference")
    if row.status != "closed":
        raise StoreError("the case is not closed; close it at the desk first")
    detail = await Desk(service).case(row.id, reader=READER, what=_WHAT)
    if detail is None:
        raise StoreError("there is no case with this reference")
    return await taken_out(service, Pages(service.settings), detail, service.words("sv"))


def commands(service: Service) -> list[web.RouteDef]:
    """What the socket of the command line answers about the archive."""

    async def answer(request: web.Request) -> web.Response:
        wish = msgspec.json.decode(await request.read(), type=_Wish)
        found = await of_reference(service, wish.reference)
        return web.Response(body=msgspec.json.encode(found), content_type="application/json")

    return [web.post(_ADDRESS, answer)]


async def ask(data: Path, reference: str) -> Archived | None:
    """Have the server that runs on this directory take a case out; None if no server is there. Raises StoreError."""
    answer = await control.post(_ADDRESS, msgspec.json.encode(_Wish(reference=reference)), data)
    return msgspec.json.decode(answer, type=Archived) if answer is not None else None
