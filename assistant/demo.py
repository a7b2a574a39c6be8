"""The program with invented cases, on a data directory that is thrown away at the end."""

from __future__ import annotations

import asyncio
import datetime
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from assistant import resources
from assistant.authoring import journeys
from assistant.casework import Casework
from assistant.colleagues import Colleague
from assistant.core.commands import Message
from assistant.core.office import AnyDoing, Assigned, Booked, Closed, Held, Noted
from assistant.desk import Desk
from assistant.player import JourneyError, play
from assistant.server.running import Place, serve
from assistant.service import Service
from assistant.starting import StartError, open_service
from assistant.store import UserRow, codes
from assistant.talks import SWEDEN

USER: Final = "demo"
FIRST: Final = "sv"

PHONES: Final = {"office_phone": "08-465 004 00", "children_phone": "08-465 004 01"}
"""Numbers that nobody has: PTS (the Swedish telecom authority) keeps 08-465 004 00 to 99 free for invented stories."""


class Office(NamedTuple):
    """What the office has done with a case: whose it is, and when the first visit is.

    ``visit``: in how many days from today (negative: it was held), and the time on Swedish clocks; a weekend is passed
    over. ``partner`` is the journey of the partner's case, which stands above in the table."""

    unit: str = ""
    assigned: str = ""
    visit: tuple[int, str] | None = None
    note: str = ""
    closed: str = ""
    partner: str = ""


class Case(NamedTuple):
    """An invented case: whose it is, when it began, and how far it got.

    ``journey`` is a file of dialogs/demo without its ending (empty: somebody who sent a message and nothing else, or
    who was only invited), ``at`` the time of day on Swedish clocks. ``left_at`` is the question at which a talk was
    left: it is begun and not sent. ``message`` went to the office at once. ``locale``: the language of the pages, if
    not that of the journey."""

    journey: str
    days_ago: int
    at: str
    office: Office = Office()
    left_at: str = ""
    message: Message | None = None
    locale: str = ""


# PTS keeps 070-174 06 05 to 99 free too. The persons of dialogs/demo have their numbers there.
_NUR = Message(kind="apply_now", name="Nur", phone="070-174 06 41", when="بعد الساعة ١٠")
_LENA = Message(kind="call_me", name="Lena", phone="070-174 06 42")

_HERE, _YOUNG = "Mottagningen", "Unga vuxna"
USERS: Final = (
    Colleague(USER, "lead", _HERE),
    Colleague("jonas", "caseworker", _HERE),
    Colleague("sofia", "caseworker", _YOUNG),
    Colleague("karin", "lead", _YOUNG),
    Colleague(f"{USER}-admin", "admin"),
)
"""Who works at the invented office. The first one is the login that is printed."""

CASES: Final = (
    Case("bohdan", 20, "21:15", Office(_HERE, USER, (1, "09:00"), "Ringt två gånger med telefontolk, inget svar.")),
    Case("birgit", 16, "10:05", Office(_HERE)),
    Case("marina", 14, "18:20", Office(_HERE, USER, (-4, "10:00"), "Tar med hyresavin till nästa möte.")),
    Case("kent", 13, "09:15", Office(_HERE, USER, (1, "12:30"), "Kort möte. Rum på bottenvåningen bokat.")),
    Case("layla", 12, "19:45", Office(_HERE, USER, (0, "15:30"), "Tolk bokad: arabiska, kvinna.")),
    Case("gunilla", 12, "08:50", Office(_HERE, "jonas", (-2, "09:30"), "Gode mannen var med.")),
    Case("yusuf", 11, "21:10", Office(_HERE, USER, (2, "14:00"), "Egen tid, skild från Laylas.", partner="layla")),
    Case("annika", 11, "14:25", Office(_HERE)),
    Case("erik", 10, "16:40", Office(_YOUNG, "sofia", (3, "14:30"), "Lugnt rum bokat, högst 45 minuter.")),
    Case("emre", 9, "20:15", Office(_HERE, "jonas", (-3, "08:30"))),
    Case("ellen", 9, "12:00", Office(_YOUNG, "sofia", (4, "13:00"), "Två teckenspråkstolkar bokade.")),
    Case("niklas", 8, "03:10", Office(_HERE)),
    Case(
        "irina", 7, "13:35", Office(_HERE, USER, (-3, "09:00"), closed="Har fått fler timmar och behöver inget stöd.")
    ),
    Case("hodan", 7, "18:05", Office(_HERE, USER, (5, "12:00"), "Telefontolk bokad: somaliska, kvinna.")),
    Case("rafael", 6, "22:30", Office(_HERE, "jonas", (6, "09:00"), "Vill bli uppringd, inte få brev.")),
    Case(
        "", 6, "11:40", Office(_HERE, "jonas", note="Rafaels maka. Bokar själv när hon har svarat.", partner="rafael")
    ),
    Case("pirkko", 6, "10:45", Office(_HERE, USER, (-1, "10:00"), "Besöket hållet på finska.")),
    Case("gulistan", 5, "17:20", Office(_HERE)),
    Case("lucia", 4, "19:05", Office(_HERE, USER, (7, "11:00"), "Kontakt bara via tjänsten."), locale="en"),
    Case("moa", 4, "23:55", left_at="af_status"),
    Case("ali", 3, "15:55", Office(_YOUNG, "sofia", (1, "15:00"), "Uppringd efter kl. 16. Kan bo kvar några dagar.")),
    Case("yonas", 2, "11:20", Office(_YOUNG)),
    Case("yusuf", 2, "07:30", Office(_HERE, USER, note="Ringt med tolk."), "schooling", _NUR),
    Case("elias", 1, "13:15", Office(_YOUNG, "sofia", (0, "16:00"), "Uppringd, kommer i dag.")),
    Case("amra", 1, "20:50", Office(_HERE, "jonas")),
    Case("", 1, "15:10", Office(_HERE, USER, note="Ringde in."), locale="ar"),
    Case("", 1, "08:05", message=_LENA),
    Case("zahra", 0, "07:40", Office(_YOUNG)),
    Case("stefan", 0, "08:15", Office(_HERE)),
    Case("anna", 0, "09:30", Office(_YOUNG)),
)


async def run(data: Path, port: int, write: Callable[[str], None]) -> None:
    """Fill the directory and serve it on this machine. Raises StartError and ServeError."""
    service = open_service(data)
    numbers = {name: PHONES[name] for name in service.settings.without_number()}
    service.settings = msgspec.structs.replace(service.settings, **numbers)
    try:
        password = secrets.token_urlsafe(12)
        await fill(service, await asyncio.to_thread(codes.hash_password, password))
    except BaseException:
        await service.store.close()
        raise

    def ready(address: str) -> None:
        write("Klarbild, a demonstration. All persons and cases in it are invented; nothing is kept.")
        write(f"  For applicants:   {address}/")
        write(f"  For the office:   {address}/desk   user: {USER}   password: {password}")
        others = ", ".join(f"{one.name} ({one.role})" for one in USERS[1:])
        write(f"  With the same password: {others}")
        write("Ctrl-C ends it.")

    await serve(service, data, Place("127.0.0.1", port), demo=True, ready=ready)


async def fill(service: Service, password: str = "") -> None:
    """Make the invented office and its cases, each on its day. ``password``: the hash of everybody's at the desk (not
    given: nobody can log in). Raises StartError for a journey that is broken."""
    for one in USERS:
        row = UserRow(name=one.name, password=password, role=one.role, created=service.now()[:10], unit=one.unit)
        await service.store.put_user(row)
    clock, now = service.clock, service.clock()
    office = _InventedOffice(service, now)
    try:
        for case in CASES:
            service.clock = _stopped_at(min(now, _began(case, now)))
            await office.deal_with(case, await _make(service, case))
    finally:
        service.clock = clock


async def _make(service: Service, case: Case) -> str:
    """The id of the case that this person has now."""
    if case.journey:
        return await _play(service, case)
    if case.message is not None:
        known = {row.id for row in await service.store.cases()}
        await service.message(case.message, case.locale or FIRST)
        return next(row.id for row in await service.store.cases() if row.id not in known)
    casework = Casework(Desk(service))
    who = next(one for one in USERS if one.name == case.office.assigned)
    return (await casework.make(who, (), locale=case.locale or FIRST)).id


async def _play(service: Service, case: Case) -> str:
    journey, problems = journeys.load(resources.folder("dialogs") / "demo" / f"{case.journey}.yaml")
    if journey is None:
        raise StartError([str(problem) for problem in problems])
    wanted = case.locale or journey.locale
    locale = wanted if wanted in service.catalogs else FIRST
    try:
        played = await play(service, journey, locale, leaves_at=case.left_at)
    except JourneyError as error:
        raise StartError([f"dialogs/demo/{case.journey}.yaml: {error}"]) from error
    if case.message is not None:
        await service.act(played.talk.id, case.message, played.talk.state.seq)
    return played.talk.case


class _InventedOffice:
    """Deals with the cases as their rows say, in the days until now."""

    def __init__(self, service: Service, now: datetime.datetime) -> None:
        self.service, self.now = service, now
        self.casework = Casework(Desk(service))
        self.references: dict[str, str] = {}

    async def deal_with(self, case: Case, id: str) -> None:
        row, office = await self.service.store.case(id), case.office
        if row is None or not office.unit:
            return
        self.references.setdefault(case.journey, row.reference)
        # The office looks at what came the day before, or a few minutes ago.
        began = _began(case, self.now)
        self.service.clock = _stopped_at(min(self.now, began.replace(hour=8, minute=40) + datetime.timedelta(days=1)))
        lead = next(one for one in USERS if one.role == "lead" and one.unit == office.unit)
        who = next((one for one in USERS if one.name == office.assigned), lead)
        if row.assigned != office.assigned or row.unit != office.unit:
            await self.do(lead, id, Assigned(to=office.assigned, unit=office.unit))
        if office.note:
            await self.do(who, id, Noted(text=office.note))
        if office.partner:
            await self.casework.link(who, id, self.references[office.partner], await self.seen(id))
        if office.visit is not None:
            await self.visit(who, id, *office.visit)
        if office.closed:
            await self.do(who, id, Closed(reason=office.closed))

    async def visit(self, who: Colleague, id: str, days: int, time: str) -> None:
        day = _working_day(self.now.astimezone(SWEDEN).date() + datetime.timedelta(days=days), back=days < 0)
        await self.do(who, id, Booked(at=f"{day.isoformat()}T{time}"))
        if days < 0:
            held = datetime.datetime.combine(day, datetime.time(16), SWEDEN)
            self.service.clock = _stopped_at(min(self.now, held))
            await self.do(who, id, Held(on=day.isoformat()))

    async def do(self, who: Colleague, id: str, doing: AnyDoing) -> None:
        outcome = await self.casework.do(who, id, doing, await self.seen(id))
        if outcome.wrong is not None:
            raise StartError([f"the invented office cannot do {doing}: {outcome.wrong}"])

    async def seen(self, id: str) -> int:
        row = await self.service.store.case(id)
        return row.doings if row is not None else 0


def _working_day(day: datetime.date, *, back: bool) -> datetime.date:
    """The day itself, or the nearest day of the week before or after it."""
    while day.weekday() >= 5:
        day += datetime.timedelta(days=-1 if back else 1)
    return day


def _began(case: Case, now: datetime.datetime) -> datetime.datetime:
    day = now.astimezone(SWEDEN).date() - datetime.timedelta(days=case.days_ago)
    return datetime.datetime.combine(day, datetime.time.fromisoformat(case.at), SWEDEN)


def _stopped_at(moment: datetime.datetime) -> Callable[[], datetime.datetime]:
    return lambda: moment
