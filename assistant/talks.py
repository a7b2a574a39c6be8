"""An open conversation: its folded state and what follows from it today; and what a list shows of a case."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from assistant.core import engine
from assistant.core.commands import Command, Message
from assistant.core.dialog import Dialog
from assistant.core.path import Path
from assistant.core.problem import Problem
from assistant.core.record import Recorded, State, encode
from assistant.core.steps import Begin, Review, Step
from assistant.core.summary import Summary, summarize
from assistant.core.walk import path_after, walk
from assistant.references import new_reference
from assistant.store import CaseRow
from assistant.store.invitations import InvitationRow
from assistant.store.sealing import DataKey, KeyFile

SWEDEN = ZoneInfo("Europe/Stockholm")
TWICE_WITHIN = datetime.timedelta(minutes=10)
"""How long the same command or message counts as sent by a double tap."""


@dataclass(slots=True)
class Talk:
    """A conversation that is open: its folded state, and what follows from it today. Kept once the gate is passed.

    ``passed`` (when which command passed the gate) and ``told`` (when which message was sent before it) are in memory
    only: they are there to know a double tap by."""

    id: str
    dialog: Dialog
    state: State
    case: str = ""
    reference: str = ""
    key: DataKey | None = None
    code: str = ""
    kept: bool = False
    path: Path = field(default_factory=Path)
    step: Step = field(default_factory=Review)
    day: datetime.date = datetime.date.min
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    passed: tuple[datetime.datetime, Command] | None = None
    invitation: InvitationRow | None = None
    told: tuple[datetime.datetime, Message] | None = None

    def refresh(self, today: datetime.date) -> None:
        """Derive path and step anew from the state."""
        self._derive(walk(self.dialog, self.state, today), today)

    def go_on(self, state: State, events: engine.Events, today: datetime.date) -> None:
        """Take the state that these events have led to, and derive path and step from what they change."""
        path = path_after(self.dialog, state, events, today, self.path) if self.day == today else None
        self.state = state
        self._derive(path or walk(self.dialog, state, today), today)

    def _derive(self, path: Path, today: datetime.date) -> None:
        self.day, self.path = today, path
        self.step = engine.next_step(self.dialog, self.state, today, path)

    def summary(self, today: datetime.date) -> Summary:
        """What the person said so far, as the office will read it."""
        return summarize(self.dialog, self.state, today, self.path)

    def was_passed_by(self, command: Command, now: datetime.datetime) -> bool:
        """Whether this command passed the gate a moment ago. The record says nothing of the gate."""
        if self.passed is not None and self.passed[0] < now - TWICE_WITHIN:
            self.passed = None
        return self.passed is not None and self.passed[1] == command

    def would_pass(self, command: Command, now: datetime.datetime) -> bool:
        """Whether this command passes the gate of a conversation that began a moment ago and in which nothing has been
        answered since. A server that was ended in that moment remembers no command, and whoever sends it again must not
        be told of a problem."""
        if self.state.facts or datetime.datetime.fromisoformat(self.state.started_at) < now - TWICE_WITHIN:
            return False
        gate = Talk(id=self.id, dialog=self.dialog, state=State(locale=self.state.locale))
        gate.refresh(self.day)
        events = engine.decide(gate.dialog, gate.state, command, self.day, gate.path)
        if isinstance(events, Problem):
            return False
        gate.state = engine.after(gate.state, engine.record(gate.state, events, self.state.started_at))
        gate.refresh(self.day)
        return isinstance(gate.step, Begin)

    def has_told(self, message: Message, now: datetime.datetime) -> bool:
        """Whether the office got the same message a moment ago: a form that is sent twice is one message."""
        oldest, events = now - TWICE_WITHIN, engine.message_to_office(message)
        if self.told is not None and self.told[0] >= oldest and self.told[1] == message:
            return True
        sent = (one.event for one in self.state.messages if datetime.datetime.fromisoformat(one.at) >= oldest)
        return not isinstance(events, Problem) and events[0] in sent

    def known(self, name: str) -> Any:
        """The value of a fact on the path, None if it is not known."""
        return self.path.values.get(name)


class NoSuchTalk(Exception):
    """There is no such conversation (any more), or not for this caller: the two are not told apart."""


class InvitationGone(NoSuchTalk):
    """The invitation that a conversation began with was used elsewhere, or ended, before anything was kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command. ``since`` is the record position before it; ``began``: the case was made by it,
    or by the same command a moment before."""

    talk: Talk
    since: int
    problem: Problem | None = None
    began: bool = False

    @property
    def status(self) -> int:
        """The HTTP status that says the same."""
        return self.problem.status if self.problem else 200


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a list of cases shows of one, beside its reference and days. Kept sealed. ``interpreter`` is the language
    in which an interpreter is wanted (a tag; "none": not needed; empty: not told)."""

    name: str = ""
    urgent: tuple[str, ...] = ()
    interpreter: str = ""


def new_case(keys: KeyFile, case: str, locale: str, today: str, *, urgent: bool = False) -> CaseRow:
    """A case that the applicant begins today (ISO day), with a reference and a key of its own."""
    return CaseRow(
        id=case,
        reference=new_reference(),
        first_contact=today,
        status="begun",
        locale=locale,
        urgent=urgent,
        wrapped_key=keys.new_key(case)[1],
        updated=today,
    )


def encode_card(card: Card) -> bytes:
    """The bytes of a card."""
    return msgspec.json.encode(card)


def decode_card(body: bytes) -> Card:
    """The card of these bytes."""
    return msgspec.json.decode(body, type=Card)


def urgent_names(summary: Summary) -> tuple[str, ...]:
    """The names of the urgent lines of attention."""
    return tuple(one.item.name for one in summary.attention if getattr(one.item, "urgent", False))


def sealed(key: DataKey | None, conversation: str, records: tuple[Recorded, ...]) -> list[bytes]:
    """The bytes of records as a store keeps them. Raises NoSuchTalk for a conversation that has no key (any more)."""
    if key is None:
        raise NoSuchTalk
    return [key.seal(conversation, recorded.seq, encode(recorded)) for recorded in records]
