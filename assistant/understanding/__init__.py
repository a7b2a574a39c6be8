"""Typed words of a person as the raw value of a reply. The same words always give the same value, and nothing is
guessed: what fits nothing is not understood, what fits more than one thing is ambiguous, and both are asked again.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TypeAlias

from assistant.core.dialog import Choice, Date, Dialog, Field, Integer, SelectMultiple, SelectOne, Text
from assistant.core.problem import Problem
from assistant.texts import Words
from assistant.understanding.choices import find_choice, find_choices
from assistant.understanding.dates import find_date
from assistant.understanding.numbers import find_number

__all__ = ["Raw", "interpret"]

Raw: TypeAlias = str | int | list[str] | None
"""A reply as ``replies.parse`` takes it: text, number, ISO date, choice name or names; None for nothing at all."""

_LONGEST = 300


def interpret(
    words: Words, dialog: Dialog, question: Field, text: str, offered: Sequence[Choice], today: datetime.date
) -> Raw | Problem:
    """What somebody typed in answer to a question, in the language of ``words``, as a raw value.

    ``offered`` are the choices of the question that can be picked now. Whether the value fits the question (its range,
    its condition) is still for ``replies.parse`` to say. A Problem has the code ``not_understood`` or ``ambiguous``;
    the latter names what was found as ``choices`` or ``dates``.
    """
    if isinstance(question, Text):
        return text
    if not text.strip():
        return None
    if len(text) > _LONGEST:
        return Problem(code="not_understood")
    match question:
        case Integer():
            return find_number(words, dialog, question, text)
        case Date():
            return find_date(words.language, text, today)
        case SelectOne():
            return find_choice(words, dialog, question, text, offered)
        case SelectMultiple():
            return find_choices(words, dialog, question, text, offered)
