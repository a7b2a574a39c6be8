"""How often something may be tried: per coarse address and hour; wrong codes for the whole service a second, too.

In memory only. No address is kept finer than /24 (IPv4) or /56 (IPv6): what one household or school shares.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

from aiohttp import web

from assistant.addresses import sender
from assistant.server.keys import SERVICE

_HOUR = 3600.0
_BURST, _A_SECOND = 60.0, 1.0
_MOST = 10_000


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

    def take_guess(self, address: str, most: int) -> bool:
        """Count a code as wrong before it is read: against its address first, then against the whole service, so that
        many addresses together do not guess faster. Whoever has no tries left takes none of the others'."""
        now = self._clock()
        self._tokens = min(_BURST, self._tokens + (now - self._filled) * _A_SECOND)
        self._filled = now
        if self._tokens < 1 or not self.take("code", address, most):
            return False
        self._tokens -= 1
        return True

    def give_guess_back(self, address: str) -> None:
        """The code was right: it takes nothing from anybody."""
        self.give_back("code", address)
        self._tokens += 1

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
