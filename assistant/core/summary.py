"""The state of a case as a summary: paragraphs of sentences, what must not be missed, what is not answered.

Still no words of any language: a sentence is the place of its text in the catalogs and what fills its placeholders,
so that the same summary can be read line by line in two languages.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from assistant.core.dialog import (
    Attention,
    DeclineKind,
    Dialog,
    Field,
    Group,
    Item,
    Question,
    Repeat,
    Screen,
    SelectMultiple,
    Topic,
    choices_of,
    places,
)
from assistant.core.dialog_texts import SETTINGS_PLACEHOLDERS
from assistant.core.path import Path, Slot
from assistant.core.record import Key, State
from assistant.core.walk import offered_choices, walk

PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Filler(NamedTuple):
    """What stands in a placeholder: a value, the question that explains it (None: a calculated one), and the language
    that words of the person's own are in."""

    value: Any
    question: Field | None
    locale: str


class Sentence(NamedTuple):
    """A text of the dialog with its fillers. ``context`` and ``source`` name it in the ``dialogs`` catalog."""

    item: Item | Attention
    of: str
    context: str
    source: str
    fillers: Mapping[str, Filler]
    key: Key


class Answer(NamedTuple):
    """One question as asked and what was said to it; ``declined`` or a value (None: left blank, or never asked)."""

    question: Field | Screen
    of: str
    section: str
    filler: Filler
    declined: DeclineKind | None
    at: str
    private: bool


Paragraph: TypeAlias = tuple[Topic, tuple[Sentence, ...]]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the caseworker's page says about what the person said."""

    paragraphs: tuple[Paragraph, ...] = ()
    attention: tuple[Sentence, ...] = ()
    declined: tuple[Answer, ...] = ()
    unanswered: tuple[Answer, ...] = ()
    answers: tuple[Answer, ...] = ()
    told_by_other: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


def summarize(dialog: Dialog, state: State, today: datetime.date, path: Path | None = None) -> Summary:
    """What a case's state says, on the path of this dialog."""
    path = path or walk(dialog, state, today)
    said = tuple(answers(dialog, state, path))
    sentences = tuple(_sentences(dialog, state, path, today))
    paragraphs = tuple((topic, here) for topic in dialog.topics if (here := _paragraph(dialog, topic, sentences)))
    attention = tuple(
        Sentence(
            one, "", f"attention.{one.name}.label", one.label, _fillers(dialog, state, path, one.label), (one.name, "")
        )
        for one in sorted(dialog.attention, key=lambda one: not one.urgent)
        if path.truth(one.relevant, today)
    )
    return Summary(
        paragraphs=paragraphs,
        attention=attention,
        declined=tuple(one for one in said if one.declined and not one.private),
        unanswered=tuple(one for one in said if not one.declined and one.filler.value is None and not one.private),
        answers=said,
        told_by_other=dialog.told_by_other is not None and path.truth(dialog.told_by_other, today),
        values=path.values,
    )


def answers(dialog: Dialog, state: State, path: Path) -> Iterator[Answer]:
    """Every question on the path with what was said to it, in order; a screen declined as a whole is one answer."""
    for slot in path.slots:
        if slot.status in ("settled", "inherited", "reopened", "open") and isinstance(slot.item, Screen):
            yield from answers_on(state, path, slot, slot.item)


def answers_on(state: State, path: Path, slot: Slot, item: Screen) -> Iterator[Answer]:
    """The questions of one slot, whose screen is ``item``, with what was said to them."""
    whole = path.answers.get((item.name, slot.of))
    if not isinstance(item, Group | Repeat):
        yield _answer(state, path, item, slot)
    elif whole is not None and whole.declined:
        yield Answer(
            item, slot.of, slot.section.name, Filler(None, None, whole.locale), whole.declined, whole.at, False
        )
    elif slot.status == "open":
        yield Answer(item, slot.of, slot.section.name, Filler(None, None, ""), None, "", False)
    else:
        for one in item.items:
            if (one.name, slot.of) in path.answers:
                yield _answer(state, path, one, slot)


def _answer(state: State, path: Path, question: Screen, slot: Slot) -> Answer:
    fact = path.answers.get((question.name, slot.of))
    private = isinstance(question, Question) and question.private
    explains = question if isinstance(question, Question) else None
    if fact is None:
        return Answer(question, slot.of, slot.section.name, Filler(None, None, state.locale), None, "", private)
    filler = Filler(fact.value, explains, fact.locale)  # type: ignore[arg-type]
    return Answer(question, slot.of, slot.section.name, filler, fact.declined, fact.at, private)


def _paragraph(dialog: Dialog, topic: Topic, sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
    """The sentences of a topic: those that it puts first, then the rest in the order of the questions."""
    here = [one for one in sentences if isinstance(one.item, Item) and _topic_of(dialog, one) == topic.name]
    return tuple(sorted(here, key=lambda one: _place_in(dialog, topic, one)))


def _place_in(dialog: Dialog, topic: Topic, sentence: Sentence) -> int:
    """A field stands where its screen does, unless it has a place of its own."""
    parent = places(dialog)[sentence.item.name].parent
    names = [sentence.item.name, *([parent.name] if parent else [])]
    return next((topic.first.index(name) for name in names if name in topic.first), len(topic.first))


def _topic_of(dialog: Dialog, sentence: Sentence) -> str:
    item = sentence.item
    if isinstance(item, Attention) or item.topic:
        return "" if isinstance(item, Attention) else item.topic
    parent = places(dialog)[item.name].parent
    return parent.topic if parent else ""


def _sentences(dialog: Dialog, state: State, path: Path, today: datetime.date) -> Iterator[Sentence]:
    on_path = {slot.item.name: slot for slot in path.slots if slot.item is not None and slot.status != "maybe"}
    for section in dialog.sections:
        for item in section.items:
            if isinstance(item, Repeat):
                ids = [slot.of for slot in path.slots if slot.item is item and slot.status != "more"]
            elif isinstance(item, Screen) or item.summary:
                ids = [""] if item.name in on_path or item.name in path.values else []
            else:
                ids = []
            for of in ids:
                yield from _sentences_of(dialog, state, path, today, item, of)


def _sentences_of(
    dialog: Dialog, state: State, path: Path, today: datetime.date, item: Item, of: str
) -> Iterator[Sentence]:
    parts: tuple[Item, ...] = (item, *item.items) if isinstance(item, Group | Repeat) else (item,)
    for one in parts:
        if one.summary:
            sentence = _sentence(dialog, state, path, one, of, "summary", one.summary)
            if sentence is not None:
                yield sentence
        if isinstance(one, SelectMultiple) and one.missing and (one.name, of) in path.answers:
            picked = path.answers[one.name, of].value
            if isinstance(picked, tuple):
                offered = offered_choices(dialog, one, (path.values, path.declined), today)
                left = tuple(choice.name for choice in offered if choice.name not in picked and not choice.exclusive)
                if left:
                    filler = {one.name: Filler(left, one, state.locale)}
                    yield Sentence(one, of, f"{one.name}.missing", one.missing, filler, (one.name, of))


def _sentence(dialog: Dialog, state: State, path: Path, item: Item, of: str, kind: str, source: str) -> Sentence | None:
    """None when the sentence has placeholders and none of their facts is known."""
    fillers = _fillers(dialog, state, path, source, of, item)
    facts = set(PLACEHOLDER.findall(source)) - SETTINGS_PLACEHOLDERS - {"each"}
    if facts and not facts & set(fillers):
        return None
    return Sentence(item, of, f"{item.name}.{kind}", source, fillers, (item.name, of))


def reply_sentence(dialog: Dialog, state: State, path: Path, item: Screen, of: str) -> Sentence | None:
    """What the assistant answers back to this screen; None if it has nothing to say."""
    return _sentence(dialog, state, path, item, of, "reply", item.reply) if item.reply else None


def fillers_for(
    dialog: Dialog, state: State, path: Path, source: str, of: str = "", item: Item | None = None
) -> Mapping[str, Filler]:
    """What is known of the placeholders of a text: facts by name, ``each`` inside a repeat for each choice."""
    return _fillers(dialog, state, path, source, of, item)


def _fillers(
    dialog: Dialog, state: State, path: Path, source: str, of: str = "", item: Item | None = None
) -> dict[str, Filler]:
    found: dict[str, Filler] = {}
    known = places(dialog)
    for name in PLACEHOLDER.findall(source):
        if name == "each":
            found.update(_each(dialog, state, of, item))
            continue
        place = known.get(name)
        question = place.item if place is not None and isinstance(place.item, Question) else None
        fact = path.answers.get((name, of)) or path.answers.get((name, ""))
        if fact is not None and question is not None:
            value = public_value(dialog, question, path.values.get(name, fact.value) if not of else fact.value)
            if fact.declined is None and value not in (None, ()):
                found[name] = Filler(value, question, fact.locale)
        elif question is None and name in path.values:
            found[name] = Filler(path.values[name], None, state.locale)
    return found


def _each(dialog: Dialog, state: State, of: str, item: Item | None) -> Iterator[tuple[str, Filler]]:
    parent = places(dialog)[item.name].parent if item is not None else None
    repeat = item if isinstance(item, Repeat) else parent
    if isinstance(repeat, Repeat) and repeat.for_each:
        driver = places(dialog)[repeat.for_each].item
        if isinstance(driver, SelectMultiple):
            yield "each", Filler((of,), driver, state.locale)


def public_value(dialog: Dialog, question: Question, value: Any) -> Any:
    """The value without choices that are for the office's eyes only: those have lines of attention of their own."""
    if question.private:
        return None
    if isinstance(question, SelectMultiple) and isinstance(value, tuple):
        known = choices_of(dialog, question)
        return tuple(name for name in value if name in known and not known[name].private)
    return value
