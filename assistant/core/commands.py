"""The commands of a conversation: what a person (or a program for them) can ask for. They come from forms and JSON as
they are; ``engine.decide`` says what they make happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from assistant.core.record import Line


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to the question that is asked: ``value`` for one, ``fields`` (and ``declines``) for a group."""

    item: str
    of: str = ""
    value: Any = None
    fields: Mapping[str, Any] | None = None
    declines: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Decline:
    """No answer to the question that is asked, and why."""

    item: str
    of: str = ""
    kind: str = "skip"


@dataclass(frozen=True, slots=True)
class Change:
    """Give an earlier answer again."""

    item: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """Give the answer before this one again."""


@dataclass(frozen=True, slots=True)
class AddItem:
    """There is another item for this repeat (``more``), or there is none."""

    repeat: str
    more: bool = True


@dataclass(frozen=True, slots=True)
class RemoveItem:
    """Take an item of a repeat away."""

    repeat: str
    of: str


@dataclass(frozen=True, slots=True)
class Open:
    """Take part in an optional section, or not."""

    section: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Confirm:
    """Of the facts that were shown, these (names of screens) are still true; the others are asked again."""

    still_true: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speak:
    """Go on in another language (a BCP 47 tag that the caller knows to exist)."""

    locale: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Tell the rest at the visit, or (``done=False``) go on after all."""

    done: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """A message of its own to the office, at once."""

    kind: Literal["apply_now", "call_me"]
    name: str = ""
    phone: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Submit:
    """Send it. ``lines`` are what the person saw and approves."""

    lines: tuple[Line, ...] = ()


Command: TypeAlias = (
    Reply | Decline | Change | Back | AddItem | RemoveItem | Open | Confirm | Speak | Finish | Message | Submit
)
