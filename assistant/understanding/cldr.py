"""Words of a language that CLDR has (through Babel), made ready for comparing: months, week days, units of time, "three
years ago", and what stands around the parts of a date.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import get_decimal_symbol, get_group_symbol
from babel.units import format_unit

from assistant.languages import locale_of
from assistant.understanding.folding import fold
from assistant.understanding.lexicon import UNITS, Unit

_WIDTHS: Final = ("wide", "abbreviated")
_COUNTS: Final = (1, 2, 3, 5, 11, 21, 100)
# CLDR calls the months of the Gregorian year by Ethiopic names here, whose own months begin on other days.
_ETHIOPIC_NAMES: Final = frozenset({"ti"})
# People of other countries who read this language call the months otherwise.
_MONTHS_TOO: Final = {"ar": ("ar_SY", "ar_MA"), "fa_AF": ("fa",)}
_DAYS: Final = {"year": 365.3, "month": 30.6, "week": 7, "day": 1}


class UnitWords(NamedTuple):
    """The words of units: with a number, alone for one, alone for two."""

    counted: tuple[tuple[str, Unit], ...]
    one: tuple[tuple[str, Unit], ...]
    two: tuple[tuple[str, Unit], ...]


def months(cldr: str) -> Iterator[tuple[str, int]]:
    """Names of the Gregorian months, folded, also with an ending that the language's dates hang on them."""
    if cldr in _ETHIOPIC_NAMES:
        return
    for tag in (cldr, *_MONTHS_TOO.get(cldr, ())):
        yield from _months(tag, cldr)


def _months(tag: str, cldr: str) -> Iterator[tuple[str, int]]:
    endings = {"", *(ending for text in _patterns(locale_of(tag)) for ending in _month_endings(text))}
    for forms in locale_of(tag).months.values():
        for width in _WIDTHS:
            for number, name in forms.get(width, {}).items():
                if not str(name).isdigit():
                    yield from ((fold(f"{name}{ending}", cldr), int(number)) for ending in sorted(endings))


def weekdays(cldr: str) -> Iterator[tuple[str, int]]:
    """Names of the days of the week, folded; Monday is 0."""
    for forms in locale_of(cldr).days.values():
        for width in _WIDTHS:
            for number, name in forms.get(width, {}).items():
                yield fold(str(name), cldr), int(number)


def around_dates(cldr: str) -> Iterator[str]:
    """Words that stand in the language's written dates beside day, month, year and week day (``de``, ``г``), folded."""
    for pattern in _patterns(locale_of(cldr)):
        yield from (folded for _, literal in _pieces(pattern) for folded in [fold(literal, cldr)] if folded)


def _patterns(locale: Locale) -> tuple[str, ...]:
    formats = [locale.date_formats[width].pattern for width in ("medium", "long", "full")]
    skeletons = [
        locale.datetime_skeletons[name].pattern for name in ("yMMMM", "yMMM") if name in locale.datetime_skeletons
    ]
    return tuple(map(str, [*formats, *skeletons]))


def _pieces(pattern: str) -> Iterator[tuple[str, str]]:
    """The parts of a date pattern: each field with the words that follow it (in the pattern's own marks)."""
    field, literal, quoted = "", "", False
    for sign in pattern:
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign.isascii() and sign.isalpha():
            if literal or (field and field[0] != sign):
                yield field, literal
                field, literal = "", ""
            field += sign
        else:
            literal += sign
    yield field, literal


def _month_endings(pattern: str) -> Iterator[str]:
    for field, literal in _pieces(pattern):
        ending = literal.split(" ")[0]
        if field[:1] in ("M", "L") and len(field) > 2 and ending.isalpha():
            yield ending


def writes_day_first(cldr: str) -> bool:
    """Whether the language's short date has day, month and year in this order."""
    pattern = str(locale_of(cldr).date_formats["short"].pattern)
    return pattern.find("d") < pattern.find("M") < pattern.find("y")


def separators(cldr: str) -> tuple[str, str]:
    """The decimal mark, and the mark between thousands."""
    locale = locale_of(cldr)
    return get_decimal_symbol(locale, numbering_system="latn"), get_group_symbol(locale, numbering_system="latn")


@lru_cache(maxsize=64)
def units(cldr: str) -> UnitWords:
    """The units of time with every number that the language treats in its own way."""
    counted: dict[tuple[str, Unit], None] = {}
    alone: dict[int, dict[tuple[str, Unit], None]] = {1: {}, 2: {}}
    for unit in UNITS:
        for count in _COUNTS:
            text = fold(str(format_unit(count, f"duration-{unit}", "long", locale=locale_of(cldr))), cldr)
            words = text.split()
            if "duration" in words:  # Babel writes the name of the unit where CLDR has none.
                continue
            if str(count) in words:
                words.remove(str(count))
                if words and not any(word.isdigit() for word in words):
                    counted[" ".join(words), unit] = None
            elif count in alone and words:
                alone[count][text, unit] = None
    return UnitWords(tuple(counted), tuple(alone[1]), tuple(alone[2]))


@lru_cache(maxsize=64)
def ago(cldr: str) -> tuple[tuple[str, str], ...]:
    """What stands before and behind a time that is past: ``("för", "sedan")``."""
    found: dict[tuple[str, str], None] = {}
    known = {words: None for words, _ in units(cldr).counted}
    for unit in UNITS:
        for count in (1, 3, 5):
            past = datetime.timedelta(days=-count * _DAYS[unit])
            text = format_timedelta(past, granularity=unit, threshold=1000, add_direction=True, locale=locale_of(cldr))
            before, number, after = f" {fold(str(text), cldr)} ".partition(f" {count} ")
            behind = next((after[len(one) :] for one in known if f"{after} ".startswith(f"{one} ")), None)
            if number and behind is not None and (before.strip() or behind.strip()):
                found[before.strip(), behind.strip()] = None
    return tuple(found)
