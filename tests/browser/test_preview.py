"""The page that shows every screen of a dialog beside its texts, as browsers draw it on a telephone and on a desk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from assistant.server.app import make_app
from assistant.service import Service
from tests.browser.looking import axe, sideways
from tests.browser.phone import IN_CHROMIUM, Phone, Phones

pytestmark = IN_CHROMIUM


@pytest_asyncio.fixture(loop_scope="session")
async def demonstration(service: Service) -> AsyncIterator[str]:
    """The address of a demonstration."""
    async with TestClient(TestServer(make_app(service, secure=False, demo=True))) as made:
        yield str(made.make_url(""))


async def opened(phones: Phones, base: str, path: str, *, width: int = 360, dark: bool = False) -> Phone:
    phone = await phones.new(script=True, width=width, dark=dark, base=base)
    await phone.open(path)
    return phone


@pytest.mark.parametrize(
    ("path", "dark"),
    [("/preview", False), ("/preview/ar/first_visit", False), ("/preview/ti/first_visit", True)],
)
async def test_it_breaks_no_rule(phones: Phones, demonstration: str, path: str, dark: bool) -> None:
    phone = await opened(phones, demonstration, path, dark=dark)
    assert await axe(phone.page) == []
    assert phone.complaints == []


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("locale", ["ckb", "uk"])
async def test_it_is_never_wider_than_the_window(phones: Phones, demonstration: str, locale: str, width: int) -> None:
    phone = await opened(phones, demonstration, f"/preview/{locale}/first_visit", width=width)
    assert await sideways(phone.page) == []


async def test_neither_a_button_nor_the_enter_key_sends_anything(phones: Phones, demonstration: str) -> None:
    phone = await opened(phones, demonstration, "/preview/sv/first_visit", width=1280)
    page, asked = phone.page, list(phone.asked)
    for button in (await page.locator("button:visible").all())[:5]:
        await button.click()
    alone = page.locator("form:has(input:not([type])) input:not([type])").first
    await alone.fill("Anna")
    await alone.press("Enter")
    assert page.url.endswith("/preview/sv/first_visit")
    assert await alone.input_value() == "Anna"
    assert phone.asked == asked


async def test_a_question_lies_beside_its_texts_on_a_desk_and_above_them_on_a_telephone(
    phones: Phones, demonstration: str
) -> None:
    placed = """() => {
      const pair = document.querySelector("#item-you");
      const [phone, texts] = [".phone", ".told"].map(one => pair.querySelector(one).getBoundingClientRect());
      return {beside: texts.left >= phone.right, below: texts.top >= phone.bottom};
    }"""
    path = "/preview/fa/first_visit"
    wide = await opened(phones, demonstration, path, width=1280)
    assert await wide.page.evaluate(placed) == {"beside": True, "below": False}
    narrow = await opened(phones, demonstration, path)
    assert await narrow.page.evaluate(placed) == {"beside": False, "below": True}


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_question_is_as_wide_as_on_a_telephone(phones: Phones, demonstration: str, width: int) -> None:
    """A telephone of 360 pixels has a margin of 16 on both sides."""
    measured = "() => document.querySelector('#item-you .phone form').getBoundingClientRect().width"
    phone = await opened(phones, demonstration, "/preview/ckb/first_visit", width=width)
    assert await phone.page.evaluate(measured) == pytest.approx(328, abs=2)
