"""What came of an attack, as one line of a table."""

from __future__ import annotations

from typing import NamedTuple


class Result(NamedTuple):
    """``count`` things were tried and ``faults`` of them broke something on purpose. Of what was promised, ``lost`` is
    gone and ``leaked`` is to be read where it should not; ``errors_5xx`` were answered though nothing was broken."""

    count: int  # type: ignore[assignment]  # of a tuple
    faults: int
    lost: int
    leaked: int
    errors_5xx: int
