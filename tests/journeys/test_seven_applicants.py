"""Seven invented people come to the municipality: what they meet, what is kept, and what the office reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from assistant import wording
from assistant.authoring.journeys import decline_of
from assistant.core.dialog import (
    DECLINE_KINDS,
    Dialog,
    Group,
    Question,
    Repeat,
    SelectMultiple,
    SelectOne,
    choices_of,
    places,
)
from assistant.core.steps import Done
from assistant.core.summary import Answer
from assistant.texts import Catalogs, Words
from tests.journeys.conftest import Tell
from tests.journeys.playing import SEVEN, assert_golden, golden_files, journey, talks

MOST_CORE_SCREENS: Final = 32

# What decides the way of each of the SEVEN, in their order, as it was agreed when they were invented; None: it is not
# asked of them.
FACTS: Final[dict[str, tuple[Any, ...]]] = {
    "birth_year": ("1992", "2005", "1979", "1970", "1997", "2002", "1958"),
    "age": (34, 21, 47, 56, 29, 24, 68),
    "residence_basis": ("temporary", "citizen", "tpd", "citizen", "permanent", "citizen", "citizen"),
    "swedish_level": ("little", "native", "little", "native", "daily", "native", "native"),
    "interpreter_language": ("ar", None, "uk", None, "none", None, None),
    "contact_way": (
        ("sms",), ("sms", "portal"), ("email",), ("call", "letter"), ("sms",), ("sms",), ("call",),
    ),
    "household_type": (
        ("partner", "children"), ("parents",), ("children",), ("alone",), ("others",), ("alone",), ("alone",),
    ),
    "children_count": (2, 0, 1, 0, 0, 0, 0),
    "youngest_age": (4, None, 15, None, None, None, None),
    "school_years": ("7_9", "10_12", "13", "10_12", "10_12", "10_12", "7_9"),
    "school_level": ("primary", "primary", "higher", "vocational", "upper", "upper", "primary"),
    "school_country": ("SY", "SE", "UA", "SE", "AF", "SE", "SE"),
    "sfi_status": ("now", None, "queue", None, "done", None, None),
    "work_now": (("no",), ("no",), ("no",), ("no",), ("part",), ("no",), ("no",)),
    "worked_before": ("yes", "no", "yes", "yes", None, "yes", "yes"),
    "jobs": (("1",), None, ("1", "2"), ("1", "2"), ("1", "2"), ("1",), ("1",)),
    "akassa_member": (None, None, None, None, "no", "yes", None),
    "af_registered": ("yes", "no", "yes", "before", "yes", "yes", None),
    "af_program": (("establishment",), None, ("none",), None, ("none",), ("none",), None),
    "work_ability": ("no_problem", "not_now", "no_problem", "not_now", "no_problem", "no_problem", "not_now"),
    "sick_listed": (None, "no_but", None, "yes", None, None, "no"),
    "certificate": (None, None, None, "valid", None, None, None),
    "too_ill_certificate": (None, "no", None, None, None, None, None),
    "health_duration": (None, None, None, "long", None, None, None),
    "too_ill_duration": (None, "long", None, None, None, None, None),
    "care_contacts": (None, ("psychiatry",), None, ("primary", "psychiatry"), None, None, ("none",)),
    "housing_type": ("first", "parents", "second", "first", "friends", "first", "first"),
    "rent_debt": ("no", None, "no", "yes", None, "no", "no"),
    "other_contacts": (
        ("af", "school"), ("health",), ("af", "migration"), ("fk", "health"), ("af",), ("af",), ("other",),
    ),
    "help_wanted": (
        ("job", "language"), ("health",), ("job",), ("health", "agencies"), ("job", "housing"), ("job",), ("forms",),
    ),
    "share_with": (("af",), ("psychiatry",), ("none",), ("fk", "primary"), None, None, None),
}  # fmt: skip

# Signs that keep words of two directions apart; they are not said.
ISOLATES: Final = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


@pytest.mark.parametrize(("name", "locale"), list(talks()))
def test_talk_and_page_are_those_that_were_reviewed_though_the_program_forgets_everything_between_turns(
    tell: Tell, name: str, locale: str
) -> None:
    played, office = tell(name, locale)
    assert isinstance(played.talk.step, Done)
    for path, text in golden_files(name, locale, played, office):
        assert_golden(path, text)


@pytest.mark.parametrize("name", SEVEN)
def test_nobody_meets_more_than_32_core_screens(tell: Tell, name: str) -> None:
    played, _ = tell(name)
    assert 24 <= len(played.core) <= MOST_CORE_SCREENS


@pytest.mark.parametrize("name", SEVEN)
def test_the_facts_are_those_that_were_agreed(tell: Tell, name: str) -> None:
    played, _ = tell(name)
    dialog, values = played.talk.dialog, played.talk.path.values
    agreed = {fact: row[SEVEN.index(name)] for fact, row in FACTS.items()}
    assert {fact: _public(dialog, fact, values.get(fact)) for fact in agreed} == agreed


@pytest.mark.parametrize("name", SEVEN)
def test_a_journey_leaves_no_question_open_and_says_nothing_that_is_not_asked(tell: Tell, name: str) -> None:
    played, _ = tell(name)
    known, screens, answers = places(played.talk.dialog), set(played.screens), played.journey.answers
    for screen, _optional in played.asked:
        if isinstance(screen, Repeat):
            assert played.journey.repeats[screen.name], screen.name
        else:
            names = {screen.name, *(one.name for one in screen.items)} if isinstance(screen, Group) else {screen.name}
            assert names & answers.keys(), screen.name
    idle = {fact for fact in answers if {fact, getattr(known[fact].parent, "name", "")}.isdisjoint(screens)}
    assert idle == set()
    facts = {fact for fact, _of in played.talk.path.answers}
    assert {fact for fact in answers if known[fact].section.gate is False} <= facts


def test_among_the_seven_every_way_to_decline_occurs_and_everything_private_too() -> None:
    everything = {name: journey(name).answers for name in SEVEN}
    declined = {kind for answers in everything.values() for one in answers.values() if (kind := decline_of(one))}
    assert declined == set(DECLINE_KINDS)
    assert {"ok", "care"} <= {answers["contact_safe"] for answers in everything.values()}
    assert {"yes", "no"} <= {answers["talk_alone"] for answers in everything.values()}
    assert [name for name, answers in everything.items() if "addiction" in answers["help_wanted"]] == ["kent"]
    assert [name for name, answers in everything.items() if "nothing_urgent" not in answers["urgent_needs"]] == ["ali"]


# -- what the office reads ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEVEN)
def test_every_fact_that_is_known_and_not_private_stands_on_the_page(tell: Tell, catalogs: Catalogs, name: str) -> None:
    _, office = tell(name)
    summary = office.summary
    sentences = [*summary.attention, *(one for _, paragraph in summary.paragraphs for one in paragraph)]
    named = {fact for one in sentences for fact in one.fillers}
    words, dialog = catalogs.words("sv"), office.detail.dialog
    assert dialog is not None
    page = office.text.translate(ISOLATES)
    left_out = {}
    for answer in _known(summary.answers, dialog):
        segments = wording.value_words(words, dialog, answer.filler, for_summary=True)
        said = "".join(one if isinstance(one, str) else one.text for one in segments)
        if answer.question.name not in named or said not in page:
            left_out[answer.question.name] = said
    assert left_out == {}


@pytest.mark.parametrize("name", SEVEN)
def test_what_is_not_answered_is_told_with_its_reason_and_nothing_else_is(tell: Tell, name: str) -> None:
    played, office = tell(name)
    known = places(played.talk.dialog)
    declines = {
        fact: kind
        for fact, answer in played.journey.answers.items()
        if (kind := decline_of(answer)) and not getattr(known[fact].item, "private", False)
    }
    assert {one.kind: len(one.questions) for one in office.page.unanswered} == {
        kind: list(declines.values()).count(kind) for kind in declines.values()
    }


def test_an_urgent_need_stands_above_everything_with_number_and_safe_time(tell: Tell) -> None:
    _, office = tell("ali")
    heading = office.text.splitlines()[:3]
    assert any("070-000 00 05" in line and "after 4 in the afternoon" in line for line in heading)
    assert office.detail.view.urgent


# -- what is private ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEVEN)
def test_a_private_answer_is_never_shown_again(tell: Tell, catalogs: Catalogs, name: str) -> None:
    played, office = tell(name)
    dialog, words = played.talk.dialog, catalogs.words(played.journey.locale)
    hidden = words.gettext("Answered, not shown here")
    private = {fact for fact, place in places(dialog).items() if getattr(place.item, "private", False)}
    assert {one.text for one in played.said if one.item in private} == {hidden}
    assert {wording.plain(one.answer) for one in played.review if one.item in private} == {hidden}
    assert {one.item for one in played.talk.state.lines} & private == set()
    shown = "\n".join([*(one.text for one in played.said), *(wording.plain(one.answer) for one in played.review)])
    for label in _private_labels(dialog, words):
        assert label not in shown
    for line in office.page.banner:
        if line.private:
            assert wording.plain(line.words) not in office.text


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("layla", ["Önskar enskilt samtal."]),
        ("erik", ["Önskar enskilt samtal."]),
        ("kent", ["Vill tala om alkohol, droger, läkemedel eller spel."]),
        ("birgit", []),
        ("anna", []),
    ],
)
def test_the_office_sees_on_its_screen_what_is_for_its_eyes_only(tell: Tell, name: str, lines: list[str]) -> None:
    _, office = tell(name)
    assert [wording.plain(one.words) for one in office.page.banner if one.private] == lines


@pytest.mark.parametrize(("name", "careful"), [("erik", True), ("ali", True), ("kent", False), ("anna", False)])
def test_contact_is_with_care_unless_somebody_said_that_it_need_not_be(tell: Tell, name: str, careful: bool) -> None:
    _, office = tell(name)
    assert ("Kontakta varsamt" in office.text) is careful


@pytest.mark.parametrize("name", SEVEN)
def test_nothing_of_the_gate_is_kept(tell: Tell, name: str) -> None:
    played, _ = tell(name)
    assert {fact for fact, _of in played.talk.state.facts if fact.startswith("protected")} == set()


def _public(dialog: Dialog, fact: str, value: Any) -> Any:
    """The value of a fact without choices that are for the office's eyes only."""
    place = places(dialog).get(fact)
    if place is None or not isinstance(place.item, SelectMultiple) or not isinstance(value, tuple):
        return value
    choices = choices_of(dialog, place.item)
    return tuple(one for one in value if not choices[one].private)


def _known(answers: tuple[Answer, ...], dialog: Dialog) -> Iterator[Answer]:
    for one in answers:
        value = _public(dialog, one.question.name, one.filler.value)
        if isinstance(one.question, Question) and not one.private and value not in (None, ()):
            yield one._replace(filler=one.filler._replace(value=value))


def _private_labels(dialog: Dialog, words: Words) -> Iterator[str]:
    """The words of choices that may never be read again; a mere yes or no is told apart by its question alone."""
    for place in places(dialog).values():
        if isinstance(place.item, SelectOne | SelectMultiple) and not place.section.gate:
            for choice in place.item.choices:
                if choice.private or place.item.private:
                    yield wording.choice_label(words, dialog, place.item, choice.name)
