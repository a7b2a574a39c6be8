"""Words of anybody in a file for another program: nothing in them is calculated, obeyed or turned around."""

from __future__ import annotations

import csv
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.exports.cleaning import cell, clean, one_line
from assistant.exports.text import text_of
from tests.libreoffice import NEEDS_LIBREOFFICE, converted

HOSTILE = (
    "=1+1",
    "+46701234567",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "\u2068=1+1\u2069",
    "\uff1d1\uff0b1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "\ufe66=1",
    "\u22121+1",
    '=HYPERLINK("http://x.invalid","look")',
    "=cmd|' /C calc'!A0",
    "\x00=1+1",
    "\x7f\x1b[31m=1",
)
FORMULA = set("=+-@")
words = st.text(st.characters(), max_size=60) | st.sampled_from(HOSTILE)


def begins(text: str) -> str:
    """The first sign that is neither a space nor invisible, in its plain form."""
    seen = (one for one in text if unicodedata.category(one) not in ("Cc", "Cf", "Zs", "Zl", "Zp"))
    return unicodedata.normalize("NFKC", next(seen, ""))[:1].replace("\u2212", "-")


@pytest.mark.parametrize("text", HOSTILE[:-2])
def test_a_hostile_line_gets_an_apostrophe(text: str) -> None:
    assert begins(text) in FORMULA
    assert cell(one_line(text)) == f"'{one_line(text)}"
    assert cell(text) == f"'{text}"


@given(words)
@example("'=1")
def test_no_words_at_all_begin_like_a_formula_and_nothing_is_lost(text: str) -> None:
    made = cell(one_line(text))
    assert not made or begins(made) not in FORMULA
    assert made.removeprefix("'") == one_line(text) or made == one_line(text)


@given(words)
def test_a_line_is_one_line_without_anything_that_is_obeyed(text: str) -> None:
    made = one_line(text)
    assert made.splitlines() in ([made], [])
    assert not any(unicodedata.category(one) in ("Cc", "Cs") for one in made)
    assert not any(unicodedata.bidirectional(one) in ("LRE", "RLE", "LRO", "RLO", "PDF") for one in made)
    assert one_line(made) == made


@given(words)
def test_an_isolate_that_is_left_open_is_closed(text: str) -> None:
    depth = 0
    for sign in one_line(text):
        depth += ("\u2066" <= sign <= "\u2068") - (sign == "\u2069")
        assert depth >= 0
    assert depth == 0


@given(st.text(st.characters(categories=("L", "N", "M")), min_size=1))
def test_words_in_any_script_stay_as_they_are(text: str) -> None:
    assert cell(one_line(text)) == text


def test_joiners_that_persian_and_emojis_need_stay() -> None:
    for text in ("می\u200cخواهم", "👩\u200d🍳", "שלום\u200f!"):
        assert clean(text) == text


@given(st.lists(words, min_size=1, max_size=5))
def test_a_text_has_as_many_lines_as_it_was_given(lines: list[str]) -> None:
    given_lines = [one for one in lines if one]
    made = text_of(iter(lines))
    assert made.count("\n") == len(given_lines)
    assert all(not line or begins(line) not in FORMULA for line in made.split("\n"))


@pytest.mark.slow
@NEEDS_LIBREOFFICE
@pytest.mark.parametrize("neutral", [True, False])
async def test_a_spreadsheet_calculates_no_cell_of_hostile_lines(tmp_path: Path, neutral: bool) -> None:
    """The same lines as they are make formulas: the spreadsheet was told to look for them."""
    source = tmp_path / "lines.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerows([cell(one_line(text)) if neutral else text.replace("\x00", "")] for text in HOSTILE)
    # Comma, quotation mark, UTF-8, from line 1, all columns; the last token but one evaluates formulas.
    reading = "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1,true"
    sheet = await converted(source, "fods", reading)
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    cells = list(ET.parse(sheet).iter(f"{table}table-cell"))
    formulas = [one.get(f"{table}formula") for one in cells if one.get(f"{table}formula")]
    assert bool(formulas) is not neutral
    assert len(cells) >= len(HOSTILE)
