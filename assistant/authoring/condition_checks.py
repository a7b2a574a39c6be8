"""Proofs about conditions: they read facts that are known where they stand, compare what can be compared, and are
true or false."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Final

from assistant.authoring.problems import ModelPath, Report
from assistant.authoring.scopes import Names, Scopes, Spot, joined, type_of
from assistant.core.dialog import (
    AnyItem,
    Calculate,
    Dialog,
    Field,
    Item,
    Question,
    Repeat,
    Section,
    SelectMultiple,
    SelectOne,
)
from assistant.core.expression_syntax import did_you_mean
from assistant.core.expressions import Expression, Type

_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_SOME_DAY: Final = datetime.date(2000, 1, 1)


class ConditionChecks:
    """Checks every expression of a dialog, spot by spot, and what stands outside the sections at the end."""

    def __init__(self, dialog: Dialog, names: Names, scopes: Scopes, report: Report) -> None:
        self.dialog, self.names, self.scopes, self.report = dialog, names, scopes, report
        self.kept = names.facts - names.gate
        self.part: AnyItem | Section | None = None

    def spot(self, spot: Spot) -> None:
        """The conditions of one section, item or field."""
        part, path, known = spot.part, spot.path, spot.known
        self.part = part
        self.condition(part.relevant, (*path, "relevant"), known)
        if isinstance(part, Section):
            return
        self.later(getattr(part, "later", None), (*path, "later"))
        if isinstance(part, Calculate):
            self.expression(part.value, (*path, "value"), known)
        if isinstance(part, Repeat):
            self.driver(part, path, known)
        if isinstance(part, Question):
            self.question(part, path, known)

    def end(self) -> None:
        """The conditions over all facts."""
        self.part = None
        for index, line in enumerate(self.dialog.attention):
            self.condition(line.relevant, ("attention", index, "relevant"), self.scopes.known)
        self.condition(self.dialog.told_by_other, ("told_by_other",), self.scopes.known)

    def question(self, question: Field, path: ModelPath, known: Mapping[str, Type]) -> None:
        if question.constraint is not None:
            own = {question.name: type_of(self.dialog, question)}
            self.condition(question.constraint, (*path, "constraint"), joined(own, known))
        if isinstance(question, SelectOne | SelectMultiple):
            listed = self.dialog.choice_lists.get(question.choice_list, ())
            for index, choice in enumerate(question.choices):
                self.condition(choice.relevant, (*path, "choices", index, "relevant"), known)
            for index, choice in enumerate(listed):
                place = ("choice_lists", question.choice_list, index, "relevant")
                self.condition(choice.relevant, place, known)

    def driver(self, repeat: Repeat, path: ModelPath, known: Mapping[str, Type]) -> None:
        """The fact that says how often, or for what, a repeat is asked."""
        for key, name, kind, what in (
            ("count", repeat.count, "integer", "a whole number"),
            ("for_each", repeat.for_each, "choices", "a select_multiple"),
        ):
            if not name or name in self.scopes.doubtful:
                continue
            if name not in known:
                self.report((*path, key), *self.why_unknown(name, known))
            elif known[name].kind != kind:
                self.report((*path, key), f"{name} is not {what}", f"name an earlier fact that is {what}")

    def later(self, expression: Expression | None, path: ModelPath) -> None:
        """``later`` is decided when the case is made, when nothing but the gate has been answered."""
        if expression is None:
            return
        strangers = sorted(expression.names - self.names.gate - self.scopes.doubtful)
        for name in strangers:
            remedy = "use relevant for what is asked after the gate"
            self.report(path, f"later knows only the facts of the gate, not {name}", remedy, _column(expression, name))
        if not strangers:
            self.condition(expression, path, self.scopes.gate)

    def condition(self, expression: Expression | None, path: ModelPath, known: Mapping[str, Type]) -> None:
        """An expression that must be true or false, and that can be true."""
        if expression is None:
            return
        found = self.expression(expression, path, known)
        if found is None:
            return
        if found.kind != "boolean":
            message = f"{path[-1]} must be true or false, but this is of the kind {found.kind}"
            self.report(path, message, 'compare it with something: x == "choice", n > 0')
            return
        depends = expression.names or "today" in expression.source
        if not depends and expression({}, {}, _SOME_DAY) is not True:
            self.report(path, "this is never true", "delete what depends on it, or correct the condition")

    def expression(self, expression: Expression, path: ModelPath, known: Mapping[str, Type]) -> Type | None:
        """Report what does not fit; the type if everything fits."""
        doubtful = expression.names & self.scopes.doubtful
        findings, found = expression.check(known, later=self.kept)
        for finding in findings:
            name = _NAME.match(expression.source, finding.column)
            if doubtful and (name is None or name[0] in known or name[0] in doubtful):
                # What the doubtful names are is not known, so only other names can be wrong for certain.
                continue
            strange = self.names.gate | self.names.others.keys() | _own_names(self.part)
            if name and name[0] not in known and name[0] in strange:
                self.report(path, *self.why_unknown(name[0], known), finding.column)
            else:
                self.report(path, finding.message, finding.remedy, finding.column)
        return None if findings or doubtful else found

    def why_unknown(self, name: str, known: Mapping[str, Type]) -> tuple[str, str]:
        """Message and remedy for a name that is no known fact in the spot that is looked at."""
        if name in self.names.facts & _own_names(self.part):
            own = "calculation" if isinstance(self.part, Calculate) else "question"
            result = "result" if own == "calculation" else "answer"
            return f"a {own} cannot depend on its own {result} ({name})", "name a fact that is asked earlier"
        return why_unknown(name, known, self.names)


def _own_names(part: AnyItem | Section | None) -> frozenset[str]:
    """The names that an item itself gives an answer to: its own, and those of its fields."""
    if part is None or isinstance(part, Section):
        return frozenset()
    return frozenset({part.name, *(field.name for field in getattr(part, "items", ()))})


def why_unknown(name: str, known: Mapping[str, Type], names: Names) -> tuple[str, str]:
    """Message and remedy for a name that is no known fact at a place."""
    if name in names.gate:
        return f"{name} is asked in the gate and not kept; only later may read it", "use another fact"
    if name in names.facts:
        return f"{name} is asked later", "ask it before this place"
    if name in names.others:
        return f"{name} is {_described(names.others[name])}, not a fact", _instead(names.others[name])
    remedy = did_you_mean(name, frozenset(known)) or "ask it earlier, or correct the name"
    return f"there is no fact called {name}", remedy


def _described(item: Item) -> str:
    return f"a {type(item).__name__.lower()}"


def _instead(item: Item) -> str:
    fields = ", ".join(field.name for field in getattr(item, "items", ()))
    return f"name one of its fields: {fields}" if fields else "name what a question asks for"


def _column(expression: Expression, name: str) -> int:
    found = re.search(rf"\b{name}\b", expression.source)
    return found.start() if found else 0
