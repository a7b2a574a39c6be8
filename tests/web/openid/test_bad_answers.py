"""States that are not under way, and a provider that fails: nothing happens, and the page says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from assistant.server.app import make_app
from assistant.service import Service
from tests.conftest import Client, Clock
from tests.faults.serving import free_port
from tests.web.desk_staff import cookie, take_cookie
from tests.web.desk_visits import page
from tests.web.openid.hostile_provider import Provider
from tests.web.openid.visits import LAX, START, come_back, leave, refused, visit

# -- states that are not under way -------------------------------------------------------------------------------------

NOT_UNDER_WAY = "gäller inte längre"


async def test_a_code_and_state_work_once(client: Client, provider: Provider) -> None:
    back = provider.authorize(await leave(client))
    lax = cookie(client, LAX)
    assert (await come_back(client, back)).status == 200
    client.session.cookie_jar.clear()
    take_cookie(client, lax, LAX)
    await refused(client, await come_back(client, back), NOT_UNDER_WAY)


async def test_the_same_answer_sent_many_times_at_once_lets_in_once(client: Client, provider: Provider) -> None:
    back = provider.authorize(await leave(client))
    answers = await asyncio.gather(*(come_back(client, back) for _ in range(5)))
    assert sorted(one.status for one in answers) == [200, 403, 403, 403, 403]


async def test_a_code_that_was_used_already_lets_nobody_in(client: Client, provider: Provider) -> None:
    used = provider.authorize(await leave(client))
    await come_back(client, used)
    client.session.cookie_jar.clear()
    fresh = provider.authorize(await leave(client))
    code, state = used.partition("code=")[2].partition("&")[0], fresh.partition("state=")[2]
    answer = await come_back(client, f"{START}/callback?code={code}&state={state}")
    await refused(client, answer, "Försök igen om en stund", 502)


async def test_a_state_from_another_browser_does_nothing_and_stays_good_in_its_own(
    client: Client, provider: Provider
) -> None:
    back = provider.authorize(await leave(client))
    other: TestClient[Any, Any] = TestClient(client.server)
    answer = await other.get(back, allow_redirects=False)
    assert answer.status == 403
    assert NOT_UNDER_WAY in await answer.text()
    # Somebody else's cookie of the same kind is none of this login.
    await other.get(START, allow_redirects=False)
    assert (await other.get(back, allow_redirects=False)).status == 403
    await other.session.close()
    assert (await come_back(client, back)).status == 200


async def test_a_login_at_the_provider_takes_ten_minutes_at_most(
    client: Client, provider: Provider, clock: Clock
) -> None:
    back = provider.authorize(await leave(client))
    clock.forward(minutes=10)
    await refused(client, await come_back(client, back), NOT_UNDER_WAY)


@pytest.mark.parametrize(
    "query",
    ["", "code=1", "state=x", "code=1&state=x", "code=1&state={}&state={}", "code=1&state={}&more=" + "x" * 5000],
)
async def test_an_answer_with_a_wrong_state_does_nothing(client: Client, provider: Provider, query: str) -> None:
    state = provider.authorize(await leave(client)).partition("state=")[2]
    provider.asked.clear()
    answer = await come_back(client, f"{START}/callback?{query.replace('{}', state)}")
    await refused(client, answer, NOT_UNDER_WAY)
    assert provider.asked == []


async def test_logins_that_are_begun_by_the_thousand_are_stopped(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.server.openid.MOST_AN_HOUR", 3)
    for _ in range(3):
        await leave(client)
    await refused(client, await client.get(START, allow_redirects=False), "Försök igen om en timme", 429)


async def test_two_tabs_of_one_browser_log_in_one_after_the_other(client: Client, provider: Provider) -> None:
    first, second = [provider.authorize(await leave(client)) for _ in range(2)]
    assert (await come_back(client, first)).status == 200
    await page(client, "/desk")
    assert (await come_back(client, second)).status == 403


async def test_a_cookie_that_somebody_planted_is_not_taken_over(client: Client) -> None:
    take_cookie(client, "planted" * 6, LAX)
    await leave(client)
    assert cookie(client, LAX) != "planted" * 6


async def test_who_breaks_off_at_the_provider_is_told_so(client: Client, provider: Provider) -> None:
    state = provider.authorize(await leave(client)).partition("state=")[2]
    answer = await come_back(client, f"{START}/callback?error=access_denied&error_description=<i>&state={state}")
    assert "<i>" not in await answer.text()
    await refused(client, answer, "avbröts")


@pytest.mark.parametrize(("says", "status"), [("ours", 200), ("another", 403), ("none", 403)])
async def test_an_answer_says_from_whom_it_is_where_the_provider_promises_that(
    client: Client, provider: Provider, says: str, status: int
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    back = provider.authorize(await leave(client))
    back += {"ours": f"&iss={provider.issuer}", "another": "&iss=https://idp.example.org", "none": ""}[says]
    assert (await come_back(client, back)).status == status


async def test_a_head_request_does_not_use_the_state_up(client: Client, provider: Provider) -> None:
    back = provider.authorize(await leave(client))
    assert (await client.head(back, allow_redirects=False)).status == 405
    assert (await come_back(client, back)).status == 200


# -- a provider that fails ---------------------------------------------------------------------------------------------

METADATA: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://idp.example.org"},
    "no keys": {"jwks_uri": None},
    "an address without TLS": {"token_endpoint": "http://idp.example.org/token"},
    "an address of another kind": {"authorization_endpoint": "javascript:alert(1)"},
    "an address with a password": {"userinfo_endpoint": "https://a:b@idp.example.org/"},
    "a number for an address": {"token_endpoint": 7},
}


@pytest.mark.parametrize("name", METADATA)
async def test_metadata_that_cannot_be_right_lead_nowhere(client: Client, provider: Provider, name: str) -> None:
    provider.metadata = METADATA[name]
    answer = await client.get(START, allow_redirects=False)
    await refused(client, answer, "Försök igen om en stund", 502)


FAILURES: dict[str, Callable[[], web.StreamResponse]] = {
    "a failure": lambda: web.Response(status=500),
    "a redirect": lambda: web.Response(status=302, headers={"Location": "https://idp.example.org/"}),
    "no JSON": lambda: web.Response(text="<html>"),
    "a list": lambda: web.json_response([]),
    "far too much": lambda: web.Response(body=b" " * 600_000 + b"{}"),
    "bytes that are no text": lambda: web.Response(body=b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_a_provider_that_fails_is_told_and_nobody_comes_in(
    client: Client, provider: Provider, path: str, name: str
) -> None:
    provider.answer = lambda asked: FAILURES[name]() if asked == path else None
    answer = await client.get(START, allow_redirects=False)
    if path != "/.well-known/openid-configuration":
        answer = await come_back(client, provider.authorize(answer.headers["Location"]))
    assert answer.status in (403, 502)
    assert cookie(client) == ""
    provider.answer = lambda asked: None
    assert (await visit(client, provider)).status == 200


async def test_a_provider_that_does_not_answer_holds_nobody_up(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.server.provider.WITHIN_S", 0.2)
    provider.silent.clear()
    answer = await client.get(START, allow_redirects=False)
    provider.silent.set()
    await refused(client, answer, "Försök igen om en stund", 502)


async def test_many_who_wait_for_a_provider_wait_together(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.server.provider.WITHIN_S", 0.2)
    provider.silent.clear()
    answers = await asyncio.gather(*(client.get(START, allow_redirects=False) for _ in range(20)))
    assert [one.status for one in answers] == [502] * 20
    assert len(provider.asked) == 1
    provider.silent.set()
    answers = await asyncio.gather(*(client.get(START, allow_redirects=False) for _ in range(20)))
    assert [one.status for one in answers] == [303] * 20
    assert len(provider.asked) == 2


async def test_a_provider_that_is_not_there_is_told(client: Client, service: Service) -> None:
    service.settings = msgspec.structs.replace(service.settings, openid_issuer=f"http://127.0.0.1:{free_port()}")
    async with TestClient(TestServer(make_app(service, secure=False))) as without:
        assert (await without.get(START, allow_redirects=False)).status == 502
