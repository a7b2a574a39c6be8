"""One's own login: the password, and where one is logged in."""

from __future__ import annotations

import pytest

from assistant.server.keys import SESSIONS
from assistant.server.sessions import token_hash
from assistant.service import Service
from assistant.store import UserRow, codes
from tests.conftest import Client, Clock
from tests.web.desk_staff import come_in, cookie, doings, send, take_cookie, user_of
from tests.web.desk_visits import NAME, PASSWORD, log_in, page, seen, try_password

NEW = "three words together"


def change(**fields: str) -> dict[str, str]:
    return {"old": PASSWORD, "new": NEW, "again": NEW} | fields


async def test_a_password_is_changed_by_who_knows_the_old_one(client: Client, service: Service) -> None:
    await log_in(client, service)
    before = cookie(client)
    answer = await send(client, "/desk/account/password", **change())
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/account?done=password")
    assert "ändrat" in await page(client, "/desk/account?done=password")
    assert codes.verify_password(NEW, (await user_of(service)).password)
    assert cookie(client) != before
    take_cookie(client, before)
    await page(client, "/desk", status=303)
    assert (await try_password(client, NAME, PASSWORD)).status == 422
    assert (await try_password(client, NAME, NEW)).status == 303
    assert await doings(service) == [(NAME, "password", NAME, "")]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"old": "wrong"}, "not the password you have now"),
        ({"new": "short", "again": "short"}, "too short. Take at least 12 signs"),
        ({"new": "annaannaanna", "again": "annaannaanna"}, "little more than your user name"),
        ({"new": "password12345", "again": "password12345"}, "guessed first"),
        ({"new": "x y z " * 200, "again": "x y z " * 200}, "too long"),
        ({"again": "three words togethr"}, "not the same"),
        ({"new": PASSWORD, "again": PASSWORD}, "is the old one"),
    ],
)
async def test_a_password_that_cannot_be_changes_nothing(
    client: Client, service: Service, fields: dict[str, str], told: str
) -> None:
    await log_in(client, service)
    before = (await user_of(service)).password
    answer = await send(client, "/desk/account/password?locale=en", **change(**fields))
    assert answer.status == 422
    shown = await answer.text()
    assert told in shown
    assert NEW not in shown
    assert (await user_of(service)).password == before
    await page(client, "/desk")


async def test_guessing_the_old_password_ends_like_guessing_at_the_login(client: Client, service: Service) -> None:
    await log_in(client, service)
    for _ in range(10):
        assert (await send(client, "/desk/account/password", **change(old="wrong"))).status == 422
    assert (await send(client, "/desk/account/password", **change())).status == 429


async def test_a_password_for_once_must_be_changed_before_anything_else(client: Client, service: Service) -> None:
    await come_in(client, service, "caseworker", once_until="2026-03-12")
    for path in ("/desk", "/desk/account", f"/desk/cases/{'a' * 32}/summary"):
        answer = await client.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/desk/account/password")
    assert "2026-03-12" in await page(client, "/desk/account/password")
    await send(client, "/desk/account/password", **change())
    await page(client, "/desk")
    assert (await user_of(service)).once_until == ""


async def test_a_password_for_once_works_a_week(client: Client, service: Service, clock: Clock) -> None:
    await come_in(client, service, "caseworker", once_until="2026-03-12")
    await send(client, "/desk/logout")
    clock.forward(days=7)
    assert (await try_password(client, NAME, PASSWORD)).status == 303
    clock.forward(days=1)
    assert (await try_password(client, NAME, PASSWORD)).status == 422


async def test_one_sees_where_one_is_logged_in_and_ends_one_of_them(
    client: Client, other: Client, service: Service, clock: Clock
) -> None:
    await log_in(client, service)
    clock.forward(minutes=5)
    await try_password(other, NAME, PASSWORD)
    told = await seen(client, "/desk/account?locale=en")
    assert told.count("with a password") == 2
    assert told.count("here, now") == 1
    rows = await service.store.sessions_of("desk", NAME)
    theirs = next(row.hash for row in rows if row.hash != token_hash(cookie(client)))
    assert (await send(client, "/desk/account", do="end", session=theirs.hex())).status == 303
    await page(other, "/desk", status=303)
    await page(client, "/desk")


async def test_one_logs_out_everywhere_else_at_once(client: Client, other: Client, service: Service) -> None:
    await log_in(client, service)
    for _ in range(3):
        other.session.cookie_jar.clear()
        await try_password(other, NAME, PASSWORD)
    assert (await send(client, "/desk/account", do="end_others")).status == 303
    await page(other, "/desk", status=303)
    await page(client, "/desk")
    assert len(await service.store.sessions_of("desk", NAME)) == 1


async def test_nobody_ends_the_session_of_somebody_else(client: Client, other: Client, service: Service) -> None:
    await log_in(client, service)
    await come_in(other, service, "caseworker", "berit")
    (theirs,) = await service.store.sessions_of("desk", "berit")
    assert (await send(client, "/desk/account", do="end", session=theirs.hash.hex())).status == 303
    await page(other, "/desk")
    assert (await send(client, "/desk/account", do="end", session="zz")).status == 400


async def test_sessions_that_ran_out_are_not_shown(
    client: Client, other: Client, service: Service, clock: Clock
) -> None:
    await log_in(client, service)
    await try_password(other, NAME, PASSWORD)
    clock.forward(minutes=15)
    await page(client, "/desk")
    clock.forward(minutes=6)
    assert (await seen(client, "/desk/account?locale=en")).count("with a password") == 1


async def test_who_has_no_password_changes_none(client: Client, service: Service) -> None:
    assert client.app is not None
    row = UserRow(name=NAME, password="", role="caseworker", created="2026-01-01", subject="https://idp.example.org 7")
    await service.store.put_user(row)
    take_cookie(client, await client.app[SESSIONS].begin("desk", NAME, way="openid"))
    assert "You log in with" in await seen(client, "/desk/account?locale=en")
    for path in ("/desk/account/password", "/desk/account/second-step"):
        await page(client, path, status=404)
