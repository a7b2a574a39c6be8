"""Where every line of the summary comes from: each question as it was asked, what was answered, when and by whom.

The question and the answer stand in the language of the talk and beside it in the office's. A person's own words stand
once, as they were written. An answer that was sent before and is another now stands under the one that is valid now:
nothing is overwritten, and nothing is said about which of the two is right (SoL 14 kap. 6 §).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

import msgspec

from assistant import wording
from assistant.bidi import Direction
from assistant.core.dialog import (
    Dialog,
    Group,
    Integer,
    Item,
    Question,
    Repeat,
    Screen,
    Section,
    SelectMultiple,
    SelectOne,
    Text,
    choices_of,
    places,
)
from assistant.core.path import Path
from assistant.core.record import Fact, Key, Line, State, fold
from assistant.core.sources import Given, sent_answers
from assistant.core.summary import Answer, Filler, answers_on
from assistant.core.walk import screens_on
from assistant.desk import CaseDetail
from assistant.settings import Settings
from assistant.summary_news import News, news
from assistant.summary_page import Told, told
from assistant.texts import Words
from assistant.wording import Segment

WHO: Final = "answering_for"
"""The fact that tells who answers."""

WordsIn = Callable[[str], Words]


class Both(msgspec.Struct, frozen=True, kw_only=True):
    """Words as the person met or said them, in ``lang`` (an HTML ``lang``) and ``dir``; and ``ours`` for the office,
    nothing where it reads the same language, or the words are the person's own."""

    theirs: tuple[Segment, ...]
    ours: tuple[Segment, ...]
    lang: str
    dir: Direction


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that was sent before: what (and to which field, if the answer now is to the whole screen), when it was
    given, and when it was changed. ``hidden`` as in a reply."""

    field: str
    answer: Both
    hidden: Both | None
    at: str
    changed: str


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. ``anchor`` is its place on the page; ``field`` the question within its screen, None if that is the
    screen's own. ``hidden`` are the choices for the office's eyes only; of a ``private`` answer everything is. ``at``
    is its moment on Swedish clocks, ``confirmed`` when it was said to be true still (or empty), ``by`` who said it."""

    anchor: str
    field: Both | None
    answer: Both
    hidden: Both | None
    private: bool
    at: str
    by: str
    confirmed: str
    new: bool
    earlier: tuple[Earlier, ...]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A screen as it was asked, with its answers. ``anchor`` is its place where the answers have places of their own;
    ``at`` and ``by`` stand here if they are the same for all of them."""

    anchor: str
    question: Both
    replies: tuple[Reply, ...]
    at: str
    by: str
    private: bool
    earlier: tuple[Earlier, ...]


class AskedSection(msgspec.Struct, frozen=True, kw_only=True):
    """The screens of one section of a dialog."""

    label: str
    screens: tuple[Asked, ...]


class ApprovedTalk(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation whose questions are no longer in the program, or of another dialog than the last one: the lines
    that the person approved at ``at``, each with its place on the page, in the language ``lang``."""

    at: str
    lang: str
    dir: Direction
    lines: tuple[tuple[str, Line], ...]


class SourcesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the office got of a case, as it was asked and answered. ``two``: in more than our language."""

    reference: str
    name: str
    two: bool
    messages: tuple[Told, ...]
    sections: tuple[AskedSection, ...]
    talks: tuple[ApprovedTalk, ...]


def anchor(key: Key) -> str:
    """Where an answer stands on the page: a name that can follow ``#``."""
    return "-".join(("a", *filter(None, key)))


def sources_page(
    detail: CaseDetail,
    ours: Words,
    words_in: WordsIn,
    settings: Settings,
    dialogs: Iterable[Dialog],
    *,
    reader: str = "",
) -> SourcesPage:
    """The page in the language of ``ours``. ``words_in`` gives the words of the language of a talk by its tag."""
    talks = {id: fold([(id, records)]) for id, records in detail.record}
    sections: tuple[AskedSection, ...] = ()
    if detail.dialog is not None and detail.path is not None:
        builder = _Builder(detail, detail.dialog, detail.path, ours, words_in, settings, talks, news(detail, reader))
        sections = tuple(builder.sections())
    others = (one for one in talks.values() if detail.dialog is None or one.dialog != detail.dialog.dialog)
    return SourcesPage(
        reference=detail.view.reference,
        name=detail.view.name,
        two=any(words_in(one.locale).language != ours.language for one in talks.values()),
        messages=tuple(told(ours, one, dialogs) for one in detail.view.messages),
        sections=sections,
        talks=tuple(_approved(one, ours, words_in) for one in others if one.lines),
    )


def _approved(talk: State, ours: Words, words_in: WordsIn) -> ApprovedTalk:
    language = words_in(talk.locale).language
    return ApprovedTalk(
        at=ours.numeric_datetime(talk.submitted_at),
        lang=language.html,
        dir=language.direction,
        lines=tuple((anchor((one.item, one.of)), one) for one in talk.lines),
    )


class _Builder:
    def __init__(
        self,
        detail: CaseDetail,
        dialog: Dialog,
        path: Path,
        ours: Words,
        words_in: WordsIn,
        settings: Settings,
        talks: Mapping[str, State],
        seen: News,
    ) -> None:
        self.state, self.dialog, self.path, self.machine = detail.state, dialog, path, detail.machine
        self.ours, self.words_in, self.settings = ours, words_in, settings.shown()
        self.talks, self.seen, self.given = talks, seen, sent_answers(detail.record)
        self.approved = {(id, line.item, line.of): line for id, talk in talks.items() for line in talk.lines}

    def sections(self) -> Iterator[AskedSection]:
        found: dict[str, tuple[Section, list[Asked]]] = {}
        for slot in screens_on(self.path):
            if isinstance(slot.item, Screen):
                replies = tuple(answers_on(self.state, self.path, slot, slot.item))
                if replies:
                    asked = self.asked(slot.item, slot.of, replies)
                    found.setdefault(slot.section.name, (slot.section, []))[1].append(asked)
        for section, screens in found.values():
            yield AskedSection(label=wording.label(self.ours, self.dialog, section), screens=tuple(screens))

    def asked(self, screen: Screen, of: str, answers: tuple[Answer, ...]) -> Asked:
        replies = tuple(self.reply(screen, one) for one in answers)
        alike = len({(one.at, one.by) for one in replies}) == 1
        whole = answers[0].question is screen
        return Asked(
            anchor="" if whole else anchor((screen.name, of)),
            question=self.question(screen, of, self.path.answers.get((screen.name, of)) or self.fact(answers[0])),
            replies=replies,
            at=replies[0].at if alike else "",
            by=replies[0].by if alike else "",
            private=all(one.private for one in replies),
            earlier=() if whole else tuple(self.earlier(screen, of)),
        )

    def reply(self, screen: Screen, answer: Answer) -> Reply:
        key = (answer.question.name, answer.of)
        fact = self.fact(answer)
        moment = self.ours.numeric_datetime
        line = self.line(fact, key)
        said = self.said(answer.question, fact)
        if line is not None and fact is not None and self.talks[fact.conversation].version != self.dialog.version:
            # The choices may have had other words then.
            said = (self.both(fact, lambda words: (line.swedish if words is self.ours else line.answer,)), None)
        return Reply(
            anchor=anchor(key),
            field=None if answer.question is screen else self.question(answer.question, answer.of, fact),
            answer=said[0],
            hidden=said[1],
            private=answer.private,
            at=moment(fact.at) if fact is not None else "",
            by=self.by(fact) if fact is not None else "",
            confirmed=moment(fact.confirmed) if fact is not None and fact.confirmed else "",
            new=self.seen.are_in([key]),
            earlier=tuple(self.earlier(answer.question, answer.of)),
        )

    def fact(self, answer: Answer) -> Fact | None:
        return self.path.answers.get((answer.question.name, answer.of))

    def line(self, fact: Fact | None, key: Key) -> Line | None:
        """The line in which the person approved this answer, if it was in the language in which they were asked."""
        if fact is None or fact.conversation not in self.talks:
            return None
        same = self.talks[fact.conversation].locale == fact.locale
        return self.approved.get((fact.conversation, *key)) if same else None

    def question(self, item: Screen, of: str, fact: Fact | None) -> Both:
        line = self.line(fact, (item.name, of))

        def words_for(words: Words) -> tuple[Segment, ...]:
            if line is not None and words is not self.ours:
                return (line.question,)
            return (wording.text(words, self.dialog, self.state, self.path, item, "label", of, self.settings),)

        return self.both(fact, words_for)

    def both(self, fact: Fact | None, say: Callable[[Words], tuple[Segment, ...]]) -> Both:
        """The same in the language in which the person was asked, and in ours."""
        theirs = self.words_in(fact.locale if fact is not None else self.state.locale)
        alike = theirs.language == self.ours.language
        said = say(self.ours if alike else theirs)
        return Both(
            theirs=said,
            ours=() if alike else say(self.ours),
            lang=theirs.language.html,
            dir=theirs.language.direction,
        )

    # -- what was said -------------------------------------------------------------------------------------------------

    def said(self, question: Item, fact: Fact | None) -> tuple[Both, Both | None]:
        """The answer, and those of its choices that are for the office's eyes only."""
        if fact is None or (fact.declined is None and (fact.value in (None, ()) or fact.value is True)):
            return self.both(fact, lambda words: (wording.NOTHING,)), None
        declined = fact.declined
        if declined is not None:
            return self.both(fact, lambda words: (wording.decline_words(words, declined),)), None
        private = self.private_choices(question)
        values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
        shown = tuple(one for one in values if one not in private)
        hidden = tuple(one for one in values if one in private)
        public = self.value(question, fact, shown) if shown else self.both(fact, lambda words: (wording.NOTHING,))
        return public, self.value(question, fact, hidden) if hidden else None

    def private_choices(self, question: Item) -> frozenset[str]:
        if not isinstance(question, SelectOne | SelectMultiple):
            return frozenset()
        return frozenset(name for name, choice in choices_of(self.dialog, question).items() if choice.private)

    def value(self, question: Item, fact: Fact, value: Any) -> Both:
        filler = Filler(value, question if isinstance(question, Question) else None, fact.locale)  # type: ignore[arg-type]

        def say(words: Words) -> tuple[Segment, ...]:
            said = wording.value_words(words, self.dialog, filler, for_summary=False)
            if isinstance(question, Integer) and question.unit:
                return (*said, f" {wording.label(words, self.dialog, question, 'unit')}")
            return said

        found = self.both(fact, say)
        if not isinstance(question, Text) or wording.known_word(self.ours, question, str(fact.value)):
            return found
        return msgspec.structs.replace(found, theirs=wording.with_machine(say(self.ours), self.machine), ours=())

    # -- what was said before ------------------------------------------------------------------------------------------

    def earlier(self, item: Screen, of: str) -> Iterator[Earlier]:
        """What was sent in answer to the same question before, the latest first."""
        given = self.given.get((item.name, of), ())
        yield from self.told_earlier(item, given, "")
        if not isinstance(item, Group | Repeat) or not given or given[-1].fact.declined is None:
            return
        for field in item.items:
            # The screen was declined as a whole after its fields had been answered.
            told_before = self.given.get((field.name, of), ())
            if told_before:
                label = wording.text(self.ours, self.dialog, self.state, self.path, field, "label", of, self.settings)
                yield from self.told_earlier(field, (*told_before, given[-1]), label)

    def told_earlier(self, item: Screen, given: tuple[Given, ...], field: str) -> Iterator[Earlier]:
        for before, after in reversed(tuple(pairwise(given))):
            if isinstance(item, Group | Repeat) and before.fact.declined is None:
                continue  # Its fields tell.
            answer, hidden = self.said(item, before.fact)
            yield Earlier(
                field=field,
                answer=answer,
                hidden=hidden,
                at=self.ours.numeric_datetime(before.fact.at),
                changed=self.ours.numeric_datetime(after.fact.at),
            )

    def by(self, fact: Fact) -> str:
        """Who said it: somebody of the office, or whoever answered in that conversation."""
        if fact.actor == "office":
            return self.ours.gettext("the office")
        talk = self.talks.get(fact.conversation)
        who = (talk and talk.facts.get((WHO, ""))) or self.state.facts.get((WHO, ""))
        place = places(self.dialog).get(WHO)
        if who is None or not isinstance(who.value, str) or place is None or not isinstance(place.item, SelectOne):
            return self.ours.gettext("the person")
        return wording.choice_summary(self.ours, self.dialog, place.item, who.value)
