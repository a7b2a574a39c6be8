"""Every problem in words: what to do, with an example, and never whose fault it is."""

from __future__ import annotations

from typing import Any

import pytest

from assistant import wording
from assistant.core.dialog import Field
from assistant.core.problem import Problem
from assistant.texts import Words
from tests.texts import sample
from tests.texts.sample import DIALOG

CODES = [
    "required",
    "wrong_type",
    "too_long",
    "not_a_number",
    "too_small",
    "too_large",
    "not_a_date",
    "no_such_choice",
    "too_many",
    "exclusive",
    "constraint",
    "unknown_field",
    "not_declinable",
    "fields",
    "not_asked",
    "nothing_before",
    "too_many_events",
    "stale",
    "wrong_code",
    "ambiguous",
    "not_understood",
    "something_new",
]


def told(words: Words, question: Field | None, code: str, **params: Any) -> str:
    return wording.problem_words(words, DIALOG, question, Problem(code=code, params=params))


@pytest.mark.parametrize(
    ("question", "code", "params", "english", "swedish"),
    [
        (sample.NAME, "required", {}, "Please write something here.", "Skriv något här."),
        (sample.YEARS, "required", {}, "Please choose an answer.", "Välj ett svar."),
        (
            sample.NAME,
            "too_long",
            {"max": 60, "length": 61},
            "There is room for 60 characters. Please make the text 1 character shorter.",
            "Det får plats 60 tecken. Gör texten 1 tecken kortare.",
        ),
        (
            sample.RENT,
            "not_a_number",
            {},
            "Please write a number with digits, like 6,500.",
            "Skriv ett tal med siffror, till exempel 6\u00a0500.",
        ),
        (
            sample.BORN,
            "not_a_number",
            {},
            "Please write a number with digits, like 1990.",
            "Skriv ett tal med siffror, till exempel 1990.",
        ),
        (
            sample.BORN,
            "too_small",
            {"min": 1900},
            "Please write 1900 or a higher number.",
            "Skriv 1900 eller ett högre tal.",
        ),
        (
            sample.RENT,
            "too_large",
            {"max": 60000},
            "Please write 60,000 or a lower number.",
            "Skriv 60\u00a0000 eller ett lägre tal.",
        ),
        (
            sample.SINCE,
            "not_a_date",
            {"precision": "day"},
            "Please write year and month, like 2019-03, or only the year.",
            "Skriv år och månad, till exempel 2019-03, eller bara året.",
        ),
        (
            sample.DAY,
            "not_a_date",
            {"precision": "day"},
            "Please write year, month and day, like 2019-03-05.",
            "Skriv år, månad och dag, till exempel 2019-03-05.",
        ),
        (sample.HELP, "too_many", {"max": 3}, "You can choose up to 3 answers here.", "Du kan välja högst 3 svar här."),
        (None, "too_many", {"max": 2}, "There is room for 2 here.", "Det får plats 2 här."),
        (
            sample.HELP,
            "exclusive",
            {"choice": "none"},
            "“Nothing, thank you” can only be chosen alone. Keep it, or keep the others.",
            "Om du väljer ”Nothing, thank you” kan du inte välja något mer. Behåll det svaret, eller behåll de andra.",
        ),
        (sample.SINCE, "constraint", {}, "This is later than today.", "This is later than today."),
        (
            sample.RENT,
            "constraint",
            {},
            "This does not fit with your other answers. Please check it.",
            "Det här stämmer inte med dina andra svar. Titta på det en gång till.",
        ),
        (
            sample.HELP,
            "ambiguous",
            {"choices": ["job", "home"]},
            "This can mean more than one answer: To find a job or To find a home. Which one is right?",
            "Det du skrev passar in på flera svar: To find a job eller To find a home. Vilket är rätt?",
        ),
        (
            sample.DAY,
            "ambiguous",
            {"dates": ["2024-03-05", "2024-05-03"]},
            "This can mean more than one day: March 5, 2024 or May 3, 2024. "
            "Please write year, month and day, like 2019-03-05.",
            "Det kan betyda flera dagar: 5 mars 2024 eller 3 maj 2024. "
            "Skriv år, månad och dag, till exempel 2019-03-05.",
        ),
        (
            sample.YEARS,
            "not_understood",
            {},
            "We did not understand this. Please choose from the answers that are shown here.",
            "Vi förstod inte det här. Välj bland svaren som visas här.",
        ),
    ],
)
def test_a_problem_says_what_to_do(
    en: Words, sv: Words, question: Field | None, code: str, params: dict[str, Any], english: str, swedish: str
) -> None:
    assert told(en, question, code, **params) == english
    assert told(sv, question, code, **params) == swedish


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("question", [None, *sample.FIELDS], ids=lambda one: one.name if one else "none")
def test_every_problem_has_words_whatever_it_comes_with(
    en: Words, sv: Words, code: str, question: Field | None
) -> None:
    english, swedish = told(en, question, code), told(sv, question, code)
    assert english.endswith((".", "?"))
    assert "{" not in english + swedish
    assert swedish != english or code == "constraint"


@pytest.mark.parametrize("code", CODES)
def test_parameters_of_the_wrong_kind_stop_no_page(en: Words, code: str) -> None:
    hostile: dict[str, Any] = {
        "max": "x",
        "min": None,
        "length": [],
        "choice": 7,
        "precision": {},
        "choices": ["no\x00body"],
        "dates": [1],
    }
    for question in (None, *sample.FIELDS):
        assert told(en, question, code, **hostile)


def test_no_problem_blames_the_person(en: Words) -> None:
    blame = ("wrong answer", "invalid", "error", "you must", "incorrect", "illegal", "failed")
    for code in CODES:
        for question in (None, *sample.FIELDS):
            assert not [word for word in blame if word in told(en, question, code).lower()]
