"""A session is new whenever somebody becomes somebody else, and its token is dead once it has ended."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.server.app import make_app
from assistant.server.keys import SESSIONS, STAFF
from assistant.server.sessions import ABSOLUTE, IDLE, Sessions
from assistant.service import Service
from assistant.store import SessionKind, codes
from tests.conftest import Client, Clock
from tests.web.browser_without_script import Browser
from tests.web.desk_visits import NAME, PASSWORD, hire, try_password
from tests.web.visits import the_talk, until

MakeClient = Callable[[Any], Awaitable[Client]]
DESK, OWN = "klarbild-desk", "klarbild"


def held(client: Client, name: str) -> str:
    """The cookie that a browser holds."""
    found = client.session.cookie_jar.filter_cookies(client.make_url("/desk"))
    return found[name].value if name in found else ""


async def lets_in(client: Client, name: str, token: str) -> bool:
    """Whether a stolen token opens the conversation or the desk."""
    client.session.cookie_jar.clear()
    path = "/desk" if name == DESK else "/chat/answers"
    answer = await client.get(path, headers={"Cookie": f"{name}={token}"}, allow_redirects=False)
    return answer.status == 200


async def kept(client: Client) -> Browser:
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "goals")
    return browser


async def test_a_cookie_that_somebody_else_set_is_never_taken_over(client: Client, service: Service) -> None:
    await hire(service)
    for name in (OWN, DESK):
        client.session.cookie_jar.update_cookies({name: "x" * 43}, client.make_url("/"))
    await client.post("/sv/begin", allow_redirects=False)
    await try_password(client, NAME, PASSWORD)
    for name in (OWN, DESK):
        assert re.fullmatch(r"[\w-]{43}", held(client, name))
        assert held(client, name) != "x" * 43


async def test_coming_back_with_the_code_begins_a_new_session_and_ends_the_old_one(
    client: Client, service: Service
) -> None:
    await kept(client)
    before = held(client, OWN)
    code = codes.format_code(the_talk(service).code)
    answer = await client.post("/sv/continue", data={"code": code}, allow_redirects=False)
    after = held(client, OWN)
    assert answer.status == 303 and after != before
    assert not await lets_in(client, OWN, before)
    assert await lets_in(client, OWN, after)


async def test_logging_in_again_ends_the_session_before_it(client: Client, service: Service) -> None:
    await hire(service)
    await try_password(client, NAME, PASSWORD)
    before = held(client, DESK)
    await try_password(client, NAME, PASSWORD)
    after = held(client, DESK)
    assert after != before
    assert not await lets_in(client, DESK, before)
    assert await lets_in(client, DESK, after)


async def test_whoever_has_left_is_gone_also_after_a_restart(
    client: Client, service: Service, aiohttp_client: MakeClient
) -> None:
    await hire(service)
    await kept(client)
    await try_password(client, NAME, PASSWORD)
    left, out = held(client, OWN), held(client, DESK)
    page = await (await client.get("/desk")).text()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    await client.post("/chat/leave", allow_redirects=False)
    await client.post("/desk/logout", data={"token": token[1]}, allow_redirects=False)
    stays = await client.app[SESSIONS].begin("desk", NAME) if client.app is not None else ""
    again = await aiohttp_client(make_app(service, secure=False))
    for server in (client, again):
        assert not await lets_in(server, OWN, left)
        assert not await lets_in(server, DESK, out)
        assert await lets_in(server, DESK, stays)


@pytest.mark.parametrize("what", ["role", "disabled", "password", "new password", "second step"])
async def test_whoever_becomes_somebody_else_at_the_office_has_no_old_session(
    client: Client, service: Service, what: str
) -> None:
    await hire(service)
    assert client.app is not None
    staff, sessions = client.app[STAFF], client.app[SESSIONS]
    token = await sessions.begin("desk", NAME)
    match what:
        case "role":
            await staff.set_role(NAME, "lead", "adam")
        case "disabled":
            await staff.set_disabled(NAME, True, "adam")
            await staff.set_disabled(NAME, False, "adam")
        case "password":
            await staff.set_own_password(NAME, "another long password")
        case "new password":
            await staff.new_password(NAME, "adam")
        case "second step":
            await staff.reset_second_step(NAME, "adam")
    assert not await lets_in(client, DESK, token)


@pytest.mark.parametrize("kind", ["applicant", "desk"])
async def test_a_session_never_lives_longer_than_its_limit_however_it_is_used(
    service: Service, clock: Clock, kind: SessionKind
) -> None:
    sessions = Sessions(service.store, service.keys, clock=lambda: clock().timestamp())
    token, lived = await sessions.begin(kind, "somebody"), 0.0
    while await sessions.subject(kind, token) is not None:
        clock.forward(seconds=IDLE[kind] - 1)
        lived += IDLE[kind] - 1
        assert lived < 2 * ABSOLUTE[kind]
    assert ABSOLUTE[kind] < lived <= ABSOLUTE[kind] + IDLE[kind]
    idle = await sessions.begin(kind, "somebody")
    clock.forward(seconds=IDLE[kind] + 1)
    assert await sessions.subject(kind, idle) is None


@pytest.mark.parametrize("kind", ["applicant", "desk"])
@pytest.mark.parametrize("days", [-1, 1, -365, 365])
async def test_a_clock_that_jumps_makes_no_session_live_longer(
    service: Service, clock: Clock, kind: SessionKind, days: int
) -> None:
    sessions = Sessions(service.store, service.keys, clock=lambda: clock().timestamp())
    token = await sessions.begin(kind, "somebody")
    clock.forward(days=days)
    for one in (sessions, Sessions(service.store, service.keys, clock=lambda: clock().timestamp())):
        assert await one.subject(kind, token) is None
    clock.forward(days=-days)
    assert await sessions.subject(kind, token) is None


async def test_tokens_are_long_random_and_kept_as_hashes_only(service: Service) -> None:
    sessions = Sessions(service.store, service.keys)
    tokens = {await sessions.begin("desk", NAME) for _ in range(50)}
    assert len(tokens) == 50 and all(re.fullmatch(r"[\w-]{43}", one) for one in tokens)
    for row in await service.store.sessions_of("desk", NAME):
        assert len(row.hash) == 32
        assert row.hash.decode("latin-1") not in tokens
