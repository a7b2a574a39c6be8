"""Journeys as files, and what the player does where a journey and a dialog do not fit."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from assistant.authoring import journeys
from assistant.authoring.journeys import Journey, declined
from assistant.core.steps import Done, Review, Stopped
from assistant.player import JourneyError, play
from assistant.service import Service
from tests.journeys.golden import journey


def written(folder: Path, text: str) -> Path:
    path = folder / "journey.yaml"
    path.write_text(text, "utf-8")
    return path


def test_words_stay_words_that_other_readers_of_yaml_take_for_something_else(tmp_path: Path) -> None:
    found, problems = journeys.load(
        written(tmp_path, "dialog: d\nanswers: {a: no, b: 2019-03-05, c: [1A, yes], d: 7, e: null, f: true}\n")
    )
    assert problems == []
    assert found is not None
    assert found.answers == {"a": "no", "b": "2019-03-05", "c": ["1A", "yes"], "d": 7, "e": None, "f": True}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("answers: {a: 1}\n", "dialog"),
        ("dialog: d\nanwsers: {}\n", "anwsers"),
        ("dialog: d\ndialog: e\n", "stands twice"),
        ("dialog: [\n", "cannot be read as YAML"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_journey_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    found, problems = journeys.load(written(tmp_path, text))
    assert found is None
    assert told in str(problems[0])
    assert str(problems[0]).startswith(f"{tmp_path}/journey.yaml:")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    found, problems = journeys.load(tmp_path / "none.yaml")
    assert found is None
    assert "cannot be opened" in str(problems[0])


@pytest.mark.parametrize("ending", ["yaml", "json"])
@pytest.mark.parametrize("name", ["layla", "kent"])
def test_a_journey_that_is_written_is_read_as_it_was(tmp_path: Path, ending: str, name: str) -> None:
    journeys.dump(journey(name), tmp_path / f"one.{ending}")
    assert journeys.load(tmp_path / f"one.{ending}") == (journey(name), [])


async def test_without_answers_everything_is_skipped_that_can_be(service: Service) -> None:
    silent = Journey(dialog="first_visit", answers={"protected_identity": "no", "answering_for": "self"})
    done = await play(service, silent, "en")
    assert isinstance(done.talk.step, Done)
    said = {name for (name, _), fact in done.talk.state.facts.items() if fact.declined != "skip"}
    assert said == {"you", "answering_for", "called_name"}


async def test_a_journey_can_end_at_the_review(service: Service) -> None:
    done = await play(service, journey("anna"), "en", submit=False)
    assert isinstance(done.talk.step, Review)
    assert [case.status for case in await service.store.cases()] == ["begun"]


async def test_somebody_who_lives_in_hiding_is_told_to_call_and_leaves_nothing(service: Service) -> None:
    hidden = Journey(dialog="first_visit", answers={"protected_identity": "yes"})
    done = await play(service, hidden, "en")
    assert isinstance(done.talk.step, Stopped)
    assert await service.store.cases() == ()


async def test_a_question_that_cannot_be_skipped_is_named(service: Service) -> None:
    with pytest.raises(JourneyError, match="protected_identity: the journey has no answer"):
        await play(service, Journey(dialog="first_visit"), "en")


async def test_an_answer_that_is_not_taken_is_told_with_its_question(service: Service) -> None:
    wrong = msgspec.structs.replace(journey("anna"), answers=journey("anna").answers | {"swedish_level": "fluent"})
    with pytest.raises(JourneyError, match=r"language_skills: fields \(swedish_level: no_such_choice\)"):
        await play(service, wrong, "en")


async def test_a_name_with_a_slip_in_it_is_told(service: Service) -> None:
    wrong = msgspec.structs.replace(journey("anna"), answers={"protected_identiy": "no"}, sections={"shareing": True})
    with pytest.raises(JourneyError, match="the dialog has no protected_identiy, shareing"):
        await play(service, wrong, "en")


def test_a_decline_is_told_from_words() -> None:
    assert journeys.decline_of(declined("in_person")) == "in_person"
    assert journeys.decline_of("declined: never") is None
    assert journeys.decline_of(["declined: skip"]) is None
