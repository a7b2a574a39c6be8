"""The page with the life line of a case, for those who are logged in at the desk."""

from __future__ import annotations

from aiohttp import web

from assistant.lifeline_page import life_line_page
from assistant.server.desk import Reader, detail_of, inside, missing, page_of
from assistant.server.keys import SERVICE
from assistant.summary_page import cut

_LONGEST, _SHORT = 45, 30
"""How many characters of somebody's words are printed, in the list and in what is marked and asked."""


async def life_line(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Schooling, work, illness and arrival on one line, with what to ask first."""
    detail = await detail_of(request, reader, "life-line")
    if detail is None:
        return await missing(request, reader)
    service = request.app[SERVICE]
    page = life_line_page(detail, reader.words, service.settings, service.today())
    return await page_of(
        request,
        reader,
        "life_line",
        case=detail.view,
        sent=bool(detail.state.submitted_at),
        page=page,
        cut=lambda quote: cut(quote, _LONGEST),
        short=lambda quote: cut(quote, _SHORT),
        whole_dates=str,
    )


def routes() -> list[web.RouteDef]:
    """The route of the life line."""
    return [web.get("/desk/cases/{id}/life-line", inside(life_line))]
