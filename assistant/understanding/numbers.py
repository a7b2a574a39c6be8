"""Numbers as people type them: ``6 500 kr``, ``6.500:-``, ``٦٥٠٠``, ``tjugofem``, ``خمسة وعشرون``, ``2 and a half``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from assistant.understanding.phrases import Phrases
from assistant.understanding.results import Found, found_of
from assistant.understanding.tokens import Token, unread
from assistant.understanding.vocabulary import Vocabulary

NumberKind: TypeAlias = Literal["integer", "money", "decimal"]

_MOST_FIGURES: Final = 15
_GROUP_MARKS: Final = frozenset(".,'٬")
_DECIMAL_MARKS: Final = frozenset(".,٫")


class Number(NamedTuple):
    """A number in the text: what it can be (two readings where a mark can be one of thousands or of decimals), the
    place behind it, and whether it was written in figures."""

    readings: tuple[Decimal, ...]
    end: int
    literal: bool


def number_at(vocabulary: Vocabulary, tokens: Sequence[Token], place: int, kind: NumberKind) -> Number | None:
    """The number that begins at a place, in figures or in words."""
    if place >= len(tokens):
        return None
    if tokens[place].kind != "digits":
        return _words_at(vocabulary, tokens, place)
    number = _figures_at(vocabulary, tokens, place, kind)
    if number is None:
        return None
    end, value = number.end, number.readings[0]
    scale = vocabulary.numbers.at(tokens, end)
    if scale and scale[0] in (100, 1000) and len(number.readings) == 1 and 0 < value < scale[0]:
        return Number((value * scale[0],), scale[1], literal=False)
    half = _half_at(vocabulary, tokens, end)
    if half and value == int(value) and len(number.readings) == 1:
        return Number((value + Decimal("0.5"),), half, literal=False)
    return number


def find_number(
    vocabulary: Vocabulary, tokens: Sequence[Token], kind: NumberKind, beside: Sequence[Phrases[None]]
) -> Found[Decimal] | None:
    """The one number of a text in which all the rest is ``beside`` it, marks or "about". Several numbers are all given:
    the text does not say which is meant."""
    inside, literal = without_about(vocabulary, unread(list(tokens)))
    numbers: list[Number] = []
    place, sign, either = 0, 1, False
    while place < len(inside):
        number = number_at(vocabulary, inside, place, kind)
        if number is not None:
            numbers.append(number._replace(readings=tuple(sign * one for one in number.readings)))
            place, sign = number.end, 1
        elif not numbers and _is_minus(inside, place):
            place, sign = place + 1, -1
        else:
            or_ = vocabulary.either.at(inside, place)
            either = either or or_ is not None
            place = or_[1] if or_ else _beside(inside, place, beside)
            if not place:
                return None
    values = [one for number in numbers for one in number.readings]
    if kind == "integer" and any(value != int(value) for value in values):
        return None
    if (len(numbers) > 1 and len(set(values)) == 1) or (either and len(numbers) < 2):
        return None
    return found_of(values, literal=literal and all(number.literal for number in numbers))


def without_about(vocabulary: Vocabulary, tokens: Sequence[Token]) -> tuple[Sequence[Token], bool]:
    """The tokens without words that say "about", and whether there were none."""
    for pattern in vocabulary.patterns["about"]:
        inside = pattern.inside(tokens)
        if inside:
            return inside, False
    return tokens, True


def _is_minus(tokens: Sequence[Token], place: int) -> bool:
    following = tokens[place + 1 : place + 2]
    return tokens[place].text == "-" and bool(following) and not following[0].spaced


def _beside(tokens: Sequence[Token], place: int, beside: Sequence[Phrases[None]]) -> int:
    """The place behind what may stand beside a number; 0 for anything else."""
    if tokens[place].kind == "mark":
        return place + 1 if tokens[place].text in _BESIDE_MARKS else 0
    ends = [found[1] for phrases in beside if (found := phrases.at(tokens, place))]
    return max(ends, default=0)


_BESIDE_MARKS: Final = frozenset("-.,:;!'\"()/")


def _figures_at(vocabulary: Vocabulary, tokens: Sequence[Token], place: int, kind: NumberKind) -> Number | None:
    """Figures with marks between thousands and before decimals."""
    figures, end = tokens[place].text, place + 1
    if len(figures) > _MOST_FIGURES:
        return None
    group = ""
    while len(figures) <= _MOST_FIGURES:
        mark, number = _mark_and_figures(tokens, end)
        grouped = mark in _GROUP_MARKS or mark == " "
        if not grouped or (group and mark != group) or len(number) != 3 or (not group and len(figures) > 3):
            break
        if not group and mark in _DECIMAL_MARKS and _is_single(tokens, end, mark):
            return _three_behind(vocabulary, figures, number, mark, end + 2, kind)
        group = mark
        figures += number
        end += 1 if mark == " " else 2
    mark, number = _mark_and_figures(tokens, end)
    if mark in _DECIMAL_MARKS and mark != group and number and len(figures) <= _MOST_FIGURES:
        if len(number) > (2 if kind == "money" else _MOST_FIGURES):
            return None
        return Number((Decimal(f"{figures}.{number}"),), end + 2, literal=True)
    return Number((Decimal(figures),), end, literal=True) if len(figures) <= _MOST_FIGURES else None


def _mark_and_figures(tokens: Sequence[Token], place: int) -> tuple[str, str]:
    """The mark at a place and the figures right behind it; a space is a mark too. Nothing if there is no such pair."""
    first, second = tokens[place : place + 1], tokens[place + 1 : place + 2]
    if first and first[0].kind == "digits" and first[0].spaced:
        return " ", first[0].text
    if first and second and first[0].kind == "mark" and second[0].kind == "digits":
        tight = not first[0].spaced and not second[0].spaced
        return (first[0].text, second[0].text) if tight else ("", "")
    return "", ""


def _is_single(tokens: Sequence[Token], place: int, mark: str) -> bool:
    """Whether no further group of thousands or decimals follows the one that begins with the mark here."""
    following, number = _mark_and_figures(tokens, place + 2)
    return not number or following not in _GROUP_MARKS | _DECIMAL_MARKS


def _three_behind(
    vocabulary: Vocabulary, before: str, behind: str, mark: str, end: int, kind: NumberKind
) -> Number | None:
    """One mark with three figures behind it: thousands in money and whole numbers. In other numbers the language's own
    marks decide; a mark that is neither can be both."""
    whole, part = Decimal(before + behind), Decimal(f"{before}.{behind}")
    if before.startswith("0"):
        return None if kind == "money" else Number((part,), end, literal=True)
    if kind != "decimal":
        return Number((whole,), end, literal=True)
    if mark in (vocabulary.decimal, "٫"):
        return Number((part,), end, literal=True)
    return Number((whole,) if mark == vocabulary.group else (part, whole), end, literal=True)


def _words_at(vocabulary: Vocabulary, tokens: Sequence[Token], place: int) -> Number | None:
    """A number in words: thousands, then what is below, each composed by :func:`_joined`."""
    first = vocabulary.numbers.at(tokens, place)
    if first is None:
        return None
    if first[0] != int(first[0]):
        return Number((first[0],), first[1], literal=False)
    thousands, group, end = Decimal(0), None, place
    following, joined = first, False
    while True:
        value = following[0]
        if value == 1000 and not thousands and (group is None or group):
            thousands, group = (group or 1) * value, None
        elif value > 1000 and not thousands and group is None and value == int(value):
            thousands = value
        else:
            together = _joined(group, value, with_and=joined)
            if together is None:
                break
            group = together
        end = following[1]
        both = vocabulary.both.at(tokens, end)
        joined = both is not None
        found = vocabulary.numbers.at(tokens, both[1] if both else _behind_hyphen(tokens, end))
        if found is None:
            break
        following = found
    total = thousands + (group or 0)
    half = _half_at(vocabulary, tokens, end)
    if half and total < 1000:
        return Number((total + Decimal("0.5"),), half, literal=False)
    return Number((total,), end, literal=False)


def _behind_hyphen(tokens: Sequence[Token], place: int) -> int:
    """The place behind a hyphen that joins two words (``twenty-five``), or the place itself."""
    two = tokens[place : place + 2]
    tight = len(two) == 2 and two[0].text == "-" and two[1].kind == "word" and not two[0].spaced and not two[1].spaced
    return place + 1 if tight else place


def _joined(group: Decimal | None, value: Decimal, *, with_and: bool) -> Decimal | None:
    """Hundreds, tens and ones that were read so far (None: nothing) with the next word; None if they do not make one
    number."""
    if value != int(value) or value >= 1000:
        return None
    if group is None:
        return value
    tail = group % 100
    if value == 100:
        return group * 100 if 0 < group < 100 and not with_and else None
    if value > 100 or not value or not group:
        return None
    if not tail:
        return group + value
    if value < 10:
        return group + value if tail >= 20 and not tail % 10 else None
    return group + value if value >= 20 and not value % 10 and tail < 10 and with_and else None


def _half_at(vocabulary: Vocabulary, tokens: Sequence[Token], place: int) -> int:
    """The place behind "(and) a half"; 0 if it does not stand there."""
    both = vocabulary.both.at(tokens, place)
    found = vocabulary.numbers.at(tokens, both[1] if both else place)
    return found[1] if found and found[0] == Decimal("0.5") else 0
