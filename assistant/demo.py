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
from assistant.core.commands import Message
from assistant.player import JourneyError, play
from assistant.server.running import Place, serve
from assistant.service import Service, utc_now
from assistant.starting import StartError, open_service
from assistant.store import UserRow, codes
from assistant.talks import SWEDEN

USER: Final = "demo"
FIRST: Final = "sv"

PHONES: Final = {"office_phone": "08-465 004 00", "children_phone": "08-465 004 01"}
"""Numbers that nobody has: PTS (the Swedish telecom authority) keeps 08-465 004 00 to 99 free for invented stories."""


class Case(NamedTuple):
    """An invented case: whose it is, when it began, and how far it got.

    ``journey`` is a file of dialogs/demo without its ending (empty: somebody who sent a message and nothing else),
    ``at`` the time of day on Swedish clocks. ``left_at`` is the question at which a talk was left: it is begun and not
    sent. ``message`` went to the office at once. ``locale``: the language of the pages, if not that of the journey."""

    journey: str
    days_ago: int
    at: str
    left_at: str = ""
    message: Message | None = None
    locale: str = ""


# PTS keeps 070-174 06 05 to 99 free too. The persons of dialogs/demo have their numbers there.
_NUR = Message(kind="apply_now", name="Nur", phone="070-174 06 41", when="بعد الساعة ١٠")
_LENA = Message(kind="call_me", name="Lena", phone="070-174 06 42")

CASES: Final = (
    Case("bohdan", 20, "21:15"),
    Case("birgit", 16, "10:05"),
    Case("marina", 14, "18:20"),
    Case("kent", 13, "09:15"),
    Case("layla", 12, "19:45"),
    Case("gunilla", 12, "08:50"),
    Case("yusuf", 11, "21:10"),
    Case("annika", 11, "14:25"),
    Case("erik", 10, "16:40"),
    Case("emre", 9, "20:15"),
    Case("ellen", 9, "12:00"),
    Case("niklas", 8, "03:10"),
    Case("irina", 7, "13:35"),
    Case("hodan", 7, "18:05"),
    Case("rafael", 6, "22:30"),
    Case("pirkko", 6, "10:45"),
    Case("gulistan", 5, "17:20"),
    Case("lucia", 4, "19:05", locale="en"),
    Case("moa", 4, "23:55", left_at="af_status"),
    Case("ali", 3, "15:55"),
    Case("yonas", 2, "11:20"),
    Case("yusuf", 2, "07:30", left_at="schooling", message=_NUR),
    Case("elias", 1, "13:15"),
    Case("amra", 1, "20:50"),
    Case("", 1, "08:05", message=_LENA),
    Case("zahra", 0, "07:40"),
    Case("stefan", 0, "08:15"),
    Case("anna", 0, "09:30"),
)


async def run(data: Path, port: int, write: Callable[[str], None]) -> None:
    """Fill the directory and serve it on this machine. Raises StartError and ServeError."""
    service = open_service(data)
    numbers = {name: PHONES[name] for name in service.settings.without_number()}
    service.settings = msgspec.structs.replace(service.settings, **numbers)
    try:
        await fill(service)
        password = await _login(service)
    except BaseException:
        await service.store.close()
        raise

    def ready(address: str) -> None:
        write("Klarbild, a demonstration. All persons and cases in it are invented; nothing is kept.")
        write(f"  For applicants:   {address}/")
        write(f"  For the office:   {address}/desk   user: {USER}   password: {password}")
        write("Ctrl-C ends it.")

    await serve(service, data, Place("127.0.0.1", port), demo=True, ready=ready)


async def fill(service: Service) -> None:
    """Make the invented cases, each on its day. Raises StartError for a journey that is broken."""
    clock = service.clock
    now = clock()
    try:
        for case in CASES:
            service.clock = _stopped_at(min(now, _began(case, now)))
            await _make(service, case)
    finally:
        service.clock = clock


async def _make(service: Service, case: Case) -> None:
    if not case.journey and case.message is not None:
        await service.message(case.message, case.locale or FIRST)
        return
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


def _began(case: Case, now: datetime.datetime) -> datetime.datetime:
    day = now.astimezone(SWEDEN).date() - datetime.timedelta(days=case.days_ago)
    return datetime.datetime.combine(day, datetime.time.fromisoformat(case.at), SWEDEN)


def _stopped_at(moment: datetime.datetime) -> Callable[[], datetime.datetime]:
    return lambda: moment


async def _login(service: Service) -> str:
    """A login for the desk; its password, which is nowhere else."""
    password = secrets.token_urlsafe(12)
    hashed = await asyncio.to_thread(codes.hash_password, password)
    created = utc_now().date().isoformat()
    await service.store.put_user(UserRow(name=USER, password=hashed, role="admin", created=created))
    return password
