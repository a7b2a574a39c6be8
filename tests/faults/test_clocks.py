"""A clock that jumps: nothing lives longer than it may or comes to life again, and the order is that of the record."""

from __future__ import annotations

import datetime
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp.web import Application

from assistant import demo
from assistant.casework import Casework
from assistant.core.dialog import Dialog
from assistant.desk import Desk
from assistant.openers import with_key
from assistant.server.app import make_app
from assistant.server.keys import SESSIONS
from assistant.server.sessions import ABSOLUTE, IDLE
from assistant.service import Service
from assistant.staff import Staff
from assistant.store import codes
from assistant.texts import Catalogs
from assistant.tickets import MINUTES, Tickets
from tests.conftest import Client, Clock, service_on
from tests.web.browser_without_script import Browser
from tests.web.visits import PERSON, the_talk, until

UTC = datetime.UTC
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = at("2026-03-05T09:00:00")
JUMPS = {
    "an hour on": NOW + HOUR,
    "an hour back": NOW - HOUR,
    "a day on": NOW + DAY,
    "a day back": NOW - DAY,
    "1970": at("1970-01-01T00:00:00"),
    "2038": at("2038-01-19T03:14:08"),
    "before the spring hour": at("2026-03-29T00:59:59"),
    "after the spring hour": at("2026-03-29T01:00:00"),
    "the first autumn hour": at("2026-10-25T00:30:00"),
    "the second autumn hour": at("2026-10-25T01:30:00"),
    "a leap day": at("2028-02-29T23:30:00"),
}


@pytest.mark.parametrize("there", JUMPS.values(), ids=JUMPS)
async def test_a_conversation_goes_on_in_the_order_of_its_record_wherever_the_clock_jumps(
    client: Client, service: Service, clock: Clock, there: datetime.datetime
) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    await browser.reply({"answering_for": "self", "called_name": "Amal"})
    talk = the_talk(service)
    code, seq = talk.code, talk.state.seq
    clock.now = there
    page = await browser.open("/chat")
    if "reply" not in page.forms:
        # The session has run out: the code leads back, also to the same words.
        assert page.status == 401
        await browser.open("/sv/continue")
        page = await browser.post("code", {"code": code}) if "code" in browser.page.forms else page
        found = await service.resume(code)
        assert (found is None) == (there > NOW + datetime.timedelta(days=service.settings.draft_days))
        return
    for _ in range(3):
        page = await browser.step(PERSON)
        assert page.status == 200
    clock.now = NOW
    records = await service.store.read(talk.id)
    assert [one.seq for one in records] == list(range(1, len(records) + 1))
    service._cache.clear()
    again = await service.talk(talk.id, with_key(talk.key))
    assert again.state.seq == len(records) > seq
    assert again.known("called_name") == "Amal"


@pytest.mark.parametrize("kind", ["applicant", "desk"])
@pytest.mark.parametrize("back", [HOUR, DAY, NOW - at("1970-01-02T00:00:00")], ids=str)
async def test_no_session_lives_longer_than_it_may_when_the_clock_is_set_back(
    client: Client, clock: Clock, kind: str, back: datetime.timedelta
) -> None:
    sessions = client.app[SESSIONS]
    token = await sessions.begin(kind, "somebody")  # type: ignore[arg-type]
    clock.now -= back
    assert await sessions.subject(kind, token) is None  # type: ignore[arg-type]
    clock.now += back
    assert await sessions.subject(kind, token) is None, "it came to life again"  # type: ignore[arg-type]


async def test_a_clock_that_is_put_right_by_seconds_ends_no_session(client: Client, clock: Clock) -> None:
    sessions = client.app[SESSIONS]
    token = await sessions.begin("applicant", "somebody")
    clock.forward(seconds=-30)
    assert await sessions.subject("applicant", token) == "somebody"


async def test_a_session_that_was_used_in_2038_does_not_stay_open_until_then(client: Client, clock: Clock) -> None:
    sessions = client.app[SESSIONS]
    token = await sessions.begin("applicant", "somebody")
    clock.forward(minutes=50)
    assert await sessions.subject("applicant", token) == "somebody"
    clock.forward(minutes=-45)
    assert await sessions.subject("applicant", token) is None
    assert max(IDLE.values()) <= min(ABSOLUTE.values())


@pytest.mark.parametrize("back", [HOUR, DAY, 400 * DAY], ids=str)
async def test_a_code_that_has_ended_stays_ended_when_the_clock_is_set_back(
    client: Client, service: Service, clock: Clock, back: datetime.timedelta
) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    code = the_talk(service).code
    assert await service.resume(code) is not None
    clock.forward(days=service.settings.draft_days + 1)
    assert await service.resume(code) is None
    clock.now -= back
    assert await service.resume(code) is None


async def test_a_code_that_was_replaced_stays_dead_wherever_the_clock_jumps(
    client: Client, service: Service, clock: Clock
) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    talk = the_talk(service)
    old = talk.code
    new = await service.new_code(talk)
    for there in JUMPS.values():
        clock.now = there
        assert await service.resume(old) is None
    assert codes.normalize(new) != codes.normalize(old)


@pytest.mark.parametrize("there", JUMPS.values(), ids=JUMPS)
def test_no_ticket_lives_longer_than_ten_minutes_of_any_clock(there: datetime.datetime) -> None:
    clock = Clock()
    tickets = Tickets(clock)
    clock.now = NOW
    ticket = tickets.issue("talk")
    clock.now = there
    assert tickets.conversation(ticket) is None
    clock.now = NOW
    assert tickets.conversation(ticket) is None, "it came to life again"
    fresh = tickets.issue("talk")
    clock.forward(minutes=MINUTES - 1)
    assert tickets.conversation(fresh) == "talk"


DAYS = {
    "2026-03-05T22:59:59": ("2026-03-05", "23:59"),
    "2026-03-05T23:00:00": ("2026-03-06", "00:00"),
    "2026-03-29T00:59:00": ("2026-03-29", "01:59"),
    "2026-03-29T01:00:00": ("2026-03-29", "03:00"),
    "2026-06-30T21:59:59": ("2026-06-30", "23:59"),
    "2026-06-30T22:00:00": ("2026-07-01", "00:00"),
    "2026-10-25T00:30:00": ("2026-10-25", "02:30"),
    "2026-10-25T01:30:00": ("2026-10-25", "02:30"),
    "2026-12-31T23:00:00": ("2027-01-01", "00:00"),
}


@pytest.mark.parametrize(("moment", "shown"), DAYS.items())
async def test_moments_are_kept_in_utc_and_shown_as_the_day_and_hour_in_sweden(
    client: Client, service: Service, clock: Clock, moment: str, shown: tuple[str, str]
) -> None:
    clock.now = at(moment)
    assert service.now() == f"{moment}Z"
    assert service.today().isoformat() == shown[0]
    browser = Browser(client)
    await browser.open("/sv/apply-now")
    page = await browser.send("urgent", phone="070-174 06 41")
    assert page.status == 200
    assert f"({shown[0]} {shown[1]})" in " ".join(page.text.split())


async def nobody(name: str) -> None:
    """Nobody is logged in."""


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
SWEDISH = {("cases", "visit")}
"""A visit is an appointment: the minute on the clock of the office, which no change of the hour moves."""


async def test_every_moment_in_the_database_is_utc_but_the_appointment(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs
) -> None:
    async with service_on(tmp_path / "data", dialogs, catalogs, Clock()) as service:
        await demo.fill(service)
        desk, lead = Desk(service), demo.USERS[0]
        casework, staff = Casework(desk), Staff(service.store, service.keys, service.clock, nobody)
        for row in await service.store.cases():
            await desk.case(row.id, reader=lead.name)
            await casework.cross(demo.USERS[3], row.reference, "Vikarierar i dag.")
        await staff.add("nyanställd", "caseworker", "", "anna")
    met: set[tuple[str, str]] = set()
    with closing(sqlite3.connect(tmp_path / "data" / "klarbild.db")) as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            columns = [row[1] for row in connection.execute(f'pragma table_info("{table}")') if row[2] == "TEXT"]
            for column in columns:
                for (value,) in connection.execute(f'select "{column}" from "{table}"'):
                    if _MOMENT.match(value or ""):
                        met.add((table, column))
                        assert (table, column) in SWEDISH or _UTC.fullmatch(value), (table, column, value)
    assert met >= SWEDISH | {("readings", "at"), ("crossings", "at"), ("crossings", "until"), ("account_log", "at")}


@pytest.fixture
async def client(
    aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service, clock: Clock
) -> AsyncIterator[Client]:
    clock.now = NOW
    yield await aiohttp_client(make_app(service, secure=False))
