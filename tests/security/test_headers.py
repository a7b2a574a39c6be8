"""The headers of every route and every status, as they are meant; and what the MDN HTTP Observatory gives for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web

from assistant.server import middlewares, rules
from assistant.server.app import make_app
from assistant.server.pages import FRAGMENT
from assistant.server.refusals import Runner
from assistant.server.rules import RULES
from assistant.service import Service
from assistant.store import StoreError
from tests.conftest import Client, Clock
from tests.security.everybody import Office, ask, office_of
from tests.security.observatory import Answer, is_drawn_without_foreign_hosts, judged, lines, our_pages, policy, score

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, noarchive",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
}
NOTHING = {"default-src": {"'none'"}, "form-action": {"'none'"}, "frame-ancestors": {"'none'"}, "base-uri": {"'none'"}}
PAGE = NOTHING | {"form-action": {"'self'"}, "require-trusted-types-for": {"'script'"}}
SOURCES = {"script-src", "style-src", "img-src", "media-src", "connect-src"}
MAY_BE_SOURCES = {"'self'", "'none'", "data:"}
KNOWN = {*ALWAYS, "Content-Security-Policy", "Cache-Control", "Content-Type", "Content-Length", "Date", "Set-Cookie"}
KNOWN |= {"Location", "Content-Encoding", "Vary", "Allow", "Retry-After", "WWW-Authenticate", "Content-Disposition"}
KNOWN |= {"Clear-Site-Data", "Accept-Ranges", "Content-Range", "Last-Modified", "ETag", "Connection", "Server-Timing"}
FOREIGN = ("https://evil.example", "http://127.0.0.1:1", "null", "https://x.invalid", "file://")
MakeClient = Callable[[Any], Awaitable[Client]]


def wrong_headers(answer: ClientResponse) -> list[str]:
    """What is missing, different or not known among the headers of an answer."""
    headers = answer.headers
    wrong = [f"{name} is {headers.get(name)}" for name, value in ALWAYS.items() if headers.get(name) != value]
    if answer.content_type == FRAGMENT:
        wrong = [one for one in wrong if one.startswith("X-Content")]
    else:
        wrong += _wrong_policy(answer)
    hashed = answer.url.path.startswith("/static/") and answer.status == 200
    if headers.get("Cache-Control") != ("public, max-age=31536000, immutable" if hashed else "no-store"):
        wrong.append(f"Cache-Control is {headers.get('Cache-Control')}")
    wrong += [f"{name} is not known" for name in headers if name not in KNOWN]
    for cookie in headers.getall("Set-Cookie", []):
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        if not cookie.startswith("__Host-") or not {"secure", "httponly", "path=/"} <= parts or "domain" in cookie:
            wrong.append(f"a cookie: {cookie.partition('=')[0]}")
        if not {"samesite=strict", "samesite=lax"} & parts:
            wrong.append(f"a cookie without SameSite: {cookie.partition('=')[0]}")
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/") and "charset=utf-8" not in kind and answer.content_type != FRAGMENT:
        wrong.append(f"Content-Type is {kind}")
    return wrong


def _wrong_policy(answer: ClientResponse) -> list[str]:
    found = policy(Answer({"content-security-policy": answer.headers.get("Content-Security-Policy", "")}, (), ""))
    expected = PAGE if answer.content_type == "text/html" else NOTHING
    if answer.url.path.startswith("/preview") and answer.status == 200:
        expected = PAGE | NOTHING
    wrong = [f"{name}: {found.get(name)}" for name, sources in expected.items() if found.get(name) != sources]
    for name in SOURCES & found.keys():
        strange = {one for one in found[name] - MAY_BE_SOURCES if not one.startswith("'sha256-")}
        wrong += [f"{name} lets in {one}" for one in strange]
    if "data:" in found.get("script-src", set()) | found.get("style-src", set()):
        wrong.append("data: where scripts or styles come from")
    return wrong


@pytest.fixture
async def office(service: Service, aiohttp_client: MakeClient, clock: Clock, tmp_path: Path) -> Office:
    return await office_of(service, aiohttp_client, clock, tmp_path / "data", secure=True)


async def test_every_route_answers_everybody_with_the_same_headers(office: Office) -> None:
    people = {one.name: one for one in office.people}
    names: tuple[str, ...] = ("nobody", "an applicant of yesterday", "the applicant", "the applicant's program")
    names += ("anna, whose case it is", "karin, who leads the unit", "adam, an administrator")
    names += ("a program with the token of a lead",)
    statuses, wrong = set(), []
    for name in RULES:
        method, _, route = name.partition(" ")
        methods = (method, "HEAD", "PUT") if method == "GET" else (method,)
        for one in methods:
            for who in names:
                answer = await ask(office, people[who], one, route)
                statuses.add(answer.status)
                wrong += [(one, route, who, answer.status, found) for found in wrong_headers(answer)]
                assert not [header for header in answer.headers if header.startswith("Access-Control")]
    assert wrong == []
    assert statuses >= {200, 303, 400, 401, 403, 404, 405, 409, 422, 502}


async def broken(request: web.Request) -> web.Response:
    raise RuntimeError("words")


async def full(request: web.Request) -> web.Response:
    raise StoreError("no room")


async def test_errors_have_the_same_headers(
    aiohttp_client: MakeClient, service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "klarbild")
    app = make_app(service, secure=True)
    app.router.add_get("/broken", broken)
    app.router.add_post("/desk/full", full)
    more = {"GET /broken": rules.Rule("anyone", changes=False), "POST /desk/full": rules.Rule("anyone", changes=True)}
    rules.keep_to(app, {**RULES, **more})
    client = await aiohttp_client(app)
    monkeypatch.setattr(middlewares, "BODY_WITHIN_S", 0)

    async def never() -> AsyncIterator[bytes]:
        yield b"do="
        await client.get("/healthz")
        yield b"back"

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    tries: tuple[tuple[int, str, str, Mapping[str, Any]], ...] = (
        (404, "GET", "/nowhere", {}),
        (404, "GET", "/api/v1/nowhere", {}),
        (404, "GET", "/desk/nowhere", {}),
        (404, "GET", "/static/nothing.js", {}),
        (404, "GET", "/audio/sv/nothing.mp3", {}),
        (405, "TRACE", "/chat", {}),
        (405, "DELETE", "/desk", {}),
        (413, "POST", "/chat", {"data": b"x" * 70_000}),
        (413, "POST", "/api/v1/conversations", {"data": b"x" * 70_000}),
        (415, "POST", "/desk/login", {"data": b"a", "headers": {"Content-Type": "text/plain"}}),
        (415, "POST", "/api/v1/conversations", {"data": b"a"}),
        (400, "POST", "/desk/login", {"data": b"name=a&name=b", "headers": form}),
        (403, "POST", "/sv/begin", {"headers": {"Origin": "https://evil.example"}}),
        (408, "POST", "/chat", {"data": never(), "headers": form}),
        (422, "POST", "/desk/login", {"data": {"name": "a", "password": "b", "next": ""}}),
        (500, "GET", "/broken", {}),
        (500, "GET", "/broken", {"headers": {"Accept": "application/json"}}),
        (503, "POST", "/desk/full", {}),
    )
    for status, method, path, given in tries:
        answer = await client.request(method, path, allow_redirects=False, **given)
        assert answer.status == status, (method, path)
        assert wrong_headers(answer) == [], (method, path)
    await service.store.close()
    answer = await client.get("/readyz")
    assert (answer.status, wrong_headers(answer)) == (503, [])


async def test_below_the_routes_the_headers_are_there_too(service: Service) -> None:
    runner = Runner(make_app(service, secure=True), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0][:2])
    writer.write(b"nonsense\r\n\r\n")
    head = (await reader.read()).decode()
    for name, value in ALWAYS.items():
        assert f"\r\n{name}: {value}\r\n" in head
    assert "\r\nCache-Control: no-store\r\n" in head and "default-src 'none'" in head
    writer.close()
    await writer.wait_closed()
    await runner.cleanup()


@pytest.mark.parametrize("origin", FOREIGN)
async def test_nothing_is_shared_with_another_site(office: Office, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    for path in ("/", "/chat", "/desk", "/api/v1/conversations", "/api/openapi.json", "/healthz"):
        for method in ("GET", "OPTIONS"):
            answer = await office.client.request(method, path, headers=asked, allow_redirects=False)
            assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_whoever_leaves_has_the_browser_forget(office: Office) -> None:
    people = {one.name: one for one in office.people}
    for route, who in (("/chat/leave", "the applicant"), ("/desk/logout", "anna, whose case it is")):
        answer = await ask(office, people[who], "POST", route)
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert "Max-Age=0" in answer.headers["Set-Cookie"]


async def test_downloads_are_downloads_and_no_page(office: Office) -> None:
    anna = next(one for one in office.people if one.name == "anna, whose case it is")
    for file in ("summary.pdf", "summary.docx", "twin.pdf", "visit.ics"):
        answer = await ask(office, anna, "GET", f"/desk/cases/{{id}}/{file}")
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert "html" not in answer.content_type


async def test_nothing_lowers_the_grade_of_the_observatory() -> None:
    pages = await our_pages()
    for name, page in pages.items():
        for one in judged(page):
            assert one.points >= 0, (name, one)
        assert is_drawn_without_foreign_hosts(page)
    printed = list(lines(pages))
    assert len(printed) == 11
    assert printed[-1].split()[1] == "135"


def test_the_rules_of_the_observatory_can_be_broken() -> None:
    good = {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "same-origin",
        "strict-transport-security": "max-age=63072000",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }
    cookie = "a=b; Secure; HttpOnly; SameSite=Strict"
    assert score(judged(Answer(good, (cookie,), ""))) == 135
    worse: tuple[tuple[int, dict[str, str], str, str], ...] = (
        (-25 - 10 - 25, {"content-security-policy": ""}, cookie, ""),
        (
            -30,
            {"content-security-policy": "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors *"},
            cookie,
            "",
        ),
        (-45, {}, "a=b; HttpOnly; SameSite=Strict", ""),
        (-35, {}, "a=b; Secure", ""),
        (-10, {"referrer-policy": "unsafe-url"}, cookie, ""),
        (-20, {"strict-transport-security": ""}, cookie, ""),
        (-5, {"x-content-type-options": ""}, cookie, ""),
        (-50, {"access-control-allow-origin": "*", "access-control-allow-credentials": "true"}, cookie, ""),
        (-5, {}, cookie, "<script src=https://cdn.invalid/x.js></script>"),
    )
    for lost, changed, flags, html in worse:
        headers = {name: value for name, value in (good | changed).items() if value}
        total = sum(one.points for one in judged(Answer(headers, (flags,), html)))
        assert total == 35 + lost, (changed, flags, html)
