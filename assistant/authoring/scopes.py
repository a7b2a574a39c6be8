"""What is known where: the facts that conditions and texts can read at each place of a dialog, with their types."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from assistant.authoring.problems import ModelPath
from assistant.core.dialog import (
    AnyItem,
    Calculate,
    Date,
    Dialog,
    Field,
    Group,
    Integer,
    Item,
    Question,
    Repeat,
    Section,
    SelectMultiple,
    SelectOne,
    choices_of,
    places,
)
from assistant.core.expressions import Type


class Spot(NamedTuple):
    """One section, item or field, and the facts that are known just before it.

    ``known`` goes on growing as the walk does: use it before the next spot is taken.
    """

    part: AnyItem | Section
    path: ModelPath
    section: Section
    parent: Group | Repeat | None
    known: Mapping[str, Type]


class Names(NamedTuple):
    """The names of a dialog: its facts, those of them that are asked in a gate, those that nobody may see printed, and
    what is no fact at all (groups, notes, stops)."""

    facts: frozenset[str]
    gate: frozenset[str]
    private: frozenset[str]
    others: Mapping[str, Item]


class Scopes:
    """Walks a dialog in the order it is asked and keeps account of what is known.

    After the walk ``known`` and ``gate`` hold all facts as they are seen from the end. A calculation whose type
    cannot be told is added to ``doubtful``: its own problem is told where it stands.
    """

    def __init__(self, dialog: Dialog, doubtful: set[str]) -> None:
        self.dialog = dialog
        self.doubtful = doubtful
        self.known: dict[str, Type] = {}
        self.gate: dict[str, Type] = {}

    def spots(self) -> Iterator[Spot]:
        """Every section, item and field, in order."""
        for index, section in enumerate(self.dialog.sections):
            path: ModelPath = ("sections", index)
            # The gate is asked before anything is kept: it knows nothing else, and nothing else knows it.
            scope = self.gate if section.gate else self.known
            yield Spot(section, path, section, None, scope)
            for position, item in enumerate(section.items):
                yield from self._item(item, (*path, "items", position), section, scope)

    def _item(self, item: AnyItem, path: ModelPath, section: Section, scope: dict[str, Type]) -> Iterator[Spot]:
        yield Spot(item, path, section, None, scope)
        match item:
            case Calculate():
                found = item.value.check(scope)[1] if not item.value.names & self.doubtful else None
                if found is None:
                    self.doubtful.add(item.name)
                else:
                    scope[item.name] = found
            case Group():
                yield from self._fields(item, path, section, scope)
            case Repeat():
                yield from self._fields(item, path, section, scope)
                scope[item.name] = Type(kind="list")
                for field in item.items:
                    inner = scope[field.name]
                    scope[field.name] = Type(kind="list", of=inner.kind, choices=inner.choices)
            case Question():
                scope[item.name] = type_of(self.dialog, item)

    def _fields(
        self, parent: Group | Repeat, path: ModelPath, section: Section, scope: dict[str, Type]
    ) -> Iterator[Spot]:
        for index, field in enumerate(parent.items):
            yield Spot(field, (*path, "items", index), section, parent, scope)
            scope[field.name] = type_of(self.dialog, field)


def type_of(dialog: Dialog, question: Field) -> Type:
    """The type of the fact that a question establishes."""
    match question:
        case Integer():
            return Type(kind="integer")
        case Date():
            return Type(kind="date")
        case SelectOne() | SelectMultiple():
            # With a list that is not there or empty any choice may be meant; the list itself is told elsewhere.
            listed = not question.choice_list or question.choice_list in dialog.choice_lists
            choices = (frozenset(choices_of(dialog, question)) or None) if listed else None
            return Type(kind="choice" if isinstance(question, SelectOne) else "choices", choices=choices)
    return Type(kind="text")


def joined(own: Mapping[str, Type], known: Mapping[str, Type]) -> Mapping[str, Type]:
    """What is known with ``own`` facts too. A view, no copy: a large dialog has thousands of places."""
    return ChainMap(dict(own), cast("dict[str, Type]", known))


def names_of(dialog: Dialog) -> Names:
    """The names that conditions and texts of a dialog may or may not use."""
    facts, gate, private = set[str](), set[str](), set[str]()
    others: dict[str, Item] = {}
    for name, place in places(dialog).items():
        item = place.item
        if not isinstance(item, Question | Calculate | Repeat):
            others[name] = item
            continue
        facts.add(name)
        if place.section.gate:
            gate.add(name)
        if isinstance(item, Calculate):
            hidden = bool(item.value.names & private)
        else:
            hidden = isinstance(item, Question) and item.private
        if hidden:
            private.add(name)
    return Names(frozenset(facts), frozenset(gate), frozenset(private), others)
