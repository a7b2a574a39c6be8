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
    assert "Hyresskuld med brev om att förlora bostaden: kontakta snarast." in [
        wording.plain(one.words) for one in office.page.urgent
    ]


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
    assert left.kind == "blank"
    assert {"Berätta om din skolgång.", "Berätta hur du bor."} <= set(left.questions)
