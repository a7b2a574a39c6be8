"""The first visit as a file for a calendar (iCalendar, RFC 5545): neutral, because calendars are seen by others."""

from __future__ import annotations

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from assistant.bidi import shown
from assistant.reminder import calendar_of, private_event
from assistant.settings import Settings
from assistant.texts import Words

MEDIA: Final = "text/calendar"
"""The media type of the file."""

_SWEDEN: Final = ZoneInfo("Europe/Stockholm")
_LONGEST: Final = 24 * 60


def visit_calendar(
    reference: str, visit_at: str, minutes: int, settings: Settings, words: Words, *, now: datetime.datetime
) -> bytes:
    """A calendar with the visit, ``minutes`` long. ``visit_at`` is an ISO date and time on Swedish clocks, like
    ``2026-12-01T10:00``; an hour that the clocks show twice is the first of them.

    The title is the neutral name of the service and the reference; nobody is named, and no word tells what it is
    about. A visit that is moved replaces the one of the same reference. Times are in UTC, so that no calendar has to
    know the rules of summer time. Raises ValueError for what is no date and time, or no length."""
    begins = datetime.datetime.fromisoformat(visit_at)
    if begins.tzinfo is not None or not 0 < minutes <= _LONGEST:
        raise ValueError(f"no time of a visit: {visit_at!r}, {minutes} minutes")
    begins = begins.replace(tzinfo=_SWEDEN).astimezone(datetime.UTC)
    name = shown(settings.service_name)
    text = words.gettext("Call if you cannot come: {phone}", phone=settings.office_phone)
    event = private_event(f"visit of {reference}", now=now, title=f"{name} · {reference}", text=text)
    event.add("dtstart", begins)
    event.add("dtend", begins + datetime.timedelta(minutes=minutes))
    # Which of two files is the later one is told by the moment it was made (RFC 5545, 3.8.7.4).
    event.add("sequence", int(now.timestamp()) // 60)
    event.add("transp", "OPAQUE")
    return calendar_of(event, name)
