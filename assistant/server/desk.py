"""The caseworker's pages under ``/desk``. All of them but the login want a session: nothing is open by default."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web
from markupsafe import Markup, escape

from assistant.bidi import shown
from assistant.desk import CaseDetail, TooManyFailures
from assistant.server import forms
from assistant.server.keys import DESK, SECURE, SERVICE, SESSIONS
from assistant.server.limits import coarse_address
from assistant.server.pages import render, respond
from assistant.server.sessions import form_token, same
from assistant.store import UserRow
from assistant.summary_page import SummaryPage, cut, summary_page, told
from assistant.summary_text import summary_text
from assistant.texts import Words

LANGUAGES = ("sv", "en")
MOST_MESSAGES = 20
_LONGEST_QUERY = 100
_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_MAY_FOLLOW = re.compile(r"/desk(?:/cases/[0-9a-f]{1,64}(?:/(?:summary|life-line))?)?").fullmatch


class Reader(NamedTuple):
    """Somebody of the office who is logged in."""

    user: UserRow
    session: str
    words: Words


_Inside = Callable[[web.Request, Reader], Awaitable[web.StreamResponse]]


def cookie_name(request: web.Request) -> str:
    """The name of the desk's cookie. A ``__Host-`` one wants https, which a program on this machine has not."""
    return "__Host-klarbild-desk" if request.app[SECURE] else "klarbild-desk"


def words_of(request: web.Request) -> Words:
    """The words of the desk: Swedish, or English if ``?locale=en`` asks for it."""
    wanted = request.query.get("locale", "")
    return request.app[SERVICE].words(wanted if wanted in LANGUAGES else LANGUAGES[0])


def _here(request: web.Request, address: str, **fields: str) -> str:
    """An address of the desk that stays in the language of this request."""
    wanted = request.query.get("locale", "")
    if wanted in LANGUAGES[1:]:
        fields["locale"] = wanted
    return str(request.url.relative().with_path(address).with_query(fields))


async def _reader(request: web.Request) -> Reader | None:
    session = request.cookies.get(cookie_name(request), "")
    name = await request.app[SESSIONS].subject("desk", session)
    user = await request.app[DESK].user(name) if name is not None else None
    return Reader(user, session, words_of(request)) if user is not None else None


def _inside(handler: _Inside) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler for those who are logged in; others are led to the login. A form must be one of this session."""

    @functools.wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        reader = await _reader(request)
        if reader is None:
            back = {"next": request.path} if _MAY_FOLLOW(request.path) and request.method == "GET" else {}
            raise web.HTTPSeeOther(_here(request, "/desk/login", **back))
        if request.method == "POST":
            form = await forms.read(request)
            if not same(form.one("token"), form_token(reader.session)):
                raise web.HTTPForbidden
        return await handler(request, reader)

    return answer


def _page(request: web.Request, reader: Reader, template: str, *, status: int = 200, **view: Any) -> web.StreamResponse:
    return render(
        request,
        f"desk/{template}.html",
        reader.words,
        status=status,
        user=reader.user,
        token=form_token(reader.session),
        here=functools.partial(_here, request),
        **view,
    )


# -- in and out --------------------------------------------------------------------------------------------------------


async def ask_password(request: web.Request) -> web.StreamResponse:
    """The form to log in."""
    if await _reader(request) is not None:
        raise web.HTTPSeeOther(_here(request, "/desk"))
    return _login_page(request, request.query.get("next", ""))


def _login_page(
    request: web.Request, after: str, *, name: str = "", problem: str = "", status: int = 200
) -> web.StreamResponse:
    return render(
        request,
        "desk/login.html",
        words_of(request),
        status=status,
        user=None,
        here=functools.partial(_here, request),
        after=after if _MAY_FOLLOW(after) else "",
        name=shown(name[:100]),
        problem=problem,
    )


async def log_in(request: web.Request) -> web.StreamResponse:
    """Begin a session of the desk; the one before it on this device ends."""
    form = await forms.read(request)
    name, after = form.one("name").strip(), form.one("next")
    try:
        right = await request.app[DESK].login(name, form.one("password"), coarse_address(request))
    except TooManyFailures:
        return _login_page(request, after, name=name, problem="too_many", status=429)
    if not right:
        return _login_page(request, after, name=name, problem="wrong", status=422)
    sessions = request.app[SESSIONS]
    await sessions.end(request.cookies.get(cookie_name(request), ""))
    token = await sessions.begin("desk", name)
    response = web.Response(status=303, headers={"Location": _here(request, after if _MAY_FOLLOW(after) else "/desk")})
    secure = request.app[SECURE]
    response.set_cookie(cookie_name(request), token, path="/", secure=secure, httponly=True, samesite="Strict")
    return response


async def log_out(request: web.Request, reader: Reader) -> web.StreamResponse:
    """End the session on this device."""
    await request.app[SESSIONS].end(reader.session)
    response = web.Response(status=303, headers={"Location": _here(request, "/desk/login")})
    secure = request.app[SECURE]
    response.del_cookie(cookie_name(request), path="/", secure=secure, httponly=True, samesite="Strict")
    return response


# -- cases -------------------------------------------------------------------------------------------------------------


async def cases(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The list of cases, with what is urgent, late and asked for at the top."""
    query = shown(request.query.get("q", "").strip()[:_LONGEST_QUERY])
    found = await request.app[DESK].cases(query, reader=reader.user.name)
    dialogs = tuple(request.app[SERVICE].dialogs.values())
    messages = sorted((one for case in found for one in case.messages), key=lambda one: one.at, reverse=True)
    return _page(
        request,
        reader,
        "cases",
        cases=found,
        query=query,
        urgent=sum(one.urgent for one in found),
        overdue=sum(one.overdue for one in found),
        messages=[(one, told(reader.words, one, dialogs)) for one in messages[:MOST_MESSAGES]],
        more_messages=max(0, len(messages) - MOST_MESSAGES),
    )


async def case(request: web.Request, reader: Reader) -> web.StreamResponse:
    """A case begins with its summary."""
    id = request.match_info["id"]
    if await request.app[SERVICE].store.case(id) is None:
        return _page(request, reader, "missing", status=404)
    raise web.HTTPSeeOther(_here(request, f"/desk/cases/{id}/summary"))


async def summary(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The page before the first visit, on the screen and on paper."""
    detail = await _detail(request, reader, "summary")
    if detail is None:
        return _page(request, reader, "missing", status=404)
    page = _summary(request, reader, detail)
    return _page(
        request,
        reader,
        "summary",
        case=detail.view,
        page=page,
        cut=lambda quote: cut(quote, page.quote),
        whole_dates=_whole_dates,
    )


async def text(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The same as plain text, to be copied."""
    detail = await _detail(request, reader, "text")
    if detail is None:
        return _page(request, reader, "missing", status=404)
    body = summary_text(_summary(request, reader, detail), reader.words)
    return respond(request, body.encode(), "text/plain")


async def _detail(request: web.Request, reader: Reader, what: str) -> CaseDetail | None:
    return await request.app[DESK].case(request.match_info["id"], reader=reader.user.name, what=what)


def _summary(request: web.Request, reader: Reader, detail: CaseDetail) -> SummaryPage:
    service = request.app[SERVICE]
    return summary_page(detail, reader.words, service.settings, service.dialogs.values())


def _whole_dates(text: str) -> Markup:
    """A text in which no line ends within a date."""
    return Markup(_DATE.sub(r'<span class="n">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped before


def routes() -> list[web.RouteDef]:
    """The routes of the desk: all but the login are for those who are logged in."""
    return [
        web.get("/desk/login", ask_password),
        web.post("/desk/login", log_in),
        web.post("/desk/logout", _inside(log_out)),
        web.get("/desk", _inside(cases)),
        web.get("/desk/cases/{id}", _inside(case)),
        web.get("/desk/cases/{id}/summary", _inside(summary)),
        web.get("/desk/cases/{id}/text", _inside(text)),
    ]
