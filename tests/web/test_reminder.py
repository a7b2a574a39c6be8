"""The day of the first visit for a calendar: neutral, and only when everything is sent."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from icalendar import Calendar

from assistant.reminder import reminder
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client, Clock
from tests.web.browser_without_script import Browser
from tests.web.visits import PERSON, the_talk

ADDRESS = "/chat/reminder.ics"
TELLING = ("bistånd", "assistance", "social", "visit", "besök", "möte")
"""No word of the file but the event's one sentence may tell what it is about."""


@pytest.fixture
async def browser(client: Client) -> Browser:
    return Browser(client)


def event_of(body: bytes) -> Any:
    """The one event of a calendar."""
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    return event


async def sent(browser: Browser, locale: str = "sv") -> None:
    await browser.begin(locale)
    await browser.walk(PERSON)
    assert browser.is_done()


async def test_there_is_no_day_before_everything_is_sent(browser: Browser) -> None:
    assert (await browser.open(ADDRESS)).status == 404
    await browser.begin("sv")
    assert (await browser.open(ADDRESS)).status == 404
    await browser.open("/chat")
    await browser.walk(PERSON, until="submit")
    assert (await browser.open(ADDRESS)).status == 404


async def test_the_last_page_leads_to_the_day_and_tells_what_happens_next(browser: Browser) -> None:
    await sent(browser, "en")
    assert {ADDRESS, "/chat/answers"} <= set(browser.page.links)
    for told in ("within 14 days", "interpreter", "What to bring", "Kontaktcenter"):
        assert told in browser.page.text


async def test_the_day_is_the_last_one_for_a_first_visit(browser: Browser, client: Client, clock: Clock) -> None:
    clock.forward(hours=13, minutes=30)
    await browser.begin("sv")
    await browser.reply({"protected_identity": "no"})
    clock.forward(minutes=40)
    await browser.walk(PERSON)
    answer = await client.get(ADDRESS)
    assert (answer.status, answer.content_type, answer.charset) == (200, "text/calendar", "utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="date.ics"'
    body = await answer.read()
    event = event_of(body)
    # First contact was late on 5 March, whenever everything was sent.
    assert event["DTSTART"].dt == datetime.date(2026, 3, 19)
    assert event["DTSTAMP"].dt == clock.now
    assert str(event["SUMMARY"]) == "Klarbild · Kontaktcenter"
    assert not {"ATTENDEE", "ORGANIZER", "LOCATION", "URL"} & set(event)
    assert [part.name for part in Calendar.from_ical(body).walk()] == ["VCALENDAR", "VEVENT"]


async def test_the_file_tells_nothing_and_not_whose_it_is(browser: Browser, client: Client, service: Service) -> None:
    await sent(browser, "en")
    body = await (await client.get(ADDRESS)).read()
    talk = the_talk(service)
    for secret in (talk.id, talk.case, talk.reference, "Amal"):
        assert secret.encode() not in body
    text = body.decode().replace("Call if you have no time for a visit yet.", "")
    assert [word for word in TELLING if word in text.lower()] == []
    assert await (await client.get(ADDRESS)).read() == body


async def test_the_one_sentence_is_in_the_readers_language(browser: Browser, client: Client, service: Service) -> None:
    await sent(browser, "sv")
    event = event_of(await (await client.get(ADDRESS)).read())
    told = service.words("sv").gettext("Call if you have no time for a visit yet.")
    assert str(event["DESCRIPTION"]) == told


def test_a_file_is_made_as_the_standard_says_whatever_the_settings_hold() -> None:
    settings = Settings(service_name="Fråga; oss, \\ nu", office_phone="08-465 004 00\r\nATTENDEE:mailto:x@y.se")
    body = reminder(
        conversation="0" * 32,
        day=datetime.date(2026, 12, 31),
        now=datetime.datetime(2026, 12, 17, 23, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
        name=settings.service_name,
        phone=settings.office_phone,
        text="اتصل إذا لم يصلك موعد. " * 9,
    )
    lines = body.split(b"\r\n")
    assert body.endswith(b"END:VCALENDAR\r\n") and body.count(b"\n") == body.count(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(line.startswith(b"ATTENDEE") for line in lines)
    event = event_of(body)
    assert event["DTSTAMP"].dt == datetime.datetime(2026, 12, 17, 22, 30, tzinfo=datetime.UTC)
    assert str(event["DESCRIPTION"]).strip() == ("اتصل إذا لم يصلك موعد. " * 9).strip()
    assert str(event["UID"]) != "0" * 32


def test_another_conversation_has_another_event() -> None:
    day, now = datetime.date(2026, 3, 19), datetime.datetime(2026, 3, 5, tzinfo=datetime.UTC)
    one, other = (reminder(conversation=talk, day=day, now=now, name="K", phone="1", text="t") for talk in "ab")
    assert event_of(one)["UID"] != event_of(other)["UID"]
