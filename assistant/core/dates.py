"""Dates as ISO text at a precision (``2019``, ``2019-03``, ``2019-03-05``), and how long a fact stays fresh."""

from __future__ import annotations

import calendar
import datetime
import re

_KEEP = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?")


def is_duration(text: str) -> bool:
    """Whether this is an ISO 8601 duration of years, months and days, as ``keep`` takes it."""
    return len(text) > 1 and _KEEP.fullmatch(text) is not None


def add_duration(day: datetime.date, duration: str) -> datetime.date:
    """The day that is ``duration`` (ISO 8601) later; a month's last day stays within the month. Raises ValueError."""
    found = _KEEP.fullmatch(duration)
    if found is None or len(duration) < 2:
        raise ValueError("not a duration of years, months and days")
    years, months, days = (int(part or 0) for part in found.groups())
    total = day.year * 12 + day.month - 1 + years * 12 + months
    year, month = divmod(total, 12)
    if year > 9000:
        return datetime.date.max
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last)) + datetime.timedelta(days=days)


def is_stale(at: str, keep: str, today: datetime.date) -> bool:
    """Whether a fact from ``at`` (ISO date or date and time) has outlived ``keep``."""
    return add_duration(datetime.date.fromisoformat(at[:10]), keep) < today


def parse_date(text: str) -> tuple[int, ...] | None:
    """(year[, month[, day]]) of an ISO date at any precision; None if there is no such date."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text, re.ASCII)
    if found is None:
        return None
    parts = tuple(int(part) for part in found.groups() if part is not None)
    try:
        datetime.date(*(*parts, 1, 1)[:3])
    except ValueError:
        return None
    return parts
