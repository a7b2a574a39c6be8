"""When a case is to be erased, by the law and the rule of its municipality.

A personal file is erased five years after its last note (*gallring*; socialtjänstlagen (2025:400) ch. 16, 1-4 §§). For
research, ch. 13, 1 § of socialtjänstförordningen keeps all files in the counties of Östergötland, Gotland and
Västernorrland and in Göteborg, and elsewhere those of people born on the 5th, 15th or 25th of a month.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from assistant.core.dates import add_duration, parse_date

RetentionException = Literal["none", "all", "born_5_15_25"]
"""Which cases a municipality keeps for research: none, all, or those of people born on three days of a month."""

Sample = Literal["", "yes", "no"]
"""Whether the person was born on one of the three days; empty: nobody knows."""

Verdict = Literal["wait", "erase", "all", "sample", "unknown"]
"""What becomes of a case today: it waits, it is erased, or it is kept: because ``all`` are, because the person is in
the ``sample``, or because it is ``unknown`` whether they are."""

SAMPLE_DAYS: Final = frozenset((5, 15, 25))
"""The days of a month on which those were born whose files are kept."""

BIRTH: Final = ("birth_date", "birth_day", "birth_year")
"""The facts that may hold the day on which the person was born; one that holds only a year says nothing of it."""


class Rule(NamedTuple):
    """How a municipality keeps cases: so many ``years`` after the last note, and the ``exception`` for research."""

    years: int = 5
    exception: RetentionException = "born_5_15_25"


def is_over(last_note: datetime.date, today: datetime.date, years: int) -> bool:
    """Whether so many years have gone by since the day of the last note. That day itself still belongs to them."""
    return add_duration(last_note, f"P{years}Y") < today


def sample_of(values: Iterable[object]) -> Sample:
    """Whether somebody is in the sample, by the first of these values that is a whole day (ISO 8601)."""
    for value in values:
        parts = parse_date(value) if isinstance(value, str) else None
        if parts is not None and len(parts) == 3:
            return "yes" if parts[2] in SAMPLE_DAYS else "no"
    return ""


def verdict(rule: Rule, last_note: datetime.date, today: datetime.date, sample: Sample) -> Verdict:
    """What becomes of a case. Nothing is erased on a guess: who may be in the sample is kept."""
    if not is_over(last_note, today, rule.years):
        return "wait"
    if rule.exception == "all":
        return "all"
    if rule.exception == "none" or sample == "no":
        return "erase"
    return "sample" if sample == "yes" else "unknown"
