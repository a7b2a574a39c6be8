"""Journeys told once, for all tests that look at what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest

from assistant.core.dialog import Dialog
from assistant.texts import Catalogs
from tests.journeys.playing import Office, Played, journey, told

Tell: TypeAlias = Callable[..., tuple[Played, Office]]


@pytest.fixture(scope="session")
def tell(tmp_path_factory: pytest.TempPathFactory, dialogs: Mapping[str, Dialog], catalogs: Catalogs) -> Tell:
    """A journey from its first question to the desk, in a language or in its own."""
    done: dict[tuple[str, str], tuple[Played, Office]] = {}

    def of(name: str, locale: str = "") -> tuple[Played, Office]:
        locale = locale or journey(name).locale
        if (name, locale) not in done:
            data = tmp_path_factory.mktemp(name) / "data"
            done[name, locale] = told(data, dialogs, catalogs, name, locale)
        return done[name, locale]

    return of
