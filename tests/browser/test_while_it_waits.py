"""While an answer waits for the network: what the person can do, and what leaving means."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Dialog as Asking

from assistant.core.record import Filled
from assistant.service import Service
from tests.browser.bad_network import UNHEARD, WELL, Proxy
from tests.browser.losing import (
    AGAIN,
    asked,
    lose,
    stop_the_clock,
    times,
)
from tests.browser.own_browser import OwnBrowser, Tab
from tests.browser.phone import GO, IN_CHROMIUM, Phones
from tests.browser.records import events
from tests.conftest import Client
from tests.web.browser_without_script import Browser
from tests.web.visits import the_talk, until

pytestmark = IN_CHROMIUM


async def test_a_tap_on_continue_sends_the_newest_words(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill({"called_name": "Amal"})
    await lose(phone, network)
    await phone.page.fill("[name='field.called_name']", "Amira")
    network.fate = WELL
    await phone.proceed()
    on_record = await events(service, the_talk(service))
    assert [event.values["called_name"] for event in on_record if isinstance(event, Filled)] == ["Amira"]


async def test_newer_words_behind_an_answer_that_was_counted_unheard_are_told_what_is_saved(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill({"called_name": "Amal"})
    await lose(phone, network, UNHEARD)
    await phone.page.fill("[name='field.called_name']", "Amira")
    network.fate = WELL
    await phone.proceed()
    assert phone.status == 409
    assert "Amal" in phone.drawn.text
    assert times(await events(service, the_talk(service)), "you") == 1


@pytest.mark.parametrize("button", ["[form=back]", "[form=change]", GO, "[value=skip]", "[form=finish]"])
async def test_whatever_was_tapped_the_words_about_the_network_are_in_sight(
    phones: Phones, network: Proxy, client: Client, button: str
) -> None:
    phone = await asked(phones, network, client, "language_skills")
    await lose(phone, network, button=button)
    shown = await phone.page.evaluate(
        "() => { const box = wait.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight }"
    )
    assert shown


async def test_continue_on_the_page_with_the_code_can_be_tapped_again(phones: Phones, network: Proxy) -> None:
    phone = await phones.new(script=True, base=network.address)
    await phone.page.clock.install(time=0)
    await phone.begin("sv")
    await phone.answer()
    await stop_the_clock(phone)
    link = 'a[href="/chat#q"]'
    await lose(phone, network, button=link)
    network.fate = WELL
    async with phone.turning():
        await phone.tap(link)
    assert phone.item == "you"


async def test_who_has_left_elsewhere_is_told_so_behind_the_page_with_the_code(phones: Phones, network: Proxy) -> None:
    phone = await phones.new(script=True, base=network.address)
    await phone.begin("sv")
    await phone.answer()
    await phone.page.context.clear_cookies()
    await phone.follow("/chat#q")
    assert phone.path == "/"


# -- leaving while something waits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", ["button", "keys"])
async def test_who_leaves_sends_nothing_any_more(
    phones: Phones, network: Proxy, client: Client, service: Service, leave: str
) -> None:
    phone = await asked(phones, network, client)
    asking: list[str] = []

    async def go(dialog: Asking) -> None:
        asking.append(dialog.type)
        await dialog.accept()

    phone.page.on("dialog", go)
    await phone.fill()
    await lose(phone, network)
    sent = network.passed.count(("POST", "/chat"))
    network.fate = WELL
    async with phone.turning():
        if leave == "button":
            await phone.tap("#leave button")
        else:
            for _ in range(3):
                await phone.page.keyboard.press("Shift")
    assert (phone.path, asking) == ("/left", [])
    assert network.passed.count(("POST", "/chat")) == sent
    assert times(await events(service, the_talk(service)), "you") == 0


async def test_closing_asks_only_while_something_is_unsent(phones: Phones, network: Proxy, client: Client) -> None:
    phone = await asked(phones, network, client)
    asking: list[str] = []

    async def stay(dialog: Asking) -> None:
        asking.append(dialog.type)
        await dialog.dismiss()

    phone.page.on("dialog", stay)
    await phone.fill({"called_name": "Amal"})
    await phone.follow("/sv/privacy")
    await phone.follow("/")
    await phone.open("/chat")
    assert asking == []
    await phone.fill({"called_name": "Amal"})
    await lose(phone, network)
    network.fate = WELL
    async with phone.page.expect_event("dialog"):
        await phone.tap('footer a[href="/sv/privacy"]')
    await phone.look()
    assert (phone.path, asking) == ("/chat", ["beforeunload"])
    assert await phone.page.input_value("[name='field.called_name']") == "Amal"
    async with phone.turning():
        await phone.tap(AGAIN)
    await phone.follow("/sv/privacy")
    assert phone.path == "/sv/privacy" and len(asking) == 1


async def test_who_goes_away_although_something_waits_sends_nothing_from_behind(
    tmp_path: Path, chromium: Chromium, network: Proxy, client: Client, service: Service
) -> None:
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, "you")
    # This one keeps the page that was left, with all that it was about to do.
    async with OwnBrowser(tmp_path / "profile", chromium, network.address).started(script=True) as phone:
        phone.page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        await phone.borrow(client)
        await phone.page.clock.install(time=0)
        await phone.open("/chat")
        await stop_the_clock(phone)
        await phone.fill()
        await lose(phone, network)
        sent = network.passed.count(("POST", "/chat"))
        network.fate = WELL
        await phone.follow("/sv/privacy")
        tab = await Tab.of(phone.page)
        await tab.go(len(await tab.entries()) - 2)
        assert "Fråga 1" in await tab.everything()
        await phone.page.clock.run_for(60_000)
        assert network.passed.count(("POST", "/chat")) == sent
    assert times(await events(service, the_talk(service)), "you") == 0
