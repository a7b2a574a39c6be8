"""Drawings that are kept between people: none holds what anybody said, and no person makes endless ones."""

from __future__ import annotations

import gc

import pytest

from assistant.server.keys import PAGES
from assistant.service import Service
from assistant.views import ItemView
from tests.conftest import Client
from tests.web.browser_without_script import Browser
from tests.web.visits import PERSON, until


@pytest.fixture
async def browser(client: Client) -> Browser:
    browser = Browser(client)
    await browser.begin("sv")
    return browser


@pytest.mark.parametrize("item", ["you", "urgent_needs", "interpreter"])
async def test_a_question_that_is_asked_again_is_not_drawn_for_ever_anew(browser: Browser, item: str) -> None:
    await until(browser, item)
    declines = browser.page.forms["reply"].buttons("decline")
    await (browser.press("reply", declines[0].value) if declines else browser.reply(PERSON))
    await browser.press("back")
    assert browser.page.forms["reply"].data["data-item"] == item
    moulds = browser.client.app[PAGES].moulds
    known = len(moulds)
    for _ in range(3):
        await browser.open("/chat")
    assert len(moulds) == known


async def test_what_was_erased_is_in_no_view_that_is_kept(browser: Browser, service: Service) -> None:
    await until(browser, "you")
    await browser.reply({"called_name": "Amal Ett", "answering_for": "self"})
    page = await browser.press("back")
    assert "Amal Ett" in page.html
    await browser.open("/chat/answers")
    await browser.press("erase")
    gc.collect()
    views = (one for one in gc.get_objects() if isinstance(one, ItemView))
    assert [one.name for one in views if one.value == "Amal Ett"] == []


async def test_a_cache_in_between_keeps_packed_files_apart(client: Client) -> None:
    for address in client.app[PAGES].addresses.values():
        answer = await client.get(address)
        assert answer.headers["Vary"] == "Accept-Encoding" and "max-age" in answer.headers["Cache-Control"]


async def test_the_language_menu_leads_to_pages_that_can_be_there(client: Client) -> None:
    page = await Browser(client).open("/audio/sv/0123456789abcdef.mp3")
    assert page.status == 404 and not any("/audio/" in link for link in page.links)
