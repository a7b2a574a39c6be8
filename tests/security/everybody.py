"""An office with everybody who could ask for something in it, and how each of them asks."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from aiohttp import ClientResponse, web

from assistant.core.office import Booked
from assistant.desk import token_hash
from assistant.server.app import make_app
from assistant.server.keys import CASEWORK, INVITATIONS, PAGES, SECURE, SERVICE, SESSIONS, STAFF
from assistant.server.rules import Who
from assistant.server.sessions import form_token
from assistant.server.visitors import form_token_of
from assistant.service import Service
from assistant.settings import Settings
from assistant.store import SessionKind, TokenRow
from assistant.talks import Talk
from tests.conftest import Client, Clock
from tests.web.office_visits import ADAM, ANNA, KARIN, NILS, SARA, do, give, hire_all, sent

CANARY = "Kanariefagel"
UNKNOWN = "0" * 32
OPEN: frozenset[Who] = frozenset(("anyone", "link"))
APPLICANT: frozenset[Who] = frozenset(("applicant",))
PROGRAM: frozenset[Who] = frozenset(("program",))
TOKEN: frozenset[Who] = frozenset(("token",))
DESK: frozenset[Who] = OPEN | {"arriving", "desk"}
FIELDS = {"work": {"do": "note", "note": "x"}, "invitation": {"do": "withdraw"}, "crossings": {"id": "1"}}
URGENT = {"urgent_needs": ["food"], "urgent_phone": "070 111 22 33"}
FIELDS |= {"checks": {"month": "2026-03"}, "user": {"name": "anna", "do": "end"}}
FIELDS |= {"second-step": {"do": "enrol", "code": "x"}}


class Somebody(NamedTuple):
    """Who asks. ``kind`` and ``subject`` of their session, which goes in ``cookie`` (or as the bearer token, where that
    is empty); ``old``: it has run out; ``forged``: their forms are somebody else's; ``token``: of a program of the
    office; ``case``: the case that they ask for, where a route names one."""

    name: str
    may: frozenset[Who]
    kind: SessionKind | None = None
    subject: str = ""
    cookie: str = ""
    old: str = ""
    forged: bool = False
    token: str = ""
    case: str = ""


class Office(NamedTuple):
    """A running server with a case of Anna's, one of Nils's, and everybody who could ask for them."""

    client: Client
    service: Service
    own: Talk
    other: Talk
    people: tuple[Somebody, ...]
    data: Path
    invitation: str

    @property
    def app(self) -> web.Application:
        assert self.client.app is not None
        return self.client.app


async def office_of(
    service: Service, make: Callable[[Any], Awaitable[Client]], clock: Clock, data: Path, *, secure: bool = False
) -> Office:
    """Open the office."""
    service.settings = Settings(
        openid_issuer="http://127.0.0.1:9", openid_client_id="klarbild", security_contact="security@example.org"
    )
    client = await make(make_app(service, secure=secure, demo=True))
    app = client.app
    assert app is not None
    await hire_all(service)
    own = await sent(service, f"{CANARY}one", **URGENT)
    other = await sent(service, f"{CANARY}two", **URGENT)
    await give(service, own.case, "anna")
    await give(service, other.case, "nils")
    sessions = app[SESSIONS]
    old = {"applicant": await sessions.begin("applicant", own.id), "desk": await sessions.begin("desk", "anna")}
    clock.forward(hours=13)
    assert await do(service, ANNA, own.case, Booked(at=f"{service.today() + datetime.timedelta(days=3)}T10:00")) is None
    row = await app[CASEWORK].make(ANNA, (), locale="sv", name="", first_contact=service.today())
    invitations = app[INVITATIONS]
    invited = await invitations.invite(
        ANNA, row.id, row.doings, channel="paper", address="", locale="sv", origin="http://x"
    )
    made = invitations.shown(row.id)
    assert invited.wrong is None and made is not None
    await app[STAFF].set_disabled("stina", True)
    people = (*_applicants(own, other, old), *_staff(own, other, old), *await _programs(service))
    return Office(client, service, own, other, people, data, made.token)


def _applicants(own: Talk, other: Talk, old: dict[str, str]) -> list[Somebody]:
    mine, program = OPEN | APPLICANT, OPEN | PROGRAM
    return [
        Somebody("nobody", OPEN),
        Somebody("a guesser", OPEN, cookie="klarbild klarbild-desk", old="x" * 43),
        Somebody("a guessing program", OPEN, old="x" * 43),
        Somebody("an applicant of yesterday", OPEN, cookie="klarbild", old=old["applicant"]),
        Somebody("a program of yesterday", OPEN, old=old["applicant"]),
        Somebody("the applicant", mine, "applicant", own.id, "klarbild"),
        Somebody("another applicant", mine, "applicant", other.id, "klarbild"),
        Somebody("another applicant with the form of the first", mine, "applicant", other.id, "klarbild", forged=True),
        Somebody("the applicant at the desk", OPEN, "applicant", own.id, "klarbild-desk"),
        Somebody("the applicant's program", program, "applicant", own.id),
        Somebody("another applicant's program", program, "applicant", other.id),
    ]


def _staff(own: Talk, other: Talk, old: dict[str, str]) -> list[Somebody]:
    cookie, case = "klarbild-desk", own.case

    def at_the_desk(name: str, *more: Who, at: str = case, **given: Any) -> Somebody:
        subject = name.partition(",")[0]
        return Somebody(name, DESK | set(more), "desk", subject, cookie, case=at, **given)

    return [
        Somebody("a caseworker of yesterday", OPEN, cookie=cookie, old=old["desk"]),
        at_the_desk("anna, whose case it is", "case"),
        at_the_desk("anna, with a form of somebody else", "case", forged=True),
        at_the_desk("anna, at a case of somebody else", at=other.case),
        at_the_desk("anna, at a case that is not there", at=UNKNOWN),
        at_the_desk(f"{NILS.name}, of the same unit"),
        at_the_desk(f"{SARA.name}, of another unit"),
        at_the_desk(f"{KARIN.name}, who leads the unit", "lead"),
        at_the_desk(f"{ADAM.name}, an administrator", "admin"),
        at_the_desk("stina, who is shut out")._replace(may=OPEN),
        Somebody("a caseworker where applicants go", OPEN, "desk", "anna", "klarbild"),
        Somebody("a caseworker's session in a program", OPEN, "desk", "anna"),
    ]


async def _programs(service: Service) -> list[Somebody]:
    people, reads = [], OPEN | TOKEN
    for role in ("caseworker", "lead", "admin"):
        token = f"token of a {role}"
        await service.store.put_token(TokenRow(hash=token_hash(token), name=role, role=role, created="2026-01-01"))
        people.append(Somebody(f"a program with the token of a {role}", reads, token=token))
    people[-1] = people[-1]._replace(may=OPEN)
    return people


async def ask(
    office: Office,
    somebody: Somebody,
    method: str,
    route: str,
    *,
    more: Mapping[str, str] | None = None,
    token: str | None = None,
) -> ClientResponse:
    """One request, made by somebody who wants as much as possible: with forms that are valid where they have any.
    ``more`` headers go with it, and ``token`` stands in the form in place of the right one."""
    secret, form = somebody.old, ""
    if somebody.kind is not None:
        secret = await office.app[SESSIONS].begin(somebody.kind, somebody.subject)
    headers, cookies = dict(more or {}), {cookie_of(office, name): secret for name in somebody.cookie.split()}
    if somebody.token or (secret and not somebody.cookie):
        headers["Authorization"] = f"Bearer {somebody.token or secret}"
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        form = form_token("another session") if somebody.forged else form_token(secret)
    if somebody.kind == "applicant" and somebody.cookie == "klarbild":
        talk = office.own if somebody.forged or somebody.subject == office.own.id else office.other
        form = form_token_of(cast("web.Request", office.client), talk)
    given: dict[str, Any] = {}
    if method in ("GET", "HEAD") and route == "/desk/admin/user":
        given["params"] = {"name": "anna"}
    elif method not in ("GET", "HEAD", "TRACE") and route.startswith("/api/"):
        given["json"] = {"seen": 10**6}
    elif method not in ("GET", "HEAD", "TRACE"):
        fields = FIELDS.get(route.rpartition("/")[2], {"do": "nothing"})
        given["data"] = {"token": form if token is None else token, "seen": "999999"} | fields
    office.client.session.cookie_jar.clear()
    address = address_of(office, route, somebody.case)
    return await office.client.request(method, address, headers=headers, allow_redirects=False, **given)


def cookie_of(office: Office, name: str) -> str:
    """A cookie by the name that it has here: over https it is bound to the host."""
    return f"__Host-{name}" if office.app[SECURE] else name


def address_of(office: Office, route: str, case: str = "") -> str:
    """A route as an address of something that is there."""
    static = next(iter(office.app[PAGES].files))
    ticket = office.app[SERVICE].tickets.issue(office.own.id) if "{ticket}" in route else ""
    for name, value in (
        ("id", case or office.own.case),
        ("locale", "sv"),
        ("name", static),
        ("ticket", ticket),
        ("token", office.invitation),
        ("dialog", "first_visit"),
    ):
        route = route.replace(f"{{{name}}}", value)
    return route


def rows(data: Path) -> dict[str, int]:
    """How many rows every table holds."""
    found = {}
    for path in data.glob("*.db"):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            for name in names:
                found[name] = database.execute(f'select count(*) from "{name}"').fetchone()[0]
        database.close()
    return found
