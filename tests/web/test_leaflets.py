"""The accessibility statement, and the colours that a municipality chooses."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.web import Application

from assistant.server.app import make_app
from assistant.server.pages import linked
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client
from tests.web.browser_without_script import Browser, Page

Serve = Callable[[Application], Awaitable[Client]]


async def statement(aiohttp_client: Serve, service: Service, locale: str = "en", **chosen: object) -> Page:
    """The accessibility statement of a municipality with these settings."""
    service.settings = Settings(**chosen)  # type: ignore[arg-type]
    client = await aiohttp_client(make_app(service, secure=False))
    page = await Browser(client).open(f"/{locale}/accessibility")
    assert page.status == 200
    return page


# -- the statement -----------------------------------------------------------------------------------------------------


async def test_the_statement_tells_all_that_the_law_asks_for(aiohttp_client: Serve, service: Service) -> None:
    page = await statement(aiohttp_client, service, office_name="Motala", office_phone="08-465 004 10")
    for told in (
        "Motala is responsible",
        "2018:1937",
        "EN 301 549 V3.2.1",
        "WCAG 2.2, level AA",
        "written on November 22, 2026",
        "Myndigheten för digital förvaltning (Digg)",
    ):
        assert told in page.text
    assert page.links["tel:0846500410"] == "08-465 004 10"


async def test_while_nobody_has_checked_it_the_statement_says_so(aiohttp_client: Serve, service: Service) -> None:
    page = await statement(aiohttp_client, service)
    assert "Nobody has checked it together with people" in page.text
    assert "TalkBack, VoiceOver or NVDA" in page.text
    assert "follows most of the standard" in page.text


async def test_a_checked_service_without_gaps_follows_all_of_the_standard(
    aiohttp_client: Serve, service: Service
) -> None:
    page = await statement(aiohttp_client, service, accessibility_checked="2026-03-05")
    assert "last on March 5, 2026" in page.text
    assert "follows all of the standard" in page.text and "We know of nothing" in page.text
    assert "TalkBack" not in page.text and "Nobody" not in page.text


async def test_gaps_are_shown_as_they_are_written_and_blank_ones_not_at_all(
    aiohttp_client: Serve, service: Service
) -> None:
    gaps = ("Kartan kan inte <b>läsas</b> upp.", " ")
    page = await statement(aiohttp_client, service, accessibility_checked="2026-03-05", accessibility_gaps=gaps)
    assert '<li lang="sv" dir="ltr">Kartan kan inte &lt;b&gt;läsas&lt;/b&gt; upp.</li>' in page.html
    assert page.html.count('<li lang="sv"') == 1
    assert "follows most of the standard" in page.text and "We know of nothing" not in page.text


async def test_who_has_a_contact_of_its_own_is_reached_there(aiohttp_client: Serve, service: Service) -> None:
    agency = "Digg, https://www.digg.se/anmal"
    page = await statement(
        aiohttp_client, service, "sv", accessibility_contact="hjalp@motala.example", accessibility_agency=agency
    )
    assert page.links["mailto:hjalp@motala.example"] == "hjalp@motala.example"
    assert page.links["https://www.digg.se/anmal"] == "https://www.digg.se/anmal"


async def test_who_cannot_use_a_screen_is_led_to_the_questions_on_paper(client: Client) -> None:
    for path in ("/sv", "/sv/accessibility"):
        assert "/sv/questions" in (await Browser(client).open(path)).links


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Kontaktcenter", "Kontaktcenter"),
        ("08-465 004 10", '<a href="tel:0846500410"><bdi dir="ltr">08-465 004 10</bdi></a>'),
        ("a@b.se", '<a href="mailto:a@b.se" rel="noreferrer"><bdi dir="ltr">a@b.se</bdi></a>'),
        (
            "Digg (https://digg.se/x?a=1&b=2).",
            'Digg (<a href="https://digg.se/x?a=1&amp;b=2" rel="noreferrer">'
            '<bdi dir="ltr">https://digg.se/x?a=1&amp;b=2</bdi></a>).',
        ),
        (
            '<script>"x@y.se"',
            '&lt;script&gt;&#34;<a href="mailto:x@y.se" rel="noreferrer"><bdi dir="ltr">x@y.se</bdi></a>&#34;',
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", ""),
    ],
)
def test_numbers_and_addresses_become_links_and_nothing_else_does(text: str, html: str) -> None:
    assert str(linked(text)) == html


# -- the colours -------------------------------------------------------------------------------------------------------


async def test_pages_carry_the_colours_of_the_settings_and_the_policy_still_fits(
    aiohttp_client: Serve, service: Service
) -> None:
    service.settings = Settings(accent="#0b3d91", accent_dark="#ffd166")
    client = await aiohttp_client(make_app(service, secure=False))
    for path in ("/sv", "/sv/accessibility"):
        answer = await client.get(path)
        style = (await answer.text()).partition("<style>")[2].partition("</style>")[0]
        assert "--accent:#0b3d91" in style and "--accent:#ffd166" in style
        assert not {Settings().accent, Settings().accent_dark} & set(style.replace(";", ":").split(":"))
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
