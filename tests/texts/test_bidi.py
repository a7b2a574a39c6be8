"""Words of anybody, shown anywhere."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.bidi import FSI, PDI, direction_of, isolate, shown


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Hej åäö – ” 😀", "Hej åäö – ” 😀"),
        ("a\x00b\x1bc\x7fd\x85e", "a\ufffdb\ufffdc\ufffdd\ufffde"),
        ("one\r\ntwo\rthree\u2028four\u2029five\nsix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("a\tb", "a b"),
        ("half \ud83d", "half \ufffd"),
        ("\ufffe\uffff\ufdd0", "\ufffd\ufffd\ufffd"),
        ("a\u2069b", "ab"),
        ("a\u2067b", "a\u2067b\u2069"),
        ("a\u2067b\nc\u2069d", "a\u2067b\u2069\ncd"),
        ("a\u202eb", "a\u202eb"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),
    ],
)
def test_what_cannot_be_shown_is_replaced_and_isolates_are_mended(said: str, told: str) -> None:
    assert shown(said) == told


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_shown_words_can_be_written_everywhere_and_stay_as_they_are_when_shown_again(said: str) -> None:
    told = shown(said)
    told.encode("utf-8")
    assert not [sign for sign in told if sign != "\n" and unicodedata.category(sign) in ("Cc", "Cs")]
    assert shown(told) == told


@given(st.text(alphabet="ab\n\u2066\u2067\u2068\u2069\u202aש1"), st.sampled_from(["ltr", "rtl"]))
def test_nothing_said_can_end_the_isolate_around_it(said: str, around: str) -> None:
    for line in isolate(shown(said), "rtl" if around == "rtl" else "ltr").split("\n"):
        if not line.startswith(FSI):
            continue
        depth = 0
        for index, sign in enumerate(line):
            depth += ("\u2066" <= sign < PDI) - (sign == PDI)
            assert depth > 0 or index == len(line) - 1
        assert depth == 0


def test_the_first_letter_tells_the_direction() -> None:
    assert [direction_of(text) for text in ("12 abc مرحبا", "«مرحبا» abc", "070-123", "")] == ["ltr", "rtl", None, None]


def test_words_are_isolated_only_where_they_run_against_those_around_them() -> None:
    assert isolate("abc 12", "ltr") == "abc 12"
    assert isolate("مرحبا", "ltr") == f"{FSI}مرحبا{PDI}"
    assert isolate("مرحبا", "rtl") == "مرحبا"
    assert isolate("070-12", "rtl") == f"{FSI}070-12{PDI}"
    assert isolate("abc\nمرحبا", "ltr") == f"abc\n{FSI}مرحبا{PDI}"
