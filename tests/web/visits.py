"""A person to walk through the first visit with, and how to come to a question of it."""

from __future__ import annotations

from typing import Any

from assistant.service import Service
from assistant.talks import Talk
from tests.web.browser_without_script import Browser, Page

PERSON: dict[str, Any] = {
    "birth_year": {"year": "1985"},
    "child_birth_year": {"year": "2015"},
    "called_name": "Amal",
    "urgent_needs": ["nothing_urgent"],
}


async def until(browser: Browser, item: str) -> Page:
    """Answer until this question is asked."""
    while browser.page.forms.get("reply") is None or browser.page.forms["reply"].data["data-item"] != item:
        await browser.step(PERSON)
        assert not browser.is_done(), f"{item} is never asked"
    return browser.page


def the_talk(service: Service) -> Talk:
    """The one conversation that is kept."""
    (talk,) = service._cache.values()
    return talk
