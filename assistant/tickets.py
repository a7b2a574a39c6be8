"""Transfer tickets: 128 random bits that open one conversation on another device, once and for some minutes.

They are in memory only and die with the process, as they may: the resume code goes on working, and a new ticket is
made whenever somebody asks for one. Only a ticket's SHA-256 is kept; with that many bits nothing slower is needed.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from assistant.store.sealing import DataKey

MINUTES = 10
"""How long a ticket works."""

EACH = 3
"""How many tickets of a conversation live at once: the page that shows one may be loaded again after it was sent."""

MOST = 10_000
"""How many tickets live at once; the oldest makes room for a new one."""

_BYTES = 16
_SET_BACK = datetime.timedelta(minutes=1)


class _Ticket(NamedTuple):
    conversation: str
    until: datetime.datetime
    key: DataKey | None


class Tickets:
    """The tickets that are alive, at most ``EACH`` for a conversation. ``clock`` gives the present moment.

    One that is unknown, one that was used and one that is too old are all alike: they are not there."""

    def __init__(self, clock: Callable[[], datetime.datetime]) -> None:
        self._clock = clock
        # The oldest stands first, which is also the first to end.
        self._alive: OrderedDict[bytes, _Ticket] = OrderedDict()
        self._of: dict[str, list[bytes]] = {}

    def issue(self, conversation: str, key: DataKey | None = None) -> str:
        """A new ticket for a conversation, as text that fits an address. Its key is in memory with it."""
        self._forget_old_ones()
        if len(self._of.get(conversation, ())) >= EACH:
            self._end(self._of[conversation][0])
        while len(self._alive) >= MOST:
            self._end(next(iter(self._alive)))
        ticket = secrets.token_urlsafe(_BYTES)
        hashed = _hash(ticket)
        self._alive[hashed] = _Ticket(conversation, self._clock() + datetime.timedelta(minutes=MINUTES), key)
        self._of.setdefault(conversation, []).append(hashed)
        return ticket

    def conversation(self, ticket: str) -> str | None:
        """The conversation that a ticket opens, None if it is not alive. It is not used up by asking."""
        self._forget_old_ones()
        found = self._alive.get(_hash(ticket))
        return found.conversation if found else None

    def key(self, ticket: str) -> DataKey | None:
        """The key of the conversation that a ticket opens, None if it is not alive."""
        found = self._alive.get(_hash(ticket))
        return found.key if found else None

    def use(self, ticket: str) -> bool:
        """Use a ticket up, and with it the others of its conversation; False if it was not alive."""
        conversation = self.conversation(ticket)
        if conversation is None:
            return False
        self.cancel(conversation)
        return True

    def cancel(self, conversation: str) -> None:
        """Let the tickets of a conversation die, if there are any."""
        for hashed in list(self._of.get(conversation, ())):
            self._end(hashed)

    def _end(self, hashed: bytes) -> None:
        conversation = self._alive.pop(hashed).conversation
        self._of[conversation].remove(hashed)
        if not self._of[conversation]:
            del self._of[conversation]

    def _forget_old_ones(self) -> None:
        now = self._clock()
        while self._alive and next(iter(self._alive.values())).until <= now:
            self._end(next(iter(self._alive)))
        # When the clock is set back, what was made later than now would live too long.
        latest = now + datetime.timedelta(minutes=MINUTES) + _SET_BACK
        while self._alive and next(reversed(self._alive.values())).until > latest:
            self._end(next(reversed(self._alive)))


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).digest()
