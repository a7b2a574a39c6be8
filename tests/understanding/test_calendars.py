"""Days of other calendars against days that are known from print and law."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.calendars import YEARS, days_in, iso_dates, months_in, spans


@pytest.mark.parametrize(
    ("calendar", "day", "gregorian"),
    [
        ("persian", (1300, 1, 1), "1921-03-21"),
        ("persian", (1357, 11, 22), "1979-02-11"),  # the revolution's day
        ("persian", (1375, 1, 1), "1996-03-20"),
        ("persian", (1398, 1, 1), "2019-03-21"),
        ("persian", (1399, 1, 1), "2020-03-20"),
        ("persian", (1399, 12, 30), "2021-03-20"),
        ("persian", (1400, 5, 24), "2021-08-15"),  # Kabul
        ("persian", (1403, 12, 30), "2025-03-20"),
        ("persian", (1404, 1, 1), "2025-03-21"),
        ("islamic", (1400, 1, 1), "1979-11-21"),
        ("islamic", (1440, 9, 1), "2019-05-06"),
        ("islamic", (1445, 1, 1), "2023-07-19"),
        ("ethiopic", (2000, 1, 1), "2007-09-12"),  # the millennium
        ("ethiopic", (2011, 1, 1), "2018-09-11"),
        ("ethiopic", (2012, 1, 1), "2019-09-12"),
        ("ethiopic", (2013, 4, 29), "2021-01-07"),  # Christmas
        ("ethiopic", (2011, 13, 6), "2019-09-11"),
        ("gregorian", (2024, 2, 29), "2024-02-29"),
    ],
)
def test_days_that_are_known(calendar: str, day: tuple[int, int, int], gregorian: str) -> None:
    assert iso_dates(calendar, *day) == (gregorian,)


@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        ("persian", (1398, 12, 30)),
        ("persian", (1398, 7, 31)),
        ("persian", (1398, 13, 1)),
        ("persian", (1299, 1, 1)),
        ("islamic", (1441, 12, 30)),
        ("islamic", (1440, 2, 30)),
        ("ethiopic", (2012, 13, 6)),
        ("ethiopic", (2012, 14, 1)),
        ("gregorian", (2023, 2, 29)),
        ("gregorian", (1899, 1, 1)),
        ("gregorian", (2023, 0, 5)),
    ],
)
def test_days_that_do_not_exist_or_do_not_count(calendar: str, day: tuple[int, int, int]) -> None:
    assert iso_dates(calendar, *day) == ()


def test_a_year_and_most_months_fall_in_two_gregorian_ones() -> None:
    assert iso_dates("persian", 1398) == ("2019", "2020")
    assert iso_dates("persian", 1398, 1) == ("2019-03", "2019-04")
    assert iso_dates("islamic", 1440) == ("2018", "2019")
    assert iso_dates("ethiopic", 2011, 7) == ("2019-03", "2019-04")
    assert iso_dates("gregorian", 2019, 12) == ("2019-12",)


@given(st.sampled_from(["persian", "islamic", "ethiopic", "gregorian"]), st.data())
def test_every_month_begins_the_day_after_the_one_before(calendar: str, data: st.DataObject) -> None:
    year = data.draw(st.sampled_from(YEARS[calendar]))
    months = [span for month in range(1, months_in(calendar) + 1) if (span := spans(calendar, year, month))]
    whole = spans(calendar, year)
    assert whole == (months[0][0], months[-1][1])
    for before, after in itertools.pairwise(months):
        assert after[0] - before[1] == datetime.timedelta(days=1)
    if calendar != "gregorian":
        lengths = [(last - first).days + 1 for first, last in months]
        assert lengths == [days_in(calendar, year, month) for month in range(1, len(months) + 1)]
        assert 353 < sum(lengths) < 367
