"""Whole conversations over the JSON API, and the document that describes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from assistant import resources
from assistant.authoring import journeys
from assistant.authoring.journeys import Journey, decline_of
from assistant.server.app import make_app
from assistant.server.openapi import OPERATIONS, document
from assistant.service import Service
from tests.conftest import Client
from tests.journeys.playing import SEVEN
from tests.web.api_client import Caller


def fits(value: Any, schema: dict[str, Any], parts: dict[str, Any]) -> list[str]:
    """Where a value differs from its schema: kinds, members that are required or not allowed, and listed words."""
    if "$ref" in schema:
        return fits(value, parts[schema["$ref"].rsplit("/", 1)[1]], parts)
    if "anyOf" in schema:
        return [] if any(not fits(value, one, parts) for one in schema["anyOf"]) else [f"{value!r} fits nothing"]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{value!r} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{value!r} is none of {schema['enum']}"]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        missing = [f"{name} is missing" for name in schema.get("required", ()) if name not in value]
        strange = [f"{name} is unknown" for name in value if known and name not in known]
        inner = [wrong for name, one in value.items() if name in known for wrong in fits(one, known[name], parts)]
        return missing + strange + inner
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [wrong for one in value for wrong in fits(one, schema["items"], parts)]
    return []


class Integrator(Caller):
    """A program that knows nothing but the published description, and the answers of an invented person."""

    def __init__(self, client: Client, journey: Journey) -> None:
        super().__init__(client)
        self.journey, self.described = journey, document(OPERATIONS)

    async def send(self, method: str, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        status, answer = await super().send(method, path, **body)
        operation = self.described["paths"]["/api/v1" + path.partition("?")[0]][method.lower()]
        described = operation["responses"].get(str(status), operation["responses"]["default"])
        parts = self.described["components"]["schemas"]
        for content in described.get("content", {}).values():
            assert fits(answer, content["schema"], parts) == []
        return status, answer

    async def go_on(self) -> bool:
        """Answer the step; False where there is nothing left but to send it."""
        step = self.step
        if step["kind"] == "review":
            return False
        status, answer = await getattr(self, f"_{step['kind']}")(step)
        assert status == 200, answer
        return True

    async def _ask(self, step: dict[str, Any]) -> Any:
        item, of = step["item"], step["of"]
        given = self._given(item["name"], of)
        if kind := decline_of(self.journey.answers.get(item["name"])):
            return await self.post("/replies", item=item["name"], of=of, decline=kind)
        if not item["fields"] and item["name"] in given:
            return await self.post("/replies", item=item["name"], of=of, value=given[item["name"]])
        fields = {one["name"]: given[one["name"]] for one in item["fields"] if one["name"] in given}
        if fields:
            declines = {name: kind for name, value in fields.items() if (kind := decline_of(value))}
            values = {name: value for name, value in fields.items() if name not in declines}
            return await self.post("/replies", item=item["name"], of=of, fields=values, declines=declines)
        return await self.post("/replies", item=item["name"], of=of, decline="skip")

    def _given(self, name: str, of: str) -> dict[str, Any]:
        items = self.journey.repeats.get(name)
        if items is None:
            return self.journey.answers
        return items[of] if isinstance(items, dict) else items[int(of) - 1]

    async def _ask_more(self, step: dict[str, Any]) -> Any:
        listed = sum(one.get("item") == step["repeat"] for one in (await self.everything())["said"])
        more = listed < len(self.journey.repeats[step["repeat"]])
        return await self.post("/items", repeat=step["repeat"], more=more)

    async def _open(self, step: dict[str, Any]) -> Any:
        wanted = self.journey.sections.get(step["section"], False)
        return await self.post("/sections", section=step["section"], open=wanted)

    async def everything(self) -> dict[str, Any]:
        _, body = await self.send("GET", "/conversation")
        found: dict[str, Any] = body["turn"]
        return found


@pytest.fixture
def integrator(client: Client) -> Callable[[str], Integrator]:
    def of(name: str) -> Integrator:
        journey, problems = journeys.load(resources.folder("dialogs") / "demo" / f"{name}.yaml")
        assert journey is not None, problems
        return Integrator(client, journey)

    return of


@pytest.mark.parametrize("name", SEVEN)
async def test_an_invented_person_gets_to_the_end(
    integrator: Callable[[str], Integrator], name: str, service: Service
) -> None:
    person = integrator(name)
    await person.begin("en")
    while await person.go_on():
        if person.step["kind"] == "ask" and person.journey.stops_after in [
            one.get("item") for one in person.turn["said"]
        ]:
            assert (await person.post("/finish"))[0] == 200
    status, _ = await person.post("/submit")
    assert status == 200
    assert person.step["kind"] == "done"
    assert re.fullmatch(r"[0-9A-Z]{3}-[0-9A-Z]{3}", person.step["reference"])
    assert [case.status for case in await service.store.cases()] == ["sent"]


STRANGE: tuple[Any, ...] = (
    None, True, -1, 2**62, 1.5, "", " ", "\x00", "x" * 5000, "١٢٣", "9" * 400, "2026-02-30", [], [[]],
    [None], ["x", "x"], {}, {"year": {}}, {"year": "2020", "month": "13"}, {"": ""},
)  # fmt: skip


async def test_whatever_is_sent_the_conversation_goes_on(integrator: Callable[[str], Integrator]) -> None:
    person = integrator("layla")
    await person.begin("en")
    while True:
        if person.step["kind"] == "ask":
            item, of, seen = person.step["item"], person.step["of"], person.turn["seq"]
            for value in STRANGE:
                fields = {one["name"]: value for one in item["fields"]}
                given = {"fields": fields} if fields else {"value": value}
                status, _ = await person.post("/replies", item=item["name"], of=of, seen=seen, **given)
                assert status in (200, 422)
                if status == 200:
                    await person.post("/changes", item=item["name"], of=of)
                    seen = person.turn["seq"]
        if not await person.go_on():
            break
    assert (await person.post("/submit"))[0] == 200


async def test_what_was_sent_cannot_be_erased_or_changed(integrator: Callable[[str], Integrator]) -> None:
    person = integrator("anna")
    await person.begin("en")
    while person.step.get("item", {}).get("name") != "household":
        await person.go_on()
    await person.post("/finish")
    await person.post("/submit")
    status, body = await person.send("DELETE", "/conversation")
    assert (status, body["code"]) == (409, "already_sent")
    status, body = await person.post("/changes", item="you")
    assert (status, body["turn"]["step"]["kind"]) == (409, "done")


async def test_finishing_early_can_be_taken_back(integrator: Callable[[str], Integrator]) -> None:
    person = integrator("anna")
    await person.begin("en")
    while not person.turn["may_finish"]:
        await person.go_on()
    asked = person.step
    await person.post("/finish")
    assert person.step["kind"] == "review"
    await person.post("/finish", done=False)
    assert person.step == asked


async def test_the_twin_record_has_every_line_in_two_languages(integrator: Callable[[str], Integrator]) -> None:
    person = integrator("erik")
    await person.begin("en")
    while await person.go_on():
        pass
    review = person.step["lines"]
    status, twin = await person.send("GET", "/conversation/summary?locale=sv")
    assert status == 200
    assert (twin["locale"], twin["asked"]) == ("en", "sv")
    assert [(one["item"], one["answer"]) for one in twin["lines"]] == [(one["item"], one["answer"]) for one in review]
    differ = [one for one in twin["lines"] if one["question"] != one["asked"]["question"]]
    assert len(differ) > len(review) / 2
    own_words = next(one for one in twin["lines"] if one["item"] == "strengths_words")
    assert "laga datorer" in own_words["answer"]
    assert "laga datorer" in own_words["asked"]["answer"]


async def test_private_answers_are_named_and_never_shown(integrator: Callable[[str], Integrator]) -> None:
    person = integrator("erik")
    await person.begin("en")
    while await person.go_on():
        pass
    _, twin = await person.send("GET", "/conversation/summary")
    hidden = {one["item"]: one["answer"] for one in twin["lines"] if one["private"]}
    assert hidden.keys() == {"contact_safe", "talk_alone"}
    assert set(hidden.values()) == {"Answered, not shown here"}
    assert "protected_identity" not in {one["item"] for one in twin["lines"]}


async def test_an_item_of_a_list_is_taken_away(integrator: Callable[[str], Integrator]) -> None:
    person = integrator("marina")
    await person.begin("en")
    while await person.go_on():
        pass
    jobs = [(one["screen"], one["of"]) for one in person.step["lines"] if one["item"] == "job_title"]
    assert jobs == [("jobs", "1"), ("jobs", "2")]
    status, _ = await person.post("/items", repeat="jobs", remove="1")
    assert status == 200
    assert person.step["kind"] == "ask_more"
    await person.post("/items", repeat="jobs", more=False)
    assert [one["of"] for one in person.step["lines"] if one["item"] == "job_title"] == ["2"]
    status, body = await person.post("/items", repeat="jobs", more=True, remove="2")
    assert (status, body["code"]) == (400, "bad_request")


def test_the_description_names_every_route_of_the_api(service: Service) -> None:
    described = document(OPERATIONS)["paths"]
    served = {
        (route.method, route.resource.canonical)
        for route in make_app(service, secure=False).router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/") and route.method != "HEAD"
    }
    assert served == {(method.upper(), path) for path, methods in described.items() for method in methods}


async def test_the_description_is_served_and_complete(client: Client) -> None:
    async with client.get("/api/openapi.json") as answer:
        assert answer.status == 200
        found = await answer.json()
    assert found["openapi"].startswith("3.1")
    parts = found["components"]["schemas"]
    named = set(re.findall(r"#/components/schemas/(\w+)", str(found)))
    assert named <= parts.keys()
    operations = [one for methods in found["paths"].values() for one in methods.values()]
    assert all(one["summary"].endswith(".") for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)
