"""Typed words as a value of a kind, without a question around them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Literal, TypeAlias, get_args

from assistant.core.dialog import Precision
from assistant.languages import Language
from assistant.understanding.dates import find_date
from assistant.understanding.durations import find_duration
from assistant.understanding.numbers import find_number
from assistant.understanding.ranges import find_range
from assistant.understanding.results import Found
from assistant.understanding.vocabulary import vocabulary_of

ValueKind: TypeAlias = Literal["integer", "decimal", "money", "date", "duration", "range"]
VALUE_KINDS: tuple[ValueKind, ...] = get_args(ValueKind)

_LONGEST = 300


def value_in(
    language: Language, kind: ValueKind, text: str, today: datetime.date, precision: Precision = "day"
) -> Found[str] | Found[Decimal] | None:
    """Everything that the text can mean as a value of this kind; None where it is not understood.

    Numbers are Decimals (money in crowns), dates ISO 8601 and not finer than ``precision``, durations ISO 8601
    (``P1Y6M``), ranges ISO 8601 intervals of dates (``2012/2015``, ``2019/..``, ``../2015``).
    """
    if not text.strip() or len(text) > _LONGEST:
        return None
    vocabulary = vocabulary_of(language)
    tokens = vocabulary.tokens(text)
    match kind:
        case "date":
            return find_date(vocabulary, tokens, today, precision)
        case "duration":
            return find_duration(vocabulary, tokens)
        case "range":
            return find_range(vocabulary, tokens, today)
        case "integer" | "decimal" | "money":
            # Whole numbers are asked for in money as well: rent, income.
            beside = (
                [vocabulary.around_numbers] if kind == "decimal" else [vocabulary.around_numbers, vocabulary.currency]
            )
            return find_number(vocabulary, tokens, kind, beside)
