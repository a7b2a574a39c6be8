"""Bytes that are no good request are answered or cut off; nobody else notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.raw_http import MOST_MEMORY, send
from tests.security.raw_requests import requests
from tests.torture.rows import scale_here

COUNT = scale_here().of(360, 5_000)


@pytest.mark.slow
async def test_broken_requests_are_refused_and_harm_nobody(tmp_path: Path) -> None:
    found = await send(tmp_path, list(requests(COUNT)))
    assert found.hung == ()
    assert found.smuggled == ()
    assert found.told == ()
    assert {status for status in found.statuses if status >= 500} <= {503}
    assert found.grown < MOST_MEMORY
    assert found.alive
    assert found.statuses[400] > COUNT / 10
    assert {200, 303, 404, 405, 413, 415} & set(found.statuses)
