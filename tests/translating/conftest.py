"""The program beside a translation server on this machine, with somebody who writes in Arabic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.core.dialog import Dialog
from assistant.player import play
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_rulebook
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.talks import Talk
from assistant.texts import Catalogs
from assistant.translations import Translations
from assistant.translator import Translator
from tests.conftest import Clock
from tests.journeys.playing import journey
from tests.translating.server import MachineServer, running


class Office:
    """A data directory that can be served, left and served again, and the translation server beside it."""

    def __init__(
        self, data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock, settings: Settings
    ) -> None:
        self.data, self.dialogs, self.catalogs, self.clock, self.settings = data, dialogs, catalogs, clock, settings
        self.machine = MachineServer()

    @asynccontextmanager
    async def open(self, settings: Settings | None = None) -> AsyncIterator[tuple[Service, Translations]]:
        """The use cases and the worker on the directory, as after a start."""
        keys = KeyFile.open(self.data)
        store = SqliteStore.open(self.data, keys=keys)
        rules = load_rulebook(self.dialogs)
        chosen = settings or self.settings
        service = Service(self.dialogs, store, keys, self.catalogs, chosen, self.clock, rules)
        try:
            yield service, Translations(service, Translator(chosen, within=5))
        finally:
            await store.close()


@pytest.fixture
async def office(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> AsyncIterator[Office]:
    machine = MachineServer()
    async with running(machine) as settings:
        made = Office(tmp_path / "office", dialogs, catalogs, clock, settings)
        made.machine = machine
        yield made


async def layla(service: Service, *, submit: bool = True) -> Talk:
    """Layla's first visit, in Arabic."""
    return (await play(service, journey("layla"), "ar", submit=submit)).talk


OWN = [
    "أريد أن أعمل مع الأطفال. أحتاج أولاً إلى تحسين لغتي السويدية.",
    "كنت أقرأ القصص للأطفال. كانوا يحبون ذلك كثيراً.",
    "اللهجة السورية",
    "مساعدة في روضة أطفال",
]
"""What she writes in her own words."""
