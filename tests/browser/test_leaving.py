"""Leaving: whoever takes the telephone next finds nothing, not on the screen, behind a button or on the disk."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium

from assistant.service import Service
from tests.browser.bad_network import Proxy
from tests.browser.own_browser import OwnBrowser, Tab
from tests.browser.phone import IN_CHROMIUM, Phone, Phones
from tests.conftest import Client, Clock
from tests.web.browser_without_script import Browser
from tests.web.visits import until

pytestmark = IN_CHROMIUM

WITH_AND_WITHOUT = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
SAID, HALF = "Kanariefågel", "Halvfärdigt"
"""A word that was said, and one that was typed and not sent."""


@pytest.fixture
def own(tmp_path: Path, chromium: Chromium, network: Proxy) -> OwnBrowser:
    """A browser as people have it, on this machine."""
    return OwnBrowser(tmp_path / "profile", chromium, network.address)


async def telling(phone: Phone, client: Client, last: str = "anything_else") -> None:
    """Come to a late question with a word said, and another one typed into its field."""
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, "you")
    await quick.reply({"called_name": SAID})
    await until(quick, last)
    await phone.borrow(client)
    await phone.open("/sv")
    await phone.open("/chat")
    await phone.page.fill("textarea", HALF)


# -- the safe exit -----------------------------------------------------------------------------------------------------

PAGES = ("", "/sv", "/sv/privacy", "/sv/accessibility", "/sv/continue", "/sv/apply-now", "/chat", "/chat/answers",
         "/chat/code", "/nothing", "/t/nothing")  # fmt: skip


@WITH_AND_WITHOUT
async def test_every_page_has_the_exit_and_it_ends_the_session(
    phones: Phones, client: Client, service: Service, script: bool
) -> None:
    phone = await phones.new(script=script)
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, "urgent_needs")
    talk = next(iter(service._cache))
    for path in PAGES:
        await phone.borrow(client)
        await phone.open(path or "/")
        await phone.leave()
        assert (phone.path, phone.status) == ("/left", 200), path
        assert phone.heading == "mars 2026"
        assert "Klarbild" not in phone.drawn.text + phone.title
        await phone.open("/chat")
        assert phone.path == "/", path
        client.session.cookie_jar.clear()
        response = await client.post("/sv/continue", data={"code": service._cache[talk].code})
        assert response.status == 200


async def by_keys(phone: Phone, *keys: str) -> None:
    for key in keys:
        await phone.page.keyboard.press(key)


@pytest.mark.parametrize("path", ["/sv", "/chat", "/chat/answers", "/sv/privacy"])
async def test_three_times_shift_leaves_from_every_page(phones: Phones, client: Client, path: str) -> None:
    phone = await phones.new(script=True, mouse=True)
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, "urgent_needs")
    await phone.borrow(client)
    await phone.open(path)
    async with phone.turning():
        await by_keys(phone, "Shift", "Shift", "Shift")
    assert phone.path == "/left"
    await phone.open("/chat")
    assert phone.path == "/"


async def test_writing_capitals_or_marking_words_does_not_leave(phones: Phones, client: Client) -> None:
    phone = await phones.new(script=True, mouse=True)
    await telling(phone, client)
    await phone.page.fill("textarea", "")
    await phone.page.focus("textarea")
    await by_keys(
        phone, *(f"Shift+{letter}" for letter in "AMALVILLBLI"), "Shift", "Shift+Tab", "Shift+Tab", "Tab", "Tab"
    )
    await by_keys(phone, "Shift", "Shift", "a", "Shift", "Shift+ArrowLeft", "Shift+ArrowLeft")
    for _ in range(4):
        await phone.page.click("textarea", modifiers=["Shift"])
    await phone.look()
    assert phone.path == "/chat"
    assert await phone.page.input_value("textarea") == "AMALVILLBLIa"


async def test_the_exit_blanks_the_page_at_once_although_nothing_answers(
    phones: Phones, client: Client, network: Proxy
) -> None:
    phone = await phones.new(script=True, base=network.address)
    await telling(phone, client)
    text = await phone.page.evaluate(
        "() => { document.querySelector('#leave button').click(); return document.body.textContent }"
    )
    assert text == ""


async def test_who_leaves_without_a_network_is_gone_as_soon_as_there_is_one(
    own: OwnBrowser, client: Client, network: Proxy
) -> None:
    async with own.started(script=True) as phone:
        await telling(phone, client)
        await phone.page.context.set_offline(True)
        async with phone.failing():
            await phone.tap("#leave button")
        on_screen = await (await Tab.of(phone.page)).everything()
        assert SAID not in on_screen and HALF not in on_screen
        await phone.page.context.set_offline(False)
        # The browser itself loads again what was lost.
        await phone.page.wait_for_url("**/left")
        await phone.open("/chat")
        assert phone.path == "/"


# -- behind the buttons of the browser ---------------------------------------------------------------------------------


async def by_the_button(phone: Phone) -> None:
    await phone.leave()


async def by_shift(phone: Phone) -> None:
    async with phone.turning():
        await by_keys(phone, "Shift", "Shift", "Shift")


async def by_a_link(phone: Phone) -> None:
    await phone.follow("/sv/privacy")


async def by_an_address_of_ours(phone: Phone) -> None:
    await phone.open("/sv")


async def by_another_address(phone: Phone) -> None:
    await phone.page.goto(phone.base.replace("127.0.0.1", "localhost") + "/sv")


async def by_back(phone: Phone) -> None:
    await phone.page.go_back(wait_until="commit")


async def by_reload(phone: Phone) -> None:
    await phone.reload()


WAYS = (by_the_button, by_shift, by_a_link, by_an_address_of_ours, by_another_address, by_back, by_reload)


@pytest.mark.parametrize(
    ("leave", "fetched"),
    [*((way, False) for way in WAYS), (by_the_button, True), (by_a_link, True)],
    ids=lambda value: getattr(value, "__name__", "fetched" if value else "loaded"),
)
async def test_with_script_no_word_is_behind_back_and_forward(
    own: OwnBrowser, client: Client, leave: Callable[[Phone], Awaitable[None]], fetched: bool
) -> None:
    async with own.started(script=True) as phone:
        await telling(phone, client)
        if fetched:
            await phone.back()
            await phone.answer()
            await phone.page.fill("textarea", HALF)
        await leave(phone)
        tab = await Tab.of(phone.page)
        assert HALF not in await tab.everything()
        async for text in tab.all_stops():
            assert SAID not in text and HALF not in text


@pytest.mark.parametrize("page", ["/chat", "/chat/answers"])
@pytest.mark.parametrize("leave", [by_the_button, by_shift])
async def test_with_script_no_answer_is_behind_the_exit(
    own: OwnBrowser, client: Client, leave: Callable[[Phone], Awaitable[None]], page: str
) -> None:
    async with own.started(script=True) as phone:
        quick = Browser(client)
        await quick.begin("sv")
        await until(quick, "you")
        await quick.reply({"called_name": SAID})
        await phone.borrow(client)
        await phone.open("/sv")
        await phone.open("/chat/answers")
        await phone.open(page)
        assert SAID in phone.drawn.text
        await leave(phone)
        async for text in (await Tab.of(phone.page)).all_stops():
            assert SAID not in text


@pytest.mark.parametrize("page", ["/chat", "/chat/answers"])
async def test_without_script_no_answer_is_behind_the_exit(own: OwnBrowser, client: Client, page: str) -> None:
    async with own.started(script=False) as phone:
        quick = Browser(client)
        await quick.begin("sv")
        await until(quick, "you")
        await quick.reply({"called_name": SAID})
        await until(quick, "anything_else")
        await phone.borrow(client)
        await phone.open("/sv")
        await phone.open("/chat/answers")
        assert SAID in phone.drawn.text
        await phone.open("/chat")
        await phone.page.fill("textarea", HALF)
        if page != "/chat":
            await phone.open(page)
        await phone.leave()
        async for text in (await Tab.of(phone.page)).all_stops():
            assert SAID not in text and HALF not in text


# -- closed, crashed, opened again -------------------------------------------------------------------------------------


@WITH_AND_WITHOUT
async def test_who_has_left_finds_the_month_when_the_browser_opens_its_tabs_again(
    own: OwnBrowser, client: Client, script: bool
) -> None:
    async with own.started(script=script) as phone:
        await telling(phone, client)
        await phone.leave()
    async with own.started(script=script, restored=True) as phone:
        tab = await Tab.of(phone.page)
        assert "Klarbild" not in await tab.everything() and phone.path == "/left"
        async for text in tab.all_stops():
            assert SAID not in text and HALF not in text
        await phone.open("/chat")
        assert phone.path == "/"


@WITH_AND_WITHOUT
async def test_who_only_closed_the_browser_finds_no_word_that_was_not_sent(
    own: OwnBrowser, client: Client, service: Service, clock: Clock, script: bool
) -> None:
    async with own.started(script=script) as phone:
        await telling(phone, client)
    async with own.started(script=script, restored=True) as phone:
        tab = await Tab.of(phone.page)
        text = await tab.everything()
        assert phone.path == "/chat" and SAID not in text and HALF not in text
    clock.forward(minutes=61)
    async with own.started(script=script, restored=True) as phone:
        closed = service.words("sv").gettext("This page was open for too long, or you left it")
        assert closed in await (await Tab.of(phone.page)).everything()


# -- what stays behind -------------------------------------------------------------------------------------------------

ADDRESSES = {"/", "/sv", "/chat", "/chat#q", "/chat/code#q", "/chat/answers", "/left"}
TITLES = re.compile(r"(|.* 2026|((?:Fråga|Question) \d+|Start|Information|Översikt|Nästa del) · Klarbild|Klarbild)")


@WITH_AND_WITHOUT
async def test_the_history_tells_nothing(own: OwnBrowser, script: bool) -> None:
    async with own.started(script=script) as phone:
        await phone.open("/")
        await phone.follow("/sv")
        await phone.press("begin")
        await phone.until("contact")
        await phone.open("/chat/answers")
        await phone.change("you")
        await phone.leave()
        entries = (await (await Tab.of(phone.page)).entries())[1:]
    assert {address.removeprefix(phone.base) for address, _ in entries} <= ADDRESSES
    assert [title for _, title in entries if not TITLES.fullmatch(title)] == []
    if script:
        assert len(entries) == 5


@WITH_AND_WITHOUT
async def test_nothing_is_stored_in_the_browser(own: OwnBrowser, script: bool) -> None:
    async with own.started(script=script) as phone:
        await phone.begin("sv")
        await phone.until("contact")
        stored = await phone.page.evaluate("""async () => [localStorage.length, sessionStorage.length,
          (await caches.keys()).length, (await indexedDB.databases()).length,
          (await navigator.serviceWorker.getRegistrations()).length, document.cookie]""")
        assert stored == [0, 0, 0, 0, 0, ""]


@pytest.mark.parametrize("end", ["left", "closed", "crashed"])
@WITH_AND_WITHOUT
async def test_no_word_is_on_the_disk(own: OwnBrowser, client: Client, network: Proxy, script: bool, end: str) -> None:
    host = network.address.partition("//")[2]
    async with own.started(script=script) as phone:
        await telling(phone, client)
        await phone.answer({"anything_else": SAID})
        await phone.change("anything_else")
        await phone.page.fill("textarea", HALF)
        if script:
            await phone.page.fill("textarea", HALF * 500)
            await phone.proceed()
            assert phone.status == 422
        if end == "left":
            await phone.leave()
        if end == "crashed":
            await own.kill()
    # That it was here is known; what was said is not.
    assert end == "crashed" or own.holding(host)
    assert own.holding(SAID, HALF) == []
