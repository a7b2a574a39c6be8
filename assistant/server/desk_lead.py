"""The lead's pages: who opened another's case, and the readings of a month to check."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from assistant.desk_history import read_words
from assistant.server import forms
from assistant.server.desk import Reader, here, inside, missing, page_of
from assistant.server.keys import CHECKS, SERVICE
from assistant.store.office import CheckResult
from assistant.texts import N_

_WHY: Final = {
    "crossed": N_("case of another"),
    "out_of_hours": N_("at night or on a weekend"),
    "same_name": N_("same family name as the reader"),
    "no_business": N_("has nothing to do with the case"),
    "often": N_("far more often than usual"),
    "drawn": N_("drawn by lot"),
}
_RESULTS: Final[tuple[CheckResult, ...]] = ("fine", "ask")


async def crossings(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Who opened a case that is another's, and why."""
    if reader.colleague.role != "lead":
        return await missing(request, reader)
    found = await request.app[CHECKS].crossings(reader.colleague)
    return await page_of(request, reader, "crossings", crossings=found)


async def see(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Note that the lead has seen one."""
    form = await forms.read(request)
    number = form.one("id")
    seen = number.isascii() and number.isdecimal() and len(number) < 15
    if reader.colleague.role != "lead" or not seen:
        return await missing(request, reader)
    await request.app[CHECKS].see(reader.colleague, int(number))
    raise web.HTTPSeeOther(here(request, "/desk/lead/crossings"))


async def checks(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The readings of a month that are to be checked."""
    if reader.colleague.role != "lead":
        return await missing(request, reader)
    month = request.query.get("month") or request.app[SERVICE].today().isoformat()[:7]
    try:
        found = await request.app[CHECKS].month(reader.colleague, month)
    except ValueError:
        return await missing(request, reader)
    rows = [(one, reader.words.gettext(_WHY[one.why]), read_words(one.what, reader.words)) for one in found]
    return await page_of(request, reader, "checks", month=month, rows=rows, open=sum(not one.result for one in found))


async def check(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Note what came of checking."""
    if reader.colleague.role != "lead":
        return await missing(request, reader)
    form = await forms.read(request)
    month = form.one("month")
    results = {
        int(name.removeprefix("r")): result
        for name in form.fields
        if name.startswith("r") and name[1:].isascii() and name[1:].isdecimal() and len(name) < 15
        for result in _RESULTS
        if form.one(name) == result
    }
    try:
        await request.app[CHECKS].check(reader.colleague, month, results)
    except ValueError:
        return await missing(request, reader)
    raise web.HTTPSeeOther(here(request, "/desk/lead/checks", month=month))


def routes() -> list[web.RouteDef]:
    """The routes of the lead."""
    return [
        web.get("/desk/lead/crossings", inside(crossings)),
        web.post("/desk/lead/crossings", inside(see)),
        web.get("/desk/lead/checks", inside(checks)),
        web.post("/desk/lead/checks", inside(check)),
    ]
