"""The list of terms and the catalogs: every language has a word for every concept, and says it like that."""

from __future__ import annotations

import csv
from typing import Final

import pytest

from assistant import resources
from assistant.authoring.catalogs import path_of
from assistant.languages import LANGUAGES, Language
from assistant.texts import SOURCE, read_catalog
from assistant.understanding.folding import fold

LOCALES: Final = resources.folder("locales")
LEAST: Final = 0.8
"""The share of terms that the catalogs of a language use at least. Some concepts are named in none of the texts."""

_ENDING: Final = 2
_STEM: Final = 4


def rows() -> list[dict[str, str]]:
    with (LOCALES / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def said(language: Language) -> str:
    """Everything that an applicant reads in a language, folded."""
    catalogs = (read_catalog(path_of(LOCALES, language, domain), language) for domain in ("chat", "dialogs"))
    texts = (str(message.string) for catalog in catalogs for message in catalog if message.id)
    return fold(" ".join(texts), language.cldr)


def stem(term: str, language: Language) -> str:
    """The first word of a term, folded, without the letters that change in a sentence."""
    word = fold(term, language.cldr).split()[0]
    return word[: max(_STEM, len(word) - _ENDING)]


def test_every_language_has_a_column_and_there_are_no_others() -> None:
    with (LOCALES / "glossary.csv").open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    assert columns[0] == SOURCE and len(columns) == 18
    assert sorted(columns) == sorted(LANGUAGES)


def test_no_language_lacks_a_word() -> None:
    found = rows()
    assert len(found) >= 40
    assert [(row[SOURCE], tag) for row in found for tag in LANGUAGES if not (row[tag] or "").strip()] == []
    assert [row for row in found if None in row] == []


def test_every_concept_has_one_row() -> None:
    concepts = [row[SOURCE].partition("(")[0].strip().casefold() for row in rows()]
    assert len(set(concepts)) == len(concepts)


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != SOURCE])
def test_the_catalogs_say_it_with_the_words_of_the_list(tag: str) -> None:
    language, found = LANGUAGES[tag], rows()
    texts = said(language)
    unused = {row[SOURCE]: row[tag] for row in found if stem(row[tag], language) not in texts}
    assert 1 - len(unused) / len(found) >= LEAST, unused
