"""The occupations: their names in every language, how they are found in what somebody types, and how they are read."""

from __future__ import annotations

import pathlib
import unicodedata
import zlib
from dataclasses import replace

import pytest

from assistant import known_words, wording
from assistant.core.commands import Reply
from assistant.core.dialog import OCCUPATION, Dialog, Section, Text
from assistant.core.summary import Filler
from assistant.known_words import occupation_of
from assistant.languages import LANGUAGES
from assistant.occupations import Occupations, occupations, ssyk
from assistant.texts import Catalogs, Words
from assistant.wording import Quote
from tests.texts.sample import DIALOG, words_in

JOB = Text(name="job", label="Which job?", max_length=80, choice_list="occupations")
STORY = Text(name="story", label="What happened?")
TALK = Dialog(dialog="trial", title="A trial", version=1, sections=(Section(name="all", label="", items=(JOB, STORY)),))

COOK_AS_TYPED = {
    "sv": "Kock",
    "sv-simple": "kock ",
    "en": "CHEF",
    "ar": "طبّاخة",
    "so": "Cunto kariye",
    "ti": "ከሻኒት",
    "fa-AF": "آشپز",
    "fa": "سرآشپز",
    "uk": "кухарка",
    "ru": "Шеф-повар",
    "ku": "Aşpêj",
    "ckb": "چێشتلێنەر",
    "tr": "AŞÇI",
    "es": "cocinera",
    "pl": "Kucharka",
    "bs": "kuvar",
    "ps": "آشپز",
    "fi": "keittäjä",
}


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Catalogs:
    """Every language there is a record for, with an empty catalog."""
    locales = tmp_path_factory.mktemp("locales")
    for language in LANGUAGES.values():
        (locales / language.folder / "LC_MESSAGES").mkdir(parents=True)
    return Catalogs.load(locales)


def read(words: Words, value: str, question: Text | None = JOB, *, record: bool = True) -> tuple[wording.Segment, ...]:
    return wording.value_words(words, DIALOG, Filler(value, question, "ar"), for_summary=record)


def stored(words: Words, said: object, name: str = "job") -> object:
    return known_words.understood(TALK, words, Reply(name, value=said)).value


# -- the list ----------------------------------------------------------------------------------------------------------


def test_there_are_about_150_occupations_with_four_digits_of_ssyk() -> None:
    assert 145 <= len(ssyk()) <= 165
    assert ssyk()["cook"] == "5120" and ssyk()["nurse"] == "2221" and ssyk()["soldier"] == "0310"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_occupation_has_names_of_its_own_in_every_language(every: Catalogs, tag: str) -> None:
    names = every.words(tag).occupations.names
    assert names.keys() == ssyk().keys()
    own = occupations(LANGUAGES[tag].folder).names
    if tag not in ("en", "sv-simple"):
        same = [name for name, called in own.items() if called[0] == occupations("en").names[name][0]]
        # Words that travelled: pilot, imam, agronomist …
        assert len(same) <= 6, same


@pytest.mark.parametrize("tag", ["ar", "fa", "fa-AF", "ckb", "ps", "ti", "uk", "ru"])
def test_the_names_are_written_in_the_script_of_the_language(every: Catalogs, tag: str) -> None:
    script = {"ti": "ETHIOPIC", "uk": "CYRILLIC", "ru": "CYRILLIC"}.get(tag, "ARABIC")
    for called in every.words(tag).occupations.names.values():
        letters = [sign for sign in called[0] if unicodedata.category(sign) in ("Lo", "Lu", "Ll")]
        assert [one for one in letters if not unicodedata.name(one).startswith(script)] == [], called[0]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_is_shown_is_understood_again_and_every_other_name_means_the_same(every: Catalogs, tag: str) -> None:
    words = every.words(tag)
    for name, called in words.occupations.names.items():
        assert [occupation_of(words, one) for one in called] == [name] * len(called)
        assert occupation_of(words, words.capitalised(called[0])) == name


@pytest.mark.parametrize("tag", LANGUAGES)
def test_all_the_names_that_a_field_offers_weigh_little_on_the_wire(every: Catalogs, tag: str) -> None:
    names = every.words(tag).occupations.names.values()
    offered = "".join(f'<option value="{called[0]}"></option>' for called in names)
    assert len(zlib.compress(offered.encode())) <= 2_500


# -- found as typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_cook_is_known_as_people_type_it_and_read_in_swedish(every: Catalogs, tag: str) -> None:
    value = stored(every.words(tag), COOK_AS_TYPED[tag])
    assert value == "occupation:cook"
    assert read(every.words("sv"), str(value)) == ("kock",)


@pytest.mark.parametrize(
    ("tag", "said", "name"),
    [
        ("ru", "поваром", "cook"),
        ("ru", "официанткой", "waiter"),
        ("uk", "кухарем", "cook"),
        ("pl", "kucharką", "cook"),
        ("fi", "kokkina", "cook"),
        ("ar", "طبّاخًا", "cook"),
    ],
)
def test_a_name_is_known_as_it_stands_behind_i_worked_as(every: Catalogs, tag: str, said: str, name: str) -> None:
    assert occupation_of(every.words(tag), said) == name


@pytest.mark.parametrize("said", ["kock i Aleppo", "kok", "koc", "", "   ", "-", "kock" * 9000, "\x00\u202e"])
def test_everything_else_stays_word_for_word(every: Catalogs, said: str) -> None:
    assert stored(every.words("sv"), said) == said


@pytest.mark.parametrize("said", [None, 7, True, ["kock"], {"year": "kock"}])
def test_what_is_no_text_is_left_to_be_refused(every: Catalogs, said: object) -> None:
    assert stored(every.words("sv"), said) == said


def test_a_question_without_the_list_and_one_that_there_is_not_keep_their_words(every: Catalogs) -> None:
    assert stored(every.words("sv"), "kock", "story") == "kock"
    assert stored(every.words("sv"), "kock", "nothing") == "kock"


def test_the_fields_of_a_group_are_understood_one_by_one(every: Catalogs) -> None:
    reply = Reply("jobs", fields={"job": "Kock", "story": "Kock", "strange": "Kock"})
    fields = known_words.understood(TALK, every.words("sv"), reply).fields
    assert fields == {"job": "occupation:cook", "story": "Kock", "strange": "Kock"}


def test_a_name_of_another_language_is_not_guessed_at(every: Catalogs) -> None:
    assert stored(every.words("ar"), "kock") == "kock"


def test_a_name_that_two_occupations_have_stands_for_neither(en: Words) -> None:
    names = {"cook": ("cook", "maker"), "baker": ("baker", "Maker"), "judge": ("judge",)}
    words = replace(en, occupations=Occupations(names))
    assert [occupation_of(words, one) for one in ("cook", "maker", "judge")] == ["cook", "", "judge"]
    shared = replace(en, occupations=Occupations(names, frozenset({"judge"})))
    assert occupation_of(shared, "Judge") == ""


def test_a_painter_may_be_an_artist(every: Catalogs) -> None:
    assert occupation_of(every.words("en"), "painter") == occupation_of(every.words("es"), "pintor") == ""
    assert occupation_of(every.words("ar"), "لحام") == ""


# -- read by somebody --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", LANGUAGES)
def test_it_is_a_word_of_ours_in_the_language_of_the_reader(every: Catalogs, tag: str) -> None:
    words = every.words(tag)
    name = words.occupations.names["nurse"][0]
    assert read(words, "occupation:nurse") == (name,)
    assert read(words, "occupation:nurse", record=False) == (words.capitalised(name),)
    assert read(words, "occupation:nurse", None) == (name,)


def test_words_of_the_person_and_identifiers_that_there_are_not_stay_quotes(every: Catalogs) -> None:
    sv = every.words("sv")
    assert read(sv, "بائع زهور") == (Quote("بائع زهور", "ar", "rtl", True),)
    assert read(sv, "occupation:astronaut") == (Quote("occupation:astronaut", "ar", "ltr", True),)
    assert read(sv, "cook") == (Quote("cook", "ar", "ltr", True),)


def test_a_question_without_the_list_shows_what_was_written(every: Catalogs) -> None:
    assert read(every.words("sv"), "occupation:cook", STORY) == (Quote("occupation:cook", "ar", "ltr", True),)


def test_where_a_language_has_no_name_the_one_of_the_program_stands_in(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.occupations.home", lambda: tmp_path)
    occupations.cache_clear()
    ssyk.cache_clear()
    try:
        (tmp_path / "codes.toml").write_text('cook = "5120"\nbaker = "7612"\n', "utf-8")
        (tmp_path / "en.toml").write_text('cook = ["cook"]\nbaker = ["baker"]\nking = ["king"]\n', "utf-8")
        (tmp_path / "so.toml").write_text('cook = ["kariye"]\nbaker = 7\n', "utf-8")
        assert occupations("so").names == {"cook": ("kariye",), "baker": ("baker",)}
        assert occupations("fi").names == {"cook": ("cook",), "baker": ("baker",)}
    finally:
        occupations.cache_clear()
        ssyk.cache_clear()


def test_an_identifier_fits_where_a_dialog_allows_the_list(en: Words, tmp_path: pathlib.Path) -> None:
    assert max(len(f"{OCCUPATION}{name}") for name in ssyk()) <= 50
    assert words_in("sv", tmp_path).occupations.name("occupation:cook") == "kock"
