"""An office on a data directory of its own, as a server has it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from assistant.core.dialog import Dialog
from assistant.service import Service
from assistant.texts import Catalogs
from tests.conftest import Clock
from tests.office.keeping import office_on


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def service(
    data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> AsyncIterator[Service]:
    async with office_on(data, dialogs, catalogs, clock) as made:
        yield made
