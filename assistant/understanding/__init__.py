"""Typed words of a person as the raw value of a reply. The same words always give the same value, and nothing is
guessed: what fits nothing is not understood, what fits more than one thing is ambiguous, and both are asked again.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from assistant.core.dialog import Choice, Date, Dialog, Field, Integer, SelectMultiple, SelectOne, Text
from assistant.core.problem import Problem
from assistant.texts import Words
from assistant.understanding.choices import find_choice, find_choices
from assistant.understanding.dates import find_date
from assistant.understanding.folding import fold
from assistant.understanding.numbers import find_number
from assistant.understanding.phrases import Phrases
from assistant.understanding.results import Raw, Understood, ambiguous, not_understood
from assistant.understanding.vocabulary import Vocabulary, vocabulary_of
from assistant.wording import label

__all__ = ["LONGEST", "Raw", "Understood", "interpret", "understand"]

LONGEST = 300
"""Longer texts are not read, except as the answer to a question for text."""


def interpret(
    words: Words, dialog: Dialog, question: Field, text: str, offered: Sequence[Choice], today: datetime.date
) -> Raw | Problem:
    """What somebody typed in answer to a question, in the language of ``words``, as a raw value.

    ``offered`` are the choices of the question that can be picked now. Whether the value fits the question (its range,
    its condition) is still for ``replies.parse`` to say. A Problem has the code ``not_understood`` or ``ambiguous``;
    the latter names what was found as ``choices``, ``dates`` or ``numbers``.
    """
    found = understand(words, dialog, question, text, offered, today)
    return found if isinstance(found, Problem) else found.value


def understand(
    words: Words, dialog: Dialog, question: Field, text: str, offered: Sequence[Choice], today: datetime.date
) -> Understood | Problem:
    """As :func:`interpret`, with whether the value was read as it stands or worked out."""
    if isinstance(question, Text):
        return Understood(text)
    if not text.strip():
        return Understood(None)
    if len(text) > LONGEST:
        return not_understood()
    match question:
        case Integer():
            return _number(words, dialog, question, text)
        case Date():
            return _date(words, question, text, today)
        case SelectOne():
            name = find_choice(words, dialog, question, text, offered)
            return name if isinstance(name, Problem) else Understood(name)
        case SelectMultiple():
            names = find_choices(words, dialog, question, text, offered)
            return names if isinstance(names, Problem) else Understood(names)


def _number(words: Words, dialog: Dialog, question: Integer, text: str) -> Understood | Problem:
    vocabulary = vocabulary_of(words.language)
    found = find_number(vocabulary, vocabulary.tokens(text), "integer", _beside(words, dialog, question, vocabulary))
    if found is None:
        return not_understood()
    numbers = [int(value) for value in found.values]
    return ambiguous("numbers", numbers) if len(numbers) > 1 else Understood(numbers[0], found.literal)


def _beside(words: Words, dialog: Dialog, question: Integer, vocabulary: Vocabulary) -> list[Phrases[None]]:
    """What may stand beside the number: the question's unit or words of it, and crowns where they may be asked for."""
    cldr = words.language.cldr
    units = [fold(label(words, dialog, question, "unit"), cldr), fold(question.unit, cldr)]
    unit_words = Phrases([(one, None) for unit in units for one in (unit, *unit.split())])
    return [vocabulary.around_numbers, unit_words, vocabulary.currency]


def _date(words: Words, question: Date, text: str, today: datetime.date) -> Understood | Problem:
    vocabulary = vocabulary_of(words.language)
    found = find_date(vocabulary, vocabulary.tokens(text), today, question.precision)
    if found is None:
        return not_understood()
    if len(found.values) > 1:
        return ambiguous("dates", found.values)
    return Understood(found.values[0], found.literal, found.calendar)
