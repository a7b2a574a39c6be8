"""Dates as people type them: ``2019``, ``mars 2019``, ``3/2019``, ``5 mars 2024``, ``5/3 2024``, ``igår``, ``för tre år
sedan``, ``فروردین ۱۳۹۸``.

Years of another calendar are read only where the language's word list names the calendar, and where the month's name, a
word beside the year or the year itself says that it is one. What falls in two Gregorian months or years is ambiguous.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from assistant.core.dates import parse_date
from assistant.core.dialog import Precision
from assistant.understanding.calendars import YEARS, iso_dates
from assistant.understanding.durations import away_from, read_amounts
from assistant.understanding.results import Found, found_of
from assistant.understanding.tokens import Token, unread
from assistant.understanding.vocabulary import Vocabulary

_MOST_TOKENS: Final = 24
_MARKS: Final = frozenset(".,:;'()-/")
_LENGTH: Final = {"year": 4, "month": 7, "day": 10}
_STEPS: Final = {
    "today": ("day", 0),
    "yesterday": ("day", -1),
    "day_before_yesterday": ("day", -2),
    "tomorrow": ("day", 1),
    "day_after_tomorrow": ("day", 2),
    "this_month": ("month", 0),
    "last_month": ("month", -1),
    "next_month": ("month", 1),
    "this_year": ("year", 0),
    "last_year": ("year", -1),
    "next_year": ("year", 1),
    "year_before_last": ("year", -2),
}


class Clue(NamedTuple):
    """One date that the text can mean: ISO 8601, the calendar it was given in, whether it stood there as it is."""

    iso: str
    calendar: str
    literal: bool


def find_date(
    vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date, precision: Precision = "day"
) -> Found[str] | None:
    """The date that the whole text is, as precise as it was given, but not finer than ``precision``."""
    inside = unread(list(tokens))
    if len(inside) > _MOST_TOKENS:
        return None
    clues = date_clues(vocabulary, inside, today) or _either(vocabulary, inside, today)
    if not clues:
        for kind in ("since", "until"):
            clues = clues or _in_pattern(vocabulary, kind, inside, today)
    return settled(clues, precision)


def settled(clues: Iterable[Clue], precision: Precision = "day") -> Found[str] | None:
    """What the clues come to at a precision."""
    those = list(clues)
    if not those:
        return None
    calendars = {one.calendar for one in those} - {"gregorian"}
    return found_of(
        (one.iso[: _LENGTH[precision]] for one in those),
        literal=all(one.literal for one in those),
        calendar=min(calendars) if len(calendars) == 1 else "",
    )


def settled_length(precision: Precision) -> int:
    """How many characters a date at this precision has."""
    return _LENGTH[precision]


def date_clues(
    vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date, *, about: bool = True
) -> list[Clue]:
    """Every date that all the tokens together can mean."""
    if not tokens or len(tokens) > _MOST_TOKENS:
        return []
    found = _in_brackets(vocabulary, tokens, today) or _plain(vocabulary, tokens, today)
    found = found or _away(vocabulary, tokens, today)
    if not found and about:
        found = _in_pattern(vocabulary, "about", tokens, today)
    return found


def _either(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    """Both dates of "2019 or 2020"."""
    for place in range(1, len(tokens) - 1):
        found = vocabulary.either.at(tokens, place)
        if found:
            first = date_clues(vocabulary, tokens[:place], today)
            last = date_clues(vocabulary, tokens[found[1] :], today)
            return [*first, *last] if first and last else []
    return []


def _in_pattern(vocabulary: Vocabulary, kind: str, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    for pattern in vocabulary.patterns[kind]:
        inside = pattern.inside(tokens)
        clues = date_clues(vocabulary, inside, today, about=kind != "about") if inside else []
        if clues:
            return [one._replace(literal=False) for one in clues]
    return []


def _away(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    """Three years ago, in two weeks."""
    for kind, sign in (("ago", -1), ("ahead", 1)):
        for pattern in vocabulary.patterns[kind]:
            inside = pattern.inside(tokens)
            parts = [inside, *(one.inside(inside) for one in vocabulary.patterns["about"])] if inside else []
            for part in parts:
                amounts = read_amounts(vocabulary, part) if part else []
                if amounts:
                    dates = (away_from(today, one, sign) for one in amounts)
                    return [Clue(iso, "gregorian", literal=False) for iso in dates if _counts(iso)]
    return []


def _counts(iso: str) -> bool:
    parts = parse_date(iso)
    return parts is not None and parts[0] in YEARS["gregorian"]


def _in_brackets(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    """A date in words with the same in figures behind it, as this program writes it: ``5 መጋቢት 2019 (2019-03-05)``."""
    if tokens[-1].text != ")":
        return []
    place = next((place for place, token in enumerate(tokens) if token.text == "("), 0)
    behind = _plain(vocabulary, tokens[place + 1 : -1], today) if place else []
    before = date_clues(vocabulary, tokens[:place], today) if place else []
    return [one for one in behind if one.iso in {other.iso for other in before}]


class _Parts(NamedTuple):
    """What stands in a text that may be a date."""

    numbers: list[Token]
    marks: list[str]
    months: list[tuple[tuple[str, int], ...]]
    days: list[int]
    whens: list[str]
    calendars: list[str]
    weekdays: list[int]


def _plain(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    parts = _parts(vocabulary, tokens)
    if parts is None or len(parts.calendars) > 1 or len(set(parts.months)) > 1 or len(parts.whens) > 1:
        return []
    if parts.whens:
        clues = _relative(parts, today)
    elif parts.months:
        clues = _with_month(vocabulary, parts)
    else:
        clues = [] if parts.days else _figures(vocabulary, parts)
    if parts.calendars:
        clues = [one for one in clues if one.calendar == parts.calendars[0]]
    return [one for one in clues if _on_weekday(one.iso, parts.weekdays)]


def _parts(vocabulary: Vocabulary, tokens: Sequence[Token]) -> _Parts | None:
    """The parts of a date; None where the text holds anything else."""
    parts = _Parts([], [], [], [], [], [], [])
    tables = (
        (vocabulary.when, parts.whens),
        (vocabulary.months, parts.months),
        (vocabulary.calendar_words, parts.calendars),
        (vocabulary.days, parts.days),
        (vocabulary.weekdays, parts.weekdays),
        (vocabulary.around_dates, None),
    )
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "digits":
            parts.numbers.append(token)
            place += 1
            continue
        if token.kind == "mark":
            if token.text not in _MARKS:
                return None
            parts.marks.append(token.text)
            place += 1
            continue
        best, end, into = None, place, None
        for phrases, those in tables:
            found = phrases.at(tokens, place)
            if found and found[1] > end:
                best, end, into = found[0], found[1], those
        if end == place:
            return None
        if into is not None:
            into.append(best)  # type: ignore[arg-type]
        place = end
    return parts


def _relative(parts: _Parts, today: datetime.date) -> list[Clue]:
    """Today, last month, next year; a month of this or the last year."""
    unit, by = _STEPS[parts.whens[0]]
    if parts.months and unit == "year":
        months = [number for calendar, number in parts.months[0] if calendar == "gregorian"]
        days = [int(one.text) for one in parts.numbers if len(one.text) <= 2] + parts.days
        if len(months) != 1 or len(days) != len(parts.numbers) + len(parts.days) or len(days) > 1:
            return []
        return [
            Clue(iso, "gregorian", literal=False) for iso in iso_dates("gregorian", today.year + by, *months, *days)
        ]
    if parts.numbers or parts.months or parts.days:
        return []
    if unit == "day":
        iso = (today + datetime.timedelta(days=by)).isoformat()
    else:
        year, month = divmod(today.year * 12 + today.month - 1 + by, 12)
        iso = f"{year:04}-{month + 1:02}" if unit == "month" else f"{today.year + by:04}"
    return [Clue(iso, "gregorian", literal=False)] if _counts(iso) else []


def _with_month(vocabulary: Vocabulary, parts: _Parts) -> list[Clue]:
    years = [int(one.text) for one in parts.numbers if len(one.text) == 4]
    days = [int(one.text) for one in parts.numbers if len(one.text) <= 2] + parts.days
    if len(years) != 1 or len(days) > 1 or len(years) + len(days) != len(parts.numbers) + len(parts.days) or 0 in days:
        return []
    return [
        Clue(iso, calendar, literal=calendar == "gregorian")
        for calendar, number in parts.months[0]
        for iso in iso_dates(calendar, years[0], number, *days)
    ]


def _figures(vocabulary: Vocabulary, parts: _Parts) -> list[Clue]:
    """Figures alone, in every calendar that their year can be of. A year that can be Gregorian is taken for it."""
    if parts.calendars:
        return _figures_in(vocabulary, parts, parts.calendars[0])
    found = _figures_in(vocabulary, parts, "gregorian")
    if found:
        return found
    others = (one for one in vocabulary.calendars if _year_of(parts) not in YEARS["gregorian"])
    return [clue for calendar in others for clue in _figures_in(vocabulary, parts, calendar)]


def _year_of(parts: _Parts) -> int:
    return next((int(one.text) for one in parts.numbers if len(one.text) == 4), 0)


def _figures_in(vocabulary: Vocabulary, parts: _Parts, calendar: str) -> list[Clue]:
    texts = [one.text for one in parts.numbers]
    if len(texts) == 1 and len(texts[0]) == 8:
        texts = [texts[0][:4], texts[0][4:6], texts[0][6:]]
    wide = [len(text) == 4 for text in texts]
    if not all(one or len(text) <= 2 for one, text in zip(wide, texts, strict=True)) or len(parts.marks) > 6:
        return []
    values = [int(text) for text in texts]
    orders: list[tuple[int, ...]] = []
    match wide:
        case [True] | [True, False] | [True, False, False]:
            orders = [tuple(values)]
        case [False, True]:
            orders = [(values[1], values[0])]
        case [False, False, True]:
            orders = _orders(vocabulary, parts, values, calendar)
    if any(0 in order for order in orders):
        return []
    return [
        Clue(iso, calendar, literal=calendar == "gregorian") for order in orders for iso in iso_dates(calendar, *order)
    ]


def _orders(vocabulary: Vocabulary, parts: _Parts, values: list[int], calendar: str) -> list[tuple[int, ...]]:
    """Two figures and a year. Which is the month is clear where the language says so, where the figures are set apart
    by dots (the day stands first wherever that is done), or where only one can be a month."""
    first, second, year = values
    dotted = "/" not in parts.marks and "." in parts.marks
    if dotted or vocabulary.day_first:
        return [(year, second, first)]
    return [order for order in ((year, second, first), (year, first, second)) if iso_dates(calendar, *order)]


def _on_weekday(iso: str, weekdays: Sequence[int]) -> bool:
    """Whether a day is on the day of the week that was named beside it, if one was."""
    if not weekdays:
        return True
    return len(iso) == 10 and set(weekdays) == {datetime.date.fromisoformat(iso).weekday()}
