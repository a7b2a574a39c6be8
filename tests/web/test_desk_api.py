"""The desk's part of the JSON API: what a program of the office reads, and under whose name."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from assistant.core.commands import Message
from assistant.player import play
from assistant.service import Service
from assistant.talks import Talk
from tests.conftest import Client
from tests.web.desk_cases import SELAM
from tests.web.desk_visits import give_token, log_in, readings

CASES = "/api/v1/cases"


@pytest.fixture
async def token(service: Service) -> dict[str, str]:
    return await give_token(service)


async def sent(service: Service, **answers: object) -> Talk:
    journey = msgspec.structs.replace(SELAM, answers={**SELAM.answers, **answers})
    return (await play(service, journey, "en")).talk


async def get(client: Client, address: str, headers: dict[str, str], status: int = 200) -> Any:
    answer = await client.get(address, headers=headers)
    assert answer.status == status, await answer.text()
    assert answer.content_type == ("application/json" if status == 200 else "application/problem+json")
    return await answer.json()


@pytest.mark.parametrize("rest", ["", "/1", "/1/summary"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}])
async def test_without_a_token_of_the_desk_nothing_is_read(client: Client, rest: str, headers: dict[str, str]) -> None:
    problem = await get(client, CASES + rest, headers, status=401)
    assert problem["code"] == "not_logged_in"


async def test_neither_a_browsers_session_nor_an_applicants_token_opens_it(client: Client, service: Service) -> None:
    await log_in(client, service)
    await get(client, CASES, {}, status=401)
    begun = await (await client.post("/api/v1/conversations", json={"locale": "en"})).json()
    await get(client, CASES, {"Authorization": f"Bearer {begun['token']}"}, status=401)


async def test_the_list_has_the_cases_that_the_desk_shows(
    client: Client, service: Service, token: dict[str, str]
) -> None:
    talk = await sent(service)
    begun = await play(service, SELAM, "en", submit=False)
    found = (await get(client, CASES, token))["cases"]
    assert found[0] == {
        "id": talk.case,
        "reference": talk.reference,
        "status": "sent",
        "first_contact": "2026-03-05",
        "readable": True,
        "name": "Selam",
        "locale": "en",
        "visit_by": "2026-03-19",
        "days_left": 14,
        "urgent": False,
    }
    assert (found[1]["reference"], found[1]["readable"], found[1]["name"]) == (begun.talk.reference, False, "")


async def test_the_list_can_be_searched(client: Client, service: Service, token: dict[str, str]) -> None:
    await sent(service)
    other = await sent(service, called_name="Alexandra")
    found = (await get(client, f"{CASES}?q=alexandra", token))["cases"]
    assert [one["id"] for one in found] == [other.case]


async def test_a_case_has_its_messages_and_the_lines_that_were_approved(
    client: Client, service: Service, token: dict[str, str]
) -> None:
    talk = await sent(service, urgent_needs=["food"], urgent_phone="070 1", urgent_when="after ten")
    found = await get(client, f"{CASES}/{talk.case}?locale=en", token)
    (message,) = found["messages"]
    assert (message["kind"], message["phone"], message["when"]) == ("call_me", "070 1", "after ten")
    assert (found["dialog"], found["approved_at"]) == ("first_visit", "2026-03-05 10:00")
    lines = {one["item"]: one for one in found["lines"]}
    assert lines["school_country"]["answer"] == "Eritrea"
    assert not {"talk_alone", "contact_safe"} & lines.keys()


async def test_a_message_alone_is_a_case_too(client: Client, service: Service, token: dict[str, str]) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070 1"), "en")
    (case,) = (await get(client, CASES, token))["cases"]
    found = await get(client, f"{CASES}/{case['id']}", token)
    assert (found["messages"][0]["name"], found["lines"], found["approved_at"]) == ("Yusuf", [], "")


async def test_the_summary_keeps_own_words_apart_and_marks_what_is_private(
    client: Client, service: Service, token: dict[str, str]
) -> None:
    talk = await sent(service)
    found = await get(client, f"{CASES}/{talk.case}/summary?locale=en", token)
    goal = next(one for one in found["paragraphs"] if one["topic"] == "goal")
    quotes = [part for one in goal["sentences"] for part in one["parts"] if isinstance(part, dict)]
    beside = {"lang": "en", "dir": "ltr", "language": "", "machine_translation": ""}
    assert quotes == [{"quote": SELAM.answers["goal_words"], **beside}]
    private = [one["text"] for one in found["banner"] if one["private"]]
    assert any("private talk" in one for one in private)


@pytest.mark.parametrize("rest", ["", "/summary"])
async def test_an_unknown_case_is_a_problem_document(client: Client, token: dict[str, str], rest: str) -> None:
    problem = await get(client, f"{CASES}/{'0' * 32}{rest}", token, status=404)
    assert (problem["status"], problem["code"]) == (404, "no_such_case")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/plain", "text/plain"),
        ("text/*", "text/plain"),
        ("application/json;q=0.2, text/plain", "text/plain"),
        ("text/plain;q=0, */*", "application/json"),
        ("image/png, application/json;q=0.1", "application/json"),
    ],
)
async def test_it_answers_in_the_form_that_is_wanted(
    client: Client, service: Service, token: dict[str, str], accept: str, media: str
) -> None:
    talk = await sent(service)
    for rest in ("", f"/{talk.case}", f"/{talk.case}/summary"):
        answer = await client.get(CASES + rest, headers=token | {"Accept": accept})
        assert (answer.status, answer.content_type) == (200, media)
        assert talk.reference in await answer.text()


@pytest.mark.parametrize("accept", ["image/png", "text/html", "application/json;q=0"])
async def test_any_other_form_is_refused(client: Client, service: Service, token: dict[str, str], accept: str) -> None:
    talk = await sent(service)
    for rest in ("", f"/{talk.case}", f"/{talk.case}/summary"):
        problem = await get(client, CASES + rest, token | {"Accept": accept}, status=406)
        assert problem["code"] == "not_acceptable"
    assert await readings(service, talk.case) == []


async def test_the_text_of_the_summary_is_the_one_to_copy_at_the_desk(
    client: Client, service: Service, token: dict[str, str]
) -> None:
    talk = await sent(service)
    await log_in(client, service)
    api = await client.get(f"{CASES}/{talk.case}/summary", headers=token | {"Accept": "text/plain"})
    desk = await client.get(f"/desk/cases/{talk.case}/text")
    assert await api.text() == await desk.text()


async def test_a_language_that_the_desk_does_not_read_is_refused(client: Client, token: dict[str, str]) -> None:
    assert (await get(client, f"{CASES}?locale=ar", token, status=422))["code"] == "no_such_language"


async def test_readings_are_written_down_under_the_name_of_the_token(
    client: Client, service: Service, token: dict[str, str]
) -> None:
    talk = await sent(service)
    await get(client, CASES, token)
    await get(client, f"{CASES}/{talk.case}", token)
    await get(client, f"{CASES}/{talk.case}/summary", token)
    assert await readings(service, "") == [("case system", "list")]
    assert await readings(service, talk.case) == [("case system", "case"), ("case system", "summary")]


async def test_a_token_that_was_taken_back_opens_nothing(
    client: Client, service: Service, token: dict[str, str]
) -> None:
    await service.store.drop_token("case system")
    await get(client, CASES, token, status=401)
