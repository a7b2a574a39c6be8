"""The letter of an invitation on paper: one sheet, in the person's language and in Swedish."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.service import Service
from assistant.store import codes
from tests.chromium import NEEDS_CHROMIUM
from tests.conftest import Client
from tests.web.office_visits import ANNA, browsers, hire_all
from tests.web.printing import printed
from tests.web.test_invitations import invited

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
async def anna(aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service) -> Client:
    await hire_all(service)
    return await browsers(aiohttp_client, service)(ANNA)


@pytest.mark.parametrize("language", ["sv", "en", "ar"])
async def test_the_letter_is_one_sheet_of_a4(anna: Client, tmp_path: Path, language: str) -> None:
    made = await invited(anna, language=language)
    paper = await printed(anna, f"/desk/cases/{made.case}/invitation", tmp_path)
    assert len(paper.pages) == 1
    text = paper.pages[0].extract_text()
    assert codes.format_code(made.code) in text and "Inbjudningar" not in text
