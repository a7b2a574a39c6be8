"""Nobody learns from an answer whether a code, a link, a login or a case is wrong, too old, used, erased or another's.

The answers are the same to the byte, and the same work is done for them: as many rounds of Argon2, the only thing that
takes long enough to be told apart.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msgspec.structs import replace

from assistant.casework import Casework
from assistant.core.commands import Reply
from assistant.core.office import Closed
from assistant.desk import Desk
from assistant.invitations import Invitations, Made
from assistant.player import play
from assistant.server.app import make_app
from assistant.server.keys import LIMITS, SESSIONS
from assistant.service import Service
from assistant.store import UserRow, codes
from assistant.store.accounts import UserChange
from assistant.talks import Talk
from tests.conftest import Client, Clock
from tests.security.reaching import Reached, answer_of
from tests.web.desk_cases import SELAM
from tests.web.desk_visits import PASSWORD, give_token, try_password
from tests.web.office_visits import ANNA, NILS, browsers, do, give, hire_all, row_of, sent

MakeClient = Callable[[Any], Awaitable[Client]]


class Count:
    """How often Argon2 was computed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        kept, verify = codes._argon2, Argon2id.verify_phc_encoded

        def made(*given: Any) -> Any:
            self.times += 1
            return kept(*given)

        def verified(*given: Any) -> Any:
            self.times += 1
            return verify(*given)

        monkeypatch.setattr(codes, "_argon2", made)
        monkeypatch.setattr(codes, "Argon2id", _Counted(Argon2id, verified))


class _Counted:
    """The class of Argon2, whose checks of a password are counted."""

    def __init__(self, kind: Any, verified: Callable[..., Any]) -> None:
        self._kind, self.verify_phc_encoded = kind, verified

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._kind(*given, **named)


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Count:
    return Count(monkeypatch)


def alike(answers: Mapping[str, tuple[Reached, int]]) -> None:
    """Make sure that all these answers are one: status, headers, bytes, and rounds of Argon2."""
    first = next(iter(answers.values()))
    assert {name: one for name, one in answers.items() if one != first} == {}


# -- codes -------------------------------------------------------------------------------------------------------------


async def kept(service: Service, invitation: Any = None) -> Talk:
    """A conversation behind the gate."""
    talk = await service.start("first_visit", "sv", invitation)
    for item, given in _GATE.items():
        talk = (await service.act(talk.id, Reply(item=item, **given), talk.state.seq)).talk
    assert talk.kept
    return talk


_GATE: dict[str, dict[str, Any]] = {
    "protected_identity": {"value": "no"},
    "you": {"fields": {"answering_for": "self", "called_name": "Bo"}},
}


async def invitation(service: Service, *, used: bool = False, withdrawn: bool = False) -> Made:
    invitations = Invitations(Casework(Desk(service)))
    row = await invitations.casework.make(ANNA, (), locale="sv")
    outcome = await invitations.invite(
        ANNA, row.id, row.doings, channel="paper", address="", locale="sv", origin="https://h"
    )
    assert outcome.wrong is None
    made = invitations.shown(row.id)
    assert made is not None
    if used:
        await kept(service, (await service.store.invitations.of_case(row.id))[0])
    if withdrawn:
        await invitations.withdraw(ANNA, row.id, (await row_of(service, row.id)).doings)
    return made


async def test_a_code_that_opens_nothing_is_answered_alike_whatever_it_once_was(
    aiohttp_client: MakeClient, service: Service, clock: Clock, count: Count
) -> None:
    old = (await kept(service)).code
    late = (await invitation(service)).code
    clock.now += datetime.timedelta(days=service.settings.draft_days + 1)
    replaced = await kept(service)
    was_replaced = replaced.code
    await service.new_code(replaced)
    erased = await kept(service)
    await service.erase(erased)
    tried = {
        "never given": codes.new_code(),
        "too old": old,
        "replaced": was_replaced,
        "erased": erased.code,
        "of an invitation that is too old": late,
        "of an invitation that was used": (await invitation(service, used=True)).code,
        "of an invitation that was withdrawn": (await invitation(service, withdrawn=True)).code,
    }
    app = make_app(service, secure=False)
    client = await aiohttp_client(app)
    answers = {}
    for name, code in tried.items():
        app[LIMITS]._counts.clear()
        before = count.times
        typed = codes.format_code(code)
        async with client.post("/sv/continue", data={"code": typed}, allow_redirects=False) as response:
            found = await answer_of(response, lambda body, typed=typed: body.replace(typed, "…"))  # type: ignore[misc]
        answers[name] = found, count.times - before
    assert answers["never given"][0].status == 422
    assert answers["never given"][1] >= 1
    alike(answers)


async def test_the_right_code_costs_no_less_than_a_wrong_one(
    aiohttp_client: MakeClient, service: Service, count: Count
) -> None:
    talk = await kept(service)
    client = await aiohttp_client(make_app(service, secure=False))
    costs = []
    for code in (talk.code, codes.new_code()):
        before = count.times
        await client.post("/sv/continue", data={"code": codes.format_code(code)}, allow_redirects=False)
        costs.append(count.times - before)
    assert costs[0] == costs[1] >= 1


# -- links -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_of_an_invitation_that_opens_nothing_is_answered_alike(
    aiohttp_client: MakeClient, service: Service, clock: Clock, count: Count, method: str
) -> None:
    late = (await invitation(service)).token
    clock.now += datetime.timedelta(days=service.settings.invitation_days + 1)
    closed = await invitation(service)
    await hire_all(service)
    assert await do(service, ANNA, closed.case, Closed(reason="Flyttat.")) is None
    tried = {
        "never given": secrets.token_urlsafe(16),
        "too old": late,
        "used": (await invitation(service, used=True)).token,
        "withdrawn": (await invitation(service, withdrawn=True)).token,
        "of a case that is closed": closed.token,
        "no token at all": "x",
    }
    client, answers = await aiohttp_client(make_app(service, secure=False)), {}
    for name, token in tried.items():
        before = count.times
        async with client.request(method, f"/i/{token}", data={} if method == "POST" else None) as response:
            answers[name] = await answer_of(response, str), count.times - before
    assert answers["used"][0].status == 404
    alike(answers)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_ticket_that_opens_nothing_is_answered_alike(
    aiohttp_client: MakeClient, service: Service, clock: Clock, method: str
) -> None:
    late = service.tickets.issue((await kept(service)).id)
    clock.forward(minutes=11)
    talk = await kept(service)
    used = service.tickets.issue(talk.id)
    assert await service.use_ticket(used) is not None
    renewed = await kept(service)
    before_the_code = service.tickets.issue(renewed.id)
    await service.new_code(renewed)
    erased = await kept(service)
    of_erased = service.tickets.issue(erased.id)
    await service.erase(erased)
    tried = {
        "never given": secrets.token_urlsafe(16),
        "too old": late,
        "used": used,
        "from before a new code": before_the_code,
        "of what was erased": of_erased,
        "no ticket at all": "x",
    }
    client, answers = await aiohttp_client(make_app(service, secure=False)), {}
    for name, ticket in tried.items():
        async with client.request(method, f"/t/{ticket}") as response:
            answers[name] = await answer_of(response, str), 0
    assert answers["used"][0].status == 404
    alike(answers)


# -- conversations over the API ----------------------------------------------------------------------------------------


async def test_a_token_that_opens_no_conversation_is_answered_alike(
    aiohttp_client: MakeClient, service: Service, clock: Clock
) -> None:
    await hire_all(service)
    app = make_app(service, secure=False)
    client = await aiohttp_client(app)
    sessions = app[SESSIONS]
    late = await sessions.begin("applicant", (await kept(service)).id, keep=True)
    clock.forward(minutes=61)
    ended = await sessions.begin("applicant", (await kept(service)).id, keep=True)
    await sessions.end(ended)
    erased = await kept(service)
    of_erased = await sessions.begin("applicant", erased.id, keep=True)
    await service.erase(erased)
    tried = {
        "never given": secrets.token_urlsafe(32),
        "too old": late,
        "ended": ended,
        "of what was erased elsewhere": of_erased,
        "of a colleague": await sessions.begin("desk", "anna", keep=True),
        "too long": "x" * 200,
    }
    answers = {}
    for method, path in (("GET", "conversation"), ("GET", "conversation/summary"), ("DELETE", "conversation")):
        for name, token in tried.items():
            headers = {"Authorization": f"Bearer {token}"}
            async with client.request(method, f"/api/v1/{path}", headers=headers) as response:
                answers[name] = await answer_of(response, str), 0
        assert answers["never given"][0].status == 401
        alike(answers)


# -- the desk ----------------------------------------------------------------------------------------------------------


async def test_a_login_that_fails_is_answered_alike_whoever_it_was(
    aiohttp_client: MakeClient, service: Service, clock: Clock, count: Count
) -> None:
    await hire_all(service)
    row = UserRow(name="x", password="", role="caseworker", created="2026-01-01")
    await service.store.put_user(replace(row, name="eva", subject="https://issuer one"))
    given = codes.hash_password(PASSWORD)
    await service.store.put_user(replace(row, name="ulf", password=given, once_until="2025-01-01"))
    await service.store.accounts.change("nils", UserChange(disabled=True))
    client, answers = await aiohttp_client(make_app(service, secure=False)), {}
    tried = {
        "wrong password": ("anna", "a wrong password"),
        "nobody of this name": ("nobody", PASSWORD),
        "shut out": ("nils", PASSWORD),
        "comes by OpenID Connect alone": ("eva", PASSWORD),
        "password given too long ago": ("ulf", PASSWORD),
    }
    await try_password(client, "warm", "up")
    for name, (user, password) in tried.items():
        before = count.times
        async with await try_password(client, user, password) as response:
            found = await answer_of(response, lambda body, user=user: body.replace(f'"{user}"', "…"))  # type: ignore[misc]
        answers[name] = found, count.times - before
    assert answers["wrong password"][1] == 1
    alike(answers)


async def test_a_case_of_another_and_none_are_alike_to_colleagues_and_programs(
    aiohttp_client: MakeClient, service: Service
) -> None:
    await hire_all(service)
    annas, closed = await sent(service), await sent(service)
    begun = (await play(service, SELAM, "sv", leaves_at="contact")).talk
    await give(service, annas.case, "anna")
    await give(service, closed.case, "anna")
    assert await do(service, ANNA, closed.case, Closed(reason="Flyttat.")) is None
    await give(service, begun.case, "anna")
    erased = await kept(service)
    await service.erase(erased)
    nils = await browsers(aiohttp_client, service)(NILS)
    ids = {
        "never given": "0" * 32,
        "another's": annas.case,
        "another's and closed": closed.case,
        "another's and only begun": begun.case,
        "erased": erased.case,
        "a conversation's": annas.id,
        "no id at all": "no-id-at-all",
    }
    routes = [
        resource.canonical
        for resource in make_app(service, secure=False).router.resources()
        if resource.canonical.startswith("/desk/cases/{id}") and "GET" in {route.method for route in resource}
    ]
    assert len(routes) > 8
    for route in routes:
        answers = {}
        for name, id in ids.items():
            address = route.replace("{id}", id)
            async with nils.get(address, allow_redirects=False) as response:
                answers[name] = await answer_of(response, lambda body, id=id: body.replace(id, "…")), 0  # type: ignore[misc]
        assert answers["never given"][0].status == 404, route
        alike(answers)
    program = await give_token(service)
    answers = {}
    for name in ("never given", "erased", "a conversation's", "no id at all"):
        async with nils.get(f"/api/v1/cases/{ids[name]}", headers=program) as response:
            answers[name] = await answer_of(response, str), 0
    alike(answers)
