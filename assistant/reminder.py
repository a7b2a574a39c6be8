"""A file for a calendar (iCalendar, RFC 5545) with the last day of a first visit; it tells nothing to a bystander."""

from __future__ import annotations

import datetime
import hashlib

from icalendar import Calendar, Event


def reminder(
    *, conversation: str, day: datetime.date, now: datetime.datetime, name: str, phone: str, text: str
) -> bytes:
    """A calendar with one event that lasts all of ``day`` and takes no time of it. Calendars often are shared, so its
    title is the neutral ``name`` of the service and a ``phone`` number, ``text`` its only other words, and it is
    private. The same conversation makes the same event again; its id does not tell which one it is."""
    event = Event()
    event.add("uid", hashlib.sha256(f"reminder of {conversation}".encode()).hexdigest()[:32])
    event.add("dtstamp", now.astimezone(datetime.UTC))
    event.add("dtstart", day)
    event.add("summary", f"{name} · {phone}")
    event.add("description", text)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{name}//")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
