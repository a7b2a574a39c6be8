"""The append-only record of a conversation, and the fold of records into the state of a case.

A *conversation* is one run of a dialog. Its record is a list of events in order (``seq`` from 1); nothing in it is ever
changed. The *state* is what all conversations of a case say together: facts belong to the case, so that a later dialog
finds what an earlier one established, with date and source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import msgspec

from assistant.core.dialog import DeclineKind

Value: TypeAlias = str | int | tuple[str, ...] | None
"""What an answer is stored as: text, number, ISO date, choice name(s); None for a field that was left blank."""

Actor = Literal["applicant", "office"]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True):
    """One thing that happened in a conversation, named in the past tense."""


class Started(Event, frozen=True, kw_only=True, tag="started"):
    """The conversation began, in ``locale``, with this version of the dialog."""

    dialog: str
    version: int
    locale: str


class Answered(Event, frozen=True, kw_only=True, tag="answered"):
    """A question got a value (None: left blank, where that is allowed)."""

    item: str
    of: str = ""
    value: Value


class Filled(Event, frozen=True, kw_only=True, tag="filled"):
    """A screen of several fields was answered: the values given, and the fields that were declined."""

    item: str
    of: str = ""
    values: dict[str, Value] = {}
    declined: dict[str, DeclineKind] = {}


class Declined(Event, frozen=True, kw_only=True, tag="declined"):
    """A screen was declined as a whole."""

    item: str
    of: str = ""
    kind: DeclineKind


class Reopened(Event, frozen=True, kw_only=True, tag="reopened"):
    """An earlier answer is to be given again; it stands until then."""

    item: str
    of: str = ""


class Added(Event, frozen=True, kw_only=True, tag="added"):
    """A repeat got one more item, with an id that is never used again."""

    repeat: str
    of: str


class Removed(Event, frozen=True, kw_only=True, tag="removed"):
    """An item of a repeat was taken away."""

    repeat: str
    of: str


class Closed(Event, frozen=True, kw_only=True, tag="closed"):
    """There are no more items in this repeat."""

    repeat: str


class Opened(Event, frozen=True, kw_only=True, tag="opened"):
    """The person wants (or does not want) an optional section."""

    section: str
    open: bool


class Spoke(Event, frozen=True, kw_only=True, tag="spoke"):
    """The conversation went on in another language."""

    locale: str


class Confirmed(Event, frozen=True, kw_only=True, tag="confirmed"):
    """Facts from an earlier dialog are still true (``items``)."""

    items: tuple[str, ...]


class Finished(Event, frozen=True, kw_only=True, tag="finished"):
    """The person wants to tell the rest at the visit (``done``), or goes on after all."""

    done: bool = True


class Messaged(Event, frozen=True, kw_only=True, tag="messaged"):
    """A message of its own to the office, readable there at once. ``needs`` are choice names of urgent_needs;
    ``locale`` is the language that was spoken when it was written (empty in the record of the talk, which tells)."""

    kind: Literal["apply_now", "call_me"]
    name: str = ""
    phone: str = ""
    when: str = ""
    needs: tuple[str, ...] = ()
    locale: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line as the person saw and approved it: question and answer in their language, and the answer in Swedish."""

    item: str
    of: str = ""
    section: str = ""
    question: str
    answer: str
    swedish: str = ""


class Submitted(Event, frozen=True, kw_only=True, tag="submitted"):
    """The person approved the lines and sent them."""

    lines: tuple[Line, ...] = ()


AnyEvent: TypeAlias = (
    Started
    | Answered
    | Filled
    | Declined
    | Reopened
    | Added
    | Removed
    | Closed
    | Opened
    | Spoke
    | Confirmed
    | Finished
    | Messaged
    | Submitted
)


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event at its place in the record. ``at`` is an ISO date and time in UTC, to the second."""

    seq: int
    at: str
    actor: Actor = "applicant"
    event: AnyEvent


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one thing: a value, or why there is none; when, in which conversation and language it was said.

    The screen that holds several fields has a fact of its own, with the value True once it was filled."""

    value: Value | bool = None
    declined: DeclineKind | None = None
    at: str
    conversation: str
    dialog: str
    locale: str
    seq: int
    confirmed: str = ""
    actor: Actor = "applicant"


Key: TypeAlias = tuple[str, str]
"""A fact's name and the item of the repeat it belongs to (empty outside repeats)."""


@dataclass(slots=True)
class State:
    """A case as of now. Everything but ``facts`` belongs to the conversation that was folded last. ``opening`` is the
    position of the last event that was recorded with the beginning, before anything was asked."""

    conversation: str = ""
    dialog: str = ""
    version: int = 0
    locale: str = "en"
    seq: int = 0
    facts: dict[Key, Fact] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    last_ids: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    sections: dict[str, bool] = field(default_factory=dict)
    reopened: set[Key] = field(default_factory=set)
    finished: bool = False
    messages: tuple[Recorded, ...] = ()
    started_at: str = ""
    submitted_at: str = ""
    lines: tuple[Line, ...] = ()
    latest: Key | None = None
    opening: int = 0

    def copy(self) -> State:
        """A state of its own: changing it leaves this one as it is."""
        return State(
            self.conversation,
            self.dialog,
            self.version,
            self.locale,
            self.seq,
            dict(self.facts),
            dict(self.lists),
            dict(self.last_ids),
            set(self.closed),
            dict(self.sections),
            set(self.reopened),
            self.finished,
            self.messages,
            self.started_at,
            self.submitted_at,
            self.lines,
            self.latest,
            self.opening,
        )

    def begin(self, conversation: str) -> State:
        """The state in which another conversation of the same case begins: the facts stay, the run starts anew."""
        return State(
            conversation=conversation,
            facts=dict(self.facts),
            lists=dict(self.lists),
            last_ids=dict(self.last_ids),
            messages=self.messages,
        )


def number_of(of: str) -> int:
    """The number that an item's id is, 0 for anything else: ids come from outside too."""
    return int(of) if of.isascii() and of.isdecimal() and len(of) < 10 else 0


def apply(state: State, recorded: Recorded) -> None:
    """Let one recorded event happen to ``state`` (in place: a fold makes its own state first)."""
    state.seq = recorded.seq
    match recorded.event:
        case Started(dialog=dialog, version=version, locale=locale):
            state.dialog, state.version, state.locale, state.started_at = dialog, version, locale, recorded.at
            state.opening = recorded.seq
        case Answered(item=item, of=of, value=value):
            _settle(state, recorded, (item, of), {item: value}, {})
        case Filled(item=item, of=of, values=values, declined=declined):
            _settle(state, recorded, (item, of), {item: True, **values}, declined)
        case Declined(item=item, of=of, kind=kind):
            _settle(state, recorded, (item, of), {}, {item: kind})
            if kind == "in_person" and (state.opening, state.started_at) == (recorded.seq - 1, recorded.at):
                state.opening = recorded.seq
        case Reopened(item=item, of=of):
            state.reopened.add((item, of))
        case Added(repeat=repeat, of=of):
            state.lists[repeat] = (*state.lists.get(repeat, ()), of)
            state.last_ids[repeat] = max(state.last_ids.get(repeat, 0), number_of(of))
            state.closed.discard(repeat)
        case Removed(repeat=repeat, of=of):
            state.lists[repeat] = tuple(one for one in state.lists.get(repeat, ()) if one != of)
            state.reopened.discard((repeat, of))
            if not state.lists[repeat]:
                state.closed.discard(repeat)
        case Closed(repeat=repeat):
            state.closed.add(repeat)
        case Opened(section=section, open=is_open):
            state.sections[section] = is_open
        case Spoke(locale=locale):
            state.locale = locale
        case Confirmed(items=items):
            for key, fact in state.facts.items():
                if key[0] in items:
                    state.facts[key] = msgspec.structs.replace(fact, confirmed=recorded.at)
        case Finished(done=done):
            state.finished = done
        case Messaged():
            state.messages = (*state.messages, recorded)
        case Submitted(lines=lines):
            state.submitted_at, state.lines = recorded.at, lines


def _settle(
    state: State, recorded: Recorded, key: Key, values: Mapping[str, Any], declined: Mapping[str, DeclineKind]
) -> None:
    def fact(value: Any, kind: DeclineKind | None) -> Fact:
        return Fact(
            value=value,
            declined=kind,
            at=recorded.at,
            conversation=state.conversation,
            dialog=state.dialog,
            locale=state.locale,
            seq=recorded.seq,
            actor=recorded.actor,
        )

    for name, value in values.items():
        state.facts[name, key[1]] = fact(value, None)
    for name, kind in declined.items():
        state.facts[name, key[1]] = fact(None, kind)
    state.reopened.discard(key)
    state.latest = key


def fold(conversations: Iterable[tuple[str, Iterable[Recorded]]]) -> State:
    """The state of a case: all its conversations (id and records), the oldest first, folded one after another."""
    state = State()
    for conversation, records in conversations:
        state = state.begin(conversation)
        for recorded in records:
            apply(state, recorded)
    return state


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Recorded)


def encode(recorded: Recorded) -> bytes:
    """The bytes of a record, as JSON."""
    return _encoder.encode(recorded)


def decode(body: bytes) -> Recorded:
    """The record of these bytes. Raises msgspec.DecodeError or ValidationError for anything else."""
    return _decoder.decode(body)
