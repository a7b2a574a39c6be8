"""When a case is erased: the years, and who is kept for research."""

from __future__ import annotations

import datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.retention import RetentionException, Rule, Sample, is_over, sample_of, verdict

DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2090, 1, 1))
BORN = "born_5_15_25"


@pytest.mark.parametrize(
    ("last_note", "today", "over"),
    [
        ("2021-03-05", "2026-03-04", False),
        ("2021-03-05", "2026-03-05", False),
        ("2021-03-05", "2026-03-06", True),
        ("2020-02-29", "2025-02-28", False),
        ("2020-02-29", "2025-03-01", True),
        ("2026-03-05", "2026-03-05", False),
    ],
)
def test_five_years_after_the_last_note_a_case_is_over_and_not_a_day_sooner(
    last_note: str, today: str, over: bool
) -> None:
    assert is_over(datetime.date.fromisoformat(last_note), datetime.date.fromisoformat(today), 5) is over


@pytest.mark.parametrize(
    ("values", "sample"),
    [
        (["1992-03-05"], "yes"),
        (["1992-03-15"], "yes"),
        (["1992-03-25"], "yes"),
        (["1992-03-06"], "no"),
        (["1992-05-04"], "no"),
        (["1992"], ""),
        (["1992-05"], ""),
        ([], ""),
        ([None, 1992, "1992", "1992-03-05"], "yes"),
        (["1992-13-05"], ""),
        (["5"], ""),
    ],
)
def test_only_a_whole_day_tells_whether_somebody_is_in_the_sample(values: list[object], sample: Sample) -> None:
    assert sample_of(values) == sample


@pytest.mark.parametrize(
    ("exception", "sample", "told"),
    [
        ("none", "", "erase"),
        ("none", "yes", "erase"),
        ("all", "no", "all"),
        ("all", "", "all"),
        (BORN, "no", "erase"),
        (BORN, "yes", "sample"),
        (BORN, "", "unknown"),
    ],
)
def test_each_municipality_keeps_what_its_rule_says(exception: RetentionException, sample: Sample, told: str) -> None:
    old, today = datetime.date(2020, 1, 1), datetime.date(2026, 3, 5)
    assert verdict(Rule(5, exception), old, today, sample) == told
    assert verdict(Rule(10, exception), old, today, sample) == "wait"


@given(
    DAYS, DAYS, st.sampled_from(get_args(RetentionException)), st.sampled_from(get_args(Sample)), st.integers(1, 100)
)
def test_nothing_is_erased_before_its_time_or_on_a_guess(
    last_note: datetime.date, today: datetime.date, exception: RetentionException, sample: Sample, years: int
) -> None:
    found = verdict(Rule(years, exception), last_note, today, sample)
    if found == "erase":
        assert (today - last_note).days > 365 * years
        assert exception == "none" or (exception == BORN and sample == "no")
    if today <= last_note:
        assert found == "wait"
