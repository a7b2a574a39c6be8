"""The case as FHIR: accepted by an independent library, every answer at a question that exists, nothing private."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from assistant.core.dialog import Date, Dialog, Integer, Question, SelectMultiple, SelectOne, Text, choices_of, places
from assistant.exports.fhir import ABSENT, bundle
from assistant.exports.fhir_conditions import EXPRESSION, LANGUAGE, enabling
from assistant.player import play
from assistant.service import Service
from assistant.settings import Settings
from tests.exports.cases import ALL, detail_of, sent
from tests.web.desk_cases import SELAM

Json = dict[str, Any]
VALUES: dict[Any, str] = {Text: "valueString", Integer: "valueInteger", Date: "valueDate"}


async def made(service: Service, name: str, locale: str = "sv") -> tuple[Json, Json, Json]:
    """The bundle of a case, its questionnaire and its response, as they are read from JSON."""
    found = bundle(await detail_of(service, await sent(service, name)), service.words(locale), Settings())
    whole: Json = json.loads(msgspec.json.encode(found))
    asked, said = (entry["resource"] for entry in whole["entry"])
    return whole, asked, said


def items(resource: Json) -> Iterator[Json]:
    """Every item, however deep."""
    for one in resource.get("item", ()):
        yield one
        yield from items(one)


@pytest.mark.parametrize("name", ALL)
async def test_an_independent_library_accepts_it_and_every_answer_has_its_question(service: Service, name: str) -> None:
    whole, asked, said = await made(service, name)
    Bundle.model_validate(whole)
    Questionnaire.model_validate(asked)
    QuestionnaireResponse.model_validate(said)
    assert said["questionnaire"] == f"{asked['url']}|{asked['version']}"
    declared = {one["linkId"]: one for one in items(asked)}
    assert len(declared) == sum(1 for _ in items(asked))
    dialog = service.dialogs["first_visit"]
    for one in items(said):
        question = declared[one["linkId"]]
        assert ("item" in one) is (question["type"] == "group" and "extension" not in one)
        item = places(dialog)[one["linkId"]].item if one["linkId"] in places(dialog) else None
        for answer in one.get("answer", ()):
            kind, *beside = answer
            assert beside in ([], ["_valueString"])
            if kind == "valueCoding" and isinstance(item, Text):
                assert question["type"] == "open-choice"
            else:
                assert kind == VALUES.get(type(item), "valueCoding")
            if isinstance(item, SelectOne | SelectMultiple):
                assert answer["valueCoding"]["code"] in choices_of(dialog, item)
            if kind == "valueCoding":
                assert coding_is_offered(answer["valueCoding"], question, asked)
        assert len(one.get("answer", ())) <= 1 or question.get("repeats")


def coding_is_offered(coding: Json, question: Json, asked: Json) -> bool:
    """Whether the questionnaire itself lists this code."""
    if "answerOption" in question:
        return coding in [one["valueCoding"] for one in question["answerOption"]]
    (found,) = (one for one in asked["contained"] if f"#{one['id']}" == question["answerValueSet"])
    return any(
        included["system"] == coding["system"] and concept == {"code": coding["code"], "display": coding["display"]}
        for included in found["compose"]["include"]
        for concept in included["concept"]
    )


@pytest.mark.parametrize("locale", ["sv", "en"])
async def test_the_questionnaire_is_the_whole_dialog_but_what_is_private(service: Service, locale: str) -> None:
    _, asked, _ = await made(service, "kent", locale)
    dialog = service.dialogs["first_visit"]
    found = {one["linkId"] for one in items(asked)}
    known = {name for name, place in places(dialog).items() if isinstance(place.item, Question)}
    private = {name for name in known if getattr(places(dialog)[name].item, "private", False)}
    assert private
    assert known & found == known - private
    assert not {"talk_alone", "contact_safe"} & found
    assert asked["language"] == locale
    texts = {one["linkId"]: one["text"] for one in items(asked)}
    assert texts["school_country"] == service.words(locale).dialog("school_country.label", label_of(dialog))
    assert (texts["school_country"] == label_of(dialog)) is (locale == "en")


def label_of(dialog: Dialog) -> str:
    return str(getattr(places(dialog)["school_country"].item, "label", ""))


async def test_conditions_name_questions_that_stand_in_it(service: Service) -> None:
    _, asked, _ = await made(service, "kent")
    found = {one["linkId"]: one for one in items(asked)}
    tests = [test for one in found.values() for test in one.get("enableWhen", ())]
    assert len(tests) > 30
    for test in tests:
        question = found[test["question"]]
        if "answerCoding" in test:
            assert question["type"] == "choice"
            assert coding_is_offered(test["answerCoding"], question, asked)
    assert all("enableBehavior" in one for one in found.values() if len(one.get("enableWhen", ())) > 1)


FIELDS: dict[str, Any] = {
    "one": SelectOne(name="one", label="One"),
    "some": SelectMultiple(name="some", label="Some"),
    "number": Integer(name="number", label="Number"),
    "day": Date(name="day", label="Day"),
}


def coded(question: Any, name: str) -> Json:
    return {"code": f"{question.name}.{name}"}


def when(source: str) -> tuple[str, list[tuple[Any, ...]]]:
    """How a condition is translated: the behaviour and the tests; "own" if it is told in our own words."""
    found = enabling(source, FIELDS, coded)
    if "extension" in found:
        (extension,) = found["extension"]
        assert extension == {"url": EXPRESSION, "valueExpression": {"language": LANGUAGE, "expression": source}}
        return "own", []
    tests = [(one["question"], one["operator"], *list(one.values())[2:]) for one in found["enableWhen"]]
    return found.get("enableBehavior", "all"), tests


@pytest.mark.parametrize(
    ("source", "translated"),
    [
        ('one == "a"', ("all", [("one", "=", {"code": "one.a"})])),
        ('one in ["a", "b"]', ("any", [("one", "=", {"code": "one.a"}), ("one", "=", {"code": "one.b"})])),
        ('one != "a"', ("all", [("one", "exists", True), ("one", "!=", {"code": "one.a"})])),
        ('has(some, "a")', ("all", [("some", "=", {"code": "some.a"})])),
        ("number > 3", ("all", [("number", ">", 3)])),
        ('day >= "2026-03-05"', ("all", [("day", ">=", "2026-03-05")])),
        ("known(one)", ("all", [("one", "exists", True)])),
        ("not known(one)", ("all", [("one", "exists", False)])),
        ('number > 3 and has(some, "a")', ("all", [("number", ">", 3), ("some", "=", {"code": "some.a"})])),
        ('one == "a" or number == 1', ("any", [("one", "=", {"code": "one.a"}), ("number", "=", 1)])),
    ],
)
def test_a_condition_that_means_the_same_is_translated(source: str, translated: Any) -> None:
    assert when(source) == translated


@pytest.mark.parametrize(
    "source",
    [
        'not has(some, "a")',
        'one == "a" and (number > 3 or number < 1)',
        'one in ["a", "b"] and number > 3',
        'one != "a" or number > 3',
        'one not in ["a"]',
        "declined(one)",
        "age < 67",
        "count(some) > 1",
        "age(day) > 18",
        "number > number",
        "number == true",
        "number == 1.5",
    ],
)
def test_a_condition_that_would_mean_something_else_is_told_in_our_own_words(source: str) -> None:
    assert when(source) == ("own", [])


async def test_a_decline_has_no_answer_but_says_why(service: Service) -> None:
    case = (await play(service, SELAM, "en")).talk.case
    found = bundle(await detail_of(service, case), service.words("sv"), Settings())
    assert found is not None
    reasons = {
        one["linkId"]: one["extension"][0]["valueCode"]
        for one in items(found["entry"][1]["resource"])
        if one.get("extension", [{}])[0].get("url") == ABSENT and "answer" not in one
    }
    assert reasons == {
        "earlier_support": "asked-unknown",
        "af_program": "asked-unknown",
        "too_ill_duration": "asked-unknown",
        "anything_else": "asked-declined",
    }


async def test_what_waits_for_the_visit_is_expected_to_be_known_then(service: Service) -> None:
    journey = msgspec.structs.replace(SELAM, answers={**SELAM.answers, "work_ability": "declined: in_person"})
    case = (await play(service, journey, "en")).talk.case
    found = bundle(await detail_of(service, case), service.words("sv"), Settings())
    assert found is not None
    declined = [one for one in items(found["entry"][1]["resource"]) if "extension" in one]
    assert {"url": ABSENT, "valueCode": "temp-unknown"} in [one["extension"][0] for one in declined]


async def test_what_is_private_is_in_no_answer(service: Service) -> None:
    case = (await play(service, SELAM, "en")).talk.case
    found = bundle(await detail_of(service, case), service.words("sv"), Settings())
    assert found is not None
    said = found["entry"][1]["resource"]
    picked = [answer for one in items(said) if one["linkId"] == "help_wanted" for answer in one["answer"]]
    assert [one["valueCoding"]["code"] for one in picked] == ["job", "health"]
    for word in ("addiction", "talk_alone", "contact_safe", "protected_identity"):
        assert word not in json.dumps(said)


async def test_the_items_of_a_list_are_told_apart(service: Service) -> None:
    case = (await play(service, SELAM, "en")).talk.case
    found = bundle(await detail_of(service, case), service.words("sv"), Settings())
    assert found is not None
    said = found["entry"][1]["resource"]
    jobs = [one for one in items(said) if one["linkId"] == "jobs"]
    assert [one["id"] for one in jobs] == ["jobs.1", "jobs.2"]
    titles = [
        inner["answer"][0]["valueString"] for one in jobs for inner in one["item"] if inner["linkId"] == "job_title"
    ]
    assert titles == ["ከሻኒት", "Köksbiträde"]


async def test_where_nothing_was_sent_there_is_nothing_to_give(service: Service) -> None:
    talk = (await play(service, SELAM, "en", submit=False)).talk
    detail = await detail_of(service, talk.case)
    assert bundle(detail, service.words("sv"), Settings()) is None
    whole = await detail_of(service, (await play(service, SELAM, "en")).talk.case)
    assert bundle(dataclasses.replace(whole, dialog=None), service.words("sv"), Settings()) is None


async def test_hostile_words_are_harmless_and_still_valid(service: Service) -> None:
    journey = msgspec.structs.replace(SELAM, answers={**SELAM.answers, "goal_words": "\x07=1+1\u202e\ufeff\n<b>x"})
    case = (await play(service, journey, "en")).talk.case
    found = bundle(await detail_of(service, case), service.words("sv"), Settings())
    Bundle.model_validate(found)
    assert found is not None
    (one,) = (one for one in items(found["entry"][1]["resource"]) if one["linkId"] == "goal_words")
    assert one["answer"][0]["valueString"] == "\ufffd=1+1\n<b>x"
