"""What a fact can be: the values themselves, their static types, and dates that are only partly known.

A date is an ISO 8601 string at the precision the person gave: ``"2019"``, ``"2019-03"`` or ``"2019-03-05"``.
It is never rounded or filled up, so two dates can be compared only as far as both are known.
"""

import datetime
import re
from typing import Literal, TypeAlias

import msgspec

Value: TypeAlias = str | int | float | bool | tuple[str, ...]
"""One known value; several choices are a tuple of choice names."""

ValueOrList: TypeAlias = Value | tuple[Value, ...]
"""What an expression may read: a field of a repeat, seen from outside it, is a tuple of its known values."""

Kind: TypeAlias = Literal["boolean", "integer", "decimal", "text", "date", "choice", "choices", "list"]


class Type(msgspec.Struct, frozen=True, kw_only=True):
    """The static type of a fact or of an expression.

    ``choices`` is for ``choice``, ``choices`` and a list of either: the names that can occur, or None when
    the set is open. ``of`` is for ``list``: the kind of its items.
    """

    kind: Kind
    choices: frozenset[str] | None = None
    of: Kind | None = None


# The shape alone: a fact was held against the calendar when it was told.
_ISO = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?").fullmatch


def compare_dates(one: str, other: str) -> int | None:
    """-1, 0 or 1 for earlier, equal, later; None when it cannot be told.

    It cannot be told when the two agree as far as the coarser one goes ("2019" and "2019-03"), or when one of
    them is no date.
    """
    if not _ISO(one) or not _ISO(other):
        return None
    if one == other:
        return 0
    common = min(len(one), len(other))
    start, other_start = one[:common], other[:common]
    if start == other_start:
        return None
    return -1 if start < other_start else 1


def year_of(date: str) -> int | None:
    """The year of a date at any precision; None when the text is no date."""
    return int(date[:4]) if _ISO(date) else None


def age_of(born: str | int, today: datetime.date) -> int | None:
    """Age in years; negative for a date still to come, None when the text is no date.

    A year alone (2019 or "2019") gives the age reached in the course of this year. A month counts from its
    first day. A full date gives completed years; who was born on 29 February completes a year on 1 March when
    there is no 29 February.
    """
    if isinstance(born, int):
        return today.year - born
    year = year_of(born)
    if year is None:
        return None
    if len(born) == 4:
        return today.year - year
    birthday = (int(born[5:7]), int(born[8:10] or "1"))
    return today.year - year - ((today.month, today.day) < birthday)
