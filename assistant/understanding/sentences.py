"""Several facts in one sentence: ``kock i Syrien 2009–2014`` fills four fields of the screen about a job.

Only what is certain is found: one time, choices by their whole names, countries by their names and by places there,
numbers with the unit of their field. Every fact keeps its place in the text, so that the person sees what was taken
from where, and can correct it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from assistant.core.dialog import Choice, Date, Dialog, Field, Group, Integer, Repeat, SelectMultiple, SelectOne, Text
from assistant.texts import Words
from assistant.understanding.choices import names_of
from assistant.understanding.dates import find_date, settled_length
from assistant.understanding.folding import fold
from assistant.understanding.numbers import number_at
from assistant.understanding.phrases import Phrases, match
from assistant.understanding.ranges import OPEN, find_range
from assistant.understanding.results import Found, Raw
from assistant.understanding.tokens import Token
from assistant.understanding.vocabulary import Vocabulary, vocabulary_of
from assistant.wording import label

_LONGEST: Final = 300
_MOST_TOKENS: Final = 60
_WINDOW: Final = 14
_YEAR: Final = 4
_SHORTEST_NAME: Final = 4
_STARTS: Final = ("_from", "_since", "_start")
_ENDS: Final = ("_to", "_until", "_end")
_COUNTRIES: Final = "countries"
_STILL: Final = "ongoing"
"""The name of the choice that says that something has not ended, beside the date when it did."""


class FoundField(NamedTuple):
    """A fact for one field of a screen: its name, the raw value as ``replies.parse`` takes it, where it stands in the
    text, and whether it was read as it stands."""

    field: str
    value: Raw
    start: int
    end: int
    literal: bool


Reading: TypeAlias = Callable[[Sequence[Token]], Found[str] | None]


class _Time(NamedTuple):
    values: tuple[str, ...]
    literal: bool
    first: int
    last: int


def find_fields(
    words: Words,
    dialog: Dialog,
    group: Group | Repeat,
    text: str,
    offered: Mapping[str, Sequence[Choice]],
    today: datetime.date,
) -> tuple[FoundField, ...]:
    """The facts of a screen's fields that stand in a text, in the order of the fields; each field once at most.

    ``offered`` are the choices that can be picked now, by the name of their field. What is left over in one piece is
    the value of the first field for text, if anything else was found. A sentence with "not" or "before" says nothing.
    """
    if len(text) > _LONGEST:
        return ()
    vocabulary = vocabulary_of(words.language)
    tokens = vocabulary.tokens(text)
    if not tokens or len(tokens) > _MOST_TOKENS:
        return ()
    taken = [False] * len(tokens)
    found = [
        *_times(vocabulary, group, tokens, taken, offered, today),
        *_numbers(words, dialog, group, vocabulary, tokens, taken),
        *_choices(words, dialog, group, vocabulary, tokens, taken, offered),
    ]
    if _is_doubtful(vocabulary, tokens, taken, found):
        return ()
    found = _each_once(found)
    if found:
        found += _left_over(vocabulary, group, text, tokens, taken)
    order = {field.name: place for place, field in enumerate(group.items)}
    return tuple(sorted(found, key=lambda one: order[one.field]))


def _is_doubtful(
    vocabulary: Vocabulary, tokens: Sequence[Token], taken: Sequence[bool], found: Sequence[FoundField]
) -> bool:
    """Whether the rest changes the meaning ("not", "before"), tells of several times, or holds a figure that may be the
    end of a time with none ("2009 to 14")."""
    rest = [place for place, is_taken in enumerate(taken) if not is_taken]
    figures = [tokens[place].text for place in rest if tokens[place].kind == "digits"]
    return (
        any(vocabulary.doubts.at(tokens, place) for place in rest)
        or sum(len(one) == _YEAR for one in figures) > 1
        or (bool(figures) and any(fact.value == _STILL for fact in found))
    )


def _each_once(found: Sequence[FoundField]) -> list[FoundField]:
    """The facts of which the text says one thing only, each once."""
    values: dict[str, list[Raw]] = {}
    for fact in found:
        values.setdefault(fact.field, []).append(fact.value)
    once = {fact.field: fact for fact in reversed(found)}
    return [fact for name, fact in once.items() if all(value == fact.value for value in values[name])]


def _take(taken: list[bool], first: int, last: int) -> None:
    taken[first:last] = [True] * (last - first)


def _fact(field: str, value: Raw, part: Sequence[Token], *, literal: bool) -> FoundField:
    return FoundField(field, value, part[0].start, part[-1].end, literal)


def _times(
    vocabulary: Vocabulary,
    group: Group | Repeat,
    tokens: Sequence[Token],
    taken: list[bool],
    offered: Mapping[str, Sequence[Choice]],
    today: datetime.date,
) -> Iterator[FoundField]:
    """Beginning and end of the one time in the text, or its one date where the screen asks for one date."""
    dates = [field for field in group.items if isinstance(field, Date)]
    starts = [field for field in dates if field.name.endswith(_STARTS)]
    ends = [field for field in dates if field.name.endswith(_ENDS)]
    time = _only_time(vocabulary, tokens, lambda part: find_range(vocabulary, part, today))
    if time is not None:
        part = tokens[time.first : time.last]
        pairs = [value.split("/") for value in time.values]
        if any(begin != OPEN for begin, _ in pairs):
            if len(starts) != 1:
                return
            yield from _settled(starts[0], [begin for begin, _ in pairs], part, time)
        if all(end == OPEN for _, end in pairs):
            still = [field for field in group.items if _has_still(field, offered)]
            if len(still) == 1 and ends:
                yield _fact(still[0].name, _STILL, part, literal=time.literal)
        elif len(ends) == 1:
            yield from _settled(ends[0], [end for _, end in pairs], part, time)
        _take(taken, time.first, time.last)
    elif len(dates) == 1:
        time = _only_time(vocabulary, tokens, lambda part: find_date(vocabulary, part, today))
        if time is not None:
            part = tokens[time.first : time.last]
            yield from _settled(dates[0], time.values, part, time)
            _take(taken, time.first, time.last)


def _has_still(field: Field, offered: Mapping[str, Sequence[Choice]]) -> bool:
    return isinstance(field, SelectOne) and any(choice.name == _STILL for choice in offered.get(field.name, ()))


def _settled(field: Date, values: Sequence[str], part: Sequence[Token], time: _Time) -> Iterator[FoundField]:
    """The date at the field's precision, if only one is possible."""
    cut = {value[: settled_length(field.precision)] for value in values}
    if len(cut) == 1:
        yield _fact(field.name, min(cut), part, literal=time.literal)


def _only_time(vocabulary: Vocabulary, tokens: Sequence[Token], read: Reading) -> _Time | None:
    """The longest reading at the first place where there is one, if no other year stands in the rest of the text."""
    anchors = [place for place, token in enumerate(tokens) if _is_anchor(vocabulary, tokens, place, token)]
    for first in range(len(tokens)):
        for last in range(min(len(tokens), first + _WINDOW), first, -1):
            if not any(first <= place < last for place in anchors):
                break
            if any(_is_word_behind_year(vocabulary, tokens, place) for place in range(first, last)):
                continue
            found = read(tokens[first:last])
            if found is not None:
                rest = [place for place in anchors if not first <= place < last]
                other = any(tokens[place].kind == "digits" for place in rest)
                begin, end = _within_marks(tokens, first, last)
                # Words at its ends may belong to the place beside it: "2014 in Aleppo", "Urfa'da 2005".
                while vocabulary.around_dates.at(tokens[:end], end - 1) and read(tokens[begin : end - 1]) == found:
                    end -= 1
                while vocabulary.around_dates.at(tokens[:end], begin) and read(tokens[begin + 1 : end]) == found:
                    begin += 1
                return None if other else _Time(found.values, found.literal, begin, end)
    return None


def _is_word_behind_year(vocabulary: Vocabulary, tokens: Sequence[Token], place: int) -> bool:
    return tokens[place].text in vocabulary.month_like and place > 0 and tokens[place - 1].kind == "digits"


def _within_marks(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """The place without marks at its ends; a dash at the end belongs to an open time."""
    while first < last and tokens[first].kind == "mark":
        first += 1
    while first < last and tokens[last - 1].kind == "mark" and tokens[last - 1].text != "-":
        last -= 1
    return first, last


def _is_anchor(vocabulary: Vocabulary, tokens: Sequence[Token], place: int, token: Token) -> bool:
    """Whether a time can stand here: four figures, "last year", "years"."""
    if token.kind == "digits":
        return len(token.text) == _YEAR
    units = (vocabulary.units, vocabulary.units_one, vocabulary.units_two, vocabulary.units_half)
    return vocabulary.when.at(tokens, place) is not None or any(phrases.at(tokens, place) for phrases in units)


def _numbers(
    words: Words,
    dialog: Dialog,
    group: Group | Repeat,
    vocabulary: Vocabulary,
    tokens: Sequence[Token],
    taken: list[bool],
) -> Iterator[FoundField]:
    """Whole numbers with the unit of their field behind them, where only one field has it."""
    cldr = words.language.cldr
    fields = [field for field in group.items if isinstance(field, Integer) and field.unit]
    units = {
        field.name: {tuple(fold(unit, cldr).split()) for unit in (label(words, dialog, field, "unit"), field.unit)}
        for field in fields
    }
    facts: dict[str, list[FoundField]] = {}
    place = 0
    while place < len(tokens):
        number = None if taken[place] else number_at(vocabulary, tokens, place, "integer")
        ends = {
            name: end
            for name, those in units.items()
            if number is not None
            for end in [max((match(tokens, number.end, unit) for unit in those if unit), default=0)]
            if end
        }
        if number is not None and len(ends) == 1 and number.readings[0] == int(number.readings[0]):
            name, end = next(iter(ends.items()))
            value = int(number.readings[0])
            facts.setdefault(name, []).append(_fact(name, value, tokens[place:end], literal=number.literal))
            _take(taken, place, end)
        place = max(place + 1, number.end if number is not None else 0)
    yield from (those[0] for those in facts.values() if len(those) == 1)


def _choices(
    words: Words,
    dialog: Dialog,
    group: Group | Repeat,
    vocabulary: Vocabulary,
    tokens: Sequence[Token],
    taken: list[bool],
    offered: Mapping[str, Sequence[Choice]],
) -> Iterator[FoundField]:
    """Choices whose whole name stands in the text, and countries by a place that lies there. A name of choices of two
    fields, and two choices of a field that takes one, are left alone."""
    fields = [field for field in group.items if isinstance(field, SelectOne | SelectMultiple)]
    of_countries = {field.name for field in fields if field.choice_list == _COUNTRIES}
    phrases = _names(words, dialog, fields, vocabulary, offered)
    picked: dict[str, dict[str, list[tuple[int, int]]]] = {}
    place, origin = 0, ("", 0)
    while place < len(tokens):
        found = None if taken[place] else phrases.at(tokens, place)
        if found and len(found[0]) == 1 and not any(taken[place : found[1]]):
            field_name, name = found[0][0]
            if field_name in of_countries and (begins := _origin(vocabulary, tokens, origin, name, place)) < place:
                # Where somebody comes from is not where they worked.
                _take(taken, begins, found[1])
                origin = name, found[1]
            else:
                picked.setdefault(field_name, {}).setdefault(name, []).append((place, found[1]))
        place = found[1] if found else place + 1
    for field in fields:
        those = picked.get(field.name, {})
        if those and (isinstance(field, SelectMultiple) or len(those) == 1):
            pairs = [pair for some in those.values() for pair in some]
            for first, last in pairs:
                _take(taken, first, last)
            value: Raw = list(those) if isinstance(field, SelectMultiple) else next(iter(those))
            part = tokens[min(first for first, _ in pairs) : max(last for _, last in pairs)]
            yield _fact(field.name, value, part, literal=True)


def _origin(vocabulary: Vocabulary, tokens: Sequence[Token], last: tuple[str, int], country: str, place: int) -> int:
    """Where it begins to say that somebody comes from this place ("from Aleppo in Syria": both), or the place itself.
    ``last`` is the country of the last place that somebody comes from, and where that ends."""
    if last[0] == country and _trimmed(vocabulary, tokens, last[1], place) == (place, place):
        return last[1]
    return vocabulary.origins.begin_before(tokens, last[1], place)


def _names(
    words: Words,
    dialog: Dialog,
    fields: Sequence[SelectOne | SelectMultiple],
    vocabulary: Vocabulary,
    offered: Mapping[str, Sequence[Choice]],
) -> Phrases[list[tuple[str, str]]]:
    """What can be said of the fields: the names of their choices and of places, each with field and choice."""
    meanings: dict[str, list[tuple[str, str]]] = {}
    for field in fields:
        names = names_of(words, dialog, field)
        places = vocabulary.places if field.choice_list == _COUNTRIES else {}
        for choice in offered.get(field.name, ()):
            called = {name for name in names.get(choice.name, ()) if len(name) >= _SHORTEST_NAME}
            for name in called.union(places.get(choice.name, ())):
                meanings.setdefault(name, []).append((field.name, choice.name))
        # The name of one choice may stand in brackets behind another's, as those of countries do.
        whole = {those[0]: name for name, those in names.items() if those}
        for called_so, pairs in meanings.items():
            owner = (field.name, whole.get(called_so, ""))
            if owner in pairs:
                pairs[:] = [pair for pair in pairs if pair[0] != field.name or pair == owner]
    meanings.update({name: [] for name in vocabulary.not_places})
    return Phrases(meanings.items())


def _left_over(
    vocabulary: Vocabulary, group: Group | Repeat, text: str, tokens: Sequence[Token], taken: Sequence[bool]
) -> Iterator[FoundField]:
    """The one piece of the text that nothing was taken from, without prepositions, "I worked as a" and marks at its
    ends, for the first field for text."""
    into = next((field for field in group.items if isinstance(field, Text)), None)
    pieces: list[tuple[int, int]] = []
    place = 0
    while place < len(tokens):
        end = place
        while end < len(tokens) and not taken[end]:
            end += 1
        first, last = _trimmed(vocabulary, tokens, place, end)
        if first < last:
            pieces.append((first, last))
        place = max(end, place + 1)
    if into is None or len(pieces) != 1:
        return
    part = tokens[pieces[0][0] : pieces[0][1]]
    value = text[part[0].start : part[-1].end]
    if len(value) <= into.max_length and not any(token.kind == "digits" for token in part):
        yield _fact(into.name, value, part, literal=True)


def _trimmed(vocabulary: Vocabulary, tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """The place of what is left between marks, conjunctions and words around dates."""
    while first < last:
        said = vocabulary.around_jobs.at(tokens[:last], first)
        if said is None and tokens[first].kind != "mark":
            break
        first = said[1] if said else first + 1
    while first < last:
        begins = vocabulary.around_jobs.begin_before(tokens, first, last)
        if begins == last and tokens[last - 1].kind != "mark":
            break
        last = min(begins, last - 1)
    return first, last
