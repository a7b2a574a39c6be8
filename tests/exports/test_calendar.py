"""The visit for a calendar: right to the minute, and telling nothing to a bystander."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from icalendar import Calendar

from assistant.exports.calendar import visit_calendar
from assistant.settings import Settings
from assistant.texts import Catalogs

NOW = datetime.datetime(2026, 11, 20, 8, 0, tzinfo=datetime.UTC)
SETTINGS = Settings(office_phone="08-465 004 00")


def event(catalogs: Catalogs, at: str = "2026-12-01T10:00", minutes: int = 60, reference: str = "ABC-123") -> Any:
    body = visit_calendar(reference, at, minutes, SETTINGS, catalogs.words("sv"), now=NOW)
    (found,) = Calendar.from_ical(body).walk("VEVENT")
    return found


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        ("2026-12-01T10:00", "2026-12-01T09:00:00+00:00"),
        ("2026-07-01T10:00", "2026-07-01T08:00:00+00:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),
    ],
    ids=["winter", "summer", "the hour that comes twice"],
)
def test_the_visit_is_at_its_minute_on_swedish_clocks(catalogs: Catalogs, at: str, utc: str) -> None:
    found = event(catalogs, at, 45)
    assert found["DTSTART"].dt.isoformat() == utc
    assert found["DTEND"].dt - found["DTSTART"].dt == datetime.timedelta(minutes=45)


def test_it_names_the_service_and_the_reference_and_tells_nothing(catalogs: Catalogs) -> None:
    found = event(catalogs)
    assert str(found["SUMMARY"]) == "Klarbild · ABC-123"
    assert str(found["DESCRIPTION"]) == "Ring om du inte kan komma: 08-465 004 00"
    assert str(found["CLASS"]) == "PRIVATE"
    assert not {"ATTENDEE", "ORGANIZER", "LOCATION", "URL"} & set(found)
    for word in ("bistånd", "social", "besök", "möte", "handläggare"):
        assert word not in f"{found['SUMMARY']} {found['DESCRIPTION']}".lower()


def test_a_visit_that_is_moved_replaces_itself_and_no_other(catalogs: Catalogs) -> None:
    one, moved, other = event(catalogs), event(catalogs, "2026-12-02T10:00"), event(catalogs, reference="DEF-456")
    assert one["UID"] == moved["UID"] != other["UID"]
    assert "ABC" not in str(one["UID"])


@pytest.mark.parametrize(
    ("at", "minutes"),
    [("", 60), ("soon", 60), ("2026-12-01T10:00+01:00", 60), ("2026-12-01T10:00", 0), ("2026-12-01T10:00", 1441)],
)
def test_what_is_no_time_of_a_visit_is_refused(catalogs: Catalogs, at: str, minutes: int) -> None:
    with pytest.raises(ValueError, match=r"no time of a visit|Invalid isoformat"):
        event(catalogs, at, minutes)


def test_a_setting_cannot_add_a_line(catalogs: Catalogs) -> None:
    settings = Settings(service_name="K\r\nATTENDEE:mailto:x@y.se", office_phone="1\nURL:x")
    body = visit_calendar("ABC-123", "2026-12-01T10:00", 60, settings, catalogs.words("sv"), now=NOW)
    assert not any(line.startswith((b"ATTENDEE", b"URL")) for line in body.split(b"\r\n"))
    assert body.count(b"\n") == body.count(b"\r\n")
