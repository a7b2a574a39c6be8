"""What the office does with a case: an append-only stream of its own, beside what the person said, and its fold.

A *doing* is one thing that somebody of the office did. Doings are sealed and numbered like records (``seq`` from 1, one
stream for each case), so whoever acts on an old page is told what was done meanwhile, and nothing is overwritten.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from assistant.core.retention import Sample

LONGEST_NOTE = 2000
"""How many characters a note, or the reason for opening or closing a case, may have."""

Channel = Literal["paper", "email", "sms"]


class Doing(msgspec.Struct, frozen=True, kw_only=True, tag_field="doing", omit_defaults=True):
    """One thing that was done, named in the past tense."""


class Invited(Doing, frozen=True, kw_only=True, tag="invited"):
    """An invitation was made, on ``paper`` or sent to an address. ``locale`` is the language it is written in,
    ``until`` its last day (ISO). ``safe``: the person wants care with messages, and the colleague said that this one
    is safe."""

    channel: Channel
    locale: str
    until: str
    address: str = ""
    safe: bool = False


class Withdrawn(Doing, frozen=True, kw_only=True, tag="withdrawn"):
    """What invitations there were do not work any more."""


class Assigned(Doing, frozen=True, kw_only=True, tag="assigned"):
    """The case is this person's now, or nobody's, in this unit (empty: no unit's yet)."""

    to: str = ""
    unit: str = ""


class Booked(Doing, frozen=True, kw_only=True, tag="booked"):
    """The first visit was set: ``at`` is a minute on Swedish clocks, ``2026-12-01T10:00``; empty: it was cancelled."""

    at: str = ""


class Held(Doing, frozen=True, kw_only=True, tag="held"):
    """The first visit took place on this day (ISO)."""

    on: str


class Noted(Doing, frozen=True, kw_only=True, tag="noted"):
    """Somebody wrote something down."""

    text: str


class Handled(Doing, frozen=True, kw_only=True, tag="handled"):
    """What was urgent, and every message until now, is taken care of."""


class Closed(Doing, frozen=True, kw_only=True, tag="closed"):
    """The case is done. ``sample``: whether the person was born on a day whose cases are kept for research."""

    reason: str = ""
    sample: Sample = ""


class Sampled(Doing, frozen=True, kw_only=True, tag="sampled"):
    """Somebody said, of a case that is closed, whether the person was born on a day whose cases are kept."""

    sample: Sample


class Reopened(Doing, frozen=True, kw_only=True, tag="reopened"):
    """The case goes on after all."""


class Woken(Doing, frozen=True, kw_only=True, tag="woken"):
    """The person was met and may come back with the code alone: the PIN that was wrong too often is gone."""


class Linked(Doing, frozen=True, kw_only=True, tag="linked"):
    """The other case is the partner's. Neither shows the other's answers."""

    case: str
    reference: str


class Unlinked(Doing, frozen=True, kw_only=True, tag="unlinked"):
    """The other case is not the partner's after all."""

    case: str
    reference: str


class Merged(Doing, frozen=True, kw_only=True, tag="merged"):
    """What there was under another reference is the same person's, and stands here now."""

    reference: str


class Crossed(Doing, frozen=True, kw_only=True, tag="crossed"):
    """Somebody whose case it is not opened it, for this reason, until this moment (ISO date and time in UTC)."""

    reason: str
    until: str


AnyDoing: TypeAlias = (
    Invited
    | Withdrawn
    | Assigned
    | Booked
    | Held
    | Noted
    | Handled
    | Closed
    | Sampled
    | Reopened
    | Woken
    | Linked
    | Unlinked
    | Merged
    | Crossed
)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A doing at its place in the stream. ``at`` is an ISO date and time in UTC, to the second; ``by`` a user."""

    seq: int
    at: str
    by: str
    doing: AnyDoing


class Partner(NamedTuple):
    """The case of the person's partner, by its id and reference."""

    case: str
    reference: str


class OfficeState(NamedTuple):
    """What the office knows of a case by its own doings: all of them, the notes among them, the partner's case, and
    whether the person was born on a day whose cases are kept for research.

    Whose the case is, and when the visit is, stands in the case's row, which the same writes keep."""

    done: tuple[Done, ...] = ()
    notes: tuple[Done, ...] = ()
    partner: Partner | None = None
    sample: Sample = ""

    @property
    def seq(self) -> int:
        """The number of the last doing, 0 if there is none."""
        return self.done[-1].seq if self.done else 0


def fold(done: Iterable[Done]) -> OfficeState:
    """The state of a case at the office after all its doings, the oldest first."""
    every = tuple(done)
    partner: Partner | None = None
    sample: Sample = ""
    for one in every:
        match one.doing:
            case Linked(case=case, reference=reference):
                partner = Partner(case, reference)
            case Unlinked(case=case) if partner is not None and partner.case == case:
                partner = None
            case Closed(sample=told) | Sampled(sample=told) if told:
                sample = told
    return OfficeState(every, tuple(one for one in every if isinstance(one.doing, Noted)), partner, sample)


def is_minute(text: str) -> bool:
    """Whether a text is a minute as ``Booked`` has it, ``2026-12-01T10:00``."""
    try:
        return datetime.datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M") == text
    except ValueError:
        return False


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Done)


def encode(done: Done) -> bytes:
    """The bytes of a doing, as JSON."""
    return _encoder.encode(done)


def decode(body: bytes) -> Done:
    """The doing of these bytes. Raises msgspec.DecodeError or ValidationError for anything else."""
    return _decoder.decode(body)
