"""A bad network without any script: the browser says that something failed, and the person tries again."""

from __future__ import annotations

import asyncio

import pytest

from assistant.service import Service
from tests.browser.bad_network import CUT, LOST, TWICE, UNHEARD, WELL, Fate, Proxy
from tests.browser.phone import GO, IN_CHROMIUM, Phone, Phones
from tests.browser.records import events
from tests.web.visits import the_talk

pytestmark = IN_CHROMIUM


async def answered(service: Service) -> list[str]:
    """The names of the questions whose answers are on record, in order, as often as they are there."""
    return [event.item for event in await events(service, the_talk(service)) if hasattr(event, "item")]


async def begun(phones: Phones, network: Proxy) -> Phone:
    phone = await phones.new(base=network.address)
    await phone.begin("sv")
    await phone.until("you")
    return phone


@pytest.mark.parametrize(("fate", "is_kept"), [(LOST, False), (UNHEARD, True)], ids=["lost", "unheard"])
async def test_after_a_lost_connection_the_answer_is_sent_again_and_kept_once(
    phones: Phones, network: Proxy, service: Service, fate: Fate, is_kept: bool
) -> None:
    phone = await begun(phones, network)
    await phone.fill()
    network.fate = fate
    async with phone.failing():
        await phone.tap(GO)
    assert (await answered(service)).count("you") == is_kept
    network.fate = WELL
    await phone.reload()
    assert phone.item == "urgent_needs"
    assert (await answered(service)).count("you") == 1


async def test_a_page_that_broke_off_is_whole_when_it_is_loaded_again(phones: Phones, network: Proxy) -> None:
    phone = await begun(phones, network)
    network.next(CUT, method="GET")
    await phone.fill()
    async with phone.page.expect_navigation(wait_until="commit"):
        await phone.tap(GO)
    await phone.reload()
    assert phone.item == "urgent_needs"
    await phone.until("background")


async def test_a_doubled_request_is_one_answer(phones: Phones, network: Proxy, service: Service) -> None:
    phone = await begun(phones, network)
    network.next(TWICE, TWICE)
    await phone.until("background")
    on_record = await answered(service)
    assert [on_record.count(item) for item in ("you", "urgent_needs")] == [1, 1]


async def test_who_taps_again_because_it_takes_long_has_answered_once(
    phones: Phones, network: Proxy, service: Service
) -> None:
    phone = await begun(phones, network)
    await phone.fill()
    late = asyncio.Event()
    network.next(Fate(after=late))
    button = await phone.point(GO)
    await phone.touch(button)
    await network.came("POST", "/chat", 2)
    await phone.touch(button)
    await network.came("POST", "/chat", 3)
    late.set()
    await phone.page.wait_for_selector("#reply[data-item=urgent_needs]")
    assert (await answered(service)).count("you") == 1
