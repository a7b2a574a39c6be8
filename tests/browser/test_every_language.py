"""A visit on a telephone of 360 pixels in every language: nothing scrolls sideways, no word is cut off, and each page
says which language it is in and from which side it is read.

The pages are those that the server sends to a telephone without scripts, drawn one after another.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from assistant.languages import LANGUAGES
from tests.browser.looking import clipped, sideways
from tests.browser.phone import IN_CHROMIUM, Phones
from tests.browser.tour import TALKATIVE
from tests.conftest import Client
from tests.web.browser_without_script import Browser, Page

pytestmark = IN_CHROMIUM

WHOLE = {"ar", "ti", "ckb", "uk", "sv-simple"}
"""In these languages everything is told; in the others it is ended as early as possible."""
BEFORE = ("", "/privacy", "/accessibility", "/apply-now", "/continue")


async def visit(quick: Browser, tag: str) -> AsyncIterator[Page]:
    """The pages of a visit, from the choice of the language to the end."""
    yield await quick.open("/", **{"Accept-Language": tag})
    for name in BEFORE:
        yield await quick.open(f"/{tag}{name}")
    yield await quick.begin(tag)
    yield await quick.post("reply", {}, quick.page.forms["reply"].buttons()[0])
    yield await quick.reply({"protected_identity": "no"})
    while not quick.is_done():
        if "submit" in quick.page.forms:
            yield await quick.open("/chat/language")
            yield await quick.open("/chat/answers")
            yield await quick.open("/chat")
        if tag not in WHOLE and "finish" in quick.page.forms and "submit" not in quick.page.forms:
            yield await quick.press("finish")
        else:
            yield await quick.step(TALKATIVE)
    assert quick.page.forms.keys() >= {"leave"}


@pytest.mark.parametrize("tag", LANGUAGES)
async def test_every_page_of_a_visit_fits_a_telephone(phones: Phones, client: Client, tag: str) -> None:
    phone, language, wrong = await phones.new(), LANGUAGES[tag], list[str]()
    async for page in visit(Browser(client), tag):
        assert (page.lang, page.dir) == (language.html, language.direction), page.title
        await phone.page.set_content(page.html)
        wrong += [f"{page.heading}: {one}" for one in await sideways(phone.page) + await clipped(phone.page)]
    assert not wrong, "\n".join(wrong)
