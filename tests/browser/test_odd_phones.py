"""Telephones that are old, locked down, wrong about the time or half broken: the plain forms do the work."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser as Chromium
from playwright.async_api import Route

from assistant.core.dialog import Dialog
from assistant.server.app import make_app
from assistant.service import Service
from assistant.texts import Catalogs
from tests.browser.bad_network import Proxy
from tests.browser.own_browser import OwnBrowser
from tests.browser.phone import GO, IN_CHROMIUM, Phone, Phones
from tests.browser.records import events
from tests.conftest import Client, Clock, service_on
from tests.web.browser_without_script import Browser
from tests.web.visits import the_talk, until

pytestmark = IN_CHROMIUM

SCRIPT = "**/static/chat.*.js"
LAST = "language_skills"


async def visit(phone: Phone, service: Service) -> bool:
    """Tell the first things, go back, change and decline, as every telephone must be able to; whether the script did
    it, so that the page stayed the same."""
    await phone.begin("sv")
    await phone.page.evaluate("window.still = true")
    await phone.answer()
    await phone.step()
    await phone.answer({"called_name": "Amal"})
    await phone.back()
    assert phone.item == "you"
    await phone.answer({"called_name": "Amira"})
    await phone.until("help_wanted")
    await phone.decline("skip")
    assert phone.item == "goals"
    await phone.change("help_wanted")
    assert phone.item == "help_wanted"
    on_record = [(getattr(one, "item", ""), type(one).__name__) for one in await events(service, the_talk(service))]
    assert on_record.count(("you", "Filled")) == 2
    assert ("help_wanted", "Declined") in on_record
    return bool(await phone.page.evaluate("window.still"))


async def leaves(phone: Phone) -> None:
    """Leave, and find nothing any more."""
    await phone.leave()
    assert phone.path == "/left"
    await phone.open("/chat")
    assert phone.path == "/"


# -- the script does not come, or what it needs is not there ---------------------------------------------------------


async def blocked(route: Route) -> None:
    await route.abort()


async def cut_in_half(route: Route) -> None:
    whole = await (await route.fetch()).body()
    await route.fulfill(body=whole[: len(whole) // 2], content_type="text/javascript")


async def something_else(route: Route) -> None:
    await route.fulfill(body="<!doctype html><h1>Log in</h1>", content_type="text/html")


@pytest.mark.parametrize("way", [blocked, cut_in_half, something_else])
async def test_without_the_whole_script_the_plain_forms_do_the_work(
    phones: Phones, service: Service, way: Callable[[Route], Awaitable[None]]
) -> None:
    phone = await phones.new(script=True)
    await phone.page.route(SCRIPT, way)
    assert not await visit(phone, service)
    await leaves(phone)


async def test_a_script_that_never_comes_holds_nobody_up(phones: Phones, service: Service) -> None:
    phone = await phones.new(script=True)
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)

    await phone.page.route(SCRIPT, hold)
    await phone.page.goto(phone.base + "/sv", wait_until="commit")
    for selector in ("#begin button", "#reply label:has([value=no]) >> nth=0", GO, 'a[href="/chat#q"]'):
        await phone.page.click(selector, no_wait_after=True)
    await phone.page.wait_for_selector("#reply[data-item=you]")
    for route in held:
        await route.abort()


def missing(name: str, of: str = "window") -> str:
    """A telephone on which this is not there."""
    return f"Object.defineProperty({of}, {name!r}, {{value: undefined, writable: true, configurable: true}})"


NEEDED = ("fetch", "AbortController", "URLSearchParams")
OLD = {
    "without a submitter": "delete SubmitEvent.prototype.submitter",
    "without a voice": missing("speechSynthesis"),
    "with a voice that knows none": "speechSynthesis.getVoices = () => []",
    "without anything younger than the script needs": ";".join(
        f"delete {one}"
        for one in (
            "Array.prototype.flat", "Array.prototype.flatMap", "Array.prototype.at", "Object.fromEntries",
            "String.prototype.matchAll", "String.prototype.replaceAll", "String.prototype.trimEnd",
            "Promise.prototype.finally", "Promise.allSettled", "AbortSignal.timeout", "AbortSignal.any",
            "Element.prototype.replaceChildren", "Element.prototype.toggleAttribute", "window.structuredClone",
            "HTMLFormElement.prototype.requestSubmit", "SubmitEvent.prototype.submitter", "window.queueMicrotask",
            "window.BroadcastChannel", "window.ResizeObserver", "window.IntersectionObserver", "window.navigation",
        )
    ),
    "that lets nobody store anything": ";".join(
        f"Object.defineProperty(window, '{one}', {{get() {{ throw new DOMException('no', 'SecurityError') }}}})"
        for one in ("localStorage", "sessionStorage", "indexedDB", "caches")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NEEDED)
async def test_where_something_is_missing_that_the_script_needs_the_plain_forms_do_the_work(
    phones: Phones, service: Service, name: str
) -> None:
    phone = await phones.new(script=True)
    await phone.page.add_init_script(missing(name))
    assert not await visit(phone, service)
    await leaves(phone)
    assert phone.complaints == []


@pytest.mark.parametrize("old", OLD.values(), ids=OLD.keys())
async def test_the_script_works_on_a_telephone(phones: Phones, service: Service, old: str) -> None:
    phone = await phones.new(script=True)
    await phone.page.add_init_script(old)
    assert await visit(phone, service)
    await leaves(phone)
    assert phone.complaints == []


async def test_the_script_works_where_nobody_knows_trusted_types(phones: Phones, service: Service) -> None:
    phone = await phones.new(script=True)
    session = await phone.page.context.new_cdp_session(phone.page)
    # Who does not know them does not ask for them either.
    await session.send("Page.setBypassCSP", {"enabled": True})
    await phone.page.add_init_script(missing("trustedTypes"))
    assert await visit(phone, service)
    assert phone.complaints == []


# -- cookies, clocks, styles -------------------------------------------------------------------------------------------


async def test_who_takes_no_cookie_comes_back_to_the_start_and_nothing_is_kept(
    tmp_path: Path, chromium: Chromium, network: Proxy, service: Service
) -> None:
    own = OwnBrowser(tmp_path / "profile", chromium, network.address)
    settings: dict[str, Any] = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (own.folder / "Default").mkdir()
    (own.folder / "Default" / "Preferences").write_text(json.dumps(settings), "utf-8")
    async with own.started(script=True) as phone:
        await phone.begin("sv")
        assert (phone.path, phone.status) == ("/", 200)
    assert await service.store.cases() == ()


@pytest.mark.parametrize("years", [-10, 10])
async def test_a_clock_that_is_wrong_by_ten_years_changes_nothing(phones: Phones, service: Service, years: int) -> None:
    phone = await phones.new(script=True)
    await phone.page.clock.install(time=f"{2026 + years}-03-05T09:00:00Z")
    assert await visit(phone, service)
    await leaves(phone)


@pytest.mark.parametrize("years", [-10, 10])
async def test_a_clock_that_is_set_right_takes_no_word_away(phones: Phones, client: Client, years: int) -> None:
    phone = await phones.new(script=True)
    await phone.page.clock.install(time="2026-03-05T09:00:00Z")
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, "you")
    await phone.borrow(client)
    await phone.open("/chat")
    await phone.page.fill("[name='field.called_name']", "Amal")
    await phone.page.clock.set_system_time(f"{2026 + years}-03-05T09:00:00Z")
    await phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await phone.answer({"called_name": "Amal"})
    assert phone.item == "urgent_needs"


async def test_without_any_style_everything_stands_in_the_order_in_which_it_is_needed(
    phones: Phones, service: Service
) -> None:
    phone = await phones.new(script=True)
    await phone.page.add_init_script(
        """new MutationObserver(() => document.querySelectorAll("style").forEach(one => one.remove()))
          .observe(document, {childList: true, subtree: true})"""
    )
    assert await visit(phone, service)
    tops = [
        await phone.page.evaluate("selector => document.querySelector(selector).getBoundingClientRect().top", selector)
        for selector in (
            "#leave button",
            "[form=back]",
            "h1",
            "#reply input:not([type=hidden])",
            GO,
            "[value=skip]",
            "footer",
        )
    ]
    assert tops == sorted(tops) and len(set(tops)) == len(tops)
    assert not await phone.page.is_visible("#wait")


# -- read aloud --------------------------------------------------------------------------------------------------------

VOICE = """(voices => {
  window.spoken = [];
  window.stopped = 0;
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  const voice = {
    getVoices: () => voices.map(lang => ({lang, name: lang})),
    speak: part => { spoken.push(part); },
    cancel: () => { stopped += 1; console.log("stopped"); },
  };
  Object.defineProperty(window, "speechSynthesis", {value: voice});
})"""
TEXTS = """() =>
  [...document.querySelectorAll("h1, #turn .hint, legend, .field > label, .choices label, .declines button")]
  .filter(one => one.checkVisibility() && !one.querySelector("h1"))
  .map(one => one.textContent.trim().replace(/\\s+/g, " "))"""


async def hearing(phones: Phones, client: Client, *voices: str, locale: str = "sv", item: str = "help_wanted") -> Phone:
    """A telephone with these voices, on which this question is asked."""
    phone = await phones.new(script=True, locale=locale)
    await phone.page.add_init_script(f"{VOICE}({json.dumps(voices)})")
    quick = Browser(client)
    await quick.begin(locale)
    await until(quick, item)
    await phone.borrow(client)
    await phone.open("/chat")
    return phone


async def is_reading(phone: Phone) -> bool:
    """Whether the button offers to stop."""
    offered = await phone.page.inner_text("#aloud")
    words = [await phone.page.get_attribute("#status", f"data-{name}") for name in ("listen", "stop")]
    assert offered in words
    return offered == words[1]


@pytest.mark.parametrize("voice", ["sv-SE", "sv_SE", "SV"])
async def test_a_voice_of_the_language_reads_the_question_and_its_choices(
    phones: Phones, client: Client, voice: str
) -> None:
    phone = await hearing(phones, client, "en-US", voice)
    assert not await is_reading(phone)
    await phone.tap("#aloud")
    assert await is_reading(phone)
    spoken = await phone.page.evaluate("spoken.map(part => part.text)")
    shown = await phone.page.evaluate(TEXTS)
    assert " ".join(" ".join(spoken).split()) == " ".join(" ".join(shown).split())
    assert max(map(len, spoken)) <= 181
    assert set(await phone.page.evaluate("spoken.map(part => part.lang + part.voice.lang)")) == {voice + voice}
    # The last part, which is empty, tells that all is read.
    await phone.page.evaluate("spoken[spoken.length - 1].onend()")
    assert not await is_reading(phone)


async def test_a_second_tap_and_the_next_turn_stop_it(phones: Phones, client: Client) -> None:
    phone = await hearing(phones, client, "sv-SE")
    await phone.tap("#aloud")
    await phone.tap("#aloud")
    assert await phone.page.evaluate("stopped") == 1
    assert not await is_reading(phone)
    await phone.tap("#aloud")
    await phone.answer()
    assert await phone.page.evaluate("stopped") == 2
    assert not await is_reading(phone)


async def test_leaving_stops_it(phones: Phones, client: Client) -> None:
    phone = await hearing(phones, client, "sv-SE")
    await phone.tap("#aloud")
    async with phone.page.expect_console_message(lambda message: message.text == "stopped"):
        await phone.leave()


@pytest.mark.parametrize("voices", [["en-US"], [], ["se-SE", "nn-NO"]], ids=["english", "none", "neighbours"])
async def test_without_a_voice_of_the_language_there_is_no_button(
    phones: Phones, client: Client, voices: list[str]
) -> None:
    phone = await hearing(phones, client, *voices)
    await phone.answer()
    assert not await phone.page.query_selector("#aloud")
    assert phone.complaints == []


async def test_a_language_that_telephones_only_pretend_to_speak_has_no_button(
    phones: Phones, tmp_path: Path, dialogs: Mapping[str, Dialog], clock: Clock
) -> None:
    (tmp_path / "locales" / "so" / "LC_MESSAGES").mkdir(parents=True)
    catalogs = Catalogs.load(tmp_path / "locales")
    async with (
        service_on(tmp_path / "somali", dialogs, catalogs, clock) as service,
        TestServer(make_app(service, secure=False)) as server,
    ):
        phone = await phones.new(script=True, base=str(server.make_url("")))
        await phone.page.add_init_script(f"{VOICE}(['so-SO', 'en-US'])")
        await phone.begin("so")
        await phone.until("you")
        assert (phone.drawn.lang, await phone.page.locator(".progress").count()) == ("so", 1)
        assert not await phone.page.query_selector("#aloud")


async def test_a_voice_that_comes_later_brings_the_button(phones: Phones, client: Client) -> None:
    phone = await hearing(phones, client)
    assert not await phone.page.query_selector("#aloud")
    await phone.page.evaluate(
        "() => { speechSynthesis.getVoices = () => [{lang: 'sv-SE'}]; speechSynthesis.onvoiceschanged(); }"
    )
    assert not await is_reading(phone)
    await phone.page.evaluate("speechSynthesis.onvoiceschanged()")
    assert await phone.page.locator("#aloud").count() == 1
