"""Who may come in is decided by administrators, and everything they do is written down."""

from __future__ import annotations

import asyncio

import pytest

from assistant.service import Service
from assistant.store import Role
from tests.conftest import Client, Clock
from tests.web.desk_staff import ONE_TIME, come_in, doings, employ, send, set_up, user_of
from tests.web.desk_visits import NAME, PASSWORD, page, seen, try_password

PAGES = ("/desk/admin", f"/desk/admin/user?name={NAME}")


@pytest.fixture
async def admin(client: Client, service: Service) -> Client:
    """An administrator who is logged in."""
    await come_in(client, service, "admin", "chief")
    return client


@pytest.mark.parametrize("role", ["caseworker", "lead"])
async def test_for_all_others_there_is_no_such_page(client: Client, service: Service, role: Role) -> None:
    await come_in(client, service, role)
    assert "/desk/admin" not in await page(client, "/desk")
    for path in PAGES:
        await page(client, path, status=404)
    for path, fields in (
        ("/desk/admin", {"name": "new", "role": "admin", "unit": ""}),
        ("/desk/admin/user", {"name": NAME, "do": "change", "role": "admin", "unit": ""}),
    ):
        assert (await send(client, path, **fields)).status == 404
    assert [one.name for one in await service.store.users()] == [NAME]
    assert (await user_of(service)).role == role


async def test_a_user_is_added_with_a_password_that_is_shown_once(admin: Client, service: Service) -> None:
    answer = await send(admin, "/desk/admin", name=" Åsa Öst ", role="lead", unit="Enhet  norr")
    assert answer.status == 200
    (password,) = ONE_TIME.findall(await answer.text())
    asa = await user_of(service, "Åsa Öst")
    assert (asa.role, asa.unit, asa.once_until) == ("lead", "Enhet norr", "2026-03-12")
    assert password not in await page(admin, "/desk/admin")
    assert await doings(service) == [("chief", "added", "Åsa Öst", "lead")]
    assert (await try_password(admin, "Åsa Öst", password)).status == 303
    await page(admin, "/desk", status=303)
    form = {"old": password, "new": PASSWORD, "again": PASSWORD}
    await send(admin, "/desk/account/password", **form)
    await page(admin, "/desk")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, "1 to 100"),
        ({"name": "x" * 101}, "1 to 100"),
        ({"name": "chief"}, "already"),
        ({"role": ""}, "Choose what the user may do"),
        ({"role": "root"}, "Choose what the user may do"),
        ({"unit": "x" * 101}, "The unit has at most 100"),
    ],
)
async def test_a_user_that_cannot_be_is_not_added(
    admin: Client, service: Service, fields: dict[str, str], told: str
) -> None:
    form = {"name": "new", "role": "caseworker", "unit": "North"} | fields
    answer = await send(admin, "/desk/admin?locale=en", **form)
    assert answer.status == 422
    assert told in await answer.text()
    assert [one.name for one in await service.store.users()] == ["chief"]
    assert (await user_of(service, "chief")).role == "admin"


async def test_two_who_add_the_same_name_at_once_make_one_user(admin: Client, service: Service) -> None:
    forms = [send(admin, "/desk/admin", name="new", role=role, unit="") for role in ("lead", "caseworker")]
    assert sorted(one.status for one in await asyncio.gather(*forms)) == [200, 422]


async def test_another_role_holds_at_once_and_the_old_session_is_worth_nothing(
    admin: Client, other: Client, service: Service
) -> None:
    await come_in(other, service, "admin")
    answer = await send(admin, "/desk/admin/user", name=NAME, do="change", role="caseworker", unit="North")
    assert answer.status == 303
    assert await doings(service) == [("chief", "unit", NAME, "North"), ("chief", "role", NAME, "caseworker")]
    await page(other, "/desk", status=303)


async def test_saving_what_is_there_already_logs_nobody_out(admin: Client, other: Client, service: Service) -> None:
    await come_in(other, service, "lead", unit="North")
    await send(admin, "/desk/admin/user", name=NAME, do="change", role="lead", unit="North")
    assert await doings(service) == []
    await page(other, "/desk")


async def test_who_is_shut_out_is_out_at_once_and_comes_in_again_when_let(
    admin: Client, other: Client, service: Service
) -> None:
    await come_in(other, service, "lead")
    await send(admin, "/desk/admin/user", name=NAME, do="disable")
    await page(other, "/desk", status=303)
    assert (await try_password(other, NAME, PASSWORD)).status == 422
    await send(admin, "/desk/admin/user", name=NAME, do="enable")
    assert (await try_password(other, NAME, PASSWORD)).status == 303
    assert [one[1] for one in await doings(service)] == ["disabled", "enabled"]


async def test_a_lost_second_step_is_reset(admin: Client, other: Client, service: Service) -> None:
    await come_in(other, service, "lead")
    await set_up(other, service)
    await send(admin, "/desk/admin/user", name=NAME, do="reset")
    await page(other, "/desk", status=303)
    assert (await try_password(other, NAME, PASSWORD)).headers["Location"] == "/desk"
    assert await service.store.accounts.recovery_codes_left(NAME) == 0
    assert [one[1] for one in await doings(service)] == ["second_step", "second_step_reset"]


async def test_a_forgotten_password_is_replaced_by_one_for_once(admin: Client, other: Client, service: Service) -> None:
    await employ(service, NAME, "lead")
    answer = await send(admin, "/desk/admin/user", name=NAME, do="password")
    (password,) = ONE_TIME.findall(await answer.text())
    assert (await try_password(other, NAME, PASSWORD)).status == 422
    assert (await try_password(other, NAME, password)).status == 303
    await page(other, "/desk", status=303)


async def test_somebody_is_logged_out_everywhere(admin: Client, other: Client, service: Service) -> None:
    await come_in(other, service, "lead")
    await send(admin, "/desk/admin/user", name=NAME, do="end")
    await page(other, "/desk", status=303)


@pytest.mark.parametrize("do", ["disable", "reset", "end", "password", "enable"])
async def test_nobody_takes_themselves_out(admin: Client, service: Service, do: str) -> None:
    assert (await send(admin, "/desk/admin/user", name="chief", do=do)).status == 403
    await page(admin, "/desk/admin")
    await send(admin, "/desk/admin/user", name="chief", do="change", role="caseworker", unit="North")
    chief = await user_of(service, "chief")
    assert (chief.role, chief.unit, chief.disabled) == ("admin", "North", False)


async def test_who_and_what_does_not_exist_is_not_found(admin: Client) -> None:
    await page(admin, "/desk/admin/user?name=nobody", status=404)
    assert (await send(admin, "/desk/admin/user", name="nobody", do="disable")).status == 404
    assert (await send(admin, "/desk/admin/user", name="chief", do="promote")).status == 404


async def test_what_was_done_stands_on_the_page_the_latest_first(admin: Client, service: Service, clock: Clock) -> None:
    await send(admin, "/desk/admin", name="<b>new</b>", role="lead", unit="")
    clock.forward(minutes=5)
    await send(admin, "/desk/admin/user", name="<b>new</b>", do="disable")
    told = await page(admin, "/desk/admin?locale=en")
    assert "<b>new</b>" not in told
    read = await seen(admin, "/desk/admin?locale=en")
    assert read.index("2026-03-05 10:05 chief: shut <b>new</b> out") < read.index(
        "2026-03-05 10:00 chief: added <b>new</b> as lead"
    )


async def test_the_list_tells_how_everybody_logs_in(admin: Client, service: Service) -> None:
    await employ(service, "a", "lead", totp=b"sealed")
    await employ(service, "b", "lead", once_until="2026-03-12")
    await employ(service, "c", "lead", disabled=True)
    await employ(service, "d", "lead", password="", subject="https://idp.example.org 1")
    read = await seen(admin, "/desk/admin?locale=en")
    for told in ("password and second step", "password for once, until 2026-03-12", "shut out", "kommunens inloggning"):
        assert told in read
