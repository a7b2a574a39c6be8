"""What was worked out says so, and one wrong letter in a long word is forgiven; anything nearer is asked."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.core.dialog import Date
from assistant.core.problem import Problem
from assistant.texts import Catalogs, Words
from assistant.understanding import Understood, understand
from assistant.understanding.choices import is_one_edit_away
from tests.texts import sample
from tests.texts.sample import DIALOG
from tests.texts.test_understanding import TODAY, understood


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("sv", "5 mars 2024", Understood("2024-03-05", literal=True, calendar="")),
        ("sv", "för tre år sedan", Understood("2023", literal=False, calendar="")),
        ("sv", "ungefär 2019", Understood("2019", literal=False, calendar="")),
        ("ar", "١ رمضان ١٤٤٠", Understood("2019-05-06", literal=False, calendar="islamic")),
    ],
)
def test_a_value_says_whether_it_stood_there_or_was_worked_out(
    bare: Catalogs, tag: str, text: str, expected: Understood
) -> None:
    assert understand(bare.words(tag), DIALOG, sample.DAY, text, (), TODAY) == expected


def test_numbers_between_which_the_text_does_not_decide_are_named(sv: Words) -> None:
    found = understand(sv, DIALOG, sample.RENT, "6500 eller 7000", (), TODAY)
    assert found == Problem(code="ambiguous", params={"numbers": [6500, 7000]})


def test_a_foreign_year_is_settled_by_how_precisely_is_asked(bare: Catalogs) -> None:
    words = bare.words("ar")
    year = Date(name="year", label="Which year?", precision="year")
    both = Problem(code="ambiguous", params={"dates": ["2018", "2019"]})
    assert understand(words, DIALOG, year, "1440 هـ", (), TODAY) == both
    settled = understand(words, DIALOG, year, "رمضان 1440", (), TODAY)
    assert settled == Understood("2019", literal=False, calendar="islamic")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Univeristy", "university"),
        ("Universty", "university"),
        ("Universitty", "university"),
        ("Unxxersity", "not_understood"),
        ("gymnasum", "upper"),
        ("job", "not_understood"),
    ],
)
def test_one_wrong_letter_in_a_long_word_is_forgiven(en: Words, text: str, value: Any) -> None:
    assert understood(en, sample.LEVEL, text) == value


def test_words_that_differ_by_a_figure_are_never_near() -> None:
    assert is_one_edit_away("university", "universit")
    assert not is_one_edit_away("6–12 months", "6–11 months")
    assert not is_one_edit_away("abcde", "abcdf")


def test_what_is_near_to_two_choices_is_asked(sv: Words) -> None:
    assert understood(sv, sample.COUNTRY, "Xambia") == ("ambiguous", ["GM", "ZM"])


@pytest.mark.parametrize("text", ["no", "ne", "se", "sy"])
def test_a_code_in_small_letters_is_a_word_and_no_country(bare: Catalogs, text: str) -> None:
    assert understood(bare.words("es"), sample.COUNTRY, text) == "not_understood"
