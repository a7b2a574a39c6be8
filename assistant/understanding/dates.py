"""Dates as people type them: ``2019``, ``mars 2019``, ``3/2019``, ``5 mars 2024``, ``5/3 2024``, ``igår``.

Years are those of the Gregorian calendar. A year of another calendar lies outside the years that count, and month names
that another calendar uses as well are not read at all: such dates are asked again instead of being off by years.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from assistant.core.dates import parse_date
from assistant.core.problem import Problem
from assistant.core.replies import plain_digits
from assistant.languages import Language, locale_of
from assistant.understanding.folding import fold

_NOT_UNDERSTOOD: Final = Problem(code="not_understood")
_YEARS: Final = range(1900, 2101)

_MONTH_LOCALES: Final[Mapping[str, tuple[str, ...]]] = {
    "ti": (),  # CLDR has Ethiopic month names here, and their months begin on other days.
    "ar": ("ar", "ar_SY", "ar_MA"),
    "fa-AF": ("fa_AF", "fa"),
}
_DAY_FIRST: Final = frozenset({"sv", "sv-simple"})
"""Languages in which ``5/3 2024`` is the fifth of March though CLDR's short date is written year first."""

_AROUND_DATES: Final[Mapping[str, frozenset[str]]] = {
    "sv": frozenset({"den", "i", "år", "e", "a", "månad"}),
    "en": frozenset({"the", "of", "in", "st", "nd", "rd", "th", "year"}),
}
_RELATIVE: Final[Mapping[str, Mapping[str, tuple[str, int]]]] = {
    "sv": {
        "idag": ("day", 0),
        "i dag": ("day", 0),
        "igår": ("day", -1),
        "i går": ("day", -1),
        "imorgon": ("day", 1),
        "i morgon": ("day", 1),
        "den här månaden": ("month", 0),
        "förra månaden": ("month", -1),
        "nästa månad": ("month", 1),
        "i år": ("year", 0),
        "förra året": ("year", -1),
        "i fjol": ("year", -1),
        "nästa år": ("year", 1),
    },
    "en": {
        "today": ("day", 0),
        "yesterday": ("day", -1),
        "tomorrow": ("day", 1),
        "this month": ("month", 0),
        "last month": ("month", -1),
        "next month": ("month", 1),
        "this year": ("year", 0),
        "last year": ("year", -1),
        "next year": ("year", 1),
    },
}


def find_date(language: Language, text: str, today: datetime.date) -> str | Problem:
    """The date in the text, ISO 8601, as precise as it was given."""
    typed = plain_digits(text).strip()
    relative = _relative(language, typed, today)
    if relative:
        return relative
    if re.fullmatch(r"[\d\s./–-]+", typed):
        return _figures(language, typed)
    return _with_month(language, typed)


def _relative(language: Language, typed: str, today: datetime.date) -> str:
    for cldr in (language.cldr, "en"):
        step = _RELATIVE.get(cldr, {}).get(fold(typed, language.cldr))
        if step is None:
            continue
        unit, by = step
        if unit == "day":
            return (today + datetime.timedelta(days=by)).isoformat()
        year, month = divmod(today.year * 12 + today.month - 1 + by, 12)
        return f"{year:04}-{month + 1:02}" if unit == "month" else f"{today.year + by:04}"
    return ""


def _iso(year: int, *month_and_day: int) -> str:
    """The ISO text of a date that exists, in a year that counts; else empty."""
    iso = "-".join((f"{year:04}", *(f"{part:02}" for part in month_and_day)))
    return iso if year in _YEARS and parse_date(iso) else ""


def _figures(language: Language, typed: str) -> str | Problem:
    numbers = re.findall(r"\d+", typed)
    wide = [len(number) == 4 for number in numbers]
    values = [int(number) for number in numbers if len(number) <= 8]
    if len(values) != len(numbers) or any(len(n) > 2 and not w for n, w in zip(numbers, wide, strict=True)):
        whole = numbers[0] if len(numbers) == 1 and len(numbers[0]) == 8 else ""
        return (whole and _iso(int(whole[:4]), int(whole[4:6]), int(whole[6:]))) or _NOT_UNDERSTOOD
    match wide:
        case [True] | [True, False] | [True, False, False]:
            return _iso(*values) or _NOT_UNDERSTOOD
        case [False, True]:
            return _iso(values[1], values[0]) or _NOT_UNDERSTOOD
        case [False, False, True]:
            return _day_and_month(language, values, dotted="/" not in typed and "." in typed)
    return _NOT_UNDERSTOOD


def _day_and_month(language: Language, values: list[int], *, dotted: bool) -> str | Problem:
    """Two figures and a year. Which is the month is clear where the language says so, where the figures are set apart
    by dots (the day stands first wherever that is done), or where only one can be a month."""
    first, second, year = values
    day_first, month_first = _iso(year, second, first), _iso(year, first, second)
    if dotted or _writes_day_first(language) or not month_first or day_first == month_first:
        return day_first or _NOT_UNDERSTOOD
    if not day_first:
        return month_first
    return Problem(code="ambiguous", params={"dates": [day_first, month_first]})


@lru_cache(maxsize=64)
def _writes_day_first(language: Language) -> bool:
    if language.tag in _DAY_FIRST:
        return True
    pattern = str(locale_of(language.cldr).date_formats["short"])
    return pattern.find("d") < pattern.find("M") < pattern.find("y")


def _with_month(language: Language, typed: str) -> str | Problem:
    folded = fold(typed, language.cldr)
    names = _months(language)
    found = _month_pattern(language).findall(folded)
    if len(found) != 1:
        return _NOT_UNDERSTOOD
    rest = re.findall(r"\d+|[^\W\d]+", _month_pattern(language).sub(" ", folded))
    numbers = [one for one in rest if one.isdigit()]
    others = {one for one in rest if not one.isdigit()}
    if not others <= _AROUND_DATES.get(language.cldr, frozenset()) | _AROUND_DATES["en"]:
        return _NOT_UNDERSTOOD
    years = [int(one) for one in numbers if len(one) == 4]
    days = [int(one) for one in numbers if len(one) <= 2]
    if len(years) != 1 or len(days) > 1 or len(years) + len(days) != len(numbers):
        return _NOT_UNDERSTOOD
    return _iso(years[0], names[found[0]], *days) or _NOT_UNDERSTOOD


@lru_cache(maxsize=64)
def _months(language: Language) -> Mapping[str, int]:
    """Month names, folded, in the language and in English. A name that means two months is left out."""
    found: dict[str, set[int]] = {}
    for cldr in (*_MONTH_LOCALES.get(language.tag, (language.cldr,)), "en"):
        for forms in locale_of(cldr).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in forms.get(width, {}).items():
                    found.setdefault(fold(str(name), language.cldr), set()).add(int(number))
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1 and not name.isdigit()}


@lru_cache(maxsize=64)
def _month_pattern(language: Language) -> re.Pattern[str]:
    longest_first = sorted(_months(language), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![^\W\d])({'|'.join(map(re.escape, longest_first))})(?![^\W\d])")
