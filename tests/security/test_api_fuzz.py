"""Whatever is sent to the JSON API, right or wrong, it answers as its description says and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.api_fuzz import fuzz
from tests.torture.rows import scale_here

COUNT = scale_here().of(200, 50_000)


@pytest.mark.slow
def test_the_api_answers_everything_as_described(tmp_path: Path) -> None:
    found = fuzz(tmp_path, COUNT)
    assert found.wrong == ()
    assert found.told == ()
    assert {status for status in found.statuses if status >= 500} <= {503}
    assert found.alive
    assert sum(found.statuses.values()) >= COUNT * 0.7
    assert {200, 400, 401, 404} <= found.statuses.keys()
    assert "ask" in found.steps
