"""Small screens, large letters, wide spacing: nothing scrolls sideways, nothing covers a control, all can be tapped.

WCAG 2.2: 1.4.4 (text twice as large), 1.4.10 (reflow at 320 pixels, which is a screen of 1280 at 400 %), 1.4.12 (text
spacing), 2.5.8 (targets; ours are larger).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, ViewportSize

from assistant.player import play
from assistant.service import Service
from tests.browser import tour
from tests.browser.looking import axe, clipped, covered, sideways, small, styled
from tests.browser.phone import IN_CHROMIUM, Phones
from tests.conftest import Client
from tests.web.browser_without_script import Browser
from tests.web.desk_cases import SELAM
from tests.web.desk_visits import log_in

pytestmark = IN_CHROMIUM

LARGE_LETTERS = "html { font-size: 200% !important }"
WIDE_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }
"""


NEEDS = {
    "zoomed to 400 %": (ViewportSize(width=320, height=256), ""),
    "wide spacing": (ViewportSize(width=320, height=740), WIDE_SPACING),
    "letters of 200 %": (ViewportSize(width=360, height=740), LARGE_LETTERS),
}
"""What readers need, by name: the size of the page and a style of their own."""


async def wrong_for_readers(page: Page) -> list[str]:
    """What is wrong on the page for any reader: as it comes, with everything unfolded, and with the menu open."""
    found: dict[str, None] = {}
    for what in ("", "main details", "header details"):
        if what:
            await page.evaluate("what => { for (const one of document.querySelectorAll(what)) one.open = true }", what)
        for need, (size, style) in NEEDS.items():
            await page.set_viewport_size(size)
            await styled(page, style)
            # An open menu lies over the page, as it should.
            other = [] if "header" in what else await covered(page) + await small(page)
            found |= dict.fromkeys(f"{need}: {one}" for one in await sideways(page) + other)
    return list(found)


async def states(client: Client, locale: str) -> AsyncIterator[tuple[str, str]]:
    """What there is to be looked at, by name and address, one state of the conversation after another."""
    quick = Browser(client)
    yield "about", f"/{locale}"
    yield "apply now", f"/{locale}/apply-now"
    await quick.begin(locale)
    yield "one choice", "/chat"
    await quick.reply({"protected_identity": "no"})
    yield "code", "/chat/code"
    for item in ("urgent_needs", "interpreter", "jobs"):
        while not (form := quick.page.forms.get("reply")) or form.data["data-item"] != item:
            await quick.step(tour.TALKATIVE)
        yield item, "/chat"
    await quick.walk(tour.TALKATIVE, until="submit")
    yield "overview", "/chat"
    yield "answers", "/chat/answers"
    await quick.press("submit")
    yield "done", "/chat"


@pytest.mark.parametrize("locale", ["sv", "ar"])
async def test_every_page_fits_every_reader(phones: Phones, client: Client, locale: str) -> None:
    computer, wrong = await phones.new(mouse=True, scale=4), []
    async for state, path in states(client, locale):
        await computer.borrow(client)
        await computer.open(path)
        wrong += [f"{state}, {one}" for one in await wrong_for_readers(computer.page)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [640, 320])
async def test_the_desk_fits_a_zoomed_screen(phones: Phones, client: Client, service: Service, width: int) -> None:
    talk = (await play(service, SELAM, "ar")).talk
    await log_in(client, service)
    computer = await phones.new(width=width, height=450, scale=1280 / width, mouse=True)
    await computer.borrow(client)
    case = f"/desk/cases/{talk.case}"
    for path in ("/desk/login", "/desk", f"{case}/summary", f"{case}/sources", f"{case}/twin"):
        await computer.open(path)
        assert await sideways(computer.page) + await covered(computer.page) == [], path


async def test_the_measures_find_what_is_wrong(phones: Phones) -> None:
    phone = await phones.new(script=True)
    await phone.open("/sv/continue")
    page = phone.page
    assert await sideways(page) + await covered(page) + await small(page) + await axe(page) == []
    await styled(page, "h1 { inline-size: 30rem }")
    assert await sideways(page) != []
    assert await clipped(page) == []
    await styled(page, ".button { display: block; inline-size: 4rem; white-space: nowrap }")
    assert await clipped(page) != []
    await styled(page, "main::before { content: ''; position: fixed; inset: 0; z-index: 9 }")
    assert await covered(page) != []
    await styled(page, "button, .button { min-block-size: 0 !important; padding: 0 !important }")
    assert any("Fortsätt" in one for one in await small(page))
    await styled(page, "body { color: #bbb; background: #fff }")
    assert any(one.startswith("color-contrast") for one in await axe(page))
