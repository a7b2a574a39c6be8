"""Who may come in to the desk, and how they go out again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.web import Application

from assistant.attempts import TooManyFailures
from assistant.server.app import make_app
from assistant.server.sessions import form_token
from assistant.service import Service
from assistant.signing_in import MOST_FROM_AN_ADDRESS, SignIn
from assistant.staff import Staff
from assistant.store import UserRow, codes
from tests.conftest import Client, Clock
from tests.web.desk_visits import NAME, PASSWORD, hire, log_in, page, try_password

COOKIE = "klarbild-desk"


async def nobodys_sessions(name: str) -> None:
    """There are none where no server is."""


def sign_in(service: Service) -> SignIn:
    return SignIn(Staff(service.store, service.keys, service.clock, nobodys_sessions), service.clock)


def session_of(client: Client) -> str:
    cookies = client.session.cookie_jar.filter_cookies(client.make_url("/desk"))
    return cookies[COOKIE].value if COOKIE in cookies else ""


async def test_every_page_of_the_desk_but_the_login_leads_to_the_login(client: Client) -> None:
    app = client.app
    assert app is not None
    routes = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/desk")
    }
    assert len(routes) > 6
    for method, path in sorted(routes):
        answer = await client.request(method, path.replace("{id}", "1" * 32), allow_redirects=False)
        if path == "/desk/login" or (method, path) == ("POST", "/desk/login/code"):
            assert answer.status in (200, 422)
        else:
            assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/desk/login"), path


async def test_the_right_password_opens_the_list(client: Client, service: Service) -> None:
    await hire(service)
    answer = await try_password(client, NAME, PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk")
    assert "<h1>Cases</h1>" in await page(client, "/desk?locale=en")


async def test_the_cookie_is_for_the_server_alone(client: Client, service: Service) -> None:
    await hire(service)
    cookie = (await try_password(client, NAME, PASSWORD)).headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


async def test_over_https_the_cookie_is_bound_to_the_host(
    aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service
) -> None:
    client = await aiohttp_client(make_app(service, secure=True))
    await hire(service)
    cookie = (await try_password(client, NAME, PASSWORD)).headers["Set-Cookie"]
    assert cookie.startswith("__Host-klarbild-desk=")
    assert "Secure" in {part.strip() for part in cookie.split(";")}


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Client, service: Service) -> None:
    await hire(service)
    known, unknown = await try_password(client, NAME, "wrong"), await try_password(client, "berit", "wrong")
    assert known.status == unknown.status == 422
    assert (await known.text()).replace(NAME, "…") == (await unknown.text()).replace("berit", "…")
    assert session_of(client) == ""


async def test_an_unknown_name_costs_a_whole_check_of_a_password(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    check = codes.verify_password

    def counted(password: str, phc: str) -> bool:
        checked.append(phc)
        return check(password, phc)

    monkeypatch.setattr(codes, "verify_password", counted)
    gone = UserRow(name="gone", password=codes.hash_password(PASSWORD), role="lead", created="", disabled=True)
    late = UserRow(
        name="late", password=codes.hash_password(PASSWORD), role="lead", created="", once_until="2026-03-04"
    )
    elsewhere = UserRow(name="elsewhere", password="", role="lead", created="", subject="https://idp.example.org 1")
    for row in (gone, late, elsewhere):
        await service.store.put_user(row)
    for name in ("nobody", "gone", "late", "elsewhere"):
        checked.clear()
        assert await sign_in(service).password(name, PASSWORD) is None
        assert [one.partition("$v=")[0] for one in checked] == ["$argon2id"], name


async def test_after_ten_failures_the_right_password_waits_for_a_quarter_of_an_hour(
    client: Client, service: Service, clock: Clock
) -> None:
    await hire(service)
    for _ in range(10):
        assert (await try_password(client, NAME, "wrong")).status == 422
    assert (await try_password(client, NAME, PASSWORD)).status == 429
    clock.forward(minutes=15, seconds=1)
    assert (await try_password(client, NAME, PASSWORD)).status == 303


async def test_failures_with_one_name_keep_nobody_else_out(client: Client, service: Service) -> None:
    await hire(service)
    for _ in range(11):
        last = await try_password(client, "berit", "wrong")
    assert last.status == 429
    assert (await try_password(client, NAME, PASSWORD)).status == 303


async def test_who_tries_from_elsewhere_locks_nobody_out(client: Client, service: Service) -> None:
    service.settings = type(service.settings)(behind_tls_proxy=True)
    await hire(service)
    for n in range(11):
        last = await try_password(client, NAME, "wrong", address=f"10.9.9.{n}")
    assert last.status == 429
    assert (await try_password(client, NAME, PASSWORD, address="10.9.9.77")).status == 429
    assert (await try_password(client, NAME, PASSWORD, address="10.1.1.1")).status == 303


async def test_many_names_from_one_address_are_too_many_too(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await hire(service)
    entry = sign_in(service)
    monkeypatch.setattr(codes, "verify_password", lambda password, phc: password == PASSWORD)
    for n in range(MOST_FROM_AN_ADDRESS):
        assert await entry.password(f"name {n}", "wrong", "10.9.9.0/24") is None
    with pytest.raises(TooManyFailures):
        await entry.password(NAME, PASSWORD, "10.9.9.0/24")
    assert await entry.password(NAME, PASSWORD, "10.1.1.0/24")


async def test_right_passwords_are_never_too_many(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await hire(service)
    monkeypatch.setattr("assistant.signing_in.MOST_FROM_AN_ADDRESS", 5)
    entry = sign_in(service)
    assert all([await entry.password(NAME, PASSWORD, "10.1.1.0/24") for _ in range(7)])


async def test_many_tries_at_once_get_no_further_than_ten(service: Service) -> None:
    await hire(service)
    entry = sign_in(service)
    tries = await asyncio.gather(*(entry.password(NAME, f"wrong {one}") for one in range(30)), return_exceptions=True)
    assert [isinstance(one, TooManyFailures) for one in tries].count(True) == 20
    assert tries.count(None) == 10


async def test_a_good_login_forgets_the_failures_before_it(client: Client, service: Service) -> None:
    await hire(service)
    for _ in range(2):
        for _ in range(9):
            await try_password(client, NAME, "wrong")
        assert (await try_password(client, NAME, PASSWORD)).status == 303


async def test_after_the_login_one_stands_where_one_wanted_to_go(client: Client, service: Service) -> None:
    await hire(service)
    case = f"/desk/cases/{'a' * 32}/summary"
    asked = await client.get(case, allow_redirects=False)
    assert asked.headers["Location"] == f"/desk/login?next={case}"
    assert f'value="{case}"' in await page(client, asked.headers["Location"])
    assert (await try_password(client, NAME, PASSWORD, after=case)).headers["Location"] == case


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/", "//example.org", "/desk/../chat", "/desk//example.org", "/chat", "javascript:1"],
)
async def test_the_login_leads_nowhere_but_to_the_desk(client: Client, service: Service, elsewhere: str) -> None:
    await hire(service)
    assert (await try_password(client, NAME, PASSWORD, after=elsewhere)).headers["Location"] == "/desk"


async def test_logging_out_ends_the_session_itself(client: Client, service: Service) -> None:
    await log_in(client, service)
    session = session_of(client)
    out = await client.post("/desk/logout", data={"token": form_token(session)}, allow_redirects=False)
    assert (out.status, out.headers["Location"]) == (303, "/desk/login")
    client.session.cookie_jar.update_cookies({COOKIE: session}, client.make_url("/"))
    await page(client, "/desk", status=303)


@pytest.mark.parametrize("token", ["", "0" * 43])
async def test_a_form_without_the_token_of_the_session_does_nothing(
    client: Client, service: Service, token: str
) -> None:
    await log_in(client, service)
    answer = await client.post("/desk/logout", data={"token": token}, allow_redirects=False)
    assert answer.status == 403
    await page(client, "/desk")


async def test_a_form_from_another_site_does_nothing(client: Client, service: Service) -> None:
    await log_in(client, service)
    form = {"token": form_token(session_of(client))}
    away = {"Sec-Fetch-Site": "cross-site", "Origin": "https://example.org"}
    assert (await client.post("/desk/logout", data=form, headers=away, allow_redirects=False)).status == 403
    await page(client, "/desk")


async def test_a_session_that_is_left_alone_ends_after_twenty_minutes(
    client: Client, service: Service, clock: Clock
) -> None:
    await log_in(client, service)
    clock.forward(minutes=19)
    await page(client, "/desk")
    clock.forward(minutes=21)
    await page(client, "/desk", status=303)


async def test_who_is_no_longer_employed_is_out_at_once(client: Client, service: Service) -> None:
    await log_in(client, service)
    await service.store.drop_user(NAME)
    await page(client, "/desk", status=303)


async def test_a_new_login_ends_the_session_before_it(client: Client, service: Service) -> None:
    await log_in(client, service)
    first = session_of(client)
    await try_password(client, NAME, PASSWORD)
    assert session_of(client) not in ("", first)
    client.session.cookie_jar.update_cookies({COOKIE: first}, client.make_url("/"))
    await page(client, "/desk", status=303)


async def test_an_applicants_session_opens_nothing_at_the_desk(client: Client, service: Service) -> None:
    await client.post("/en/begin", allow_redirects=False)
    cookies = client.session.cookie_jar.filter_cookies(client.make_url("/"))
    client.session.cookie_jar.update_cookies({COOKIE: cookies["klarbild"].value}, client.make_url("/"))
    await page(client, "/desk", status=303)
