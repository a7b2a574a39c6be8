"""The attacks of tests/security as parts of the torture: each takes a count and tells what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from tests.security.api_fuzz import api_fuzz
from tests.security.at_rest import at_rest
from tests.security.guessing import code_guesses
from tests.security.raw_http import raw_http
from tests.torture.rows import Row, Scale


class _Result(Protocol):
    """What an attack tells; see `tests.security.results`."""

    @property
    def count(self) -> int: ...
    @property
    def faults(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def leaked(self) -> int: ...
    @property
    def errors_5xx(self) -> int: ...


def _part(test: str, of: str, attack: Callable[[int], _Result], small: int, full: int) -> Callable[[Scale], Row]:
    def run(scale: Scale) -> Row:
        began = time.monotonic()
        told = attack(scale.of(small, full))
        return Row(
            test,
            told.count,
            of,
            faults=told.faults,
            lost=told.lost,
            leaked=told.leaked,
            errors=told.errors_5xx,
            seconds=time.monotonic() - began,
        )

    return run


guesses = _part("code guesses", "guesses", code_guesses, 600, 100_000)
fuzz = _part("API fuzz", "requests", api_fuzz, 200, 50_000)
raw = _part("raw HTTP", "requests", raw_http, 150, 20_000)
rest = _part("at rest", "visits", at_rest, 2, 50)
