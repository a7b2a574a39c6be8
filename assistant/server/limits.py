"""How often something may be tried: per coarse address and hour; wrong codes for the whole service a second, too.

In memory only. No address is kept finer than /24 (IPv4) or /56 (IPv6): what one household or school shares.

Wrong codes (DECISIONS has the arithmetic): the first ``FREE`` of a neighbourhood in an hour ask nobody, so that a flood
from elsewhere keeps no owner out. After them each takes one of the tries of the whole service, and after ``OF_ALL``
there is one more for each part of the codes: who guesses beside others in a library does not lock them all out at once.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from aiohttp import web

from assistant.addresses import sender
from assistant.server.keys import SERVICE

_HOUR = 3600.0
_BURST, _A_SECOND = 60.0, 1.0
FREE = 3
"""Wrong codes of a neighbourhood in an hour that take none of the tries of the whole service."""

OF_ALL = 10
"""Wrong codes of a neighbourhood in an hour; after them there is one more for each first symbol of a code."""

_MOST = 10_000


class Guess(NamedTuple):
    """A code that is being tried: what it was counted as and where, and whether it asked nobody."""

    what: str
    address: str
    free: bool


class Limits:
    """Counts tries. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: OrderedDict[tuple[str, str], list[float]] = OrderedDict()
        self._tokens, self._filled = _BURST, clock()
        self.sent: OrderedDict[str, str] = OrderedDict()
        """Forms that were taken, by their token, with the moment: a double tap is answered as the first one."""

    def take(self, what: str, address: str, most: int) -> bool:
        """Count another ``what`` against this address; False, and nothing is counted, if there were ``most``.

        It counts before it is done, so that many at once get no further than one after another."""
        now = self._clock()
        recent = self._recent(what, address, now)
        if len(recent) >= most:
            return False
        self._counts[what, address] = [*recent, now]
        self._counts.move_to_end((what, address))
        while len(self._counts) > _MOST:
            self._counts.popitem(last=False)
        return True

    def give_back(self, what: str, address: str) -> None:
        """What was taken last does not count."""
        counted = self._counts.get((what, address))
        if counted:
            counted.pop()

    def take_guess(self, address: str, code: str) -> Guess | None:
        """Count a code (12 symbols) as wrong before it is read; None if it may not be tried now. Whoever has no tries
        left takes none of the others'."""
        now = self._clock()
        self._tokens = min(_BURST, self._tokens + (now - self._filled) * _A_SECOND)
        self._filled = now
        free = len(self._recent("code", address, now)) < FREE
        if not free and self._tokens < 1:
            return None
        for what, most in (("code", OF_ALL), (f"code {code[:1]}", 1)):
            if self.take(what, address, most):
                self._tokens -= 0 if free else 1
                return Guess(what, address, free)
        return None

    def give_guess_back(self, guess: Guess) -> None:
        """The code was right: it takes nothing from anybody."""
        self.give_back(guess.what, guess.address)
        self._tokens += 0 if guess.free else 1

    def _recent(self, what: str, address: str, now: float) -> list[float]:
        return [moment for moment in self._counts.get((what, address), ()) if now - moment < _HOUR]

    def remember(self, once: str, moment: str) -> None:
        """Remember that the form with this token was taken, and when."""
        self.sent[once] = moment
        while len(self.sent) > _MOST:
            self.sent.popitem(last=False)


def coarse_address(request: web.Request) -> str:
    """The neighbourhood that a request comes from. What proxies of our own have written is believed, nothing else."""
    settings = request.app[SERVICE].settings
    forwarded = request.headers.getall("X-Forwarded-For", ()) if settings.behind_tls_proxy else ()
    address = sender(request.remote or "", forwarded, settings.trusted_proxies)
    if address is None:
        return "unknown"
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 56), strict=False))
