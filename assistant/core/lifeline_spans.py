"""The stretches and events of a life, read from what was told."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final, Literal, get_args

from assistant.core.lifeline_sources import LISTS, SCHOOL_AGE, SCHOOL_YEARS, SCREENS, WORKING, Told
from assistant.core.lifeline_values import Kind, NotTold, Span, When, when, years_later

CHILDREN, JOBS = LISTS
_ORDER: Final = get_args(Kind)


def spans(told: Told, today: datetime.date) -> tuple[Span, ...]:
    """Everything of a life that was told, in the order in which it began; what has no date stands last."""
    found = tuple(_Reader(told, today).spans())
    return tuple(
        sorted(found, key=lambda one: (not one.is_dated, one.start is None, _begins(one), _ORDER.index(one.kind)))
    )


def _begins(span: Span) -> datetime.date:
    known = span.start or span.end
    return known.first if known else span.last


def not_told(told: Told) -> tuple[NotTold, ...]:
    """The screens about the years of a life that were declined as a whole."""
    return tuple(
        NotTold(name, of, fact.declined)
        for (name, of), fact in told.path.answers.items()
        if name in SCREENS and fact.declined is not None
    )


class _Reader:
    def __init__(self, told: Told, today: datetime.date) -> None:
        self.told, self.today = told, today
        self.birth = when(told.value("birth_year"))
        self.arrival = when(told.value("sweden_since"))

    def spans(self) -> Iterator[Span]:
        for kind, fact, moment in (("birth", "birth_year", self.birth), ("arrival", "sweden_since", self.arrival)):
            if moment is not None:
                yield self.event("birth" if kind == "birth" else "arrival", fact, "", moment)
        for of in self.told.items(CHILDREN):
            born = when(self.told.value("child_birth_year", of))
            if born is not None:
                yield self.event("child", "child_birth_year", of, born)
        yield from self.learning()
        jobs = tuple(map(self.job, self.told.items(JOBS)))
        yield from (one for one in jobs if one is not None)
        yield from self.now(any(one is not None and one.ongoing for one in jobs))
        yield from self.illness()

    def event(self, kind: Literal["birth", "arrival", "child"], fact: str, of: str, moment: When) -> Span:
        return Span(kind=kind, fact=fact, of=of, start=moment, end=moment, first=moment.first, last=moment.last)

    def open(self, kind: Kind, fact: str, *, ongoing: bool, since: datetime.date | None = None) -> Span:
        """Something of which no date was told: it can lie anywhere from ``since`` until today."""
        return Span(kind=kind, fact=fact, ongoing=ongoing, first=since or datetime.date.min, last=self.today)

    # -- school ----------------------------------------------------------------------------------------------------

    def learning(self) -> Iterator[Span]:
        yield from self.school()
        if self.told.has("sfi_status", "now"):
            yield self.open("sfi", "sfi_status", ongoing=True, since=self.in_sweden())
        elif self.told.has("sfi_status", "done") or self.told.has("sfi_status", "stopped"):
            yield self.open("sfi", "sfi_status", ongoing=False, since=self.in_sweden())
        if self.told.value("studying_now") is not None and not self.told.has("studying_now", "no"):
            yield self.open("study", "studying_now", ongoing=True)

    def school(self) -> Iterator[Span]:
        """School, reckoned from the year of birth and the years that it took."""
        years = SCHOOL_YEARS.get(str(self.told.value("school_years")))
        if years is None:
            return
        country = str(self.told.value("school_country") or "")
        if self.birth is None:
            yield Span(kind="school", fact="school_years", country=country, first=datetime.date.min, last=self.today)
            return
        (youngest, oldest), (least, most) = SCHOOL_AGE, years
        start = When("", years_later(self.birth.first, youngest), years_later(self.birth.last, oldest))
        end = When("", years_later(start.first, least), years_later(start.last, most))
        yield Span(
            kind="school",
            fact="school_years",
            start=start,
            end=end,
            reckoned=True,
            country=country,
            first=start.first,
            last=end.last,
        )

    def in_sweden(self) -> datetime.date | None:
        return self.arrival.first if self.arrival else None

    # -- work ------------------------------------------------------------------------------------------------------

    def job(self, of: str) -> Span | None:
        told = self.told
        if all(told.value(name, of) is None for name in ("job_title", "job_from", "job_to", "job_end")):
            return None
        start, ongoing = when(told.value("job_from", of)), told.value("job_end", of) == "ongoing"
        end = None if ongoing else when(told.value("job_to", of))
        days = [day for one in (start, end) if one is not None for day in (one.first, one.last)]
        return Span(
            kind="job",
            fact="job_title",
            of=of,
            start=start,
            end=end,
            ongoing=ongoing,
            full=told.value("job_extent", of) == "full",
            country=str(told.value("job_country", of) or ""),
            first=min(days) if start is not None else datetime.date.min,
            last=max(days) if end is not None else max([self.today, *days]),
        )

    def now(self, has_job: bool) -> Iterator[Span]:
        """What goes on now, of which nobody asks since when."""
        told = self.told
        if not has_job and any(told.has("work_now", one) for one in WORKING):
            yield self.open("work", "work_now", ongoing=True)
        if told.has("work_now", "practice"):
            yield self.open("practice", "work_now", ongoing=True)
        if told.has("work_now", "parental"):
            births = [when(told.value("child_birth_year", of)) for of in told.items(CHILDREN)]
            known = [one.first for one in births if one is not None]
            whole = told.is_whole(CHILDREN) and len(known) == len(births) and bool(known)
            yield self.open("parental", "work_now", ongoing=True, since=years_later(min(known), -1) if whole else None)
        if told.value("af_program") and not told.has("af_program", "none"):
            newcomer = told.value("af_program") == ("establishment",)
            since = self.in_sweden() if newcomer else None
            yield self.open("programme", "af_program", ongoing=True, since=since)
        if told.value("never_worked_why"):
            yield self.open("until_now", "never_worked_why", ongoing=False)

    # -- illness ---------------------------------------------------------------------------------------------------

    def illness(self) -> Iterator[Span]:
        for choice, fact in (("yes", "sick_since"), ("no_but", "too_ill_since")):
            if self.told.has("sick_listed", choice):
                start = when(self.told.value(fact))
                first = start.first if start else datetime.date.min
                last = max(self.today, start.last) if start else self.today
                yield Span(kind="illness", fact=fact, start=start, ongoing=True, first=first, last=last)
        if self.told.has("sick_listed", "before"):
            yield self.open("illness", "sick_listed", ongoing=False)
