"""A dialog in a terminal, line by line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.authoring import journeys
from assistant.core.record import Key
from assistant.core.steps import Done
from assistant.player import play
from assistant.service import Service
from assistant.talks import Talk
from assistant.terminal import Terminal

Typed = Callable[..., "Screen"]


class Screen:
    """A terminal whose lines are typed beforehand; what it shows is kept."""

    def __init__(self, service: Service, lines: tuple[str, ...]) -> None:
        self.lines, self.shown = list(lines), list[str]()
        self.terminal = Terminal(service, lambda _: self.lines.pop(0) if self.lines else None, self.shown.append)

    @property
    def text(self) -> str:
        return "\n".join(self.shown)


@pytest.fixture
def typed(service: Service) -> Typed:
    def of(*lines: str) -> Screen:
        return Screen(service, lines)

    return of


PAST_THE_START = ("1", "1", "Sam", "8")


async def test_numbers_labels_and_names_all_answer(typed: Typed) -> None:
    screen = typed("1", "i answer alone", "Sam", "nothing_urgent")
    await screen.terminal.talk("first_visit", "en")
    answers = screen.terminal.journey.answers
    assert answers == {
        "protected_identity": "no",
        "answering_for": "self",
        "called_name": "Sam",
        "urgent_needs": ("nothing_urgent",),
    }


async def test_the_end_of_the_input_ends_the_talk_politely(typed: Typed) -> None:
    screen = typed(*PAST_THE_START)
    await screen.terminal.talk("first_visit", "en")
    assert screen.shown[-1].strip() == "The input ended, and so does the talk. Nothing was sent."


async def test_a_question_mark_tells_why(typed: Typed) -> None:
    screen = typed("?")
    await screen.terminal.talk("first_visit", "en")
    assert "nothing we write may show where you are" in screen.text


@pytest.mark.parametrize(("sign", "kind"), [("!", "unknown"), ("-", "skip"), ("@", "in_person")])
async def test_signs_decline(typed: Typed, sign: str, kind: str) -> None:
    screen = typed("1", "1", "Sam", sign)
    await screen.terminal.talk("first_visit", "en")
    assert screen.terminal.journey.answers["urgent_needs"] == f"declined: {kind}"


@pytest.mark.parametrize(("sign", "kind"), [("!", "unknown"), ("-", "skip"), ("@", "in_person")])
async def test_a_group_is_declined_as_a_whole_only_when_that_is_wanted(typed: Typed, sign: str, kind: str) -> None:
    screen = typed(*PAST_THE_START, sign, "1")
    await screen.terminal.talk("first_visit", "en")
    assert "\nDo you want to leave out the whole page, with what you have typed on it?" in screen.shown
    assert screen.terminal.journey.answers["background"] == f"declined: {kind}"


async def test_whoever_does_not_want_to_leave_out_the_page_is_asked_the_field_again(typed: Typed) -> None:
    screen = typed(*PAST_THE_START, "1990", "-", "2", "1", "1")
    await screen.terminal.talk("first_visit", "en")
    answers = screen.terminal.journey.answers
    assert (answers["birth_year"], answers["residence_basis"], answers["born_in_sweden"]) == ("1990", "citizen", "yes")
    assert screen.shown.count("  Which citizenship or permit do you have?") == 2


@pytest.mark.parametrize("sign", ["-", ""])
async def test_a_field_that_may_be_blank_is_left_blank_and_the_others_stay(typed: Typed, sign: str) -> None:
    screen = typed("1", "1", "Sam", "1", "070-174 06 05", sign)
    await screen.terminal.talk("first_visit", "en")
    answers = screen.terminal.journey.answers
    assert answers["urgent_phone"] == "070-174 06 05"
    assert {"urgent_contact", "urgent_when"}.isdisjoint(answers)
    assert "  (You can leave this empty.)" in screen.shown


async def test_a_page_that_cannot_be_left_out_does_not_offer_it(typed: Typed) -> None:
    screen = typed("1", "-", "1", "-", "8")
    await screen.terminal.talk("first_visit", "en")
    assert "! This question cannot be left open in this way." in screen.shown
    assert "whole page" not in screen.text
    assert screen.terminal.journey.answers["answering_for"] == "self"
    assert "called_name" not in screen.terminal.journey.answers


async def test_the_terminal_speaks_the_language_of_the_talk(typed: Typed) -> None:
    screen = typed("1", "1", "", "8", "?", *("-", "ja") * 40)
    await screen.terminal.talk("first_visit", "sv")
    assert screen.shown[1].startswith("? = Varför frågar vi?   ! = Jag vet inte   - = Jag vill inte säga   @ = Jag ber")
    assert "\nVill du hoppa över hela sidan, med det du har skrivit på den?" in screen.shown
    assert "\nVill du skicka det?" in screen.shown
    assert "  1. Ja" in screen.shown and "  2. Nej" in screen.shown
    english = ("Answer", "Yes", "leave", "You can", "more", "ended", "Please", "Nothing", "Send")
    assert not [line for line in screen.shown if any(word in line for word in english)]


async def test_a_sign_that_is_not_allowed_here_is_asked_again(typed: Typed) -> None:
    screen = typed("-", "1")
    await screen.terminal.talk("first_visit", "en")
    assert "! This question cannot be left open in this way." in screen.shown
    assert screen.terminal.journey.answers["protected_identity"] == "no"


async def test_fields_that_do_not_apply_are_not_asked(typed: Typed) -> None:
    screen = typed(*PAST_THE_START, "1990", "1", "1")
    await screen.terminal.talk("first_visit", "en")
    assert "which year?" not in screen.text
    assert screen.terminal.journey.answers["born_in_sweden"] == "yes"


async def test_back_asks_the_question_before_again(typed: Typed) -> None:
    screen = typed(*PAST_THE_START, "<", "7")
    await screen.terminal.talk("first_visit", "en")
    assert screen.terminal.journey.answers["urgent_needs"] == ("other",)


async def test_what_is_not_understood_is_asked_again(typed: Typed) -> None:
    screen = typed(*PAST_THE_START, "long ago", "1990")
    await screen.terminal.talk("first_visit", "en")
    assert any(line.startswith("! ") for line in screen.shown)
    assert "  Which citizenship or permit do you have?" in screen.shown


async def test_what_was_recorded_can_be_played(service: Service, tmp_path: Path) -> None:
    lines = {
        "Do you, or somebody you live with, have a secret address": "1",
        "Who answers?": "1",
        "How many children under 21": "2",
        "Do you work now?": "2",
        "If you work: how many hours": "40",
        "Which job is it?": "cook",
        "In which country?": "SE",
        "Which year did you start?": "2015",
        "How much did you work?": "1",
        "Has the job ended?": "1",
        "Do you want to add another job?": "1",
        "Do you want to leave out the whole page": "1",
        "Send it?": "1",
    }
    shown: list[str] = []

    def read(_: str) -> str:
        """The line that goes with the question shown last; whatever is not in the list is skipped."""
        question = next(one for one in reversed(shown) if not re.match(r"  ?\d|  … |\(|  \(|! ", one))
        assert not shown[-1].startswith("! "), f"{question}: {shown[-1]}"
        return next((line for start, line in lines.items() if question.strip().startswith(start)), "-")

    terminal = Terminal(service, read, shown.append)
    await terminal.talk("first_visit", "en")
    journeys.dump(terminal.journey, tmp_path / "recorded.yaml")
    recorded, problems = journeys.load(tmp_path / "recorded.yaml")
    assert recorded is not None, problems
    assert len(recorded.repeats["jobs"]) == 2
    done = await play(service, recorded, "en")
    assert done.talk.step == Done()
    cases = [await service.store.conversations_of(case.id) for case in await service.store.cases()]
    talks = [await service.talk(row.id) for (row,) in cases]
    assert len(talks) == 2
    assert _said(talks[0]) == _said(talks[1])


def _said(talk: Talk) -> dict[Key, object]:
    return {key: fact.value or fact.declined for key, fact in talk.state.facts.items()}
