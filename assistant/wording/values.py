"""Values of facts in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from assistant.core.dates import parse_date
from assistant.core.dialog import Date, Dialog, Integer, SelectMultiple, SelectOne, Text
from assistant.core.own_words import are_words
from assistant.core.summary import Filler
from assistant.languages import Language
from assistant.texts import Words
from assistant.wording.choices import choice_label, choice_summary
from assistant.wording.segments import Segment, joined, quote

_COMMAS: Final = {"rtl": "، ", "ltr": ", "}


def value_words(words: Words, dialog: Dialog, filler: Filler, *, for_summary: bool) -> tuple[Segment, ...]:
    """A value as the record has it (choices as phrases, dates in figures, own words between quotation marks) or as it
    is said to the person (choices as labels, dates in words)."""
    return value_segments(words, dialog, filler, phrases=for_summary, record=for_summary)


def value_segments(words: Words, dialog: Dialog, filler: Filler, *, phrases: bool, record: bool) -> tuple[Segment, ...]:
    """A value in words: choices as ``phrases`` or labels; the rest as the ``record`` has it or as one talks."""
    found: list[Segment] = []
    for one in _each(filler.value):
        if found:
            found.append(_comma(words.language))
        found.append(_one(words, dialog, filler, one, phrases, record))
    return joined(found)


def _each(value: Any) -> Iterator[Any]:
    """The single values: several choices, and a field of a repeat seen from outside, are lists (of lists)."""
    if isinstance(value, tuple | list):
        for one in value:
            yield from _each(one)
    elif value is not None:
        yield value


def _one(words: Words, dialog: Dialog, filler: Filler, value: Any, phrases: bool, record: bool) -> Segment:
    question = filler.question
    if isinstance(question, SelectOne | SelectMultiple):
        return (choice_summary if phrases else choice_label)(words, dialog, question, str(value))
    if isinstance(value, bool):
        return words.gettext("Yes") if value else words.gettext("No")
    if isinstance(value, int | float):
        return str(value) if is_year(question) else words.number(value)
    if isinstance(question, Date) or (question is None and parse_date(str(value))):
        return words.numeric_date(value) if record else words.date(value)
    known = known_word(words, question, str(value))
    if known:
        return known if phrases else words.capitalised(known)
    told = are_words(question.name if question is not None else "", str(value))
    return quote(str(value), filler.locale, words.language, marked=record, told=told)


def known_word(words: Words, question: Any, value: str) -> str:
    """The name of what was understood in a text with a list of known words, as it stands in a sentence; empty for words
    of the person's own."""
    if question is not None and not (isinstance(question, Text) and question.choice_list):
        return ""
    return words.occupations.name(value)


def is_year(question: Any) -> bool:
    """Whether a whole number always has four digits: it is a year, which is written without marks."""
    return isinstance(question, Integer) and question.min >= 1000 and question.max <= 9999


def _comma(language: Language) -> str:
    return "፣ " if language.tag == "ti" else _COMMAS[language.direction]
