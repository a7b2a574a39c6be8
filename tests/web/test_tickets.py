"""Going on with a conversation on another device, by a link or its QR code."""

from __future__ import annotations

import asyncio
import html
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import zxingcpp
from aiohttp import web
from aiohttp.test_utils import BaseTestServer

from assistant.server.app import make_app
from assistant.server.pages import FRAGMENT
from assistant.server.refusals import Runner
from assistant.service import Service
from tests.conftest import Client, Clock
from tests.web.browser_without_script import Browser, Page
from tests.web.visits import the_talk

MakeClient = Callable[[web.Application | BaseTestServer], Awaitable[Client]]


@pytest.fixture
async def phone(client: Client) -> Browser:
    """A browser with a conversation that has just passed its gate: the code stands on its page, and the link."""
    browser = Browser(client)
    await browser.begin("sv")
    await browser.reply({"protected_identity": "no"})
    return browser


@pytest.fixture
async def library(aiohttp_client: MakeClient, client: Client) -> Browser:
    """A browser on another device."""
    return Browser(await aiohttp_client(client.server))


def link_on(page: Page | str) -> str:
    """The link to another device as it stands on a page."""
    text = page if isinstance(page, str) else page.html
    ((href, shown),) = re.findall(r'<a href="([^"]*/t/[^"]*)"><bdi dir="ltr">([^<]*)</bdi></a>', text)
    assert href == shown
    return html.unescape(href)


def path_of(page: Page | str) -> str:
    return "/t/" + link_on(page).partition("/t/")[2]


def scanned(text: str) -> list[str]:
    """What a camera reads in the QR code of a page."""
    (svg,) = re.findall(r"<svg.*?</svg>", text)
    ((left, above, width, height),) = re.findall(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', svg)
    assert (left, above, width) == ("-4", "-4.5", height)
    ground, dark = re.findall(r'<path (?:fill|stroke)="([^"]*)" d="([^"]*)"', svg)
    assert ground == ("#fff", f"M-4-4.5h{width}v{width}H-4z") and dark[0] == "#000"
    scale, side = 4, int(width)
    pixels = bytearray(b"\xff" * (side * scale) ** 2)
    x = y = 0
    for right, down, length in re.findall(r"m(-?\d+) (-?\d+)h(\d+)", dark[1]):
        x, y = x + int(right), y + int(down)
        for row in range((y + 4) * scale, (y + 5) * scale):
            start = row * side * scale + (x + 4) * scale
            pixels[start : start + int(length) * scale] = bytes(int(length) * scale)
        x += int(length)
    image = memoryview(pixels).cast("B", (side * scale, side * scale))
    return [one.text for one in zxingcpp.read_barcodes(image)]


async def test_the_page_of_the_code_shows_a_link_and_the_same_as_a_qr_code(phone: Browser, client: Client) -> None:
    link = link_on(phone.page)
    assert re.fullmatch(rf"http://{client.host}:{client.port}/t/[A-Za-z0-9_-]{{22}}", link)
    assert scanned(phone.page.html) == [link]
    assert re.search('<svg role="img" aria-label="[^"]+"', phone.page.html)
    assert "10" in phone.page.html.partition("</bdi></a>")[2].partition("</details>")[0]


async def test_a_script_that_begins_a_case_gets_the_link_and_the_qr_code_too(client: Client) -> None:
    page = await Browser(client).begin("sv")
    form = [*page.forms["reply"].as_drawn(), ("value", "no")]
    answer = await client.post("/chat", data=form, headers={"Accept": FRAGMENT, "Accept-Encoding": "gzip"})
    text = await answer.text()
    assert scanned(text) == [link_on(text)]
    assert int(answer.headers["Content-Length"]) <= 1450


async def test_the_link_is_there_when_the_code_cannot_be_shown_any_more(phone: Browser, service: Service) -> None:
    service._cache.clear()
    page = await phone.open("/chat/code")
    assert '<p class="code">' not in page.html
    assert scanned(page.html) == [link_on(page)]


async def test_the_page_tells_what_leaving_does_and_does_not_do(phone: Browser, service: Service) -> None:
    say = service.words("sv").gettext
    leave = say("“{button}” closes it on this device. Your answers stay saved.", button=say("Leave this page"))
    for told in (leave, say("It does not erase the history of the browser.")):
        assert phone.page.text.count(told) == 1


async def test_the_link_names_the_address_that_people_use(phone: Browser, service: Service) -> None:
    service.settings = type(service.settings)(public_url="https://stod.example")
    page = await phone.open("/chat/code")
    assert link_on(page).startswith("https://stod.example/t/")
    assert scanned(page.html) == [link_on(page)]


async def test_behind_a_proxy_that_does_tls_the_link_is_https(aiohttp_client: MakeClient, service: Service) -> None:
    client = await aiohttp_client(make_app(service, secure=True))
    answer = await client.post("/sv/begin", allow_redirects=False)
    cookie = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0], "Host": "stod.example"}
    page = Page(200, "", await (await client.get("/chat", headers=cookie)).text())
    form = [*page.forms["reply"].as_drawn(), ("value", "no")]
    answer = await client.post("/chat", data=form, headers=cookie | {"Accept": FRAGMENT})
    assert link_on(await answer.text()).startswith("https://stod.example/t/")


@pytest.mark.parametrize("host", ["x" * 103, "x" * 4000, "å.example", "a b"])
async def test_of_an_address_that_is_too_long_or_odd_no_link_is_made(client: Client, phone: Browser, host: str) -> None:
    answer = await client.get("/chat/code", headers={"Host": host})
    text = await answer.text()
    assert answer.status == 200 and '<p class="code">' in text
    assert "/t/" not in text and "<svg" not in text


@pytest.mark.parametrize("host", ["x" * 102, '"><b>.example'])
async def test_of_any_other_address_one_is_made_whose_code_fits_a_small_phone(
    client: Client, phone: Browser, host: str
) -> None:
    text = await (await client.get("/chat/code", headers={"Host": host})).text()
    assert scanned(text) == [link_on(text)] and "<b>" not in text
    (width,) = re.findall('<svg [^>]*width="([^"]*)"', text)
    assert int(width) <= 320 - 16


async def test_opening_the_link_asks_first_and_uses_nothing_up(phone: Browser, library: Browser) -> None:
    path = path_of(phone.page)
    for _ in range(2):
        page = await library.open(path, **{"Accept-Language": "sv"})
        assert (page.status, page.lang, page.url) == (200, "sv", path)
        assert len(page.forms["ticket"].buttons()) == 1
        answer = await library.client.head(path)
        assert answer.status == 200 and "Set-Cookie" not in answer.headers
        assert (await library.open("/chat")).url == "/"
    await library.open(path)
    page = await library.press("ticket")
    assert page.url == "/chat" and page.forms["reply"].data["data-item"] == "you"


async def test_the_title_is_neutral_and_the_page_is_kept_nowhere(phone: Browser, library: Browser) -> None:
    page = await library.open(path_of(phone.page))
    assert page.title == "Information · Klarbild"
    answer = await library.client.get(path_of(phone.page))
    assert answer.headers["Cache-Control"] == "no-store" and "noindex" in answer.headers["X-Robots-Tag"]


async def test_both_devices_answer_the_same_conversation(phone: Browser, library: Browser, service: Service) -> None:
    await library.open(path_of(phone.page))
    page = await library.press("ticket")
    assert page.lang == "sv"
    await library.reply({"answering_for": "self", "called_name": "Amal"})
    page = await phone.open("/chat")
    assert page.forms["reply"].data["data-item"] == "urgent_needs" and "Amal" in page.text
    await phone.reply({"urgent_needs": ["food"]})
    assert (await library.open("/chat")).html.count('class="me"') == 1
    assert the_talk(service).state.facts["urgent_needs", ""].value == ("food",)
    await library.send("leave")
    assert (await library.open("/chat")).url == "/"
    assert (await phone.open("/chat")).url == "/chat"


async def test_the_link_opens_nothing_a_second_time(phone: Browser, library: Browser) -> None:
    path = path_of(phone.page)
    asked = await library.open(path)
    await library.press("ticket")
    await library.send("leave")
    library.page = asked
    page = await library.press("ticket")
    assert page.status == 404 and "/sv/continue" in page.links
    assert (await library.open("/chat")).url == "/"


async def test_whoever_presses_twice_is_led_to_where_they_were(phone: Browser, library: Browser) -> None:
    asked = await library.open(path_of(phone.page))
    await library.press("ticket")
    library.page = asked
    page = await library.press("ticket")
    assert page.status == 404 and "/chat#q" in page.links


async def test_of_two_who_press_at_the_same_time_one_goes_on(
    phone: Browser, library: Browser, service: Service
) -> None:
    path = path_of(phone.page)
    service._cache.clear()
    posts = (library.client.post(path, allow_redirects=False) for _ in range(6))
    assert sorted([answer.status for answer in await asyncio.gather(*posts)]) == [303] + [404] * 5


async def test_after_ten_minutes_the_link_is_dead(phone: Browser, library: Browser, clock: Clock) -> None:
    asked = await library.open(path_of(phone.page))
    clock.forward(minutes=10, seconds=-1)
    assert (await library.open(path_of(phone.page))).status == 200
    clock.forward(seconds=1)
    assert (await library.open(path_of(phone.page))).status == 404
    library.page = asked
    assert (await library.press("ticket")).status == 404
    assert (await phone.open("/chat")).url == "/chat"


async def test_looking_at_the_page_again_leaves_the_link_alive_that_was_sent(phone: Browser, library: Browser) -> None:
    old = path_of(phone.page)
    new = path_of(await phone.open("/chat/code"))
    assert old != new
    assert [(await library.open(path)).status for path in (old, new)] == [200, 200]
    await library.press("ticket")
    assert (await library.open(new)).status == 404


async def test_whoever_has_begun_on_this_device_is_told_before_the_link_is_followed(
    phone: Browser, library: Browser
) -> None:
    path = path_of(phone.page)
    assert "redan börjat" not in (await library.open(path)).text
    await library.begin("sv")
    await library.reply({"protected_identity": "no"})
    page = await library.open(path)
    assert "redan börjat" in page.text and "/chat#q" in page.links
    assert "redan börjat" not in (await phone.open(path)).text


async def test_a_new_code_kills_the_link(phone: Browser, library: Browser, service: Service) -> None:
    old = path_of(phone.page)
    await service.new_code(the_talk(service))
    assert (await library.client.post(old)).status == 404


async def test_making_a_new_code_shows_a_new_link(phone: Browser, library: Browser, service: Service) -> None:
    service._cache.clear()
    old = path_of(await phone.open("/chat/code"))
    new = path_of(await phone.press("new_code"))
    assert [(await library.open(path)).status for path in (old, new)] == [404, 200]


async def test_an_erased_conversation_has_no_link(phone: Browser, library: Browser, service: Service) -> None:
    path = path_of(phone.page)
    assert await service.erase(the_talk(service))
    assert (await library.open(path)).status == 404
    assert (await library.client.post(path)).status == 404


async def test_a_conversation_that_is_gone_from_the_store_is_opened_by_no_link(
    phone: Browser, library: Browser, service: Service
) -> None:
    talk = the_talk(service)
    await service.store.erase(talk.id)
    service._cache.clear()
    assert (await library.client.post(path_of(phone.page))).status == 404


async def test_a_fault_of_the_store_uses_no_link_up(phone: Browser, library: Browser, service: Service) -> None:
    path = path_of(phone.page)
    service._cache.clear()
    await service.store.close()
    assert (await library.client.post(path)).status == 503
    assert service.tickets.conversation(path.removeprefix("/t/"))


async def test_the_link_dies_with_the_program_but_neither_code_nor_session_does(
    phone: Browser, library: Browser, aiohttp_client: MakeClient, service: Service
) -> None:
    code = phone.page.html.partition('<bdi dir="ltr">')[2].partition("</bdi>")[0]
    answer = await library.client.post(path_of(phone.page), allow_redirects=False)
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    path = path_of(await phone.open("/chat/code"))
    parts = (service.dialogs, service.store, service.keys, service.catalogs, service.settings, service.clock)
    again = Browser(await aiohttp_client(make_app(Service(*parts), secure=False)))
    assert (await again.open("/chat", Cookie=cookie)).url == "/chat"
    assert (await again.open(path)).status == 404
    await again.open("/sv/continue")
    assert (await again.send("continue", code=code)).url == "/chat"


async def test_an_unknown_a_used_and_an_old_link_are_answered_alike(
    phone: Browser, library: Browser, clock: Clock
) -> None:
    used = path_of(phone.page)
    await library.client.post(used, allow_redirects=False)
    library.client.session.cookie_jar.clear()
    old = path_of(await phone.open("/chat/code"))
    clock.forward(minutes=11)
    paths = ("/t/AAAAAAAAAAAAAAAAAAAAAA", "/t/x", "/t/%ff%00", f"/t/{'x' * 4000}", used, old)
    wish = {"Accept-Language": "sv"}
    answers = [await library.client.get(path, headers=wish) for path in paths]
    answers += [await library.client.post(path, headers=wish) for path in paths]
    assert {answer.status for answer in answers} == {404}
    assert len({await answer.text() for answer in answers}) == 1
    assert len({str({**answer.headers, "Date": ""}) for answer in answers}) == 1


async def test_dead_links_of_a_neighbour_lock_nobody_out(phone: Browser, library: Browser) -> None:
    path = path_of(phone.page)
    assert {(await library.client.post("/t/wrong")).status for _ in range(40)} == {404}
    await library.open(path)
    assert (await library.press("ticket")).url == "/chat"


async def test_links_that_work_and_codes_take_nothing_from_each_other(phone: Browser, library: Browser) -> None:
    for _ in range(12):
        await library.open(path_of(await phone.open("/chat/code")))
        assert (await library.press("ticket")).url == "/chat"
    for _ in range(10):
        assert (await library.client.post("/sv/continue", data={"code": "wrong"})).status == 422
    await library.open(path_of(await phone.open("/chat/code")))
    assert (await library.press("ticket")).url == "/chat"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
async def test_another_site_cannot_press_the_button(phone: Browser, library: Browser, headers: dict[str, str]) -> None:
    path = path_of(phone.page)
    assert (await library.client.post(path, headers=headers)).status == 403
    assert (await library.open(path)).status == 200


async def test_no_ticket_is_in_any_log(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    runner = Runner(make_app(service, secure=False), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with caplog.at_level(logging.DEBUG):
        async with aiohttp.ClientSession(address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            paths = [await path_from(session, service)]
            for method in ("GET", "HEAD", "PUT", "POST", "POST"):
                await session.request(method, paths[0], allow_redirects=False)
            paths.append(path_of(await (await session.get("/chat/code")).text()))
            await service.store.close()
            service._cache.clear()
            assert (await session.post(paths[1])).status == 503
    await runner.cleanup()
    assert [one for one in caplog.records if one.name == "klarbild"]
    told = " ".join(f"{one.getMessage()} {one.exc_text}" for one in caplog.records)
    assert not [path for path in paths if path.removeprefix("/t/") in told]


async def path_from(session: aiohttp.ClientSession, service: Service) -> str:
    """The link of a conversation that this browser begins."""
    await session.post("/sv/begin")
    page = Page(200, "", await (await session.get("/chat")).text())
    form: list[tuple[str, Any]] = [*page.forms["reply"].as_drawn(), ("value", "no")]
    return path_of(await (await session.post("/chat", data=form)).text())
