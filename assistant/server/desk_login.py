"""In to the desk and out of it: the password, the code of the second step, and the session that comes of them."""

from __future__ import annotations

import functools
from typing import Any

from aiohttp import web

from assistant.attempts import TooManyFailures
from assistant.bidi import shown
from assistant.server import forms
from assistant.server.desk import MAY_FOLLOW, Reader, cookie_name, here, inside, reader_of, words_of
from assistant.server.keys import OPENID, SECURE, SERVICE, SESSIONS, SIGN_IN
from assistant.server.limits import coarse_address
from assistant.server.pages import render
from assistant.server.sessions import form_token, same
from assistant.server.telling import tell
from assistant.signing_in import WAITS
from assistant.store import SessionWay
from assistant.texts import Words


def set_cookie(
    request: web.Request, response: web.StreamResponse, name: str, value: str, *, lax_for_s: int | None = None
) -> None:
    """Give a browser a cookie for the desk. ``lax_for_s``: it comes back from links on other sites, too, and lives so
    many seconds; all others are for our own pages and for as long as the browser is open."""
    response.set_cookie(
        name,
        value,
        path="/",
        secure=request.app[SECURE],
        httponly=True,
        samesite="Strict" if lax_for_s is None else "Lax",
        max_age=lax_for_s,
    )


def drop_cookie(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Take a cookie back."""
    response.del_cookie(name, path="/", secure=request.app[SECURE], httponly=True, samesite="Strict")


async def come_in(request: web.Request, response: web.StreamResponse, name: str, way: SessionWay) -> str:
    """Begin a session of the desk and give its cookie; the one before it on this device ends. The session's token."""
    sessions = request.app[SESSIONS]
    await sessions.end(request.cookies.get(cookie_name(request), ""))
    token = await sessions.begin("desk", name, way=way)
    set_cookie(request, response, cookie_name(request), token)
    tell(request, f"a session began by {way}", name)
    return token


def outside(
    request: web.Request, template: str, *, status: int = 200, words: Words | None = None, **view: Any
) -> web.Response:
    """A page of the desk for somebody who is not in. ``words``: other ones than the address asks for."""
    around = {"user": None, "here": functools.partial(here, request)}
    return render(request, f"desk/{template}.html", words or words_of(request), status=status, **(around | view))


# -- the password ------------------------------------------------------------------------------------------------------


async def ask_password(request: web.Request) -> web.StreamResponse:
    """The form to log in."""
    if await reader_of(request) is not None:
        raise web.HTTPSeeOther(here(request, "/desk"))
    return login_page(request, request.query.get("next", ""))


def login_page(
    request: web.Request, after: str, *, name: str = "", problem: str = "", status: int = 200
) -> web.StreamResponse:
    """The form to log in, with what went wrong: ``wrong``, ``too_many``, ``late`` or ``codes``."""
    return outside(
        request,
        "login",
        status=status,
        after=after if MAY_FOLLOW(after) else "",
        name=shown(name[:100]),
        problem=problem,
        openid=OPENID in request.app,
    )


async def log_in(request: web.Request) -> web.StreamResponse:
    """Take a name and a password; then the desk is open, or the code of the second step is asked for."""
    form = await forms.read(request)
    name, after = form.one("name").strip(), form.one("next")
    sign_in = request.app[SIGN_IN]
    try:
        user = await sign_in.password(name, form.one("password"), coarse_address(request))
    except TooManyFailures:
        tell(request, "too many wrong passwords")
        return login_page(request, after, name=name, problem="too_many", status=429)
    if user is None:
        tell(request, "a wrong name or password")
        return login_page(request, after, name=name, problem="wrong", status=422)
    after = after if MAY_FOLLOW(after) else ""
    if user.totp is None:
        response = web.Response(status=303, headers={"Location": here(request, after or "/desk")})
        await come_in(request, response, user.name, "password")
        return response
    fields = {"next": after} if after else {}
    response = web.Response(status=303, headers={"Location": here(request, "/desk/login/code", **fields)})
    set_cookie(request, response, _waiting_cookie(request), sign_in.wait(user))
    return response


# -- the second step ---------------------------------------------------------------------------------------------------


def _waiting_cookie(request: web.Request) -> str:
    return "__Host-klarbild-step" if request.app[SECURE] else "klarbild-step"


async def ask_code(request: web.Request) -> web.StreamResponse:
    """The form for the code."""
    token = request.cookies.get(_waiting_cookie(request), "")
    if not request.app[SIGN_IN].waits(token):
        raise web.HTTPSeeOther(here(request, "/desk/login"))
    return _code_page(request, token, request.query.get("next", ""))


def _code_page(
    request: web.Request, token: str, after: str, *, problem: str = "", status: int = 200
) -> web.StreamResponse:
    return outside(
        request,
        "code",
        status=status,
        token=form_token(token),
        after=after if MAY_FOLLOW(after) else "",
        problem=problem,
        minutes=int(WAITS.total_seconds() // 60),
    )


async def take_code(request: web.Request) -> web.StreamResponse:
    """Begin a session if the code is right. After five wrong ones the password is asked for again."""
    form = await forms.read(request)
    token, after = request.cookies.get(_waiting_cookie(request), ""), form.one("next")
    sign_in = request.app[SIGN_IN]
    if not sign_in.waits(token):
        return login_page(request, after, problem="late", status=422)
    if not same(form.one("token"), form_token(token)):
        raise web.HTTPForbidden
    try:
        user = await sign_in.code(token, form.one("code"))
    except TooManyFailures:
        tell(request, "too many wrong codes")
        return _code_page(request, token, after, problem="too_many", status=429)
    if user is None:
        tell(request, "a wrong code")
    if user is None and sign_in.waits(token):
        return _code_page(request, token, after, problem="wrong", status=422)
    if user is None:
        return login_page(request, after, problem="codes", status=422)
    response = web.Response(status=303, headers={"Location": here(request, after if MAY_FOLLOW(after) else "/desk")})
    drop_cookie(request, response, _waiting_cookie(request))
    await come_in(request, response, user.name, "password")
    return response


# -- out ---------------------------------------------------------------------------------------------------------------


async def log_out(request: web.Request, reader: Reader) -> web.StreamResponse:
    """End the session on this device. Who came in by OpenID Connect is led to where they can log out there, too."""
    elsewhere = ""
    if reader.way == "openid" and OPENID in request.app and request.app[SERVICE].settings.openid_logout:
        elsewhere = await request.app[OPENID].way_out(reader.session, here(request, "/desk/login"), request)
    await request.app[SESSIONS].end(reader.session)
    tell(request, "a session was ended", reader.user.name)
    if elsewhere:
        response: web.StreamResponse = outside(request, "logged_out", elsewhere=elsewhere)
    else:
        response = web.Response(status=303, headers={"Location": here(request, "/desk/login")})
    drop_cookie(request, response, cookie_name(request))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def routes() -> list[web.RouteDef]:
    """The routes in and out."""
    return [
        web.get("/desk/login", ask_password),
        web.post("/desk/login", log_in),
        web.get("/desk/login/code", ask_code),
        web.post("/desk/login/code", take_code),
        web.post("/desk/logout", inside(log_out, halfway=True)),
    ]
