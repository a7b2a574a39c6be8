"""Talks that go another way: the careful one, for somebody else, without a word, and with an early end."""

from __future__ import annotations

import pytest

from assistant import wording
from tests.journeys.conftest import Tell
from tests.journeys.playing import OTHERS, Played

NO_NUMBER = "We have no number to call you on."
CONTACT = {"urgent_contact", "contact", "contact_safe"}
OWN_WILL = {"goals", "contact_safe", "talk_alone", "share_with", "share"}


def leaves_to_the_visit(played: Played) -> set[str]:
    return {fact for (fact, _of), answer in played.talk.state.facts.items() if answer.declined == "in_person"}


@pytest.mark.parametrize("name", OTHERS)
def test_no_other_talk_is_longer_than_that_of_the_seven(tell: Tell, name: str) -> None:
    played, _ = tell(name)
    assert len(played.core) <= 32


# -- whoever is not sure whether an address is secret ------------------------------------------------------------------


def test_the_careful_way_asks_for_nothing_that_shows_where_somebody_is(tell: Tell) -> None:
    played, office = tell("careful")
    assert played.screens[:2] == ["protected_identity", "protected_next"]
    assert CONTACT.isdisjoint(played.screens)
    assert leaves_to_the_visit(played) >= CONTACT
    assert "Kontakta varsamt" in office.text


def test_the_careful_way_leaves_no_trace_of_why_it_is_careful(tell: Tell) -> None:
    played, office = tell("careful")
    everything = [*played.talk.state.facts, *((one.item, one.of) for one in played.talk.state.lines)]
    assert not [fact for fact, _of in everything if fact.startswith("protected")]
    assert "skydd" not in office.text
    assert "Skatteverket" not in played.transcript + office.text


def test_the_careful_way_shows_no_answer_to_what_was_never_asked(tell: Tell) -> None:
    played, _ = tell("careful")
    assert CONTACT.isdisjoint(one.item for one in played.said)
    assert "Which number can we call" not in played.transcript
    assert "How can we reach you?" not in played.transcript
    assert {line.screen for line in played.review} >= {"urgent_contact", "contact"}


def test_whoever_needs_help_at_once_and_leaves_no_number_is_told_one(tell: Tell) -> None:
    played, office = tell("careful")
    assert [note for note in played.notes if note.startswith(NO_NUMBER)]
    assert office.detail.view.urgent
    assert [wording.plain(one.words) for one in office.page.urgent] == [
        "Akut: saknar pengar till mat. Inget telefonnummer lämnat.",
        "Ingen inkomst och inga pengar till mat: ta upp akut hjälp i dag.",
    ]


# -- whoever answers for somebody else ---------------------------------------------------------------------------------


def test_what_only_the_person_can_answer_is_not_asked_of_a_guardian(tell: Tell) -> None:
    played, office = tell("guardian")
    assert OWN_WILL.isdisjoint(played.screens)
    assert [note for note in played.notes if "den person som du svarar åt" in note]
    assert "Den enskildes egen vilja tas upp på besöket." in office.text


def test_the_page_says_of_every_paragraph_that_somebody_else_told_it(tell: Tell) -> None:
    _, office = tell("guardian")
    assert office.page.told_by_other
    assert not tell("birgit")[1].page.told_by_other


def test_a_letter_about_losing_the_home_is_told_first(tell: Tell) -> None:
    _, office = tell("guardian")
    assert "Hyresskuld och brev om att bostaden kan förloras: kontakta snarast." in [
        wording.plain(one.words) for one in office.page.urgent
    ]


def test_a_number_without_a_safe_time_is_never_told_without_a_warning(tell: Tell) -> None:
    _, office = tell("guardian")
    (message,) = office.page.messages
    assert (message.phone, message.when) == ("070-000 00 09", "")
    warning = "säker tid ej angiven, fråga först om det går att prata"
    assert message.care == warning
    assert any(warning in wording.plain(one.words) for one in office.page.urgent)
    assert office.text.count(warning) == 2


# -- whoever does not want to tell -------------------------------------------------------------------------------------


def test_whoever_declines_everything_comes_to_the_end_and_nothing_is_made_of_it(tell: Tell) -> None:
    played, office = tell("silent")
    told = {fact for (fact, _of), answer in played.talk.state.facts.items() if answer.declined is None}
    assert told == {"you", "answering_for", "called_name"}
    assert not office.page.urgent
    assert not office.page.take_up
    assert [paragraph.topic for paragraph in office.page.paragraphs] == ["who"]


def test_nobody_is_thanked_for_what_they_did_not_tell(tell: Tell) -> None:
    played, _ = tell("silent")
    thanks = [one.text for one in played.said if one.text.startswith("Tack")]
    assert thanks == ["Tack. Du kan sluta när du vill och fortsätta senare."]


def test_whoever_passes_over_an_invitation_has_refused_nothing(tell: Tell) -> None:
    _, office = tell("silent")
    (refused,) = office.page.unanswered
    assert refused.kind == "skip"
    assert "Är det något annat du vill berätta för oss?" not in refused.questions


def test_what_may_be_left_blank_and_is_stands_nowhere_as_missing(tell: Tell) -> None:
    played, office = tell("guardian")
    assert "housing_until" in {line.item for line in played.review if wording.plain(line.answer) == "–"}
    assert "Om du bara kan bo kvar en tid" not in office.text
    assert "–" not in [line for one in played.said for line in one.text.split(" ")]


def test_silence_about_the_way_of_contact_means_care(tell: Tell) -> None:
    _, office = tell("silent")
    assert "Kontakta varsamt" in office.text
    assert "Fråga om tolk när besöket bokas." in office.text


# -- whoever stops early -----------------------------------------------------------------------------------------------


def test_whoever_stops_early_has_sent_what_was_told_and_the_rest_is_named(tell: Tell) -> None:
    played, office = tell("early")
    assert played.screens[-2:] == ["household", "schooling"]
    assert "Ett jobb där jag får vara ute." in office.text
    (left,) = office.page.unanswered
    assert (left.kind, left.label) == ("in_person", "Vill berätta vid besöket")
    (sections,) = left.questions
    assert sections.startswith("Skola, Arbete, ")
    assert "Berätta" not in office.text
