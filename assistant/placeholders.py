"""The templates of catalogs and dialogs: ``{name}`` is a placeholder, and in sentences ``[ … ]`` is a part that is left
out where a placeholder in it has no value. There is nothing else in a template, so that no translator writes code.

Templates come from files of the program and the municipality, never from persons: that many different ones exist, and
so many are kept taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from assistant.core.summary import PLACEHOLDER

_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")


class Hole(NamedTuple):
    """The place of a value."""

    name: str


Piece: TypeAlias = str | Hole


class Part(NamedTuple):
    """A stretch of a sentence; an ``optional`` one stood in square brackets."""

    pieces: tuple[Piece, ...]
    optional: bool

    @property
    def names(self) -> frozenset[str]:
        """The names of its placeholders."""
        return frozenset(piece.name for piece in self.pieces if isinstance(piece, Hole))


@lru_cache(maxsize=32768)
def pieces(template: str) -> tuple[Piece, ...]:
    """The template as words and holes, in order."""
    found: list[Piece] = []
    for index, text in enumerate(PLACEHOLDER.split(template)):
        if index % 2:
            found.append(Hole(text))
        elif text:
            found.append(text)
    return tuple(found)


@lru_cache(maxsize=32768)
def parts(template: str) -> tuple[Part, ...]:
    """The template of a sentence as its parts, in order."""
    return tuple(
        Part(pieces(text), optional=bool(index % 2))
        for index, text in enumerate(_BRACKETS.split(template))
        if text or index % 2
    )


def names(template: str) -> frozenset[str]:
    """The names of all placeholders of a template."""
    return frozenset(PLACEHOLDER.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its placeholders replaced. One without a value stays as it is; values are not looked into."""
    if "{" not in template:
        return template
    return "".join(
        piece if isinstance(piece, str) else values.get(piece.name, f"{{{piece.name}}}") for piece in pieces(template)
    )
