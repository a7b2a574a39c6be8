"""The life line on paper: one sheet, in letters that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.service import Service
from tests.chromium import NEEDS_CHROMIUM
from tests.conftest import Client
from tests.journeys.playing import SEVEN
from tests.journeys.playing import journey as journey_of
from tests.web.desk_lives import TANGLED, address, sent
from tests.web.desk_visits import log_in
from tests.web.printing import printed
from tests.web.test_desk_print import A4, LEAST_POINTS, fullest_cases, sizes

pytestmark = NEEDS_CHROMIUM


@pytest.mark.parametrize("name", [*SEVEN, "tangled", "Latin", "Arabic", "Ethiopic"])
async def test_it_is_one_sheet_of_a4_in_readable_letters(
    client: Client, service: Service, tmp_path: Path, name: str
) -> None:
    fullest = fullest_cases(service.dialogs["first_visit"])
    journey = TANGLED if name == "tangled" else fullest.get(name) or journey_of(name)
    talk = await sent(service, journey)
    await log_in(client, service)
    for locale in ("sv", "en"):
        paper = await printed(client, address(talk, locale), tmp_path)
        assert len(paper.pages) == 1
        assert tuple(round(side) for side in paper.pages[0].mediabox[2:]) == A4
        assert min(sizes(paper)) >= LEAST_POINTS
        assert talk.reference in paper.pages[0].extract_text()
