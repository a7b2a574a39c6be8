"""The last page of a session that goes takes the session with it, unless the person stays with us."""

from __future__ import annotations

from assistant.server.keys import OPEN_PAGES
from tests.conftest import Client
from tests.web.browser_without_script import Browser
from tests.web.visits import until


async def the_only_page(client: Client) -> str:
    """Open the conversation in one page; the name that the server gives it, as a script reads it."""
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    client.app[OPEN_PAGES]._open.clear()
    return await another_page(client, "/chat")


async def another_page(client: Client, path: str) -> str:
    """Open another page of ours; its name."""
    response = await client.get(path)
    return response.headers["Server-Timing"].removeprefix("p;desc=")


async def goes(client: Client, told: str) -> None:
    """Tell what the script of a page tells when the page goes."""
    assert (await client.post("/chat/closed", data=told.encode())).status == 204


async def is_open(client: Client) -> bool:
    """Whether the conversation still stands open on this device. Asking opens no page."""
    response = await client.get("/chat", allow_redirects=False, headers={"Accept": "text/vnd.klarbild.turn+html"})
    return response.status == 200


async def test_the_last_page_ends_the_session(client: Client) -> None:
    first = await the_only_page(client)
    second = await another_page(client, "/sv/privacy")
    await goes(client, first)
    assert await is_open(client)
    await goes(client, second)
    assert not await is_open(client)


async def test_back_to_a_page_that_the_browser_had_kept_ends_nothing(client: Client) -> None:
    first = await the_only_page(client)
    second = await another_page(client, "/sv/privacy")
    await goes(client, first + " stays")
    # The kept page stands there again, and loads itself anew only when the other one has gone.
    await goes(client, second + " stays")
    assert await is_open(client)
    await goes(client, await another_page(client, "/chat"))
    assert not await is_open(client)
