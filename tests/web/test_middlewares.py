"""What holds for every request: headers, sizes, origins, and errors that help on."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientResponse, web

from assistant.server import middlewares, rules
from assistant.server.app import make_app
from assistant.server.keys import PAGES
from assistant.service import Service
from tests.conftest import Client
from tests.web.browser_without_script import Browser, Page

MakeClient = Callable[[web.Application], Awaitable[Client]]

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SECRET = "my secret words"


def check_headers(answer: ClientResponse, *, secure: bool = False) -> None:
    for name, value in EVERYWHERE.items():
        assert answer.headers.get(name) == value, (answer.url, name)
    policy = answer.headers["Content-Security-Policy"]
    assert (
        policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    )
    assert "unsafe" not in policy and "*" not in policy and "http" not in policy
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"] == "no-store" or answer.url.path.startswith("/static/")
    assert "Server" not in answer.headers and "aiohttp" not in str(answer.headers).lower()
    assert ("Strict-Transport-Security" in answer.headers) is secure


async def test_every_route_and_every_error_has_the_headers(client: Client) -> None:
    paths = {route.resource.canonical for route in client.app.router.routes() if route.resource is not None}
    filled = {path.replace("{locale}", "sv").replace("{name}", "x").replace("{id}", "x") for path in paths}
    statuses = set()
    for path in [*sorted(filled), "/nowhere", "/sv/%00", "/static/../keys"]:
        for method in ("GET", "POST", "DELETE", "TRACE"):
            answer = await client.request(method, path, allow_redirects=False)
            check_headers(answer)
            statuses.add(answer.status)
    answer = await client.post("/chat", data=b"x" * 70_000)
    check_headers(answer)
    assert statuses | {answer.status} >= {200, 303, 401, 404, 405, 413}


async def test_the_policy_names_the_style_that_stands_in_the_page(client: Client) -> None:
    for path in ("/", "/sv", "/left", "/desk/login", "/nowhere"):
        answer = await client.get(path)
        (style,) = re.findall(r"<style>(.*?)</style>", await answer.text(), re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"], path


async def test_over_https_cookies_are_bound_to_the_host(aiohttp_client: MakeClient, service: Service) -> None:
    client = await aiohttp_client(make_app(service, secure=True))
    answer = await client.post("/sv/begin", allow_redirects=False)
    check_headers(answer, secure=True)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-klarbild=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "path=/", "samesite=strict", "secure"}


async def test_on_this_machine_the_cookie_is_plain_but_closed_to_scripts_and_other_sites(client: Client) -> None:
    answer = await client.post("/sv/begin", allow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("klarbild=") and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert "Secure" not in cookie and "expires" not in cookie.lower() and "max-age" not in cookie.lower()


STRANGERS = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]


@pytest.mark.parametrize("headers", STRANGERS, ids=str)
async def test_what_another_site_sends_is_refused(client: Client, headers: dict[str, str]) -> None:
    browser = Browser(client)
    page = await browser.begin("sv")
    form = page.forms["reply"]
    fields = dict(form.as_drawn()) | {"value": "no"}
    answer = await client.post("/chat", data=fields, headers=headers)
    assert answer.status == 403
    assert (await browser.open("/chat")).forms["reply"].data["data-item"] == "protected_identity"
    for path in ("/sv/begin", "/sv/continue", "/sv/apply-now", "/chat/leave", "/chat/code"):
        assert (await client.post(path, headers=headers)).status == 403
    assert (await client.get("/chat", headers=headers)).status == 200


async def test_our_own_forms_are_taken(client: Client, service: Service) -> None:
    own = f"http://{client.host}:{client.port}"
    for headers in ({"Origin": own}, {"Sec-Fetch-Site": "same-origin", "Origin": own}, {"Sec-Fetch-Site": "none"}, {}):
        answer = await client.post("/sv/begin", headers=headers, allow_redirects=False)
        assert answer.status == 303
    service.settings = type(service.settings)(public_url="https://stod.example")
    answer = await client.post("/sv/begin", headers={"Origin": "https://stod.example"}, allow_redirects=False)
    assert answer.status == 303


async def broken(request: web.Request) -> web.Response:
    raise RuntimeError(SECRET)


async def test_a_mistake_of_ours_shows_no_words_and_logs_none(
    aiohttp_client: MakeClient, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(service, secure=False)
    app.router.add_get("/broken/{what}", broken)
    rules.keep_to(app, {"GET /broken/{what}": rules.Rule("anyone", changes=False)})
    client = await aiohttp_client(app)
    with caplog.at_level(logging.DEBUG):
        answer = await client.get(f"/broken/{SECRET}?q={SECRET}", headers={"Accept-Language": "sv"})
    check_headers(answer)
    page = Page(answer.status, "", await answer.text())
    assert (page.status, page.lang) == (500, "sv")
    for word in (SECRET, "secret", "Traceback", "RuntimeError", ".py"):
        assert word not in page.html
    (record,) = [one for one in caplog.records if one.name == "klarbild"]
    assert record.exc_info is None
    assert record.getMessage().startswith("GET /broken/{what}: RuntimeError at ")
    assert "secret" not in record.getMessage()


async def test_errors_of_the_api_are_problem_documents(client: Client) -> None:
    answer = await client.get("/api/v1/nothing")
    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    check_headers(answer)


async def test_an_error_in_a_talk_speaks_the_language_of_the_talk(client: Client) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    page = await browser.open("/nowhere", **{"Accept-Language": "en"})
    assert (page.status, page.lang) == (404, "sv")
    page = await browser.open("/en/nowhere", **{"Accept-Language": "sv"})
    assert (page.status, page.lang) == (404, "sv")


async def test_a_body_that_does_not_come_is_not_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middlewares, "BODY_WITHIN_S", 0)

    async def never() -> AsyncIterator[bytes]:
        yield b"do="
        await client.get("/healthz")
        yield b"back"

    answer = await client.post("/chat", data=never(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 408


@pytest.mark.parametrize("path", ["/chat", "/sv/apply-now", "/desk/login", "/api/v1/conversations"])
@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_a_body_that_is_not_packed_as_it_says_is_refused(client: Client, path: str, packing: str) -> None:
    kind = "application/json" if path.startswith("/api") else "application/x-www-form-urlencoded"
    headers = {"Content-Encoding": packing, "Content-Type": kind}
    answer = await client.post(path, data=b"\xff\xffphone=070", headers=headers)
    assert answer.status == 400
    check_headers(answer)


async def test_a_body_without_a_length_is_limited_too(client: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 4096

    answer = await client.post("/chat", data=endless(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 413


async def test_pages_are_packed_for_browsers_that_can_unpack(client: Client) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    for path in ("/chat", "/sv", "/chat/answers"):
        packed = await client.get(path, headers={"Accept-Encoding": "gzip"})
        plain = await client.get(path, headers={"Accept-Encoding": "identity"})
        assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
        assert await packed.text() == await plain.text()
        assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2


async def test_a_static_file_is_named_by_its_hash_and_kept_for_ever(client: Client) -> None:
    pages = client.app[PAGES]
    pages.take("small.js", b"void 0")
    address = pages.addresses["small.js"]
    assert re.fullmatch(r"/static/small\.[0-9a-f]{12}\.js", address)
    answer = await client.get(address)
    assert await answer.text() == "void 0" and answer.content_type == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]
    check_headers(answer)
    assert (await client.get("/static/small.js")).status == 404


async def test_the_style_of_the_applicants_pages_is_small(client: Client) -> None:
    assert len(client.app[PAGES].styles["chat"].encode()) <= 6 * 1024


async def test_health_tells_whether_a_reply_can_be_saved(client: Client, service: Service) -> None:
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status == 200
    await service.store.close()
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status == 503
