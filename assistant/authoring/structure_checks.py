"""Proofs about how a dialog is put together: names, lists, limits, and keys that need each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from assistant.authoring.problems import ModelPath, Report, shown
from assistant.core.dialog import (
    ROOM_FOR_KNOWN,
    AnyItem,
    Choice,
    Date,
    Dialog,
    Field,
    Group,
    Integer,
    Question,
    Repeat,
    Screen,
    Section,
    SelectMultiple,
    SelectOne,
    Stop,
    Text,
    Topic,
    choices_of,
    places,
)
from assistant.core.dialog_texts import EACH, RESERVED_CONTEXTS, SETTINGS_PLACEHOLDERS
from assistant.core.expression_syntax import did_you_mean
from assistant.core.expressions import RESERVED

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CHOICE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LOCALE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TAKEN: Final = RESERVED | RESERVED_CONTEXTS | SETTINGS_PLACEHOLDERS | {EACH}
_COARSENESS: Final = ("day", "month", "year")


def check_structure(dialog: Dialog, report: Report) -> None:
    """Report everything that is wrong with how the dialog is put together."""
    _StructureChecks(dialog, report).run()


def check_edition(version: int, locale: str, report: Report) -> None:
    """The version of a file, and the language that it is written in."""
    if version < 1:
        report(("version",), "the version is less than 1", "begin with 1 and count up with each change")
    if not _LOCALE.fullmatch(locale):
        remedy = "write a language tag such as en, sv or fa-AF"
        report(("locale",), f"{shown(locale)} is no language tag", remedy)


class _StructureChecks:
    def __init__(self, dialog: Dialog, report: Report) -> None:
        self.dialog, self.report = dialog, report
        self.topics = frozenset(topic.name for topic in dialog.topics)
        self.seen: dict[str, ModelPath] = {}

    def run(self) -> None:
        dialog = self.dialog
        self.header()
        self.names(((topic.name, ("topics", index)) for index, topic in enumerate(dialog.topics)), "topic")
        for index, topic in enumerate(dialog.topics):
            self.topic(topic, ("topics", index))
        self.names(((line.name, ("attention", index)) for index, line in enumerate(dialog.attention)), "attention line")
        sections = [(section.name, ("sections", index)) for index, section in enumerate(dialog.sections)]
        self.names(sections, "section")
        for name, choices in dialog.choice_lists.items():
            if not choices and name not in self.report.marks.doubtful:
                remedy = "add choices, or delete the list"
                self.report(("choice_lists", name), f"the choice list {shown(name)} has no choices", remedy)
            self.choice_names(choices, ("choice_lists", name), {})
        gate_is_over = False
        for index, section in enumerate(dialog.sections):
            self.section(section, ("sections", index), gate_is_over=gate_is_over)
            gate_is_over = gate_is_over or not section.gate

    def header(self) -> None:
        dialog, report = self.dialog, self.report
        if dialog.dialog and not NAME.fullmatch(dialog.dialog):
            report(("dialog",), f"{shown(dialog.dialog)} cannot be a name", "use small letters, digits and _")
        check_edition(dialog.version, dialog.locale, report)
        if not dialog.sections:
            report(("sections",), "the dialog has no sections", "add sections, here or in parts")

    def topic(self, topic: Topic, path: ModelPath) -> None:
        """What a paragraph begins with is asked somewhere, or follows from what is."""
        known = places(self.dialog)
        for index, name in enumerate(topic.first):
            if name not in known and name not in self.report.marks.doubtful:
                remedy = did_you_mean(name, frozenset(known)) or "name an item that has a summary"
                self.report((*path, "first", index), f"there is no item called {shown(name)}", remedy)

    def section(self, section: Section, path: ModelPath, *, gate_is_over: bool) -> None:
        if not section.items:
            self.report((*path, "items"), f"the section {section.name} has no items", "add items, or delete it")
        if section.gate and gate_is_over:
            remedy = "put it before all sections without gate"
            self.report((*path, "gate"), "a gate stands behind a section that is not one", remedy)
        if section.gate and section.optional:
            remedy = "delete one of the two keys"
            self.report((*path, "optional"), "a gate cannot be optional", remedy)
        for index, item in enumerate(section.items):
            here: ModelPath = (*path, "items", index)
            self.item(item, here, section)
            if isinstance(item, Screen) and not item.why:
                remedy = "add why: one sentence about what the answer is good for"
                self.report((*here, "why"), f"{item.name} does not say why it is asked", remedy)
            if isinstance(item, Group | Repeat):
                if not item.items:
                    self.report((*here, "items"), f"{item.name} has no fields", "add items")
                for position, field in enumerate(item.items):
                    self.item(field, (*here, "items", position), section, parent=item)

    def item(self, item: AnyItem, path: ModelPath, section: Section, parent: Group | Repeat | None = None) -> None:
        self.item_name(item.name, path)
        if item.topic and item.topic not in self.topics and item.topic not in self.report.marks.doubtful:
            remedy = did_you_mean(item.topic, self.topics) or "add it to the topics of the dialog"
            self.report((*path, "topic"), f"there is no topic called {shown(item.topic)}", remedy)
        if item.summary and section.gate:
            remedy = "delete the summary"
            self.report((*path, "summary"), "answers in a gate are not kept, so nothing of them is summed up", remedy)
        elif item.summary and self.topics and not item.topic and not (parent and parent.topic):
            remedy = f"add topic: one of {', '.join(topic.name for topic in self.dialog.topics)}"
            self.report((*path, "topic"), f"the summary of {item.name} has no place without a topic", remedy)
        if isinstance(item, Screen) and item.special and not (item.sensitive or (parent and parent.sensitive)):
            message = f"{item.name} can tell of {item.special} and is not sensitive"
            self.report((*path, "special"), message, "add sensitive: true, here or to what stands around it")
        if isinstance(item, Repeat):
            self.repeat(item, path)
        if isinstance(item, Stop) and item.relevant is None:
            self.report((*path, "relevant"), f"{item.name} ends the talk for everybody", "add relevant")
        if isinstance(item, Question):
            self.question(item, path)

    def item_name(self, name: str, path: ModelPath) -> None:
        place = (*path, "name")
        if not name:
            return
        if not NAME.fullmatch(name):
            remedy = "begin with a small letter, then small letters, digits and _, at most 64"
            self.report(place, f"{shown(name)} cannot be a name", remedy)
        elif name in _TAKEN:
            self.report(place, f"{name} has another meaning in dialogs", "choose another name")
        if name in self.seen:
            first = self.report.marks.nearest(self.seen[name])
            message = f"there are two items called {name}, first in {first.file}:{first.line}"
            remedy = "give this one another name: a group never bears the name of a field"
            self.report(place, message, remedy)
        else:
            self.seen[name] = place

    def question(self, question: Field, path: ModelPath) -> None:
        if question.constraint is not None and not question.constraint_message:
            remedy = "add constraint_message: what is wrong and what to write"
            self.report((*path, "constraint_message"), f"{question.name} has a constraint without a message", remedy)
        if question.constraint_message and question.constraint is None:
            remedy = "add constraint, or delete the message"
            self.report((*path, "constraint_message"), "a message without a constraint is never shown", remedy)
        match question:
            case Text() if question.max_length < 1:
                self.report((*path, "max_length"), "max_length is less than 1", "write at least 1")
            case Text() if question.choice_list:
                self.known_words(question, path)
            case Integer() if question.min > question.max:
                place = "min" if (*path, "min") in self.report.marks else "max"
                message = f"min {question.min} is greater than max {question.max}"
                self.report((*path, place), message, "swap them, or correct one")
            case Date() if question.least and _COARSENESS.index(question.least) < _COARSENESS.index(question.precision):
                message = f"least ({question.least}) is finer than precision ({question.precision})"
                remedy = "least is the coarsest date that is taken: write the same or a coarser one"
                self.report((*path, "least"), message, remedy)
            case SelectOne() | SelectMultiple():
                self.select(question, path)

    def known_words(self, question: Text, path: ModelPath) -> None:
        if question.multiline:
            message = f"{question.name} has a list of known words and several lines"
            self.report((*path, "multiline"), message, "delete multiline: one word is known, a story is not")
        if question.max_length < ROOM_FOR_KNOWN:
            message = f"max_length {question.max_length} has no room for what is stored of a known word"
            self.report((*path, "max_length"), message, f"write at least {ROOM_FOR_KNOWN}")

    def select(self, question: SelectOne | SelectMultiple, path: ModelPath) -> None:
        lists, marks = self.dialog.choice_lists, self.report.marks
        name = question.choice_list
        if name and name not in lists and name not in marks.doubtful:
            remedy = did_you_mean(name, frozenset(lists)) or f"there are {', '.join(sorted(lists)) or 'none'}"
            self.report((*path, "choice_list"), f"there is no choice list called {shown(name)}", remedy)
        listed = {choice.name for choice in lists.get(name, ())}
        if question.first and not name:
            remedy = "add choice_list, or put the choices in the order you want"
            self.report((*path, "first"), "first is for questions with a choice_list", remedy)
        if listed and name not in marks.doubtful:
            for index, ahead in enumerate(question.first):
                if ahead not in listed:
                    remedy = did_you_mean(ahead, frozenset(listed)) or "delete it"
                    self.report((*path, "first", index), f"{name} has no choice {shown(ahead)}", remedy)
        self.choice_names(question.choices, (*path, "choices"), dict.fromkeys(listed, f"in the list {name}"))
        choices = choices_of(self.dialog, question)
        if not choices and not name:
            self.report((*path, "choices"), f"{question.name} has no choices", "add choices or a choice_list")
        if len(choices) == 1 and next(iter(choices.values())).exclusive and question.choices:
            remedy = "add other choices, or delete exclusive"
            self.report((*path, "choices", 0, "exclusive"), "an exclusive choice that is the only one", remedy)
        if isinstance(question, SelectMultiple) and question.max is not None and question.max < 1:
            self.report((*path, "max"), "max is less than 1", "write at least 1, or leave it out")

    def repeat(self, repeat: Repeat, path: ModelPath) -> None:
        drivers = [key for key in ("more", "count", "for_each") if getattr(repeat, key)]
        if not drivers and not any((*path, key) in self.report.marks for key in ("more", "count", "for_each")):
            remedy = "add one of more, count, for_each"
            self.report(path, f"{repeat.name} does not say how often it is asked", remedy)
        for key in drivers[1:]:
            self.report((*path, key), f"{repeat.name} has both {drivers[0]} and {key}", "keep one of them")
        if repeat.max < 1:
            self.report((*path, "max"), "max is less than 1", "write at least 1")
        counted = places(self.dialog).get(repeat.count)
        if counted is not None and isinstance(counted.item, Integer) and counted.item.max > repeat.max:
            message = f"{repeat.count} may be {counted.item.max}, but at most {repeat.max} are asked about"
            remedy = f"write max: {counted.item.max} here, or a smaller max there"
            self.report((*path, "max"), message, remedy)

    def choice_names(self, choices: Iterable[Choice], path: ModelPath, taken: Mapping[str, str]) -> None:
        seen = dict(taken)
        for index, choice in enumerate(choices):
            place = (*path, index, "name")
            if choice.name and not _CHOICE_NAME.fullmatch(choice.name):
                remedy = "use letters, digits, _ and -, at most 64"
                self.report(place, f"{shown(choice.name)} cannot be the name of a choice", remedy)
            if choice.name and choice.name in seen:
                message = f"there are two choices called {choice.name}, the other {seen[choice.name]}"
                self.report(place, message, "give this one another name, or delete one")
            seen.setdefault(choice.name, f"on line {self.report.marks.nearest(place).line}")

    def names(self, names: Iterable[tuple[str, ModelPath]], what: str) -> None:
        """Names that only need to be told apart from each other."""
        seen: set[str] = set()
        for name, path in names:
            place = (*path, "name")
            if name and not NAME.fullmatch(name):
                self.report(place, f"{shown(name)} cannot be a name", "use small letters, digits and _")
            if name and name in seen:
                self.report(place, f"there are two of the kind {what} called {name}", "give this one another name")
            seen.add(name)
