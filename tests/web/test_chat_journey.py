"""The whole first visit through the pages, without any script."""

from __future__ import annotations

import pytest

from assistant.service import Service
from tests.conftest import Client
from tests.web.browser_without_script import Browser

PERSON = {"birth_year": {"year": "1985"}, "child_birth_year": {"year": "2015"}, "urgent_needs": ["nothing_urgent"]}


@pytest.fixture
async def browser(client: Client) -> Browser:
    return Browser(client)


async def test_the_whole_first_visit_can_be_told_without_script(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    page = await browser.walk(PERSON)
    print(browser.visited)
    (case,) = await service.store.cases(status=["sent"])
    assert case.reference in page.text
