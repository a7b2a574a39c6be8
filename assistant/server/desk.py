"""The caseworker's pages under ``/desk``. All of them want a session: nothing is open by default."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web
from markupsafe import Markup, escape

from assistant.colleagues import Colleague, colleague_of
from assistant.desk import CaseDetail
from assistant.hints_page import NOTHING_ASSESSED
from assistant.server import forms
from assistant.server.keys import CHECKS, DESK, SECURE, SERVICE, SESSIONS, STAFF
from assistant.server.pages import render
from assistant.server.sessions import form_token, same
from assistant.server.telling import tell
from assistant.settings import Settings
from assistant.sources_page import anchor
from assistant.store import SessionWay, UserRow
from assistant.summary_page import SummaryPage, cut, summary_page
from assistant.texts import Words
from assistant.wording import Quote

LANGUAGES = ("sv", "en")
_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
MAY_FOLLOW = re.compile(r"/desk(?:/cases/[0-9a-f]{1,64}(?:/[a-z-]{1,20})?)?").fullmatch


class Reader(NamedTuple):
    """Somebody of the office who is logged in."""

    user: UserRow
    session: str
    words: Words
    way: SessionWay = "password"

    @property
    def colleague(self) -> Colleague:
        """The same person, as what concerns cases."""
        return colleague_of(self.user)


Inside = Callable[[web.Request, Reader], Awaitable[web.StreamResponse]]


def cookie_name(request: web.Request) -> str:
    """The name of the desk's cookie. A ``__Host-`` one wants https, which a program on this machine has not."""
    return "__Host-klarbild-desk" if request.app[SECURE] else "klarbild-desk"


def words_of(request: web.Request) -> Words:
    """The words of the desk: Swedish, or English if ``?locale=en`` asks for it."""
    wanted = request.query.get("locale", "")
    return request.app[SERVICE].words(wanted if wanted in LANGUAGES else LANGUAGES[0])


def here(request: web.Request, address: str, **fields: str) -> str:
    """An address of the desk that stays in the language of this request."""
    wanted = request.query.get("locale", "")
    if wanted in LANGUAGES[1:]:
        fields["locale"] = wanted
    return str(request.url.relative().with_path(address).with_query(fields))


async def reader_of(request: web.Request) -> Reader | None:
    session = request.cookies.get(cookie_name(request), "")
    row = await request.app[SESSIONS].row("desk", session)
    user = await request.app[STAFF].user(row.subject) if row is not None else None
    return Reader(user, session, words_of(request), row.way) if row is not None and user is not None else None


def unfinished(reader: Reader, settings: Settings) -> str:
    """The address where somebody must do something before anything else at the desk; empty if there is nothing."""
    if reader.way == "openid":
        return ""
    if reader.user.once_until:
        return "/desk/account/password"
    if settings.second_step == "required" and reader.user.totp is None:
        return "/desk/account/second-step"
    return ""


def inside(handler: Inside, *, halfway: bool = False) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler for those who are logged in; others are led to the login. A form must be one of this session.

    ``halfway``: also for those who must change their password, or set up a second step, before anything else."""

    @functools.wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        reader = await reader_of(request)
        if reader is None:
            back = {"next": request.path} if MAY_FOLLOW(request.path) and request.method == "GET" else {}
            raise web.HTTPSeeOther(here(request, "/desk/login", **back))
        if request.method == "POST":
            form = await forms.read(request)
            if not same(form.one("token"), form_token(reader.session)):
                tell(request, "a form without the token of its session was sent", reader.user.name)
                raise web.HTTPForbidden
        first = "" if halfway else unfinished(reader, request.app[SERVICE].settings)
        if first:
            raise web.HTTPSeeOther(here(request, first))
        return await handler(request, reader)

    return answer


async def page_of(
    request: web.Request, reader: Reader, template: str, *, status: int = 200, **view: Any
) -> web.StreamResponse:
    """A page of the desk for somebody who is logged in."""
    colleague = reader.colleague
    return render(
        request,
        f"desk/{template}.html",
        reader.words,
        status=status,
        user=reader.user,
        halfway=bool(unfinished(reader, request.app[SERVICE].settings)),
        token=form_token(reader.session),
        leads=colleague.role == "lead",
        unseen=await request.app[CHECKS].unseen(colleague) if colleague.role == "lead" else 0,
        here=functools.partial(here, request),
        **view,
    )


# -- cases -------------------------------------------------------------------------------------------------------------


async def missing(request: web.Request, reader: Reader) -> web.StreamResponse:
    """What is answered for a case that is not there, and for one that is another's: the two are not told apart."""
    tell(request, "a case that is not there or another's was asked for", reader.user.name)
    return await page_of(request, reader, "missing", status=404)


async def case(request: web.Request, reader: Reader) -> web.StreamResponse:
    """A case begins with its summary."""
    id = request.match_info["id"]
    row = await request.app[SERVICE].store.case(id)
    if row is None or not await request.app[DESK].may_open(reader.colleague, row):
        return await missing(request, reader)
    raise web.HTTPSeeOther(here(request, f"/desk/cases/{id}/summary"))


async def summary(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The page before the first visit, on the screen and on paper."""
    detail = await detail_of(request, reader, "summary")
    if detail is None:
        return await missing(request, reader)
    page = summary_of(request, reader.words, detail, reader=reader.user.name)
    behind = here(request, f"/desk/cases/{detail.view.id}/sources").rpartition("/")[2]
    return await page_of(request, reader, "summary", **sheet_view(detail, page, behind))


def sheet_view(detail: CaseDetail, page: SummaryPage, behind: str = "sources") -> dict[str, Any]:
    """What the template of the summary names. ``behind`` is the address of the page to which its lines lead."""
    cutting = functools.partial(cut, limit=page.quote)
    return {
        "case": detail.view,
        "page": page,
        "cut": cutting,
        "nothing_assessed": NOTHING_ASSESSED,
        "whole_dates": whole_dates,
        "anchor": anchor,
        "behind": behind,
    }


async def detail_of(request: web.Request, reader: Reader, what: str) -> CaseDetail | None:
    """The case that an address names, read by somebody who may; None for any other. ``what`` of it goes to the log."""
    return await request.app[DESK].open(request.match_info["id"], reader.colleague, what=what)


def summary_of(request: web.Request, words: Words, detail: CaseDetail, *, reader: str = "") -> SummaryPage:
    """The one value that the summary is made of, in whatever form. ``reader``: what is new to this person is marked."""
    service = request.app[SERVICE]
    return summary_page(detail, words, service.settings, service.dialogs.values(), reader=reader)


def whole_dates(text: str) -> Markup:
    """A text in which no line ends within a date."""
    return Markup(_DATE.sub(r'<span class="n">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped before


def uncut(quote: Quote) -> tuple[str, str]:
    """A quote as it goes on paper here: whole."""
    return quote.text, ""


def routes() -> list[web.RouteDef]:
    """The routes of the cases: all are for those who are logged in."""
    return [
        web.get("/desk/cases/{id}", inside(case)),
        web.get("/desk/cases/{id}/summary", inside(summary)),
    ]
