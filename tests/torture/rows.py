"""One line of the torture table, and how much of a test is run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

VARIABLE = "KLARBILD_TORTURE"
"""The environment variable that says how much is run: `full`, or a number by which the small counts are multiplied."""


class Scale(msgspec.Struct, frozen=True):
    """How much is run. `times` multiplies the small counts; None: the full ones. `count` is one count for the part that
    is run, whatever the scale says (0: none was given). `seed` makes a run repeatable where it does not depend on
    time."""

    times: float | None = 1.0
    count: int = 0
    seed: int = 1

    def of(self, small: int, full: int) -> int:
        """How often something is done that a quick run does `small` and a full one `full` times."""
        if self.count:
            return self.count
        return full if self.times is None else max(1, round(small * self.times))

    @property
    def full(self) -> bool:
        """Whether the run is long enough to judge slow growth."""
        return self.times is None


def scale_of(text: str) -> Scale:
    """The scale that a text means: `full`, a factor, or nothing for the small counts. Raises ValueError."""
    if text == "full":
        return Scale(None)
    return Scale(float(text) if text else 1.0)


def scale_here() -> Scale:
    """The scale that the environment asks for."""
    return scale_of(os.environ.get(VARIABLE, ""))


class Mutant(NamedTuple):
    """A fault put into the program on purpose, which a test must notice: `caught` of `tries` did."""

    name: str
    caught: int
    tries: int


class Row(msgspec.Struct, frozen=True):
    """What a test came to. `count` is how often its main thing was done and `of` what that is; `faults` were injected.

    `lost` counts what was acknowledged and is not there, or is there twice or torn; `leaked` what somebody could read
    who must not, or what grew without bound; `errors` answers 5xx other than 503. All three must be 0. `wrong` are
    other things that must not be, a sentence each, and `note` figures that a reader may want."""

    test: str
    count: int
    of: str
    faults: int = 0
    lost: int = 0
    leaked: int = 0
    errors: int = 0
    seconds: float = 0.0
    mutants: tuple[Mutant, ...] = ()
    wrong: tuple[str, ...] = ()
    note: str = ""

    @property
    def fine(self) -> bool:
        """Whether nothing was lost, leaked or wrong, and every mutant was noticed."""
        return not (self.lost or self.leaked or self.errors or self.wrong) and all(one.caught for one in self.mutants)


class Part(NamedTuple):
    """A test that can be run by its name: `run` does it and says what it came to."""

    name: str
    says: str
    run: Callable[[Scale], Row]


_HEAD = ("test", "count", "faults", "lost", "leaked", "5xx", "seconds", "mutants caught")


def table(rows: Sequence[Row]) -> str:
    """The table of these rows, with what is wrong and what may be of interest below it."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(_HEAD))]
    lines = ["  ".join(_set(cell, width, place) for place, (cell, width) in enumerate(zip(line, widths, strict=True)))
             for line in cells]  # fmt: skip
    lines.insert(1, "  ".join("-" * width for width in widths))
    notes = [f"{row.test}: {row.note}" for row in rows if row.note]
    faults = [f"WRONG {row.test}: {one}" for row in rows for one in row.wrong]
    faults += [
        f"WRONG {row.test}: the mutant {one.name} was not noticed"
        for row in rows
        for one in row.mutants
        if not one.caught
    ]
    return "\n".join(line.rstrip() for line in (*lines, "", *notes, *faults)).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    caught = ", ".join(f"{one.name} {one.caught:,}/{one.tries:,}" for one in row.mutants)
    numbers = (f"{number:,}" for number in (row.faults, row.lost, row.leaked, row.errors))
    return row.test, f"{row.count:,} {row.of}", *numbers, f"{row.seconds:,.0f}", caught


def _set(cell: str, width: int, place: int) -> str:
    return cell.rjust(width) if 2 <= place <= 6 else cell.ljust(width)
