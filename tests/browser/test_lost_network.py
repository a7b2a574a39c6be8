"""A bad network, with the script: a turn is counted once, its words stay, and the person is told what happens."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser
from playwright.async_api import Dialog as Asking

from assistant.core.dialog import Dialog
from assistant.core.record import AnyEvent, Filled
from assistant.server.app import make_app
from assistant.service import Service
from assistant.texts import Catalogs
from tests.browser.bad_network import CUT, LOST, TWICE, UNHEARD, WELL, Fate, Proxy
from tests.browser.own_browser import OwnBrowser, Tab
from tests.browser.phone import GO, IN_CHROMIUM, Phone, Phones
from tests.browser.records import events, every_talk
from tests.browser.tour import TALKATIVE
from tests.conftest import Client, Clock, service_on
from tests.web.browser_without_script import Browser as Quick
from tests.web.visits import the_talk, until

pytestmark = IN_CHROMIUM

AGAIN = "#wait button"
"""The button “Try again”."""
NEXT = "#reply[data-item=urgent_needs]"
"""The question behind the first one."""
ALL_TURNS = 100


async def asked(phones: Phones, network: Proxy, client: Client, item: str = "you", *, still: bool = False) -> Phone:
    """A telephone on which this question is asked. ``still``: its clock stands, until the test moves it."""
    phone = await phones.new(script=True, base=network.address)
    quick = Quick(client)
    await quick.begin("sv")
    await until(quick, item)
    await phone.borrow(client)
    if still:
        await phone.page.clock.install(time=0)
    await phone.open("/chat")
    if still:
        await phone.page.clock.pause_at(3_600_000)
    return phone


async def lose(phone: Phone, network: Proxy, fate: Fate = LOST, *, button: str = GO) -> None:
    """Tap a button, lose the connection, and see it said."""
    network.fate = fate
    await phone.tap(button)
    await phone.page.wait_for_selector(AGAIN, state="visible")


async def said(phone: Phone) -> tuple[str, str]:
    """What stands beside the button, and what a screen reader is told."""
    beside = await phone.page.inner_text("#wait span") if await phone.page.is_visible("#wait") else ""
    return beside, await phone.page.inner_text("[role=status]")


async def word(phone: Phone, name: str) -> str:
    """What the page gave the script to say."""
    return await phone.page.get_attribute("#status", f"data-{name}") or ""


def times(on_record: list[AnyEvent], item: str) -> int:
    """How often a question was answered."""
    return [getattr(event, "item", "") for event in on_record].count(item)


async def by_the_button(phone: Phone) -> None:
    await phone.tap(AGAIN)


async def by_itself(phone: Phone) -> None:
    await phone.page.clock.run_for(2000)


async def when_the_network_is_back(phone: Phone) -> None:
    await phone.page.evaluate("dispatchEvent(new Event('online'))")


async def when_it_is_looked_at_again(phone: Phone) -> None:
    await phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


WAYS = (by_the_button, by_itself, when_the_network_is_back, when_it_is_looked_at_again)


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
    phone = await asked(phones, network, client, still=True)
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
    phone = await asked(phones, network, client, still=True)
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
    phone = await asked(phones, network, client, still=True)
    await lose(phone, network)
    async with phone.page.expect_event("requestfailed"):
        await phone.tap(AGAIN)
    await tried_again_after(phone, network, 5000)


async def test_what_takes_long_says_so_and_a_second_tap_sends_nothing(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    phone = await asked(phones, network, client, still=True)
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
    phone = await asked(phones, network, client, still=True)
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
    well = Quick(client)
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


# -- somebody else answers ---------------------------------------------------------------------------------------------


def own_answer(status: str, *headers: str, body: str = "<!doctype html><title>WiFi</title><h1>Log in</h1>") -> Fate:
    """What a network in between says by itself."""
    head = "\r\n".join((f"HTTP/1.1 {status}", "Connection: close", *headers))
    return Fate(arrives=0, instead=f"{head}\r\n\r\n{body}".encode())


HTML = "Content-Type: text/html; charset=utf-8"
IN_BETWEEN = {
    "a page to log in": own_answer("200 OK", HTML),
    "511": own_answer("511 Network Authentication Required", HTML),
    "a page that looks like ours": own_answer("200 OK", HTML, body='<div id="turn"><h1 id="q">Log in</h1></div>'),
    "a redirect to another host": own_answer("302 Found", "Location: http://portal.invalid/login", HTML),
    "502": own_answer("502 Bad Gateway", HTML),
    "503 while the server starts": own_answer("503 Service Unavailable", HTML, "Retry-After: 5"),
    "a turn that breaks off without a sign": own_answer(
        "200 OK", "Content-Type: text/vnd.klarbild.turn+html", body='<div id="turn"><h1 id="q">Log in</h1><p>'
    ),
    "nothing at all": own_answer("200 OK", "Content-Type: text/vnd.klarbild.turn+html", body=""),
}


@pytest.mark.parametrize("fate", IN_BETWEEN.values(), ids=IN_BETWEEN.keys())
async def test_what_somebody_else_answers_is_not_shown_and_the_words_wait(
    phones: Phones, network: Proxy, client: Client, service: Service, fate: Fate
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill({"called_name": "Amal"})
    await lose(phone, network, fate)
    await phone.look()
    assert (phone.item, phone.path) == ("you", "/chat") and "Log in" not in phone.drawn.text
    assert await phone.page.input_value("[name='field.called_name']") == "Amal"
    network.fate = WELL
    await when_the_network_is_back(phone)
    await phone.page.wait_for_selector(NEXT)
    assert times(await events(service, the_talk(service)), "you") == 1


@asynccontextmanager
async def serving(service: Service) -> AsyncIterator[int]:
    """The server on this service, until it is stopped; its port."""
    async with TestServer(make_app(service, secure=False)) as server:
        assert server.port
        yield server.port


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "unheard"])
async def test_words_that_wait_while_the_server_is_started_again_are_counted_once(
    phones: Phones, tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock, heard: bool
) -> None:
    data = tmp_path / "restarted"
    async with AsyncExitStack() as stack:
        async with service_on(data, dialogs, catalogs, clock) as first, serving(first) as port:
            network = await stack.enter_async_context(Proxy(port).open())
            phone = await phones.new(script=True, base=network.address)
            await phone.begin("sv")
            await phone.until("you")
            await phone.fill()
            if heard:
                await lose(phone, network, UNHEARD)
            talk = the_talk(first)
        if not heard:
            # The way to the server ends at a closed door.
            await lose(phone, network, WELL)
        network.fate = WELL
        async with service_on(data, dialogs, catalogs, clock) as second, serving(second) as network.port:
            async with phone.turning():
                await phone.tap(AGAIN)
            assert phone.item == "urgent_needs"
            assert times(await events(second, talk), "you") == 1


async def test_who_is_offline_goes_on_when_the_telephone_says_that_it_is_online(
    phones: Phones, network: Proxy, client: Client, service: Service
) -> None:
    phone = await asked(phones, network, client)
    await phone.fill()
    await phone.page.context.set_offline(True)
    await phone.tap(GO)
    await phone.page.wait_for_selector(AGAIN, state="visible")
    await phone.page.context.set_offline(False)
    await phone.page.wait_for_selector(NEXT)
    assert times(await events(service, the_talk(service)), "you") == 1


# -- what the person does meanwhile ------------------------------------------------------------------------------------


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
    await phone.page.clock.pause_at(3_600_000)
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
    phone = await asked(phones, network, client, still=True)
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
    phone = await asked(phones, network, client, still=True)
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
    tmp_path: Path, chromium: Browser, network: Proxy, client: Client, service: Service
) -> None:
    quick = Quick(client)
    await quick.begin("sv")
    await until(quick, "you")
    # This one keeps the page that was left, with all that it was about to do.
    async with OwnBrowser(tmp_path / "profile", chromium, network.address).started(script=True) as phone:
        phone.page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        await phone.borrow(client)
        await phone.page.clock.install(time=0)
        await phone.open("/chat")
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
