"""The page on which a caseworker deals with a case: visit, notes, whose it is, the partner's case; and its history."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from assistant.casework import Outcome, Wrong
from assistant.core.office import (
    LONGEST_NOTE,
    AnyDoing,
    Assigned,
    Booked,
    Closed,
    Handled,
    Held,
    Noted,
    Reopened,
    Sampled,
)
from assistant.core.retention import Sample
from assistant.desk import CaseDetail
from assistant.desk_history import entries, minute, read_entries
from assistant.server import forms
from assistant.server.desk import Reader, detail_of, here, inside, missing, page_of
from assistant.server.forms import Form
from assistant.server.keys import CASEWORK, DESK, SERVICE
from assistant.summary_page import told
from assistant.texts import N_

_WRONG: Final[Mapping[Wrong, str]] = {
    "no_such_user": N_("There is no colleague of this name any more. Choose another one."),
    "no_such_case": N_("There is no case with this reference that you may open."),
    "no_time": N_("Give both a day and a time."),
    "past": N_("This time is past. Choose a later one."),
    "too_far": N_("This is more than a year ahead. Check the year."),
    "future": N_("This day has not come yet. A visit is noted when it has been held."),
    "before_contact": N_("This day is before the first contact. Check it."),
    "empty": N_("Write something first."),
    "too_long": N_("This is too long. Make it shorter."),
    "itself": N_("This is the reference of the same case."),
    "linked_already": N_("One of the two cases is linked to a partner already. Take that link away first."),
    "not_closed": N_("The case is open already."),
    "closed": N_("The case is closed already."),
}


async def work(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Everything that can be done with a case."""
    detail = await detail_of(request, reader, "work")
    if detail is None:
        return await missing(request, reader)
    return await _work_page(request, reader, detail)


async def history(request: web.Request, reader: Reader) -> web.StreamResponse:
    """What was done with a case, and who has read it."""
    detail = await detail_of(request, reader, "history")
    if detail is None:
        return await missing(request, reader)
    return await page_of(
        request,
        reader,
        "history",
        case=detail.view,
        done=entries(detail.office.done, reader.words),
        read=read_entries(detail.readings, reader.words),
    )


async def do(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Do one thing with a case; on a page that is older than a colleague's doing, say what that was."""
    form, id = await forms.read(request), request.match_info["id"]
    outcome = await _outcome(request, reader, form, id)
    if outcome.wrong is None:
        row = await request.app[SERVICE].store.case(id)
        # Who gave the case away has no business in it any more.
        mine = row is not None and await request.app[DESK].may_open(reader.colleague, row)
        raise web.HTTPSeeOther(here(request, f"/desk/cases/{id}/work" if mine else "/desk"))
    detail = await detail_of(request, reader, "work") if outcome.wrong != "not_yours" else None
    if detail is None:
        return await missing(request, reader)
    return await _work_page(request, reader, detail, form, outcome)


async def _outcome(request: web.Request, reader: Reader, form: Form, id: str) -> Outcome:
    casework, colleague = request.app[CASEWORK], reader.colleague
    match form.one("do"):
        case "link":
            return await casework.link(colleague, id, form.one("reference")[:100], form.seen)
        case "unlink":
            return await casework.unlink(colleague, id, form.seen)
        case "wake":
            return await casework.wake(colleague, id, form.seen)
        case "merge":
            return await casework.merge(colleague, id, form.one("reference")[:100], form.seen)
    doing = _doing(reader, form)
    if doing is None:
        raise web.HTTPBadRequest
    return await casework.do(colleague, id, doing, form.seen)


def _doing(reader: Reader, form: Form) -> AnyDoing | None:
    """What a form of the page means; None for one that is none of its forms."""
    match form.one("do"):
        case "take":
            return Assigned(to=reader.user.name)
        case "assign":
            kind, _, name = form.one("to").partition(":")
            return Assigned(to=name) if kind == "person" else Assigned(unit=name)
        case "book":
            return Booked(at=f"{form.one('day').strip()}T{form.one('time').strip()[:5]}")
        case "cancel":
            return Booked()
        case "hold":
            return Held(on=form.one("day").strip())
        case "note":
            return Noted(text=form.one("note").replace("\r\n", "\n").strip())
        case "handle":
            return Handled()
        case "close":
            return Closed(reason=form.one("reason").strip(), sample=_sample(form))
        case "sample" if sample := _sample(form):
            return Sampled(sample=sample)
        case "reopen":
            return Reopened()
    return None


def _sample(form: Form) -> Sample:
    """What a form says of the day on which the person was born; empty for nothing, and for a word that it has not."""
    chosen = form.one("sample")
    return "yes" if chosen == "yes" else "no" if chosen == "no" else ""


async def _work_page(
    request: web.Request, reader: Reader, detail: CaseDetail, form: Form | None = None, outcome: Outcome | None = None
) -> web.StreamResponse:
    service, view, words = request.app[SERVICE], detail.view, reader.words
    dialogs = tuple(service.dialogs.values())
    wrong = outcome.wrong if outcome is not None else None
    colleagues, units = await request.app[CASEWORK].choices()
    return await page_of(
        request,
        reader,
        "work",
        status=200 if wrong is None else 409 if wrong == "stale" else 422,
        case=view,
        kept=form.shown if form is not None else {},
        tried=form.one("do") if form is not None else "",
        wrong=words.gettext(_WRONG[wrong]) if wrong is not None and wrong in _WRONG else "",
        stale=wrong == "stale",
        meanwhile=entries(outcome.meanwhile, words) if outcome is not None else (),
        messages=[told(words, one, dialogs) for one in view.messages],
        notes=entries(detail.office.notes, words),
        done=entries(detail.office.done, words)[:5],
        partner=detail.office.partner,
        partner_status=detail.partner,
        asleep=bool(await request.app[CASEWORK].sleeping(view.id)),
        colleagues=colleagues,
        units=units,
        visit=minute(view.visit),
        today=service.today().isoformat(),
        far_day=(service.today() + datetime.timedelta(days=366)).isoformat(),
        longest=LONGEST_NOTE,
        samples=service.settings.retention_exception == "born_5_15_25",
        sample=detail.office.sample,
    )


def routes() -> list[web.RouteDef]:
    """The routes of working on a case."""
    return [
        web.get("/desk/cases/{id}/work", inside(work)),
        web.post("/desk/cases/{id}/work", inside(do)),
        web.get("/desk/cases/{id}/history", inside(history)),
    ]
