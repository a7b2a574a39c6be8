"""Every route as everybody: who gets in is who the table of rules says, and nobody else reads or changes anything."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web

from assistant.server import rules
from assistant.server.app import make_app
from assistant.server.rules import ROUTES, RULES, Rule
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client, Clock
from tests.security.everybody import CANARY, UNKNOWN, Office, Somebody, address_of, ask, office_of, rows

# A provider that cannot be asked, and a recording that nobody made: they answer everybody the same.
NOT_THERE = {"GET /audio/{locale}/{name}.mp3", "GET /desk/login/openid/callback"}
TELLS_NOTHING = {"sessions", "readings", "chain", "chain_head", "health"}
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "LINK", "POST", "GET")


@pytest.fixture
async def office(
    service: Service, aiohttp_client: Callable[[Any], Awaitable[Client]], clock: Clock, tmp_path: Path
) -> Office:
    return await office_of(service, aiohttp_client, clock, tmp_path / "data")


def is_kept_out(name: str, answer: ClientResponse) -> bool:
    there = answer.headers.get("Location", "")
    if name == "POST /desk/logout":
        return "Set-Cookie" not in answer.headers
    if answer.status == 303 and not name.endswith(("/login", "/login/code", "/openid")):
        return there == "/" or there.startswith("/desk/login")
    return answer.status in (401, 403, 404)


def may(rule: Rule, somebody: Somebody) -> bool:
    """What the table says. Without a form of one's own nothing is changed; the safe exit asks for none."""
    return rule.who in somebody.may and not (somebody.forged and rule.changes and rule.who not in ("anyone", "link"))


def test_every_route_that_is_served_has_a_rule_and_every_rule_a_route(service: Service) -> None:
    service.settings = Settings(openid_issuer="http://127.0.0.1:9", openid_client_id="klarbild")
    app = make_app(service, secure=True, demo=True)
    assert rules.without_rule(app) == [], "these answer 404 until rules.py says who may use them"
    assert RULES.keys() == {rules.name_of(one) for one in app.router.routes()}
    assert sum(len(routes) for routes in ROUTES.values()) == len(RULES)


@pytest.mark.slow
async def test_everybody_gets_in_where_the_table_says_and_nowhere_else(office: Office) -> None:
    asked, wrong = 0, []
    for name, rule in RULES.items():
        method, _, route = name.partition(" ")
        for somebody in office.people:
            before = rows(office.data)
            answer = await ask(office, somebody, method, route)
            body = await answer.read()
            after, asked = rows(office.data), asked + 1
            lets, out = may(rule, somebody), is_kept_out(name, answer)
            still = TELLS_NOTHING if lets else {"sessions"}
            changed = {one for one in before if before[one] != after[one]} - still
            if out is lets and name not in NOT_THERE:
                wrong.append((name, somebody.name, answer.status, "kept out" if lets else "let in"))
            if not lets and CANARY.encode() in body:
                wrong.append((name, somebody.name, answer.status, "told of a case"))
            if changed and not (lets and rule.changes):
                wrong.append((name, somebody.name, answer.status, f"changed {changed}"))
            if somebody.subject == office.other.id and f"{CANARY}one".encode() in body:
                wrong.append((name, somebody.name, answer.status, "told of another's case"))
    assert [str(one) for one in wrong] == []
    assert asked == len(RULES) * len(office.people)


async def test_a_case_of_another_and_one_that_is_not_there_have_the_same_answer_everywhere(office: Office) -> None:
    nils = next(one for one in office.people if one.name.startswith("nils"))
    for name, rule in RULES.items():
        method, _, route = name.partition(" ")
        if rule.who != "case":
            continue
        told = []
        for case in (office.own.case, UNKNOWN, "x", "%00", "../../etc/passwd", "'; drop table cases; --"):
            answer = await ask(office, nils._replace(case=case.replace("/", "%2f")), method, route)
            text = re.sub(r'name="token" value="[^"]*"', "", await answer.text())
            told.append((answer.status, text, sorted(answer.headers.keys())))
        assert [one for one in told if one != told[0]] == [], name
        assert told[0][0] == 404


@pytest.mark.parametrize("kind", ["applicant", "desk"])
async def test_a_method_that_is_not_in_the_table_is_refused_and_says_which_are(office: Office, kind: str) -> None:
    name = "the applicant" if kind == "applicant" else "anna, whose case it is"
    somebody = next(one for one in office.people if one.name == name)
    before = rows(office.data)
    for route in sorted({name.partition(" ")[2] for name in RULES}):
        there = {name.partition(" ")[0] for name in RULES if name.partition(" ")[2] == route}
        for method in OTHER_METHODS:
            if method not in there:
                answer = await ask(office, somebody, method, route)
                assert answer.status == 405, (method, route)
                assert there <= set(answer.headers["Allow"].split(",")) <= there | {"HEAD"}
    after = rows(office.data)
    assert {name for name in after if after[name] != before[name]} <= {"sessions"}


async def test_a_head_is_answered_like_its_get_and_ends_nothing(office: Office) -> None:
    people = {one.name: one for one in office.people}
    for name, rule in RULES.items():
        method, _, route = name.partition(" ")
        if method != "GET":
            continue
        for who in ("nobody", "the applicant", "anna, whose case it is"):
            before = rows(office.data)
            head = await ask(office, people[who], "HEAD", route)
            assert await head.read() == b""
            after = rows(office.data)
            began = {"sessions": before["sessions"] + (people[who].kind is not None)}
            assert after == before | began | {
                one: after[one] for one in ("readings", "chain", "chain_head", "health")
            }, name
            if rule.changes:
                assert head.status == 405, name
            else:
                assert head.status == (await ask(office, people[who], "GET", route)).status, name


async def lost(_: web.Request) -> web.Response:
    return web.Response(text="nobody said who may read this")


async def test_a_route_that_nobody_wrote_a_rule_for_does_not_exist(
    aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service
) -> None:
    app = make_app(service, secure=False)
    app.router.add_get("/lost", lost)
    app.router.add_post("/chat/lost/{id}", lost)
    client = await aiohttp_client(app)
    assert rules.without_rule(app) == ["GET /lost", "POST /chat/lost/{id}"]
    for method, path in (("GET", "/lost"), ("HEAD", "/lost"), ("POST", "/chat/lost/1")):
        answer = await client.request(method, path)
        assert answer.status == 404
        assert "nobody said" not in await answer.text()


def test_the_table_can_be_printed() -> None:
    lines = list(rules.table())
    assert len(lines) == len(RULES) + 2
    assert "| `GET /desk/cases/{id}/summary` | case | no |" in lines


async def test_addresses_are_of_something_that_is_there(office: Office) -> None:
    for name, rule in RULES.items():
        if rule.who in ("anyone", "link") and name.startswith("GET ") and name not in NOT_THERE:
            answer = await office.client.get(address_of(office, name.partition(" ")[2]), allow_redirects=False)
            assert answer.status in (200, 303, 502), name
