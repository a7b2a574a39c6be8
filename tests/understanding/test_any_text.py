"""No text of any script, length and mix is an error, and none takes more than a linear scan."""

from __future__ import annotations

import sys
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.languages import LANGUAGES, Language
from assistant.understanding.results import Found
from assistant.understanding.tokens import cut
from assistant.understanding.values import VALUE_KINDS, ValueKind, value_in
from assistant.understanding.vocabulary import vocabulary_of
from tests.understanding import jobs

LANGUAGE = st.sampled_from(list(LANGUAGES.values()))
SIGNS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
PIECES = st.sampled_from(
    [
        *(
            "2019",
            "1398",
            "٢٠١٩",
            "፳፻፲፱",
            "5",
            "/",
            "-",
            "–",
            ".",
            ",",
            "(",
            ")",
            "kr",
            "nu",
            "eller",
            "tusen",
            "hundra",
        ),
        *("mars", "till", "sedan", "för", "tre", "år", "och", "halv", "من", "إلى", "قبل", "سنتين", "و", "رمضان", "هـ"),
        *("\u200f", "\u202e", "ß", "İ", "\ufdfa"),
    ]
)
MIXED = st.one_of(
    SIGNS, st.lists(st.one_of(PIECES, SIGNS), max_size=30).map(" ".join), st.lists(PIECES, max_size=40).map("".join)
)


@given(language=LANGUAGE, kind=st.sampled_from(VALUE_KINDS), text=MIXED)
def test_any_text_is_a_value_or_is_not_understood(language: Language, kind: ValueKind, text: str) -> None:
    found = value_in(language, kind, text, jobs.TODAY)
    assert found is None or (isinstance(found, Found) and found.values and len(set(found.values)) == len(found.values))
    assert value_in(language, kind, text, jobs.TODAY) == found


@given(language=LANGUAGE, text=MIXED)
def test_the_pieces_of_a_text_stand_in_their_order_and_hold_every_letter_and_figure(
    language: Language, text: str
) -> None:
    tokens = cut(text, language.cldr)
    for before, after in pairwise(tokens):
        assert before.end <= after.start
    for token in tokens:
        assert text[token.start : token.end] and token.text
    covered = {place for token in tokens for place in range(token.start, token.end)}
    assert all(place in covered for place, sign in enumerate(text) if sign.isdecimal())


def steps(language: Language, text: str) -> int:
    """How many lines of Python are run to understand a text in every way there is."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        for kind in VALUE_KINDS:
            value_in(language, kind, text, jobs.TODAY)
        jobs.facts(language.tag, "jobs", text)
    finally:
        sys.settrace(previous)
    return count


@pytest.mark.parametrize("tag", ["sv", "ar"])
@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "1.",
        "1-",
        "2019-",
        "2019 till ",
        "från 2019 ",
        "tre och ",
        "eller ",
        "i ",
        "mars ",
        "(",
        "for ",
        "من ",
        "x",
        "ab ",
        "tjugo",
        "\u0301",
    ],
)
def test_a_text_of_twice_the_length_takes_twice_the_steps_at_most(tag: str, piece: str) -> None:
    language = LANGUAGES[tag]
    vocabulary_of(language)
    texts = [(piece * 4000)[:length] for length in (150, 300, 600, 1200, 4800)]
    for text in texts:
        steps(language, text)  # what is remembered from one text to the next is remembered now
    counts = [steps(language, text) for text in texts]
    for shorter, longer in pairwise(counts):
        assert longer <= 2.5 * shorter + 3000
    assert max(counts) < 600_000
