from __future__ import annotations

from pathlib import Path

import pytest

from assistant.languages import LANGUAGES
from assistant.texts import Catalogs, Words


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Catalogs:
    """Every language there is, without a single translation."""
    locales = tmp_path_factory.mktemp("locales")
    for language in LANGUAGES.values():
        (locales / language.folder / "LC_MESSAGES").mkdir(parents=True)
    return Catalogs.load(locales)


@pytest.fixture(scope="session")
def en(bare: Catalogs) -> Words:
    return bare.words("en")


@pytest.fixture(scope="session")
def sv(tmp_path_factory: pytest.TempPathFactory) -> Words:
    """Swedish with the pages' texts as they are delivered, and no dialog translated."""
    locales = tmp_path_factory.mktemp("swedish")
    (locales / "sv" / "LC_MESSAGES").mkdir(parents=True)
    delivered = Path(__file__).parents[2] / "locales" / "sv" / "LC_MESSAGES" / "chat.po"
    (locales / "sv" / "LC_MESSAGES" / "chat.po").write_bytes(delivered.read_bytes())
    return Catalogs.load(locales).words("sv")


@pytest.fixture(scope="session")
def ar(bare: Catalogs) -> Words:
    return bare.words("ar")
