"""Inviting at the desk: somebody new, or again in a case; the page with link, code and the letter to print."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from assistant import sending
from assistant.casework import Outcome, Wrong
from assistant.core.office import Channel
from assistant.invitation_texts import paper_of
from assistant.invitations import REMEMBERED, Made, wants_care
from assistant.server import forms
from assistant.server.desk import Reader, detail_of, here, inside, missing, page_of
from assistant.server.forms import Form
from assistant.server.keys import CASEWORK, DESK, INVITATIONS, SECURE, SERVICE
from assistant.server.tickets import square
from assistant.server.visitors import offered
from assistant.store import codes
from assistant.texts import N_, Words

CHANNELS: Final[tuple[Channel, ...]] = ("paper", "email", "sms")
LONGEST_NAME: Final = 60
_WRONG: Final[Mapping[str, str]] = {
    "email": N_("This is no e-mail address. Write it like name@example.org."),
    "phone": N_("This is no telephone number. Write it with its area or country code."),
    "name": N_("This name is too long. A first name is enough."),
    "day": N_("The first contact is a day that has been, at most a year ago."),
    "sent_already": N_("The person has sent the answers already: an invitation is not needed."),
    "care": N_("Others may see messages to this person. Tick that it is safe to send this."),
}
_PROBLEMS: Final[Mapping[str, str]] = {
    "refused": N_("the address was refused"),
    "unreachable": N_("the server cannot be reached"),
    "timeout": N_("the server does not answer"),
    "misconfigured": N_("sending is not set up"),
    "withdrawn": N_("withdrawn before it was sent"),
    "used": N_("not needed any more: the person has begun"),
    "damaged": N_("it cannot be opened"),
}


async def overview(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The form to invite somebody new, and the invitations that are open."""
    return await _overview_page(request, reader)


async def _overview_page(
    request: web.Request, reader: Reader, form: Form | None = None, wrong: str = ""
) -> web.StreamResponse:
    service, desk = request.app[SERVICE], request.app[DESK]
    rows = await service.store.invitations.open(reader.colleague.units)
    letters = {one.invitation: one for one in await service.store.invitations.letters_of([one.case for one in rows])}
    listed = []
    for row in rows:
        case = await service.store.case(row.case)
        if case is not None and case.status in ("invited", "begun") and await desk.may_open(reader.colleague, case):
            letter = letters.get(row.id)
            listed.append((case, row, letter, letter_words(letter.problem if letter else "", reader.words)))
    return await page_of(
        request,
        reader,
        "invitations",
        status=422 if wrong else 200,
        listed=listed,
        kept=form.shown if form is not None else {},
        wrong=reader.words.gettext(_WRONG[wrong]) if wrong else "",
        today=service.today().isoformat(),
        earliest=(service.today() - datetime.timedelta(days=366)).isoformat(),
        languages=offered(service),
        longest=LONGEST_NAME,
        once=secrets.token_urlsafe(12),
    )


def letter_words(problem: str, words: Words) -> str:
    """What the last try to send a letter met, in words."""
    return words.gettext(_PROBLEMS[problem]) if problem in _PROBLEMS else problem


async def invite_new(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Make a case and invite to it."""
    form = await forms.read(request)
    wrong = _wrong_address(form) or _wrong_person(request, form)
    if wrong:
        return await _overview_page(request, reader, form, wrong)
    invitations, once = request.app[INVITATIONS], form.one("once")
    if once and (made := invitations.case_of(once)):
        raise web.HTTPSeeOther(here(request, f"/desk/cases/{made}/invitation"))
    day = datetime.date.fromisoformat(form.one("first_contact").strip())
    row = await request.app[CASEWORK].make(
        reader.colleague, (), locale=_locale(request, form), name=form.one("name").strip(), first_contact=day
    )
    if once:
        invitations.made_by(once, row.id)
    await _invite(request, reader, row.id, row.doings, form)
    raise web.HTTPSeeOther(here(request, f"/desk/cases/{row.id}/invitation"))


def _wrong_address(form: Form) -> str:
    channel = _channel(form)
    return "" if channel == "paper" else sending.problem_of(channel, form.one("address"))


def _wrong_person(request: web.Request, form: Form) -> str:
    if len(form.one("name").strip()) > LONGEST_NAME:
        return "name"
    today = request.app[SERVICE].today()
    try:
        day = datetime.date.fromisoformat(form.one("first_contact").strip())
    except ValueError:
        return "day"
    return "" if today - datetime.timedelta(days=366) <= day <= today else "day"


def _channel(form: Form) -> Channel:
    wanted = form.one("channel", "paper")
    return next((one for one in CHANNELS if one == wanted), "paper")


def _locale(request: web.Request, form: Form) -> str:
    tags = [one.tag for one in offered(request.app[SERVICE])]
    return form.one("language") if form.one("language") in tags else tags[0]


async def _invite(request: web.Request, reader: Reader, case: str, seen: int, form: Form) -> Outcome:
    channel = _channel(form)
    return await request.app[INVITATIONS].invite(
        reader.colleague,
        case,
        seen,
        channel=channel,
        address="" if channel == "paper" else sending.normal(channel, form.one("address")),
        locale=_locale(request, form),
        origin=_origin(request),
        safe=bool(form.one("safe")),
    )


def _origin(request: web.Request) -> str:
    scheme = "https" if request.app[SECURE] else request.scheme
    return request.app[SERVICE].settings.public_url or f"{scheme}://{request.host}"


# -- in a case ---------------------------------------------------------------------------------------------------------


async def invitation(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The invitation of a case: what can be printed of it, how far its letter is, and a form to make a new one."""
    return await _case_page(request, reader)


async def change(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Make a new invitation in a case, withdraw it, or try to send its letter at once."""
    form, id = await forms.read(request), request.match_info["id"]
    row = await request.app[SERVICE].store.case(id)
    if row is None or not await request.app[DESK].may_open(reader.colleague, row):
        return await missing(request, reader)
    invitations = request.app[INVITATIONS]
    match form.one("do"):
        case "withdraw":
            outcome = await invitations.withdraw(reader.colleague, id, form.seen)
        case "retry":
            outcome = await invitations.try_now(reader.colleague, id, form.one("letter"))
        case "invite":
            wrong = _wrong_address(form)
            if wrong:
                return await _case_page(request, reader, form, wrong)
            outcome = await _invite(request, reader, id, form.seen, form)
        case _:
            raise web.HTTPBadRequest
    if outcome.wrong is not None:
        return await _case_page(request, reader, form, outcome.wrong)
    raise web.HTTPSeeOther(here(request, f"/desk/cases/{id}/invitation"))


async def _case_page(
    request: web.Request, reader: Reader, form: Form | None = None, wrong: Wrong | str = ""
) -> web.StreamResponse:
    detail = await detail_of(request, reader, "letter")
    if detail is None:
        return await missing(request, reader)
    service, view = request.app[SERVICE], detail.view
    made = request.app[INVITATIONS].shown(view.id)
    rows = await service.store.invitations.of_case(view.id)
    letters = await service.store.invitations.letters_of([view.id])
    return await page_of(
        request,
        reader,
        "invitation",
        status=200 if not wrong else 409 if wrong == "stale" else 422,
        case=view,
        wrong=reader.words.gettext(_WRONG[wrong]) if wrong in _WRONG else "",
        stale=wrong == "stale",
        ask_safe=wrong == "care",
        careful=wants_care(detail),
        kept=form.shown if form is not None else {},
        works=next((one for one in rows if one.works(service.today().isoformat())), None),
        sent_letters=[(one, letter_words(one.problem, reader.words)) for one in letters],
        languages=offered(service),
        printed=_printed(request, made) if made is not None else None,
        minutes=int(REMEMBERED.total_seconds() // 60),
    )


def _printed(request: web.Request, made: Made) -> dict[str, object]:
    """What the letter on paper needs, in the person's language and in Swedish."""
    service, link = request.app[SERVICE], f"{_origin(request)}/i/{made.token}"
    words, swedish = service.words(made.locale), service.words("sv")
    return {
        "link": link,
        "origin": _origin(request).partition("://")[2],
        "square": square(link),
        "code": codes.format_code(made.code),
        "until": made.until,
        "papers": [
            paper_of(one, office=service.settings.office_name, until=made.until)
            for one in ([words] if words.language == swedish.language else [words, swedish])
        ],
    }


def routes() -> list[web.RouteDef]:
    """The routes of invitations at the desk."""
    return [
        web.get("/desk/invitations", inside(overview)),
        web.post("/desk/invitations", inside(invite_new)),
        web.get("/desk/cases/{id}/invitation", inside(invitation)),
        web.post("/desk/cases/{id}/invitation", inside(change)),
    ]
