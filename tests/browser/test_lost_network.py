"""A bad network, with the script: a turn is counted once, its words stay, and the person is told what happens."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from assistant.service import Service
from tests.browser.bad_network import CUT, LOST, TWICE, UNHEARD, WELL, Fate, Proxy
from tests.browser.losing import (
    AGAIN,
    NEXT,
    WAYS,
    asked,
    by_the_button,
    lose,
    said,
    times,
    when_it_is_looked_at_again,
    when_the_network_is_back,
    word,
)
from tests.browser.phone import GO, IN_CHROMIUM, Phone, Phones
from tests.browser.records import events, every_talk
from tests.browser.tour import TALKATIVE
from tests.conftest import Client
from tests.web.browser_without_script import Browser
from tests.web.visits import the_talk

pytestmark = IN_CHROMIUM

ALL_TURNS = 100


@pytest.mark.parametrize("go_on", WAYS)
@pytest.mark.parametrize("fate", [LOST, UNHEARD, CUT], ids=["lost", "unheard", "cut"])
async def test_a_lost_answer_waits_beside_its_button_and_is_counted_once(
    phones: Phones,
    network: Proxy,
    client: Client,
    service: Service,
    fate: Fate,
    go_on: Callable[[Phone], Awaitable[None]],
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill({"called_name": "Amal"})
    await lose(phone, network, fate)
    beside, status = await said(phone)
    assert beside == status == await word(phone, "lost") != ""
    assert await phone.page.evaluate("document.querySelector('.go').nextElementSibling.id") == "wait"
    assert await phone.page.input_value("[name='field.called_name']") == "Amal"
    assert await phone.page.is_enabled(GO)
    network.fate = WELL
    await go_on(phone)
    await phone.page.wait_for_selector(NEXT)
    assert await said(phone) == ("", await word(phone, "saved"))
    assert times(await events(service, the_talk(service)), "you") == 1
    assert phone.complaints == []


async def tried_again_after(phone: Phone, network: Proxy, milliseconds: int) -> None:
    """Lost once more, after exactly this time."""
    sent = network.passed.count(("POST", "/chat"))
    await phone.page.clock.run_for(milliseconds - 1)
    assert network.passed.count(("POST", "/chat")) == sent
    async with phone.page.expect_event("requestfailed"):
        await phone.page.clock.run_for(1)
    await phone.page.wait_for_selector(AGAIN, state="visible")


async def test_it_is_tried_again_by_itself_more_and_more_rarely(phones: Phones, network: Proxy, client: Client) -> None:
    phone = await asked(phones, network, client)
    await phone.fill()
    await lose(phone, network)
    for seconds in (2, 5, 10, 30, 30):
        await tried_again_after(phone, network, 1000 * seconds)
    network.fate = WELL
    async with phone.turning():
        await phone.page.clock.run_for(30_000)
    assert phone.item == "urgent_needs"
    await phone.fill()
    await lose(phone, network)
    await tried_again_after(phone, network, 2000)


async def test_a_try_by_hand_begins_the_waiting_anew(phones: Phones, network: Proxy, client: Client) -> None:
    phone = await asked(phones, network, client)
    await lose(phone, network)
    async with phone.page.expect_event("requestfailed"):
        await phone.tap(AGAIN)
    await tried_again_after(phone, network, 5000)


async def test_what_takes_long_says_so_and_a_second_tap_sends_nothing(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill()
    late = asyncio.Event()
    network.fate = Fate(after=late)
    await phone.tap(GO)
    await network.came("POST", "/chat", 1)
    assert await said(phone) == ("", "")
    await phone.page.clock.run_for(700)
    assert await said(phone) == (await word(phone, "sending"),) * 2 != ("", "")
    assert not await phone.page.is_visible(AGAIN)
    await phone.tap(GO)
    late.set()
    await phone.page.wait_for_selector(NEXT)
    assert network.passed.count(("POST", "/chat")) == 1
    assert times(await events(service, the_talk(service)), "you") == 1


async def test_what_never_comes_back_is_given_up_after_twenty_seconds_and_sent_again(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill()
    network.fate = Fate(after=asyncio.Event())
    await phone.tap(GO)
    await network.came("POST", "/chat", 1)
    await phone.page.clock.run_for(20_000)
    await phone.page.wait_for_selector(AGAIN, state="visible")
    network.fate = WELL
    await phone.page.clock.run_for(2000)
    await phone.page.wait_for_selector(NEXT)
    assert times(await events(service, the_talk(service)), "you") == 1


async def test_a_doubled_request_is_one_answer(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    phone = await asked(phones, network, client)
    network.fate = TWICE
    await phone.answer()
    await phone.answer()
    on_record = await events(service, the_talk(service))
    assert [times(on_record, item) for item in ("you", "urgent_needs")] == [1, 1]
    assert phone.complaints == []


# -- all of them -------------------------------------------------------------------------------------------------------


async def _with_script(phone: Phone, network: Proxy, chance: random.Random) -> None:
    """Do what the page asks for, and lose it on its way, or what comes back."""
    network.fate = chance.choice((LOST, UNHEARD, CUT))

    async def find_it_again() -> None:
        await phone.page.wait_for_selector(AGAIN, state="visible")
        network.fate = WELL
        await chance.choice((by_the_button, when_the_network_is_back, when_it_is_looked_at_again))(phone)

    await asyncio.gather(phone.step(TALKATIVE), find_it_again())


async def test_a_hundred_of_a_hundred_lost_turns_are_counted_once(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    chance, phone, lost = random.Random(100), await phones.new(script=True, base=network.address), 0
    while lost < ALL_TURNS:
        await phone.begin("sv")
        while lost < ALL_TURNS and not phone.drawn.is_done():
            await _with_script(phone, network, chance)
            lost += 1
    on_record = await every_talk(service)
    client.session.cookie_jar.clear()
    well = Browser(client)
    await well.begin("sv")
    await well.walk(TALKATIVE)
    told = (await every_talk(service))[-1]
    assert len(on_record) == 3
    assert on_record[:2] == [told, told]
    assert on_record[2] == told[: len(on_record[2])]
    assert phone.complaints == []


async def test_without_script_the_browsers_own_reload_sends_it_again_and_counts_it_once(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    chance, phone, lost = random.Random(20), await phones.new(base=network.address), []
    await phone.begin("sv")
    for _ in range(12):
        if phone.question:
            lost.append(phone.item)
            await phone.fill(TALKATIVE)
            network.fate = chance.choice((LOST, UNHEARD))
            async with phone.failing():
                await phone.tap(GO)
            network.fate = WELL
            await phone.reload()
        else:
            await phone.step(TALKATIVE)
    on_record = await events(service, the_talk(service))
    assert [times(on_record, item) for item in lost[1:]] == [1] * (len(lost) - 1)
    assert len(lost) == 11


async def test_what_is_not_kept_is_not_called_saved(phones: Phones) -> None:
    phone = await phones.new(script=True)
    await phone.begin("sv")
    await phone.answer({"protected_identity": "yes"})
    assert not phone.question
    assert await said(phone) == ("", "")
    await phone.back()
    assert await said(phone) == ("", "")
    await phone.answer({"protected_identity": "no"})
    assert await said(phone) == ("", await word(phone, "saved"))
