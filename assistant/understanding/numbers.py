"""Whole numbers as people type them: ``6 500 kr``, ``6.500:-``, ``٦٥٠٠``, ``20 timmar i veckan``."""

from __future__ import annotations

import re
from typing import Final

from assistant.core.dialog import Dialog, Integer
from assistant.core.problem import Problem
from assistant.core.replies import plain_digits
from assistant.texts import Words
from assistant.understanding.folding import fold
from assistant.wording import label

_NUMBER: Final = re.compile(r"(?<![\d.,٫])[-−]?(?:\d{1,3}(?:[\s.,'’٬]\d{3})+|\d+)(?!\d)")
_MONEY: Final = frozenset({"kr", "kronor", "krona", "sek", "crowns", "swedish"})


def find_number(words: Words, dialog: Dialog, question: Integer, text: str) -> int | Problem:
    """The one whole number in the text, where all the rest is currency or the question's unit."""
    typed = plain_digits(text).replace("\u00a0", " ").replace("\u202f", " ")
    found = _NUMBER.findall(typed)
    rest = _NUMBER.sub(" ", typed)
    if len(found) > 1:
        return Problem(code="ambiguous")
    if not found or re.search(r"\d", rest) or len(found[0]) > 20:
        return Problem(code="not_understood")
    cldr = words.language.cldr
    unit = {*fold(label(words, dialog, question, "unit"), cldr).split(), *fold(question.unit, cldr).split()}
    if not set(fold(rest, cldr).split()) <= unit | _MONEY:
        return Problem(code="not_understood")
    return int(re.sub(r"\D", "", found[0])) * (-1 if found[0][0] in "-−" else 1)
