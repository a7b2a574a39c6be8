"""What comes back for any request: who may read it, of which type it is, that looking changes nothing, and that what is
doubled, encoded twice or made of line ends does no harm."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from assistant.server.app import make_app
from assistant.service import Service
from assistant.store import files
from tests.conftest import Client
from tests.web.api_client import Caller
from tests.web.browser_without_script import Browser
from tests.web.desk_visits import give_token, log_in

MakeClient = Callable[[web.Application], Awaitable[Client]]
FOREIGN = ("https://evil.example", "null", "http://localhost", "https://127.0.0.1.evil.example", "file://")
_WRITTEN_BY_LOOKING = {"sessions", "readings", "crossings", "doings_of_logins", "audit", "events", "chain", "health"}


def paths(client: Client, method: str = "GET") -> list[str]:
    """An address for each route that answers a method."""
    found = set()
    for route in client.app.router.routes() if client.app is not None else ():
        if route.method in (method, "*") and route.resource is not None:
            found.add(re.sub(r"\{[^}]+\}", "x", route.resource.canonical.replace("{locale}", "sv")))
    assert len(found) > 20
    return sorted(found)


async def test_browsers_are_told_to_use_tls_for_two_years_and_everywhere(
    aiohttp_client: MakeClient, service: Service
) -> None:
    client = await aiohttp_client(make_app(service, secure=True))
    for path in [*paths(client), "/nowhere"]:
        answer = await client.get(path, allow_redirects=False)
        (age,) = re.findall(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])
        assert int(age) >= 365 * 24 * 60 * 60 and "includeSubDomains" in answer.headers["Strict-Transport-Security"], (
            path
        )


@pytest.mark.parametrize("origin", FOREIGN)
async def test_no_page_of_another_origin_may_read_an_answer(client: Client, service: Service, origin: str) -> None:
    token = await give_token(service)
    asking = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    for path in paths(client):
        for method in ("GET", "OPTIONS"):
            answer = await client.request(method, path, headers=asking | token, allow_redirects=False)
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")], (method, path)


async def test_every_answer_says_its_type_and_how_its_letters_are_written(client: Client, service: Service) -> None:
    token = await give_token(service)
    await log_in(client, service)
    kinds = set()
    for path in [*paths(client), "/nowhere", "/api/v1/nowhere"]:
        for headers in ({}, token):
            answer = await client.get(path, headers=headers, allow_redirects=False)
            if await answer.read():
                kind = answer.headers["Content-Type"]
                assert not kind.startswith("text/") or kind.endswith("charset=utf-8"), (path, kind)
                assert "octet-stream" not in kind, path
                kinds.add(answer.content_type)
    assert kinds >= {"text/html", "application/json", "application/problem+json", "text/plain"}


def counts(service: Service, tmp_path: Path) -> dict[str, int]:
    """How many rows each table of the database has, without those that looking is meant to write."""
    with sqlite3.connect(f"file:{tmp_path / 'data' / files.DATABASE}?mode=ro", uri=True) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        assert {"cases", "conversations", "records"} <= set(names)
        return {
            name: connection.execute(f'select count(*) from "{name}"').fetchone()[0]
            for name in names
            if name not in _WRITTEN_BY_LOOKING
        }


async def test_looking_changes_nothing(client: Client, service: Service, tmp_path: Path) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await browser.reply({"protected_identity": "no"})
    await log_in(client, service)
    token = await give_token(service)
    (case,) = await service.store.cases()
    before, code = counts(service, tmp_path), await service.store.conversations_of(case.id)
    for path in paths(client):
        for method in ("GET", "HEAD"):
            for filled in {path, path.replace("/x", f"/{case.id}", 1)}:
                await client.request(method, filled, allow_redirects=False)
                await client.request(method, filled, headers=token, allow_redirects=False)
    assert counts(service, tmp_path) == before
    assert await service.store.conversations_of(case.id) == code
    assert (await browser.open("/chat")).status == 200


async def test_a_field_that_comes_twice_is_one_answer_or_none(client: Client, service: Service) -> None:
    browser = Browser(client)
    page = await browser.begin("sv")
    drawn = [pair for pair in page.forms["reply"].as_drawn() if pair[0] != "value"]
    both = await client.post("/chat", data=[*drawn, ("value", "no"), ("value", "yes")], allow_redirects=False)
    assert both.status in (400, 422)
    assert await service.store.cases() == ()
    assert (await browser.open("/chat")).forms["reply"].data["data-item"] == "protected_identity"
    token = await give_token(service)
    for query in (
        "locale=sv&locale=en",
        "status=sent&status=closed",
        "page=1&page=-1",
        "locale=sv&locale=x&locale=<kanarie>",
    ):
        for path in ("/api/v1/cases", "/desk/login", "/sv"):
            answer = await client.get(f"{path}?{query}", headers=token, allow_redirects=False)
            assert answer.status < 500 and "<kanarie" not in await answer.text()


async def test_what_is_encoded_twice_is_decoded_once(client: Client, service: Service) -> None:
    caller = await (await Caller(client).begin("sv")).past_the_gate()
    for name in ("%41mina", "&lt;b&gt;", "\\u0041", "=?utf-8?q?A?=", "%253Cscript%253E"):
        status, _ = await caller.send("POST", "/conversation/changes", seen=caller.turn["seq"], item="you", of="")
        assert status == 200
        await caller.reply("you", fields={"answering_for": "self", "called_name": name})
        _, body = await caller.send("GET", "/conversation")
        assert name in str([line["text"] for line in body["turn"]["said"]]) or name in str(body).replace("\\\\", "\\")
    for path in ("/%2573v", "/desk%2flogin", "/sv%00"):
        assert (await client.get(path, allow_redirects=False)).status == 404


async def test_no_request_writes_a_line_of_its_own_into_the_log(
    client: Client, service: Service, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = "2026-01-01 ERROR klarbild: forged"
    with caplog.at_level(logging.DEBUG, "klarbild"):
        for sign in ("%0d%0a", "%0a", "%C2%85", "%E2%80%A8", "%1b[2J"):
            await client.get(f"/sv{sign}{forged}", allow_redirects=False)
            await client.post("/desk/login", data=f"name=a{sign}{forged}&password=b{sign}{forged}", headers=FORM)

        async def fails(*_: object, **__: object) -> None:
            raise RuntimeError(f"a\r\n{forged}")

        monkeypatch.setattr(type(service.store), "user", fails)
        await client.post("/desk/login", data="name=a&password=b", headers=FORM)
    lines = [record.getMessage() for record in caplog.records]
    assert any("RuntimeError" in line for line in lines)
    assert not [line for line in lines if "forged" in line or re.search(r"[\x00-\x1f\x85\u2028\u2029]", line)]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
