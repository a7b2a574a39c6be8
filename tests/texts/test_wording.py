"""Questions, choices, values and answers in words."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from assistant import wording
from assistant.bidi import FSI, PDI
from assistant.core.dialog import DeclineKind, Field, choices_of
from assistant.core.path import Path
from assistant.core.record import Fact, State
from assistant.core.summary import Answer, Filler
from assistant.texts import Catalogs, Words
from assistant.wording import Quote
from tests.texts import sample
from tests.texts.sample import DIALOG, words_in

SETTINGS = {"office_phone": "08-123 45"}


def value(words: Words, question: Field | None, value: Any, *, for_summary: bool) -> str:
    filler = Filler(value, question, "sv")
    return wording.plain(wording.value_words(words, DIALOG, filler, for_summary=for_summary))


def answer(question: Field, value: Any, *, declined: DeclineKind | None = None, at: str = "2026-03-05") -> Answer:
    private = getattr(question, "private", False)
    return Answer(question, "", "all", Filler(value, question, "ar"), declined, at, private)


# -- texts of the dialog -----------------------------------------------------------------------------------------------


def test_a_label_has_the_facts_and_the_settings_in_it(en: Words) -> None:
    fillers = {"called_name": Filler("Amal", sample.NAME, "ar")}
    told = wording.label(en, DIALOG, sample.SCHOOLING, fillers=fillers, settings=SETTINGS)
    assert told == "Hello Amal. Tell us about your schooling, or call 08-123 45."


def test_what_is_not_known_becomes_an_ellipsis_in_a_label(en: Words) -> None:
    told = wording.label(en, DIALOG, sample.SCHOOLING)
    assert told == "Hello …. Tell us about your schooling, or call …."


def test_a_text_that_an_item_does_not_have_is_empty(en: Words) -> None:
    assert wording.label(en, DIALOG, sample.NAME, "hint") == ""
    assert wording.label(en, DIALOG, sample.NAME, "unit") == ""


def test_a_telephone_number_keeps_its_order_among_right_to_left_words(tmp_path: pathlib.Path) -> None:
    source = sample.SCHOOLING.label
    words = words_in("ar", tmp_path, **{source: {"schooling.label": "مرحبا {called_name}، اتصل {office_phone}."}})
    fillers = {"called_name": Filler("Amal", sample.NAME, "sv")}
    told = wording.label(words, DIALOG, sample.SCHOOLING, fillers=fillers, settings=SETTINGS)
    assert told == f"مرحبا {FSI}Amal{PDI}، اتصل {FSI}08-123 45{PDI}."


def test_a_text_knows_the_facts_on_the_path(en: Words) -> None:
    fact = Fact(value="Amal", at="2026-03-05", conversation="1", dialog="sample", locale="ar", seq=1)
    path = Path(values={"called_name": "Amal"}, answers={("called_name", ""): fact})
    told = wording.text(en, DIALOG, State(), path, sample.SCHOOLING, settings=SETTINGS)
    assert told == "Hello Amal. Tell us about your schooling, or call 08-123 45."
    assert wording.text(en, DIALOG, State(), path, sample.SCHOOLING, "why") == "So we find a course."
    assert wording.text(en, DIALOG, State(), path, sample.SCHOOLING, "hint") == ""


def test_a_field_knows_the_group_around_it() -> None:
    assert wording.parent_of(DIALOG, sample.YEARS) is sample.SCHOOLING
    assert wording.parent_of(DIALOG, sample.SCHOOLING) is None


def test_sections_topics_and_titles_are_found_under_their_own_contexts(tmp_path: pathlib.Path) -> None:
    words = words_in(
        "sv",
        tmp_path,
        **{
            "All of it": {"section.all.label": "Alltihop"},
            "School": {"topic.school.label": "Skola"},
            "A sample": {"dialog.title": "Ett prov"},
        },
    )
    told = [wording.label(words, DIALOG, one) for one in (DIALOG.sections[0], DIALOG.topics[0])]
    assert told == ["Alltihop", "Skola"]
    assert wording.label(words, DIALOG, DIALOG, "title") == "Ett prov"
    assert wording.label(words, DIALOG, DIALOG.attention[0]) == "Urgent: …."


# -- choices -----------------------------------------------------------------------------------------------------------


def test_choices_have_labels_on_the_screen_and_phrases_in_the_record(tmp_path: pathlib.Path) -> None:
    words = words_in(
        "sv",
        tmp_path,
        **{
            "No school": {"school_years.0.label": "Ingen skola"},
            "no years": {"school_years.0.summary": "ingen skolgång"},
            "Yes": {"list.yes_no.yes.label": "Ja", "contact_safe.yes.label": "Jadå"},
        },
    )
    assert wording.choice_label(words, DIALOG, sample.YEARS, "0") == "Ingen skola"
    assert wording.choice_summary(words, DIALOG, sample.YEARS, "0") == "ingen skolgång"
    assert wording.choice_summary(words, DIALOG, sample.LEVEL, "university") == "University"
    assert wording.choice_label(words, DIALOG, sample.STILL, "yes") == "Ja"
    assert wording.choice_label(words, DIALOG, sample.SECRET, "yes") == "Jadå"


def test_countries_and_languages_are_named_by_cldr(sv: Words, en: Words) -> None:
    assert wording.choice_label(sv, DIALOG, sample.COUNTRY, "SY") == "Syrien"
    assert wording.choice_label(sv, DIALOG, sample.INTERPRETER, "fa-AF") == "Dari"
    assert wording.choice_summary(sv, DIALOG, sample.INTERPRETER, "fa-AF") == "dari"
    assert wording.choice_label(en, DIALOG, sample.INTERPRETER, "none") == "I do not need an interpreter"


def test_turkish_names_keep_their_letters(bare: Catalogs) -> None:
    assert wording.choice_label(bare.words("tr"), DIALOG, sample.INTERPRETER, "en") == "İngilizce"


def test_a_choice_that_the_dialog_no_longer_has_is_shown_by_its_name(en: Words) -> None:
    assert wording.choice_label(en, DIALOG, sample.YEARS, "12") == "12"


def test_a_long_list_is_sorted_in_the_readers_language_behind_what_stands_first(sv: Words, en: Words) -> None:
    offered = tuple(choices_of(DIALOG, sample.INTERPRETER).values())
    swedish = [one.label for one in wording.choices(sv, DIALOG, sample.INTERPRETER, offered)]
    assert swedish[:4] == ["I do not need an interpreter", "Arabiska", "Somaliska", "Albanska"]
    assert len(swedish) == len(offered)
    english = [one.name for one in wording.choices(en, DIALOG, sample.INTERPRETER, offered)]
    assert english[:5] == ["none", "ar", "so", "sq", "am"]


def test_choices_of_the_dialog_keep_their_order(en: Words) -> None:
    told = wording.choices(en, DIALOG, sample.HELP, sample.HELP.choices)
    assert [(one.name, one.exclusive) for one in told] == [
        ("job", False), ("home", False), ("move", False), ("addiction", False), ("none", True),
    ]  # fmt: skip


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "given", "record", "talk"),
    [
        (sample.RENT, 6500, "6\u00a0500", "6\u00a0500"),
        (sample.BORN, 1988, "1988", "1988"),
        (sample.SINCE, "2019-03", "2019-03", "mars 2019"),
        (sample.DAY, "2019-03-05", "2019-03-05", "5 mars 2019"),
        (sample.SINCE, "2019", "2019", "2019"),
        (sample.YEARS, "0", "no years", "No school"),
        (sample.HELP, ("job", "move"), "finding a job, Walking and moving", "To find a job, Walking and moving"),
        (sample.NAME, "Amal", "”Amal”", "Amal"),
        (sample.COUNTRY, "SY", "Syrien", "Syrien"),
        (None, 36, "36", "36"),
        (None, "2019-03", "2019-03", "mars 2019"),
        (None, "free words", "”free words”", "free words"),
        (sample.RENT, (1, 2), "1, 2", "1, 2"),
        (sample.HELP, (("job",), ("home", "job")), "finding a job, finding a home, finding a job", None),
    ],
)
def test_values_are_for_the_record_or_for_the_talk(
    sv: Words, question: Field | None, given: Any, record: str, talk: str | None
) -> None:
    assert value(sv, question, given, for_summary=True) == record
    if talk is not None:
        assert value(sv, question, given, for_summary=False) == talk


def test_a_calculated_truth_is_yes_or_no(sv: Words) -> None:
    assert value(sv, None, True, for_summary=True) == "Ja"


def test_several_values_are_set_apart_as_the_script_does(ar: Words, bare: Catalogs) -> None:
    assert value(ar, sample.RENT, (1, 2), for_summary=True) == "1، 2"
    assert value(bare.words("ti"), sample.RENT, (1, 2), for_summary=True) == "1፣ 2"


def test_a_quote_bears_the_language_and_direction_of_what_was_written(sv: Words) -> None:
    def said(text: str, locale: str) -> object:
        filler = Filler(text, sample.NAME, locale)
        return wording.value_words(sv, DIALOG, filler, for_summary=True)[0]

    assert said("أمل", "ar") == Quote("أمل", "ar", "rtl", True)
    assert said("Amal", "ar") == Quote("Amal", "ar", "ltr", True)
    assert said("070-123", "ckb") == Quote("070-123", "ckb", "ltr", False)
    assert said("دری", "fa-AF") == Quote("دری", "fa-AF", "rtl", True)
    assert said("hej", "sv-simple") == Quote("hej", "sv", "ltr", True)
    assert said("hej", "tlh") == Quote("hej", "sv", "ltr", True)


def test_plain_text_isolates_a_quote_only_where_the_direction_differs() -> None:
    arabic, latin = Quote("أمل\nعلي", "ar", "rtl", True), Quote("Amal", "ar", "ltr", False)
    assert wording.plain(("Name: ", arabic, ".")) == f"Name: ”{FSI}أمل{PDI}\n{FSI}علي{PDI}”."
    assert wording.plain(("Name: ", latin, ".")) == "Name: Amal."
    assert wording.plain((arabic,)) == "”أمل\nعلي”"
    assert wording.plain((arabic,), "ltr") == f"”{FSI}أمل{PDI}\n{FSI}علي{PDI}”"
    assert wording.plain(("الاسم: ", latin)) == f"الاسم: {FSI}Amal{PDI}"


def test_hostile_words_are_shown_without_harm(sv: Words) -> None:
    text = "\x1b[31m<b>\x00\ud800\u202e{rent}\u2069\u2067[x]"
    filler = Filler(text, sample.NAME, "ar")
    (quote,) = wording.value_words(sv, DIALOG, filler, for_summary=True)
    assert isinstance(quote, Quote)
    assert quote.text == "\ufffd[31m<b>\ufffd\ufffd\u202e{rent}\u2067[x]\u2069"
    assert wording.plain(("Ord: ", quote)) == f"Ord: ”{FSI}{quote.text}{PDI}”"


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer(sample.NAME, "Amal"), "Amal"),
        (answer(sample.RENT, 6500), "6\u00a0500 kronor a month"),
        (answer(sample.SINCE, "2019-03"), "mars 2019"),
        (answer(sample.HELP, ("job", "home")), "To find a job, To find a home"),
        (answer(sample.NAME, None, declined="skip"), "Jag vill inte säga"),
        (answer(sample.NAME, None, declined="unknown"), "Jag vet inte"),
        (answer(sample.NAME, None, declined="in_person"), "Jag berättar hellre på besöket"),
        (answer(sample.NAME, None), "–"),
        (answer(sample.HELP, ()), "–"),
    ],
)
def test_an_answer_is_told_as_it_was_given(sv: Words, given: Answer, told: str) -> None:
    assert wording.plain(wording.answer_words(sv, DIALOG, given)) == told


@pytest.mark.parametrize(
    ("kind", "told"),
    [("skip", "Vill inte säga"), ("unknown", "Vet inte"), ("in_person", "Vill berätta vid besöket")],
)
def test_for_the_record_a_decline_is_told_of_the_person(sv: Words, kind: DeclineKind, told: str) -> None:
    declined = answer(sample.NAME, None, declined=kind)
    assert wording.answer_words(sv, DIALOG, declined, record=True) == (told,)


def test_what_was_left_blank_has_no_words_but_a_private_answer_never_tells_that_it_has_none() -> None:
    assert wording.is_blank(answer(sample.NAME, None)) and wording.is_blank(answer(sample.HELP, ()))
    assert not wording.is_blank(answer(sample.NAME, "Amal"))
    assert not wording.is_blank(answer(sample.NAME, None, declined="skip"))
    assert not wording.is_blank(answer(sample.SECRET, None))


@pytest.mark.parametrize("given", [answer(sample.SECRET, "no"), answer(sample.SECRET, None, declined="skip")])
def test_a_private_answer_is_never_shown_again(sv: Words, given: Answer) -> None:
    assert wording.answer_words(sv, DIALOG, given) == ("Besvarat, visas inte här",)


def test_a_private_question_that_was_not_asked_yet_is_not_called_answered(sv: Words) -> None:
    assert wording.answer_words(sv, DIALOG, answer(sample.SECRET, None, at="")) == ("–",)


def test_a_private_choice_is_left_out_among_others_and_alone_it_is_for_the_visit(sv: Words) -> None:
    both, alone = answer(sample.HELP, ("job", "addiction")), answer(sample.HELP, ("addiction",))
    assert wording.answer_words(sv, DIALOG, both) == ("To find a job",)
    at_the_visit = answer(sample.HELP, None, declined="in_person")
    assert wording.answer_words(sv, DIALOG, alone) == wording.answer_words(sv, DIALOG, at_the_visit)
