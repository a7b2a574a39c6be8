"""Seven persons in eighteen languages: whatever they speak, the office reads the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assistant.authoring.journeys import Journey
from assistant.bidi import PDI
from assistant.core.dialog import OCCUPATION, Dialog
from assistant.core.steps import Done
from assistant.known_words import occupation_of
from assistant.languages import LANGUAGES, language_name
from assistant.texts import Catalogs
from tests.journeys.playing import SEVEN, House, journey

SPOKEN = "på {}"


def in_language(told: Journey, catalogs: Catalogs, tag: str) -> Journey:
    """The journey as somebody tells it who speaks this language: known occupations have its names for them."""

    def named(title: str) -> str:
        known = (occupation_of(catalogs.words(one), title) for one in LANGUAGES)
        code = next((one for one in known if one), "")
        return catalogs.words(tag).occupations.name(OCCUPATION + code) if code else title

    jobs: list[dict[str, Any]] = list(told.repeats.get("jobs", ()))  # type: ignore[arg-type]
    jobs = [{**job, "job_title": named(job["job_title"])} for job in jobs]
    return msgspec.structs.replace(told, repeats={**told.repeats, "jobs": jobs}) if jobs else told


def lines_of(text: str, other: str) -> list[str]:
    """What a text says that the other one does not."""
    return sorted(set(text.replace(". ", ".\n").splitlines()) - set(other.replace(". ", ".\n").splitlines()))


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
            played = await house.play(in_language(journey(name), catalogs, tag), tag)
            assert isinstance(played.talk.step, Done)
            office = await house.office(played)
        finally:
            await house.close()
        # The line that says whom the office has before it names the language, and so do marks behind quoted words.
        name_of = language_name("sv", tag)
        line = SPOKEN.format(name_of)
        assert office.text.count(line) >= 1
        told[tag] = office.text.replace(line, SPOKEN, 1)
        for quoted in ("”", f"{PDI}”"):
            told[tag] = told[tag].replace(f"{quoted} ({name_of})", quoted)
        said[tag] = played.transcript
    differing = {tag: lines_of(text, told["sv"]) for tag, text in told.items() if text != told["sv"]}
    assert differing == {}
    assert len(set(said.values())) == len(LANGUAGES)
