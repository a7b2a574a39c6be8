"""Whatever a name, a filter or a search holds, it is a value for the database and never a part of a statement."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from assistant.service import Service
from assistant.store import TokenRow, UserRow
from tests.conftest import Client
from tests.web.desk_visits import log_in, page

HOSTILE = (
    "'; drop table users; --",
    '" or 1=1 --',
    "x' union select name, password, role from users --",
    "%' or '1'='1",
    "_%",
    "\\",
    "a'||(select hex(randomblob(9)))||'",
    "name) values ('a', 'b'); delete from cases; --",
)


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_name_is_kept_and_found_as_it_is(service: Service, text: str) -> None:
    store = service.store
    await store.put_user(UserRow(name="anna", password="x", role="lead", created="2026-01-01"))
    await store.put_user(UserRow(name=text, password="y", role="caseworker", created=text, unit=text))
    await store.put_token(TokenRow(hash=text.encode(), name=text, role="admin", created=text))
    await store.log_reading(at=text, user=text, case=text, what=text)
    found = await store.user(text)
    assert found is not None and (found.name, found.unit, found.role) == (text, text, "caseworker")
    assert {one.name for one in await store.users()} == {"anna", text}
    assert [one.name for one in await store.tokens()] == [text]
    assert [(one.user, one.what) for one in await store.readings(text)] == [(text, text)]
    assert (
        await store.readings("anna") == () and await store.case(text) is None and await store.conversation(text) is None
    )
    assert await store.drop_user(text) and await store.drop_token(text)
    assert {one.name for one in await store.users()} == {"anna"}


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_search_finds_nothing_and_breaks_nothing(client: Client, service: Service, text: str) -> None:
    await log_in(client, service)
    for key in ("words", "q", "whose", "only", "status", "locale", "sort", "page"):
        answer = await client.get(f"/desk?{key}={quote(text)}")
        assert answer.status == 200, key
    assert {one.name for one in await service.store.users()} == {"anna"}
    assert (await client.get(f"/desk/cases/{quote(text, safe='')}")).status == 404
    await page(client, "/desk")
