"""Somebody who answers on the pages without script, behind a bad network: they reload, or send the form once more."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, cast

import aiohttp

from tests.conftest import Client
from tests.torture.people import Gone
from tests.web.browser_without_script import Browser, Page
from tests.web.visits import PERSON

_CODE = re.compile(r"\b[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}\b")
_NOT_OURS = (502, 503, 504)


class _Network:
    """What a browser needs of a network. Raises Gone where no whole page came, or somebody else's."""

    def __init__(self, port: int, within: float) -> None:
        self._session = aiohttp.ClientSession(
            f"http://127.0.0.1:{port}",
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(within),
            connector=aiohttp.TCPConnector(force_close=True),
        )

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> aiohttp.ClientResponse:
        return await self._send("GET", path, headers=headers)

    async def post(self, path: str, data: Any = None) -> aiohttp.ClientResponse:
        return await self._send("POST", path, data=data)

    async def _send(self, method: str, path: str, **more: Any) -> aiohttp.ClientResponse:
        try:
            answer = await self._session.request(method, path, **more)
            text = await answer.text()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Gone(type(error).__name__) from None
        if answer.status in _NOT_OURS or not text.rstrip().endswith("</html>"):
            raise Gone(str(answer.status))
        return answer

    async def close(self) -> None:
        await self._session.close()


class Visitor:
    """A person without script. `told` are the questions whose answer led to the next page, `tries` the longest that
    one step took; `code` is what brings them back."""

    def __init__(self, port: int, seed: int, within: float = 2.0) -> None:
        self._network = _Network(port, within)
        self.browser = Browser(cast(Client, self._network))
        self.told: list[str] = []
        self.tries = self.steps = 0
        self.code = ""
        self._chance = random.Random(seed)

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._network.close()

    async def begin(self, most: int) -> None:
        """Come to the first question. Raises Gone after so many tries."""
        for _ in range(most):
            try:
                await self.browser.begin("sv")
            except Gone:
                continue
            if "reply" in self.browser.page.forms:
                return
        raise Gone("the first question")

    async def step(self, most: int) -> bool:
        """Answer what the page asks; False if nothing is asked any more. Raises Gone after so many tries."""
        before = self.browser.page
        if before.is_done():
            return False
        asked = _question(before)
        for tried in range(1, most + 1):
            try:
                if tried > 1 and self._chance.random() < 0.5:
                    # Look what is there now, instead of sending the form again.
                    await self.browser.open("/chat")
                    if _question(self.browser.page) == asked:
                        await self.browser.step(PERSON)
                else:
                    self.browser.page = before
                    await self.browser.step(PERSON)
            except Gone:
                continue
            page = self.browser.page
            assert page.status in (200, 409), (page.status, page.heading)
            if _question(page) != asked or page.is_done():
                self._took(asked, tried)
                return True
        raise Gone("a step")

    def _took(self, asked: str, tried: int) -> None:
        self.steps += 1
        self.tries = max(self.tries, tried)
        if asked.startswith("reply "):
            self.told.append(asked.removeprefix("reply "))

    async def read_code(self, most: int) -> None:
        """Look up the code that brings one back. Raises Gone after so many tries."""
        for _ in range(most):
            try:
                page = await self.browser.open("/chat/code")
            except Gone:
                continue
            found = _CODE.search(page.text)
            assert found, page.text
            self.code = found[0]
            return
        raise Gone("the code")


def _question(page: Page) -> str:
    """What a page asks: the form that it waits with, and of which item."""
    for name in ("reply", "enough", "confirm", "submit", "open"):
        if name in page.forms:
            form = page.forms[name]
            hidden = [
                one.value for one in form.controls if one.kind == "hidden" and one.name in ("of", "section", "repeat")
            ]
            return " ".join((name, form.data.get("data-item", ""), *hidden)).strip()
    return page.heading
