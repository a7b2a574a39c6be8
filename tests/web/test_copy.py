"""A copy of what somebody has said, and whom to ask about it."""

from __future__ import annotations

import pytest

from assistant.service import Service
from tests.conftest import Client
from tests.web.browser_without_script import Browser
from tests.web.visits import PERSON


@pytest.fixture
async def browser(client: Client) -> Browser:
    return Browser(client)


async def test_the_copy_holds_what_was_said_and_no_private_answer_is_even_named(browser: Browser) -> None:
    await browser.begin("sv")
    await browser.walk(PERSON, until="submit")
    answers = await browser.open("/chat/answers")
    assert 'href="/chat/copy"' in answers.html
    assert "Är det säkert att" in answers.text or "Besvarat, visas inte här" in answers.text
    page = await browser.open("/chat/copy")
    assert page.status == 200
    assert "Amal" in page.text
    assert "1985" in page.text
    assert "Besvarat, visas inte här" not in page.text
    assert page.text.count("Svar som bara kontoret får se") == 1
    assert "Du har inte skickat dina svar än" in page.text
    assert "<title>Översikt" in page.html


async def test_after_sending_it_says_whom_to_ask_and_that_it_cannot_be_erased_here(
    browser: Browser, service: Service
) -> None:
    await browser.begin("sv")
    await browser.walk(PERSON)
    (case,) = await service.store.cases(status=["sent"])
    page = await browser.open("/chat/copy")
    assert "Lagen säger att kontoret måste spara det som det får" in page.text
    assert case.reference in page.text
    assert "Integritetsskyddsmyndigheten" in page.text
    assert "Du har inte skickat" not in page.text
    assert "erase" not in page.forms


async def test_who_has_said_nothing_has_no_copy(browser: Browser) -> None:
    assert (await browser.open("/chat/copy")).url == "/"
    await browser.begin("sv")
    assert (await browser.open("/chat/copy")).url == "/chat"


async def test_the_copy_speaks_arabic_from_right_to_left(browser: Browser) -> None:
    await browser.begin("ar")
    await browser.walk(PERSON, until="submit")
    page = await browser.open("/chat/copy")
    assert 'dir="rtl"' in page.html
    assert "نسخة مما قلته" in page.text
