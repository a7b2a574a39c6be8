"""Losing the network on a telephone, seeing what it says, and the ways to go on."""

from __future__ import annotations

from assistant.core.record import AnyEvent
from tests.browser.bad_network import LOST, Fate, Proxy
from tests.browser.phone import GO, Phone, Phones
from tests.conftest import Client
from tests.web.browser_without_script import Browser
from tests.web.visits import until

AGAIN = "#wait button"
"""The button “Try again”."""
NEXT = "#reply[data-item=urgent_needs]"
"""The question behind the first one."""


async def asked(phones: Phones, network: Proxy, client: Client, item: str = "you") -> Phone:
    """A telephone with the script, on which this question is asked. Its clock stands, until the test moves it."""
    phone = await phones.new(script=True, base=network.address)
    quick = Browser(client)
    await quick.begin("sv")
    await until(quick, item)
    await phone.borrow(client)
    await phone.page.clock.install(time=0)
    await phone.open("/chat")
    await stop_the_clock(phone)
    return phone


async def stop_the_clock(phone: Phone) -> None:
    """From now on no time passes on this page but what a test lets pass. Its clock must have been installed."""
    await phone.page.clock.pause_at(3_600_000)


async def lose(phone: Phone, network: Proxy, fate: Fate = LOST, *, button: str = GO) -> None:
    """Tap a button, lose the connection, and see it said."""
    network.fate = fate
    await phone.tap(button)
    await phone.page.wait_for_selector(AGAIN, state="visible")


async def said(phone: Phone) -> tuple[str, str]:
    """What stands beside the button, and what a screen reader is told."""
    beside = await phone.page.inner_text("#wait span") if await phone.page.is_visible("#wait") else ""
    return beside, await phone.page.inner_text("[role=status]")


async def word(phone: Phone, name: str) -> str:
    """What the page gave the script to say."""
    return await phone.page.get_attribute("#status", f"data-{name}") or ""


def times(on_record: list[AnyEvent], item: str) -> int:
    """How often a question was answered."""
    return [getattr(event, "item", "") for event in on_record].count(item)


async def by_the_button(phone: Phone) -> None:
    await phone.tap(AGAIN)


async def by_itself(phone: Phone) -> None:
    await phone.page.clock.run_for(2000)


async def when_the_network_is_back(phone: Phone) -> None:
    await phone.page.evaluate("dispatchEvent(new Event('online'))")


async def when_it_is_looked_at_again(phone: Phone) -> None:
    await phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


WAYS = (by_the_button, by_itself, when_the_network_is_back, when_it_is_looked_at_again)
