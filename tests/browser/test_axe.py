"""No page breaks a rule of WCAG 2.2 A or AA or a good habit, as far as axe-core can tell: in any state or language."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from assistant import resources
from assistant.core.commands import Message
from assistant.core.record import Answered
from assistant.player import play
from assistant.service import Service
from assistant.texts import Catalogs
from tests.browser import tour
from tests.browser.looking import axe
from tests.browser.phone import IN_CHROMIUM, Phone, Phones
from tests.conftest import Client
from tests.web.desk_cases import SELAM, fullest
from tests.web.desk_talks import send_more
from tests.web.desk_visits import NAME, log_in

pytestmark = IN_CHROMIUM

THOROUGHLY = ("sv", "ar")
"""In these languages every state is looked at; in the others what only their words could break."""
OTHERS = [one.tag for one in Catalogs.load(resources.folder("locales")).languages if one.tag not in THOROUGHLY]


async def broken(phone: Phone) -> list[str]:
    """What axe-core says of the page in light and in dark colours, and what the browser says of its policy."""
    found = await axe(phone.page)
    await phone.page.emulate_media(color_scheme="dark")
    found += [f"dark {one}" for one in await axe(phone.page, "color-contrast")]
    await phone.page.emulate_media(color_scheme="light")
    return found + phone.complaints


async def in_words(phone: Phone) -> list[str]:
    """The same without what no language can change."""
    return await axe(phone.page) + phone.complaints


async def faults(
    look: Callable[[Phone], Awaitable[list[str]]], phone: Phone, *tours: AsyncIterator[str]
) -> dict[str, list[str]]:
    """What is wrong on the pages of these tours, by their names."""
    return {state: found for states in tours async for state in states if (found := await look(phone))}


@pytest.mark.parametrize("locale", THOROUGHLY)
async def test_no_page_of_an_applicant_breaks_a_rule(
    phones: Phones, client: Client, service: Service, locale: str
) -> None:
    phone = await phones.new(script=True, locale=locale)
    before, paper = (tour.entrance(phone, locale), tour.gate(phone, locale)), tour.paper(phone, locale)
    talk, after = tour.conversation(phone, client, service, locale), tour.accidents(phone, client, locale)
    assert await faults(broken, phone, *before, talk, after) | await faults(in_words, phone, paper) == {}


@pytest.mark.parametrize("locale", OTHERS)
async def test_no_page_breaks_a_rule_in_the_words_of_another_language(
    phones: Phones, client: Client, service: Service, locale: str
) -> None:
    phone = await phones.new(script=True, locale=locale)
    before, talk = tour.entrance(phone, locale), tour.conversation(phone, client, service, locale, briefly=True)
    assert await faults(in_words, phone, before, talk) == {}


async def desk(phone: Phone, client: Client, service: Service) -> AsyncIterator[str]:
    """The pages of a caseworker."""
    await phone.open("/desk/login")
    yield "login"
    await phone.page.fill("#name", "nobody")
    await phone.page.fill("#password", "wrong")
    async with phone.turning():
        await phone.tap("main form button")
    yield "login, problem"
    await log_in(client, service)
    await phone.borrow(client)
    await phone.open("/desk")
    yield "no cases"
    told = [fullest(service.dialogs["first_visit"], "ar", "أريد أن أعمل مرة أخرى في مطبخ كبير مع زملاء طيبين. "), SELAM]
    talks = [(await play(service, one, locale)).talk for one, locale in zip(told, ("ar", "en"), strict=True)]
    await service.message(Message("apply_now", name="Yusuf", phone="070 999 88 77", when="after ten"), "en")
    for path in ("/desk", "/desk?locale=en", "/desk?q=selam", "/desk?q=nobody", "/desk/cases/0123"):
        await phone.open(path)
        yield path
    await send_more(service, talks[0], "first_visit", [Answered(item="work_ability", value="no_problem")], "ar")
    await service.store.log_reading(at="2026-03-01T10:00:00Z", user=NAME, case=talks[0].case, what="summary")
    for talk in talks:
        for what in ("summary", "sources", "twin", "life-line", "work", "history"):
            await phone.open(f"/desk/cases/{talk.case}/{what}")
            yield f"{what} of {talk.reference}"


async def test_no_page_of_the_desk_breaks_a_rule(phones: Phones, client: Client, service: Service) -> None:
    computer = await phones.new(width=1280, height=900, mouse=True, script=True)
    assert await faults(broken, computer, desk(computer, client, service)) == {}
