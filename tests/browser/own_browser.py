"""A Chromium as people have it, with a folder of its own on the disk: nothing of it is switched off for tests.

The one that most tests share keeps no page for the Back button, forgets everything when a context is closed, and does
not load again what was lost; how a person leaves, and what stays behind, can only be seen here.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from aiohttp import ClientSession
from playwright.async_api import Browser, CDPSession, Error, Page

from tests.browser.phone import PATIENCE_MS, Phone
from tests.chromium import CHROMIUM

_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--password-store=basic")
_EVERYTHING = """document.readyState === "loading" ? "" : document.body.textContent +
  [...document.querySelectorAll("input, textarea")].map(one => one.value)"""


class OwnBrowser:
    """A browser on this folder; ``driver`` is any browser of the driver that shall lead it, ``base`` what it visits."""

    def __init__(self, folder: Path, driver: Browser, base: str) -> None:
        self.folder, self._driver, self._base = folder, driver, base
        folder.mkdir(exist_ok=True)

    @asynccontextmanager
    async def started(self, *, script: bool, restored: bool = False) -> AsyncIterator[Phone]:
        """Start it, with a new tab or (``restored``) with the one that was open when it ended; at the end it is closed
        as a person closes it, unless it was killed."""
        self._port_file.unlink(missing_ok=True)
        flags = (*_FLAGS, "--remote-debugging-port=0", f"--user-data-dir={self.folder}")
        first = "--restore-last-session" if restored else "about:blank"
        self._process = await asyncio.create_subprocess_exec(
            CHROMIUM, *flags, first, stderr=asyncio.subprocess.DEVNULL, start_new_session=True
        )
        try:
            address = await self._address("http" if restored else "about:blank")
            browser = await self._driver.browser_type.connect_over_cdp(address)
            yield await self._phone(browser, script)
            if self._process.returncode is None:
                await (await browser.new_browser_cdp_session()).send("Browser.close")
                await self._process.wait()
        finally:
            await self.kill()

    @property
    def _port_file(self) -> Path:
        return self.folder / "DevToolsActivePort"

    def _port(self) -> str:
        """Where it listens; empty before it does."""
        return self._port_file.read_text().partition("\n")[0] if self._port_file.exists() else ""

    async def _address(self, page: str) -> str:
        """Where the browser can be led, as soon as a page whose address begins like this is open: before that it would
        not answer."""
        async with asyncio.timeout(PATIENCE_MS / 1000), ClientSession() as session:
            while True:
                if port := self._port():
                    address = f"http://127.0.0.1:{port}"
                    async with session.get(f"{address}/json/list") as answer:
                        if any(one["url"].startswith(page) and one["title"] for one in await answer.json()):
                            return address
                await asyncio.sleep(0.02)

    async def _phone(self, browser: Browser, script: bool) -> Phone:
        page = browser.contexts[0].pages[0]
        if not script:
            session = await page.context.new_cdp_session(page)
            await session.send("Emulation.setScriptExecutionDisabled", {"value": True})
        return Phone(page, self._base, script=script, mouse=True)

    async def kill(self) -> None:
        """End it as a crash does, or an empty battery."""
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    def holding(self, *words: str) -> list[str]:
        """The files of the folder in which one of these words stands, and which."""
        found = []
        for path in sorted(self.folder.rglob("*")):
            body = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            found += [f"{path.relative_to(self.folder)}: {word}" for word in words if _in(word, body)]
        return found


def _in(word: str, body: bytes) -> bool:
    """Whether a word stands there, also as half of a browser's files write it, or as forms are sent."""
    return any(one in body for one in (word.encode(), word.encode("utf-16-le"), quote_plus(word).encode()))


class Tab:
    """A tab, as its Back and Forward buttons go through it."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    @classmethod
    async def of(cls, page: Page) -> Tab:
        """The tab of this page."""
        return cls(await page.context.new_cdp_session(page))

    async def entries(self) -> list[tuple[str, str]]:
        """Address and title of each entry of the history, the oldest first."""
        return [(one["url"], one["title"]) for one in (await self._history())["entries"]]

    async def everything(self) -> str:
        """Everything that stands on the page, seen or not, what is typed into its fields included, as soon as there is
        something: a page may come back empty and load itself again. One that stays empty shows nothing."""
        text = ""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_MS / 1000):
                while not text.strip(" ,"):
                    await asyncio.sleep(0.01)
                    answer = await self._send("Runtime.evaluate", expression=_EVERYTHING)
                    text = answer.get("result", {}).get("value", "")
        return text

    async def all_stops(self) -> AsyncIterator[str]:
        """Go back to the first page of ours and forward to the last; what stands on each of them."""
        history = await self._history()
        last, here = len(history["entries"]) - 1, history["currentIndex"]
        for index in (*range(here - 1, 0, -1), *range(2, last + 1)):
            if index < len(await self.entries()):
                await self.go(index)
                yield await self.everything()

    async def go(self, index: int) -> None:
        """Go to an entry of the history; again, if a page that was loading itself got in the way."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while (history := await self._history())["currentIndex"] != index:
                await self._send("Page.navigateToHistoryEntry", entryId=history["entries"][index]["id"])
                for _ in range(50):
                    if (await self._history())["currentIndex"] == index:
                        return
                    await asyncio.sleep(0.01)

    async def _history(self) -> dict[str, Any]:
        return await self._send("Page.getNavigationHistory")

    async def _send(self, method: str, **params: Any) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while True:
                try:
                    answer: dict[str, Any] = await self._session.send(method, params)
                    return answer
                except Error as error:
                    # For a moment between two pages there is none to ask.
                    if not any(why in str(error) for why in ("Not attached", "context", "navigated")):
                        raise
