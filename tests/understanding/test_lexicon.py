"""Lists of words are refused with the line and the reason where they are wrong, and used where they are right."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checks import check
from assistant.languages import LANGUAGES
from assistant.understanding.dates import find_date
from assistant.understanding.lexicon import FILE, MAX_BYTES, Lexicon, broken, lexicon_of, read_lexicon
from assistant.understanding.vocabulary import build

SWEDISH = LANGUAGES["sv"]
TODAY = datetime.date(2026, 11, 27)


def wrong(tmp_path: Path, content: str | bytes) -> list[tuple[int, str]]:
    path = tmp_path / FILE
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(one.line, one.message) for one in read_lexicon(path, SWEDISH)[1]]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ('\nyess = ["ja"]', 2, "no key"),
        ('yes = "ja"', 1, "must be a list"),
        ("yes = []", 1, "0 words"),
        ('yes = [""]', 1, "no letter"),
        ('yes = ["…"]', 1, "no letter"),
        ('yes = ["ja", 3]', 1, "no text"),
        (f'yes = ["{"a" * 61}"]', 1, "longer than 60"),
        ('yes = ["\u202eja"]', 1, "RIGHT-TO-LEFT OVERRIDE"),
        ('yes = ["j\\u0000a"]', 1, "invisible sign"),
        ('yes = ["j\u200ba"]', 1, "ZERO WIDTH SPACE"),
        ('yes = ["{x.__class__}"]', 1, "braces"),
        ('yes = ["ja"]\n\nno = ["JA!"]', 3, "both yes and no"),
        ('day_first = "yes"', 1, "true or false"),
        ('calendars = ["mayan"]', 1, "no calendar"),
        ('\n[numbers]\nfive = ["fem"]', 3, "is not a number"),
        ('[numbers]\n1 = ["ett"]\n2 = ["ETT"]', 3, "stands under 1 and under 2"),
        ('[months]\n13 = ["x"]', 2, "month from 1 to 12"),
        ('[units]\nhour = ["timme"]', 2, "is not one of day"),
        ('not_places = ["Aleppo"]\n[places]\nSY = ["ALEPPO"]', 1, "in [places] and in not_places"),
        ('around_jobs = ["som"]\ndoubts = ["Som!"]', 2, "in around_jobs and in doubts"),
        ('[places]\nXX = ["Aleppo"]', 2, "is not the code of a country"),
        ('[places]\nSY = ["Aleppo"]\nIQ = ["ALEPPO"]', 3, "stands under SY and under IQ"),
        ('[patterns]\nago = ["sedan"]', 2, "one {}"),
        ('[patterns]\nbetween = ["till {}"]', 2, "two {}"),
        ('[patterns]\nago = ["{} { sedan"]', 2, "braces"),
        ('[when]\nsometime = ["nu"]', 2, "is not one of today"),
        ("numbers = 3", 1, "must be a section"),
        ('yes = ["ja"', 1, "cannot be read as TOML"),
        (b'# a\nyes = ["\xff"]', 2, "UTF-8"),
        ("#" * (MAX_BYTES + 1), 1, "bytes"),
        (f"yes = [{', '.join(f'{chr(34)}ja{n}{chr(34)}' for n in range(81))}]", 1, "81 words"),
    ],
)
def test_a_wrong_list_is_refused_with_its_line(tmp_path: Path, content: str | bytes, line: int, reason: str) -> None:
    found = wrong(tmp_path, content)
    assert [place for place, _ in found] == [line]
    assert reason in found[0][1]


def test_the_check_tells_file_line_and_remedy(tmp_path: Path) -> None:
    folder = tmp_path / "sv"
    folder.mkdir()
    (folder / FILE).write_text('yes = ["ja"]\nfoo = ["x"]\n', "utf-8")
    lines = check([tmp_path]).lines
    assert (
        len(lines) == 1
        and f"{folder.name}/{FILE}:2:1: “foo” is no key of a word list; use one of day_first" in lines[0]
    )


def test_the_check_refuses_a_list_of_no_language(tmp_path: Path) -> None:
    folder = tmp_path / "xx"
    folder.mkdir()
    (folder / FILE).write_text('yes = ["ja"]\n', "utf-8")
    assert "the folder is no language" in check([tmp_path]).lines[0]


def test_every_list_that_is_delivered_is_right() -> None:
    assert broken() == []


def test_a_language_without_a_list_is_understood_by_the_words_of_cldr() -> None:
    for tag, text, value in [
        ("pl", "marzec 2019", "2019-03"),
        ("fi", "3 vuotta sitten", "2023"),
        ("ru", "5 лет назад", "2021"),
    ]:
        vocabulary = build(LANGUAGES[tag], Lexicon())
        found = find_date(vocabulary, vocabulary.tokens(text), TODAY)
        assert found is not None and found.values == (value,)


def test_easy_swedish_has_the_words_of_swedish_where_it_has_no_list() -> None:
    simple = lexicon_of(LANGUAGES["sv-simple"])
    assert "ja" in simple.yes


@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_list_or_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / FILE
    path.write_bytes(content)
    lexicon, mistakes = read_lexicon(path, SWEDISH)
    assert isinstance(lexicon, Lexicon)
    assert all(one.line >= 1 and one.message and one.remedy for one in mistakes)
