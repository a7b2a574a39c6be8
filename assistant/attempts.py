"""How often a secret may be tried: so many failures within a quarter of an hour, then nothing is checked any more."""

from __future__ import annotations

import contextlib
import datetime
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping

WITHIN = datetime.timedelta(minutes=15)
_REMEMBERED = 10_000

Who = tuple[str, ...]
"""Whom a failure is counted against: a name, a neighbourhood, or both."""


class TooManyFailures(Exception):
    """Too many wrong secrets were tried; nothing is checked until a while has passed."""


class Attempts:
    """The failures of the last while, in memory only."""

    def __init__(self, clock: Callable[[], datetime.datetime]) -> None:
        self._clock = clock
        self._failures: OrderedDict[Who, deque[datetime.datetime]] = OrderedDict()

    def count(self, limits: Mapping[Who, int]) -> datetime.datetime:
        """Count a try as failed before it is checked: many at once get no further than one after another. Returns its
        moment. Raises TooManyFailures, and counts nothing, if there were as many as a limit allows."""
        now = self._clock()
        counted = [self._tries(who, most) for who, most in limits.items()]
        if any(len(tries) == tries.maxlen and now - tries[0] < WITHIN for tries in counted):
            raise TooManyFailures
        for tries in counted:
            tries.append(now)
        return now

    def forget(self, who: Who) -> None:
        """The secret was right: what was counted before it does not matter any more."""
        self._failures.pop(who, None)

    def give_back(self, who: Who, moment: datetime.datetime) -> None:
        """The try of this moment was right; the other ones still count."""
        with contextlib.suppress(KeyError, ValueError):
            self._failures[who].remove(moment)

    def _tries(self, who: Who, most: int) -> deque[datetime.datetime]:
        tries = self._failures.setdefault(who, deque(maxlen=most))
        self._failures.move_to_end(who)
        while len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)
        return tries
