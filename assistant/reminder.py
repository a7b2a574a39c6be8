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
    event = private_event(f"reminder of {conversation}", now=now, title=f"{name} · {phone}", text=text)
    event.add("dtstart", day)
    event.add("transp", "TRANSPARENT")
    return calendar_of(event, name)


def private_event(id: str, *, now: datetime.datetime, title: str, text: str) -> Event:
    """An event that others who see the calendar cannot open; the same ``id`` makes the same event again, and cannot be
    read out of it."""
    event = Event()
    event.add("uid", hashlib.sha256(id.encode()).hexdigest()[:32])
    event.add("dtstamp", now.astimezone(datetime.UTC))
    event.add("summary", title)
    event.add("description", text)
    event.add("class", "PRIVATE")
    return event


def calendar_of(event: Event, name: str) -> bytes:
    """The file of a calendar with this one event; ``name`` is the program that made it."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{name}//")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
