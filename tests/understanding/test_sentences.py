"""Several facts in one sentence: what is certain is found, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core import replies
from assistant.core.problem import Problem
from assistant.languages import LANGUAGES
from tests.understanding import jobs


def found(tag: str, name: str, text: str) -> dict[str, object]:
    return {fact.field: fact.value for fact in jobs.facts(tag, name, text)}


@pytest.mark.parametrize(
    ("tag", "text", "values"),
    [
        (
            "sv",
            "kock i Aleppo 2009–2014",
            {"job_title": "kock", "job_country": "SY", "job_from": "2009", "job_to": "2014"},
        ),
        (
            "sv",
            "Kock i Syrien, 2009–2014, heltid",
            {
                "job_title": "Kock",
                "job_country": "SY",
                "job_from": "2009",
                "job_to": "2014",
                "job_extent": "full",
            },
        ),
        ("sv", "städare 2019 till nu", {"job_title": "städare", "job_from": "2019", "job_end": "ongoing"}),
        ("sv", "snickare sedan 2019", {"job_title": "snickare", "job_from": "2019", "job_end": "ongoing"}),
        ("sv", "snickare 2019–", {"job_title": "snickare", "job_from": "2019", "job_end": "ongoing"}),
        (
            "sv",
            "lärare, Iran, mars 2010 till maj 2015",
            {"job_title": "lärare", "job_country": "IR", "job_from": "2010", "job_to": "2015-05"},
        ),
        (
            "en",
            "cook in Syria from 2009 to 2014",
            {"job_title": "cook", "job_country": "SY", "job_from": "2009", "job_to": "2014"},
        ),
        (
            "en",
            "Farmer, in the family or on a farm, until 2015",
            {"job_title": "Farmer", "job_extent": "family", "job_to": "2015"},
        ),
        (
            "ar",
            "طباخ في سوريا من ٢٠٠٩ إلى ٢٠١٤",
            {"job_title": "طباخ", "job_country": "SY", "job_from": "2009", "job_to": "2014"},
        ),
        ("ar", "طباخ من 2019 حتى الآن", {"job_title": "طباخ", "job_from": "2019", "job_end": "ongoing"}),
        ("ar", "خياط 1430 - 1435 هـ", {}),  # each year falls in two
        ("sv", "kock", {}),
        ("sv", "kock 2009", {}),  # began or ended?
        ("sv", "2009–2012 kock, 2013–2015 bagare", {}),  # two jobs
        ("sv", "kock 2014–2009", {}),
        ("sv", "Jag jobbade 2009–2014 som kock", {"job_title": "kock", "job_from": "2009", "job_to": "2014"}),
        (
            "sv",
            "från Kabul i Afghanistan, snickare 2009–2014",
            {"job_title": "snickare", "job_from": "2009", "job_to": "2014"},
        ),
        (
            "ru",
            "повар, Великобритания, 2009–2014",
            {"job_title": "повар", "job_country": "GB", "job_from": "2009", "job_to": "2014"},
        ),
        (
            "ps",
            "له 2009 تر 2014 مې په حلب کې اشپزي کوله",
            {"job_title": "اشپزي", "job_country": "SY", "job_from": "2009", "job_to": "2014"},
        ),
        (
            "tr",
            "aşçı, Urfa'da 2005–2011",
            {"job_title": "aşçı", "job_country": "TR", "job_from": "2005", "job_to": "2011"},
        ),
        ("sv", "kock från 2009 till 14", {}),
        ("sv", "kock i Syrien, inte 2009–2014", {}),
        ("sv", "Min bror och jag 2009–2014, kock", {"job_from": "2009", "job_to": "2014"}),  # two pieces left over
        (
            "sv",
            "kock i Aleppo, Syrien, 2009–2014",
            {"job_title": "kock", "job_country": "SY", "job_from": "2009", "job_to": "2014"},
        ),
        ("sv", "kock i Syrien och Turkiet", {}),  # two countries
        ("sv", "", {}),
        ("sv", "–", {}),
        ("sv", "kock 2009–2014 " * 40, {}),
    ],
)
def test_a_job_in_a_sentence(tag: str, text: str, values: dict[str, object]) -> None:
    assert found(tag, "jobs", text) == values


def test_hours_with_their_unit_and_choices_by_their_names() -> None:
    assert found("en", "occupation", "part time or some hours, 20 hours a week") == {
        "work_now": ["part"],
        "work_hours": 20,
    }
    assert found("sv", "occupation", "Heltid, fyrtio timmar i veckan") == {"work_now": ["full"], "work_hours": 40}
    assert found("sv", "occupation", "20 timmar") == {}


def test_each_fact_keeps_its_place_and_whether_it_was_worked_out() -> None:
    text = "bagare för tre år sedan till nu i Sverige"
    facts = {fact.field: (text[fact.start : fact.end], fact.literal) for fact in jobs.facts("sv", "jobs", text)}
    assert facts == {
        "job_title": ("bagare", True),
        "job_from": ("för tre år sedan till nu", False),
        "job_end": ("för tre år sedan till nu", False),
        "job_country": ("Sverige", True),
    }


def test_only_choices_that_are_offered_are_found() -> None:
    from assistant.understanding.sentences import find_fields

    screen = jobs.screen("jobs")
    facts = find_fields(jobs.words("sv"), jobs.dialog(), screen, "kock i Syrien 2009–2014", {}, jobs.TODAY)
    assert [fact.field for fact in facts] == ["job_title", "job_from", "job_to"]


PIECES = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ["2009", "–", "-", "2014", "till", "nu", "från", "sedan", "Syrien", "heltid", "kock", "i", "mars", "20"]
        ),
    ),
    max_size=14,
)


@given(tag=st.sampled_from(sorted(LANGUAGES)), pieces=PIECES, name=st.sampled_from(["jobs", "occupation"]))
def test_whatever_is_typed_gives_facts_that_fit_their_fields_and_stand_in_the_text(
    tag: str, pieces: list[str], name: str
) -> None:
    text = " ".join(pieces)
    facts = jobs.facts(tag, name, text)
    fields = {field.name: field for field in jobs.screen(name).items}
    assert len({fact.field for fact in facts}) == len(facts)
    for fact in facts:
        assert 0 <= fact.start < fact.end <= len(text)
        parsed = replies.parse(jobs.dialog(), fields[fact.field], fact.value, ({}, {}), jobs.TODAY)
        codes = {"constraint", "too_small", "too_large", "exclusive", "too_many"}
        assert not isinstance(parsed, Problem) or parsed.code in codes
