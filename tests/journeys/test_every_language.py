"""Seven persons in eighteen languages: whatever they speak, the office reads the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.core.dialog import Dialog
from assistant.core.steps import Done
from assistant.languages import LANGUAGES, language_name
from assistant.texts import Catalogs
from tests.journeys.playing import SEVEN, House, journey

SPOKEN = "på {}"


@pytest.mark.slow
@pytest.mark.parametrize("name", SEVEN)
async def test_the_summary_is_the_same_whatever_language_was_spoken(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, name: str
) -> None:
    told: dict[str, str] = {}
    said: dict[str, str] = {}
    for tag in LANGUAGES:
        house = House(tmp_path / tag, dialogs, catalogs, stays_open=True)
        try:
            played = await house.play(journey(name), tag)
            assert isinstance(played.talk.step, Done)
            office = await house.office(played)
        finally:
            await house.close()
        line = SPOKEN.format(language_name("sv", tag))
        # The line says whom the office has before it; nothing else may differ.
        assert office.text.count(line) >= 1
        told[tag], said[tag] = office.text.replace(line, SPOKEN, 1), played.transcript
    assert {tag for tag, text in told.items() if text != told["sv"]} == set()
    assert len(set(said.values())) == len(LANGUAGES)
