"""The walk: a dialog laid over the facts of a case. Everything about "where are we" is derived here and never stored.

A screen is on the path where its condition is true for what stands before it. What is off the path is absent: its
answer stays in the record, and no condition, page or summary sees it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from assistant.core.dates import is_stale
from assistant.core.dialog import (
    AnyScreen,
    Calculate,
    Choice,
    Dialog,
    Field,
    Group,
    Item,
    Note,
    Question,
    Repeat,
    Screen,
    Section,
    SelectMultiple,
    SelectOne,
    Stop,
    choices_of,
    facts_of,
    places,
    section_numbers,
)
from assistant.core.expressions import Expression
from assistant.core.path import PENDING, Past, Path, Scope, Slot, Status, slot_of
from assistant.core.record import (
    Added,
    Answered,
    AnyEvent,
    Closed,
    Declined,
    Fact,
    Filled,
    Key,
    Messaged,
    Opened,
    Removed,
    Reopened,
    Spoke,
    State,
)


class _Walker:
    def __init__(self, dialog: Dialog, state: State, today: datetime.date, path: Path) -> None:
        self.dialog, self.state, self.today = dialog, state, today
        self.path = path
        self.values, self.declined = self.path.values, self.path.declined

    def run(self, before: Path | None = None, touched: frozenset[int] = frozenset()) -> Path:
        """Walk the sections that are left. What a section showed ``before`` still holds if nothing has happened in it
        (the sections of the numbers ``touched``) and nothing that its conditions read has changed."""
        sections, changed = self.dialog.sections, set[str]()
        past = Past(before) if before is not None and not before.stopped else None
        for number in range(len(self.path.marks), len(sections)):
            self.path.mark()
            section = sections[number]
            if past is not None and number not in touched and past.holds(number, self.path, changed, self.dialog):
                past.copy(number, self.path)
                continue
            self.walk_section(section)
            if self.path.stopped:
                return self.path
            if past is not None:
                changed |= past.differs(facts_of(section), self.path)
        return self.path

    def walk_section(self, section: Section) -> None:
        if section.gate == bool(self.state.started_at):
            return
        on_path = self.relevance(section.relevant)
        if on_path is False or (section.optional and not self.opened(section, on_path)):
            return
        if on_path:
            self.visit(section)
        else:
            maybe = (slot_of(item, section, "", "maybe") for item in section.items if isinstance(item, Screen))
            self.path.slots.extend(maybe)

    def relevance(self, condition: Expression | None) -> bool | None:
        """True, False or None (open). What is unknown after everything before it is settled stays unknown: off."""
        if condition is None:
            return True
        result = condition.evaluate(self.values, self.declined, self.today)
        if result is None:
            return None if self.path.pending else False
        return result is True

    def opened(self, section: Section, on_path: bool | None) -> bool:
        chosen = self.state.sections.get(section.name)
        if chosen is None and on_path and not self.state.finished:
            self.add(None, section, "", "section")
        return bool(chosen) and on_path is True

    def add(self, item: Item | None, section: Section, of: str, status: Status) -> None:
        if status in PENDING:
            self.path.pending = True
        self.path.slots.append(slot_of(item, section, of, status))

    def visit(self, section: Section) -> None:
        """Every item of a section that is on the path. This loop is most of what a turn costs: it calls little."""
        values, declined, today, path = self.values, self.declined, self.today, self.path
        for item in section.items:
            if item.relevant is not None:
                on_path = item.relevant.evaluate(values, declined, today)
                if on_path is not True:
                    if on_path is None and path.pending and isinstance(item, Screen):
                        path.slots.append(slot_of(item, section, "", "maybe"))
                    continue
            match item:
                case Question():
                    self.add(item, section, "", self.question(item))
                case Group():
                    self.add(item, section, "", self.fields(item, ""))
                case Repeat():
                    self.repeat(item, section)
                case Calculate():
                    value = item.value.evaluate(values, declined, today)
                    if value is not None:
                        values[item.name] = value
                case Note():
                    self.add(item, section, "", "note")
                case Stop():
                    self.add(item, section, "", "stop")
                    path.stopped = not path.pending
                    if path.stopped:
                        return

    def question(self, item: Question) -> Status:
        fact = self.state.facts.get((item.name, ""))
        if fact is None or not self.take(item, "", fact):
            return "open"
        return self.status_of(item, (item.name, ""), fact)

    def status_of(self, item: Screen, key: Key, fact: Fact) -> Status:
        if key in self.state.reopened:
            return "reopened"
        if fact.conversation == self.state.conversation:
            return "settled"
        if fact.confirmed and fact.confirmed >= self.state.started_at:
            return "settled"
        stale = bool(item.keep) and is_stale(fact.confirmed or fact.at, item.keep, self.today)
        return "reopened" if stale or fact.declined else "inherited"

    def take(self, question: Question, of: str, fact: Fact) -> bool:
        """Put a fact into scope; False if it counts for nothing any more because its choice is not offered now."""
        if fact.declined:
            self.declined[question.name] = fact.declined
        elif fact.value is not None:
            value = fact.value
            if _conditional(self.dialog, question):
                offered = self.offered(question)
                if isinstance(value, tuple):
                    value = tuple(name for name in value if name in offered)
                elif value not in offered:
                    return False
            self.values[question.name] = value
        self.path.answers[question.name, of] = fact
        return True

    def offered(self, question: Question) -> set[str]:
        if not isinstance(question, SelectOne | SelectMultiple):
            return set()
        scope = (self.values, self.declined)
        return {choice.name for choice in offered_choices(self.dialog, question, scope, self.today)}

    def fields(self, group: Group | Repeat, of: str) -> Status:
        whole = self.state.facts.get((group.name, of))
        if whole is not None and whole.declined:
            for one in group.items:
                self.declined[one.name] = whole.declined
            self.declined[group.name] = whole.declined
            self.path.answers[group.name, of] = whole
            return self.status_of(group, (group.name, of), whole)
        complete, known = True, whole
        for one in group.items:
            if one.relevant is not None and one.relevant.evaluate(self.values, self.declined, self.today) is not True:
                continue
            fact = self.state.facts.get((one.name, of))
            if fact is not None and self.take(one, of, fact):
                known = known or fact
            elif one.required:
                complete = False
        if whole is not None:
            self.path.answers[group.name, of] = whole
        if known is None or (whole is None and not complete):
            return "open"
        return self.status_of(group, (group.name, of), known) if complete else "reopened"

    def repeat(self, item: Repeat, section: Section) -> None:
        ids = self.ids_of(item)
        if ids is None:
            self.add(item, section, "", "maybe")
            return
        outer = (self.values, self.declined)
        columns: dict[str, list[Any]] = {one.name: [] for one in item.items}
        settled = True
        for of in ids:
            self.values, self.declined = dict(outer[0]), dict(outer[1])
            status = self.fields(item, of)
            for name, column in columns.items():
                if name in self.values:
                    column.append(self.values[name])
            settled = settled and status == "settled"
            self.add(item, section, of, status)
        declined_first = self.declined.get(item.name) if len(ids) == 1 else None
        self.values, self.declined = outer
        if declined_first is not None:
            outer[1][item.name] = declined_first
        elif settled:
            outer[0][item.name] = ids
            outer[0].update({name: tuple(column) for name, column in columns.items()})
        if item.more and settled and ids and item.name not in self.state.closed and len(ids) < item.max:
            self.add(item, section, "", "more")

    def ids_of(self, item: Repeat) -> tuple[str, ...] | None:
        """The ids of a repeat's items, None while that depends on an open answer. An open repeat begins with one."""
        if item.more:
            ids = self.state.lists.get(item.name, ())
            return ids if ids or item.name in self.state.closed else (next_id(self.state, item.name),)
        driver = self.values.get(item.count or item.for_each)
        if driver is None:
            return None if self.path.pending else ()
        if item.count:
            return tuple(str(number) for number in range(1, min(int(driver), item.max) + 1))
        driving = _select_named(self.dialog, item.for_each)
        known = choices_of(self.dialog, driving) if driving else {}
        return tuple(name for name in driver if name in known and not known[name].exclusive)


def walk(dialog: Dialog, state: State, today: datetime.date) -> Path:
    """Lay the dialog over the state. Before a case exists (nothing started) only its gate is walked."""
    return _Walker(dialog, state, today, Path()).run()


def path_after(dialog: Dialog, state: State, events: Iterable[AnyEvent], today: datetime.date, before: Path) -> Path:
    """The walk when these events have led to ``state``; ``before`` was walked without them, on the same day.

    Conditions look only backwards, so the way up to the first section in which something happened is the same, and of
    the sections behind it those that read nothing new. Every turn ends here: a walk anew would cost it twice."""
    known, numbers = places(dialog), section_numbers(dialog)
    changed: list[int] = []
    for event in events:
        match event:
            case Answered(item=name) | Filled(item=name) | Declined(item=name) | Reopened(item=name) if name in known:
                changed.append(numbers[known[name].section.name])
            case Added(repeat=name) | Removed(repeat=name) | Closed(repeat=name) if name in known:
                changed.append(numbers[known[name].section.name])
            case Opened(section=name):
                changed.append(numbers[name])
            case Spoke() | Messaged():
                pass
            case _:
                return walk(dialog, state, today)
    if not changed or min(changed) >= len(before.marks):
        return before if not changed else walk(dialog, state, today)
    return _Walker(dialog, state, today, before.until(min(changed))).run(before, frozenset(changed))


def next_id(state: State, repeat: str) -> str:
    """The id for a repeat's next item: ids count up and are never used again."""
    return str(state.last_ids.get(repeat, 0) + 1)


def offered_choices(
    dialog: Dialog, question: SelectOne | SelectMultiple, scope: Scope, today: datetime.date
) -> tuple[Choice, ...]:
    """The choices that are offered where ``scope`` holds, in order."""
    if not _conditional(dialog, question):
        return _all_choices(dialog, question)
    return tuple(
        choice
        for choice in choices_of(dialog, question).values()
        if choice.relevant is None or choice.relevant.is_true(scope[0], scope[1], today)
    )


def scope_before(path: Path, item: AnyScreen) -> Scope:
    """What conditions on this screen see: everything on the path but the screen's own facts. Conditions look only
    backwards, so that what stands behind the screen makes no difference."""
    values, declined = dict(path.values), dict(path.declined)
    names: tuple[Field, ...] = item.items if isinstance(item, Group | Repeat) else (item,)
    for one in names:
        values.pop(one.name, None)
        declined.pop(one.name, None)
    return values, declined


def screens_on(path: Path) -> Iterator[Slot]:
    """The slots that are screens on the path for certain."""
    return (slot for slot in path.slots if slot.status in ("settled", "open", "reopened", "inherited"))


def never_asked(state: State, slot: Slot) -> bool:
    """Whether this screen was left to the visit when the conversation began: the person has not met it. A record that
    said so in words would tell who is careful; its place in the record says it as well."""
    if not isinstance(slot.item, Screen) or slot.item.later is None:
        return False
    fact = state.facts.get((slot.item.name, slot.of))
    return fact is not None and fact.conversation == state.conversation and fact.seq <= state.opening


@lru_cache(maxsize=4096)
def _all_choices(dialog: Dialog, question: SelectOne | SelectMultiple) -> tuple[Choice, ...]:
    return tuple(choices_of(dialog, question).values())


@lru_cache(maxsize=4096)
def _conditional(dialog: Dialog, question: Question) -> bool:
    """Whether any of its choices is offered only under a condition."""
    if not isinstance(question, SelectOne | SelectMultiple):
        return False
    return any(one.relevant is not None for one in choices_of(dialog, question).values())


def _select_named(dialog: Dialog, name: str) -> SelectMultiple | None:
    found = places(dialog).get(name)
    return found.item if found is not None and isinstance(found.item, SelectMultiple) else None
