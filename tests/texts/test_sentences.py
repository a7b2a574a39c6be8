"""Sentences of the summary: what is known is told, what is not is left out, and the marks fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant import wording
from assistant.bidi import FSI, PDI
from assistant.core.dialog import Group, Text
from assistant.core.summary import Filler, Sentence
from assistant.texts import Catalogs, Words
from assistant.wording import Quote
from tests.texts import sample
from tests.texts.sample import DIALOG, sentence_of, words_in

A, B, C = (Text(name=name, label=name) for name in "abc")


def told(words: Words, template: str, **values: str) -> str:
    """A sentence of calculated dates, which stand there without quotation marks."""
    fillers = {name: Filler(value, None, "en") for name, value in values.items()}
    item = Group(name="g", label="", items=(A, B, C))
    return wording.plain(wording.sentence(words, DIALOG, Sentence(item, "", "g.summary", template, fillers, ("g", ""))))


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({}, "7–9 years of school."),
        ({"school_country": "SY"}, "7–9 years of school in Syria."),
        ({"school_level": "upper"}, "7–9 years of school. upper secondary."),
        ({"school_field": "law"}, "7–9 years of school. ”law”."),
        ({"school_country": "SY", "school_field": "law"}, "7–9 years of school in Syria. ”law”."),
        ({"school_level": "upper", "school_field": "law"}, "7–9 years of school. upper secondary, ”law”."),
    ],
)
def test_optional_parts_are_left_out_and_the_marks_put_in_order(en: Words, known: dict[str, Any], words: str) -> None:
    sentence = sentence_of(sample.SCHOOLING, school_years="9", **known)
    assert wording.plain(wording.sentence(en, DIALOG, sentence)) == words


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Sick leave[ {b}][. Certificate: {a}][ until {c}].", "Sick leave. Certificate: 2001."),
        ("Contact: {a}[, {b}][, {c}].", "Contact: 2001."),
        ("{a}[ ({b})].", "2001."),
        ("{a} ([{b}]).", "2001."),
        ("{a} ([{b}, {c}]) and more.", "2001 and more."),
        ("[{b}. ]{a}[ since {c}]", "2001"),
        ("[{b}], {a}: [{c}].", "2001."),
        ("[{b}] {a}; [{c}], end.", "2001; end."),
        ("Care: [{b}]. [{c}] After {a}.", "Care. After 2001."),
        ("{a}[, {b}] – [{c}] – end?", "2001 – – end?"),
        ("{a}! [{b}.]", "2001!"),
        ("{a} etc., and [{b}] more", "2001 etc., and more"),
        ("No facts [at all] here: {a}", "No facts at all here: 2001"),
        ("({a}[, {b}])", "(2001)"),
        ("{a}[،{b}]؟", "2001؟"),
    ],
)
def test_no_marks_are_left_over(en: Words, template: str, words: str) -> None:
    assert told(en, template, a="2001") == words


def test_a_dash_stands_for_what_is_not_known_outside_of_brackets(en: Words) -> None:
    assert told(en, "Born {a}[, {c}], in {b}.", b="2001") == "Born –, in 2001."


def test_a_value_that_ends_with_a_full_stop_gets_no_second_one(tmp_path: Path) -> None:
    words = words_in("en", tmp_path, **{"finding a job": {"help_wanted.job.summary": "work etc."}})
    sentence = sentence_of(DIALOG.attention[0], help_wanted=("job",))
    assert wording.sentence(words, DIALOG, sentence) == ("Urgent: work etc.",)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Jag vill sova.", "Name: ”Jag vill sova.” Rent: 6,500."),
        ("Var ska jag sova?", "Name: ”Var ska jag sova?” Rent: 6,500."),
        ("Sova", "Name: ”Sova”. Rent: 6,500."),
    ],
)
def test_a_quote_that_ends_with_a_full_stop_gets_no_second_one(en: Words, words: str, told: str) -> None:
    fillers = {"called_name": Filler(words, sample.NAME, "sv"), "rent": Filler(6500, sample.RENT, "sv")}
    source = "Name: {called_name}. Rent: {rent}."
    sentence = Sentence(sample.SCHOOLING, "", "x.summary", source, fillers, ("x", ""))
    assert wording.plain(wording.sentence(en, DIALOG, sentence)) == told


def test_a_sentence_begins_with_a_capital_letter_but_a_quote_as_it_was_written(en: Words, bare: Catalogs) -> None:
    urgent = DIALOG.attention[0]
    starts = Sentence(urgent, "", "attention.urgent.label", "{help_wanted}!", {}, ("urgent", ""))
    picked, said = Filler(("job",), sample.HELP, "en"), Filler("work", sample.NAME, "en")
    assert wording.sentence(en, DIALOG, starts._replace(fillers={"help_wanted": picked})) == ("Finding a job!",)
    assert wording.plain(wording.sentence(en, DIALOG, starts._replace(fillers={"help_wanted": said}))) == "”work”!"
    assert bare.words("tr").capitalised("iş") == "İş"


def test_a_persons_words_stay_apart_as_quotes(en: Words) -> None:
    sentence = sentence_of(sample.SCHOOLING, school_years="9", school_field="قانون")
    segments = wording.sentence(en, DIALOG, sentence)
    assert segments == ("7–9 years of school. ", Quote("قانون", "ar", "rtl", True), ".")
    assert wording.plain(segments) == f"7–9 years of school. ”{FSI}قانون{PDI}”."


def test_brackets_and_braces_in_a_persons_words_are_only_signs(en: Words) -> None:
    sentence = sentence_of(sample.SCHOOLING, school_years="9", school_field="[{school_years}] {x} .. ,")
    assert wording.plain(wording.sentence(en, DIALOG, sentence)) == "7–9 years of school. ”[{school_years}] {x} .. ,”."


def test_what_is_answered_back_is_said_as_one_talks(en: Words) -> None:
    sentence = sentence_of(sample.SCHOOLING, "reply", called_name="Amal", since="2019-03")
    assert wording.plain(wording.sentence(en, DIALOG, sentence)) == "Thank you, Amal. You said March 2019."


def test_the_translation_may_have_another_order(tmp_path: Path) -> None:
    swedish = "[{school_country}: ]skolgång {school_years}[; {school_level}][, {school_field}]."
    words = words_in("sv", tmp_path, **{sample.SCHOOLING.summary: {"schooling.summary": swedish}})
    sentence = sentence_of(sample.SCHOOLING, school_years="9", school_country="SY")
    assert wording.sentence(words, DIALOG, sentence) == ("Syrien: skolgång 7–9 years.",)


def test_a_sentence_can_name_what_the_municipality_has_set(en: Words) -> None:
    sentence = Sentence(sample.SCHOOLING, "", "schooling.summary", "Call {office_phone}.", {}, ("schooling", ""))
    assert wording.sentence(en, DIALOG, sentence, {"office_phone": "08-1"}) == ("Call 08-1.",)


def test_figures_of_a_date_keep_their_order_in_arabic(ar: Words) -> None:
    assert told(ar, "منذ {a}.", a="2019-03") == f"منذ {FSI}2019-03{PDI}."
