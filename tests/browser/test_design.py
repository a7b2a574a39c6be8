"""The page that shows every part of the applicant's pages, as a browser draws it on a telephone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from assistant.server.app import make_app
from assistant.service import Service
from tests.browser.looking import axe, covered, sideways, styled
from tests.browser.phone import IN_CHROMIUM, Phone, Phones

pytestmark = IN_CHROMIUM


@pytest_asyncio.fixture(loop_scope="session")
async def demonstration(service: Service) -> AsyncIterator[str]:
    """The address of a demonstration."""
    async with TestClient(TestServer(make_app(service, secure=False, demo=True))) as made:
        yield str(made.make_url(""))


async def opened(phones: Phones, base: str, *, width: int = 360, dark: bool = False) -> Phone:
    phone = await phones.new(script=True, width=width, dark=dark, base=base)
    await phone.open("/design")
    return phone


@pytest.mark.parametrize("dark", [False, True])
async def test_no_part_breaks_a_rule_in_any_state_or_script(phones: Phones, demonstration: str, dark: bool) -> None:
    phone = await opened(phones, demonstration, dark=dark)
    assert await axe(phone.page) == []
    assert phone.complaints == []


@pytest.mark.parametrize(("width", "letters"), [(360, "100%"), (320, "100%"), (360, "200%")])
async def test_no_part_is_wider_than_a_telephone(phones: Phones, demonstration: str, width: int, letters: str) -> None:
    phone = await opened(phones, demonstration, width=width)
    await styled(phone.page, f"html {{ font-size: {letters} !important }}")
    assert await sideways(phone.page) == []
    assert await covered(phone.page) == []
