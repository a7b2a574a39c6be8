"""What is marked beside a life line: gaps, things at once, and what cannot be as it was told.

Every mark is certain: it stands only if it holds for all days that the told dates can be.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from assistant.core.dates import add_duration
from assistant.core.lifeline_sources import LISTS, Told
from assistant.core.lifeline_values import (
    Clash,
    Gap,
    Overlap,
    Span,
    When,
    day_before,
    next_day,
    years_later,
)

GROWN_UP: Final = 18
PENSION: Final = 67
"""From this age nobody is asked for their time: the age for guarantee pension (socialförsäkringsbalken, 2026)."""

LEAST_GAP: Final = "P6M"
LEAST_AGE_FOR_WORK: Final = 10
LEAST_AGE_FOR_A_CHILD: Final = 12
_BEYOND_SHORT_SCHOOL: Final = ("higher_vocational", "higher_part", "higher")
_LONGEST: Final = {"under_6m": "P6M", "m6_12": "P1Y", "y1_3": "P3Y"}
_JOBS: Final = LISTS[1]


def birth_of(spans: Sequence[Span]) -> When | None:
    """When the person was born."""
    return next((one.start for one in spans if one.kind == "birth"), None)


def arrival_of(spans: Sequence[Span]) -> When | None:
    """When the person came to Sweden."""
    return next((one.start for one in spans if one.kind == "arrival"), None)


def jobs_of(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The jobs that were told."""
    return tuple(one for one in spans if one.kind == "job")


# -- gaps --------------------------------------------------------------------------------------------------------------


def gaps(told: Told, spans: Sequence[Span], most_jobs: int, today: datetime.date) -> tuple[Gap, ...]:
    """The times of more than six months of a grown-up's life in which nothing that was told can have been.

    There are none where it is not known how old the person is, or which jobs there were. ``most_jobs`` is how many the
    dialog takes: the time before them may hold others for which there was no room."""
    birth, jobs = birth_of(spans), jobs_of(spans)
    if birth is None or not (told.is_whole(_JOBS) or told.has("worked_before", "no")):
        return ()
    begin = _begin(told, spans, birth)
    if begin is None:
        return ()
    if len(told.items(_JOBS)) >= most_jobs and jobs:
        begin = max(begin, min(one.first for one in jobs))
    end = min(today, day_before(years_later(birth.first, PENSION)))
    return tuple(
        Gap(start, last, last == today, _born_within(spans, start, last))
        for start, last in _free(spans, begin, end)
        if add_duration(start, LEAST_GAP) <= last
    )


def _begin(told: Told, spans: Sequence[Span], birth: When) -> datetime.date | None:
    """The first day after the 18th birthday and school. Where school is not known, nothing is before the first job or
    the arrival."""
    grown_up = next_day(years_later(birth.last, GROWN_UP))
    if told.value("school_years") is not None:
        return grown_up
    firsts = [one.first for one in spans if one.kind in ("job", "arrival")]
    return max(grown_up, min(firsts)) if firsts else None


def _free(
    spans: Sequence[Span], begin: datetime.date, end: datetime.date
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """The stretches from ``begin`` to ``end``, both included, in which no span can lie. A birth fills no time."""
    filled = sorted((one.first, one.last) for one in spans if one.kind not in ("birth", "child"))
    for first, last in filled:
        if begin > end:
            return
        if first > begin:
            yield begin, min(end, day_before(first))
        begin = max(begin, next_day(last))
    if begin <= end:
        yield begin, end


def _born_within(spans: Sequence[Span], start: datetime.date, end: datetime.date) -> tuple[Span, ...]:
    return tuple(one for one in spans if one.kind == "child" and start <= one.first and one.last <= end)


# -- at once -----------------------------------------------------------------------------------------------------------


def overlaps(spans: Sequence[Span], today: datetime.date) -> tuple[Overlap, ...]:
    """Two jobs of whole days at once, and a job abroad that went on after the arrival in Sweden."""
    return (*_two_at_once(spans, today), *_abroad(spans, today))


def _two_at_once(spans: Sequence[Span], today: datetime.date) -> Iterator[Overlap]:
    for one, other in combinations([job for job in jobs_of(spans) if job.full], 2):
        here, there = _certain(one, today), _certain(other, today)
        if here and there:
            start, end = max(here[0], there[0]), min(here[1], there[1])
            if start < end:
                yield Overlap("two_full_time", (one, other), start, end)


def _abroad(spans: Sequence[Span], today: datetime.date) -> Iterator[Overlap]:
    arrival = arrival_of(spans)
    for one in jobs_of(spans):
        certain = _certain(one, today)
        if arrival and certain and one.country not in ("", "SE") and max(arrival.last, certain[0]) < certain[1]:
            yield Overlap("abroad_after_arrival", (one,), max(arrival.last, certain[0]), certain[1])


def _certain(span: Span, today: datetime.date) -> tuple[datetime.date, datetime.date] | None:
    """The days between which a span lies for certain; None where it may be none at all, or a date was not told."""
    end = today if span.ongoing else span.end.first if span.end else None
    if span.start is None or end is None or span.start.last >= end:
        return None
    return span.start.last, end


# -- what cannot be ----------------------------------------------------------------------------------------------------


def clashes(told: Told, spans: Sequence[Span], today: datetime.date) -> tuple[Clash, ...]:
    """What cannot be as it was told. Nobody is blamed: a year is easily mistyped, and calendars differ."""
    birth = birth_of(spans)
    found = [
        *(_about_birth(spans, birth) if birth else ()),
        *_about_dates(spans, today),
        *_about_work(told, spans, today),
    ]
    return (*found, *_about_school(told))


def _about_birth(spans: Sequence[Span], birth: When) -> Iterator[Clash]:
    least = years_later(birth.first, LEAST_AGE_FOR_A_CHILD)
    early = tuple(one for one in spans if one.kind == "child" and one.start and one.start.last < least)
    if early:
        yield Clash("child_too_early", early, ("child_birth_year", "birth_year"))
    for one in spans:
        if one.start is None or one.reckoned:
            continue
        latest = one.start.last
        if one.kind == "arrival" and latest < birth.first:
            yield Clash("arrival_before_birth", (one,), ("sweden_since", "birth_year"))
        elif one.kind == "illness" and latest < birth.first:
            yield Clash("illness_before_birth", (one,), (one.fact, "birth_year"))
        elif one.kind == "job" and latest < birth.first:
            yield Clash("job_before_birth", (one,), ("job_from", "birth_year"))
        elif one.kind == "job" and latest < years_later(birth.first, LEAST_AGE_FOR_WORK):
            yield Clash("job_as_a_child", (one,), ("job_from", "birth_year"))


def _about_dates(spans: Sequence[Span], today: datetime.date) -> Iterator[Clash]:
    arrival = arrival_of(spans)
    for one in spans:
        if one.reckoned:
            continue
        if one.start and one.end and one.end.last < one.start.first:
            yield Clash("ends_before_it_began", (one,), ("job_from", "job_to"))
        if any(day and day.first > today for day in (one.start, one.end)):
            yield Clash("in_the_future", (one,), ("job_from", "job_to") if one.kind == "job" else (one.fact,))
        if one.kind == "job" and one.country == "SE" and arrival and one.start and one.start.last < arrival.first:
            yield Clash("in_sweden_before_arrival", (one,), ("job_from", "job_country", "sweden_since"))


def _about_work(told: Told, spans: Sequence[Span], today: datetime.date) -> Iterator[Clash]:
    jobs = jobs_of(spans)
    ongoing = tuple(one for one in jobs if one.ongoing)
    if ongoing and told.has("work_now", "no"):
        yield Clash("no_work_beside_a_job", ongoing, ("work_now", "job_end"))
    longest = _LONGEST.get(str(told.value("longest_job")))
    for one in jobs:
        certain = _certain(one, today)
        if longest and certain and add_duration(certain[0], longest) < certain[1]:
            yield Clash("longer_than_the_longest", (one,), ("longest_job", "job_from", "job_to"))


def _about_school(told: Told) -> Iterator[Clash]:
    if told.has("school_years", "1_6") and any(told.has("school_level", one) for one in _BEYOND_SHORT_SCHOOL):
        yield Clash("degree_beyond_school", (), ("school_years", "school_level"))
