"""The page with the life line of a case: drawn, as a list in the order of the years, with what to ask first."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

import msgspec

from assistant import wording
from assistant.core.dialog import Dialog, places
from assistant.core.lifeline import lifeline
from assistant.core.lifeline_sources import DETAILS
from assistant.core.lifeline_values import Clash, Gap, Kind, LifeLine, Overlap, Span
from assistant.core.path import Path
from assistant.desk import CaseDetail
from assistant.lifeline_drawing import drawing, kind_of
from assistant.lifeline_shapes import NARROW, WIDE, Drawing, LaneName, Mark, MarkKind, Name
from assistant.lifeline_words import CLASHES, GAP, IN_SHORT, OVERLAPS, QUESTIONS, Teller
from assistant.settings import Settings
from assistant.texts import N_, Words
from assistant.wording import Quote, Segment

_LANES: Final[dict[LaneName, str]] = {
    "person": N_("Life"),
    "children": N_("Children"),
    "school": N_("School"),
    "studies": N_("Studies"),
    "work": N_("Work"),
    "illness": N_("Illness"),
}
_DECLINED: Final = {
    "skip": N_("did not want to say"),
    "in_person": N_("wants to tell at the visit"),
    "unknown": N_("does not know"),
}
_SIGNS: Final[dict[MarkKind, str]] = {"gap": N_("Gap"), "overlap": N_("At the same time"), "clash": N_("Does not fit")}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list: when (in figures), what, and what is to be said about the dates."""

    kind: Kind
    when: str
    words: tuple[Segment, ...]
    note: str = ""


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """What is marked in the drawing with this number, with the rule that marks it."""

    number: int
    kind: MarkKind
    title: str
    words: tuple[Segment, ...]
    rule: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question to begin the visit with, and the rule that proposes it. ``mark`` is the number of what it is about in
    the drawing, 0 for none."""

    words: tuple[Segment, ...]
    rule: str
    mark: int


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """A question about the years that was not answered, as it was asked, and how it was declined."""

    question: str
    how: str


class LifeLinePage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page. ``drawings`` are the same line for a wide and for a narrow page, none if nothing has a
    date; ``rows`` stand in the order of the years, ``undated`` are those without any."""

    today: str
    told_by_other: bool = False
    drawings: tuple[Drawing, ...] = ()
    rows: tuple[Row, ...] = ()
    undated: tuple[Row, ...] = ()
    marks: tuple[Marked, ...] = ()
    questions: tuple[Asked, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether the list takes two columns on paper, so that the page stays one sheet."""
        return len(self.rows) + len(self.undated) + len(self.withheld) + 2 * len(self.marks) > 14


def life_line_page(detail: CaseDetail, words: Words, settings: Settings, today: datetime.date) -> LifeLinePage | None:
    """The life line of a case in the language of ``words``, as of ``today``; None as long as nothing was sent, or if
    the dialog is no more."""
    if detail.dialog is None or detail.path is None:
        return None
    line = lifeline(detail.dialog, detail.path, today)
    return _Builder(detail, detail.dialog, detail.path, words, line, settings).page()


class _Builder:
    def __init__(
        self, detail: CaseDetail, dialog: Dialog, path: Path, words: Words, line: LifeLine, settings: Settings
    ) -> None:
        self.detail, self.dialog, self.path, self.words, self.line = detail, dialog, path, words, line
        self.teller, self.settings = Teller(words, dialog, path), settings.shown()
        self.marks: tuple[Mark, ...] = (*line.clashes, *line.gaps, *line.overlaps)

    def page(self) -> LifeLinePage:
        drawn = (drawing(self.line, self.marks, one, self.name, self.lane) for one in (WIDE, NARROW))
        summary = self.detail.summary
        return LifeLinePage(
            today=self.line.today.isoformat(),
            told_by_other=summary is not None and summary.told_by_other,
            drawings=tuple(one for one in drawn if one is not None),
            rows=tuple(self.row(one) for one in self.line.spans if one.is_dated),
            undated=tuple(self.row(one) for one in self.line.spans if not one.is_dated),
            marks=tuple(self.marked(number, one) for number, one in enumerate(self.marks, 1)),
            questions=tuple(self.questions()),
            withheld=tuple(self.withheld()),
        )

    def row(self, span: Span) -> Row:
        when, note = self.teller.when(span)
        return Row(
            kind=span.kind,
            when=when,
            words=wording.with_machine(self.teller.span(span), self.detail.machine),
            note=note,
        )

    def marked(self, number: int, mark: Mark) -> Marked:
        """A mark as a line of the list."""
        match mark:
            case Gap():
                told, rule = self.teller.gap(mark), GAP[2]
            case Overlap():
                told, rule = self.teller.overlap(mark), OVERLAPS[mark.rule][1]
            case Clash():
                told, rule = self.teller.clash(mark), CLASHES[mark.rule][1]
        kind, gettext = kind_of(mark), self.words.gettext
        return Marked(number=number, kind=kind, title=gettext(_SIGNS[kind]), words=told, rule=gettext(rule))

    def questions(self) -> Iterator[Asked]:
        for one in self.line.questions:
            yield Asked(
                words=self.teller.question(one.rule, one.about),
                rule=self.words.gettext(QUESTIONS[one.rule][1]),
                mark=next((number for number, mark in enumerate(self.marks, 1) if mark is one.about), 0),
            )

    def withheld(self) -> Iterator[Withheld]:
        """The questions that were declined as a whole, as they were asked."""
        for one in self.line.not_told:
            item = places(self.dialog)[one.screen].item
            question = wording.text(
                self.words, self.dialog, self.detail.state, self.path, item, "label", one.of, self.settings
            )
            yield Withheld(question=question, how=self.words.gettext(_DECLINED[one.kind]))

    # -- the drawing -----------------------------------------------------------------------------------------------

    def lane(self, name: LaneName) -> str:
        return self.words.gettext(_LANES[name])

    def name(self, span: Span) -> Name:
        """What is written beside a span in the drawing: a job by its title, other things by what they are."""
        when = self.teller.when(span)[0]
        title = self.teller.fact("job_title", span.of) if span.kind == "job" else ()
        if title and isinstance(title[0], Quote):
            return Name(when, own=title[0].text, lang=title[0].lang)
        if title:
            return Name(when, wording.plain(title))
        if span.kind == "child":
            twins = sum(one.kind == "child" and one.start == span.start for one in self.line.spans)
            return Name(f"{when} ({twins})" if twins > 1 else when)
        short = IN_SHORT.get(span.fact if span.kind == "illness" else span.kind)
        details = DETAILS.get(span.kind, ())
        told = self.words.gettext(short) if short else ""
        if span.kind in ("school", "sfi", "study", "work", "programme"):
            told = wording.plain(self.teller.fact(details[1] if len(details) > 1 else details[0]))
        if span.kind == "sfi":
            told = f"SFI {told}".strip()
        return Name(when, told)
