"""Lengths of time as people type them (``tre år``, ``٣ سنوات``, ``1,5 år``, ``2 years and 6 months``), as ISO 8601."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from assistant.understanding.lexicon import Unit
from assistant.understanding.numbers import number_at, without_about
from assistant.understanding.results import Found, found_of
from assistant.understanding.tokens import Token, unread
from assistant.understanding.vocabulary import Vocabulary

_LETTERS: Final[Mapping[Unit, str]] = {"year": "Y", "month": "M", "week": "W", "day": "D"}
_ORDER: Final[tuple[Unit, ...]] = ("year", "month", "week", "day")
_MOST_TOKENS: Final = 24
_LARGEST: Final = 1000
_HALF: Final = Decimal("0.5")

Amounts = dict[Unit, Decimal]


def find_duration(vocabulary: Vocabulary, tokens: Sequence[Token]) -> Found[str] | None:
    """The one length of time that the whole text is, also within words such as "for"; two where it says so ("3 or 4
    years")."""
    inside = unread(list(tokens))
    if len(inside) > _MOST_TOKENS:
        return None
    found = _length(vocabulary, inside)
    for pattern in vocabulary.patterns["lasting"]:
        if found is not None:
            break
        part = pattern.inside(inside)
        found = _length(vocabulary, part) if part else None
    return found


def _length(vocabulary: Vocabulary, tokens: Sequence[Token]) -> Found[str] | None:
    inside, literal = without_about(vocabulary, tokens)
    found = read_amounts(vocabulary, inside)
    if not found:
        return None
    return found_of((iso for one in found if (iso := _iso(one))), literal=literal)


def read_amounts(vocabulary: Vocabulary, tokens: Sequence[Token]) -> list[Amounts]:
    """Years, months, weeks and days of the length of time that all the tokens are; two where it is one of two numbers;
    none if they are not one."""
    amounts: Amounts = {}
    place = 0
    while place < len(tokens):
        two = _one_of_two(vocabulary, tokens) if not place else None
        if two:
            return two
        step = _amount_at(vocabulary, tokens, place)
        if step is None:
            return []
        unit, value, place = step
        if any(_ORDER.index(unit) <= _ORDER.index(one) for one in amounts):
            return []
        amounts[unit] = value
        place, more = _half_of(vocabulary, tokens, place)
        amounts[unit] += more
        place = _between(vocabulary, tokens, place)
    return [amounts] if amounts else []


def _amount_at(vocabulary: Vocabulary, tokens: Sequence[Token], place: int) -> tuple[Unit, Decimal, int] | None:
    """A number and its unit, or a unit that is one, two or a half by itself; and the place behind."""
    for phrases, value in (
        (vocabulary.units_half, _HALF),
        (vocabulary.units_two, Decimal(2)),
        (vocabulary.units_one, Decimal(1)),
    ):
        alone = phrases.at(tokens, place)
        if alone:
            return alone[0], value, alone[1]
    number = number_at(vocabulary, tokens, place, "decimal")
    if number is None or len(number.readings) != 1 or not 0 <= number.readings[0] < _LARGEST:
        return None
    half = vocabulary.units_half.at(tokens, number.end)
    if half and number.readings[0] == 1:
        return half[0], _HALF, half[1]
    unit = vocabulary.units.at(tokens, number.end) or vocabulary.units_one.at(tokens, number.end)
    return (unit[0], number.readings[0], unit[1]) if unit else None


def _one_of_two(vocabulary: Vocabulary, tokens: Sequence[Token]) -> list[Amounts]:
    """The two lengths of ``3-4 years`` or ``3 or 4 years``."""
    first = number_at(vocabulary, tokens, 0, "decimal")
    if first is None or first.end >= len(tokens):
        return []
    either = vocabulary.either.at(tokens, first.end)
    place = either[1] if either else first.end + 1 if tokens[first.end].text == "-" else 0
    second = number_at(vocabulary, tokens, place, "decimal") if place else None
    unit = vocabulary.units.at(tokens, second.end) if second else None
    if second is None or unit is None or unit[1] != len(tokens):
        return []
    return [{unit[0]: one} for number in (first, second) for one in number.readings if 0 <= one < _LARGEST]


def _half_of(vocabulary: Vocabulary, tokens: Sequence[Token], place: int) -> tuple[int, Decimal]:
    """The place behind "and a half" that follows a unit, and the half."""
    both = vocabulary.both.at(tokens, place)
    found = vocabulary.numbers.at(tokens, both[1]) if both else None
    if found and found[0] == _HALF and vocabulary.units.at(tokens, found[1]) is None:
        return found[1], _HALF
    return place, Decimal(0)


def _between(vocabulary: Vocabulary, tokens: Sequence[Token], place: int) -> int:
    """The place behind a comma or an "and" that has something behind it."""
    both = vocabulary.both.at(tokens, place)
    if both and both[1] < len(tokens):
        return both[1]
    comma = place + 1 < len(tokens) and tokens[place].kind == "mark" and tokens[place].text in ",."
    return place + 1 if comma else place


def _whole(amounts: Amounts) -> tuple[int, int] | None:
    """Months (years too) and days (weeks too); None where a part of one is not whole months or days."""
    months = amounts.get("year", Decimal(0)) * 12 + amounts.get("month", Decimal(0))
    days = amounts.get("week", Decimal(0)) * 7 + amounts.get("day", Decimal(0))
    if months != int(months) or days != int(days):
        return None
    return int(months), int(days)


def _iso(amounts: Amounts) -> str:
    """ISO 8601, a half year as six months; empty for a length that has parts of months or days, or is nothing."""
    whole = _whole(amounts)
    if whole is None or whole == (0, 0):
        return ""
    if all(value == int(value) for value in amounts.values()):
        parts = {unit: int(amounts.get(unit, 0)) for unit in _ORDER}
        if parts["week"] and any(parts[unit] for unit in _ORDER if unit != "week"):
            parts |= {"week": 0, "day": parts["day"] + 7 * parts["week"]}
    else:
        parts = {"year": whole[0] // 12, "month": whole[0] % 12, "week": 0, "day": whole[1]}
    return "P" + "".join(f"{parts[unit]}{_LETTERS[unit]}" for unit in _ORDER if parts[unit])


def away_from(today: datetime.date, amounts: Amounts, sign: int) -> str:
    """The date that lies so far before (``sign`` -1) or after today, as precise as it was said: years give a year,
    months a month, weeks and days a day. Empty where there is no such date."""
    whole = _whole(amounts)
    if whole is None:
        return ""
    months, days = whole
    if days and not months:
        return _day(today, sign * days)
    if days:
        return ""
    year, month = divmod(today.year * 12 + today.month - 1 + sign * months, 12)
    if not 1 <= year <= 9999:
        return ""
    return f"{year:04}" if set(amounts) == {"year"} and not months % 12 else f"{year:04}-{month + 1:02}"


def _day(today: datetime.date, days: int) -> str:
    try:
        return (today + datetime.timedelta(days=days)).isoformat()
    except OverflowError:
        return ""
