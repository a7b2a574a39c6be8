"""A form of another site changes nothing: what passes is exactly what our own pages send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from assistant.server.rules import RULES, Who
from assistant.server.sessions import form_token
from assistant.service import Service
from tests.conftest import Client, Clock
from tests.security.everybody import Office, ask, office_of, rows

SITES = {None: True, "same-origin": True, "none": True, "same-site": False, "cross-site": False, "": False, "x": False}
TOKENS: tuple[str, ...] = ("", "x", "wrong" * 100, form_token("another session"), "\x00", "💩")
# Before anybody is known there is no session to make a token of; leaving must never fail on an old page.
WITHOUT_TOKEN = {
    "POST /{locale}/begin",
    "POST /{locale}/apply-now",
    "POST /{locale}/continue",
    "POST /chat/leave",
    "POST /chat/closed",
    "POST /i/{token}",
    "POST /t/{ticket}",
    "POST /desk/login",
    "POST /desk/login/code",
}
FORMS = [name for name in RULES if name.startswith("POST ") and "/api/" not in name]
WHO: dict[Who, str] = {"lead": "karin, who leads the unit", "admin": "adam, an administrator"}
WHO |= {"desk": "anna, whose case it is", "case": "anna, whose case it is", "arriving": "anna, whose case it is"}


@pytest.fixture(params=["http", "https"])
async def office(
    request: pytest.FixtureRequest,
    service: Service,
    aiohttp_client: Callable[[Any], Awaitable[Client]],
    clock: Clock,
    tmp_path: Path,
) -> Office:
    return await office_of(service, aiohttp_client, clock, tmp_path / "data", secure=request.param == "https")


def origins(office: Office, scheme: str) -> dict[str | None, bool]:
    """What a browser may say of where a form comes from, and whether that is us."""
    host = f"{office.client.host}:{office.client.port}"
    return {
        None: True,
        f"{scheme}://{host}": True,
        f"http://{host}": scheme == "http",
        "null": False,
        "https://evil.example": False,
        f"{scheme}://{office.client.host}:1": False,
        f"{scheme}://{host}.evil.example": False,
        f"{scheme}://evil.example@{host}": False,
    }


@pytest.mark.slow
async def test_a_form_passes_from_our_own_pages_only(office: Office, request: pytest.FixtureRequest) -> None:
    people = {one.name: one for one in office.people}
    scheme, asked = "https" if "https" in request.node.name else "http", 0
    wrong: list[tuple[object, ...]] = []
    for name in FORMS:
        method, _, route = name.partition(" ")
        somebody = people[WHO.get(RULES[name].who, "the applicant")]
        for (origin, ours), (site, same) in product(origins(office, scheme).items(), SITES.items()):
            more = {} if origin is None else {"Origin": origin}
            more |= {} if site is None else {"Sec-Fetch-Site": site}
            before = rows(office.data)
            answer = await ask(office, somebody, method, route, more=more)
            asked += 1
            passed = answer.status != 403
            if passed is not (ours and same):
                wrong.append((name, origin, site, answer.status))
            changed = {one for one, many in rows(office.data).items() if many != before[one]} - {"sessions"}
            if not (ours and same) and changed:
                wrong.append((name, origin, site, changed))
    assert wrong == []
    assert asked == len(FORMS) * len(SITES) * len(origins(office, scheme))


@pytest.mark.parametrize("office", ["http"], indirect=True)
async def test_a_form_passes_with_the_token_of_its_own_session_only(office: Office) -> None:
    people = {one.name: one for one in office.people}
    for name in FORMS:
        method, _, route = name.partition(" ")
        somebody = people[WHO.get(RULES[name].who, "the applicant")]
        for token in TOKENS:
            before = rows(office.data)
            answer = await ask(office, somebody, method, route, token=token)
            if name in WITHOUT_TOKEN:
                assert answer.status != 403, (name, token)
            else:
                assert answer.status == 403, (name, token)
                assert {**rows(office.data), "sessions": 0} == {**before, "sessions": 0}, (name, token)
        assert (await ask(office, somebody, method, route)).status != 403, name


async def test_the_program_interface_takes_no_cookies(office: Office) -> None:
    people = {one.name: one for one in office.people}
    for name, rule in RULES.items():
        if rule.who in ("program", "token"):
            method, _, route = name.partition(" ")
            for who in ("the applicant", "anna, whose case it is"):
                more = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
                assert (await ask(office, people[who], method, route, more=more)).status == 401, (name, who)
