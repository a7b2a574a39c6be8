"""The twin record: the page before the first visit in the office's language and, line by line, in the person's own.

It lies on the table between the two, and an interpreter reads from it. So nothing stands on it that only the office is
to see: no line of attention, no private wish, no hint. It may take two sheets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Final

import msgspec

from assistant import wording
from assistant.bidi import Direction
from assistant.core.dialog import Dialog, Topic
from assistant.core.summary import Sentence
from assistant.desk import CaseDetail
from assistant.settings import Settings
from assistant.summary_open import OpenKind, OpenQuestion, open_questions, told_once
from assistant.summary_page import BOOKING
from assistant.texts import N_, Words
from assistant.wording import Segment

_KIND: Final = N_("The person's own statements, not assessed. Nothing is decided here.")
_TOLD_BY_OTHER: Final = N_("Told by another person")
_OPEN: Final = N_("Without an answer")
_BLANK: Final = N_("Not answered yet")
_APPROVED: Final = N_("Approved {moment}")


class TwinLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line in the office's language and in the person's (empty where that is the same language)."""

    ours: tuple[Segment, ...]
    theirs: tuple[Segment, ...]


class TwinParagraph(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph with its heading in both languages; ``number`` 0 is what stands before the numbered ones."""

    number: int
    topic: str
    label: TwinLine
    lines: tuple[TwinLine, ...]


class TwinPage(msgspec.Struct, frozen=True, kw_only=True):
    """The whole record. ``lang`` (an HTML ``lang``) and ``dir`` are those of the person's language, ``language`` is its
    name in itself and ``our_language`` that of the office's. ``alike``: both are the same, so there is one column."""

    reference: str
    name: str
    lang: str
    dir: Direction
    language: str
    our_language: str
    alike: bool
    head: tuple[TwinLine, ...] = ()
    paragraphs: tuple[TwinParagraph, ...] = ()


def twin_page(detail: CaseDetail, ours: Words, words_in: Callable[[str], Words], settings: Settings) -> TwinPage:
    """The record of a case in the language of ``ours`` and that of the talk that was sent last. ``words_in`` gives the
    words of a language by its tag. Without anything sent it has no lines."""
    theirs = words_in(detail.state.locale) if detail.state.submitted_at else ours
    alike = theirs.language == ours.language
    page = TwinPage(
        reference=detail.view.reference,
        name=detail.view.name,
        lang=theirs.language.html,
        dir=theirs.language.direction,
        language=theirs.language.autonym,
        our_language=ours.language.autonym,
        alike=alike,
    )
    if not detail.state.submitted_at:
        return page
    record = _Record(detail, ours, ours if alike else theirs, settings)
    return msgspec.structs.replace(page, head=tuple(record.head()), paragraphs=tuple(record.paragraphs()))


class _Record:
    def __init__(self, detail: CaseDetail, ours: Words, theirs: Words, settings: Settings) -> None:
        self.detail, self.ours, self.theirs, self.settings = detail, ours, theirs, settings.shown()

    def line(self, say: Callable[[Words], tuple[Segment, ...]]) -> TwinLine:
        return TwinLine(ours=say(self.ours), theirs=() if self.theirs is self.ours else say(self.theirs))

    def text(self, say: Callable[[Words], str]) -> TwinLine:
        return self.line(lambda words: (say(words),))

    def head(self) -> Iterator[TwinLine]:
        detail = self.detail
        moment = detail.state.submitted_at
        if detail.dialog is not None:
            yield self.text(partial(_title, detail.dialog))
        yield self.text(lambda words: words.gettext(_KIND))
        yield self.text(lambda words: words.gettext(_APPROVED, moment=words.numeric_datetime(moment)))
        if detail.summary is not None and detail.summary.told_by_other:
            yield self.text(lambda words: words.gettext(_TOLD_BY_OTHER))

    def paragraphs(self) -> Iterator[TwinParagraph]:
        dialog, summary = self.detail.dialog, self.detail.summary
        if dialog is None or summary is None:
            yield from self.approved()
            return
        number = 0
        for topic, sentences in summary.paragraphs:
            lines = tuple(self.sentences(dialog, sentences))
            if lines:
                number += topic.name != BOOKING
                yield TwinParagraph(
                    number=number if topic.name != BOOKING else 0,
                    topic=topic.name,
                    label=self.text(partial(_label, dialog, topic)),
                    lines=lines,
                )
        lines = tuple(self.open())
        if lines:
            label = self.text(lambda words: words.gettext(_OPEN))
            yield TwinParagraph(number=0, topic="", label=label, lines=lines)

    def sentences(self, dialog: Dialog, sentences: Iterable[Sentence]) -> Iterator[TwinLine]:
        for one in sentences:
            if not getattr(one.item, "private", False):
                line = self.line(partial(_sentence, dialog, one, self.settings))
                if line.ours:
                    # Beside ours alone: the person has written it themselves.
                    ours = wording.with_machine(line.ours, self.detail.machine)
                    yield msgspec.structs.replace(line, ours=ours)

    def open(self) -> Iterator[TwinLine]:
        """The questions without an answer, behind what was said instead."""
        for kind, questions in open_questions(self.detail).items():
            for one in told_once(questions, self.ours, self.detail, self.settings).values():
                yield self.text(partial(self.without_answer, kind, one))

    def without_answer(self, kind: OpenKind, question: OpenQuestion, words: Words) -> str:
        why = words.gettext(_BLANK) if kind == "blank" else wording.decline_words(words, kind, record=True)
        return f"{why}: {question.words(words, self.detail, self.settings)}"

    def approved(self) -> Iterator[TwinParagraph]:
        """What the person approved, where the questions are no longer in the program: they are not known in ours."""
        for section, lines in groupby(self.detail.state.lines, key=lambda one: one.section):
            alike = self.theirs is self.ours
            said = (
                TwinLine(ours=(f"{one.question} {one.answer}",), theirs=())
                if alike
                else TwinLine(ours=(one.swedish or one.answer,), theirs=(f"{one.question} {one.answer}",))
                for one in lines
            )
            label = TwinLine(ours=(section,), theirs=() if alike else (section,))
            yield TwinParagraph(number=0, topic="", label=label, lines=tuple(said))


def _title(dialog: Dialog, words: Words) -> str:
    return wording.label(words, dialog, dialog, "title")


def _label(dialog: Dialog, topic: Topic, words: Words) -> str:
    return wording.label(words, dialog, topic)


def _sentence(dialog: Dialog, sentence: Sentence, settings: Mapping[str, str], words: Words) -> tuple[Segment, ...]:
    return wording.sentence(words, dialog, sentence, settings)
