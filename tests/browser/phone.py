"""A telephone with a real browser: what a person does on it by tapping and typing where something can be seen.

It does the same whether scripts run or not: a step is over when another page, or another turn in the same page, is
there. Whatever is tapped must be visible and must not lie under anything else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Response, ViewportSize
from yarl import URL

from tests.chromium import NEEDS_CHROMIUM
from tests.conftest import Client
from tests.web.browser_without_script import Answers, Form, filled
from tests.web.browser_without_script import Page as Drawn
from tests.web.visits import PERSON

IN_CHROMIUM = [*NEEDS_CHROMIUM, pytest.mark.asyncio(loop_scope="session")]
"""The marks of every module of this folder."""

PATIENCE_MS = 10_000
"""How long something may take before a test fails. Nothing waits that long when all is well."""

GO = 'button[form="reply"]:not([name])'
"""The button Continue under a question."""

_MARK = "for (const one of document.querySelectorAll('body, #turn')) one.dataset.known = ''"
_NEW = "body:not([data-known]), #turn:not([data-known])"
_POINT = """selector => {
  let one = document.querySelector(selector);
  if (!one) return {why: "is not there"};
  const shut = one.closest("details:not([open])");
  const opens = shut !== null && one !== shut.querySelector("summary");
  if (opens) one = shut.querySelector("summary");
  one.scrollIntoView({block: "center", behavior: "instant"});
  const box = one.getClientRects()[0];
  if (!box || !box.width || !box.height) return {why: "cannot be seen"};
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const hit = document.elementFromPoint(x, y);
  if (!one.contains(hit)) return {why: "lies under " + (hit ? hit.outerHTML.slice(0, 80) : "nothing")};
  return {x, y, opens};
}"""


class Phone:
    """One page of a browser. ``drawn`` is the page as it was when the last step ended; ``complaints`` is what the
    browser had to say about scripts and policies; ``asked`` are the addresses that it requested."""

    def __init__(self, page: Page, base: str, *, script: bool, mouse: bool) -> None:
        self.page, self.base, self.script, self.mouse = page, base, script, mouse
        self.drawn = Drawn(0, "", "")
        self.status = 0
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._complain)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("response", self._answered)

    def _complain(self, message: ConsoleMessage) -> None:
        # A refused answer is told by its status; the browser repeats it here.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.request.method == "POST" or response.request.is_navigation_request():
            self.status = response.status

    # -- what stands there ---------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """The words of the heading."""
        return self.drawn.heading.strip()

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.drawn.title

    @property
    def path(self) -> str:
        """The address without host and fragment."""
        return self.page.url.removeprefix(self.base).partition("#")[0]

    @property
    def question(self) -> Form | None:
        """The form of the question, if one is asked."""
        return self.drawn.forms.get("reply")

    @property
    def item(self) -> str:
        """The name of the question; empty if none is asked."""
        return self.question.data["data-item"] if self.question else ""

    async def look(self) -> None:
        """Take in what stands on the page now."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            self.drawn = Drawn(self.status, self.path, await self.page.content())

    # -- tapping -------------------------------------------------------------------------------------------------------

    async def open(self, path: str) -> None:
        """Go to an address."""
        await self.page.goto(self.base + path, wait_until="domcontentloaded")
        await self.look()

    async def reload(self) -> None:
        """Load the page again."""
        await self.page.reload(wait_until="domcontentloaded")
        await self.look()

    async def tap(self, selector: str) -> None:
        """Tap the first of these, and before it what it is folded into."""
        point = await self.point(selector)
        if point["opens"]:
            await self.touch(point)
            while point["opens"]:
                await asyncio.sleep(0.01)
                point = await self.point(selector)
        await self.touch(point)

    async def touch(self, point: dict[str, Any]) -> None:
        """Tap at a point. While another page is on its way a browser answers nothing about the one that stands there,
        but it can be tapped at a point found before."""
        if self.mouse:
            await self.page.mouse.click(point["x"], point["y"])
        else:
            await self.page.touchscreen.tap(point["x"], point["y"])

    async def point(self, selector: str) -> dict[str, Any]:
        """Where the first of these is, when it has come into sight."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            point: dict[str, Any] = await self.page.evaluate(_POINT, selector)
        assert "why" not in point, f"{selector} {point['why']} on “{self.title}”"
        return point

    @asynccontextmanager
    async def turning(self) -> AsyncIterator[None]:
        """What happens within leads to another page or turn."""
        if self.script:
            await self.page.evaluate(_MARK)
            yield
            await self.page.wait_for_selector(_NEW, state="attached")
            await self.page.wait_for_load_state("domcontentloaded")
        else:
            async with self.page.expect_navigation(wait_until="domcontentloaded"):
                yield
        await self.look()

    @asynccontextmanager
    async def failing(self) -> AsyncIterator[None]:
        """What happens within ends on the browser's own page about a lost connection. For pages without scripts."""
        async with self.page.expect_event("framenavigated", lambda frame: frame.url.startswith("chrome-error")):
            yield
        # The driver is told of that page a little before it can do anything with it; what answers is there.
        await self.page.evaluate("0")

    async def follow(self, address: str) -> None:
        """Tap a link."""
        async with self.turning():
            await self.tap(f'a[href="{address}"]')

    async def press(self, form: str, value: str = "") -> None:
        """Tap the button of a form: the one with this value, or its first one."""
        which = f'[value="{value}"]' if value else ""
        async with self.turning():
            await self.tap(f'button[form="{form}"]{which}, [id="{form}"] button{which}')

    # -- the conversation ----------------------------------------------------------------------------------------------

    async def begin(self, locale: str = "sv") -> None:
        """Start a conversation."""
        await self.open(f"/{locale}")
        await self.press("begin")

    async def fill(self, answers: Answers = PERSON) -> None:
        """Put an answer into the question, and send nothing."""
        assert self.question, f"nothing is asked on “{self.heading}”"
        for name, value in filled(self.question, answers).items():
            await self._put(self.question, name, value)

    async def _put(self, form: Form, name: str, value: Any) -> None:
        controls = form.of(name)
        wanted = value if isinstance(value, list) else [value]
        match controls[0].kind:
            case "radio" | "checkbox" as kind:
                for one in controls:
                    if one.checked != (one.value in wanted) and (kind == "checkbox" or not one.checked):
                        await self.tap(f'label:has(input[name="{name}"][value="{one.value}"])')
            case "select":
                await self.page.select_option(f'select[name="{name}"]', wanted[0])
            case _ if wanted[0] != controls[0].value:
                await self.tap(f'[name="{name}"]')
                await self.page.fill(f'[name="{name}"]', wanted[0])

    async def proceed(self) -> None:
        """Tap Continue under the question."""
        await self.press("reply")

    async def answer(self, answers: Answers = PERSON) -> None:
        """Answer the question: what is not named gets its first choice, or words that fit."""
        declined = answers.get(self.item)
        if isinstance(declined, tuple):
            await self.decline(declined[1])
        else:
            await self.fill(answers)
            await self.proceed()

    async def decline(self, kind: str) -> None:
        """Tap “I don't know” (``unknown``), “I don't want to say” (``skip``) or “at the visit” (``in_person``)."""
        await self.press("reply", kind)

    async def back(self) -> None:
        """Tap Back."""
        await self.press("back")

    async def change(self, target: str) -> None:
        """Tap Change beside an answer."""
        await self.press("change", target)

    async def switch_language(self, tag: str) -> None:
        """Choose another language."""
        await self.follow("/chat/language")
        await self.press("language", tag)

    async def leave(self) -> None:
        """Tap “Leave this page”."""
        await self.press("leave")

    async def step(self, answers: Answers = PERSON) -> None:
        """Do what the page asks for, whatever that is."""
        forms = self.drawn.forms
        if "reply" in forms:
            await self.answer(answers)
        elif "enough" in forms:
            await self.press("more" if answers.get("more") else "enough")
        elif "confirm" in forms or "submit" in forms:
            await self.press("confirm" if "confirm" in forms else "submit")
        elif "open" in forms:
            await self.press("open", answers.get("open", "no"))
        else:
            await self.follow("/chat#q")

    async def steps(self, answers: Answers = PERSON, *, most: int = 150) -> AsyncIterator[str]:
        """Go to the end step by step; yields the name of the question (or nothing) before each of them, and at the
        end."""
        for _ in range(most):
            yield self.item
            if self.drawn.is_done():
                return
            await self.step(answers)
            assert self.status < 400, f"{self.status}: {self.drawn.text}"
        raise AssertionError(f"no end: {self.heading}")

    async def until(self, item: str, answers: Answers = PERSON) -> None:
        """Go on until this question is asked."""
        async for asked in self.steps(answers):
            if asked == item:
                return
        raise AssertionError(f"{item} is never asked")

    async def walk(self, answers: Answers = PERSON) -> None:
        """Go to the end."""
        async for _ in self.steps(answers):
            pass

    async def borrow(self, client: Client) -> None:
        """Go on here in the conversation, or at the desk, where the client is."""
        cookies = [(one.key, one.value) for one in client.session.cookie_jar]
        await self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.base} for name, value in cookies]
        )

    async def lend(self, client: Client) -> None:
        """Let the client act in the same conversation, as another hand on the same telephone."""
        for one in await self.page.context.cookies():
            client.session.cookie_jar.update_cookies({one["name"]: one["value"]}, URL(self.base))


class Phones:
    """The telephones of a test, each with cookies of its own. ``base`` is the address that they reach."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser, self.base = browser, base.rstrip("/")
        self._made: list[Phone] = []

    async def new(
        self,
        *,
        width: int = 360,
        height: int = 740,
        script: bool = False,
        locale: str = "sv",
        dark: bool = False,
        mouse: bool = False,
        scale: float = 1,
        base: str = "",
    ) -> Phone:
        """Another telephone, with or without scripts. ``mouse``: it is a computer; ``scale``: how many points of the
        screen one pixel of CSS has, as zooming makes them; ``base``: reach the server by another way."""
        context = await self._browser.new_context(
            viewport=ViewportSize(width=width, height=height),
            device_scale_factor=scale,
            is_mobile=not mouse,
            has_touch=not mouse,
            java_script_enabled=script,
            locale=locale,
            color_scheme="dark" if dark else "light",
            # A page that fades in would be measured half faded.
            reduced_motion="reduce",
        )
        phone = Phone(await context.new_page(), base.rstrip("/") or self.base, script=script, mouse=mouse)
        self._made.append(phone)
        return phone

    async def close(self) -> None:
        """Put them away."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            for phone in self._made:
                await phone.page.context.close()
