"""Times with a beginning and an end as people type them: ``2012–2015``, ``from March 2012 to May 2015``, ``since
2019``, ``2019 till nu``. Written as ISO 8601 intervals: ``2012/2015``, ``2019/..`` (still going on), ``../2015``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.understanding.dates import Clue, date_clues
from assistant.understanding.durations import away_from, read_amounts
from assistant.understanding.numbers import without_about
from assistant.understanding.results import Found, found_of
from assistant.understanding.tokens import Token, unread
from assistant.understanding.vocabulary import Vocabulary

OPEN: Final = ".."
_MOST_TOKENS: Final = 30
_MOST_DASHES: Final = 7


def find_range(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> Found[str] | None:
    """The time from a beginning to an end that the whole text is."""
    whole = unread(list(tokens))
    if len(whole) > _MOST_TOKENS:
        return None
    inside, exact = without_about(vocabulary, whole)
    for clues in _readings(vocabulary, inside, today):
        if clues:
            literal = exact and all(one.literal for one in clues)
            calendars = {one.calendar for one in clues} - {"gregorian"}
            return found_of(
                (one.iso for one in clues), literal=literal, calendar=min(calendars) if len(calendars) == 1 else ""
            )
    return None


def _readings(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> Iterator[list[Clue]]:
    yield _with_dash(vocabulary, tokens, today)
    for pattern in vocabulary.patterns["between"]:
        for first, last in pattern.halves(tokens):
            yield _joined(_start(vocabulary, first, last, today), _end(vocabulary, last, today))
    for pattern in vocabulary.patterns["since"]:
        inside = pattern.inside(tokens)
        if inside:
            starts = date_clues(vocabulary, inside, today) or _so_long_ago(vocabulary, inside, today)
            yield [one._replace(iso=f"{one.iso}/{OPEN}") for one in starts]
    for pattern in vocabulary.patterns["until"]:
        inside = pattern.inside(tokens)
        ends = date_clues(vocabulary, inside, today) if inside else []
        yield [one._replace(iso=f"{OPEN}/{one.iso}") for one in ends]
    yield _and_still(vocabulary, tokens, today)


def _with_dash(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    """Two dates with a dash between them, or one with a dash behind it. Just one dash must fit."""
    dashes = [place for place, token in enumerate(tokens) if token.text == "-"]
    if not 1 <= len(dashes) <= _MOST_DASHES:
        return []
    if dashes == [len(tokens) - 1]:
        return [one._replace(iso=f"{one.iso}/{OPEN}") for one in date_clues(vocabulary, tokens[:-1], today)]
    fitting: list[list[Clue]] = []
    for place in dashes:
        first, last = tokens[:place], tokens[place + 1 :]
        joined = _joined(_start(vocabulary, first, last, today), _end(vocabulary, last, today))
        if joined:
            fitting.append(joined)
    return fitting[0] if len(fitting) == 1 else _short_years(tokens) if not fitting else []


def _short_years(tokens: Sequence[Token]) -> list[Clue]:
    """``2012-15``, where the second number can be no month."""
    if [token.kind for token in tokens] != ["digits", "mark", "digits"]:
        return []
    first, last = tokens[0].text, tokens[2].text
    years = len(first) == 4 and len(last) == 2 and first[:2] in ("19", "20") and int(last) > 12
    return [Clue(f"{first}/{first[:2]}{last}", "gregorian", literal=False)] if years and last >= first[2:] else []


def _start(vocabulary: Vocabulary, tokens: Sequence[Token], last: Sequence[Token], today: datetime.date) -> list[Clue]:
    """The beginning; its year may stand only at the end (``March to May 2019``)."""
    said = [token for place, token in enumerate(last) if vocabulary.calendar_words.at(last, place)]
    found = date_clues(vocabulary, [*tokens, *said], today) if tokens and said else []
    found = found or (date_clues(vocabulary, tokens, today) if tokens else [])
    years = [token for token in last if token.kind == "digits" and len(token.text) == 4]
    has_month = any(vocabulary.months.at(tokens, place) for place in range(min(len(tokens), 6)))
    if not found and has_month and len(years) == 1:
        found = date_clues(vocabulary, [*tokens, years[0]._replace(spaced=True)], today)
    return found


def _end(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    if tokens and _is_now(vocabulary, tokens):
        return [Clue(OPEN, "gregorian", literal=True)]
    return date_clues(vocabulary, tokens, today) if tokens else []


def _is_now(vocabulary: Vocabulary, tokens: Sequence[Token]) -> bool:
    found = vocabulary.now.at(tokens, 0)
    return found is not None and found[1] == len(tokens)


def _joined(starts: Sequence[Clue], ends: Sequence[Clue]) -> list[Clue]:
    """Every beginning with every end that is not before it; both of one calendar where they can be."""
    same = {one.calendar for one in starts} & {one.calendar for one in ends}
    return [
        Clue(f"{first.iso}/{last.iso}", _common(first, last), first.literal and last.literal)
        for first in starts
        for last in ends
        if last.iso == OPEN
        or ((first.calendar == last.calendar or not same) and first.iso[: len(last.iso)] <= last.iso[: len(first.iso)])
    ]


def _common(first: Clue, last: Clue) -> str:
    return first.calendar if first.calendar != "gregorian" else last.calendar


def _so_long_ago(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    """The beginning of what has gone on "since three years"."""
    dates = (away_from(today, one, -1) for one in read_amounts(vocabulary, tokens))
    return [Clue(iso, "gregorian", literal=False) for iso in dates if iso >= "1900"]


def _and_still(vocabulary: Vocabulary, tokens: Sequence[Token], today: datetime.date) -> list[Clue]:
    """A date with "and still", "until now" right behind it."""
    for place in range(1, min(len(tokens), 12)):
        both = vocabulary.both.at(tokens, place)
        rest = tokens[both[1] if both else place :]
        if rest and _is_now(vocabulary, rest):
            starts = date_clues(vocabulary, tokens[:place], today)
            return [one._replace(iso=f"{one.iso}/{OPEN}") for one in starts]
    return []
