"""Reading an entitlement file, and what is proved about it: its rules read facts of their dialog, say so, are dated,
and promise nothing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from assistant.authoring.condition_checks import ConditionChecks
from assistant.authoring.converting import Converter
from assistant.authoring.loading import name_of, open_source
from assistant.authoring.problems import Marks, ModelPath, Problem, Report, in_order, shown
from assistant.authoring.scopes import Scopes, names_of
from assistant.authoring.structure_checks import NAME, check_edition
from assistant.authoring.text_checks import check_form, holes_of
from assistant.authoring.yaml_nodes import Source, read
from assistant.core.dialog import Dialog, SelectMultiple, SelectOne, choices_of, places
from assistant.core.expression_syntax import did_you_mean
from assistant.core.expressions import Expression, Type
from assistant.core.hints import Dated, Obstacle, Rule, Rulebook

FILE: Final = "entitlements.yaml"
"""The name of an entitlement file; it stands beside the dialogs."""

RULEBOOK: Final = msgspec.inspect.type_info(Rulebook)
_AMOUNT: Final = re.compile(r"\d[\d\s.,]*(?:kr|kronor|SEK|€|EUR)\b", re.IGNORECASE)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WORDS_OF: Final = {Rule: ("benefit", "agency", "text", "law"), Obstacle: ("label",)}


class Reading(NamedTuple):
    """A rulebook as far as it could be read, where its values stand, and what was wrong on the way."""

    rulebook: Rulebook | None
    marks: Marks
    problems: list[Problem]


def is_rulebook(content: bytes) -> bool:
    """Whether a file means to be an entitlement file: it has the key that names the dialog."""
    return any(line.startswith(b"entitlements:") for line in content.splitlines())


def load_rules(path: Path, dialogs: Mapping[str, Dialog] | None) -> tuple[Rulebook | None, list[Problem]]:
    """The rulebook in a file, or None and every problem of it by line and column. Never raises.

    ``dialogs`` are those whose facts it may read; None if they are broken: then only what needs none is checked."""
    source, problems = open_source(path, name_of(path))
    reading = _converted(source, problems)
    if reading.rulebook is None:
        return None, in_order(reading.problems)
    found = reading.problems + check_rules(reading, dialogs)
    return None if found else reading.rulebook, in_order(found)


def read_rules(content: bytes, file: str) -> Reading:
    """An entitlement file by itself; ``file`` is its name in problems."""
    return _converted(*read(content, file))


def _converted(source: Source, problems: list[Problem]) -> Reading:
    marks, told = Marks(), list(problems)
    if source.root is None:
        return Reading(None, marks, told)
    found = Converter(source, marks, told, {}).convert(source.root, RULEBOOK, ())
    return Reading(found if isinstance(found, Rulebook) else None, marks, told)


def check_rules(reading: Reading, dialogs: Mapping[str, Dialog] | None) -> list[Problem]:
    """Every problem of a rulebook that has been read."""
    if reading.rulebook is None:
        return []
    report = Report(reading.marks)
    _RuleChecks(reading.rulebook, report, whole=not reading.problems).run(dialogs)
    return report.problems


class _RuleChecks:
    """``whole``: nothing was lost in reading, so that what is missing is missing for certain."""

    def __init__(self, rulebook: Rulebook, report: Report, *, whole: bool) -> None:
        self.rulebook, self.report, self.whole = rulebook, report, whole
        self.labels = {fact.name for fact in rulebook.facts}
        self.named: set[str] = set()

    def run(self, dialogs: Mapping[str, Dialog] | None) -> None:
        rulebook = self.rulebook
        check_edition(rulebook.version, rulebook.locale, self.report)
        dialog = self.dialog(dialogs) if dialogs is not None else None
        conditions = _Conditions(dialog, self.report) if dialog is not None else None
        for kind, many in (("rules", rulebook.rules), ("obstacles", rulebook.obstacles)):
            self.names([one.name for one in many], kind)
            for index, one in enumerate(many):
                path: ModelPath = (kind, index)
                self.words(one, path)
                self.days(one, path)
                self.facts(one, path)
                if conditions is not None:
                    conditions.check(one.relevant, (*path, "relevant"))
        self.label_texts()

    def dialog(self, dialogs: Mapping[str, Dialog]) -> Dialog | None:
        name = self.rulebook.entitlements
        if name not in dialogs and ("entitlements",) not in self.report.marks.broken:
            known = ", ".join(sorted(dialogs)) or "none"
            remedy = did_you_mean(shown(name), frozenset(dialogs)) or f"name the dialog whose facts are read: {known}"
            self.report(("entitlements",), f"there is no dialog called {shown(name)}", remedy)
        return dialogs.get(name)

    def names(self, names: list[str], kind: str) -> None:
        first: dict[str, ModelPath] = {}
        for index, name in enumerate(names):
            place: ModelPath = (kind, index, "name")
            if name and not NAME.fullmatch(name):
                remedy = "begin with a small letter, then small letters, digits and _, at most 64"
                self.report(place, f"{shown(name)} cannot be a name", remedy)
            elif name and name in first:
                mark = self.report.marks.nearest(first[name])
                remedy = "give this one another name"
                self.report(place, f"{name} stands twice in {kind}, first in {mark.file}:{mark.line}", remedy)
            first.setdefault(name, place)

    def words(self, one: Dated, path: ModelPath) -> None:
        for field in _WORDS_OF[type(one)]:
            self.text((*path, field), getattr(one, field))

    def text(self, path: ModelPath, text: str) -> None:
        """A text without facts in it and without amounts: what a benefit is worth changes, and others decide it."""
        check_form(path, text, self.report)
        for hole in holes_of(text):
            remedy = "name the fact in facts: it is shown with its value"
            self.report(path, f"there is a placeholder ({{{hole.name}}})", remedy, hole.offset)
        if found := _AMOUNT.search(text):
            remedy = "leave the amount out: it changes, and the agency decides it"
            self.report(path, f"there is an amount ({shown(found[0])})", remedy, found.start())

    def days(self, one: Dated, path: ModelPath) -> None:
        days = {key: self.day((*path, key), getattr(one, key)) for key in ("valid_from", "valid_to", "checked_at")}
        begin, end = days["valid_from"], days["valid_to"]
        if begin is not None and end is not None and end < begin:
            remedy = f"write a day from {begin.isoformat()} on, or leave valid_to out"
            self.report((*path, "valid_to"), "valid_to is before valid_from", remedy)

    def day(self, path: ModelPath, text: str) -> datetime.date | None:
        if path not in self.report.marks or path in self.report.marks.broken:
            return None
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return datetime.date.fromisoformat(text)
        except ValueError:
            remedy = "write year, month and day of a day that exists, such as 2026-11-20"
            self.report(path, f"{path[-1]}: {shown(text) or 'nothing'} is no day", remedy)
            return None

    def facts(self, one: Dated, path: ModelPath) -> None:
        """The facts that are shown as reasons are those that the condition reads, and each is called something."""
        place: ModelPath = (*path, "facts")
        if not one.relevant.names:
            self.report((*path, "relevant"), "the condition reads no fact", "write what a hint depends on")
        seen: set[str] = set()
        for index, name in enumerate(one.facts):
            here: ModelPath = (*place, index)
            if name in seen:
                self.report(here, f"{name} is named twice", "delete one of them")
            elif name not in one.relevant.names:
                meant = did_you_mean(shown(name), one.relevant.names - set(one.facts))
                remedy = meant or "delete it, or use it in relevant"
                self.report(here, f"{shown(name)} is not read by the condition", remedy)
            elif name not in self.labels and name not in self.named and ("facts",) not in self.report.marks.broken:
                remedy = did_you_mean(name, frozenset(self.labels)) or "add its name and label to facts at the top"
                self.report(here, f"nobody has said what {name} is called", remedy)
            seen.add(name)
        missing = ", ".join(sorted(one.relevant.names - seen))
        if missing and place not in self.report.marks.broken:
            self.report(place, f"the condition also reads {missing}", "add it: every reason is shown")
        self.named |= one.relevant.names | seen

    def label_texts(self) -> None:
        facts = self.rulebook.facts
        first: dict[str, int] = {}
        for index, fact in enumerate(facts):
            self.text(("facts", index, "label"), fact.label)
            if fact.name in first:
                self.report(("facts", index, "name"), f"{fact.name} has two labels", "keep one of them")
            elif fact.name and self.whole and fact.name not in self.named:
                remedy = did_you_mean(shown(fact.name), frozenset(self.named - self.labels)) or "delete it"
                self.report(("facts", index, "name"), f"no rule reads {shown(fact.name)}", remedy)
            first.setdefault(fact.name, index)


class _Conditions:
    """Checks conditions over everything that a dialog can know at its end."""

    def __init__(self, dialog: Dialog, report: Report) -> None:
        self.names, self.report = names_of(dialog), report
        scopes = Scopes(dialog, set())
        for _ in scopes.spots():
            pass
        self.known = scopes.known
        self.checks = ConditionChecks(dialog, self.names, scopes, report)
        self.public = self.known | dict(_public_types(dialog, self.known))

    def check(self, condition: Expression, path: ModelPath) -> None:
        before = len(self.report.problems)
        self.checks.condition(condition, path, self.known)
        if len(self.report.problems) > before or path in self.report.marks.broken:
            return
        for name in sorted(condition.names & self.names.private):
            found = re.search(rf"\b{name}\b", condition.source)
            remedy = "use another fact: a hint and its reasons are printed and passed on"
            self.report(path, f"{name} is private", remedy, found.start() if found else 0)
        for finding in condition.check(self.public)[0]:
            remedy = "use another choice: a hint and its reasons are printed and passed on"
            self.report(path, "this choice is for the office's eyes only", remedy, finding.column)


def _public_types(dialog: Dialog, known: Mapping[str, Type]) -> list[tuple[str, Type]]:
    """The types of the questions that have private choices, without them."""
    found = []
    for name, place in places(dialog).items():
        if isinstance(place.item, SelectOne | SelectMultiple) and name in known:
            choices = choices_of(dialog, place.item).values()
            if any(choice.private for choice in choices):
                public = frozenset(choice.name for choice in choices if not choice.private)
                found.append((name, msgspec.structs.replace(known[name], choices=public)))
    return found
