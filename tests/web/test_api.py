"""The JSON API of applicants: the same conversation as on the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.web import Application

from assistant.server.app import make_app
from assistant.service import Service
from assistant.store import codes
from tests.conftest import Client, Clock
from tests.web.api_client import V1, Caller


@pytest.fixture
async def caller(client: Client) -> Caller:
    return await Caller(client).begin()


@pytest.fixture
async def inside(caller: Caller) -> Caller:
    return await caller.past_the_gate()


async def test_a_conversation_begins_with_a_token_a_code_and_the_first_question(client: Client) -> None:
    status, begun = await Caller(client).send(
        "POST", "/conversations", locale="sv", dialog="first_visit", invitation=None
    )
    assert status == 201
    assert begun.keys() == {"token", "code", "turn"}
    assert codes.format_code(codes.normalize(begun["code"]) or "") == begun["code"]
    turn = begun["turn"]
    assert (turn["seq"], turn["locale"], turn["dir"], turn["said"], turn["problem"]) == (0, "sv", "ltr", [], None)
    assert turn["step"]["kind"] == "ask"
    assert turn["step"]["item"]["name"] == "protected_identity"
    assert turn["step"]["item"]["private"] is True
    assert turn["step"]["item"]["decline"] == []


async def test_an_item_carries_what_its_answer_needs_flat(inside: Caller) -> None:
    needs = inside.step["item"]
    assert needs.keys() >= {"name", "type", "label", "hint", "why", "required", "decline", "choices", "fields"}
    assert needs["choices"][0].keys() == {"name", "label"}
    assert needs["exclusive_choices"] == ["nothing_urgent"]
    assert "extra" not in needs
    step = await inside.reply("urgent_needs", value=["nothing_urgent"])
    fields = {one["name"]: one for one in step["item"]["fields"]}
    assert step["item"]["type"] == "group"
    assert fields["birth_year"]["precision"] == "year"
    assert fields["sweden_since"]["depends"] is True
    assert fields["sweden_since"]["decline"] == ["unknown"]


async def test_a_turn_tells_what_was_said_since_the_one_before(inside: Caller) -> None:
    assert [one["who"] for one in inside.turn["said"]] == ["assistant", "applicant", "assistant"]
    assert "Amina" in inside.turn["said"][1]["text"]
    await inside.reply("urgent_needs", value=["nothing_urgent"])
    assert [one.get("item") for one in inside.turn["said"] if one["who"] == "applicant"] == ["urgent_needs"]
    await inside.send("GET", "/conversation")
    assert [one["item"] for one in inside.turn["said"] if one["who"] == "applicant"] == ["you", "urgent_needs"]


async def test_words_are_understood_as_the_choice_they_name(inside: Caller) -> None:
    step = await inside.reply("urgent_needs", text="nothing is urgent")
    assert step["item"]["name"] == "background"


async def test_words_that_fit_nothing_are_asked_again_with_the_turn_as_it_is(inside: Caller) -> None:
    seq = inside.turn["seq"]
    status, body = await inside.post("/replies", item="urgent_needs", text="qwerty")
    assert status == 422
    assert body["code"] == body["problem"]["code"] == body["turn"]["problem"]["code"] == "not_understood"
    assert body["problem"]["text"]
    assert body["turn"]["seq"] == seq


async def test_a_question_is_declined_by_kind(inside: Caller) -> None:
    assert (await inside.reply("urgent_needs", decline="skip"))["item"]["name"] != "urgent_needs"


async def test_a_field_is_declined_beside_the_others_that_are_answered(inside: Caller) -> None:
    await inside.reply("urgent_needs", value=["nothing_urgent"])
    step = await inside.reply(
        "background",
        fields={"birth_year": "1990", "residence_basis": "permanent", "born_in_sweden": "no"},
        declines={"sweden_since": "unknown"},
    )
    assert step["item"]["name"] == "language_skills"


async def test_problems_of_fields_are_told_by_field(inside: Caller) -> None:
    status, body = await inside.post("/changes", item="you")
    status, body = await inside.post("/replies", item="you", fields={"answering_for": "nobody"})
    assert status == 422
    assert body["problem"]["fields"]["answering_for"]["code"] == "no_such_choice"


@pytest.mark.parametrize(
    "given",
    [{}, {"value": "no", "text": "no"}, {"value": None, "decline": "skip"}, {"value": "no", "declines": {"x": "skip"}}],
)
async def test_a_reply_says_exactly_one_thing(caller: Caller, given: dict[str, object]) -> None:
    status, body = await caller.post("/replies", item="protected_identity", **given)
    assert (status, body["code"]) == (400, "bad_request")


async def test_a_reply_that_is_sent_again_is_recorded_once(inside: Caller, service: Service) -> None:
    seen = inside.turn["seq"]
    first = await inside.post("/replies", seen=seen, item="urgent_needs", value=["nothing_urgent"])
    again = await inside.post("/replies", seen=seen, item="urgent_needs", value=["nothing_urgent"])
    assert first[0] == again[0] == 200
    assert first[1]["turn"] == again[1]["turn"]


async def test_typed_words_that_are_sent_again_are_recorded_once(inside: Caller) -> None:
    seen = inside.turn["seq"]
    first = await inside.post("/replies", seen=seen, item="urgent_needs", text="Nothing is urgent")
    again = await inside.post("/replies", seen=seen, item="urgent_needs", text="Nothing is urgent")
    assert first == again


async def test_somebody_who_was_slower_gets_the_turn_as_it_is_now(inside: Caller) -> None:
    seen = inside.turn["seq"]
    await inside.reply("urgent_needs", value=["nothing_urgent"])
    status, body = await inside.post("/replies", seen=seen, item="urgent_needs", value=["food"])
    assert status == 409
    assert body["turn"]["step"]["item"]["name"] == "background"
    assert body["turn"]["problem"] is None
    assert [one["item"] for one in body["turn"]["said"] if one["who"] == "applicant"] == ["urgent_needs"]


async def test_two_replies_at_once_give_one_answer(inside: Caller) -> None:
    seen = inside.turn["seq"]
    done = await asyncio.gather(
        inside.post("/replies", seen=seen, item="urgent_needs", value=["nothing_urgent"]),
        inside.post("/replies", seen=seen, item="urgent_needs", value=["food"]),
    )
    assert sorted(status for status, _ in done) == [200, 409]


async def test_an_earlier_answer_is_given_again(inside: Caller) -> None:
    await inside.reply("urgent_needs", value=["nothing_urgent"])
    status, body = await inside.post("/changes", item="urgent_needs", of="")
    assert status == 200
    assert body["turn"]["step"]["item"]["value"] == ["nothing_urgent"]
    assert (await inside.reply("urgent_needs", value=["other"]))["item"]["name"] == "urgent_contact"


async def test_back_asks_the_question_before(inside: Caller) -> None:
    status, _ = await inside.post("/back")
    assert status == 200
    assert inside.step["item"]["name"] == "you"


async def test_the_language_can_be_changed_on_the_way(inside: Caller) -> None:
    status, body = await inside.post("/language", locale="sv")
    assert (status, body["turn"]["locale"]) == (200, "sv")
    status, body = await inside.post("/language", locale="tlh")
    assert (status, body["code"]) == (422, "no_such_language")


async def test_an_urgent_message_is_sent_at_once(inside: Caller, service: Service) -> None:
    status, body = await inside.post("/urgent", kind="call_me", name="Amina", phone="070-000 00 00", when="morning")
    assert status == 200, body
    assert [case.urgent for case in await service.store.cases()] == [True]


async def test_an_urgent_message_needs_a_number_to_call(inside: Caller) -> None:
    status, body = await inside.post("/urgent", kind="apply_now", name="Amina", phone=" ", when="")
    assert status == 422
    assert body["problem"]["fields"]["phone"]["code"] == "required"


async def test_nothing_is_kept_before_the_gate_is_passed(caller: Caller, service: Service) -> None:
    assert await service.store.cases() == ()
    await caller.reply("protected_identity", value="no")
    assert len(await service.store.cases()) == 1


async def test_a_talk_that_stops_at_the_gate_leaves_nothing(caller: Caller, service: Service) -> None:
    step = await caller.reply("protected_identity", value="yes")
    assert step["kind"] == "stopped"
    assert step["label"]
    assert await service.store.cases() == ()
    assert (await caller.send("GET", "/conversation"))[0] == 200 and caller.step == step
    assert (await caller.send("DELETE", "/conversation"))[0] == 204
    assert (await caller.send("GET", "/conversation"))[0] == 401


async def test_the_token_outlives_the_program(
    caller: Caller, service: Service, aiohttp_client: Callable[[Application], Awaitable[Client]]
) -> None:
    await caller.past_the_gate()
    started_anew = Service(
        service.dialogs, service.store, service.keys, service.catalogs, service.settings, service.clock
    )
    caller.client = await aiohttp_client(make_app(started_anew, secure=False))
    assert (await caller.send("GET", "/conversation"))[0] == 200
    assert "Amina" in caller.turn["said"][1]["text"]


async def test_an_applicant_erases_everything_not_sent(inside: Caller, service: Service) -> None:
    status, _ = await inside.send("DELETE", "/conversation")
    assert status == 204
    assert await service.store.cases() == ()
    assert (await inside.send("GET", "/conversation"))[0] == 401


@pytest.mark.parametrize("token", ["", "abc", "x" * 2000])
async def test_a_wrong_token_opens_nothing(client: Client, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client.get(f"{V1}/conversation", headers=headers) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert (await answer.json())["code"] == "not_logged_in"


async def test_a_token_dies_after_an_hour_without_use(inside: Caller, clock: Clock) -> None:
    clock.forward(minutes=59)
    assert (await inside.send("GET", "/conversation"))[0] == 200
    clock.forward(minutes=61)
    assert (await inside.send("GET", "/conversation"))[0] == 401


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"seen": "1", "item": "you", "value": 1}', "$.seen"),
        (b'{"seen": 1, "item": "you", "vaule": 1}', "vaule"),
        (b'{"seen": 1, "value": 1}', "item"),
        (b'{"seen": -1, "item": "you", "value": 1}', "$.seen"),
        (b'{"seen": 1, "item": "you", "value": ' + b"[" * 30_000, "not JSON"),
        (b'{"seen": 1, "item": "you", "value": "\xff"}', "not JSON"),
    ],
)
async def test_a_bad_body_is_refused_and_the_field_is_named(inside: Caller, body: bytes, told: str) -> None:
    headers = {"Authorization": f"Bearer {inside.token}", "Content-Type": "application/json"}
    async with inside.client.post(f"{V1}/conversation/replies", data=body, headers=headers) as answer:
        found = await answer.json()
        assert (answer.status, answer.content_type) == (400, "application/problem+json")
        assert found["code"] == "bad_request"
        assert told in found["detail"]


async def test_a_body_that_is_no_json_is_refused(inside: Caller) -> None:
    headers = {"Authorization": f"Bearer {inside.token}"}
    async with inside.client.post(f"{V1}/conversation/back", data={"seen": "1"}, headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (415, "not_json")


async def test_a_body_of_more_than_64_kib_is_refused(inside: Caller) -> None:
    status, body = await inside.post("/replies", item="urgent_needs", text="x" * 70_000)
    assert (status, body["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"locale": "tlh"}, "no_such_language"),
        ({"locale": "sv", "dialog": "nothing"}, "no_such_dialog"),
        ({"locale": "sv", "invitation": "abc"}, "no_such_invitation"),
    ],
)
async def test_what_is_not_there_begins_no_conversation(client: Client, asked: dict[str, str], code: str) -> None:
    status, body = await Caller(client).send("POST", "/conversations", **asked)
    assert (status, body["code"]) == (422, code)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/conversation", 405)])
async def test_unknown_routes_answer_with_a_problem_document(
    client: Client, method: str, path: str, status: int
) -> None:
    async with client.request(method, V1 + path) as answer:
        assert (answer.status, answer.content_type) == (status, "application/problem+json")
        assert (await answer.json())["status"] == status
