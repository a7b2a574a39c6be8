"""Golden transcripts: what the invented persons are asked and answer, word for word. `make golden` writes them anew,
and with them what the office reads of each, and the talks that stand beside the tests."""

from __future__ import annotations

import asyncio
import datetime
import tempfile
from pathlib import Path

from assistant import resources
from assistant.authoring import journeys
from assistant.authoring.journeys import Journey
from assistant.player import Played, play
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_dialogs
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.texts import Catalogs
from tests.journeys.playing import SEVEN, write_golden

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(SEVEN)
LOCALES = ("ar", "en", "sv")
_MOMENT = datetime.datetime(2026, 11, 18, 9, 0, tzinfo=datetime.UTC)


def journey(name: str) -> Journey:
    """The journey of an invented person."""
    found, problems = journeys.load(resources.folder("dialogs") / "demo" / f"{name}.yaml")
    assert found is not None, problems
    return found


def path_of(name: str, locale: str) -> Path:
    return FOLDER / f"{name}.{locale}.txt"


async def played(data: Path, name: str, locale: str) -> Played:
    """The journey of an invented person, played on a day that is always the same."""
    keys = KeyFile.open(data)
    store = SqliteStore.open(data)
    catalogs = Catalogs.load(resources.folder("locales"))
    try:
        service = Service(load_dialogs(), store, keys, catalogs, Settings(), lambda: _MOMENT)
        return await play(service, journey(name), locale)
    finally:
        await store.close()


def main() -> None:
    """Write all transcripts."""
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        for locale in LOCALES:
            with tempfile.TemporaryDirectory() as folder:
                done = asyncio.run(played(Path(folder) / "data", name, locale))
            path_of(name, locale).write_text(done.transcript() + "\n", "utf-8")
    write_golden()


if __name__ == "__main__":
    main()
