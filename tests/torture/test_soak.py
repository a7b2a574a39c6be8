"""A long run loses nothing and lets nothing grow; and growth would be noticed."""

from __future__ import annotations

import pytest

from tests.torture import soak
from tests.torture.rows import scale_here
from tests.torture.soak import Sample, slope


@pytest.mark.slow
def test_conversation_after_conversation_nothing_is_lost_and_nothing_grows() -> None:
    row = soak.run(scale_here())
    assert row.fine, row
    assert row.count >= 60


def samples(*memory: int) -> list[Sample]:
    return [Sample(talks=10 * number, memory=one, descriptors=20, log=0) for number, one in enumerate(memory)]


def test_the_slope_is_what_each_conversation_adds() -> None:
    assert slope(samples(1000, 1000, 1000)) == 0
    assert slope(samples(1000, 1100, 1200, 1300)) == pytest.approx(10)
    assert slope(samples(1300, 1200, 1100)) == pytest.approx(-10)
    assert slope(samples(1000)) == 0


def test_growth_is_told() -> None:
    before, after = Sample(0, 0, 20, 0), Sample(10_000, 0, 31, 0)
    assert soak._leaks([before], after, 0.0, judge=True) == ["descriptors grew from 20 to 31"]
    large = before._replace(log=65 << 20)
    assert soak._leaks([before, large], before, 0.0, judge=True) == ["the write-ahead logs grew beyond 64 MiB"]
    assert soak._leaks([before], before, 30.0, judge=True) == ["memory grew by 30.0 KiB with each conversation"]
    assert soak._leaks([before], before, 30.0, judge=False) == []
