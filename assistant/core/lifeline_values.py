"""What a life line is made of: days as far as they were told, stretches of a life, and what is marked beside them.

A year alone is every day of that year, a month every day of that month: nothing here takes a date for more certain than
it was told. What is only reckoned, such as the years in which somebody went to school, says so.
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from assistant.core.dates import parse_date
from assistant.core.dialog import DeclineKind

Kind = Literal[
    "birth",
    "arrival",
    "school",
    "child",
    "job",
    "sfi",
    "study",
    "work",
    "practice",
    "programme",
    "parental",
    "illness",
    "until_now",
]
"""In the order in which they stand if they began on the same day. birth, arrival and child are events; until_now is
what somebody who never had a job told instead, without years."""

OverlapRule = Literal["two_full_time", "abroad_after_arrival"]
ClashRule = Literal[
    "arrival_before_birth",
    "child_too_early",
    "illness_before_birth",
    "job_before_birth",
    "job_as_a_child",
    "ends_before_it_began",
    "in_the_future",
    "in_sweden_before_arrival",
    "no_work_beside_a_job",
    "longer_than_the_longest",
    "degree_beyond_school",
]
QuestionRule = Literal[
    "clash",
    "ill_without_certificate",
    "gap",
    "left_school",
    "degree_without_statement",
    "sfi_stopped",
    "longest_job_missing",
    "overlap",
]


class When(NamedTuple):
    """A date as it was told: ISO text at its precision, empty if it is only reckoned, with the first and the last day
    that it can be."""

    iso: str
    first: datetime.date
    last: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a life, or an event (whose ``end`` is its ``start``).

    ``fact`` and ``of`` name what it was read from. A ``start`` or ``end`` of None was not told; an ``ongoing`` one has
    no end. ``first`` and ``last`` are the days between which it can lie at most, ``full``: it takes whole days of work,
    ``reckoned``: its years follow from something else that was told."""

    kind: Kind
    fact: str
    of: str = ""
    start: When | None = None
    end: When | None = None
    ongoing: bool = False
    full: bool = False
    reckoned: bool = False
    country: str = ""
    first: datetime.date
    last: datetime.date

    @property
    def is_event(self) -> bool:
        """Whether it is a moment, not a stretch."""
        return self.kind in ("birth", "arrival", "child")

    @property
    def is_dated(self) -> bool:
        """Whether anything of it can be put on a line."""
        return self.start is not None or self.end is not None


class Gap(NamedTuple):
    """More than six months of which nothing is told: the first and the last day of it, whether it goes on today, and
    the children who were born in it."""

    start: datetime.date
    end: datetime.date
    ongoing: bool
    children: tuple[Span, ...]


class Overlap(NamedTuple):
    """Two things at once that are worth a word: the days in which both go on for certain."""

    rule: OverlapRule
    spans: tuple[Span, ...]
    start: datetime.date
    end: datetime.date


class Clash(NamedTuple):
    """What cannot be as it was told, by the rule that says so; ``facts`` are those that do not fit together."""

    rule: ClashRule
    spans: tuple[Span, ...]
    facts: tuple[str, ...]


Subject: TypeAlias = Span | Gap | Overlap | Clash | None


class Question(NamedTuple):
    """A question to begin the visit with: the rule that proposes it, what it is about, and the facts it rests on."""

    rule: QuestionRule
    about: Subject
    facts: tuple[str, ...]


class NotTold(NamedTuple):
    """A question about the years of a life that was declined."""

    screen: str
    of: str
    kind: DeclineKind


@dataclass(frozen=True, slots=True)
class LifeLine:
    """A life as far as it was told. ``spans`` stand in the order of their beginning, those without any date last."""

    today: datetime.date
    spans: tuple[Span, ...] = ()
    gaps: tuple[Gap, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    clashes: tuple[Clash, ...] = ()
    questions: tuple[Question, ...] = ()
    not_told: tuple[NotTold, ...] = ()


def when(iso: object) -> When | None:
    """The days that an ISO date can be; None for anything that is no date."""
    parts = parse_date(iso) if isinstance(iso, str) else None
    if parts is None or not isinstance(iso, str):
        return None
    year, month, day = (*parts, None, None)[:3]
    first = datetime.date(int(year or 1), month or 1, day or 1)
    last_month = month or 12
    last = datetime.date(first.year, last_month, day or calendar.monthrange(first.year, last_month)[1])
    return When(iso, first, last)


def years_later(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years later (or earlier), within what a calendar holds; 29 February becomes the 28th."""
    year = min(max(day.year + years, datetime.MINYEAR), datetime.MAXYEAR)
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def next_day(day: datetime.date) -> datetime.date:
    """The day after, except at the end of the calendar."""
    return day if day == datetime.date.max else day + datetime.timedelta(days=1)


def day_before(day: datetime.date) -> datetime.date:
    """The day before, except at the beginning of the calendar."""
    return day if day == datetime.date.min else day - datetime.timedelta(days=1)
