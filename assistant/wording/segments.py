"""Text in which a person's own words are kept apart from ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from assistant.bidi import Direction, direction_of, isolate, shown
from assistant.languages import Language, find

MARK: Final = "”"
"""The quotation mark, on both sides."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A person's own words as they can be shown. ``lang`` is the language that they were using (an HTML ``lang``),
    ``dir`` the direction of what they wrote; ``marked`` words are shown between quotation marks."""

    text: str
    lang: str
    dir: Direction
    marked: bool


Segment: TypeAlias = str | Quote


def quote(text: str, locale: str, reader: Language, *, marked: bool) -> Quote:
    """The words that somebody wrote while using ``locale`` (a tag; if nobody knows it, the reader's language). Without
    any letter they are a telephone number or the like: no quotation, and from left to right in every language."""
    writer = find(locale) or reader
    words = shown(text)
    return Quote(words, writer.html, direction_of(words) or "ltr", marked and any(map(str.isalpha, words)))


def joined(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The segments with neighbouring words of ours made one, and without empty ones."""
    found: list[Segment] = []
    for segment in segments:
        if isinstance(segment, str) and found and isinstance(found[-1], str):
            found[-1] += segment
        elif segment != "":
            found.append(segment)
    return tuple(found)


def plain(segments: Sequence[Segment], direction: Direction | None = None) -> str:
    """The segments as text. Quotes that run against the words around them are isolated, line by line; ``direction`` is
    that of the language around (not given: that of the first word of ours)."""
    around = direction or next(
        (found for one in segments if isinstance(one, str) and (found := direction_of(one))), None
    )
    texts: list[str] = []
    for one in segments:
        if isinstance(one, str):
            texts.append(one)
        else:
            words = isolate(one.text, around) if around else one.text
            texts.append(f"{MARK}{words}{MARK}" if one.marked else words)
    return "".join(texts)
