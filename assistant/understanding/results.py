"""What was understood: one value, several that it could be, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from assistant.core.problem import Problem

Raw: TypeAlias = str | int | list[str] | None
"""A reply as ``replies.parse`` takes it: text, number, ISO date, choice name or names; None for nothing at all."""

T = TypeVar("T")


class Understood(NamedTuple):
    """A value, and whether it was read as it stands. Where ``literal`` is False it was worked out (from words such as
    "three years ago", or from another calendar, then named in ``calendar``), and the person should see what it came to.
    """

    value: Raw
    literal: bool = True
    calendar: str = ""


class Found(NamedTuple, Generic[T]):
    """Everything that a text can mean: one value, or several between which the text does not decide."""

    values: tuple[T, ...]
    literal: bool = True
    calendar: str = ""


def found_of(values: Iterable[T], *, literal: bool = True, calendar: str = "") -> Found[T] | None:
    """The different values, in order; None if there is none."""
    different = tuple(dict.fromkeys(values))
    return Found(different, literal, calendar) if different else None


def not_understood() -> Problem:
    """The problem of a text that means nothing here."""
    return Problem(code="not_understood")


def ambiguous(name: str, values: Iterable[object]) -> Problem:
    """The problem of a text that can mean several things: the first few, under ``name`` (``dates``, ``choices``,
    ``numbers``)."""
    return Problem(code="ambiguous", params={name: list(values)[:5]})
