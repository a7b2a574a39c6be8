"""Coming in to the desk with a password and, for who has one, a second step. What stands between the two is held here,
in memory, and nothing but the code can be given with it."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from assistant import logins, totp
from assistant.attempts import WITHIN, Attempts, TooManyFailures
from assistant.staff import Staff
from assistant.store import UserRow, codes

MOST_FAILURES = 10
MOST_FROM_AN_ADDRESS = 100
MOST_CODES = 5
"""How many wrong codes end a login that waits for its second step."""

WAITS = datetime.timedelta(minutes=10)
"""How long a login waits for its second step."""

ENROLS = datetime.timedelta(minutes=30)
"""How long a secret is offered to somebody who sets up a second step."""

_MOST_WAITING = 10_000
_HASHING_AT_ONCE = 2


@dataclass(slots=True)
class _Waiting:
    """A login whose password was right. ``password`` is its hash at that moment: if it changes, nothing waits."""

    name: str
    password: str
    until: datetime.datetime
    wrong: int = 0


class SignIn:
    """Who may come in. One instance serves one data directory."""

    def __init__(self, staff: Staff, clock: Callable[[], datetime.datetime]) -> None:
        self._staff, self._clock = staff, clock
        self._attempts = Attempts(clock)
        self._hashing = asyncio.Semaphore(_HASHING_AT_ONCE)
        self._waiting: OrderedDict[bytes, _Waiting] = OrderedDict()
        self._enrolling: OrderedDict[str, tuple[bytes, datetime.datetime]] = OrderedDict()
        self._told: dict[str, datetime.datetime] = {}
        self._nobodys = ""

    # -- the password ----------------------------------------------------------------------------------------------

    async def password(self, name: str, password: str, address: str = "") -> UserRow | None:
        """The user whose password this is. Takes the same time for a name that does not exist, that is shut out, or
        that has no password (any more).

        ``address`` is the neighbourhood from which it is tried. Raises TooManyFailures after ten failures for a name
        from there within a quarter of an hour, or a hundred for any names: tries from elsewhere lock nobody out."""
        if len(name) > logins.LONGEST_NAME or len(password) > logins.LONGEST:
            return None
        tried = self._attempts.count({(name, address): MOST_FAILURES, ("", address): MOST_FROM_AN_ADDRESS})
        async with self._hashing:
            if not self._nobodys:
                self._nobodys = await asyncio.to_thread(codes.hash_password, secrets.token_urlsafe(16))
            user = await self._staff.user(name)
            if user is not None and (not user.password or self._too_late(user)):
                user = None
            phc = user.password if user else self._nobodys
            right = await asyncio.to_thread(codes.verify_password, password, phc)
        if user is None or not right:
            return None
        self._attempts.forget((name, address))
        self._attempts.give_back(("", address), tried)
        return user

    def _too_late(self, user: UserRow) -> bool:
        return bool(user.once_until) and user.once_until < self._clock().date().isoformat()

    # -- the second step -------------------------------------------------------------------------------------------

    def wait(self, user: UserRow) -> str:
        """Let a login wait for its second step; a token that stands for it."""
        self._forget_late_ones()
        token = secrets.token_urlsafe(32)
        self._waiting[_hash(token)] = _Waiting(user.name, user.password, self._clock() + WAITS)
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)
        return token

    def waits(self, token: str) -> bool:
        """Whether a login waits under this token."""
        self._forget_late_ones()
        return _hash(token) in self._waiting

    async def code(self, token: str, typed: str) -> UserRow | None:
        """The user whose login waits under this token, if the code is right; then it does not wait any more.

        After five wrong codes the login is over. Raises TooManyFailures after ten of a user within a quarter of an
        hour, wherever they come from: whoever gets here knows the password."""
        self._forget_late_ones()
        waiting = self._waiting.get(_hash(token))
        if waiting is None:
            return None
        # Counted before anything is awaited: many at once get no further than one after another.
        waiting.wrong += 1
        if waiting.wrong >= MOST_CODES:
            del self._waiting[_hash(token)]
        user = await self._staff.user(waiting.name)
        if user is None or user.password != waiting.password:
            self._waiting.pop(_hash(token), None)
            return None
        if not await self.own_code(user, typed):
            return None
        self._waiting.pop(_hash(token), None)
        return user

    async def own_code(self, user: UserRow, typed: str) -> bool:
        """Whether this is a code of the user that was not used before. Raises TooManyFailures."""
        try:
            self._attempts.count({("code", user.name): MOST_FAILURES})
        except TooManyFailures:
            await self._tell(user.name)
            raise
        right = await self._staff.check_code(user, typed)
        if right:
            self._attempts.forget(("code", user.name))
        return right

    async def _tell(self, name: str) -> None:
        """Write down once in a while that somebody who knows a password guesses at its second step."""
        now = self._clock()
        if now - self._told.get(name, datetime.datetime.min.replace(tzinfo=datetime.UTC)) >= WITHIN:
            self._told[name] = now
            await self._staff.log(name, "codes_wrong", name)

    def _forget_late_ones(self) -> None:
        now = self._clock()
        while self._waiting and next(iter(self._waiting.values())).until <= now:
            self._waiting.popitem(last=False)

    # -- setting it up ---------------------------------------------------------------------------------------------

    def offered_secret(self, name: str) -> bytes:
        """The secret that somebody who sets up a second step is shown: the same until it is taken or half an hour has
        passed, so that the page can be loaded again."""
        now = self._clock()
        secret, until = self._enrolling.get(name, (b"", now))
        if until <= now:
            secret = totp.new_secret()
            self._enrolling[name] = (secret, now + ENROLS)
            self._enrolling.move_to_end(name)
            while len(self._enrolling) > _MOST_WAITING:
                self._enrolling.popitem(last=False)
        return secret

    async def enrol(self, user: UserRow, typed: str) -> list[str] | None:
        """Take the offered secret if this is a code of it; the recovery codes. None for a wrong code. All sessions of
        the user end. Raises TooManyFailures."""
        self._attempts.count({("enrol", user.name): MOST_FAILURES})
        secret, digits = self.offered_secret(user.name), totp.typed_code(typed)
        step = totp.matching_step(secret, digits, self._clock().timestamp()) if digits is not None else None
        if step is None or self._enrolling.pop(user.name, None) is None:
            return None
        self._attempts.forget(("enrol", user.name))
        return await self._staff.set_second_step(user.name, secret, step)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
