"""Where the characters of a YAML text stand in the file, so that a mistake inside a text is shown at its own place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import yaml

from assistant.authoring.problems import Run

_ESCAPE: Final = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)")


def runs_of(node: yaml.ScalarNode, lines: Sequence[str]) -> tuple[Run, ...]:
    """The runs of a scalar's content; empty where quotes and line breaks are mixed and the place cannot be told."""
    start, end = node.start_mark, node.end_mark
    if node.style in ("|", ">"):
        return _folded(node.value.rstrip("\n"), start.line + 1, end.line + 1, lines)
    if start.line != end.line:
        inside = 1 if node.style else 0
        first = lines[start.line][start.column + inside :]
        last = lines[end.line][: end.column - inside]
        between = [first, *lines[start.line + 1 : end.line], last]
        return _joined(node.value, start.line, start.column + inside, between)
    written = lines[start.line][start.column : end.column]
    if not node.style:
        return (Run(0, start.line + 1, start.column + 1),) if written == node.value else ()
    if written[:1] != node.style:  # an anchor or a tag stands before the quote
        return ()
    content = written[1:-1]
    escape = re.compile("''") if node.style == "'" else _ESCAPE
    return _escaped(content, escape, start.line + 1, start.column + 2)


def _escaped(content: str, escape: re.Pattern[str], line: int, column: int) -> tuple[Run, ...]:
    """Each escape is one character of the text: behind it a new run begins."""
    runs = [Run(0, line, column)]
    offset = position = 0
    for found in escape.finditer(content):
        offset += found.start() - position + 1
        position = found.end()
        runs.append(Run(offset, line, column + position))
    return tuple(runs)


def _folded(value: str, line: int, end: int, lines: Sequence[str]) -> tuple[Run, ...]:
    """A block text: the lines below its ``>`` or ``|``."""
    return _joined(value, line, 0, lines[line:end]) if value else ()


def _joined(value: str, line: int, column: int, pieces: Sequence[str]) -> tuple[Run, ...]:
    """Lines that were joined into one text, each a run of its own; empty if they were joined in another way."""
    runs: list[Run] = []
    offset = 0
    for index, piece in enumerate(pieces):
        words = piece.strip(" ")
        if not words:
            continue
        if offset >= len(value):
            break
        if runs:
            offset += 1
        if not value.startswith(words, offset):
            break
        indent = len(piece) - len(piece.lstrip(" "))
        runs.append(Run(offset, line + index + 1, (column if index == 0 else 0) + indent + 1))
        offset += len(words)
    return tuple(runs) if offset == len(value) else ()
