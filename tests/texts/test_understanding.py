"""Typed words and what they mean: always the same, and never by guessing."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core import replies
from assistant.core.dialog import Choice, Field, SelectMultiple, SelectOne, choices_of
from assistant.core.problem import Problem
from assistant.texts import Catalogs, Words
from assistant.understanding import interpret
from assistant.understanding.folding import fold
from tests.texts import sample
from tests.texts.sample import DIALOG, words_in

TODAY = datetime.date(2026, 3, 5)


def understood(words: Words, question: Field, text: str) -> Any:
    """The raw value, or the code of the problem and what it names."""
    offered: tuple[Choice, ...] = ()
    if isinstance(question, SelectOne | SelectMultiple):
        offered = tuple(choices_of(DIALOG, question).values())
    found = interpret(words, DIALOG, question, text, offered, TODAY)
    if isinstance(found, Problem):
        named = found.params.get("choices") or found.params.get("dates")
        return (found.code, named) if named else found.code
    return found


# -- whole numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6500", 6500),
        ("6 500 kr", 6500),
        ("6\u00a0500 kr", 6500),
        ("6.500:-", 6500),
        ("6,500 SEK", 6500),
        ("6500 kronor.", 6500),
        ("kr 6500", 6500),
        ("1 234 567", 1234567),
        ("٦٥٠٠", 6500),
        ("۶٬۵۰۰", 6500),
        ("6500 kronor a month", 6500),
        ("-5", -5),
        ("−5", -5),
        ("0", 0),
        ("6500,50", "not_understood"),
        ("6.5", "not_understood"),
        ("6500 or 7000", "ambiguous"),
        ("5-6", "ambiguous"),
        ("6 5000", "ambiguous"),
        ("about 6500", "not_understood"),
        ("not 6500", "not_understood"),
        ("a lot", "not_understood"),
        ("9" * 40, "not_understood"),
        ("", None),
        ("   ", None),
    ],
)
def test_whole_numbers(sv: Words, text: str, value: Any) -> None:
    assert understood(sv, sample.RENT, text) == value


def test_the_unit_counts_in_the_language_that_is_spoken(tmp_path: Path) -> None:
    words = words_in("sv", tmp_path, **{"kronor a month": {"rent.unit": "kronor i månaden"}})
    assert understood(words, sample.RENT, "6500 kronor i månaden") == 6500


# -- dates -------------------------------------------------------------------------------------------------------------

BOTH = [
    ("2019", "2019"),
    ("2019-03", "2019-03"),
    ("2019-3-5", "2019-03-05"),
    ("2019/03/05", "2019-03-05"),
    ("20190305", "2019-03-05"),
    ("3/2019", "2019-03"),
    ("03.2019", "2019-03"),
    ("mar 2019", "2019-03"),
    ("March 2019", "2019-03"),
    ("5 March 2024", "2024-03-05"),
    ("March 5th, 2024", "2024-03-05"),
    ("5.3.2024", "2024-03-05"),
    ("31/12/2024", "2024-12-31"),
    ("5/5/2024", "2024-05-05"),
    ("٢٠١٩", "2019"),
    ("today", "2026-03-05"),
    ("2019-02-30", "not_understood"),
    ("2019-13", "not_understood"),
    ("2019-00-05", "not_understood"),
    ("30 February 2019", "not_understood"),
    ("5/3", "not_understood"),
    ("5/3 24", "not_understood"),
    ("March", "not_understood"),
    ("March 19", "not_understood"),
    ("May or June 2019", "not_understood"),
    ("before March 2019", "not_understood"),
    ("1398", "not_understood"),
    ("1398-12-14", "not_understood"),
    ("2019 2020", "not_understood"),
    ("long ago", "not_understood"),
    ("05032019", "not_understood"),
]


@pytest.mark.parametrize(("text", "value"), BOTH)
def test_dates_that_are_written_alike_in_swedish_and_english(sv: Words, en: Words, text: str, value: str) -> None:
    assert understood(sv, sample.DAY, text) == value
    assert understood(en, sample.DAY, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mars 2019", "2019-03"),
        ("Mars 2019.", "2019-03"),
        ("i mars 2019", "2019-03"),
        ("okt. 2019", "2019-10"),
        ("maj 2019", "2019-05"),
        ("5 mars 2024", "2024-03-05"),
        ("den 5:e mars 2024", "2024-03-05"),
        ("5/3 2024", "2024-03-05"),
        ("5/3/2024", "2024-03-05"),
        ("5-3-2024", "2024-03-05"),
        ("idag", "2026-03-05"),
        ("i går", "2026-03-04"),
        ("förra månaden", "2026-02"),
        ("i fjol", "2025"),
        ("år 2019", "2019"),
        ("mårs 2019", "not_understood"),
    ],
)
def test_swedish_dates(sv: Words, text: str, value: str) -> None:
    assert understood(sv, sample.DAY, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5/3/2024", ("ambiguous", ["2024-03-05", "2024-05-03"])),
        ("5/3 2024", ("ambiguous", ["2024-03-05", "2024-05-03"])),
        ("12/31/2024", "2024-12-31"),
        ("the 5th of March 2024", "2024-03-05"),
        ("last month", "2026-02"),
        ("last year", "2025"),
        ("tomorrow", "2026-03-06"),
    ],
)
def test_english_dates(en: Words, text: str, value: Any) -> None:
    assert understood(en, sample.DAY, text) == value


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("ar", "٥ مارس ٢٠٢٤", "2024-03-05"),
        ("ar", "آذار 2024", "2024-03"),
        ("ar", "كانون الثاني 2024", "2024-01"),
        ("ar", "5/3/2024", "2024-03-05"),
        ("fa", "۵ مارس ۲۰۲۴", "2024-03-05"),
        ("fa-AF", "مارچ 2024", "2024-03"),
        ("fa", "5/3/2024", ("ambiguous", ["2024-03-05", "2024-05-03"])),
        ("fa", "۱۳۹۸/۱۲/۱۴", "2020-03-04"),
        ("fa", "فروردین 1398", ("ambiguous", ["2019-03", "2019-04"])),
        ("ti", "መጋቢት 2011", ("ambiguous", ["2011-03", "2019-03", "2019-04"])),
        ("ti", "2019-03", "2019-03"),
        ("so", "Maarso 2019", "2019-03"),
        ("uk", "5 березня 2024", "2024-03-05"),
        ("pl", "marzec 2019", "2019-03"),
        ("tr", "5 Mart 2024", "2024-03-05"),
        ("tr", "KASIM 2019", "2019-11"),
        ("es", "5/3/2024", "2024-03-05"),
        ("ckb", "تشرینی دووەم 2019", "2019-11"),
        ("ku", "adar 2019", "2019-03"),
        ("fi", "5.3.2024", "2024-03-05"),
        ("bs", "mart 2019.", "2019-03"),
        ("ps", "مارچ 2019", "2019-03"),
    ],
)
def test_dates_in_other_languages(bare: Catalogs, tag: str, text: str, value: Any) -> None:
    assert understood(bare.words(tag), sample.DAY, text) == value


def test_a_date_that_is_finer_than_asked_for_is_understood_and_cut_to_size(sv: Words) -> None:
    raw = understood(sv, sample.SINCE, "5 mars 2019")
    assert replies.parse(DIALOG, sample.SINCE, raw, ({}, {}), TODAY) == "2019-03"


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))
def test_every_date_in_words_is_understood_as_itself(day: datetime.date) -> None:
    locales = Path(__file__).parent / "no such folder"
    words = Catalogs.load(locales).words("en")
    assert understood(words, sample.DAY, words.date(day.isoformat())) == day.isoformat()


# -- choices -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("University", "university"),
        ("  UNIVERSITY!  ", "university"),
        ("Ｕｎｉｖｅｒｓｉｔｙ", "university"),
        ("univ", "university"),
        ("uni", "not_understood"),
        ("gymnasium", "upper"),
        ("Upper secondary school", "upper"),
        ("upper secondary", ("ambiguous", ["upper", "upper_part"])),
        ("upper_part", "upper_part"),
        ("upper part", "upper_part"),
        ("3", "university"),
        ("nr 3", "university"),
        ("2.", "upper_part"),
        ("4", "not_understood"),
        ("0", "not_understood"),
        ("I went to university", "not_understood"),
        ("?", "not_understood"),
        ("x" * 500, "not_understood"),
        ("", None),
    ],
)
def test_one_choice(en: Words, text: str, value: Any) -> None:
    assert understood(en, sample.LEVEL, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("9", "9"),
        ("1", "not_understood"),
        ("nr 1", "0"),
        ("7-9 years", "9"),
    ],
)
def test_a_bare_number_is_no_place_in_the_list_where_choices_are_numbers(en: Words, text: str, value: Any) -> None:
    assert understood(en, sample.YEARS, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("Yep.", "yes"),
        ("no", "no"),
        ("nope", ("ambiguous", ["no_but", "no"])),
        ("no, but I am too ill to work", "no_but"),
        ("no but", "no_but"),
        ("maybe", "not_understood"),
    ],
)
def test_yes_and_no(en: Words, text: str, value: Any) -> None:
    assert understood(en, sample.SICK, text) == value


def test_yes_and_no_in_the_language_that_is_spoken(tmp_path: Path, bare: Catalogs) -> None:
    texts = {"Yes": {"list.yes_no.yes.label": "Tak"}, "No": {"list.yes_no.no.label": "Nie"}}
    polish = words_in("pl", tmp_path, **texts)
    assert [understood(polish, sample.STILL, text) for text in ("tak", "NIE", "no")] == ["yes", "no", "not_understood"]


def test_letters_of_their_own_are_kept_apart_in_swedish_and_accents_are_not(tmp_path: Path) -> None:
    texts = {"University": {"school_level.university.label": "Högskola på Åland"}}
    words = words_in("sv", tmp_path, **texts)
    assert understood(words, sample.LEVEL, "högskola PÅ åland") == "university"
    assert understood(words, sample.LEVEL, "hogskola pa aland") == "not_understood"
    assert fold("Café, ÅÄÖ!", "sv") == "cafe åäö"
    assert fold("Café, ÅÄÖ!", "en") == "cafe aao"


def test_keyboards_of_neighbouring_languages_write_the_same_word(bare: Catalogs) -> None:
    assert fold("عربي ك ۱۲ أإآ", "fa") == fold("عربی ک 12 ااا", "fa")
    assert fold("KASIM İyi ılık", "tr") == fold("kasım iyi ilik", "tr")


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("sv", "Syrien", "SY"),
        ("sv", "syria", "SY"),
        ("sv", "SY", "SY"),
        ("sv", "Guinea", "GN"),
        ("sv", "Guin", ("ambiguous", ["GN", "GW"])),
        ("sv", "7", "not_understood"),
        ("ar", "سوريا", "SY"),
    ],
)
def test_countries_by_their_names(bare: Catalogs, tag: str, text: str, value: Any) -> None:
    assert understood(bare.words(tag), sample.COUNTRY, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sorani", "ckb"),
        ("dari", "fa-AF"),
        ("fa-AF", "fa-AF"),
        ("bosniska", "bs"),
        ("kurmanji", "ku"),
        ("inget", "not_understood"),
    ],
)
def test_languages_by_their_names(sv: Words, text: str, value: Any) -> None:
    assert understood(sv, sample.INTERPRETER, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("to find a job", ["job"]),
        ("To find a job, to find a home", ["job", "home"]),
        ("to find a home; to find a job", ["home", "job"]),
        ("to find a job and to find a home", ["job", "home"]),
        ("walking and moving", ["move"]),
        ("walking and moving and to find a job", "not_understood"),
        ("walking and moving, to find a job", ["move", "job"]),
        ("1, 3", ["job", "move"]),
        ("1 3", ["job", "move"]),
        ("1 and 1", ["job"]),
        ("1\n2", ["job", "home"]),
        ("nothing, thank you", ["none"]),
        ("job", ["job"]),
        ("job, pension", "not_understood"),
        ("to find", ("ambiguous", ["job", "home"])),
        ("job, to find", ("ambiguous", ["job", "home"])),
        (",,", "not_understood"),
        ("", None),
    ],
)
def test_several_choices(en: Words, text: str, value: Any) -> None:
    assert understood(en, sample.HELP, text) == value


def test_several_choices_in_swedish(sv: Words) -> None:
    assert understood(sv, sample.HELP, "job och home") == ["job", "home"]


def test_only_what_is_offered_is_understood(en: Words) -> None:
    found = interpret(en, DIALOG, sample.LEVEL, "University", sample.LEVEL.choices[:2], TODAY)
    assert found == Problem(code="not_understood")


def test_text_stays_as_it_was_written(en: Words) -> None:
    assert understood(en, sample.NAME, "  6 500 kr\n") == "  6 500 kr\n"


@given(st.text(max_size=60), st.sampled_from(sample.FIELDS))
def test_whatever_is_typed_gives_a_value_that_can_be_parsed_or_a_problem(text: str, question: Field) -> None:
    words = Catalogs.load(Path(__file__).parent / "no such folder").words("en")
    offered: tuple[Choice, ...] = ()
    if isinstance(question, SelectOne | SelectMultiple):
        offered = tuple(choices_of(DIALOG, question).values())
    found = interpret(words, DIALOG, question, text, offered, TODAY)
    if isinstance(found, Problem):
        assert found.code in ("not_understood", "ambiguous")
    else:
        parsed = replies.parse(DIALOG, question, found, ({}, {}), TODAY)
        assert not isinstance(parsed, Problem) or parsed.code not in ("wrong_type", "no_such_choice")
    assert interpret(words, DIALOG, question, text, offered, TODAY) == found
