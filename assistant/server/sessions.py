"""Who is there: tokens of 256 random bits, of which only hashes are kept.

An applicant's session is idle for 60 minutes and lives 12 hours at most; the desk's 20 minutes and 10 hours. A session
at the gate of a conversation, where nothing may be kept, is in memory only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from assistant.store import SessionKind as Kind
from assistant.store import SessionRow, SessionWay, Store
from assistant.store.sealing import DataKey, KeyFile

IDLE: dict[Kind, float] = {"applicant": 60 * 60, "desk": 20 * 60}
ABSOLUTE: dict[Kind, float] = {"applicant": 12 * 60 * 60, "desk": 10 * 60 * 60}
_TOUCH_EVERY = 60.0
_SET_BACK = 60.0
"""How far the clock may be set back without ending sessions: whoever began later than now would live too long."""
_CACHED = 20_000
_RUN_OUT = 1_000


@dataclass(slots=True)
class _Known:
    row: SessionRow
    kept: bool
    written: float


class Sessions:
    """The sessions of one store. ``clock`` gives unix seconds."""

    def __init__(self, store: Store, keys: KeyFile, clock: Callable[[], float] = time.time) -> None:
        self._store, self._keys, self._clock = store, keys, clock
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._run_out: OrderedDict[bytes, str] = OrderedDict()

    async def begin(
        self, kind: Kind, subject: str, *, keep: bool = True, way: SessionWay = "", key: DataKey | None = None
    ) -> str:
        """A new session for a conversation or a desk user; its token, which is nowhere else. ``keep=False``: in memory
        only, until ``keep`` is called. ``way``: how somebody came in to the desk. ``key``: that of the conversation,
        which is kept locked with the token."""
        token, now = secrets.token_urlsafe(32), self._clock()
        row = SessionRow(
            hash=token_hash(token),
            kind=kind,
            subject=subject,
            created=now,
            seen=now,
            way=way,
            wrapped_key=self._locked(key, subject, token),
        )
        if keep:
            await self._store.put_session(row)
        self._remember(_Known(row, keep, now))
        return token

    async def keep(self, token: str, key: DataKey | None) -> None:
        """Write a session down that was in memory only, with the key that the conversation has got."""
        known = self._known.get(token_hash(token))
        if known is not None and not known.kept:
            wrapped = self._locked(key, known.row.subject, token)
            known.row = msgspec.structs.replace(known.row, wrapped_key=wrapped)
            await self._store.put_session(known.row)
            known.kept = True

    def _locked(self, key: DataKey | None, subject: str, token: str) -> bytes:
        return self._keys.wrap(key, subject=subject, secret=token.encode()) if key is not None else b""

    async def subject(self, kind: Kind, token: str) -> str | None:
        """Whose token this is; None if it is unknown, idle too long, too old or of another kind."""
        row = await self.row(kind, token)
        return row.subject if row is not None else None

    async def row(self, kind: Kind, token: str) -> SessionRow | None:
        """The session of a token; None as for ``subject``. It is used by asking."""
        if not token or len(token) > 100:
            return None
        hashed, now = token_hash(token), self._clock()
        known = self._known.get(hashed)
        if known is None:
            row = await self._store.session(hashed)
            if row is None:
                return None
            known = _Known(row, True, row.seen)
            self._remember(known)
        row = known.row
        if row.kind != kind or _is_over(row, now):
            if row.kind == kind:
                await self.end(token)
                # Of the gate nothing is kept, and nobody has a code to come back to it.
                if known.kept:
                    self._run_out[hashed] = row.subject
                while len(self._run_out) > _RUN_OUT:
                    self._run_out.popitem(last=False)
            return None
        known.row = msgspec.structs.replace(row, seen=now)
        if known.kept and now - known.written > _TOUCH_EVERY:
            known.written = now
            await self._store.touch_session(hashed, now)
        return known.row

    def run_out(self, token: str) -> str:
        """Whose session this was that was idle too long or too old; empty if it is not known (any more). Told as often
        as it is asked: a page that is too old is sent twice, too."""
        return self._run_out.get(token_hash(token), "")

    async def end(self, token: str) -> None:
        """End a session on this device."""
        hashed = token_hash(token)
        known = self._known.pop(hashed, None)
        if known is None or known.kept:
            await self._store.end_session(hashed)

    async def alive(self, kind: Kind, subject: str) -> list[SessionRow]:
        """The sessions of a conversation or user that are neither idle too long nor too old, the last used first."""
        now = self._clock()
        rows = [
            self._known[row.hash].row if row.hash in self._known else row
            for row in await self._store.sessions_of(kind, subject)
        ]
        return [row for row in rows if not _is_over(row, now)]

    async def end_of(self, kind: Kind, subject: str, hashed: bytes) -> bool:
        """End a session by what is kept of its token; False if it is not one of this conversation or user."""
        if hashed not in {row.hash for row in await self._store.sessions_of(kind, subject)}:
            return False
        await self._store.end_session(hashed)
        self._known.pop(hashed, None)
        return True

    async def end_all(self, kind: Kind, subject: str) -> None:
        """End every session of a conversation or user."""
        self._forget(kind, subject)
        await self._store.end_sessions_of(kind, subject)
        # Again: a request that was under way may have read one before it was gone.
        self._forget(kind, subject)

    def _forget(self, kind: Kind, subject: str) -> None:
        for hashed in [hashed for hashed, known in self._known.items() if known.row.subject == subject]:
            if self._known[hashed].row.kind == kind:
                del self._known[hashed]

    def _remember(self, known: _Known) -> None:
        self._known[known.row.hash] = known
        while len(self._known) > _CACHED:
            self._known.popitem(last=False)


def _is_over(row: SessionRow, now: float) -> bool:
    """Whether a session is idle too long or too old, or from a time that the clock says is not there yet."""
    idle, age = now - row.seen, now - row.created
    return idle > IDLE[row.kind] or age > ABSOLUTE[row.kind] or min(idle, age) < -_SET_BACK


def form_token(secret: str) -> str:
    """The token that forms carry, 120 bits, made of a secret (a session's token) of which it tells nothing."""
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), b"form", "sha256")[:15]).decode()


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
