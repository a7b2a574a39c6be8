"""One's own login: password, second step with its recovery codes, and where one is logged in."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from aiohttp import web

from assistant import logins, totp
from assistant.attempts import TooManyFailures
from assistant.server import forms
from assistant.server.desk import Reader, here, inside, page_of
from assistant.server.desk_login import come_in
from assistant.server.keys import SERVICE, SESSIONS, SIGN_IN, STAFF
from assistant.server.limits import coarse_address
from assistant.server.sessions import token_hash
from assistant.server.tickets import Square, square
from assistant.store import SessionRow
from assistant.texts import Words


class Place(NamedTuple):
    """A session as its owner sees it. ``own``: the one that asks."""

    id: str
    began: str
    used: str
    way: str
    own: bool


async def account(request: web.Request, reader: Reader) -> web.StreamResponse:
    """What one's login is, and where one is logged in."""
    rows = await request.app[SESSIONS].alive("desk", reader.user.name)
    own = token_hash(reader.session)
    return await page_of(
        request,
        reader,
        "account",
        places=[_place(row, own, reader.words) for row in rows],
        codes_left=await request.app[SERVICE].store.accounts.recovery_codes_left(reader.user.name),
        done=request.query.get("done", ""),
        local=_is_local(reader),
        required=request.app[SERVICE].settings.second_step == "required",
    )


def _place(row: SessionRow, own: bytes, words: Words) -> Place:
    def told(moment: float) -> str:
        return words.numeric_datetime(datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat())

    return Place(row.hash.hex(), told(row.created), told(row.seen), row.way, row.hash == own)


def _is_local(reader: Reader) -> bool:
    """Whether this login has a password; who comes in by OpenID Connect alone has none."""
    return bool(reader.user.password)


async def end_sessions(request: web.Request, reader: Reader) -> web.StreamResponse:
    """End another session of one's own, or all others."""
    form, sessions = await forms.read(request), request.app[SESSIONS]
    own = token_hash(reader.session)
    if form.one("do") == "end_others":
        ended = [row.hash for row in await sessions.alive("desk", reader.user.name) if row.hash != own]
    else:
        ended = [_hash_of(form.one("session"))]
    for hashed in ended:
        await sessions.end_of("desk", reader.user.name, hashed)
    raise web.HTTPSeeOther(here(request, "/desk/account", done="sessions"))


def _hash_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise web.HTTPBadRequest from None


# -- the password ------------------------------------------------------------------------------------------------------


async def ask_new_password(request: web.Request, reader: Reader) -> web.StreamResponse:
    """The form to change one's password."""
    return await _password_page(request, reader)


async def _password_page(
    request: web.Request, reader: Reader, problem: str = "", status: int = 200
) -> web.StreamResponse:
    if not _is_local(reader):
        raise web.HTTPNotFound
    return await page_of(request, reader, "password", status=status, problem=problem, shortest=logins.SHORTEST)


async def change_password(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Change one's password, if the old one is known. All sessions end, and a new one begins here."""
    form, name = await forms.read(request), reader.user.name
    try:
        known = await request.app[SIGN_IN].password(name, form.one("old"), coarse_address(request))
    except TooManyFailures:
        return await _password_page(request, reader, "too_many", 429)
    new = form.one("new")
    if known is None:
        return await _password_page(request, reader, "wrong", 422)
    problem = logins.password_problem(new, name) or ("same" if new == form.one("old") else "")
    if problem or new != form.one("again"):
        return await _password_page(request, reader, problem or "different", 422)
    await request.app[STAFF].set_own_password(name, new)
    response = web.Response(status=303, headers={"Location": here(request, "/desk/account", done="password")})
    await come_in(request, response, name, reader.way)
    return response


# -- the second step ---------------------------------------------------------------------------------------------------


async def second_step(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Where a second step is set up, or its recovery codes are renewed."""
    return await _second_step_page(request, reader)


async def _second_step_page(
    request: web.Request, reader: Reader, problem: str = "", status: int = 200
) -> web.StreamResponse:
    if not _is_local(reader):
        raise web.HTTPNotFound
    settings = request.app[SERVICE].settings
    anew = reader.user.totp is None or "new" in request.query
    secret = request.app[SIGN_IN].offered_secret(reader.user.name) if anew else b""
    issuer = f"{settings.service_name} ({settings.office_name})"
    drawn: Square | None = None
    if anew:
        drawn = square(totp.address(secret, name=reader.user.name, issuer=issuer))
    return await page_of(
        request,
        reader,
        "second_step",
        status=status,
        problem=problem,
        square=drawn,
        secret=totp.as_text(secret),
        has_one=reader.user.totp is not None,
        required=settings.second_step == "required",
    )


async def change_second_step(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Set a second step up (``enrol``), renew its recovery codes (``codes``) or remove it (``remove``). Whoever has one
    already must know the password: a computer that was left alone is not enough."""
    form, name, staff = await forms.read(request), reader.user.name, request.app[STAFF]
    do = form.one("do")
    if not _is_local(reader) or do not in ("enrol", "codes", "remove"):
        raise web.HTTPNotFound
    has_one = reader.user.totp is not None
    if has_one or do != "enrol":
        try:
            known = await request.app[SIGN_IN].password(name, form.one("password"), coarse_address(request))
        except TooManyFailures:
            return await _second_step_page(request, reader, "too_many", 429)
        if known is None:
            return await _second_step_page(request, reader, "password", 422)
    if do == "enrol":
        return await _enrol(request, reader, form.one("code"))
    if do == "codes" and has_one:
        return await page_of(request, reader, "recovery_codes", codes=await staff.new_recovery_codes(name))
    if do == "remove" and has_one and request.app[SERVICE].settings.second_step == "optional":
        await staff.reset_second_step(name, by=name)
        response = web.Response(status=303, headers={"Location": here(request, "/desk/account", done="removed")})
        await come_in(request, response, name, reader.way)
        return response
    raise web.HTTPNotFound


async def _enrol(request: web.Request, reader: Reader, typed: str) -> web.StreamResponse:
    """Take the second step whose code was typed, and show its recovery codes once, in a session that is new."""
    try:
        codes = await request.app[SIGN_IN].enrol(reader.user, typed)
    except TooManyFailures:
        return await _second_step_page(request, reader, "too_many", 429)
    if codes is None:
        return await _second_step_page(request, reader, "code", 422)
    cookies = web.Response()
    session = await come_in(request, cookies, reader.user.name, reader.way)
    user = await request.app[STAFF].user(reader.user.name)
    if user is None:
        raise web.HTTPSeeOther(here(request, "/desk/login"))
    page = await page_of(request, Reader(user, session, reader.words, reader.way), "recovery_codes", codes=codes)
    page.cookies.update(cookies.cookies)
    return page


def routes() -> list[web.RouteDef]:
    """The routes of one's own login."""
    return [
        web.get("/desk/account", inside(account)),
        web.post("/desk/account", inside(end_sessions)),
        web.get("/desk/account/password", inside(ask_new_password, halfway=True)),
        web.post("/desk/account/password", inside(change_password, halfway=True)),
        web.get("/desk/account/second-step", inside(second_step, halfway=True)),
        web.post("/desk/account/second-step", inside(change_second_step, halfway=True)),
    ]
