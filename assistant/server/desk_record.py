"""What stands behind a case's summary, for those who are logged in: its sources, and the twin record."""

from __future__ import annotations

from aiohttp import web

from assistant.server.desk import Reader, detail_of, inside, missing, page_of, uncut, whole_dates
from assistant.server.keys import SERVICE
from assistant.sources_page import sources_page
from assistant.twin_page import twin_page


async def sources(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Every question as it was asked, with what was answered, when and by whom."""
    detail = await detail_of(request, reader, "sources")
    if detail is None:
        return await missing(request, reader)
    service = request.app[SERVICE]
    page = sources_page(
        detail, reader.words, service.words, service.settings, service.dialogs.values(), reader=reader.user.name
    )
    return await page_of(request, reader, "sources", case=detail.view, page=page)


async def twin(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The summary in two languages, line by line, for a talk with an interpreter."""
    detail = await detail_of(request, reader, "twin")
    if detail is None:
        return await missing(request, reader)
    service = request.app[SERVICE]
    page = twin_page(detail, reader.words, service.words, service.settings)
    return await page_of(request, reader, "twin", case=detail.view, page=page, uncut=uncut, whole_dates=whole_dates)


def routes() -> list[web.RouteDef]:
    """The routes of what stands behind a summary."""
    return [
        web.get("/desk/cases/{id}/sources", inside(sources)),
        web.get("/desk/cases/{id}/twin", inside(twin)),
    ]
