"""What is wrong with a dialog file, and where: ``file:line:column: what is wrong; what to do``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

ModelPath: TypeAlias = tuple[str | int, ...]
"""The place of a value in the dialog model: ``("sections", 0, "items", 2, "label")``."""


class Problem(NamedTuple):
    """An author's mistake. Lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}; {self.remedy}"


class Run(NamedTuple):
    """From this offset in a value on, characters stand side by side in the file, from this line and column on."""

    offset: int
    line: int
    column: int


class Mark(NamedTuple):
    """A place in a file. For words, ``runs`` says where each character of them stands."""

    file: str
    line: int
    column: int
    runs: tuple[Run, ...] = ()

    def at(self, offset: int) -> Mark:
        """The place of the character at this offset (from 0) in the words that stand here."""
        if not self.runs:
            return self
        found = self.runs[max(0, bisect_right(self.runs, offset, key=lambda run: run.offset) - 1)]
        return Mark(self.file, found.line, found.column + offset - found.offset)

    def problem(self, message: str, remedy: str) -> Problem:
        """A problem at this place."""
        return Problem(self.file, self.line, self.column, message, remedy)


class Marks(dict[ModelPath, Mark]):
    """Where each value of a dialog was written.

    While a dialog with mistakes is read, this also keeps what could not be read, so that one mistake is told once:
    ``broken`` are the places left out, ``doubtful`` the names that something wrong stands behind.
    """

    def __init__(self) -> None:
        super().__init__()
        self.broken: dict[ModelPath, None] = {}
        self.doubtful: set[str] = set()

    def nearest(self, path: ModelPath) -> Mark:
        """The place of a value, or of the nearest thing around it that was written down."""
        for length in range(len(path), -1, -1):
            if path[:length] in self:
                return self[path[:length]]
        return Mark("", 1, 1)


class Report:
    """Collects problems at places of the model. What is known to be broken is not reported again."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.problems: list[Problem] = []

    def __call__(self, path: ModelPath, message: str, remedy: str, offset: int = 0) -> None:
        """Report a problem with the value at ``path``, at the character ``offset`` of it."""
        if path not in self.marks.broken:
            mark = self.marks.nearest(path)
            exact = mark.at(offset) if path in self.marks else mark
            self.problems.append(exact.problem(message, remedy))


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems by file, line and column, each told once."""
    return sorted(set(problems))


def shown(words: str, limit: int = 60) -> str:
    """Words of a file as a message can show them: short, on one line, nothing invisible."""
    cut = words if len(words) <= limit else words[: limit - 1] + "…"
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in cut)
