"""What a visit weighs on the wire, headers included: the person pays for it out of a prepaid hundred megabytes."""

from __future__ import annotations

import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page

from assistant.server.keys import PAGES
from tests.browser.phone import IN_CHROMIUM, Phones
from tests.conftest import Client
from tests.web.visits import PERSON

pytestmark = IN_CHROMIUM

KB = 1000
WHOLE = {"ti": 102, "uk": 105}
"""Kilobytes of a whole visit where it weighs more than the hundred that it should: two or three bytes a letter, in the
questions and in the names of the occupations."""


class Scales:
    """Counts the bytes of every request of a page, down and up, with their headers and the lines before them."""

    def __init__(self) -> None:
        self.down = self.up = self.requests = 0
        self.addresses: list[str] = []

    def count(self, session: Any) -> None:
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.requestWillBeSentExtraInfo", self._sent)
        session.on("Network.loadingFinished", self._came)

    def _asked(self, event: dict[str, Any]) -> None:
        request = event["request"]
        if request["url"].startswith("data:"):
            return
        self.requests += 1
        self.addresses.append(request["url"])
        self.up += len(request.get("postData", ""))
        self.down += event.get("redirectResponse", {}).get("encodedDataLength", 0)

    def _sent(self, event: dict[str, Any]) -> None:
        self.up += len("POST /chat HTTP/1.1\r\n\r\n")
        self.up += sum(len(name) + len(value) + 4 for name, value in event["headers"].items())

    def _came(self, event: dict[str, Any]) -> None:
        self.down += event["encodedDataLength"]


@asynccontextmanager
async def scales_of(page: Page) -> AsyncIterator[Scales]:
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    scales = Scales()
    scales.count(session)
    yield scales


@pytest.mark.parametrize("locale", ["sv", "ar", "ti", "uk"])
async def test_a_whole_visit_fits_a_prepaid_telephone(phones: Phones, locale: str) -> None:
    phone = await phones.new(script=True, locale=locale)
    async with scales_of(phone.page) as scales:
        await phone.open(f"/{locale}")
        first = scales.down
        turns: list[tuple[int, int]] = []
        await phone.press("begin")
        await phone.page.wait_for_load_state("networkidle")
        question = scales.down - first
        before = (scales.down, scales.up)
        async for _ in phone.steps(PERSON):
            now = (scales.down, scales.up)
            if now != before:
                turns.append((now[0] - before[0], now[1] - before[1]))
            before = now
    down, up = (statistics.median(one[way] for one in turns) for way in (0, 1))
    assert first + question <= 12 * KB
    assert down <= 1.6 * KB and up <= 1.3 * KB
    assert scales.down + scales.up <= WHOLE.get(locale, 100) * KB


@pytest.mark.parametrize("locale", ["sv", "ar", "ti", "uk"])
async def test_the_first_question_is_one_request_of_a_few_kilobytes(phones: Phones, locale: str) -> None:
    phone = await phones.new(script=False, locale=locale)
    async with scales_of(phone.page) as scales:
        await phone.open(f"/{locale}")
        about = scales.down
        await phone.press("begin")
        before = (scales.requests, scales.down)
        await phone.reload()
    assert scales.requests - before[0] == 1
    assert about <= 6 * KB and scales.down - before[1] <= 6 * KB


async def test_the_script_and_the_styles_stay_small(client: Client) -> None:
    pages = client.app[PAGES]
    (script,) = [body for name, (body, _) in pages.files.items() if name.startswith("chat.") and name.endswith(".js")]
    assert len(script) <= 6 * KB
    assert len(pages.styles["chat"].encode()) <= 6 * KB
