"""The second step of the login: a code that works once, from an app or from a paper."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from aiohttp.web import Application

from assistant import totp
from assistant.server.app import make_app
from assistant.server.keys import SIGN_IN
from assistant.server.sessions import form_token
from assistant.service import Service
from assistant.settings import Settings
from assistant.store.accounts import UserChange
from assistant.store.sqlite import SqliteStore
from tests.conftest import Client, Clock
from tests.web.desk_staff import (
    COOKIE,
    STEP_COOKIE,
    code_now,
    cookie,
    doings,
    send,
    send_code,
    set_up,
    take_cookie,
    user_of,
)
from tests.web.desk_visits import NAME, PASSWORD, hire, log_in, page, seen, try_password
from tests.web.test_tickets import scanned

AFTER = f"/desk/cases/{'a' * 32}/summary"


async def enrolled(client: Client, service: Service, clock: Clock) -> tuple[bytes, list[str]]:
    """Somebody with a second step, who is out, a minute later."""
    await log_in(client, service)
    secret, codes = await set_up(client, service)
    await send(client, "/desk/logout")
    clock.forward(minutes=1)
    return secret, codes


# -- setting it up -----------------------------------------------------------------------------------------------------


async def test_a_second_step_is_set_up_with_a_square_and_confirmed_by_a_code(client: Client, service: Service) -> None:
    await log_in(client, service)
    before = cookie(client)
    drawn = await page(client, "/desk/account/second-step?locale=en")
    assert "<svg" in drawn
    assert "<code>" in drawn
    _, codes = await set_up(client, service)
    assert len(set(codes)) == 10
    assert cookie(client) not in ("", before)
    for path in ("/desk/account", "/desk/account/second-step"):
        shown = await page(client, path)
        assert not any(code in shown for code in codes)
    assert "10 recovery codes are left" in await seen(client, "/desk/account?locale=en")
    assert await doings(service) == [(NAME, "second_step", NAME, "")]


async def test_an_app_reads_the_secret_out_of_the_square(client: Client, service: Service) -> None:
    await log_in(client, service)
    drawn = await page(client, "/desk/account/second-step")
    assert client.app is not None
    secret = client.app[SIGN_IN].offered_secret(NAME)
    assert scanned(drawn) == [totp.address(secret, name=NAME, issuer="Klarbild (Kommunen)")]
    assert totp.as_text(secret) in drawn


async def test_the_page_shows_the_same_square_until_it_is_taken(client: Client, service: Service, clock: Clock) -> None:
    await log_in(client, service)
    secret = re.compile("<code>([A-Z2-7 ]+)</code>")
    first = secret.findall(await page(client, "/desk/account/second-step"))
    assert (await send(client, "/desk/account/second-step", do="enrol", code="000000")).status == 422
    assert secret.findall(await page(client, "/desk/account/second-step")) == first
    for _ in range(2):
        clock.forward(minutes=16)
        last = secret.findall(await page(client, "/desk/account/second-step"))
    assert last != first


async def test_a_wrong_code_sets_nothing_up(client: Client, service: Service) -> None:
    await log_in(client, service)
    await page(client, "/desk/account/second-step")
    answer = await send(client, "/desk/account/second-step?locale=en", do="enrol", code="000 000")
    assert answer.status == 422
    assert "does not belong to this square" in await answer.text()
    assert (await user_of(service)).totp is None


async def test_the_secret_lies_sealed_and_the_recovery_codes_lie_hashed(
    client: Client, service: Service, clock: Clock
) -> None:
    secret, codes = await enrolled(client, service, clock)
    user = await user_of(service)
    assert user.totp is not None
    assert secret not in user.totp
    assert service.keys.open_secret(NAME, user.totp) == secret
    assert isinstance(service.store, SqliteStore)
    kept: tuple[dict[str, bytes], ...] = await service.store.rows(dict, "select hash from recovery_codes")
    assert len(kept) == 10
    assert {len(one["hash"]) for one in kept} == {32}
    assert not any(code.replace("-", "").encode() in one["hash"] for code in codes for one in kept)


async def test_setting_it_up_ends_all_other_sessions(client: Client, service: Service) -> None:
    await log_in(client, service)
    stolen = cookie(client)
    await set_up(client, service)
    take_cookie(client, stolen)
    await page(client, "/desk", status=303)


# -- logging in --------------------------------------------------------------------------------------------------------


async def test_the_password_alone_opens_nothing(client: Client, service: Service, clock: Clock) -> None:
    await enrolled(client, service, clock)
    answer = await try_password(client, NAME, PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/login/code")
    assert cookie(client) == ""
    await page(client, "/desk", status=303)


async def test_password_and_code_open_the_page_one_wanted(client: Client, service: Service, clock: Clock) -> None:
    secret, _ = await enrolled(client, service, clock)
    answer = await try_password(client, NAME, PASSWORD, after=AFTER)
    asked = await page(client, answer.headers["Location"])
    assert f'name="next" value="{AFTER}"' in asked
    answer = await send_code(client, code_now(service, secret), next=AFTER)
    assert (answer.status, answer.headers["Location"]) == (303, AFTER)
    assert cookie(client, STEP_COOKIE) == ""
    await page(client, "/desk")


async def test_a_code_works_once_even_in_the_same_half_minute(client: Client, service: Service, clock: Clock) -> None:
    secret, _ = await enrolled(client, service, clock)
    code = code_now(service, secret)
    await try_password(client, NAME, PASSWORD)
    assert (await send_code(client, code)).status == 303
    await send(client, "/desk/logout")
    await try_password(client, NAME, PASSWORD)
    assert (await send_code(client, code)).status == 422
    assert (await send_code(client, code_now(service, secret, -1))).status == 422
    assert (await send_code(client, code_now(service, secret, 1))).status == 303


async def test_the_code_of_the_enrolment_does_not_log_in(client: Client, service: Service) -> None:
    await log_in(client, service)
    secret, _ = await set_up(client, service)
    await send(client, "/desk/logout")
    await try_password(client, NAME, PASSWORD)
    assert (await send_code(client, code_now(service, secret))).status == 422


async def test_the_same_code_sent_many_times_at_once_opens_one_session(
    client: Client, service: Service, clock: Clock
) -> None:
    secret, _ = await enrolled(client, service, clock)
    await try_password(client, NAME, PASSWORD)
    code = code_now(service, secret)
    sent = await asyncio.gather(*(send_code(client, code) for _ in range(4)))
    assert sorted(one.status for one in sent).count(303) == 1


async def test_a_recovery_code_works_once_however_it_is_typed(client: Client, service: Service, clock: Clock) -> None:
    _, codes = await enrolled(client, service, clock)
    await try_password(client, NAME, PASSWORD)
    assert (await send_code(client, f" {codes[3].lower().replace('-', ' ')} ")).status == 303
    assert "9 recovery codes are left" in await seen(client, "/desk/account?locale=en")
    assert (await doings(service))[-1] == (NAME, "recovery_code", NAME, "")
    await send(client, "/desk/logout")
    await try_password(client, NAME, PASSWORD)
    assert (await send_code(client, codes[3])).status == 422
    assert (await send_code(client, codes[4])).status == 303


async def test_five_wrong_codes_end_the_login(client: Client, service: Service, clock: Clock) -> None:
    secret, _ = await enrolled(client, service, clock)
    await try_password(client, NAME, PASSWORD)
    wrong = [await send_code(client, code) for code in ("000000", "", "ABCD-ABCD-ABCD-ABCD", "1234567", "000001")]
    assert [one.status for one in wrong] == [422] * 5
    assert 'action="/desk/login/code"' in await wrong[3].text()
    assert 'action="/desk/login"' in await wrong[4].text()
    answer = await send_code(client, code_now(service, secret))
    assert answer.status == 422
    assert 'action="/desk/login"' in await answer.text()
    await page(client, "/desk/login/code", status=303)


async def test_many_codes_at_once_get_no_further_than_five(client: Client, service: Service, clock: Clock) -> None:
    secret, _ = await enrolled(client, service, clock)
    await try_password(client, NAME, PASSWORD)
    right = code_now(service, secret)
    guesses = [f"{number:06}" for number in range(12) if f"{number:06}" != right][:11]
    sent = await asyncio.gather(*(send_code(client, code) for code in (*guesses, right)))
    assert [one.status for one in sent] == [422] * 12


async def test_ten_wrong_codes_of_one_user_are_enough_wherever_they_come_from(
    client: Client, service: Service, clock: Clock
) -> None:
    secret, _ = await enrolled(client, service, clock)
    for _ in range(2):
        await try_password(client, NAME, PASSWORD)
        for _ in range(5):
            await send_code(client, "000000")
    await try_password(client, NAME, PASSWORD)
    for _ in range(2):
        assert (await send_code(client, code_now(service, secret))).status == 429
    assert [one for one in await doings(service) if one[1] == "codes_wrong"] == [(NAME, "codes_wrong", NAME, "")]
    clock.forward(minutes=15, seconds=1)
    await try_password(client, NAME, PASSWORD)
    assert (await send_code(client, code_now(service, secret))).status == 303


async def test_a_login_waits_ten_minutes_for_its_code(client: Client, service: Service, clock: Clock) -> None:
    secret, _ = await enrolled(client, service, clock)
    await try_password(client, NAME, PASSWORD)
    clock.forward(minutes=9, seconds=59)
    await page(client, "/desk/login/code")
    clock.forward(seconds=1)
    await page(client, "/desk/login/code", status=303)
    answer = await send_code(client, code_now(service, secret))
    assert answer.status == 422
    assert cookie(client) == ""


@pytest.mark.parametrize("change", [UserChange(password="$argon2id$x"), UserChange(disabled=True)])
async def test_a_login_that_waits_ends_when_the_user_changes(
    client: Client, service: Service, clock: Clock, change: UserChange
) -> None:
    secret, _ = await enrolled(client, service, clock)
    await try_password(client, NAME, PASSWORD)
    await service.store.accounts.change(NAME, change)
    assert (await send_code(client, code_now(service, secret))).status == 422
    assert cookie(client) == ""


async def test_the_code_is_taken_only_in_the_browser_that_gave_the_password(
    client: Client, service: Service, clock: Clock
) -> None:
    secret, _ = await enrolled(client, service, clock)
    await try_password(client, NAME, PASSWORD)
    right = cookie(client, STEP_COOKIE)
    take_cookie(client, "x" * 43, STEP_COOKIE)
    assert (await send_code(client, code_now(service, secret))).status == 422
    take_cookie(client, right, STEP_COOKIE)
    assert (await send_code(client, code_now(service, secret), token=form_token("other"))).status == 403
    assert (await send_code(client, code_now(service, secret))).status == 303


async def test_the_session_begins_with_the_code_and_is_new(client: Client, service: Service, clock: Clock) -> None:
    secret, _ = await enrolled(client, service, clock)
    take_cookie(client, "planted" * 6)
    await try_password(client, NAME, PASSWORD)
    answer = await send_code(client, code_now(service, secret))
    set_anew = answer.cookies[COOKIE]
    assert set_anew.value not in ("", "planted" * 6)
    assert (set_anew["samesite"], set_anew["httponly"]) == ("Strict", True)


async def test_a_wrong_password_never_tells_whether_there_is_a_second_step(
    client: Client, service: Service, clock: Clock
) -> None:
    await enrolled(client, service, clock)
    await hire(service, "berit")
    with_one, without = await try_password(client, NAME, "wrong"), await try_password(client, "berit", "wrong")
    assert with_one.status == without.status == 422
    assert (await with_one.text()).replace(NAME, "…") == (await without.text()).replace("berit", "…")
    assert STEP_COOKIE not in with_one.cookies


# -- changing it -------------------------------------------------------------------------------------------------------


async def test_another_telephone_needs_the_password_and_takes_the_first_ones_place(
    client: Client, service: Service, clock: Clock
) -> None:
    await log_in(client, service)
    old, _ = await set_up(client, service)
    clock.forward(minutes=1)
    await page(client, "/desk/account/second-step?new=1")
    assert client.app is not None
    new = client.app[SIGN_IN].offered_secret(NAME)
    path = "/desk/account/second-step?new=1"
    refused = await send(client, path, do="enrol", code=code_now(service, new), password="wrong")
    assert refused.status == 422
    assert (await send(client, path, do="enrol", code=code_now(service, new), password=PASSWORD)).status == 200
    await send(client, "/desk/logout")
    clock.forward(minutes=1)
    await try_password(client, NAME, PASSWORD)
    assert (await send_code(client, code_now(service, old))).status == 422
    assert (await send_code(client, code_now(service, new))).status == 303


async def test_new_recovery_codes_need_the_password_and_end_the_old_ones(
    client: Client, service: Service, clock: Clock
) -> None:
    await log_in(client, service)
    _, old = await set_up(client, service)
    assert (await send(client, "/desk/account/second-step", do="codes", password="wrong")).status == 422
    answer = await send(client, "/desk/account/second-step", do="codes", password=PASSWORD)
    assert answer.status == 200
    await send(client, "/desk/logout")
    await try_password(client, NAME, PASSWORD)
    assert (await send_code(client, old[0])).status == 422


async def test_it_is_removed_with_the_password_where_it_is_not_required(client: Client, service: Service) -> None:
    await log_in(client, service)
    await set_up(client, service)
    assert (await send(client, "/desk/account/second-step", do="remove", password="wrong")).status == 422
    assert (await user_of(service)).totp is not None
    assert (await send(client, "/desk/account/second-step", do="remove", password=PASSWORD)).status == 303
    assert (await user_of(service)).totp is None
    assert await service.store.accounts.recovery_codes_left(NAME) == 0
    await page(client, "/desk")
    assert (await doings(service))[-1] == (NAME, "second_step_removed", NAME, "")


# -- where it is required ----------------------------------------------------------------------------------------------


@pytest.fixture
async def strict(aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service) -> Client:
    """A server whose office asks for a second step."""
    service.settings = msgspec.structs.replace(Settings(), second_step="required")
    return await aiohttp_client(make_app(service, secure=False))


async def test_where_it_is_required_nothing_opens_before_it_is_set_up(strict: Client, service: Service) -> None:
    await log_in(strict, service)
    app = strict.app
    assert app is not None
    allowed = {"/desk/login", "/desk/login/code", "/desk/logout", "/desk/account/password", "/desk/account/second-step"}
    for route in app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        if path.startswith("/desk") and path not in allowed and route.method in ("GET", "POST"):
            form = {"token": form_token(cookie(strict))}
            answer = await strict.request(
                route.method, path.replace("{id}", "1" * 32), data=form, allow_redirects=False
            )
            assert (answer.status, answer.headers["Location"]) == (303, "/desk/account/second-step"), path
    await set_up(strict, service)
    await page(strict, "/desk")


async def test_where_it_is_required_it_cannot_be_removed(strict: Client, service: Service) -> None:
    await log_in(strict, service)
    await set_up(strict, service)
    assert (await send(strict, "/desk/account/second-step", do="remove", password=PASSWORD)).status == 404
    assert (await user_of(service)).totp is not None


async def test_who_is_led_to_the_second_step_can_log_out(strict: Client, service: Service) -> None:
    await log_in(strict, service)
    assert (await send(strict, "/desk/logout")).headers["Location"] == "/desk/login"
