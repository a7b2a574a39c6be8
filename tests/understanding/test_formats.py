"""Whatever CLDR writes in a language is understood in it as what was written."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from assistant.languages import LANGUAGES, Language, locale_of
from assistant.understanding.values import ValueKind, value_in

TODAY = datetime.date(2026, 11, 27)
EVERY = pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.tag)
DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))
NUMBERS = st.decimals(-(10**11), 10**11, places=3)
SYSTEMS = {"ar": "arab", "ckb": "arab", "fa": "arabext", "fa-AF": "arabext", "ps": "arabext"}
"""Digits other than 0-9 that the language is written with."""

TWO_FIGURE_YEARS = frozenset({"en", "so", "ti", "uk", "es"})
"""Their short dates have years of two figures, which do not say which century they are of."""
ETHIOPIC_NAMES = frozenset({"ti"})
"""CLDR names the Gregorian months by Ethiopic ones, whose own months begin on other days: what CLDR means may be one of
two, so it is asked again, unless the figures stand beside it, as this program writes it."""


def readings(language: Language, kind: ValueKind, text: str) -> tuple[object, ...]:
    """Everything that the text is taken for."""
    found = value_in(language, kind, text, TODAY)
    return found.values if found else ()


@EVERY
@given(day=DAYS, width=st.sampled_from(["medium", "long", "full", "short"]))
def test_dates(language: Language, day: datetime.date, width: str) -> None:
    found = readings(language, "date", format_date(day, width, locale_of(language.cldr)))
    if width == "short" and language.tag in TWO_FIGURE_YEARS:
        assert found == ()
    elif language.tag in ETHIOPIC_NAMES:
        assert found == () or day.isoformat() in found
    else:
        assert found == (day.isoformat(),)


@EVERY
@given(day=DAYS, skeleton=st.sampled_from(["yMMMM", "yMMM"]))
def test_months_and_years(language: Language, day: datetime.date, skeleton: str) -> None:
    found = readings(language, "date", format_skeleton(skeleton, day, locale=locale_of(language.cldr)))
    month = f"{day:%Y-%m}"
    assert found == (month,) or (language.tag in ETHIOPIC_NAMES and (not found or month in found))
    assert readings(language, "date", f"{day.year}") == (f"{day.year}",)


@EVERY
@given(number=NUMBERS)
def test_numbers(language: Language, number: Decimal) -> None:
    locale = locale_of(language.cldr)
    system = SYSTEMS.get(language.tag, "latn")
    crowns = number.quantize(Decimal("0.01"))
    whole = Decimal(int(number))
    for digits in {"latn", system}:
        text = format_decimal(number, locale=locale, numbering_system=digits)
        assert readings(language, "decimal", text) == (number,)
        text = format_currency(crowns, "SEK", locale=locale, numbering_system=digits)
        assert readings(language, "money", text) == (crowns,)
        text = format_decimal(whole, locale=locale, numbering_system=digits)
        assert readings(language, "integer", text) == (whole,)
