"""Two taps, two tabs, two devices, a page that was left open: nothing is counted twice, and no word is lost unsaid."""

from __future__ import annotations

import asyncio

import pytest

from assistant.core.record import Declined, Filled
from assistant.service import Service
from assistant.store import codes
from assistant.talks import Talk
from tests.browser.bad_network import Fate, Proxy
from tests.browser.phone import GO, IN_CHROMIUM, Phone, Phones
from tests.browser.records import events
from tests.conftest import Client, Clock
from tests.web.browser_without_script import Browser
from tests.web.visits import the_talk, until

pytestmark = IN_CHROMIUM

NAME = "[name='field.called_name']"
NEXT = "#reply[data-item=urgent_needs]"
WITH_AND_WITHOUT = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])


async def asked(phones: Phones, client: Client, item: str = "you", *, script: bool = True, base: str = "") -> Phone:
    """A telephone on which this question is asked."""
    phone = await phones.new(script=script, base=base)
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, item)
    await phone.borrow(client)
    await phone.open("/chat")
    return phone


async def another_tab(phone: Phone) -> Phone:
    """The same page in another tab of the same telephone."""
    tab = Phone(await phone.page.context.new_page(), phone.base, script=phone.script, mouse=phone.mouse)
    await tab.open("/chat")
    return tab


async def names(service: Service, talk: Talk) -> list[object]:
    """What the person wanted to be called, as often as it was said."""
    on_record = await events(service, talk)
    return [one.values.get("called_name") for one in on_record if isinstance(one, Filled) and one.item == "you"]


# -- at once -----------------------------------------------------------------------------------------------------------


@WITH_AND_WITHOUT
async def test_a_double_tap_is_one_answer(phones: Phones, client: Client, service: Service, script: bool) -> None:
    phone = await asked(phones, client, script=script)
    await phone.fill({"called_name": "Amal"})
    box = await phone.page.locator(GO).bounding_box()
    assert box
    for _ in range(2):
        await phone.page.touchscreen.tap(box["x"] + 9, box["y"] + 9)
    await phone.page.wait_for_selector(NEXT)
    assert await names(service, the_talk(service)) == ["Amal"]
    assert phone.complaints == []


async def test_continue_and_back_at_once_are_the_first_of_them(
    phones: Phones, client: Client, network: Proxy, service: Service
) -> None:
    phone = await asked(phones, client, "urgent_needs", base=network.address)
    late = asyncio.Event()
    network.fate = Fate(before=late)
    await phone.fill({"urgent_needs": ["nothing_urgent"]})
    await phone.tap(GO)
    await phone.tap("[form=back]")
    await network.came("POST", "/chat", 1)
    late.set()
    await phone.page.wait_for_selector("#reply[data-item=background]")
    assert network.passed.count(("POST", "/chat")) == 1


async def test_a_key_that_is_held_down_answers_once(phones: Phones, client: Client, service: Service) -> None:
    phone = await asked(phones, client)
    await phone.fill({"called_name": "Amal"})
    await phone.page.focus(NAME)
    async with phone.turning():
        for _ in range(6):
            await phone.page.keyboard.down("Enter")
        await phone.page.keyboard.up("Enter")
    for _ in range(6):
        await phone.page.keyboard.down("Enter")
    await phone.page.keyboard.up("Enter")
    await phone.look()
    assert phone.item == "urgent_needs"
    assert await names(service, the_talk(service)) == ["Amal"]


# -- two of them -------------------------------------------------------------------------------------------------------


@WITH_AND_WITHOUT
async def test_the_second_of_two_tabs_is_told_what_is_saved(
    phones: Phones, client: Client, service: Service, script: bool
) -> None:
    first = await asked(phones, client, script=script)
    second = await another_tab(first)
    await first.answer({"called_name": "Amal"})
    await second.answer({"called_name": "Amira"})
    assert second.status == 409
    assert "Amal" in second.drawn.text
    assert "problem" in second.drawn.ids
    assert await names(service, the_talk(service)) == ["Amal"]
    await second.answer()
    assert second.item == "background" and second.status == 200


@WITH_AND_WITHOUT
async def test_the_same_said_in_two_tabs_succeeds_twice_and_is_one_answer(
    phones: Phones, client: Client, service: Service, script: bool
) -> None:
    first = await asked(phones, client, script=script)
    second = await another_tab(first)
    await first.answer({"called_name": "Amal"})
    await second.answer({"called_name": "Amal"})
    assert (second.status, second.item) == (200, "urgent_needs")
    assert await names(service, the_talk(service)) == ["Amal"]


@WITH_AND_WITHOUT
async def test_two_devices_answer_in_turns(phones: Phones, client: Client, service: Service, script: bool) -> None:
    first = await asked(phones, client, script=script)
    second = await phones.new(script=not script)
    await second.open("/sv/continue")
    await second.page.fill("#code", codes.format_code(the_talk(service).code))
    await second.press("continue")
    assert second.item == "you"
    await second.answer({"called_name": "Amal"})
    await first.answer({"called_name": "Amira"})
    assert first.status == 409 and "Amal" in first.drawn.text
    await first.answer()
    await second.answer()
    assert (first.item, second.item) == ("background", "background")
    assert await names(service, the_talk(service)) == ["Amal"]


# -- the browser's own buttons -----------------------------------------------------------------------------------------


@WITH_AND_WITHOUT
async def test_the_browsers_back_button_shows_the_conversation_as_it_is(
    phones: Phones, client: Client, service: Service, script: bool
) -> None:
    phone = await phones.new(script=script)
    await phone.begin("sv")
    await phone.until("urgent_needs")
    await phone.page.go_back(wait_until="domcontentloaded")
    await phone.page.go_forward(wait_until="domcontentloaded")
    await phone.look()
    assert (phone.status, phone.item) == (200, "urgent_needs")
    await phone.answer()
    assert phone.item == "background"


@WITH_AND_WITHOUT
async def test_a_reload_keeps_what_is_saved_and_says_nothing_of_the_unsent_word(
    phones: Phones, client: Client, service: Service, script: bool
) -> None:
    phone = await asked(phones, client, "you", script=script)
    await phone.answer({"called_name": "Amal"})
    await phone.back()
    await phone.page.fill(NAME, "Amira")
    await phone.reload()
    assert phone.item == "you"
    assert await phone.page.input_value(NAME) == "Amal"
    assert "Amira" not in await phone.page.content()
    assert await phone.page.inner_text("#status") == ""
    assert await names(service, the_talk(service)) == ["Amal"]


# -- a page that was left open -----------------------------------------------------------------------------------------


@WITH_AND_WITHOUT
async def test_words_typed_on_a_page_that_was_open_overnight_come_along_with_the_code(
    phones: Phones, client: Client, service: Service, clock: Clock, script: bool
) -> None:
    phone = await asked(phones, client, script=script)
    code = codes.format_code(the_talk(service).code)
    clock.forward(hours=14)
    await phone.answer({"called_name": "Amal"})
    assert phone.status == 401 and phone.path == "/chat"
    not_saved = "Your last answer is not saved yet. It is saved when you go on with your code here."
    assert service.words("sv").gettext(not_saved) in phone.drawn.text
    assert await names(service, the_talk(service)) == []
    await phone.page.fill("#code", "wrong")
    await phone.press("continue")
    assert phone.status == 422
    await phone.page.fill("#code", code)
    await phone.press("continue")
    assert phone.item == "urgent_needs"
    assert await names(service, the_talk(service)) == ["Amal"]


@WITH_AND_WITHOUT
async def test_a_declined_question_comes_along_too(
    phones: Phones, client: Client, service: Service, clock: Clock, script: bool
) -> None:
    phone = await asked(phones, client, "help_wanted", script=script)
    code = codes.format_code(the_talk(service).code)
    clock.forward(hours=14)
    await phone.decline("skip")
    assert phone.status == 401
    await phone.page.fill("#code", code)
    await phone.press("continue")
    assert phone.item == "goals"
    assert Declined(item="help_wanted", kind="skip") in await events(service, the_talk(service))


@WITH_AND_WITHOUT
async def test_words_do_not_come_along_with_the_code_of_another_conversation(
    phones: Phones, client: Client, service: Service, clock: Clock, script: bool
) -> None:
    phone = await asked(phones, client, script=script)
    mine = the_talk(service)
    other = await phones.new()
    await other.begin("sv")
    await other.until("you")
    (theirs,) = [talk for talk in service._cache.values() if talk is not mine]
    clock.forward(hours=14)
    await phone.answer({"called_name": "Amal"})
    await phone.page.fill("#code", codes.format_code(theirs.code))
    await phone.press("continue")
    assert phone.item == "you"
    assert "Amal" not in await phone.page.content()
    assert (await names(service, mine), await names(service, theirs)) == ([], [])


@WITH_AND_WITHOUT
async def test_a_page_of_yesterday_that_is_sent_twice_loses_no_word(
    phones: Phones, client: Client, service: Service, clock: Clock, script: bool
) -> None:
    phone = await asked(phones, client, script=script)
    code = codes.format_code(the_talk(service).code)
    clock.forward(hours=14)
    await phone.answer({"called_name": "Amal"})
    await phone.reload()
    assert phone.status == 401
    await phone.page.fill("#code", code)
    await phone.press("continue")
    assert await names(service, the_talk(service)) == ["Amal"]


async def test_words_are_there_although_another_tab_was_looked_at_first(
    phones: Phones, client: Client, service: Service, clock: Clock
) -> None:
    phone = await asked(phones, client, script=False)
    tab = await another_tab(phone)
    code = codes.format_code(the_talk(service).code)
    clock.forward(hours=14)
    await tab.reload()
    assert tab.status == 401
    await phone.answer({"called_name": "Amal"})
    await phone.page.fill("#code", code)
    await phone.press("continue")
    assert await names(service, the_talk(service)) == ["Amal"]


async def test_words_that_waited_for_the_network_overnight_come_along_with_the_code(
    phones: Phones, client: Client, network: Proxy, service: Service, clock: Clock
) -> None:
    phone = await asked(phones, client, base=network.address)
    code = codes.format_code(the_talk(service).code)
    await phone.fill({"called_name": "Amal"})
    await phone.page.context.set_offline(True)
    await phone.tap(GO)
    await phone.page.wait_for_selector("#wait button", state="visible")
    clock.forward(hours=14)
    async with phone.turning():
        await phone.page.context.set_offline(False)
    assert phone.status == 401
    await phone.page.fill("#code", code)
    await phone.press("continue")
    assert await names(service, the_talk(service)) == ["Amal"]


# -- a page that is looked at again ------------------------------------------------------------------------------------

LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


async def an_hour_later(phones: Phones, client: Client, clock: Clock, item: str, *, typed: str) -> Phone:
    """A telephone that is taken up again after an hour, with something done in the question."""
    phone = await phones.new(script=True)
    await phone.page.clock.install(time=0)
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, item)
    await phone.borrow(client)
    await phone.open("/chat")
    match typed:
        case "a choice":
            await phone.tap("#reply label:has(input[type=radio])")
        case "a list":
            await phone.page.select_option("#reply select", index=3)
        case "a word":
            await phone.page.fill("#reply input:not([type])", "Amal")
        case "a mistake":
            await phone.page.fill("#reply [inputmode=numeric]", "185")
            await phone.proceed()
            assert phone.status == 422
    clock.forward(minutes=61)
    await phone.page.clock.fast_forward(61 * 60 * 1000)
    return phone


async def test_a_page_without_any_word_closes_itself_when_it_is_looked_at_after_an_hour(
    phones: Phones, client: Client, clock: Clock
) -> None:
    phone = await an_hour_later(phones, client, clock, "you", typed="")
    async with phone.turning():
        await phone.page.evaluate(LOOK)
    assert phone.status == 401 and not phone.question


@pytest.mark.parametrize(
    ("item", "typed"),
    [("you", "a choice"), ("you", "a word"), ("interpreter", "a list"), ("background", "a mistake")],
)
async def test_a_page_with_something_in_it_stays_as_it_is(
    phones: Phones, client: Client, clock: Clock, item: str, typed: str
) -> None:
    phone = await an_hour_later(phones, client, clock, item, typed=typed)
    await phone.page.evaluate(LOOK)
    # What a page does when it closes itself, it does at once; so the next word from it tells.
    await phone.page.evaluate("0")
    await phone.look()
    assert phone.item == item
