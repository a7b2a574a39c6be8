"""An office with two units, for the tests of the desk: who works there, their browsers, and forms as they send them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import ClientResponse

from assistant.casework import Casework
from assistant.colleagues import Colleague
from assistant.core.office import AnyDoing, Assigned
from assistant.desk import Desk
from assistant.player import play
from assistant.server.app import make_app
from assistant.service import Service
from assistant.store import CaseRow, UserRow, codes
from assistant.talks import Talk
from tests.conftest import Client
from tests.web.desk_cases import SELAM
from tests.web.desk_visits import PASSWORD, try_password

ANNA = Colleague("anna", "caseworker", "North")
NILS = Colleague("nils", "caseworker", "North")
SARA = Colleague("sara", "caseworker", "South")
KARIN = Colleague("karin", "lead", "North")
STINA = Colleague("stina", "lead", "South")
ADAM = Colleague("adam", "admin")
EVERYBODY = (ANNA, NILS, SARA, KARIN, STINA, ADAM)

Browser = Callable[[Colleague], Awaitable[Client]]


async def hire_all(service: Service) -> None:
    password = codes.hash_password(PASSWORD)
    for one in EVERYBODY:
        row = UserRow(name=one.name, password=password, role=one.role, created="2026-01-01", unit=one.unit)
        await service.store.put_user(row)


def browsers(make: Callable[[Any], Awaitable[Client]], service: Service) -> Browser:
    """Gives each colleague a browser of their own that is logged in; all of them on one server."""
    servers: list[Any] = []

    async def browser(colleague: Colleague) -> Client:
        client = await make(servers[0] if servers else make_app(service, secure=False))
        servers.append(client.server)
        answer = await try_password(client, colleague.name, PASSWORD)
        assert answer.status == 303, await answer.text()
        return client

    return browser


async def sent(service: Service, name: str = "Selam", **answers: object) -> Talk:
    """Somebody answers and sends."""
    journey = msgspec.structs.replace(SELAM, answers={**SELAM.answers, "called_name": name, **answers})
    return (await play(service, journey, "en")).talk


async def do(service: Service, colleague: Colleague, case: str, doing: AnyDoing) -> str | None:
    """Let a colleague do something with a case as it is now; what was wrong with it."""
    return (await Casework(Desk(service)).do(colleague, case, doing, (await row_of(service, case)).doings)).wrong


async def give(service: Service, case: str, to: str = "", unit: str = "") -> None:
    """Let the lead give a case to somebody."""
    assert await do(service, KARIN, case, Assigned(to=to, unit=unit)) is None


async def row_of(service: Service, case: str) -> CaseRow:
    row = await service.store.case(case)
    assert row is not None
    return row


async def post(client: Client, page: str, form: str, **fields: str) -> ClientResponse:
    """Send the form of this id as it stands on a page, with these fields."""
    return await client.post(page, data=await hidden(client, page, form) | fields, allow_redirects=False)


async def hidden(client: Client, page: str, form: str) -> dict[str, str]:
    """The hidden fields of the form of this id."""
    text = await (await client.get(page)).text()
    found = re.search(rf'<form[^>]*id="{form}".*?</form>', text, re.DOTALL)
    assert found is not None, f"no form {form} on {page}"
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]))


async def send(client: Client, page: str, address: str, /, **fields: str) -> ClientResponse:
    """Send fields to an address with the token of this page's forms."""
    text = await (await client.get(page)).text()
    found = re.search(r'name="token" value="([^"]+)"', text)
    assert found is not None
    return await client.post(address, data={"token": found[1], **fields}, allow_redirects=False)
