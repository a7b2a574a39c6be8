"""Proofs about texts: they can be translated, their placeholders will be filled, and they tell nothing private."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from assistant.authoring.condition_checks import why_unknown
from assistant.authoring.problems import ModelPath, Report, shown
from assistant.authoring.scopes import Names, Scopes, Spot, joined, type_of
from assistant.core.dialog import Calculate, Dialog, Group, Question, Repeat, Section
from assistant.core.dialog_texts import EACH, SETTINGS_PLACEHOLDERS, TEXT_FIELDS, walk_texts
from assistant.core.expressions import Type

WITH_OPTIONAL_PARTS: Final = frozenset({"summary", "missing", "reply"})
"""The fields in which a part in square brackets is left out when a fact in it is not known."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_MARKUP: Final = re.compile(r"<[A-Za-z/!?]|&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);")
# Zero width, soft hyphen, and what turns the direction of writing.
_HIDDEN: Final = frozenset(
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_HIDDEN_KINDS: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


class Hole(NamedTuple):
    """A placeholder of a text: ``{name}``, at this offset."""

    name: str
    offset: int


class Fault(NamedTuple):
    """What is wrong with the form of a text, at this offset."""

    offset: int
    message: str
    remedy: str


def holes_of(text: str) -> list[Hole]:
    """The placeholders of a text, in order."""
    return [Hole(found[1], found.start()) for found in re.finditer(r"\{([a-z][a-z0-9_]*)\}", text)]


def faults_of(text: str, *, optional_parts: bool) -> Iterator[Fault]:
    """What is wrong with braces and square brackets in a text."""
    opened: list[tuple[str, int]] = []
    for offset, sign in enumerate(text):
        if sign in "[]" and not optional_parts:
            remedy = "delete it: only summary, missing and reply have optional parts"
            yield Fault(offset, f"a square bracket ({sign}) has no meaning here", remedy)
            return
        if sign in "[{":
            if opened and (sign == "[" or opened[-1][0] == "{"):
                yield Fault(offset, f"a {sign} inside {opened[-1][0]}", f"close the {opened[-1][0]} before it")
                return
            opened.append((sign, offset))
        elif sign in "]}":
            opening = "[" if sign == "]" else "{"
            if not opened or opened[-1][0] != opening:
                yield Fault(offset, f"a {sign} without its {opening}", f"write the {opening}, or delete the {sign}")
                return
            yield from _closed(text, opened.pop()[1], offset)
    for sign, offset in opened[:1]:
        yield Fault(offset, f"a {sign} that is never closed", "close it, or delete it")


def _closed(text: str, start: int, end: int) -> Iterator[Fault]:
    inside = text[start + 1 : end]
    if text[start] == "{":
        if not _NAME.fullmatch(inside):
            yield Fault(start, f"{{{shown(inside)}}} is no placeholder", "write the name of a fact alone: {name}")
    elif all(hole.name in SETTINGS_PLACEHOLDERS or hole.name == EACH for hole in holes_of(inside)):
        remedy = "put the placeholder of the fact it depends on into it, or delete the brackets"
        yield Fault(start, "a part in [ ] without a fact in it", remedy)


def check_forms(dialog: Dialog, report: Report) -> None:
    """Every text by itself: what translators and pages could not carry, and brackets that do not match."""
    for path, _, text in walk_texts(dialog):
        check_form(path, text, report)


def check_form(path: ModelPath, text: str, report: Report) -> None:
    """One text by itself. An empty one is only wrong where its key was written."""
    if not text:
        if path in report.marks:
            report(path, f"{path[-1]} is empty", "write a text, or delete the key")
        return
    if text != text.strip():
        offset = 0 if text[0].isspace() else len(text) - 1
        report(path, f"{path[-1]} begins or ends with a space or line break", "delete it", offset)
    elif "\n" in text:
        remedy = "make two texts of it, or write >- instead of |"
        report(path, f"{path[-1]} has a line break", remedy, text.index("\n"))
    for offset, sign in enumerate(text):
        if sign != "\n" and (sign in _HIDDEN or unicodedata.category(sign) in _HIDDEN_KINDS):
            message = f"{path[-1]} has a character that cannot be seen (U+{ord(sign):04X})"
            report(path, message, "delete it and type the place anew", offset)
            break
    if found := _MARKUP.search(text):
        report(path, f"{path[-1]} has markup ({found[0]})", "write plain words", found.start())
    for fault in faults_of(text, optional_parts=path[-1] in WITH_OPTIONAL_PARTS):
        report(path, fault.message, fault.remedy, fault.offset)


class PlaceholderChecks:
    """Checks that every placeholder is filled by a fact that is known where the text is shown, and may be shown."""

    def __init__(self, dialog: Dialog, names: Names, scopes: Scopes, report: Report) -> None:
        self.dialog, self.names, self.scopes, self.report = dialog, names, scopes, report

    def spot(self, spot: Spot) -> None:
        """The texts of one section, item or field and of its choices."""
        own = {} if isinstance(spot.part, Section) else self.own_facts(spot)
        around = spot.parent if spot.parent is not None else spot.part
        extra = {EACH} if isinstance(around, Repeat) and around.for_each else frozenset[str]()
        answered = joined(own, spot.known)
        for field in TEXT_FIELDS:
            text, place = getattr(spot.part, field, ""), (*spot.path, field)
            if field in WITH_OPTIONAL_PARTS:
                self.text(place, text, answered, extra)
            else:
                # The fields of a screen stand on one page: none of them is known while it is drawn.
                self.text(place, text, spot.known, extra, not_yet=own)
        for index, choice in enumerate(getattr(spot.part, "choices", ())):
            for field in ("label", "summary"):
                place = (*spot.path, "choices", index, field)
                self.text(place, getattr(choice, field), spot.known, extra, not_yet=own)

    def own_facts(self, spot: Spot) -> Mapping[str, Type]:
        """What is known of an item itself, and of the screen it stands on, once it is answered."""
        screen = spot.parent or spot.part
        match screen:
            case Group() | Repeat():
                return {field.name: type_of(self.dialog, field) for field in screen.items}
            case Calculate():
                return {screen.name: Type(kind="text")}
            case Question():
                return {screen.name: type_of(self.dialog, screen)}
        return {}

    def end(self) -> None:
        """The texts outside the sections."""
        self.text(("title",), self.dialog.title, {}, ())
        for index, topic in enumerate(self.dialog.topics):
            self.text(("topics", index, "label"), topic.label, {}, ())
        for name, choices in self.dialog.choice_lists.items():
            for index, choice in enumerate(choices):
                for field in ("label", "summary"):
                    self.text(("choice_lists", name, index, field), getattr(choice, field), {}, ())
        for index, line in enumerate(self.dialog.attention):
            path: ModelPath = ("attention", index, "label")
            self.text(path, line.label, self.scopes.known, (), private_too=line.private)

    def text(
        self,
        path: ModelPath,
        text: str,
        known: Mapping[str, Type],
        extra: Collection[str],
        *,
        not_yet: Collection[str] = (),
        private_too: bool = False,
    ) -> None:
        """The placeholders of one text, which is shown where ``known`` is known, except what is ``not_yet``."""
        for name, offset in holes_of(text):
            if name in SETTINGS_PLACEHOLDERS or name in extra or name in self.scopes.doubtful:
                continue
            if name in self.names.private and not private_too:
                remedy = "leave it out: only an attention line with private: true may tell it"
                self.report(path, f"{name} is private and must not be shown", remedy, offset)
            elif name == EACH:
                remedy = "use it in the texts of a repeat with for_each"
                self.report(path, "{each} stands outside a repeat with for_each", remedy, offset)
            elif name not in known or name in not_yet:
                message, remedy = why_unknown(name, known, self.names)
                if name in self.names.facts and path[0] in ("title", "topics", "choice_lists"):
                    message, remedy = f"{name} cannot be known here", "write a text without facts"
                elif name in self.names.facts and name not in self.names.gate:
                    message = f"{name} is not answered yet where this text is shown"
                self.report(path, message, remedy, offset)
            elif known[name].kind == "list":
                remedy = "use it in the texts of its repeat"
                self.report(path, f"{name} has many values here", remedy, offset)
