"""Sentences about a job in every language: what stands there is found, and nothing else."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from assistant.languages import LANGUAGES
from tests.understanding import jobs

TABLES: Final = Path(__file__).parent / "sentences"
LEAST: Final = 8


def rows(folder: str) -> list[dict[str, Any]]:
    with (TABLES / f"{folder}.toml").open("rb") as stream:
        return list(tomllib.load(stream)["row"])


def every_row() -> Iterator[tuple[str, dict[str, Any]]]:
    for tag, language in LANGUAGES.items():
        yield from ((tag, row) for row in rows(language.folder))


@pytest.mark.parametrize(("tag", "row"), list(every_row()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_sentence_about_a_job_is_understood_as_far_as_it_goes(tag: str, row: dict[str, Any]) -> None:
    found = {fact.field: fact.value for fact in jobs.facts(tag, "jobs", row["text"])}
    assert found == {name: value for name, value in row.items() if name != "text"}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_is_tried_with_sentences_that_say_something_and_with_some_that_do_not(tag: str) -> None:
    table = rows(LANGUAGES[tag].folder)
    silent = [row for row in table if len(row) == 1]
    assert len(table) >= LEAST and 2 <= len(silent) < len(table) - 4
    assert any("job_country" in row and "job_title" in row for row in table)
