"""What a telephone keeps by itself: words that are typed, titles, addresses, file names and messages."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from assistant.core.office import Channel
from assistant.invitation_texts import message_of
from assistant.server.keys import PAGES
from assistant.service import Service
from tests.conftest import Client
from tests.web.browser_without_script import VOID, Browser
from tests.web.visits import PERSON

QUIET = {"autocomplete": "off", "autocorrect": "off", "autocapitalize": "off", "spellcheck": "false"}
"""Attributes of a field, or of the form around it: fields have them from their form (HTML, sections 4.10.18.7, 6.8.6,
6.8.8; `spellcheck` from any element around them)."""

TELLING = re.compile("bistånd|våld|social|försörjning|assistance|violence|مساعدة|عنف", re.IGNORECASE)
"""What no title, address, file name or short message says."""

TYPED = ("text", "tel", "email", "number", "search", "url", "password", "date")


class Fields(HTMLParser):
    """The fields of a page into which people type, with the attributes that they have or take from around them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[dict[str, str]] = []
        self._around: list[dict[str, str]] = [{}]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        here = self._around[-1] | {name: own[name] for name in QUIET if name in own}
        if tag == "textarea" or (tag == "input" and own.get("type", "text") in TYPED):
            self.fields.append({"name": own.get("name", "?"), **here, "type": own.get("type", "text")})
        if tag not in VOID:
            self._around.append(here)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._around.pop()


async def every_page(client: Client, locale: str) -> list[tuple[str, str, str]]:
    """Address, title and HTML of every page that somebody meets who answers everything, wrong once, and looks round."""
    browser, found = Browser(client), list[tuple[str, str, str]]()

    def keep() -> None:
        found.append((browser.page.url, browser.page.title, browser.page.html))

    for path in (
        "/",
        f"/{locale}",
        f"/{locale}/continue",
        f"/{locale}/apply-now",
        f"/{locale}/privacy",
        "/t/x",
        "/i/x",
    ):
        await browser.open(path)
        keep()
    await browser.open(f"/{locale}/apply-now")
    await browser.send("urgent", name="A" * 5000)
    keep()
    await browser.begin(locale)
    answers = {**PERSON, "open": "yes", "more": "", "urgent_needs": ["food"]}
    for _ in range(150):
        keep()
        if browser.is_done():
            break
        await browser.step(answers)
    for path in ("/chat/answers", "/chat/code", "/chat/sent", f"/{locale}/apply-now", "/chat"):
        await browser.open(path)
        keep()
    await browser.open("/chat/code")
    await browser.send("pin", pin="x")
    keep()
    return found


@pytest.mark.parametrize("locale", ["sv", "ar"])
async def test_nothing_that_is_typed_is_offered_again_learned_or_sent_to_be_checked(
    client: Client, locale: str
) -> None:
    fields = [field for _, _, html in await every_page(client, locale) for field in Fields(html).fields]
    assert len({field["name"] for field in fields}) > 15
    wrong = [
        (field["name"], name, field.get(name))
        for field in fields
        for name, value in QUIET.items()
        # The code is no answer, and written in capitals.
        if field.get(name) != value and (field["name"], name) != ("code", "autocapitalize")
    ]
    assert wrong == []
    # A manager of passwords would offer to keep these, and a list of contacts to fill them in.
    assert {field["type"] for field in fields} == {"text"}
    assert not {"email", "tel", "password", "username"} & {field["name"] for field in fields}


@pytest.mark.parametrize("locale", ["sv", "en", "ar"])
async def test_no_title_and_no_address_tells_what_it_is_about(client: Client, locale: str) -> None:
    pages = await every_page(client, locale)
    assert len(pages) > 40
    assert [found for address, title, _ in pages if (found := TELLING.search(address + title))] == []
    assert {title for _, title, _ in pages if not title} == set()


def test_no_route_and_no_file_for_applicants_has_a_telling_name(client: Client) -> None:
    addresses = [route.resource.canonical for route in client.app.router.routes() if route.resource is not None]
    addresses += list(client.app[PAGES].addresses.values())
    assert [one for one in addresses if not one.startswith("/desk") and TELLING.search(one)] == []
    assert len(addresses) > 40


async def test_every_page_begins_with_the_exit(client: Client) -> None:
    for address, _, html in await every_page(client, "sv"):
        if address != "/left":
            body = html.partition("<body")[2]
            first = re.search(r"<(a|button|input|select|textarea|summary)\b[^>]*>([^<]*)", body)
            assert first is not None and first[2] == "Lämna sidan", address


@pytest.mark.parametrize("channel", ["sms", "email"])
@pytest.mark.parametrize("locale", ["sv", "en", "ar"])
def test_no_message_that_somebody_else_may_see_tells_what_it_is_about(
    service: Service, channel: Channel, locale: str
) -> None:
    words, link = service.words(locale), "https://klarbild.example/i/abc"
    letter = message_of(words, service.words("sv"), channel=channel, to="070", link=link, until="2026-04-01")
    assert link in letter.text and TELLING.search(letter.subject + letter.text) is None


async def test_the_file_for_the_calendar_has_a_name_that_tells_nothing(client: Client) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await browser.walk(PERSON)
    answer = await client.get("/chat/reminder.ics")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="date.ics"'
    assert TELLING.search(await answer.text()) is None
