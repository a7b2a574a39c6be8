"""Which names and passwords may be: length counts, and what everybody guesses first is refused."""

from __future__ import annotations

import pytest

from assistant import logins

GOOD = (
    "a long password",
    "a long enough password",
    "correct horse battery",
    "lösning på månen",
    "äpple äpple päron",
    "anna i paris 1974",
    "sommarlov vid sjön",
    "x" * 6 + "abcdefgh!",
    "🐎🔋✂️📎🐎🔋✂️📎🐎🔋",
    "k7m3-9qxt-4rwd-80hn",
)


@pytest.mark.parametrize("password", GOOD)
def test_a_long_password_needs_no_mixture_of_signs(password: str) -> None:
    assert logins.password_problem(password, "anna") is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("elevensigns", "short"),
        ("", "short"),
        ("a" * 1001, "long"),
        ("annaannaanna", "name"),
        ("Anna.Anna.Anna.2026", "name"),
        ("ANNA12345678", "name"),
        ("password1234", "common"),
        ("Password!!!!", "common"),
        ("passwordpassword", "common"),
        ("Lösenord2026!", "common"),
        ("Sommar2026!!", "common"),
        ("qwertyuiop123", "common"),
        ("123456789012", "common"),
        ("210987654321", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("abababababab", "common"),
        ("1q2w3e4r5t6y", "common"),
        ("klarbild2026", "common"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, problem: str) -> None:
    assert logins.password_problem(password, "anna") == problem


def test_a_password_of_a_thousand_signs_is_taken() -> None:
    assert logins.password_problem("några ord som inte hör ihop " * 35 + "x" * 20, "anna") is None


def test_length_is_counted_in_letters_however_they_were_typed() -> None:
    decomposed = "a\N{COMBINING RING ABOVE}" * 6
    assert logins.password_problem(decomposed, "anna") == "short"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  anna ", "anna"),
        ("Åsa Öst", "Åsa Öst"),
        ("", None),
        ("  ", None),
        ("a\nb", None),
        ("a\u202eb", None),
        ("x" * 101, None),
    ],
)
def test_a_name_can_be_seen(text: str, name: str | None) -> None:
    assert logins.name_of(text) == name
