"""The invented persons get through the talk, and what is said to them is what was reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.dialog import places
from assistant.core.steps import Done
from tests.journeys.golden import FOLDER, LOCALES, NAMES, path_of, played
from tests.journeys.playing import own_golden

MOST_CORE_SCREENS = 32


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", NAMES)
async def test_the_talk_is_word_for_word_the_one_that_was_reviewed(tmp_path: Path, name: str, locale: str) -> None:
    done = await played(tmp_path / "data", name, locale)
    assert done.transcript() + "\n" == path_of(name, locale).read_text("utf-8"), "look at it, then: make golden"


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_meets_more_than_32_core_screens(tmp_path: Path, name: str) -> None:
    done = await played(tmp_path / "data", name, "en")
    assert isinstance(done.talk.step, Done)
    known = places(done.talk.dialog)
    core = {screen for screen in done.screens if not known[screen].section.optional}
    assert 5 <= len(core) <= MOST_CORE_SCREENS


def test_no_golden_file_is_left_over() -> None:
    transcripts = {path_of(name, one).name for name in NAMES for one in LOCALES}
    assert {path.name for path in FOLDER.iterdir()} == transcripts | own_golden()
