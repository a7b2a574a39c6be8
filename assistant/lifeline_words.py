"""The words of a life line: what its spans are called, what its marks say, and its questions, each with its rule."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

from assistant import wording
from assistant.core.dialog import Dialog, Question, places
from assistant.core.lifeline_sources import DETAILS, WORKING
from assistant.core.lifeline_values import Clash, ClashRule, Gap, Kind, Overlap, OverlapRule, QuestionRule, Span, When
from assistant.core.path import Path
from assistant.core.summary import Filler, public_value
from assistant.placeholders import Hole, pieces
from assistant.texts import N_, Words
from assistant.wording import Segment
from assistant.wording.segments import joined

KINDS: Final[Mapping[Kind, str]] = {
    "birth": N_("Born"),
    "arrival": N_("Came to Sweden"),
    "child": N_("A child in the household was born"),
    "school": N_("School"),
    "sfi": N_("SFI"),
    "study": N_("Studies"),
    "job": N_("Job"),
    "work": N_("Work"),
    "practice": N_("Work practice"),
    "programme": N_("Programme at Arbetsförmedlingen"),
    "parental": N_("Parental leave"),
    "illness": N_("Illness"),
    "until_now": N_("Until now, without a job"),
}
ILLNESS: Final = {
    "sick_since": N_("On sick leave, as told"),
    "too_ill_since": N_("Too ill to work, as told; not on sick leave"),
    "sick_listed": N_("On sick leave before, not now"),
}
IN_SHORT: Final = {
    "birth": N_("born"),
    "arrival": N_("to Sweden"),
    "sick_since": N_("on sick leave"),
    "too_ill_since": N_("too ill to work"),
    "practice": N_("work practice"),
    "parental": N_("parental leave"),
}
"""Kinds and facts as they are called in the drawing, where their years stand beside them."""

OVERLAPS: Final[Mapping[OverlapRule, tuple[str, str]]] = {
    "two_full_time": (
        N_("{job} and {other} were both full-time in {years}."),
        N_("two full-time jobs at the same time"),
    ),
    "abroad_after_arrival": (
        N_("{job} in another country went on after the move to Sweden."),
        N_("a job abroad goes on after the year of the move to Sweden"),
    ),
}
CLASHES: Final[Mapping[ClashRule, tuple[str, str]]] = {
    "arrival_before_birth": (
        N_("The move to Sweden is before the year of birth."),
        N_("the move to Sweden is before birth"),
    ),
    "child_too_early": (
        N_("A child in the household was born in {when}, before the person was 12; it may be a partner's child."),
        N_("a child is born before the person is 12"),
    ),
    "illness_before_birth": (
        N_("The illness began before the year of birth."),
        N_("illness begins before birth"),
    ),
    "job_before_birth": (N_("{job} began before the year of birth."), N_("a job begins before birth")),
    "job_as_a_child": (N_("{job} began before the person was 10."), N_("a job begins before the person is 10")),
    "ends_before_it_began": (N_("{job} ended before it began."), N_("a job ends before it begins")),
    "in_the_future": (N_("{job} has a date that is still to come."), N_("a date is later than today")),
    "in_sweden_before_arrival": (
        N_("{job} in Sweden began before the move to Sweden."),
        N_("a job in Sweden begins before the year of the move to Sweden"),
    ),
    "no_work_beside_a_job": (
        N_("{job} is said to go on, and there is no work now."),
        N_("a job goes on, but the answer to “Do you work now?” is no"),
    ),
    "longer_than_the_longest": (
        N_("{job} lasted longer than the longest job is said to have lasted."),
        N_("a job is longer than the longest job"),
    ),
    "degree_beyond_school": (
        N_("Studies after upper secondary school do not fit 1–6 years of school."),
        N_("studies after upper secondary school with at most six years of school"),
    ),
}
GAP: Final = (
    N_("Nothing is told about {years}."),
    N_("Nothing is told about {years}. In that time a child was born ({births})."),
    N_("a gap of more than six months in a grown-up's life"),
)
QUESTIONS: Final[Mapping[QuestionRule, tuple[str, str]]] = {
    "clash": (
        N_("Go through the years together: {what} Which years are right?"),
        N_("something cannot be as it was told; years are easily mistyped, and calendars differ"),
    ),
    "ill_without_certificate": (
        N_("Has a doctor written anything about the illness and work? What would help to get a certificate?"),
        N_("illness keeps from work or ended a job, and there is no valid certificate"),
    ),
    "gap": (
        N_("What was life like in {years}?"),
        N_("a gap of more than six months that ended less than ten years ago; the latest one"),
    ),
    "left_school": (
        N_("What would be needed to finish school?"),
        N_("school or studies not finished, no studies now, under 65"),
    ),
    "degree_without_statement": (
        N_("Is help wanted to have the education from abroad assessed by UHR?"),
        N_("education from abroad beyond compulsory school, without a statement from UHR"),
    ),
    "sfi_stopped": (
        N_("What got in the way of SFI, and what would make it possible to go on?"),
        N_("SFI begun and not finished"),
    ),
    "longest_job_missing": (
        N_("Which was the longest job, and when was it?"),
        N_("the longest job lasted longer than any job that was told"),
    ),
    "overlap": (N_("{what} How did that fit together?"), N_("two things at the same time")),
}
"""For each rule what to ask, and the rule itself as it is stated beside the question."""

_OPEN: Final = 7
"""School whose end is so many years uncertain was told without an upper limit."""

_DAY_ENDS: Final = ((1, 1), (12, 31))


class Teller:
    """Tells a life line in the words of a language."""

    def __init__(self, words: Words, dialog: Dialog, path: Path) -> None:
        self.words, self.dialog, self.path = words, dialog, path

    # -- spans -----------------------------------------------------------------------------------------------------

    def span(self, span: Span) -> tuple[Segment, ...]:
        """What a span was, without its dates."""
        head = self.words.gettext(ILLNESS.get(span.fact, KINDS[span.kind]))
        details = [told for name in DETAILS.get(span.kind, ()) if (told := self.fact(name, span.of))]
        found: list[Segment] = [head]
        for number, told in enumerate(details):
            found += (", " if number else ": ", *told)
        return joined(found)

    def fact(self, name: str, of: str = "") -> tuple[Segment, ...]:
        """A fact as the record has it; nothing if it was not told."""
        fact, place = self.path.answers.get((name, of)), places(self.dialog).get(name)
        if fact is None or fact.declined or place is None or not isinstance(place.item, Question):
            return ()
        value = public_value(self.dialog, place.item, fact.value if of else self.path.values.get(name))
        if name == "work_now":  # Leave and practice are lines of their own.
            value = tuple(one for one in value or () if one in WORKING)
        return wording.value_words(self.words, self.dialog, Filler(value, place.item, fact.locale), for_summary=True)

    def job(self, span: Span) -> tuple[Segment, ...]:
        """A job by its title, and by its kind if there is none."""
        return self.fact("job_title", span.of) or (self.words.gettext(KINDS[span.kind]),)

    # -- dates -----------------------------------------------------------------------------------------------------

    def when(self, span: Span) -> tuple[str, str]:
        """When a span was, in figures, and what has to be said about that."""
        words, start, end = self.words, _iso(span.start), _iso(span.end)
        if span.is_event:
            return start, ""
        if span.reckoned and span.start and span.end:
            begins, least, most = span.start.first.year + 1, span.end.first.year + 1, span.end.last.year - 1
            note = words.gettext("reckoned from the years of school")
            if most - least >= _OPEN:
                return words.gettext("about {years} or longer", years=self.range(str(begins), str(least))), note
            return words.gettext("about {years}", years=self.range(str(begins), str(most))), note
        if span.ongoing:
            if start:
                return words.gettext("since {day}", day=start), ""
            return words.gettext("now"), ""
        if start and end:
            return self.range(start, end), ""
        if start:
            return words.gettext("from {day}", day=start), words.gettext("when it ended is not told")
        if end:
            return words.gettext("until {day}", day=end), words.gettext("when it began is not told")
        return words.gettext("years not told"), ""

    def range(self, start: str, end: str) -> str:
        """From one date to another, in figures."""
        if start == end:
            return start
        return f"{start}–{end}" if len(start) == len(end) == 4 else f"{start} – {end}"

    def days(self, start: datetime.date, end: datetime.date, *, ongoing: bool = False) -> str:
        """A time between two days: whole years as years, else by the month."""
        first = _by(start, 0)
        if ongoing:
            return self.words.gettext("the time since {day}", day=first)
        return self.range(first, _by(end, 1))

    # -- marks and questions ---------------------------------------------------------------------------------------

    def gap(self, gap: Gap) -> tuple[Segment, ...]:
        """What a gap says."""
        years = self.days(gap.start, gap.end, ongoing=gap.ongoing)
        if not gap.children:
            return (self.words.gettext(GAP[0], years=years),)
        births = ", ".join(_iso(one.start) for one in gap.children)
        return (self.words.gettext(GAP[1], years=years, births=births),)

    def overlap(self, overlap: Overlap) -> tuple[Segment, ...]:
        """What is told of two things at once."""
        jobs = [self.job(one) for one in overlap.spans]
        return self.filled(
            OVERLAPS[overlap.rule][0],
            job=jobs[0],
            other=jobs[-1],
            years=(self.range(str(overlap.start.year), str(overlap.end.year)),),
        )

    def clash(self, clash: Clash) -> tuple[Segment, ...]:
        """What cannot be as it was told."""
        span = clash.spans[0] if clash.spans else None
        job = (self.job(span) if span.kind == "job" else self.span(span)) if span else ()
        when = ", ".join(dict.fromkeys(_iso(one.start) for one in clash.spans))
        return self.filled(CLASHES[clash.rule][0], job=job, when=(when,))

    def question(self, rule: QuestionRule, about: object) -> tuple[Segment, ...]:
        """What to ask."""
        template = QUESTIONS[rule][0]
        match about:
            case Clash():
                return self.filled(template, what=self.clash(about))
            case Overlap():
                return self.filled(template, what=self.overlap(about))
            case Gap():
                return (self.words.gettext(template, years=self.days(about.start, about.end, ongoing=about.ongoing)),)
        return (self.words.gettext(template),)

    def filled(self, template: str, **parts: tuple[Segment, ...]) -> tuple[Segment, ...]:
        """A text with words of the person's own kept apart in it; it begins with a capital letter of ours."""
        found: list[Segment] = []
        for piece in pieces(self.words.gettext(template)):
            found += parts.get(piece.name, ()) if isinstance(piece, Hole) else (piece,)
        segments = joined(found)
        if segments and isinstance(segments[0], str):
            return (self.words.capitalised(segments[0]), *segments[1:])
        return segments


def _iso(when: When | None) -> str:
    return when.iso if when else ""


def _by(day: datetime.date, edge: int) -> str:
    """A day that a stretch begins (0) or ends (1) with: its year if the year begins or ends with it, else its month."""
    return str(day.year) if (day.month, day.day) == _DAY_ENDS[edge] else f"{day:%Y-%m}"
