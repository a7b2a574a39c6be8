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
from assistant.player import play
from assistant.server.running import Place, serve
from assistant.service import Service, utc_now
from assistant.starting import StartError, open_service
from assistant.store import UserRow, codes

USER: Final = "demo"
FIRST: Final = "sv"

PHONES: Final = {"office_phone": "08-465 004 00", "children_phone": "08-465 004 01"}
"""Numbers that nobody has: PTS (the Swedish telecom authority) keeps 08-465 004 00 to 99 free for invented stories."""


class Case(NamedTuple):
    """An invented case: the name of its journey, how many days ago it began, and whether it was sent."""

    journey: str
    days_ago: int
    sent: bool = True


CASES: Final = (
    Case("birgit", 16),
    Case("layla", 12),
    Case("erik", 9),
    Case("marina", 5),
    Case("ali", 3),
    Case("kent", 1),
    Case("anna", 0),
    Case("erik", 0, sent=False),
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
    """Play the journeys of the invented cases, each on its day. Raises StartError for a journey that is broken."""
    clock = service.clock
    folder = resources.folder("dialogs") / "demo"
    try:
        for case in CASES:
            journey, problems = journeys.load(folder / f"{case.journey}.yaml")
            if journey is None:
                raise StartError([str(problem) for problem in problems])
            then = clock() - datetime.timedelta(days=case.days_ago)
            service.clock = _stopped_at(then)
            locale = journey.locale if journey.locale in service.catalogs else FIRST
            await play(service, journey, locale, submit=case.sent)
    finally:
        service.clock = clock


def _stopped_at(moment: datetime.datetime) -> Callable[[], datetime.datetime]:
    return lambda: moment


async def _login(service: Service) -> str:
    """A login for the desk; its password, which is nowhere else."""
    password = secrets.token_urlsafe(12)
    hashed = await asyncio.to_thread(codes.hash_password, password)
    created = utc_now().date().isoformat()
    await service.store.put_user(UserRow(name=USER, password=hashed, role="admin", created=created))
    return password
