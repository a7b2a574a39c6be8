"""Days of other calendars as Gregorian ones, by arithmetic alone.

- ``persian``: the solar Hijri calendar of Iran and Afghanistan by the 33-year rule (a year y is long where
  ``(25 y + 11) mod 33 < 8``), which gives the official calendar of every year from 1244 to 1502 (Borkowski, "The
  Persian calendar for 3000 years", Earth, Moon and Planets 74, 1996).
- ``islamic``: the tabular lunar Hijri calendar, civil epoch, 30-year cycle with the long years 2, 5, 7, 10, 13, 16, 18,
  21, 24, 26 and 29 (Reingold and Dershowitz, Calendrical Calculations, chapter "The Islamic calendar"). Months that
  begin by sighting may begin a day earlier or later.
- ``ethiopic``: twelve months of 30 days and a thirteenth of 5 or 6; every fourth year is long (the same book, chapter
  "The Coptic and Ethiopic calendars").
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

YEARS: Final[Mapping[str, range]] = MappingProxyType(
    {
        "gregorian": range(1900, 2101),
        "persian": range(1300, 1421),
        "islamic": range(1320, 1471),
        "ethiopic": range(1900, 2093),
    }
)
"""The years that count in each calendar. They lie between 1900 and 2100 of the Gregorian one."""

_PERSIAN_EPOCH: Final = 226894
"""The ordinal (1 January of the year 1 is 1) of the day before 1 Farvardin 1."""
_ISLAMIC_EPOCH: Final = 227014
_ETHIOPIC_EPOCH: Final = 2795


def months_in(calendar: str) -> int:
    """How many months a year has."""
    return 13 if calendar == "ethiopic" else 12


def _is_long(calendar: str, year: int) -> bool:
    match calendar:
        case "persian":
            return (25 * year + 11) % 33 < 8
        case "islamic":
            return (11 * year + 14) % 30 < 11
    return year % 4 == 3


def _days_before(calendar: str, year: int, month: int) -> int:
    """Days from the epoch to the first of the month, not counting it."""
    match calendar:
        case "persian":
            return _PERSIAN_EPOCH + 365 * (year - 1) + (8 * year + 21) // 33 + 31 * (month - 1) - max(0, month - 7)
        case "islamic":
            return _ISLAMIC_EPOCH + 354 * (year - 1) + (11 * year + 3) // 30 + (59 * (month - 1) + 1) // 2
    return _ETHIOPIC_EPOCH + 365 * (year - 1) + year // 4 + 30 * (month - 1)


def days_in(calendar: str, year: int, month: int) -> int:
    """How many days a month has (of ``persian``, ``islamic`` or ``ethiopic``)."""
    if month < months_in(calendar):
        return _days_before(calendar, year, month + 1) - _days_before(calendar, year, month)
    base = {"persian": 29, "islamic": 29, "ethiopic": 5}[calendar]
    return base + _is_long(calendar, year)


def spans(calendar: str, year: int, month: int = 0, day: int = 0) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last Gregorian day of a day, month or year of a calendar; None if there is no such time, or its
    year does not count."""
    if year not in YEARS[calendar] or month > months_in(calendar) or (day and not month):
        return None
    if calendar == "gregorian":
        return _gregorian(year, month, day)
    if day > (days_in(calendar, year, month) if month else 0):
        return None
    first = _days_before(calendar, year, month or 1) + (day or 1)
    if day:
        last = first
    elif month:
        last = first + days_in(calendar, year, month) - 1
    else:
        last = _days_before(calendar, year + 1, 1)
    return datetime.date.fromordinal(first), datetime.date.fromordinal(last)


def _gregorian(year: int, month: int, day: int) -> tuple[datetime.date, datetime.date] | None:
    try:
        first = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    following = datetime.date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1)
    return first, following - datetime.timedelta(days=1)


def iso_dates(calendar: str, year: int, month: int = 0, day: int = 0) -> tuple[str, ...]:
    """The Gregorian years, months or the day (ISO 8601) that it falls in: two or more where a month or year of another
    calendar begins in one and ends in another; none if there is no such time."""
    found = spans(calendar, year, month, day)
    if found is None:
        return ()
    first, last = found
    if day:
        return (first.isoformat(),)
    if not month:
        return tuple(f"{one:04}" for one in range(first.year, last.year + 1))
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(f"{one // 12:04}-{one % 12 + 1:02}" for one in months)


def year_of(calendar: str, day: datetime.date) -> int:
    """The year of a calendar that a day lies in; 0 if it does not count."""
    if calendar == "gregorian":
        return day.year
    length = 354.37 if calendar == "islamic" else 365.24
    about = int((day.toordinal() - _days_before(calendar, 1, 1)) / length) + 1
    for year in range(about - 1, about + 2):
        found = spans(calendar, year)
        if found and found[0] <= day <= found[1]:
            return year
    return 0
