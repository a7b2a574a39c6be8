"""The list of cases: filtered, sorted, searched; taking a case that is nobody's, and opening one that is another's."""

from __future__ import annotations

import math
from typing import Final

import msgspec
from aiohttp import web

from assistant.bidi import shown
from assistant.casework import SHORTEST_REASON, Wrong
from assistant.desk import RISK_DAYS
from assistant.inbox import EVERY, PAGE, Wanted
from assistant.server import forms
from assistant.server.desk import Reader, here, inside, page_of
from assistant.server.keys import CASEWORK, INBOX, SERVICE
from assistant.summary_page import told

_LONGEST_QUERY: Final = 100
_FARTHEST_PAGE: Final = 10_000


def wanted_of(request: web.Request) -> Wanted:
    """What the address asks of the list; what it asks wrongly is as if it had not been asked."""
    query = request.query
    page = query.get("page", "1")
    asked = {
        "words": shown(query.get("q", "").strip()[:_LONGEST_QUERY]),
        "whose": query.get("whose", "unit"),
        "only": query.get("only", ""),
        "status": query.get("status", ""),
        "locale": query.get("language", "")[:20],
        "sort": query.get("sort", "urgent"),
        "descending": query.get("way") == "down",
        "page": int(page) if page.isascii() and page.isdecimal() and 0 < int(page) <= _FARTHEST_PAGE else 1,
    }
    found = Wanted()
    for name, value in asked.items():
        try:
            found = msgspec.convert(msgspec.structs.asdict(found) | {name: value}, Wanted)
        except msgspec.ValidationError:
            continue
    return found


def _address_of(request: web.Request, wanted: Wanted, **changes: object) -> str:
    """The address of the same list with something changed; only what differs from the ordinary list stands in it."""
    then = msgspec.structs.replace(wanted, **({"page": 1} | changes))
    names = {"words": "q", "locale": "language"}
    fields = {
        names.get(name, name): str(value)
        for name, value in msgspec.structs.asdict(then).items()
        if value != getattr(Wanted(), name) and name != "descending"
    }
    if then.descending:
        fields["way"] = "down"
    return here(request, "/desk", **fields)


async def cases(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The list of cases, with what is urgent, late, at risk and asked for at the top."""
    wanted = wanted_of(request)
    listed = await request.app[INBOX].page(reader.colleague, wanted)
    service = request.app[SERVICE]
    dialogs = tuple(service.dialogs.values())

    def address(**changes: object) -> str:
        return _address_of(request, wanted, **changes)

    return await page_of(
        request,
        reader,
        "cases",
        listed=listed,
        wanted=wanted,
        address=address,
        pages=max(1, math.ceil(listed.found / PAGE)),
        messages=[(one, told(reader.words, one, dialogs)) for one in listed.messages],
        statuses=EVERY,
        languages=service.catalogs.languages,
        risk_days=RISK_DAYS,
    )


async def claim(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Take a case by its reference."""
    form = await forms.read(request)
    outcome = await request.app[CASEWORK].claim(reader.colleague, form.one("reference")[:_LONGEST_QUERY])
    if outcome.wrong is not None:
        return await _cross_page(request, reader, form.one("reference"), "", "not_free", 422)
    raise web.HTTPSeeOther(here(request, f"/desk/cases/{outcome.case}/summary"))


async def ask_reason(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The form in which somebody tells why they open a case that is another's."""
    return await _cross_page(request, reader, request.query.get("reference", ""), "", None, 200)


async def cross(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Open a case that is another's, for an hour. It is written down, and the lead sees it."""
    form = await forms.read(request)
    reference, reason = form.one("reference")[:_LONGEST_QUERY], form.one("reason")
    outcome = await request.app[CASEWORK].cross(reader.colleague, reference, reason)
    if outcome.wrong is not None:
        return await _cross_page(request, reader, reference, reason, outcome.wrong, 422)
    raise web.HTTPSeeOther(here(request, f"/desk/cases/{outcome.case}/summary"))


async def _cross_page(
    request: web.Request, reader: Reader, reference: str, reason: str, wrong: Wrong | str | None, status: int
) -> web.StreamResponse:
    return await page_of(
        request,
        reader,
        "cross",
        status=status,
        reference=shown(reference[:_LONGEST_QUERY]),
        reason=shown(reason),
        wrong=wrong,
        shortest=SHORTEST_REASON,
    )


def routes() -> list[web.RouteDef]:
    """The routes of the list."""
    return [
        web.get("/desk", inside(cases)),
        web.post("/desk/claim", inside(claim)),
        web.get("/desk/cross", inside(ask_reason)),
        web.post("/desk/cross", inside(cross)),
    ]
