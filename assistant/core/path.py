"""The path of a walk: its slots in order, and what conditions see at its end."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Literal, NamedTuple, TypeAlias

from assistant.core.dialog import DeclineKind, Dialog, Item, Section, reads_of
from assistant.core.expressions import Expression
from assistant.core.record import Fact, Key

Status = Literal["settled", "open", "reopened", "inherited", "maybe", "more", "section", "note", "stop"]
"""settled: answered or declined · open: to be asked · reopened: to be asked again · inherited: known from an earlier
dialog, to be confirmed · maybe: asked or not, depending on what is still open · more: another one in this repeat? ·
section: do you want this optional section? · note: words that stand here · stop: the talk ends here."""


PENDING = frozenset(("open", "reopened", "inherited", "more", "section"))
WAITING = PENDING | {"stop"}
"""What the conversation may wait at."""


class Slot(NamedTuple):
    """One place on the path."""

    item: Item | None
    section: Section
    of: str
    status: Status


slot_of = lru_cache(maxsize=65536)(Slot)
"""Slots are the same at every turn: each is made once."""

Mark: TypeAlias = tuple[int, int, int, int, bool]
"""How far a walk was when it came to a section: the numbers of its slots, values, declines and answers, which only grow
on the way, and whether something was pending."""


@dataclass(slots=True)
class Path:
    """The whole walk: its slots in order, and what conditions see at its end."""

    slots: list[Slot] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    declined: dict[str, DeclineKind] = field(default_factory=dict)
    answers: dict[Key, Fact] = field(default_factory=dict)
    pending: bool = False
    stopped: bool = False
    marks: list[Mark] = field(default_factory=list)

    def until(self, section: int) -> Path:
        """A path of its own that has come as far as the section of this number."""
        slots, values, declined, answers, pending = self.marks[section]
        return Path(
            self.slots[:slots],
            dict(islice(self.values.items(), values)),
            dict(islice(self.declined.items(), declined)),
            dict(islice(self.answers.items(), answers)),
            pending,
            marks=self.marks[:section],
        )

    def mark(self) -> None:
        """Remember how far the walk is."""
        self.marks.append((len(self.slots), len(self.values), len(self.declined), len(self.answers), self.pending))

    def truth(self, condition: Expression | None, today: datetime.date) -> bool:
        """Whether a condition over the whole path is true (no condition: always)."""
        return condition is None or condition.is_true(self.values, self.declined, today)


Scope: TypeAlias = tuple[dict[str, Any], dict[str, DeclineKind]]


class Past:
    """A walk from before something happened, section by section."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values, self.declined = list(path.values.items()), list(path.declined.items())
        self.answers = list(path.answers.items())
        end = len(path.slots), len(self.values), len(self.declined), len(self.answers), path.pending
        self.marks: list[Mark] = [*path.marks, end]

    def holds(self, number: int, path: Path, changed: set[str], dialog: Dialog) -> bool:
        """Whether a section looks as it did: it reads nothing that has ``changed``, and what is pending is the same."""
        return (
            number + 1 < len(self.marks)
            and self.marks[number][4] == path.pending
            and changed.isdisjoint(reads_of(dialog, dialog.sections[number]))
        )

    def copy(self, number: int, path: Path) -> None:
        """Let the path go on through a section as it went then."""
        begin, end = self.marks[number], self.marks[number + 1]
        path.slots += self.path.slots[begin[0] : end[0]]
        path.values.update(self.values[begin[1] : end[1]])
        path.declined.update(self.declined[begin[2] : end[2]])
        path.answers.update(self.answers[begin[3] : end[3]])
        path.pending = end[4]

    def differs(self, names: frozenset[str], path: Path) -> set[str]:
        """Which of these facts are not known, or not declined, as they were then."""
        was, now, was_declined, now_declined = self.path.values, path.values, self.path.declined, path.declined
        return {
            name for name in names if was.get(name) != now.get(name) or was_declined.get(name) != now_declined.get(name)
        }
