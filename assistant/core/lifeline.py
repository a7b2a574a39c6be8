"""A case as a life line: what was told of schooling, work, illness, arrival and children, in the order of the years.

Beside it stand gaps, things at once, what cannot be, and up to three questions to begin the visit with, each from a
rule that is stated. All of it is there to be asked about; nothing of it is a judgement.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from assistant.core.dates import add_duration
from assistant.core.dialog import Dialog, Repeat, places
from assistant.core.lifeline_marks import birth_of, clashes, gaps, jobs_of, overlaps
from assistant.core.lifeline_sources import LISTS, Told
from assistant.core.lifeline_spans import not_told, spans
from assistant.core.lifeline_values import LifeLine, Question, QuestionRule, Span, Subject, years_later
from assistant.core.path import Path

MOST_QUESTIONS: Final = 3
RECENT_YEARS: Final = 10
"""A gap that ended longer ago is marked, but nobody is asked about it first."""

SCHOOL_UNTIL: Final = 65
"""From this age nobody is asked what it would take to finish school."""

_JOBS: Final = LISTS[1]


def lifeline(dialog: Dialog, path: Path, today: datetime.date) -> LifeLine:
    """The life line of a case: ``path`` is the walk of ``dialog`` over what was sent."""
    told = Told(path)
    found = spans(told, today)
    repeat = places(dialog).get(_JOBS)
    most_jobs = repeat.item.max if repeat is not None and isinstance(repeat.item, Repeat) else 0
    line = LifeLine(
        today=today,
        spans=found,
        gaps=gaps(told, found, most_jobs, today),
        overlaps=overlaps(found, today),
        clashes=clashes(told, found, today),
        not_told=not_told(told),
    )
    return replace(line, questions=tuple(_questions(told, line))[:MOST_QUESTIONS])


def _questions(told: Told, line: LifeLine) -> Iterator[Question]:
    for rule in RULES:
        for about in rule.find(told, line):
            yield Question(rule.name, about, rule.facts)
            break


# -- the rules ---------------------------------------------------------------------------------------------------------


class Rule(NamedTuple):
    """A rule for a question: the facts it rests on, and what it finds to ask about, the most telling first. A rule asks
    once."""

    name: QuestionRule
    facts: tuple[str, ...]
    find: Callable[[Told, LifeLine], Iterator[Subject]]


def _clash(told: Told, line: LifeLine) -> Iterator[Subject]:
    yield from line.clashes


def _ill_without_certificate(told: Told, line: LifeLine) -> Iterator[Subject]:
    """Illness keeps from work, or ended a job, and there is no valid certificate; a booked time with a doctor is left
    in peace."""
    papers = told.value("certificate"), told.value("too_ill_certificate")
    if told.has("sick_listed", "yes") or told.has("sick_listed", "no_but"):
        if any(one in ("no", "old") for one in papers):
            yield next((one for one in line.spans if one.kind == "illness"), None)
    elif told.has("sick_listed", "no") or told.has("sick_listed", "before"):
        yield from (one for one in reversed(jobs_of(line.spans)) if told.value("job_end", one.of) == "ill")


def _gap(told: Told, line: LifeLine) -> Iterator[Subject]:
    since = years_later(line.today, -RECENT_YEARS)
    yield from (one for one in reversed(line.gaps) if one.end >= since)


def _left_school(told: Told, line: LifeLine) -> Iterator[Subject]:
    birth = birth_of(line.spans)
    young = birth is not None and line.today < years_later(birth.first, SCHOOL_UNTIL)
    left = any(told.has("school_level", one) for one in ("none", "upper_part", "higher_part"))
    if young and left and told.has("studying_now", "no"):
        yield next((one for one in line.spans if one.kind == "school"), None)


def _degree_without_statement(told: Told, line: LifeLine) -> Iterator[Subject]:
    if told.has("foreign_assessment", "no"):
        yield next((one for one in line.spans if one.kind == "school"), None)


def _sfi_stopped(told: Told, line: LifeLine) -> Iterator[Subject]:
    if told.has("sfi_status", "stopped"):
        yield next(one for one in line.spans if one.kind == "sfi")


def _longest_job_missing(told: Told, line: LifeLine) -> Iterator[Subject]:
    """The longest job lasted longer than any job that was told can have lasted."""
    least = {"y1_3": "P1Y", "more": "P3Y"}.get(str(told.value("longest_job")))
    jobs = jobs_of(line.spans)
    dated = all(one.start and (one.end or one.ongoing) for one in jobs)
    if least and jobs and dated and told.is_whole(_JOBS) and not any(_may_last(one, least) for one in jobs):
        yield None


def _may_last(job: Span, duration: str) -> bool:
    return add_duration(job.first, duration) <= job.last


def _overlap(told: Told, line: LifeLine) -> Iterator[Subject]:
    yield from line.overlaps


RULES: Final = (
    Rule("clash", (), _clash),
    Rule(
        "ill_without_certificate",
        ("sick_listed", "certificate", "too_ill_certificate", "job_end"),
        _ill_without_certificate,
    ),
    Rule("gap", ("birth_year", "school_years", "worked_before", "job_from", "job_to", "sweden_since"), _gap),
    Rule("left_school", ("birth_year", "school_level", "studying_now"), _left_school),
    Rule("degree_without_statement", ("foreign_assessment",), _degree_without_statement),
    Rule("sfi_stopped", ("sfi_status",), _sfi_stopped),
    Rule("longest_job_missing", ("longest_job", "job_from", "job_to"), _longest_job_missing),
    Rule("overlap", ("job_from", "job_to", "job_extent", "job_country", "sweden_since"), _overlap),
)
"""In the order in which they are asked."""
