"""Signing in at the desk with a browser: through another site, with a second step, and as an administrator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Request

from assistant import totp
from assistant.server.app import make_app
from assistant.server.keys import SIGN_IN
from assistant.service import Service, utc_now
from assistant.settings import Settings
from tests.browser.looking import axe
from tests.browser.phone import IN_CHROMIUM, Phone, Phones
from tests.conftest import Client, Clock
from tests.local_provider import provider_in, tell
from tests.web.desk_staff import employ
from tests.web.desk_visits import NAME, PASSWORD

pytestmark = IN_CHROMIUM

OTHER = "chief"


@pytest_asyncio.fixture(loop_scope="session")
async def issuer(tmp_path: Path) -> AsyncIterator[str]:
    """A provider at ``localhost``, which is another site than ``127.0.0.1``."""
    running = provider_in(tmp_path)
    yield await asyncio.to_thread(running.__enter__)
    await asyncio.to_thread(running.__exit__, None, None, None)


@pytest_asyncio.fixture(loop_scope="session")
async def client(service: Service, clock: Clock, issuer: str) -> AsyncIterator[Client]:
    clock.now = utc_now()
    service.settings = Settings(
        openid_issuer=issuer, openid_client_id="klarbild", openid_client_secret="x", openid_logout=True
    )
    async with TestClient(TestServer(make_app(service, secure=False))) as made:
        yield made


async def broken(phone: Phone) -> list[str]:
    """What axe-core says of the page in light and in dark colours, and what the browser says of its policy."""
    found = await axe(phone.page)
    await phone.page.emulate_media(color_scheme="dark")
    found += [f"dark {one}" for one in await axe(phone.page, "color-contrast")]
    await phone.page.emulate_media(color_scheme="light")
    return found + phone.complaints


@pytest.mark.parametrize("script", [True, False])
async def test_somebody_comes_in_through_another_site_and_goes_out_there_too(
    phones: Phones, client: Client, service: Service, issuer: str, script: bool
) -> None:
    await employ(service, NAME, "caseworker", password="")
    await asyncio.to_thread(tell, issuer, "subject-1", preferred_username=NAME)
    computer = await phones.new(width=1280, height=900, mouse=True, script=script)
    page = computer.page
    await computer.open("/desk")
    await page.click("a.button")
    await page.wait_for_url(f"{issuer}/**")
    await page.fill("input[name=sub]", "subject-1")
    await page.click("button:has-text('Authorize')")
    # By itself: the page after the provider's is one of ours that goes on.
    await page.wait_for_url(f"{computer.base}/desk")
    assert await page.text_content("h1") == "Ärenden"
    session = [one for one in await page.context.cookies() if one["name"] == "klarbild-desk"]
    assert [(one["sameSite"], one["httpOnly"]) for one in session] == [("Strict", True)]
    await page.click("header form button")
    await page.wait_for_url(f"{issuer}/**")
    await computer.open("/desk")
    assert computer.path == "/desk/login?next=/desk"
    assert computer.complaints == []


async def test_a_redirect_in_its_place_would_not_have_brought_the_session_along(
    phones: Phones, client: Client, service: Service, issuer: str
) -> None:
    """Why there is a page between: the browser holds the cookie back on what another site has begun."""
    await employ(service, NAME, "caseworker", password="")
    await asyncio.to_thread(tell, issuer, "subject-1", preferred_username=NAME)
    computer = await phones.new(width=1280, height=900, mouse=True, script=True)
    sent: list[tuple[str, str]] = []

    async def note(request: Request) -> None:
        headers = await request.all_headers()
        sent.append((request.url.removeprefix(computer.base).partition("?")[0], headers.get("cookie", "")))

    computer.page.on("requestfinished", note)
    await computer.open("/desk/login")
    await computer.page.click("a.button")
    await computer.page.fill("input[name=sub]", "subject-1")
    await computer.page.click("button:has-text('Authorize')")
    await computer.page.wait_for_url(f"{computer.base}/desk")
    await computer.page.wait_for_load_state()
    cookies = {path: {one.partition("=")[0] for one in cookie.split("; ")} for path, cookie in sent if cookie}
    assert cookies["/desk/login/openid/callback"] == {"klarbild-openid"}
    assert cookies["/desk"] == {"klarbild-desk"}
    # Once more, while the session's cookie is there: it does not come with the callback, which another site has begun.
    sent.clear()
    await computer.page.context.clear_cookies(name="klarbild-openid")
    await computer.page.goto(f"{computer.base}/desk/login/openid")
    await computer.page.fill("input[name=sub]", "subject-1")
    await computer.page.click("button:has-text('Authorize')")
    await computer.page.wait_for_url(f"{computer.base}/desk")
    await computer.page.wait_for_load_state()
    callback = [cookie for path, cookie in sent if path.endswith("/callback")]
    assert [one.partition("=")[0] for one in callback] == ["klarbild-openid"]


async def sign_in(phone: Phone, name: str) -> None:
    await phone.page.context.clear_cookies()
    await phone.open("/desk/login?locale=en")
    await phone.page.fill("#name", name)
    await phone.page.fill("#password", PASSWORD)
    async with phone.turning():
        await phone.page.keyboard.press("Enter")


async def tour(phone: Phone, client: Client, service: Service, clock: Clock) -> AsyncIterator[str]:
    """Every page of signing in and of the own login."""
    assert client.app is not None
    entry = client.app[SIGN_IN]
    await employ(service, NAME, "caseworker", once_until="2999-01-01")
    await sign_in(phone, NAME)
    yield "a password for once"
    await phone.page.fill("#old", PASSWORD)
    for field in ("#new", "#again"):
        await phone.page.fill(field, "password12345")
    async with phone.turning():
        await phone.tap("main form button")
    yield "a password that is guessed first"
    await employ(service, NAME, "caseworker")
    await sign_in(phone, NAME)
    for path in ("/desk/account", "/desk/account?done=password&locale=en", "/desk/account/second-step"):
        await phone.open(path)
        yield path
    await phone.page.fill("#code", "000000")
    async with phone.turning():
        await phone.tap("button[value=enrol]")
    yield "a wrong code at the square"
    secret = entry.offered_secret(NAME)
    await phone.page.fill("#code", totp.code(secret, totp.step_at(clock().timestamp())))
    async with phone.turning():
        await phone.tap("button[value=enrol]")
    yield "recovery codes"
    for path in ("/desk/account", "/desk/account/second-step", "/desk/account/second-step?new=1"):
        await phone.open(path)
        yield f"{path}, with one"
    async with phone.turning():
        await phone.tap("header form button")
    await sign_in(phone, NAME)
    yield "the code is asked for"
    await phone.page.fill("#code", "000000")
    async with phone.turning():
        await phone.page.keyboard.press("Enter")
    yield "a wrong code"
    clock.forward(minutes=1)
    await phone.page.fill("#code", totp.code(secret, totp.step_at(clock().timestamp())))
    async with phone.turning():
        await phone.page.keyboard.press("Enter")
    assert phone.path.startswith("/desk?")
    async with phone.turning():
        await phone.tap("header form button")
    await phone.open("/desk/login/openid/callback?code=1&state=2")
    yield "a state that is not under way"


async def rule(phone: Phone, service: Service) -> AsyncIterator[str]:
    """The pages of an administrator."""
    await employ(service, OTHER, "admin")
    await sign_in(phone, OTHER)
    async with phone.turning():
        await phone.tap("header nav a[href*=admin]")
    yield "users"
    await phone.page.fill("#name", "Åsa")
    await phone.page.select_option("#role", "lead")
    async with phone.turning():
        await phone.tap("main form button")
    yield "a password for once, shown"
    await phone.open("/desk/admin")
    await phone.page.fill("#name", "Åsa")
    await phone.page.select_option("#role", "lead")
    async with phone.turning():
        await phone.tap("main form button")
    yield "a name that is taken"
    for name in ("Åsa", OTHER):
        await phone.open(f"/desk/admin/user?name={name}")
        yield f"one of them, {name}"
    await phone.open("/desk/admin/user?name=Åsa")
    async with phone.turning():
        await phone.tap("button[value=disable]")
    yield "somebody shut out"


async def test_no_page_of_signing_in_breaks_a_rule(
    phones: Phones, client: Client, service: Service, clock: Clock
) -> None:
    computer = await phones.new(width=1280, height=900, mouse=True, script=True)
    found = {
        state: wrong async for state in tour(computer, client, service, clock) if (wrong := await broken(computer))
    }
    found |= {state: wrong async for state in rule(computer, service) if (wrong := await broken(computer))}
    assert found == {}


@pytest.mark.parametrize("width", [320, 768])
async def test_no_page_of_signing_in_is_wider_than_a_small_screen(
    phones: Phones, client: Client, service: Service, clock: Clock, width: int
) -> None:
    phone = await phones.new(width=width, height=740, script=True)
    too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    found = {state async for state in tour(phone, client, service, clock) if await phone.page.evaluate(too_wide) > 0}
    found |= {state async for state in rule(phone, service) if await phone.page.evaluate(too_wide) > 0}
    assert found == set()


async def test_a_second_step_is_set_up_with_the_keyboard_alone(
    phones: Phones, client: Client, service: Service, clock: Clock
) -> None:
    assert client.app is not None
    await employ(service, NAME, "caseworker")
    computer = await phones.new(width=1280, height=900, mouse=True, script=True)
    await sign_in(computer, NAME)
    await computer.open("/desk/account/second-step?locale=en")
    focused = "document.activeElement.id || document.activeElement.textContent"
    for _ in range(12):
        await computer.page.keyboard.press("Tab")
        if await computer.page.evaluate(focused) == "code":
            break
    secret = client.app[SIGN_IN].offered_secret(NAME)
    await computer.page.keyboard.type(totp.code(secret, totp.step_at(clock().timestamp())))
    await computer.page.keyboard.press("Tab")
    assert await computer.page.evaluate(focused) == "Set up"
    async with computer.turning():
        await computer.page.keyboard.press("Enter")
    assert computer.heading == "Your recovery codes"
