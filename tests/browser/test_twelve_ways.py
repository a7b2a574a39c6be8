"""Twelve ways of leaving a conversation, with script and without: what the next one on this telephone finds.

With the script nothing of the conversation comes back, and without it no sensitive answer does. What is left open is
told by ``may_be_there``. The addresses and titles in the history tell nothing, and no word is in the browser's files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Browser as Chromium

from assistant.server.keys import OPEN_PAGES
from assistant.service import Service
from tests.browser.bad_network import Proxy
from tests.browser.own_browser import OwnBrowser, Tab
from tests.browser.phone import IN_CHROMIUM, Phone
from tests.browser.test_leaving import ADDRESSES, TITLES
from tests.conftest import Client, Clock
from tests.web.browser_without_script import Browser
from tests.web.visits import the_talk, until

pytestmark = IN_CHROMIUM

NAME, NUMBER, TIME, HALF = "Kanariefågel", "0701119922", "Efterkanarie", "Halvkanarie"
"""An answer, two sensitive ones that were given last, and what is being typed."""

CANARIES = (NAME, NUMBER, TIME, HALF)
ASKED = "Vilket år är du född?"
"""Words of the question that stands on the page when somebody leaves."""


class Scene(NamedTuple):
    """Where it happens."""

    phone: Phone
    client: Client
    clock: Clock

    async def gone(self) -> None:
        """Wait until the server knows that the page went. Only a script tells it."""
        if self.phone.script:
            async with asyncio.timeout(10):
                while self.client.app[OPEN_PAGES]._open:  # noqa: ASYNC110 - the server tells nobody
                    await asyncio.sleep(0.02)


async def by_the_exit(scene: Scene) -> Phone:
    await scene.phone.leave()
    return scene.phone


async def by_the_keyboard(scene: Scene) -> Phone:
    phone = scene.phone
    async with phone.turning():
        if phone.script:
            for _ in range(3):
                await phone.page.keyboard.press("Escape")
        else:
            await phone.page.focus("#leave button")
            await phone.page.keyboard.press("Enter")
    assert phone.path == "/left"
    return phone


async def by_back(scene: Scene) -> Phone:
    tab = await Tab.of(scene.phone.page)
    await tab.go(0)
    await scene.gone()
    return scene.phone


async def by_closing_the_tab(scene: Scene) -> Phone:
    context = scene.phone.page.context
    other = await context.new_page()
    await scene.phone.page.close()
    await scene.gone()
    again = Phone(other, scene.phone.base, script=scene.phone.script, mouse=True)
    if not again.script:
        session = await context.new_cdp_session(other)
        await session.send("Emulation.setScriptExecutionDisabled", {"value": True})
    await again.open("/chat")
    return again


async def by_reloading(scene: Scene) -> Phone:
    await scene.phone.reload()
    return await by_typing_an_address(scene)


async def by_a_link_elsewhere(scene: Scene) -> Phone:
    other = elsewhere(scene.phone)
    await scene.phone.page.evaluate("address => { location.href = address }", other)
    await scene.phone.page.wait_for_url(other)
    await scene.gone()
    return scene.phone


async def by_typing_an_address(scene: Scene) -> Phone:
    await scene.phone.page.goto(elsewhere(scene.phone), wait_until="domcontentloaded")
    await scene.gone()
    return scene.phone


async def by_closing_the_browser(scene: Scene) -> Phone:
    return scene.phone


async def after_the_code(scene: Scene) -> Phone:
    await scene.phone.open("/chat/code")
    return await by_typing_an_address(scene)


async def after_another_language(scene: Scene) -> Phone:
    await scene.phone.switch_language("en")
    await scene.phone.switch_language("sv")
    return await by_typing_an_address(scene)


async def by_waiting(scene: Scene) -> Phone:
    scene.clock.forward(minutes=61)
    await scene.phone.reload()
    return scene.phone


async def by_sending(scene: Scene) -> Phone:
    await scene.phone.walk()
    return await by_typing_an_address(scene)


def elsewhere(phone: Phone) -> str:
    """A page of another site."""
    return phone.base.replace("127.0.0.1", "localhost") + "/left"


Way = Callable[[Scene], Awaitable[Phone]]

WAYS: tuple[Way, ...] = (
    by_the_exit, by_the_keyboard, by_back, by_closing_the_tab, by_reloading, by_a_link_elsewhere, by_typing_an_address,
    by_closing_the_browser, after_the_code, after_another_language, by_waiting, by_sending,
)  # fmt: skip


async def in_the_midst(phone: Phone, client: Client) -> None:
    """Answer up to a late question in this browser, the sensitive ones last, and begin to type."""
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, "you")
    await quick.reply({"called_name": NAME})
    await quick.reply({"urgent_needs": ["food"]})
    await phone.borrow(client)
    # The pages of the quick walk stand on no screen.
    client.app[OPEN_PAGES]._open.clear()
    await phone.open("/sv")
    await phone.open("/chat")
    assert phone.item == "urgent_contact"
    await phone.answer({"urgent_phone": NUMBER, "urgent_when": TIME})
    assert ASKED in phone.drawn.text
    await phone.page.fill("main input[inputmode=numeric]", HALF)


def may_be_there(leave: Way, script: bool) -> set[str]:
    """What the next one may still find, within minutes. Where the browser itself is closed, nothing can be told to the
    server any more, and one that opens its tabs again has the question; so it is where no script runs. There the words
    that were being typed come back, too, if the person went elsewhere without the exit."""
    if leave in (by_the_exit, by_the_keyboard, by_waiting) or (script and leave is not by_closing_the_browser):
        return set()
    return {ASKED} if script else {ASKED, HALF}


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("leave", WAYS, ids=lambda way: way.__name__)
async def test_nothing_of_the_conversation_is_found_by_the_next_one(
    tmp_path: Path,
    chromium: Chromium,
    network: Proxy,
    client: Client,
    clock: Clock,
    leave: Way,
    script: bool,
) -> None:
    own, allowed = OwnBrowser(tmp_path / "profile", chromium, network.address), may_be_there(leave, script)
    async with own.started(script=script) as phone:
        await in_the_midst(phone, client)
        here = await leave(Scene(phone, client, clock))
        if leave is not by_closing_the_browser:
            await look_everywhere(here, allowed)
    async with own.started(script=script, restored=True) as phone:
        # What was typed and not sent is in no file, so a browser that is started again cannot have it.
        await look_everywhere(phone, allowed - {HALF})
    assert own.holding(network.address.partition("//")[2])
    assert own.holding(*CANARIES) == []


async def look_everywhere(phone: Phone, allowed: set[str]) -> None:
    """Look at the page, go back to the first one and forward to the last, and read the history."""
    tab, unwanted = await Tab.of(phone.page), {*CANARIES, ASKED} - allowed
    if phone.page.url != "about:blank":
        text = await tab.everything()
        assert [one for one in unwanted if one in text] == []
    async for text in tab.all_stops():
        assert [one for one in unwanted if one in text] == []
    entries = (await tab.entries())[1:]
    ours = [(address.removeprefix(phone.base), title) for address, title in entries if address.startswith(phone.base)]
    assert {address.partition("#")[0] for address, _ in ours} <= ADDRESSES | {"/chat/code", "/chat/language"}
    assert [title for _, title in ours if not TITLES.fullmatch(title)] == []


async def test_a_page_that_is_loaded_again_or_left_for_another_of_ours_ends_nothing(
    tmp_path: Path, chromium: Chromium, network: Proxy, client: Client, service: Service
) -> None:
    own = OwnBrowser(tmp_path / "profile", chromium, network.address)
    async with own.started(script=True) as phone:
        await in_the_midst(phone, client)
        for _ in range(2):
            await phone.reload()
        # Now and then Chromium has kept the page for its Back button, and shows it without asking for it.
        for _ in range(5):
            await phone.follow("/sv/privacy")
            await phone.page.go_back(wait_until="domcontentloaded")
            await phone.page.wait_for_selector("#q")
            await phone.look()
        await phone.open("/chat/answers")
        other = await phone.page.context.new_page()
        await other.goto(f"{phone.base}/chat")
        await other.close()
        await phone.open("/chat")
        assert (phone.status, phone.path, phone.item) == (200, "/chat", "background")
        await phone.answer()
        assert the_talk(service).known("birth_year")
