"""Phrases of a language that are looked for in tokens: single words or several, and patterns with holes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from assistant.understanding.tokens import Token

T = TypeVar("T")

_JOINING: Final = frozenset(".'-:")
"""Marks that may stand within a phrase: ``t.o.m.``, ``full-time``."""


class Phrases(Generic[T]):
    """What phrases mean. The first meaning that is given to a phrase counts."""

    def __init__(self, pairs: Iterable[tuple[str, T]] = ()) -> None:
        found: dict[str, dict[tuple[str, ...], T]] = {}
        for text, meaning in pairs:
            words = tuple(text.split())
            if words:
                found.setdefault(words[0], {}).setdefault(words, meaning)
        self._by_first: Mapping[str, tuple[tuple[tuple[str, ...], T], ...]] = {
            first: tuple(sorted(those.items(), key=lambda one: -len(one[0]))) for first, those in found.items()
        }

    def words(self) -> Iterator[str]:
        """Every word of every phrase."""
        return (word for those in self._by_first.values() for phrase, _ in those for word in phrase)

    def at(self, tokens: Sequence[Token], place: int) -> tuple[T, int] | None:
        """The meaning of the longest phrase that begins at this place, and the place behind it."""
        if place >= len(tokens) or tokens[place].kind == "mark":
            return None
        for phrase, meaning in self._by_first.get(tokens[place].text, ()):
            end = match(tokens, place, phrase)
            if end:
                return meaning, end
        return None

    def begin_before(self, tokens: Sequence[Token], first: int, last: int) -> int:
        """The place, from ``first`` on, where the longest phrase begins that ends before ``last``; ``last`` if there is
        none."""
        for place in range(first, last):
            found = self.at(tokens[:last], place)
            if found is not None and found[1] == last:
                return place
        return last

    def whole(self, tokens: Sequence[Token]) -> T | None:
        """The meaning of the tokens if they are one phrase."""
        found = self.at(tokens, 0)
        return found[0] if found and found[1] == len(tokens) else None


def match(tokens: Sequence[Token], place: int, phrase: Sequence[str]) -> int:
    """The place behind a phrase that begins at ``place``; 0 if it does not stand there."""
    for number, word in enumerate(phrase):
        while number and place < len(tokens) and tokens[place].kind == "mark" and tokens[place].text in _JOINING:
            place += 1
        if place >= len(tokens) or tokens[place].kind == "mark" or tokens[place].text != word:
            return 0
        place += 1
    return place


class Pattern(NamedTuple):
    """A phrase with one hole (``middle`` empty) or two: what stands before, between and behind."""

    before: tuple[str, ...]
    middle: tuple[str, ...]
    behind: tuple[str, ...]

    @classmethod
    def of(cls, before: str, *others: str) -> Pattern:
        """A pattern from the folded words around its one hole or two."""
        return cls(tuple(before.split()), tuple(" ".join(others[:-1]).split()), tuple(others[-1].split()))

    def inside(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """What stands in the place of the holes, with all between them; nothing if the words around do not fit."""
        first = match(tokens, 0, self.before) if self.before else 0
        last = len(tokens)
        while self.behind and last and tokens[last - 1].kind == "mark" and tokens[last - 1].text in _JOINING:
            last -= 1
        if self.behind:
            last = _begins_last(tokens, last, self.behind)
        if (self.before and not first) or first >= last:
            return ()
        return tokens[first:last]

    def halves(self, tokens: Sequence[Token], most: int = 4) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
        """What stands in the place of the two holes: once for each of the first few places where the words between
        them stand."""
        inside = self.inside(tokens)
        places = (place for place in range(1, len(inside)) if inside[place].text == self.middle[0])
        for _, place in zip(range(most), places, strict=False):
            end = match(inside, place, self.middle)
            if end and end < len(inside):
                yield inside[:place], inside[end:]


def _begins_last(tokens: Sequence[Token], last: int, phrase: Sequence[str]) -> int:
    """The place where the phrase begins that ends before ``last``; 0 if it does not stand there."""
    first = last
    for word in reversed(phrase):
        while first and first != last and tokens[first - 1].kind == "mark" and tokens[first - 1].text in _JOINING:
            first -= 1
        if not first or tokens[first - 1].kind == "mark" or tokens[first - 1].text != word:
            return 0
        first -= 1
    return first
