"""Who may come in to the desk: for administrators. All others are told that there is no such page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, get_args

import msgspec
from aiohttp import web

from assistant import logins
from assistant.bidi import shown
from assistant.server import forms
from assistant.server.desk import Reader, here, inside, page_of
from assistant.server.forms import Form
from assistant.server.keys import OPENID, SERVICE, SESSIONS, STAFF
from assistant.staff import Staff
from assistant.store import Conflict, Role, UserRow

ROLES: Final[tuple[Role, ...]] = get_args(Role)
LONGEST_UNIT = 100

_Admin = Callable[[web.Request, Reader], Awaitable[web.StreamResponse]]


def _for_admins(handler: _Admin) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request, reader: Reader) -> web.StreamResponse:
        if reader.user.role != "admin":
            raise web.HTTPNotFound
        return await handler(request, reader)

    return inside(answer)


async def users(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Everybody who has a login, the form for another one, and what was done last."""
    return await _users_page(request, reader)


async def _users_page(
    request: web.Request, reader: Reader, *, problem: str = "", status: int = 200, kept: Mapping[str, str] | None = None
) -> web.StreamResponse:
    store = request.app[SERVICE].store
    doings = await store.accounts.doings()
    return await page_of(
        request,
        reader,
        "admin",
        status=status,
        users=await store.users(),
        doings=[(one, reader.words.numeric_datetime(one.at)) for one in doings],
        roles=ROLES,
        problem=problem,
        openid=OPENID in request.app,
        kept={"name": "", "role": "", "unit": ""} | dict(kept or {}),
    )


async def add(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Add a login; its password is shown this once."""
    form = await forms.read(request)
    kept = {field: shown(form.one(field)[:100]) for field in ("name", "role", "unit")}
    name, role, unit = logins.name_of(form.one("name")), _role(form), _unit(form)
    if name is None:
        return await _users_page(request, reader, problem="name", status=422, kept=kept)
    if role is None:
        return await _users_page(request, reader, problem="role", status=422, kept=kept)
    if unit is None:
        return await _users_page(request, reader, problem="unit", status=422, kept=kept)
    staff, password = request.app[STAFF], ""
    try:
        if form.one("openid") and OPENID in request.app:
            await staff.add_without_password(name, role, unit, reader.user.name)
        else:
            password = await staff.add(name, role, unit, reader.user.name)
    except Conflict:
        return await _users_page(request, reader, problem="taken", status=422, kept=kept)
    if not password:
        raise web.HTTPSeeOther(here(request, "/desk/admin/user", name=name, done="added"))
    return await page_of(request, reader, "one_time_password", name=name, password=password)


def _role(form: Form) -> Role | None:
    try:
        role: Role = msgspec.convert(form.one("role"), Role)
    except msgspec.ValidationError:
        return None
    return role


def _unit(form: Form) -> str | None:
    unit = " ".join(form.one("unit").split())
    return unit if len(unit) <= LONGEST_UNIT and unit.isprintable() else None


# -- one of them -------------------------------------------------------------------------------------------------------


async def user(request: web.Request, reader: Reader) -> web.StreamResponse:
    """One login, and what can be done with it."""
    return await _user_page(request, reader, request.query.get("name", ""), done=request.query.get("done", ""))


async def _user_page(
    request: web.Request, reader: Reader, name: str, *, status: int = 200, problem: str = "", done: str = ""
) -> web.StreamResponse:
    store = request.app[SERVICE].store
    found = await store.user(name)
    if found is None:
        raise web.HTTPNotFound
    return await page_of(
        request,
        reader,
        "admin_user",
        status=status,
        one=found,
        own=found.name == reader.user.name,
        sessions=len(await request.app[SESSIONS].alive("desk", name)),
        codes_left=await store.accounts.recovery_codes_left(name),
        roles=ROLES,
        from_openid=bool(found.subject and request.app[SERVICE].settings.openid_roles_claim),
        problem=problem,
        done=done,
    )


async def change(request: web.Request, reader: Reader) -> web.StreamResponse:
    """Do something with a login. Nobody does with their own what could leave the office without an administrator."""
    form, staff = await forms.read(request), request.app[STAFF]
    found = await request.app[SERVICE].store.user(form.one("name"))
    do = form.one("do")
    if found is None or do not in ("change", "password", *_DOINGS):
        raise web.HTTPNotFound
    own = found.name == reader.user.name
    if own and do != "change":
        raise web.HTTPForbidden
    if do == "password":
        password = await staff.new_password(found.name, reader.user.name)
        return await page_of(request, reader, "one_time_password", name=found.name, password=password)
    if do == "change":
        role, unit = found.role if own else _role(form), _unit(form)
        if role is None or unit is None:
            return await _user_page(request, reader, found.name, problem="role" if role is None else "unit", status=422)
        await _change(staff, found, role, unit, reader.user.name)
    else:
        await _DOINGS[do](staff, found.name, reader.user.name)
    raise web.HTTPSeeOther(here(request, "/desk/admin/user", name=found.name, done=do))


async def _change(staff: Staff, found: UserRow, role: Role, unit: str, by: str) -> None:
    if unit != found.unit:
        await staff.set_unit(found.name, unit, by)
    if role != found.role:
        await staff.set_role(found.name, role, by)


_DOINGS: Final[Mapping[str, Callable[[Staff, str, str], Awaitable[Any]]]] = {
    "disable": lambda staff, name, by: staff.set_disabled(name, True, by),
    "enable": lambda staff, name, by: staff.set_disabled(name, False, by),
    "reset": lambda staff, name, by: staff.reset_second_step(name, by),
    "end": lambda staff, name, by: staff.end_sessions(name, by),
}


def routes() -> list[web.RouteDef]:
    """The routes for administrators."""
    return [
        web.get("/desk/admin", _for_admins(users)),
        web.post("/desk/admin", _for_admins(add)),
        web.get("/desk/admin/user", _for_admins(user)),
        web.post("/desk/admin/user", _for_admins(change)),
    ]
