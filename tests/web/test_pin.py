"""The PIN beside the code: chosen or not, five tries, the same answer whatever is wrong, and a caseworker who helps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.casework import Casework
from assistant.desk import Desk
from assistant.pins import Pins, typed_pin
from assistant.server.keys import PINS
from assistant.service import Service
from assistant.store import codes
from assistant.store.pins import PinRow
from assistant.talks import Talk
from tests.conftest import Client
from tests.web.browser_without_script import Browser, Page
from tests.web.office_visits import ANNA, SARA, browsers, give, hire_all, post, row_of, sent
from tests.web.visits import the_talk, until

PIN = "4711"


@pytest.fixture
async def browser(client: Client) -> Browser:
    """A browser whose person has chosen a PIN."""
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    await browser.open("/chat/code")
    page = await browser.send("pin", pin="47 11")
    assert page.status == 200 and "Du har en pinkod" in page.text
    return browser


async def come_back(browser: Browser, code: str, pin: str = "") -> Page:
    """Come with nothing but the code, and a PIN."""
    browser.client.session.cookie_jar.clear()
    await browser.open("/sv/continue")
    return await browser.send("continue", code=code, pin=pin)


async def test_the_code_opens_with_its_pin_alone(browser: Browser, service: Service) -> None:
    code = the_talk(service).code
    for pin in ("", "4712", "471", "min pin"):
        assert (await come_back(browser, code, pin)).status == 422
        assert (await browser.open("/chat")).url == "/"
    assert (await come_back(browser, code, "٤٧١١")).status == 200
    assert browser.page.url == "/chat"


async def test_five_wrong_pins_and_the_right_one_opens_nothing_any_more(browser: Browser, service: Service) -> None:
    code = the_talk(service).code
    for _ in range(5):
        page = await come_back(browser, code, "0000")
    assert "prata med kontoret" in page.text
    assert (await come_back(browser, code, PIN)).status == 422


async def test_the_right_pin_begins_the_count_anew_and_an_empty_one_is_no_try(
    browser: Browser, service: Service
) -> None:
    pins, id = browser.client.app[PINS], the_talk(service).id
    for _ in range(3):
        for pin in ("0000", "1111", "", "2222", "3333"):
            assert not await pins.open(id, pin)
        assert await pins.open(id, PIN)
    assert not await pins.sleeps(id)


async def test_many_tries_at_once_are_five_tries(browser: Browser, service: Service) -> None:
    pins, id = Pins(service.store, service.keys), the_talk(service).id
    tries = [f"{number:04}" for number in range(30)]
    assert not any(await asyncio.gather(*(pins.open(id, pin) for pin in tries)))
    row = await service.store.pins.get(id)
    assert row is not None and row.tries == 5 and not await pins.open(id, PIN)


async def test_nobody_is_told_what_was_wrong_or_that_there_is_a_pin(browser: Browser, service: Service) -> None:
    code = the_talk(service).code
    wrong = codes.new_code()
    tries = ((wrong, ""), (wrong, PIN), (code, ""), (code, "0000"), *[(code, "0000")] * 4, (code, PIN))
    pages = [(await come_back(browser, *one)).html.replace(one[0], "") for one in tries]
    assert len(set(pages)) == 1


async def test_a_wrong_code_costs_as_much_as_a_right_one(
    browser: Browser, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, hashed, real = the_talk(service).code, [0], codes._argon2

    def counted(salt: bytes) -> Any:
        hashed[0] += 1
        return real(salt)

    monkeypatch.setattr(codes, "_argon2", counted)
    costs = set()
    for one in (code, codes.new_code()):
        for pin in ("", "0000", PIN):
            before = hashed[0]
            await come_back(browser, one, pin)
            costs.add((bool(pin), hashed[0] - before))
    assert costs == {(False, 1), (True, 2)}


async def test_who_is_in_takes_the_pin_away_and_a_new_code_keeps_it(browser: Browser, service: Service) -> None:
    code = await service.new_code(the_talk(service))
    assert (await come_back(browser, code)).status == 422
    assert (await come_back(browser, code, PIN)).status == 200
    await browser.open("/chat/code")
    page = await browser.send("pin")
    assert "Lägg till en pinkod" in page.text
    assert (await come_back(browser, code)).status == 200


async def test_a_pin_that_is_there_is_not_replaced_and_what_is_none_is_refused(
    client: Client, service: Service
) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    for typed in ("", "123", "1234567", "12a4", "<b>"):
        await browser.open("/chat/code")
        page = await browser.send("pin", pin=typed)
        assert page.status == 422 and "Skriv 4, 5 eller 6 siffror." in page.text and 'value="<' not in page.html
    pins, id = client.app[PINS], the_talk(service).id
    assert not await pins.has(id)
    assert await pins.add(id, "1234") and await pins.add(id, "9999")
    assert await pins.open(id, "1234") and not await pins.open(id, "9999")


async def test_no_pin_is_set_without_the_token_of_the_form(browser: Browser, service: Service) -> None:
    answer = await browser.client.post("/chat/pin", data={"do": "remove", "token": "x"})
    assert answer.status == 403 and await browser.client.app[PINS].has(the_talk(service).id)


async def test_erasing_everything_erases_the_pin(browser: Browser, service: Service) -> None:
    id = the_talk(service).id
    await browser.open("/chat/answers")
    await browser.press("erase")
    assert await service.store.pins.get(id) is None
    assert not await service.store.pins.put(PinRow(conversation=id, hash=b"x" * 32))


def test_a_pin_is_four_to_six_digits_of_any_script() -> None:
    assert [typed_pin(text) for text in ("1234", " 12 34 56 ", "۱۲۳۴", "1२3४")] == ["1234", "123456", "1234", "1234"]
    assert [typed_pin(text) for text in ("", "123", "1234567", "12.4", "²²²²x", "1" * 60)] == [None] * 6


# -- the office --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def asleep(service: Service) -> Talk:
    """A case of Anna's whose person wrote a wrong PIN five times."""
    await hire_all(service)
    talk = await sent(service)
    await give(service, talk.case, "anna", unit="North")
    pins = Pins(service.store, service.keys)
    await pins.add(talk.id, PIN)
    for _ in range(5):
        assert not await pins.open(talk.id, "0000")
    return talk


async def test_the_caseworker_lets_the_code_work_again_and_it_is_written_down(
    aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service, asleep: Talk
) -> None:
    address = f"/desk/cases/{asleep.case}/work?locale=en"
    anna = await browsers(aiohttp_client, service)(ANNA)
    assert "The code does not work now" in await (await anna.get(address)).text()
    assert (await post(anna, address, "wake")).status in (200, 303)
    pins = Pins(service.store, service.keys)
    assert not await pins.has(asleep.id) and await pins.open(asleep.id, "")
    text = await (await anna.get(address)).text()
    assert "let the person come back without a PIN" in text and "The code does not work now" not in text


async def test_who_may_not_open_the_case_wakes_nothing(service: Service, asleep: Talk) -> None:
    row = await row_of(service, asleep.case)
    outcome = await Casework(Desk(service)).wake(SARA, asleep.case, row.doings)
    assert outcome.wrong == "not_yours"
    assert await Pins(service.store, service.keys).sleeps(asleep.id)
